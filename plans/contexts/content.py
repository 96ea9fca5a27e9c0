"""The whole editable content of a plan as one frozen value: what the editor shows, a save compares, an amendment keeps.

`source` are the numbers of the document's lines a part came from; parts written later bear numbers above any
document's, so that a task and its paragraph in a section still find each other. `PlanContent.words()` is without them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from typing import Any, Self

from plans.models import Funding, Plan, Section, Task, TaskPerformer

Source = tuple[int, ...]


class FromJSON:
    """Reads back what `as_json` wrote. What an older version did not write has its default."""

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(**{each.name: _read(each.name, data[each.name]) for each in fields(cls) if each.name in data})  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True, kw_only=True)
class PerformerContent(FromJSON):
    """A performer in the document's words; `unit` is the id of the unit meant, None for a body that is no unit."""

    text: str
    role: str = TaskPerformer.Role.EXECUTE.value
    unit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskContent(FromJSON):
    """`id` is the task's row, None for one that is new; `start` and `end` are days, both included."""

    title: str
    id: int | None = None
    number: str = ""
    group: str = ""
    period_text: str = ""
    start: date | None = None
    end: date | None = None
    quantity: str = ""
    deliverable: str = ""
    cost_text: str = ""
    cost: int | None = None
    performers: tuple[PerformerContent, ...] = ()
    details: tuple[str, ...] = ()
    source: Source = ()

    @property
    def label(self) -> str:
        return f"{self.number}. {self.title}" if self.number else self.title


@dataclass(frozen=True, slots=True, kw_only=True)
class BasisContent(FromJSON):
    """A citation word for word; `document` is the id of the register's record."""

    text: str
    document: int | None = None
    source: Source = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageContent(FromJSON):
    text: str
    kind: str
    source: Source = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemContent(FromJSON):
    """A paragraph or, with `cells`, a table row of a section."""

    text: str
    label: str = ""
    depth: int = 1
    source: Source = ()
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionContent(FromJSON):
    title: str = ""
    label: str = ""
    kind: str = Section.Kind.OTHER.value
    items: tuple[ItemContent, ...] = ()
    source: Source = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureContent(FromJSON):
    text: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FundingContent(FromJSON):
    """`fund_source` is where the money comes from, `amount` whole đồng or None where the document gives no figure."""

    text: str = ""
    fund_source: str = ""
    norm: str = ""
    amount: int | None = None
    figures: tuple[FigureContent, ...] = ()
    source: Source = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponsibilityContent(FromJSON):
    body: str
    label: str = ""
    duties: tuple[str, ...] = ()
    unit: int | None = None
    source: Source = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientContent(FromJSON):
    text: str
    purpose: str = ""
    is_filing: bool = False
    source: Source = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureContent(FromJSON):
    text: str
    kind: str = "authority"
    source: Source = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LineContent(FromJSON):
    """A line of the imported document that is in no part of the plan yet."""

    text: str
    source: Source = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanContent(FromJSON):
    title: str
    number: str = ""
    symbol: str = ""
    kind: str = ""
    place: str = ""
    issue_year: int | None = None
    issue_month: int | None = None
    issue_day: int | None = None
    issuer: str = ""
    signer_name: str = ""
    standards: tuple[str, ...] = ()
    legal_bases: tuple[BasisContent, ...] = ()
    passages: tuple[PassageContent, ...] = ()
    sections: tuple[SectionContent, ...] = ()
    tasks: tuple[TaskContent, ...] = ()
    funding: FundingContent = FundingContent()
    responsibilities: tuple[ResponsibilityContent, ...] = ()
    recipients: tuple[RecipientContent, ...] = ()
    signature_lines: tuple[SignatureContent, ...] = ()
    unrecognised: tuple[LineContent, ...] = ()

    def as_json(self) -> dict[str, Any]:
        written: dict[str, Any] = _write(self)
        return written

    def words(self) -> PlanContent:
        """The content alone, without the lines it came from and the marks of rows."""
        bare: PlanContent = _without(self, {"source": ()})
        return bare

    def last_line(self) -> int:
        """The highest number of a line that any part bears."""
        return max(_lines(self), default=0)


HEAD = (
    "number",
    "symbol",
    "kind",
    "place",
    "issue_year",
    "issue_month",
    "issue_day",
    "issuer",
    "title",
    "signer_name",
)
_PARTS: dict[str, type[FromJSON]] = {
    "performers": PerformerContent,
    "legal_bases": BasisContent,
    "passages": PassageContent,
    "items": ItemContent,
    "sections": SectionContent,
    "tasks": TaskContent,
    "figures": FigureContent,
    "responsibilities": ResponsibilityContent,
    "recipients": RecipientContent,
    "signature_lines": SignatureContent,
    "unrecognised": LineContent,
}


