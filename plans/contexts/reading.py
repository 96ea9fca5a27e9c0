"""What was read out of a document beside the lines it was read from: nothing of it is saved yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from isoportal.templatetags.formats import day, money
from plans.document.lines import sources
from plans.document.model import Funding, PlanDocument, Task, Text

WIDE = 8  # a row of more columns is shown as what it fills


@dataclass(slots=True)
class Entry:
    """One value as it will be saved; `lines` are the numbers of the lines it came from."""

    text: str
    lines: tuple[int, ...] = ()
    label: str = ""
    missing: str = ""  # what to say where the paper has no such value
    details: list[tuple[str, str]] = field(default_factory=list)
    anchor: str = ""

    @property
    def first(self) -> int | None:
        return self.lines[0] if self.lines else None

    @property
    def span(self) -> str:
        """ "3–5, 9"."""
        return ", ".join(_spans(self.lines))


@dataclass(slots=True)
class Group:
    key: str
    title: str
    entries: list[Entry]
    missing: str = ""
    counted: bool = True


@dataclass(slots=True)
class PaperLine:
    number: int
    text: str
    cells: tuple[str, ...]
    unknown: bool
    wide: tuple[tuple[str, str], ...] = ()  # a row of many columns: what it fills, with the words of the column's head
    entries: list[str] = field(default_factory=list)  # anchors of the values read from the line


@dataclass(slots=True)
class Reading:
    groups: list[Group]
    lines: list[PaperLine]
    unknown: list[PaperLine]


def reading_of(document: PlanDocument) -> Reading:
    """Every value of `document` with an anchor, every line with the anchors of its values."""
    groups = [group for group in _groups(document) if group.entries or group.missing]
    used: dict[int, list[str]] = defaultdict(list)
    count = 0
    for group in groups:
        for entry in group.entries:
            count += 1
            entry.anchor = f"read-{count}"
            for number in entry.lines:
                used[number].append(entry.anchor)
    unknown = {number for line in document.unrecognised for number in line.source}
    lines = [
        PaperLine(line.number, line.text, line.cells, line.number in unknown, entries=used[line.number])
        for line in document.lines
    ]
    _name_wide_rows(lines)
    return Reading(groups, lines, [line for line in lines if line.unknown])


def _name_wide_rows(lines: list[PaperLine]) -> None:
    head: tuple[str, ...] = ()
    for line in lines:
        if not line.cells:
            head = ()
        elif len(line.cells) > WIDE:
            row = line.cells if not head else [*head, *[""] * len(line.cells)]
            line.wide = tuple(
                ("" if row is line.cells else name.replace("\n", " "), cell)
                for name, cell in zip(row, line.cells, strict=False)
                if cell
            )
            head = head or line.cells


def _groups(document: PlanDocument) -> Iterator[Group]:
    yield Group("head", _("Head of the document"), list(_head(document)), counted=False)
    yield _texts("bases", _("Legal bases"), document.legal_bases, _("no legal basis found"))
    yield _texts("purposes", _("Purposes"), document.purposes)
    yield _texts("requirements", _("Requirements"), document.requirements)
    yield Group("tasks", _("Tasks"), [_task(task) for task in document.tasks], _("no task found"))
    yield Group("funding", _("Funding"), list(_funding(document.funding)), _("no word of money found"), counted=False)
    yield Group(
        "responsibilities",
        _("Responsibilities"),
        [
            Entry(
                each.body,
                tuple(sorted(set(sources(each)))),
                label=each.label or "",
                details=[("", duty.text) for duty in each.duties if duty.text != each.body],
            )
            for each in document.responsibilities
        ],
        _("no body with duties found"),
    )
    yield Group(
        "recipients",
        _("Recipients"),
        [
            Entry(f"{each.text} ({each.purpose})" if each.purpose else each.text, each.source)
            for each in document.recipients
        ],
        _("no recipient found"),
    )
    signature = document.signature
    signed = [*signature.lines, *signature.marks, *([signature.name] if signature.name else [])]
    yield Group(
        "signature",
        _("Signature"),
        [Entry("\n".join(signed), signature.source)] if signed else [],
        _("no signer found"),
        counted=False,
    )
    yield _texts("other", _("Kept word for word"), _other(document))


def _head(document: PlanDocument) -> Iterator[Entry]:
    date = document.issue_date
    number = "/".join(filter(None, (document.number or ("…" if document.symbol else ""), document.symbol)))
    yield Entry(number, document.number_source, _("Number, symbol"), "" if document.number else _("no number yet"))
    yield _found(document.kind, document.kind_source, _("Kind"), _("no kind found"))
    yield _found(document.title, document.title_source, _("Title"), _("no title found"))
    written = "/".join(f"{part:02d}" if part else "…" for part in (date.day, date.month)) + f"/{date.year or '…'}"
    found = [document.place or "", written if date.day or date.month or date.year else ""]
    lacks = "" if date.day and date.month and date.year else _("the date has gaps")
    yield Entry(", ".join(filter(None, found)), date.source, _("Place and date"), lacks)
    yield _found(document.issuer, document.issuer_source, _("Issued by"), _("no issuer found"))
    standards = ", ".join(document.standards)
    yield _found(standards, document.title_source, _("Standard"), _("no standard found"))


def _found(text: str | None, lines: tuple[int, ...], label: str, missing: str) -> Entry:
    return Entry(text, lines, label) if text else Entry("", (), label, missing)


def _task(task: Task) -> Entry:
    roles = {
        "lead": pgettext("performer", "Lead"),
        "support": pgettext("performer", "Coordinates"),
        "direct": pgettext("performer", "Directs"),
        "execute": pgettext("performer", "Carries out"),
    }
    details = [
        (word, "; ".join(each.text for each in task.performers if each.role == role))
        for role, word in roles.items()
        if any(each.role == role for each in task.performers)
    ]
    if task.period.text:
        due = _("due %(day)s") % {"day": day(task.period.end)} if task.period.end else ""
        details.append((pgettext("task", "Time"), f"{task.period.text} ({due})" if due else task.period.text))
    for word, value in (
        (_("Quantity"), task.quantity),
        (_("Deliverable"), task.deliverable),
        (_("Cost"), f"{task.cost_text} = {money(task.cost)}" if task.cost is not None else task.cost_text),
        (_("Group"), task.group),
    ):
        if value:
            details.append((word, value))
    details.extend(("", detail.text) for detail in task.details)
    return Entry(task.title, tuple(sorted(set(sources(task)))), label=task.number or "", details=details)


def _funding(funding: Funding) -> Iterator[Entry]:
    if funding.amount is None and not funding.text:
        return
    amount = str(money(funding.amount)) if funding.amount is not None else ""
    lacks = "" if amount else _("several figures or none: no total")
    yield Entry(amount, funding.source, _("Amount"), lacks)
    if funding.fund_source:
        yield Entry(funding.fund_source, funding.source, _("Source of funds"))
    if funding.norm:
        yield Entry(funding.norm, funding.source, _("Spending norms"))


def _other(document: PlanDocument) -> list[Text]:
    head = document.head
    single = [head.parent, head.subject, document.authority, document.enacting]
    kept = [
        *head.marks,
        *(each for each in single if each),
        *document.preamble,
        *document.scope,
        *document.contents,
        *document.schedule,
        *document.provisions,
        *document.annex_notes,
        *document.annex_titles,
        *document.closing,
    ]
    return sorted(dict.fromkeys(kept), key=lambda text: text.source[:1])


def _texts(key: str, title: str, texts: Iterable[Text], missing: str = "") -> Group:
    return Group(key, title, [Entry(text.text, text.source) for text in texts], missing)


def _spans(numbers: tuple[int, ...]) -> Iterator[str]:
    ordered = sorted(set(numbers))
    if not ordered:
        return
    begin = ordered[0]
    for number, following in pairwise([*ordered, -1]):
        if following != number + 1:
            yield str(begin) if begin == number else f"{begin}–{number}"
            begin = following
