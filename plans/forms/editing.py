"""From the rows of the editor back to the content of a plan. The shape is checked here, the rules are the services'."""

from __future__ import annotations

import json
import re
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from isoportal.templatetags.fields import FieldError
from plans.contexts.content import (
    BasisContent,
    FundingContent,
    ItemContent,
    LineContent,
    PassageContent,
    PerformerContent,
    PlanContent,
    RecipientContent,
    ResponsibilityContent,
    SectionContent,
    SignatureContent,
    TaskContent,
)
from plans.contexts.diff import FIELDS
from plans.document.funding import cell_amount
from plans.forms.desk import Row, days_of, held_lines, is_held, said
from plans.models import Passage, Section, SignatureLine, TaskPerformer

LONGEST = {"number": 20, "symbol": 60, "kind": 60, "place": 120, "issuer": 200, "signer_name": 120}
TASK_LONGEST = {"number": 20, "period": 500, "quantity": 200, "cost": 200}
NOT_NEEDED = "drop"
DEPTHS = range(1, 10)


@dataclass
class Reading:
    """What a form said: the content, what is wrong with it by field, and what hand-written choices are offered."""

    year: int | None = None
    content: PlanContent | None = None
    errors: list[FieldError] = field(default_factory=list)

    def wrong(self, target: str, label: object, message: str) -> None:
        self.errors.append(FieldError(target, str(label), message))


def read_desk(desk: Row, base: PlanContent, units: Mapping[str, tuple[str, int]]) -> Reading:
    """The content that `desk` says. `base` is the stored one: what the page does not show stays as it is there.

    `units` are the names offered for units that share theirs with another: label → (name, id).
    """
    reading = Reading()
    head = _head(desk, reading)
    reading.year = head.get("issue_year")
    lines = _Fates(desk)
    sections = _sections(desk, base, reading)
    content = replace(
        base,
        **head,
        standards=tuple(dict.fromkeys(filter(None, (each.strip()[:70] for each in desk["standards"].split(";"))))),
        legal_bases=(
            *_bases(desk),
            *(BasisContent(text=row["text"], source=_source(row)) for row in lines.of("basis")),
        ),
        passages=(
            *_passages(desk, base),
            *(
                PassageContent(text=row["text"], kind=Passage.Kind.CONTENT.value, source=_source(row))
                for row in lines.of("passage")
            ),
        ),
        sections=tuple(
            replace(
                section,
                items=(
                    *section.items,
                    *(ItemContent(text=row["text"], source=_source(row)) for row in lines.of(f"section {row_['key']}")),
                ),
            )
            for section, row_ in zip(sections, desk["sections"], strict=True)
        ),
        tasks=(
            *_tasks(desk, base, units, reading),
            *(TaskContent(title=row["text"], source=_source(row)) for row in lines.of("task")),
        ),
        funding=_funding(desk, base, reading),
        responsibilities=_responsibilities(desk, units),
        recipients=(
            *_recipients(desk),
            *(RecipientContent(text=row["text"], source=_source(row)) for row in lines.of("recipient")),
        ),
        signature_lines=tuple(
            SignatureContent(
                text=text[:300],
                kind=row["kind"] if row["kind"] in SignatureLine.Kind.values else SignatureLine.Kind.AUTHORITY.value,
                source=_source(row),
            )
            for row in desk["signature_lines"]
            if (text := row["text"].strip())
        ),
        unrecognised=tuple(LineContent(text=row["text"], source=_source(row)) for row in lines.kept()),
    )
    reading.content = content
    return reading


class _Fates:
    """Where the lines that the import did not understand are to go."""

    def __init__(self, desk: Row) -> None:
        self.rows = [row for row in desk["unrecognised"] if row["text"].strip()]
        self.places = {"basis", "passage", "task", "recipient", NOT_NEEDED}
        self.places |= {f"section {section['key']}" for section in desk["sections"]}

    def of(self, fate: str) -> list[Row]:
        return [row for row in self.rows if row["fate"] == fate]

    def kept(self) -> list[Row]:
        return [row for row in self.rows if row["fate"] not in self.places]


