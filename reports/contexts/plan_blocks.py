"""The body of a plan as blocks, in the order of its paper and in its own words: nothing added, nothing left out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from plans.contexts.printing import FIRST_OWN_LINE
from plans.document.spelling import fold
from plans.models import LegalBasis, Passage, Plan, Section, Task
from reports.contexts import paper
from reports.contexts.blocks import Annex, Block, Cell, Heading, Row, Run, Table, cell, paragraph, row

_HEADING_LENGTH = 160
_RUN_IN_LENGTH = 60
_TASKS_TITLE = "NỘI DUNG VÀ TIẾN ĐỘ THỰC HIỆN"
_NUMBERED = re.compile(r"\d+(?:\.\d+)*[.)]?$")
_ARTICLE = re.compile(r"điều\s+\d+", re.IGNORECASE)
_TOTAL = re.compile(r"(?:tong(?: cong| so)?|cong)\b")
_AMOUNT = re.compile(r"\d{1,3}(?:[.,]\d{3})+(?:,\d+)?")
_BULLETS = re.compile(r"\s+(?=- )")
_HEAD = {
    Passage.Kind.MARK,
    Passage.Kind.NATIONAL_TITLE,
    Passage.Kind.PARENT_ORGAN,
    Passage.Kind.ORGAN,
    Passage.Kind.SUBJECT,
    Passage.Kind.RECIPIENTS_HEADING,
    Passage.Kind.DECORATION,  # rules and page numbers: the form draws its own
}
_WIDTHS = (  # what a column's head says, and how wide it is where there are few columns and where there are many
    (re.compile(r"tt$"), 9.0, 9.0),
    (re.compile(r"stt$|so tt$"), 12.0, 12.0),
    (re.compile(r"thoi gian|thoi han|tien do|hoan thanh"), 36.0, 27.0),
    (re.compile(r"kinh phi|du toan|so tien"), 28.0, 24.0),
    (re.compile(r"noi dung|cong viec|nhiem vu|hoat dong"), None, None),
    (re.compile(r"thuc hien|chu tri|phoi hop|don vi|co quan|phu trach|bo phan"), 50.0, 30.0),
    (re.compile(r"ket qua|san pham"), 40.0, 28.0),
)


@dataclass(slots=True)
class _Part:
    """Blocks and where they stand: the line of the paper they came from."""

    at: float
    blocks: list[Block]
    annex_title: str = ""


def body_of(plan: Plan) -> tuple[list[Block], list[Annex]]:
    """The blocks above the signature and what is attached after it. Six queries."""
    tasks = list(
        Task.objects.filter(plan=plan, origin=Task.Origin.PLAN, is_cancelled=False).prefetch_related("performers")
    )
    parts = sorted(_parts(plan, tasks), key=lambda part: part.at)  # stable: siblings keep their order
    signed_at = _signed_at(plan)
    body = [part for part in parts if part.at < signed_at]
    attached = [part for part in parts if part.at >= signed_at]
    return [block for part in body for block in part.blocks], _annexes(attached)


def _signed_at(plan: Plan) -> float:
    lines = [line for each in plan.signature_lines.all() for line in each.source_lines]
    lines += [line for each in plan.recipients.all() for line in each.source_lines]
    return min((line for line in lines if line < FIRST_OWN_LINE), default=float("inf"))


def _parts(plan: Plan, tasks: Sequence[Task]) -> Iterator[_Part]:
    passages = [each for each in Passage.objects.filter(plan=plan) if each.kind not in _HEAD]
    sections = list(Section.objects.filter(plan=plan))
    shown = {line for section in sections for line in _lines_of(section)}
    place = _Places()
    kinds = Passage.Kind
    yield from place.all(_passage_parts(passages, {kinds.AUTHORITY}))
    yield from place.all((basis.source_lines, [_basis(basis)], "") for basis in LegalBasis.objects.filter(plan=plan))
    yield from place.all(_passage_parts(passages, {kinds.PREAMBLE}))
    yield from place.all(_passage_parts(passages, {kinds.ENACTING}))
    yield from place.all(_section_parts(sections, tasks))
    said = _letters(item["text"] for section in sections for item in section.items)
    rest = [
        each
        for each in passages
        if each.kind not in {kinds.AUTHORITY, kinds.PREAMBLE, kinds.ENACTING, kinds.CLOSING}
        and not (shown.issuperset(each.source_lines) if each.source_lines else _letters([each.text]) in said)
    ]
    yield from place.all(_passage_parts(rest))
    yield from place.all(_passage_parts(passages, {kinds.CLOSING}))
    yield from place.all((each.source_lines, [paragraph(each.text)], "") for each in plan.unrecognised_lines.all())


class _Places:
    """Gives parts their places. What an officer added has no line of its own: it follows its sibling."""

    def __init__(self) -> None:
        self._last = 0.0

    def all(self, parts: Iterable[tuple[Sequence[int], list[Block], str]]) -> Iterator[_Part]:
        at: float | None = None
        for lines, blocks, annex_title in parts:
            known = [line for line in lines if line < FIRST_OWN_LINE]  # what the portal numbered has no place there
            own = float(min(known)) if known else self._last if at is None else at
            at = own if at is None else max(at, own)
            self._last = max(self._last, at)
            yield _Part(at, blocks, annex_title)


def _passage_parts(
    passages: Iterable[Passage], kinds: set[Passage.Kind] | None = None
) -> Iterator[tuple[Sequence[int], list[Block], str]]:
    for each in passages:
        if kinds is None or each.kind in kinds:
            title = each.text if each.kind == Passage.Kind.ANNEX_TITLE else ""
            yield each.source_lines, [] if title else [_passage(each)], title


def _passage(passage: Passage) -> Block:
    looks = {Passage.Kind.AUTHORITY: "enacting", Passage.Kind.ENACTING: "enacting", Passage.Kind.ANNEX_NOTE: "note"}
    return paragraph(passage.text, look=looks.get(Passage.Kind(passage.kind), "paragraph"))


def _basis(basis: LegalBasis) -> Block:
    """The sentence that leads over to the text stands upright."""
    return paragraph(basis.text, look="paragraph" if basis.text.rstrip().endswith(":") else "basis")


def _lines_of(section: Section) -> set[int]:
    return {*section.source_lines, *(line for item in section.items for line in item.get("source") or ())}


def _section_parts(
    sections: Sequence[Section], tasks: Sequence[Task]
) -> Iterator[tuple[Sequence[int], list[Block], str]]:
    said = _letters(item["text"] for section in sections for item in section.items)
    loose = [] if any(_letters([task.title]) in said for task in tasks) else list(tasks)
    for section in sections:
        # A section's own line is its heading's; its items may be on lines that another section has too.
        lines = section.source_lines or [line for item in section.items[:1] for line in item.get("source") or ()]
        blocks = [*_title(section), *_items(section.items)]
        if loose and section.kind == Section.Kind.TASKS:
            blocks.append(task_table(loose))
            loose = []
        yield lines, blocks, ""
    if loose:
        yield (), [Heading(text=_TASKS_TITLE), task_table(loose)], ""


def _title(section: Section) -> list[Block]:
    if _ARTICLE.match(section.label):
        return [paragraph(Run(section.label, "run-in"), f" {section.title}")]
    title = f"{section.label} {section.title}".strip()
    if not title:
        return []
    return [Heading(text=title) if len(title) <= _HEADING_LENGTH else paragraph(Run(title, "run-in"))]


def _items(items: Sequence[dict[str, Any]]) -> list[Block]:
    blocks: list[Block] = []
    rows: list[Sequence[str]] = []
    for place, item in enumerate(items):
        if item.get("cells"):
            rows.append(item["cells"])
            continue
        if rows:
            blocks.append(_table(rows))
            rows = []
        following = items[place + 1] if place + 1 < len(items) else None
        blocks.append(_entry(item, following))
    return [*blocks, _table(rows)] if rows else blocks


def _entry(item: dict[str, Any], following: dict[str, Any] | None) -> Block:
    label, text, depth = item.get("label") or "", item["text"], item.get("depth") or 1
    words = f"{label} {text}".strip()
    leads = following is not None and ((following.get("depth") or 1) > depth or bool(following.get("cells")))
    numbered = bool(_NUMBERED.match(label))
    if leads and (numbered or (label and label[0].isalpha())) and len(words) <= _HEADING_LENGTH:
        return Heading(text=words, level=2 if numbered and depth == 1 else 3)
    lead, colon, rest = text.partition(": ")
    if numbered and depth == 1 and colon and rest and len(lead) <= _RUN_IN_LENGTH:
        return paragraph(Run(f"{label} {lead}:", "run-in"), f" {rest}")
    return paragraph(words, look="note" if text.startswith("(") and text.endswith(")") and not label else "paragraph")


def _table(rows: Sequence[Sequence[str]]) -> Table:
    """The first row is the head; a table of one row has none."""
    count = max(len(cells) for cells in rows)
    padded = [[*cells, *[""] * (count - len(cells))] for cells in rows]
    head, body = (padded[:1], padded[1:]) if len(padded) > 1 else ([], padded)
    widths = _widths(head[0] if head else [""] * count)
    return Table(
        widths=widths,
        head=[row(*map(cell, cells)) for cells in head],
        rows=[_row(cells, widths) for cells in body],
        dense=count > 6,
    )


def _row(cells: Sequence[str], widths: Sequence[float | None]) -> Row:
    total = any(_TOTAL.match(fold(text)) and len(text) < 40 for text in cells)
    made = [_cell(text, width) for text, width in zip(cells, widths, strict=True)]
    return Row(cells=made, look="total" if total else "")


def _cell(text: str, width: float | None) -> Cell:
    lines = [line for each in text.split("\n") for line in (_BULLETS.split(each) if each.startswith("- ") else [each])]
    short = width is not None and width <= 36 and len(lines) == 1
    amount = bool(_AMOUNT.fullmatch(text))
    return Cell(lines=lines, align="number" if amount else "centre" if short else "")


def _widths(titles: Sequence[str]) -> list[float | None]:
    """By what the columns' heads say; what is left goes to the content, or to all where no head says anything."""
    many = len(titles) > 4
    found: list[float | None] = [_width(fold(title).strip(" .:"), many=many) for title in titles]
    if None not in found:
        found[max(range(len(titles)), key=lambda place: found[place] or 0)] = None
    return found if sum(width or 35.0 for width in found) <= 165 else [None] * len(titles)


