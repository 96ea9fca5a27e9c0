"""Two contents of a plan side by side, field by field: what was added, removed, changed or only moved. No queries.

Tasks are the same when they are the same row, everything else when its words are the same or nearly so. Paragraphs that
print a task or a body's duties are told with the task or the body, not a second time with their section.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import TypeVar

from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from plans.contexts.alignment import Pair, align
from plans.contexts.content import (
    HEAD,
    ItemContent,
    PerformerContent,
    PlanContent,
    ResponsibilityContent,
    SectionContent,
    TaskContent,
)
from plans.models import Passage, TaskPerformer

ADDED, REMOVED, CHANGED, MOVED = "added", "removed", "changed", "moved"
_Words = str | Promise
T = TypeVar("T")

PARTS: dict[str, _Words] = {
    "head": gettext_lazy("Head of the plan"),
    "standards": gettext_lazy("Standards"),
    "legal_bases": gettext_lazy("Legal bases"),
    "passages": gettext_lazy("Words outside the sections"),
    "sections": gettext_lazy("Sections"),
    "tasks": gettext_lazy("Tasks"),
    "funding": gettext_lazy("Funding"),
    "responsibilities": gettext_lazy("Responsibilities"),
    "recipients": gettext_lazy("Recipients"),
    "signature_lines": gettext_lazy("Signature"),
    "unrecognised": gettext_lazy("Lines not understood"),
}
FIELDS: dict[str, _Words] = {
    "number": gettext_lazy("number"),
    "symbol": gettext_lazy("symbol"),
    "kind": gettext_lazy("kind of document"),
    "place": gettext_lazy("place"),
    "issue_year": gettext_lazy("year"),
    "issue_month": gettext_lazy("month"),
    "issue_day": gettext_lazy("day"),
    "issuer": gettext_lazy("issuer"),
    "title": gettext_lazy("title"),
    "signer_name": gettext_lazy("signer"),
    "group": gettext_lazy("group of tasks"),
    "period_text": gettext_lazy("period as written"),
    "start": gettext_lazy("start"),
    "end": gettext_lazy("end"),
    "quantity": gettext_lazy("quantity"),
    "deliverable": gettext_lazy("deliverable"),
    "cost_text": gettext_lazy("cost as written"),
    "cost": gettext_lazy("cost"),
    "details": gettext_lazy("details"),
    "performers": gettext_lazy("performers"),
    "unit": gettext_lazy("unit"),
    "order": pgettext_lazy("place in a list", "place"),
    "label": gettext_lazy("mark"),
    "text": gettext_lazy("text"),
    "fund_source": gettext_lazy("source of funds"),
    "norm": gettext_lazy("spending norms"),
    "amount": gettext_lazy("amount"),
    "body": gettext_lazy("body"),
    "duties": gettext_lazy("duties"),
    "purpose": gettext_lazy("purpose"),
}
# A short value is marked as a whole; in a longer one its words are compared, unless it is a chapter.
SHORT, LONG = 60, 4000
NAME = 70
MONEY = frozenset({"cost", "amount"})
_TASK_FIELDS = (
    "number",
    "title",
    "group",
    "period_text",
    "start",
    "end",
    "quantity",
    "deliverable",
    "cost_text",
    "cost",
    "details",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """`kind`: added, removed, changed or moved. `of` names the thing ("2. Học tập kinh nghiệm"), "" for the head;
    `field` is one of FIELDS, "" where the whole thing came or went. `before` and `after` are words to be read."""

    kind: str
    part: str
    of: str = ""
    field: str = ""
    before: str = ""
    after: str = ""

    @property
    def what(self) -> str:
        """Part, thing and field in the reader's language."""
        field = str(FIELDS.get(self.field, self.field))
        if self.part == "head":
            return field[:1].upper() + field[1:]
        name = str(PARTS[self.part]) if not self.of else Truncator(self.of).chars(NAME)
        return f"{name}: {field}" if field else name

    @property
    def old(self) -> list[tuple[bool, str]]:
        """`before` cut into pieces; True marks what is no longer there."""
        return self._pieces(self.before, self.after)

    @property
    def new(self) -> list[tuple[bool, str]]:
        """`after` cut into pieces; True marks what was not there."""
        return self._pieces(self.after, self.before)

    def _pieces(self, words: str, other: str) -> list[tuple[bool, str]]:
        longest = max(len(words), len(other))
        if self.kind != CHANGED or not words or not other or not SHORT < longest <= LONG:
            return [(self.kind != MOVED, words)] if words else []
        mine, theirs = _split(words), _split(other)
        pieces = []
        for tag, start, stop, *_other in SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes():
            if start < stop:
                pieces.append((tag != "equal", "".join(mine[start:stop])))
        return pieces


