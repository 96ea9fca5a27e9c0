"""A plan as its document has it: sections, headings, paragraphs and tables in the order of the paper.

Where the paper lists tasks, their place is taken by the tasks themselves (`Block.tasks`), so that progress stands
beside the words. No word is dropped: what no section holds comes back in `Paper.passages`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from plans.contexts.legal import Outdated, outdated
from plans.contexts.progress import PlanProgress, TaskProgress
from plans.document.citation import read_citation
from plans.document.spelling import is_capitals
from plans.models import LegalBasis, LegalDocument, Passage, Plan, Section, Task

_BULLETS = frozenset("-–—•+*·►➢✓○●▪■◦")
_HEADING_LENGTH = 160
# Left in capitals when a heading in capitals is shown as a sentence.
_ACRONYMS = frozenset(
    ["UBND", "HĐND", "BCĐ", "BCD", "ISO", "TCVN", "HTQLCL", "KHCN", "KH&CN", "TCĐLCL", "TTHC", "CCHC", "QLNN", "NSNN"]
)
_IN_THE_HEAD = {Passage.Kind.PARENT_ORGAN, Passage.Kind.ORGAN, Passage.Kind.NATIONAL_TITLE, Passage.Kind.MARK}
_ABOVE = {Passage.Kind.SUBJECT, Passage.Kind.AUTHORITY, Passage.Kind.PREAMBLE, Passage.Kind.ENACTING}


@dataclass(frozen=True, slots=True)
class Entry:
    """One paragraph with its label as written."""

    label: str
    text: str
    depth: int = 1


@dataclass(slots=True)
class Block:
    """`kind`: heading, paragraph, list, table or tasks."""

    kind: str
    entries: list[Entry] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    tasks: list[TaskProgress] = field(default_factory=list)
    anchor: str = ""

    @property
    def entry(self) -> Entry:
        return self.entries[0]

    @property
    def indent(self) -> int:
        return min(self.entry.depth - 1, 3)


@dataclass(slots=True)
class PaperSection:
    anchor: str
    title: str
    kind: str
    blocks: list[Block]

    @property
    def holds_tasks(self) -> bool:
        """Whether the tasks begin here: the schedule stands under them."""
        return any(block.anchor for block in self.blocks)


@dataclass(frozen=True, slots=True)
class Citation:
    """A legal basis: its number and day where they could be told apart, and all its words; the register's record it
    means, and what is to be said where that holds no more."""

    number: str
    day: str
    text: str
    document: LegalDocument | None = None
    outdated: Outdated | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """`arising`: tasks that came later, from conclusions and directions; the paper itself knows nothing of them."""

    head: list[Passage]
    bases: list[Citation]
    above: list[Passage]
    sections: list[PaperSection]
    passages: list[Passage]
    arising: list[TaskProgress]

    @property
    def outdated(self) -> list[Outdated]:
        """What the plan leans on that holds no more, each document once."""
        return list({each.outdated.document.pk: each.outdated for each in self.bases if each.outdated}.values())


def read_paper(plan: Plan, progress: PlanProgress) -> Paper:
    """Four queries: legal bases, passages, sections, and the lines the tasks came from."""
    rows = {task.pk: task for task in Task.objects.filter(plan=plan).only("source_lines", "origin")}
    later = {pk for pk, task in rows.items() if task.origin != Task.Origin.PLAN}
    of_paper = [task for task in progress.tasks if task.task_id not in later]
    tasks = [(task, set(rows[task.task_id].source_lines)) for task in of_paper if task.task_id in rows]
    passages = list(Passage.objects.filter(plan=plan))
    shown: set[int] = set()
    sections = []
    for number, section in enumerate(Section.objects.filter(plan=plan), start=1):
        shown.update(section.source_lines, *(item["source"] for item in section.items))
        title = " ".join(filter(None, [section.label, as_sentence(section.title)]))
        blocks = _blocks(section.items, tasks)
        sections.append(PaperSection(f"section-{number}", title, section.kind, blocks))
    _place_remaining(sections, of_paper)
    bases = LegalBasis.objects.filter(plan=plan).select_related("document__replaced_by__replaced_by")
    return Paper(
        head=[each for each in passages if each.kind in _IN_THE_HEAD],
        bases=[citation(basis, progress.as_of) for basis in bases],
        above=[each for each in passages if each.kind in _ABOVE],
        sections=sections,
        passages=[
            each
            for each in passages
            if each.kind not in _IN_THE_HEAD | _ABOVE | {Passage.Kind.DECORATION, Passage.Kind.RECIPIENTS_HEADING}
            and not (each.source_lines and shown.issuperset(each.source_lines))
        ],
        arising=[task for task in progress.tasks if task.task_id in later],
    )


def citation(basis: LegalBasis, on: date | None = None) -> Citation:
    """`on`: the day for which the document's validity is asked, None where it does not matter."""
    read = read_citation(basis.text)
    number, day = (read.number, read.when) if read else ("", "")
    return Citation(number, day, basis.text, basis.document, outdated(basis.document, on) if on else None)