def content_of(plan: Plan) -> PlanContent:
    """The plan's own paper: neither tasks that arose later nor cancelled ones. Eleven queries, whatever its size."""
    performers: dict[int, list[PerformerContent]] = defaultdict(list)
    for each in TaskPerformer.objects.filter(task__plan=plan, as_written=True).order_by("order", "pk"):
        performers[each.task_id].append(PerformerContent(text=each.text, role=each.role, unit=each.unit_id))
    tasks = Task.objects.filter(plan=plan, origin=Task.Origin.PLAN, is_cancelled=False)
    return PlanContent(
        **{name: getattr(plan, name) for name in HEAD},
        standards=tuple(str(each) for each in plan.standards.all()),
        legal_bases=tuple(
            BasisContent(text=each.text, document=each.document_id, source=tuple(each.source_lines))
            for each in plan.legal_bases.all()
        ),
        passages=tuple(
            PassageContent(text=each.text, kind=each.kind, source=tuple(each.source_lines))
            for each in plan.passages.all()
        ),
        sections=tuple(
            SectionContent(
                title=each.title,
                label=each.label,
                kind=each.kind,
                items=tuple(ItemContent.from_json(item) for item in each.items),
                source=tuple(each.source_lines),
            )
            for each in plan.sections.all()
        ),
        tasks=tuple(_task(task, performers[task.pk]) for task in tasks.order_by("order")),
        funding=_funding(Funding.objects.filter(plan=plan).first()),
        responsibilities=tuple(
            ResponsibilityContent(
                body=each.body,
                label=each.label,
                duties=tuple(each.duties),
                unit=each.unit_id,
                source=tuple(each.source_lines),
            )
            for each in plan.responsibilities.all()
        ),
        recipients=tuple(
            RecipientContent(
                text=each.text, purpose=each.purpose, is_filing=each.is_filing, source=tuple(each.source_lines)
            )
            for each in plan.recipients.all()
        ),
        signature_lines=tuple(
            SignatureContent(text=each.text, kind=each.kind, source=tuple(each.source_lines))
            for each in plan.signature_lines.all()
        ),
        unrecognised=tuple(
            LineContent(text=each.text, source=tuple(each.source_lines)) for each in plan.unrecognised_lines.all()
        ),
    )


def _task(task: Task, performers: list[PerformerContent]) -> TaskContent:
    return TaskContent(
        id=task.pk,
        number=task.number,
        title=task.title,
        group=task.group,
        period_text=task.period_text,
        start=task.start,
        end=task.end,
        quantity=task.quantity,
        deliverable=task.deliverable,
        cost_text=task.cost_text,
        cost=task.cost,
        performers=tuple(performers),
        details=tuple(task.details),
        source=tuple(task.source_lines),
    )


def _funding(funding: Funding | None) -> FundingContent:
    if funding is None:
        return FundingContent()
    return FundingContent(
        text=funding.text,
        fund_source=funding.source,
        norm=funding.norm,
        amount=funding.amount,
        figures=tuple(FigureContent.from_json(each) for each in funding.figures),
        source=tuple(funding.source_lines),
    )


def _write(value: Any) -> Any:
    if is_dataclass(value):
        return {each.name: _write(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, tuple):
        return [_write(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value


def _read(name: str, value: Any) -> Any:
    if name == "funding":
        return FundingContent.from_json(value)
    if part := _PARTS.get(name):
        return tuple(part.from_json(each) for each in value)
    if name in {"start", "end"}:
        return date.fromisoformat(value) if value else None
    return tuple(value) if isinstance(value, list) else value


def _without(value: Any, blanks: dict[str, Any]) -> Any:
    """`value` with the fields named in `blanks` set to what stands there, all the way down."""
    if isinstance(value, tuple):
        return tuple(_without(each, blanks) for each in value)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    changed = {each.name: blanks.get(each.name, _without(getattr(value, each.name), blanks)) for each in fields(value)}
    return replace(value, **changed)


def _lines(value: Any) -> Iterator[int]:
    if isinstance(value, tuple):
        for each in value:
            yield from _lines(each)
    elif is_dataclass(value):
        for each in fields(value):
            found = getattr(value, each.name)
            yield from found if each.name == "source" else _lines(found)
