"""Tasks: rows of a table, or a list with or without attributes under each item."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from plans.document.attributes import from_title, read_period, similarity, split_attributes, with_attribute
from plans.document.funding import cell_amount
from plans.document.model import Performer, Role, Task, TaskPeriod, Text
from plans.document.paragraphs import Node
from plans.document.performers import read_performers
from plans.document.spelling import strip_end
from plans.document.table import Row, Table

_ROLE_COLUMNS: tuple[Role, ...] = ("lead", "support", "execute", "direct")


@dataclass(slots=True)
class TaskList:
    tasks: list[Task] = field(default_factory=list)
    headings: list[Text] = field(default_factory=list)
    total: int | None = None  # of a money column


def tasks_of_table(table: Table, year: int | None) -> TaskList:
    """The rows of a task table; a row with a title alone names the group of those below it."""
    read = TaskList(
        headings=[
            Text(" | ".join(table.header.text(column) for column in range(len(table.kinds))), _source(table.header))
        ]
    )
    group: str | None = None
    for row in table.rows:
        if row.is_total:
            read.total = _cost(table, row)
            read.headings.append(_row_text(row))
            continue
        title = _cell(table, row, "title").replace("\n", " ")
        if not title:
            continue
        if _is_group(table, row):
            group = title
            read.headings.append(_row_text(row))
            continue
        read.tasks.append(_task_of_row(table, row, title, group, year))
    return read


def tasks_of_list(nodes: list[Node], group: str | None, year: int | None) -> TaskList:
    """The items of a list as tasks; recursion is bounded by the number of label styles."""
    read = TaskList()
    listed = any(node.style not in {"none", "note", "table"} for node in nodes)
    for node in nodes:
        if node.style in {"note", "table"}:
            continue
        lead, attributes = split_attributes(node.text)
        if not lead and attributes and read.tasks:
            read.tasks[-1] = _add_attributes(read.tasks[-1], node, attributes, year)
        elif node.style == "none" and listed:
            if node.text.endswith(":"):
                read.headings.append(node.as_text())
            elif read.tasks:
                last = read.tasks[-1]
                read.tasks[-1] = replace(
                    last, details=(*last.details, node.as_text()), source=(*last.source, *node.source)
                )
        elif _has_tasks(node):
            below = tasks_of_list(node.children, node.text, year)
            read.headings.extend([node.as_text(), *below.headings])
            read.tasks.extend(below.tasks)
        elif re.search(r"\w", node.text):
            read.tasks.append(_task_of_node(node, group, year))
    return read


def enriched(tasks: list[Task], annex: list[Task]) -> list[Task]:
    """`tasks` with the time, performers and so on that an annex gives for the same tasks."""
    result = list(tasks)
    free = set(range(len(tasks[:300])))
    for row in annex[:300]:
        scores = sorted(((similarity(row.title, tasks[place].title), place) for place in free), reverse=True)
        if not scores or scores[0][0] < 0.6:
            continue
        place = scores[0][1]
        free.discard(place)
        task = result[place]
        result[place] = replace(
            task,
            performers=task.performers or row.performers,
            period=task.period if task.period.text else row.period,
            quantity=task.quantity or row.quantity,
            deliverable=task.deliverable or row.deliverable,
            cost_text=task.cost_text or row.cost_text,
            cost=task.cost if task.cost_text else row.cost,
            source=(*task.source, *row.source),
        )
    return result


def number_of(label: str) -> str | None:
    """The paper's number without what only ends it: "1." is "1", "a)" is "a"; None for a bullet."""
    number = re.sub(r"^(?:Điều|ĐIỀU)\s+", "", label.strip()).strip(" .)/(:-–")
    return number if re.search(r"\w", number) else None


def _task_of_row(table: Table, row: Row, title: str, group: str | None, year: int | None) -> Task:
    performers: list[Performer] = []
    for role in _ROLE_COLUMNS:
        performers.extend(read_performers(_cell(table, row, role), role))
    when = _cell(table, row, "period").replace("\n", " ")
    cost_text = _cell(table, row, "cost").replace("\n", " ")
    cost_column = table.column("cost")
    task = Task(
        number=number_of(_cell(table, row, "number")),
        title=title,
        performers=tuple(dict.fromkeys(performers)),
        period=read_period(when, year) if when else TaskPeriod(),
        quantity=_cell(table, row, "quantity").replace("\n", " ") or None,
        deliverable=_cell(table, row, "deliverable").replace("\n", " ") or None,
        cost_text=cost_text or None,
        cost=cell_amount(cost_text, table.header.text(cost_column)) if cost_text and cost_column is not None else None,
        group=group,
        details=_other_cells(table, row),
        source=_source(row),
    )
    return from_title(task, year)