def diff(before: PlanContent, after: PlanContent, *, units: Mapping[int, str] | None = None) -> list[Change]:
    """What must be done to `before` to have `after`, in the order of the paper; [] when their words are the same.

    `units` names the units that performers and bodies are linked to.
    """
    names = units or {}
    return [
        *_fields(before, after, HEAD, part="head"),
        *_lines("standards", before.standards, after.standards, str),
        *_lines("legal_bases", before.legal_bases, after.legal_bases, lambda each: each.text),
        *_lines("passages", _loose(before), _loose(after), lambda each: each[1], name=_kind_of_passage),
        *_sections(before, after),
        *_tasks(before.tasks, after.tasks, names),
        *_funding(before, after),
        *_responsibilities(before.responsibilities, after.responsibilities, names),
        *_lines("recipients", before.recipients, after.recipients, _recipient),
        *_lines(
            "signature_lines",
            before.signature_lines,
            after.signature_lines,
            lambda each: each.text if each.kind != "mark" else f"({each.text})",
        ),
        *_lines("unrecognised", before.unrecognised, after.unrecognised, lambda each: each.text),
    ]


def said(value: object, field: str = "") -> str:
    """A value as a person reads it; "" for a blank."""
    if value is None:
        return ""
    if isinstance(value, date):
        return f"{value.day:02d}/{value.month:02d}/{value.year}"
    if isinstance(value, tuple):
        return "\n".join(map(str, value))
    if field in MONEY and isinstance(value, int):
        return f"{value:,}".replace(",", ".") + " đồng"
    return str(value)


def _fields(before: object, after: object, names: Iterable[str], *, part: str, of: str = "") -> Iterator[Change]:
    for name in names:
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            yield _changed(part, of, name, said(old, name), said(new, name))


def _changed(part: str, of: str, field: str, before: str, after: str) -> Change:
    kind = CHANGED if before and after else ADDED if after else REMOVED
    return Change(kind=kind, part=part, of=of, field=field, before=before, after=after)


def _moved(part: str, of: str, pair: Pair) -> Change:
    return Change(
        kind=MOVED, part=part, of=of, field="order", before=str((pair.old or 0) + 1), after=str((pair.new or 0) + 1)
    )


def _lines(
    part: str,
    before: Sequence[T],
    after: Sequence[T],
    words: Callable[[T], str],
    name: Callable[[T], str] | None = None,
    of: str = "",
) -> Iterator[Change]:
    """Things that are no more than their words."""
    for pair in align([words(each) for each in before], [words(each) for each in after]):
        old = words(before[pair.old]) if pair.old is not None else ""
        new = words(after[pair.new]) if pair.new is not None else ""
        thing = after[pair.new] if pair.new is not None else before[pair.old or 0]
        title = name(thing) if name else of
        if pair.old is None or pair.new is None:
            kind = ADDED if pair.old is None else REMOVED
            yield Change(kind=kind, part=part, of=title, before=old, after=new)
            continue
        if old != new:
            yield _changed(part, title, "text", old, new)
        elif before[pair.old] != thing and _bare(before[pair.old]) != _bare(thing):
            yield Change(kind=CHANGED, part=part, of=title, field="kind", before=old, after=new)
        if pair.moved:
            yield _moved(part, new[:120], pair)