def _width(title: str, *, many: bool) -> float | None:
    for pattern, wide, narrow in _WIDTHS:
        if pattern.match(title) or (len(pattern.pattern) > 20 and pattern.search(title)):
            return narrow if many else wide
    return None


def task_table(tasks: Sequence[Task]) -> Table:
    """The tasks of a plan whose text does not list them: a plan that was made in the portal."""
    rows = [
        row(
            cell(task.number or place, "centre"),
            task.title,
            Cell(lines=[f"- {name}" for name in _performers(task)] or [""]),
            cell(task.period_text, "centre"),
        )
        for place, task in enumerate(tasks, start=1)
    ]
    titles = ("TT", "Nội dung", "Thực hiện", f"Thời gian thực{paper.NO_BREAK}hiện")
    return Table(widths=[9, None, 50, 36], head=[row(*titles)], rows=rows)


def _performers(task: Task) -> list[str]:
    return [each.text for each in task.performers.all() if each.as_written]


def _annexes(parts: Sequence[_Part]) -> list[Annex]:
    """Each run of titles after the signature begins an annex."""
    annexes: list[tuple[list[str], list[Block]]] = []
    for part in parts:
        if not annexes or (part.annex_title and annexes[-1][1]):
            annexes.append(([], []))
        if part.annex_title:
            annexes[-1][0].append(part.annex_title)
        annexes[-1][1].extend(part.blocks)
    return [
        Annex(
            label=titles[0] if titles else "",
            title=[title for title in titles[1:] if not title.startswith("(")],
            reference=[Run(title) for title in titles[1:] if title.startswith("(")],
            blocks=blocks,
        )
        for titles, blocks in annexes
    ]


def _letters(texts: Iterable[str]) -> str:
    return "".join(each for text in texts for each in fold(text) if each.isalnum())