def _other_cells(table: Table, row: Row) -> tuple[Text, ...]:
    """Cells of columns that say nothing this reader knows ("Ghi chú"), with their header's words."""
    return tuple(
        Text(f"{table.header.text(column)}: {row.text(column)}".replace("\n", " "), _source(row))
        for column, kind in enumerate(table.kinds)
        if kind in {None, "note"} and row.text(column)
    )


def _task_of_node(node: Node, group: str | None, year: int | None) -> Task:
    lead, attributes = split_attributes(node.text)
    title = strip_run_on(lead) if attributes and lead else node.text
    task = Task(number=number_of(node.label), title=title, group=group, source=node.source)
    if lead:
        for kind, value in attributes:
            task = with_attribute(task, kind, value, year)
    for child in _descendants(node):
        child_lead, child_attributes = split_attributes(child.text)
        if child_attributes and not child_lead:
            task = _add_attributes(task, child, child_attributes, year)
        elif child.style != "note" and child.text:
            task = replace(task, details=(*task.details, child.as_text()), source=(*task.source, *child.source))
    return from_title(task, year)


def strip_run_on(text: str) -> str:
    """A title before its attributes loses the mark that led on to them."""
    return text.rstrip(" ;,(-–").strip()


def _add_attributes(task: Task, node: Node, attributes: list[tuple[str, str]], year: int | None) -> Task:
    """`task` with the attributes of one paragraph; performers listed under "Chủ trì:" as bullets come with it."""
    below = "\n".join(f"- {child.text}" for child in _descendants(node))
    for place, (kind, value) in enumerate(attributes):
        last = place == len(attributes) - 1
        task = with_attribute(task, kind, f"{value}\n{below}".strip() if last and below else value, year)
    lines = (*node.source, *(number for child in _descendants(node) for number in child.source))
    return replace(task, source=tuple(dict.fromkeys((*task.source, *lines))))


def _has_tasks(node: Node) -> bool:
    """Whether `node` only groups the tasks under it."""
    listed = [child for child in node.children if child.style not in {"none", "note", "table"}]
    own = [child for child in listed if split_attributes(child.text)[0]]
    if not own:
        return False
    if any(_has_attributes(child) for child in own):
        return not any(_is_attribute(child) for child in node.children)
    heading = len(node.text) <= 150 and not node.text.endswith((".", ";"))
    return heading and all(child.style in {"number", "number2", "number3", "letter"} for child in own) and len(own) > 1


def _has_attributes(node: Node) -> bool:
    return any(_is_attribute(child) for child in node.children) or bool(split_attributes(node.text)[1])


def _is_attribute(node: Node) -> bool:
    lead, attributes = split_attributes(node.text)
    return bool(attributes) and not lead


def _descendants(node: Node) -> list[Node]:
    found: list[Node] = []
    stack = list(reversed(node.children))
    while stack:
        top = stack.pop()
        found.append(top)
        if not _is_attribute(top):
            stack.extend(reversed(top.children))
    return found


def _is_group(table: Table, row: Row) -> bool:
    others = [
        row.text(column)
        for column, kind in enumerate(table.kinds)
        if kind not in {"number", "title", "cost"} and row.text(column)
    ]
    number = _cell(table, row, "number").strip(" .)")
    return not others and (not number or bool(re.fullmatch(r"[IVX]+|[A-H]", number)))


def _cost(table: Table, row: Row) -> int | None:
    column = table.column("cost")
    header = table.header.text(column) if column is not None else ""
    filled = [row.text(place) for place in range(len(row.cells)) if re.search(r"\d", row.text(place))]
    text = row.text(column) if column is not None and row.text(column) else (filled[-1] if filled else "")
    return cell_amount(text, header) if text else None


def _cell(table: Table, row: Row, kind: str) -> str:
    return "\n".join(
        row.text(column) for column, of in enumerate(table.kinds) if of == kind and row.text(column)
    ).strip()


def _row_text(row: Row) -> Text:
    return Text(strip_end(" ".join(row.text(column) for column in range(len(row.cells)))), _source(row))


def _source(row: Row) -> tuple[int, ...]:
    return tuple(dict.fromkeys(line.number for line in row.lines))