def _head(desk: Row, reading: Reading) -> dict[str, Any]:
    given: dict[str, str] = desk["head"]
    head: dict[str, Any] = {}
    for name, longest in LONGEST.items():
        if len(given[name]) > longest:
            reading.wrong(
                f"id_{name}", str(FIELDS[name]).capitalize(), _("Use at most %(count)d letters.") % {"count": longest}
            )
        head[name] = given[name][:longest]
    head["title"] = given["title"]
    if not given["title"]:
        reading.wrong("id_title", _("Title"), _("Give the plan a title."))
    for name, label, lowest, highest in (
        ("issue_year", _("Year"), 1900, 2200),
        ("issue_month", _("Month"), 1, 12),
        ("issue_day", _("Day"), 1, 31),
    ):
        value = given[name]
        number = int(value) if re.fullmatch(r"\d{1,4}", value) else None
        if value and (number is None or not lowest <= number <= highest):
            message = _("Write a number from %(lowest)d to %(highest)d, or leave it blank.")
            reading.wrong(f"id_{name}", label, message % {"lowest": lowest, "highest": highest})
            number = None
        head[name] = number
    return head


def _bases(desk: Row) -> Iterable[BasisContent]:
    for row in desk["legal_bases"]:
        text = row["text"].strip()
        if text and text != "Căn cứ":
            yield BasisContent(text=text, document=_kept_link(row["document"], text), source=_source(row))


def _passages(desk: Row, base: PlanContent) -> Iterable[PassageContent]:
    """Those the page shows as it says, the others as they are stored; in the stored order, new ones last."""
    held = held_lines(base)
    shown: dict[tuple[str, tuple[int, ...]], deque[str]] = defaultdict(deque)
    for row in desk["passages"]:
        shown[row["kind"], _source(row)].append(row["text"].strip())
    for each in base.passages:
        if is_held(each.source, held):
            yield each
        elif (texts := shown[each.kind, each.source]) and (text := texts.popleft()):
            yield replace(each, text=text)
    for (kind, source), texts in shown.items():
        if kind in Passage.Kind.values:
            yield from (PassageContent(text=text, kind=kind, source=source) for text in texts if text)


def _sections(desk: Row, base: PlanContent, reading: Reading) -> list[SectionContent]:
    stored: dict[tuple[tuple[int, ...], str, str], deque[ItemContent]] = defaultdict(deque)
    for section in base.sections:
        for item in section.items:
            stored[item.source, item.label, said(item)].append(item)
    sections = []
    for row in desk["sections"]:
        items = []
        for sent in row["items"]:
            if not sent["text"].strip() and not sent["bound"]:
                continue
            items.append(_item(sent, stored))
        sections.append(
            SectionContent(
                kind=row["kind"] if row["kind"] in Section.Kind.values or row["kind"] == "scope" else "other",
                label=row["label"].strip()[:40],
                title=row["title"].strip(),
                items=tuple(items),
                source=_source(row),
            )
        )
    return sections


def _item(sent: Row, stored: dict[tuple[tuple[int, ...], str, str], deque[ItemContent]]) -> ItemContent:
    if sent["bound"]:
        try:
            return ItemContent.from_json(json.loads(sent["bound"]))
        except (ValueError, TypeError, KeyError):
            return ItemContent(text=sent["text"], label=sent["label"], source=_source(sent))
    if known := stored.get((_source(sent), sent["label"], sent["text"])):
        return known.popleft() if len(known) > 1 else known[0]
    depth = int(sent["depth"]) if sent["depth"].isdigit() and int(sent["depth"]) in DEPTHS else 1
    text = sent["text"].strip()
    cells: tuple[str, ...] = ()
    if " | " in text:
        cells = tuple(cell.strip() for cell in text.split(" | "))
        text = " ".join(filter(None, cells))
    return ItemContent(text=text, label=sent["label"].strip(), depth=depth, source=_source(sent), cells=cells)


def _tasks(
    desk: Row, base: PlanContent, units: Mapping[str, tuple[str, int]], reading: Reading
) -> Iterable[TaskContent]:
    stored = {task.id: task for task in base.tasks}
    tasks = []
    for row in desk["tasks"]:
        texts = {name: str(row.get(name, "")).strip() for name in ("number", "title", "group", "period", "quantity")}
        performers = tuple(_performers(row, units))
        details = tuple(line.strip() for line in row["details"].split("\n") if line.strip())
        if not texts["title"]:
            others = [texts["period"], texts["quantity"], row["deliverable"].strip(), *details, *performers]
            if any(others):
                reading.wrong(f"task-{row['key']}-title", _("Task %(number)s") % texts, _("Say what is to be done."))
            elif not row["id"]:
                continue
            else:
                reading.wrong(
                    f"task-{row['key']}-title",
                    _("Task %(number)s") % texts,
                    _("Give the task a title, or remove it with its button."),
                )
        for name, longest in TASK_LONGEST.items():
            if len(str(row.get(name, ""))) > longest:
                reading.wrong(
                    f"task-{row['key']}-{name}",
                    _("Task %(number)s") % texts,
                    _("Use at most %(count)d letters.") % {"count": longest},
                )
        start, end = _days(row, reading)
        pk = int(row["id"]) if re.fullmatch(r"\d{1,18}", row["id"]) else None
        old = stored.get(pk)
        cost_text = row["cost"].strip()[:200]
        if details and old and old.details and "\n".join(old.details) == row["details"]:
            details = old.details
        tasks.append(
            TaskContent(
                id=pk,
                number=texts["number"][:20],
                title=texts["title"],
                group=texts["group"],
                period_text=texts["period"][:500],
                start=start,
                end=end,
                quantity=texts["quantity"][:200],
                deliverable=row["deliverable"].strip(),
                cost_text=cost_text,
                cost=old.cost if old and old.cost_text == cost_text else _cost(cost_text),
                performers=performers,
                details=details,
                source=_source(row),
            )
        )
    return tasks


