"""Tasks: rows of a table, or a list with or without attributes under each item."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from plans.document.attributes import TaskDraft, names_deadline, read_period, similarity, split_attributes
from plans.document.funding import cell_amount
from plans.document.model import Task, Text
from plans.document.months import marked_period
from plans.document.paragraphs import Node
from plans.document.spelling import strip_end
from plans.document.table import Row, Table

_ITEMS = {"number", "number2", "number3", "letter", "dash"}
_PERFORMERS = {"lead", "support", "execute"}
_TELL_A_TASK = _PERFORMERS | {"period", "deadline"}
_COLUMNS = ("lead", "support", "execute", "direct", "cost", "quantity", "deliverable")


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
        alone = _only_words(row) if not title else None
        if alone and table.column("title") is not None:  # a cell merged over the row
            group = alone
            read.headings.append(_row_text(row))
            continue
        if not title:
            continue
        if _is_group(table, row):
            group = title
            read.headings.append(_row_text(row))
            continue
        read.tasks.append(_task_of_row(table, row, title, group, year))
    return read


def tasks_of_list(nodes: list[Node], year: int | None) -> TaskList:
    """The items of a list as tasks, each with the attributes and details under it."""
    read = _ListRead(year)
    read.read(nodes, None)
    return TaskList([draft.finished() for draft in read.drafts], read.headings)


@dataclass(slots=True)
class _ListRead:
    year: int | None
    drafts: list[TaskDraft] = field(default_factory=list)
    headings: list[Text] = field(default_factory=list)

    def read(self, nodes: list[Node], group: str | None) -> None:
        """Recursion is bounded by the number of label styles."""
        listed = any(node.style not in {"none", "note", "table"} for node in nodes)
        first = len(self.drafts)
        for node in nodes:
            if node.style in {"note", "table"}:
                continue
            lead, attributes = split_attributes(node.text)
            known = len(self.drafts) > first
            if not lead and attributes and known:
                _add_attributes(self.drafts[-1], node, attributes)
            elif node.style == "none" and listed:
                if node.text.endswith(":"):
                    self.headings.append(node.as_text())
                elif known:
                    self.drafts[-1].add_detail(node.as_text())
            elif _has_tasks(node):
                self.headings.append(node.as_text())
                self.read(node.children, node.text)
            elif re.search(r"\w", node.text):
                self.drafts.append(_draft_of_node(node, group, self.year))


def split_tasks(nodes: list[Node], *, with_siblings: bool) -> tuple[list[Node], list[Node]]:
    """The items that say who does them or when, and the rest: such items are tasks under any heading.

    `with_siblings`: where one item of a list is a task, so are those labelled like it.
    """
    styles = {node.style for node in nodes if _is_task(node)} if with_siblings else set()
    tasks: list[Node] = []
    rest: list[Node] = []
    for node in nodes:
        goes_on = bool(tasks) and nodes[len(tasks) + len(rest) - 1] is tasks[-1] and _is_attribute(node)
        (tasks if goes_on or node.style in styles or _is_task(node) else rest).append(node)
    return tasks, rest


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
    draft = TaskDraft(number_of(_cell(table, row, "number")), title, group, year, source=list(_source(row)))
    for kind in _COLUMNS:
        draft.add(kind, _cell(table, row, kind))
    when = _cell(table, row, "period").replace("\n", " ") or marked_period(
        _header(table), table.kinds, [row.text(column) for column in range(len(row.cells))]
    )
    if when:  # a cell's words stay as they are
        column = table.column("period")
        is_deadline = column is not None and names_deadline(table.header.text(column))
        draft.period = read_period(when, year, is_deadline=is_deadline)
    costs = table.costs()
    if draft.cost_text:
        draft.cost = cell_amount(draft.cost_text, table.header.text(costs[0])) if len(costs) == 1 else None
    draft.details.extend(_other_cells(table, row))
    return draft.finished()


def _other_cells(table: Table, row: Row) -> tuple[Text, ...]:
    """Cells of columns that say nothing this reader knows ("Ghi chú"), with their header's words."""
    return tuple(
        Text(f"{table.header.text(column)}: {row.text(column)}".replace("\n", " "), _source(row))
        for column, kind in enumerate(table.kinds)
        if (kind in {None, "note"} or (kind == "cost" and column not in table.costs())) and row.text(column)
    )


def _draft_of_node(node: Node, group: str | None, year: int | None) -> TaskDraft:
    lead, attributes = split_attributes(node.text)
    title = strip_run_on(lead) if attributes and lead else node.text
    draft = TaskDraft(number_of(node.label), title, group, year, source=list(node.source))
    if lead:
        for kind, value in attributes:
            draft.add(kind, value)
    for child in _descendants(node):
        child_lead, child_attributes = split_attributes(child.text)
        if child_attributes and not child_lead:
            _add_attributes(draft, child, child_attributes)
        elif child.style != "note" and child.text:
            draft.add_detail(child.as_text())
    return draft


def strip_run_on(text: str) -> str:
    """A title before its attributes loses the mark that led on to them."""
    return text.rstrip(" ;,(-–").strip()


def _add_attributes(draft: TaskDraft, node: Node, attributes: list[tuple[str, str]]) -> None:
    """The attributes of one paragraph; performers listed under "Chủ trì:" as bullets come with it."""
    below = _descendants(node)
    bullets = "\n".join(f"- {child.text}" for child in below)
    for place, (kind, value) in enumerate(attributes):
        is_last = place == len(attributes) - 1
        draft.add(kind, f"{value}\n{bullets}" if is_last and bullets else value)
    draft.source.extend((*node.source, *(number for child in below for number in child.source)))


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


def _is_task(node: Node) -> bool:
    """Whether the item says who does it or when, itself or below. Recursion is bounded by the number of styles."""
    if node.style not in _ITEMS:
        return False
    lead, attributes = split_attributes(node.text)
    if not lead:
        return False
    said = {kind for kind, _ in attributes}
    for child in node.children:
        child_lead, child_attributes = split_attributes(child.text)
        said.update(kind for kind, _ in child_attributes if not child_lead)
    if said & (_PERFORMERS if node.style == "dash" else _TELL_A_TASK):
        return True
    return any(_is_task(child) for child in node.children)


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
    column = next(iter(table.costs()), None)
    header = table.header.text(column) if column is not None else ""
    filled = [row.text(place) for place in range(len(row.cells)) if re.search(r"\d", row.text(place))]
    text = row.text(column) if column is not None and row.text(column) else (filled[-1] if filled else "")
    return cell_amount(text, header) if text else None


def _cell(table: Table, row: Row, kind: str) -> str:
    columns = table.costs() if kind == "cost" else [place for place, of in enumerate(table.kinds) if of == kind]
    return "\n".join(row.text(column) for column in columns if row.text(column)).strip()


def _header(table: Table) -> list[str]:
    return [table.header.text(column).replace("\n", " ") for column in range(len(table.kinds))]


def _only_words(row: Row) -> str | None:
    """The words of a row that fills its first cell alone, and with words."""
    filled = [column for column in range(len(row.cells)) if row.text(column)]
    words = row.text(0).replace("\n", " ") if filled == [0] else ""
    return words if re.search(r"[^\W\d]{2}", words) else None


def _row_text(row: Row) -> Text:
    return Text(strip_end(" ".join(row.text(column) for column in range(len(row.cells)))), _source(row))


def _source(row: Row) -> tuple[int, ...]:
    return tuple(dict.fromkeys(line.number for line in row.lines))