def _bare(thing: object) -> object:
    """What a thing is beside its words and its lines: its kind, its document, whether it is the filing line."""
    return [getattr(thing, name, None) for name in ("kind", "document", "is_filing", "purpose")]


def _loose(content: PlanContent) -> list[tuple[str, str]]:
    """Passages that no section holds."""
    held = {line for section in content.sections for item in section.items for line in item.source}
    held |= {line for section in content.sections for line in section.source}
    return [(each.kind, each.text) for each in content.passages if not (each.source and held.issuperset(each.source))]


def _kind_of_passage(passage: tuple[str, str]) -> str:
    return str(dict(Passage.Kind.choices).get(passage[0], passage[0]))


def _recipient(each: object) -> str:
    purpose = getattr(each, "purpose", "")
    text = str(getattr(each, "text", ""))
    return f"{text} ({purpose})" if purpose else text


def _sections(before: PlanContent, after: PlanContent) -> Iterator[Change]:
    old, new = list(before.sections), list(after.sections)
    bound_before, bound_after = _bound(before), _bound(after)
    for pair in align([_heading(each) for each in old], [_heading(each) for each in new]):
        if pair.old is None or pair.new is None:
            only = new[pair.new] if pair.new is not None else old[pair.old or 0]
            words = "\n".join([_heading(only), *map(_item, only.items)])
            values = {"after": words} if pair.old is None else {"before": words}
            yield Change(kind=ADDED if pair.old is None else REMOVED, part="sections", of=_heading(only), **values)
            continue
        mine, theirs = old[pair.old], new[pair.new]
        yield from _fields(mine, theirs, ("label", "title", "kind"), part="sections", of=_heading(theirs))
        yield from _lines(
            "sections",
            [each for each in mine.items if not _is_bound(each, bound_before)],
            [each for each in theirs.items if not _is_bound(each, bound_after)],
            _item,
            of=_heading(theirs),
        )
        if pair.moved:
            yield _moved("sections", _heading(theirs), pair)


def _heading(section: SectionContent) -> str:
    return f"{section.label} {section.title}".strip()


def _item(item: ItemContent) -> str:
    return " | ".join(item.cells) if item.cells else f"{item.label} {item.text}".strip()


def _bound(content: PlanContent) -> set[int]:
    tasks = {line for each in content.tasks for line in each.source}
    return tasks | {line for each in content.responsibilities for line in each.source}


def _is_bound(item: ItemContent, lines: set[int]) -> bool:
    return bool(item.source) and lines.issuperset(item.source)


def _tasks(before: Sequence[TaskContent], after: Sequence[TaskContent], units: Mapping[int, str]) -> Iterator[Change]:
    def keys(tasks: Sequence[TaskContent]) -> list[str]:
        return [f"row {task.id}" if task.id else f"new {place}: {task.label}" for place, task in enumerate(tasks)]

    for pair in align(keys(before), keys(after), nearly=False):
        if pair.old is None or pair.new is None:
            only = after[pair.new] if pair.new is not None else before[pair.old or 0]
            values = {"after": _whole(only)} if pair.old is None else {"before": _whole(only)}
            yield Change(kind=ADDED if pair.old is None else REMOVED, part="tasks", of=only.label, **values)
            continue
        mine, theirs = before[pair.old], after[pair.new]
        yield from _fields(mine, theirs, _TASK_FIELDS, part="tasks", of=theirs.label)
        yield from _performers(mine, theirs, units)
        if pair.moved:
            yield _moved("tasks", theirs.label, pair)


def _whole(task: TaskContent) -> str:
    performers = "; ".join(_performer(each) for each in task.performers)
    parts = [task.label, task.period_text, performers, task.quantity, task.deliverable, task.cost_text]
    return "\n".join(filter(None, [*parts, *task.details]))