def as_sentence(title: str) -> str:
    """A heading in capitals as a sentence, its acronyms kept: it is read on a screen, not on a form."""
    if not is_capitals(title):
        return title
    words = [word if word.strip(",.;:()") in _ACRONYMS else word.lower() for word in title.split()]
    text = " ".join(words)
    return text[:1].upper() + text[1:]


def _blocks(items: list[dict[str, Any]], tasks: list[tuple[TaskProgress, set[int]]]) -> list[Block]:
    lines = set().union(*(lines for _task, lines in tasks))
    blocks: list[Block] = []
    for position, item in enumerate(items):
        following = items[position + 1] if position + 1 < len(items) else None
        source = set(item["source"])
        if source and source <= lines:
            if not blocks or blocks[-1].kind != "tasks":
                blocks.append(Block("tasks"))
            known = blocks[-1].tasks
            known.extend(task for task, own in tasks if own & source and task not in known)
        elif item["cells"]:
            # The header of a table of tasks is said by the table that takes its place; a group's row leads its tasks.
            leads = bool(following and following["cells"] and set(following["source"]) <= lines)
            if _heads_tasks(items, position, lines):
                continue
            if leads and sum(map(bool, item["cells"])) <= 2:
                label, text = ["", *filter(None, item["cells"])][-2:]
                blocks.append(Block("heading", [Entry(label, text.replace("\n", " "), item["depth"])]))
                continue
            if not blocks or blocks[-1].kind != "table":
                blocks.append(Block("table"))
            blocks[-1].rows.append(item["cells"])
        else:
            _add_entry(blocks, Entry(item["label"], item["text"], item["depth"]), following)
    return blocks


def _heads_tasks(items: list[dict[str, Any]], position: int, lines: set[int]) -> bool:
    """Whether the row is the first of a table that has tasks, above any of them."""
    if position and items[position - 1]["cells"]:
        return False
    for item in items[position + 1 :]:
        if not item["cells"]:
            return False
        if set(item["source"]) <= lines:
            return True
    return False


def _add_entry(blocks: list[Block], entry: Entry, following: dict[str, Any] | None) -> None:
    leads = following is not None and (following["depth"] > entry.depth or bool(following["cells"]))
    named = bool(entry.label) or is_capitals(entry.text)
    if entry.label[:1] in _BULLETS and entry.label:
        last = blocks[-1] if blocks else None
        if last is None or last.kind != "list" or last.entry.depth != entry.depth:
            blocks.append(last := Block("list"))
        last.entries.append(entry)
    elif leads and named and len(entry.text) <= _HEADING_LENGTH:
        blocks.append(Block("heading", [entry]))
    else:
        blocks.append(Block("paragraph", [entry]))


def _place_remaining(sections: list[PaperSection], tasks: list[TaskProgress]) -> None:
    """Tasks whose lines stand in no section still have a place: the section of tasks, else one of their own."""
    placed = {task.task_id for section in sections for block in section.blocks for task in block.tasks}
    remaining = [task for task in tasks if task.task_id not in placed]
    if remaining:
        home = next((section for section in sections if section.kind == Section.Kind.TASKS), None)
        if home is None:
            home = PaperSection("section-tasks", "", Section.Kind.TASKS, [])
            sections.append(home)
        home.blocks.append(Block("tasks", tasks=remaining))
    for block in (block for section in sections for block in section.blocks if block.kind == "tasks"):
        block.anchor = "tasks"
        break