def _cost(text: str) -> int | None:
    return cell_amount(text, "") if text else None


def _performers(row: Row, units: Mapping[str, tuple[str, int]]) -> Iterable[PerformerContent]:
    for each in row["performers"]:
        if not (text := each["text"].strip()):
            continue
        role = each["role"] if each["role"] in TaskPerformer.Role.values else TaskPerformer.Role.EXECUTE.value
        unit = _kept_link(each["unit"], text)
        if text in units:
            text, unit = units[text]
        yield PerformerContent(text=text, role=role, unit=unit)


def _days(row: Row, reading: Reading) -> tuple[date | None, date | None]:
    """The days the words name, unless others are given; what was stored otherwise stays while the words do."""
    given: list[date | None] = []
    for name in ("start", "end"):
        try:
            given.append(date.fromisoformat(row[name]) if row[name] else None)
        except ValueError:
            given.append(None)
            reading.wrong(f"task-{row['key']}-{name}", row["number"], _("Write a date like 31/12/2024."))
    if row["kept"] and not any(given):
        try:
            words, *days = json.loads(row["kept"])
        except ValueError:
            words, days = None, []
        if words == row["period"] and days == ["", ""]:
            return None, None
    start, end = days_of(row["period"], reading.year)
    if any(given) and not (row["kept"] and _is_outdated(row)):
        start, end = given
    if start and end and start > end:
        reading.wrong(f"task-{row['key']}-start", row["number"], _("The first day lies after the last day."))
    return start, end


def _is_outdated(row: Row) -> bool:
    """Whether the words were changed and the other days, which stood beside the old words, were not."""
    try:
        words, *days = json.loads(row["kept"])
    except ValueError:
        return False
    return bool(words != row["period"] and days == [row["start"], row["end"]])


def _funding(desk: Row, base: PlanContent, reading: Reading) -> FundingContent:
    sent = desk["funding"]
    digits = re.sub(r"[\s.,]|đồng|đ$", "", sent["amount"].strip().lower())
    amount = base.funding.amount
    if not digits:
        amount = None
    elif re.fullmatch(r"\d{1,15}", digits):
        amount = int(digits)
    else:
        reading.wrong("id_funding-amount", _("Amount"), _("Write whole đồng in digits, for example 84.000.000."))
    return replace(base.funding, amount=amount, fund_source=sent["fund_source"].strip(), norm=sent["norm"].strip())


def _responsibilities(desk: Row, units: Mapping[str, tuple[str, int]]) -> tuple[ResponsibilityContent, ...]:
    found = []
    for row in desk["responsibilities"]:
        body, duties = row["body"].strip(), tuple(line.strip() for line in row["duties"].split("\n") if line.strip())
        if not body and not duties:
            continue
        unit = _kept_link(row["unit"], body)
        if body in units:
            body, unit = units[body]
        label = row["label"].strip()[:40]
        found.append(ResponsibilityContent(label=label, body=body, duties=duties, unit=unit, source=_source(row)))
    return tuple(found)


def _recipients(desk: Row) -> Iterable[RecipientContent]:
    for row in desk["recipients"]:
        if text := row["text"].strip():
            yield RecipientContent(
                text=text, purpose=row["purpose"].strip()[:200], is_filing=row["kind"] == "filing", source=_source(row)
            )


def _kept_link(chosen: str, text: str) -> int | None:
    """The id chosen for exactly these words; other words mean something else."""
    pk, _bar, words = chosen.partition("|")
    return int(pk) if words == text and re.fullmatch(r"\d{1,18}", pk) else None


def _source(row: Row) -> tuple[int, ...]:
    return tuple(int(each) for each in row.get("source", "").split(",") if re.fullmatch(r"\d{1,9}", each))