def _performer(each: PerformerContent) -> str:
    if each.role == TaskPerformer.Role.EXECUTE:
        return each.text
    return f"{each.text} ({_role(each.role)})"


def _role(role: str) -> str:
    return str(dict(TaskPerformer.Role.choices).get(role, role)).lower()


def _performers(before: TaskContent, after: TaskContent, units: Mapping[int, str]) -> Iterator[Change]:
    old, new = list(before.performers), list(after.performers)
    came_or_went = False
    for pair in align([each.text for each in old], [each.text for each in new], nearly=False):
        if pair.old is None or pair.new is None:
            came_or_went = True
            only = new[pair.new] if pair.new is not None else old[pair.old or 0]
            values = {"after": only.text} if pair.old is None else {"before": only.text}
            kind = ADDED if pair.old is None else REMOVED
            yield Change(kind=kind, part="tasks", of=after.label, field=_role(only.role), **values)
            continue
        mine, theirs = old[pair.old], new[pair.new]
        if mine.role != theirs.role:
            yield _changed("tasks", after.label, "performers", f"{mine.text}, {_role(mine.role)}", _with_role(theirs))
        if mine.unit != theirs.unit:
            yield _changed("tasks", after.label, "unit", _unit(mine.unit, units), _unit(theirs.unit, units))
    if not came_or_went and [each.text for each in old] != [each.text for each in new]:
        before_words, after_words = ("; ".join(each.text for each in those) for those in (old, new))
        yield Change(
            kind=MOVED, part="tasks", of=after.label, field="performers", before=before_words, after=after_words
        )


def _with_role(each: PerformerContent) -> str:
    return f"{each.text}, {_role(each.role)}"


def _unit(pk: int | None, units: Mapping[int, str]) -> str:
    return units.get(pk, _("unit %(id)s") % {"id": pk}) if pk else ""


def _funding(before: PlanContent, after: PlanContent) -> Iterator[Change]:
    yield from _fields(before.funding, after.funding, ("amount", "fund_source", "norm"), part="funding")

    def printed(content: PlanContent) -> list[str]:
        return [_item(item) for section in content.sections if section.kind == "funding" for item in section.items]

    # The words of the money are told with the section that prints them, where there is one.
    if before.funding.text != after.funding.text and printed(before) == printed(after):
        yield _changed("funding", "", "text", before.funding.text, after.funding.text)
    elif before.funding.figures != after.funding.figures and before.funding.text == after.funding.text:
        old, new = ("; ".join(each.text for each in of.funding.figures) for of in (before, after))
        yield Change(kind=CHANGED, part="funding", field="amount", before=old, after=new)


def _responsibilities(
    before: Sequence[ResponsibilityContent], after: Sequence[ResponsibilityContent], units: Mapping[int, str]
) -> Iterator[Change]:
    for pair in align([each.body for each in before], [each.body for each in after]):
        if pair.old is None or pair.new is None:
            only = after[pair.new] if pair.new is not None else before[pair.old or 0]
            words = "\n".join([only.body, *only.duties])
            values = {"after": words} if pair.old is None else {"before": words}
            yield Change(kind=ADDED if pair.old is None else REMOVED, part="responsibilities", of=only.body, **values)
            continue
        mine, theirs = before[pair.old], after[pair.new]
        yield from _fields(mine, theirs, ("label", "body", "duties"), part="responsibilities", of=theirs.body)
        if mine.unit != theirs.unit:
            yield _changed("responsibilities", theirs.body, "unit", _unit(mine.unit, units), _unit(theirs.unit, units))
        if pair.moved:
            yield _moved("responsibilities", theirs.body, pair)


def _split(words: str) -> list[str]:
    """Words and the blanks between them."""
    pieces: list[str] = []
    for character in words:
        if pieces and pieces[-1][-1].isspace() == character.isspace():
            pieces[-1] += character
        else:
            pieces.append(character)
    return pieces
