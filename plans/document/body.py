"""The body: each section handed to the reader of what its heading announces."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from plans.document.attributes import with_quantities
from plans.document.funding import read_funding
from plans.document.model import Funding, Responsibility, SectionKind, Task, Text
from plans.document.paragraphs import Node
from plans.document.responsibilities import names_body, read_responsibilities
from plans.document.sections import announced, announces_both, enacts_first, executes, run_in, split_execution
from plans.document.spelling import fold
from plans.document.tasks import TaskList, enriched, split_tasks, tasks_of_list, tasks_of_table

_ANNOUNCES_TASKS = re.compile(r"\b(?:noi dung|nhiem vu|cong viec|hoat dong)\b[^.:]{0,60}:$")
_HEADLESS = {"none", "dash", "plus", "table", "note"}


@dataclass(slots=True)
class Body:
    """What the sections said; the lists are filled while the tree is walked."""

    year: int | None = None
    legal_bases: list[Text] = field(default_factory=list)
    purposes: list[Text] = field(default_factory=list)
    requirements: list[Text] = field(default_factory=list)
    listed: TaskList = field(default_factory=TaskList)
    tabled: list[Task] = field(default_factory=list)
    annexed: list[Task] = field(default_factory=list)
    contents: list[Text] = field(default_factory=list)
    money: list[Text] = field(default_factory=list)
    total: int | None = None
    responsibilities: list[Responsibility] = field(default_factory=list)
    scope: list[Text] = field(default_factory=list)
    schedule: list[Text] = field(default_factory=list)
    provisions: list[Text] = field(default_factory=list)
    annex_notes: list[Text] = field(default_factory=list)
    headings: list[Text] = field(default_factory=list)
    kinds: dict[int, SectionKind] = field(default_factory=dict)

    def tasks(self) -> list[Task]:
        """Rows of a table before items of a list: the table has performers and time, the list is its contents."""
        if self.tabled:
            for task in self.listed.tasks:
                self.contents.extend([Text(task.title, task.source), *task.details])
            return with_quantities(self.tabled, [content.text for content in self.contents])
        if self.listed.tasks:
            return enriched(self.listed.tasks, self.annexed)
        return self.annexed

    def funding(self) -> Funding:
        return read_funding(tuple(self.money), self.total)


def walk(root: Node, body: Body, *, annex: bool = False) -> None:
    """Read everything under `root` into `body`. Depth is bounded by the number of label styles."""
    _read(root.children, None, body, annex)


def _read(nodes: list[Node], kind: SectionKind | None, body: Body, annex: bool) -> None:
    """Hand runs of plain paragraphs to the reader of `kind`; go into those that are headings themselves."""
    plain: list[Node] = []
    for node in nodes:
        if node.style == "note":
            body.annex_notes.append(node.as_text())
            continue
        _notes(node, body)
        own = announced(node, kind)
        if node.table:
            _read_table(node, kind, body, annex)
        elif own is None:
            plain.append(node)
            _tables_below(node, kind, body, annex)
        else:
            _read_plain(plain, kind, body)
            plain = []
            body.kinds[id(node)] = own
            _enter(node, own, body, annex)
    _read_plain(plain, kind, body)


def _enter(node: Node, kind: SectionKind, body: Body, annex: bool) -> None:
    _, rest = run_in(node.text)
    inside = [Node("none", "", node.lines, [], None, rest)] if rest else []
    if kind == "provision":
        if re.match(r"(?:can cu|co so phap ly)", fold(node.text)):
            body.headings.append(node.as_text())
            body.legal_bases.extend(child.as_text() for child in node.children if child.style != "note")
            return
        body.provisions.append(node.as_text())
        _read(node.children, "tasks" if _lists_tasks(node) else kind, body, annex)
        return
    if kind == "other":
        before = len(body.kinds) + len(body.listed.tasks)
        _read(node.children, None, body, annex)
        if len(body.kinds) + len(body.listed.tasks) > before:
            body.headings.append(node.as_text())
        return
    if node.style == "article" and kind == "responsibilities" and enacts_first(node.text):
        provision, execution = split_execution(node)
        body.provisions.append(provision)
        node = execution
    if kind == "responsibilities":
        itself = names_body(node.text) or not node.children
    else:
        itself = kind == "tasks" and not node.children and not rest
    if node.style == "article" and itself:
        _read_plain([node], kind, body)
        return
    if kind == "funding" and (node.style not in {"part", "capital", "roman"} or rest):
        body.money.append(Text(f"{node.label} {node.text}".strip() if rest else node.text, node.source))
        inside = []
    else:
        body.headings.append(node.as_text())
    children = [*inside, *node.children]
    if kind == "purposes" and announces_both(node):
        children = _runs_in_as_headings(children)
    _read(children, kind, body, annex)


def _lists_tasks(article: Node) -> bool:
    """ "Ban hành … Kế hoạch …, gồm các nội dung sau:" over items none of which is a heading of its own."""
    items = [child for child in article.children if child.style in {"number", "letter", "dash"}]
    return bool(
        len(items) > 1
        and _ANNOUNCES_TASKS.search(fold(article.text))
        and not any(announced(item, "provision") or run_in(item.text)[1] for item in items)
    )


def _runs_in_as_headings(children: list[Node]) -> list[Node]:
    """Under "MỤC ĐÍCH, YÊU CẦU" also a bullet or a bare line "Yêu cầu:" is a heading of what follows it."""
    result: list[Node] = []
    for child in children:
        if child.style in _HEADLESS and re.match(r"(?:muc dich|yeu cau)\s*(?::|$)", fold(child.text)):
            result.append(Node("number", child.label, child.lines, list(child.children), None, child.text))
        elif (
            result
            and result[-1].style == "number"
            and child.style in _HEADLESS
            and re.match(r"(?:muc dich|yeu cau)", fold(result[-1].text))
        ):
            result[-1].children.append(child)
        else:
            result.append(child)
    return result


def _read_plain(nodes: list[Node], kind: SectionKind | None, body: Body) -> None:
    if kind not in {"tasks", "funding", "responsibilities"}:
        carriers, nodes = split_tasks(nodes, with_siblings=kind in {None, "provision"})
        _read_plain(carriers, "tasks", body)
    if not nodes or kind is None:
        return
    if kind in {"purposes", "requirements"}:
        for node in nodes:
            _sentences(node, body.purposes if kind == "purposes" else body.requirements, body.headings)
    elif kind == "tasks":
        read = tasks_of_list(nodes, body.year)
        body.listed.tasks.extend(read.tasks)
        body.headings.extend(read.headings)
    elif kind == "funding":
        for node in _all(nodes):
            if node.style != "note" and node.text:
                body.money.append(Text(f"{node.label} {node.text}".strip() if node.label else node.text, node.source))
    elif kind == "responsibilities":
        body.responsibilities.extend(read_responsibilities(nodes, body.headings))
    elif kind in {"schedule", "scope", "provision"}:
        if kind == "provision":
            _read_plain([node for node in nodes if executes(node)], "responsibilities", body)
            nodes = [node for node in nodes if not executes(node)]
        into = {"schedule": body.schedule, "scope": body.scope, "provision": body.provisions}[kind]
        into.extend(node.as_text() for node in _all(nodes) if node.text and node.style != "note")


def _sentences(node: Node, into: list[Text], headings: list[Text]) -> None:
    """Each bullet by itself; a title over bullets is a heading, not a purpose."""
    for part in _all([node]):
        if not part.text or part.style == "note":
            continue
        is_title = part.children and len(part.text) < 100 and not part.text.endswith((".", ";"))
        (headings if is_title else into).append(part.as_text())


def _read_table(node: Node, kind: SectionKind | None, body: Body, annex: bool) -> None:
    if node.table is None:
        return
    read = tasks_of_table(node.table, body.year)
    kinds = set(node.table.kinds)
    about_money = "cost" in kinds and not kinds & {"period", "lead", "execute", "support", "deliverable"}
    body.total = read.total if body.total is None else body.total
    if kind == "funding" or about_money:
        for row in (node.table.header, *node.table.rows):
            words = " | ".join(row.text(column).replace("\n", " ") for column in range(len(row.cells)))
            source = tuple(line.number for line in row.lines)
            (body.headings if annex or row is node.table.header else body.money).append(Text(words, source))
        return
    body.headings.extend(read.headings)
    (body.annexed if annex else body.tabled).extend(read.tasks)


def _tables_below(node: Node, kind: SectionKind | None, body: Body, annex: bool) -> None:
    for below in _all(node.children):
        if below.table:
            _read_table(below, kind, body, annex)


def _notes(node: Node, body: Body) -> None:
    body.annex_notes.extend(child.as_text() for child in node.children if child.style == "note")


def _all(nodes: list[Node]) -> list[Node]:
    found: list[Node] = []
    stack = list(reversed(nodes))
    while stack:
        node = stack.pop()
        found.append(node)
        stack.extend(reversed(node.children))
    return found
