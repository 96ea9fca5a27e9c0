"""What a round's page says: its phases and where it stands, how many sheets are where, each sheet's line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from assessments.contexts.deadlines import PHASE_NAMES, deadline_of, overdue, overdue_phase
from assessments.contexts.standing import window_of
from assessments.models import Assessment, Assignment, Extension, Round
from assessments.permissions import RESULT_SHOWN
from units.models import Unit

Sheets = QuerySet[Assessment, Assessment]
State = Assessment.State
SUBMITTED = frozenset({State.SUBMITTED, State.VERIFYING}) | RESULT_SHOWN


@dataclass(frozen=True, kw_only=True)
class PhaseLine:
    """`state`: planned, running, over, or undated (it runs whenever there is something to do)."""

    phase: str
    name: str
    opens: datetime | None
    closes: datetime | None
    state: str


def phases_of(round_: Round, now: datetime) -> list[PhaseLine]:
    """The phases that the round holds. Without dates nobody can appeal, so such a phase is left out."""
    lines = []
    for phase in Round.Phase:
        opens, closes = window_of(round_, phase)
        if opens and closes:
            state = "planned" if now < opens else "running" if now < closes else "over"
        elif phase == Round.Phase.VERIFY:
            state = "undated"
        else:
            continue
        lines.append(
            PhaseLine(phase=phase.value, name=str(PHASE_NAMES[phase]), opens=opens, closes=closes, state=state)
        )
    return lines


def stage_of(round_: Round, now: datetime) -> str:
    """Where the round stands: preparing, planned, self_score, verify, appeal, between, closed, approved, published. Of
    phases that overlap the last one to have begun counts."""
    if round_.state != Round.State.RUNNING:
        return round_.state
    dated = [line for line in phases_of(round_, now) if line.state != "undated"]
    running = [line for line in dated if line.state == "running"]
    if running:
        return running[-1].phase
    if all(line.state == "planned" for line in dated):
        return "planned"
    return "between" if any(line.state == "planned" for line in dated) else "closed"


@dataclass(frozen=True, kw_only=True)
class GridCell:
    """How many sheets are in a state, of one kind of unit or of all; `query` lists them."""

    count: int
    query: str


@dataclass(frozen=True, kw_only=True)
class GridRow:
    state: str
    name: str
    cells: Sequence[GridCell]
    total: GridCell


@dataclass(frozen=True, kw_only=True)
class Grid:
    """Every state that some sheet is in, by the kinds of unit that are in the round."""

    kinds: Sequence[tuple[str, str]]
    rows: Sequence[GridRow]
    totals: Sequence[GridCell]
    total: int


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How many sheets got so far. `late`: still with their units though their time is over. `unassigned`: still to be
    verified, and nobody has them."""

    sheets: int
    begun: int
    submitted: int
    verified: int
    told: int
    settled: int
    late: int
    unassigned: int


def grid_of(sheets: Sheets) -> Grid:
    """One query."""
    counts: dict[tuple[str, str], int] = defaultdict(int)
    rows = sheets.order_by().values_list("state", "unit__kind").annotate(count=Count("pk"))
    for state, kind, count in rows:
        counts[state, kind] = count
    kinds = [kind for kind in Unit.Kind if any(kind == each for _state, each in counts)]
    states = [state for state in State if any(state == each for each, _kind in counts)]

    def cell(count: int, **query: str) -> GridCell:
        return GridCell(count=count, query=urlencode({name: value for name, value in query.items() if value}))

    return Grid(
        kinds=[(kind.value, str(kind.label)) for kind in kinds],
        rows=[
            GridRow(
                state=state.value,
                name=str(state.label),
                cells=[cell(counts[state, kind], state=state, kind=kind) for kind in kinds],
                total=cell(sum(counts[state, kind] for kind in kinds), state=state),
            )
            for state in states
        ],
        totals=[cell(sum(counts[state, kind] for state in states), kind=kind) for kind in kinds],
        total=sum(counts.values()),
    )


def progress_of(sheets: Sheets, now: datetime) -> Progress:
    """Two queries."""
    submitted, complete = Q(state__in=SUBMITTED), Q(of__gt=0, verified_scored__gte=F("of"))
    nobody = ~Q(Exists(Assignment.objects.filter(assessment=OuterRef("pk"))))
    counts = sheets.order_by().aggregate(
        sheets=Count("pk"),
        begun=Count("pk", filter=Q(scored__gt=0) | ~Q(state=State.SCORING)),
        submitted=Count("pk", filter=submitted),
        verified=Count("pk", filter=Q(state__in=RESULT_SHOWN) | (submitted & complete)),
        told=Count("pk", filter=Q(state__in=RESULT_SHOWN)),
        settled=Count("pk", filter=Q(state__in=[State.APPROVED, State.PUBLISHED])),
        unassigned=Count("pk", filter=~Q(state__in=RESULT_SHOWN) & nobody),
    )
    return Progress(**counts, late=overdue(sheets, now).count())


@dataclass(frozen=True, kw_only=True)
class AssessorPart:
    place: int
    name: str
    finished: bool


@dataclass(frozen=True, kw_only=True)
class SheetLine:
    """One unit of the round. `late_phase`: the phase it is late with, or "". `extended_until`: the latest extension of
    the phase it is in, or was in last; None where it has none. `assessors` and `verified` are empty for who may not
    see them."""

    sheet: Assessment
    assessors: Sequence[AssessorPart]
    late_phase: str
    extended_phase: str
    extended_until: datetime | None
    ends: datetime | None
    may_see_verified: bool

    @property
    def late_word(self) -> str:
        if not self.late_phase:
            return ""
        return _("Not submitted in time") if self.late_phase == Round.Phase.SELF_SCORE else _("Not verified in time")


def with_lines(sheets: Sheets) -> Sheets:
    """`sheets` with what `sheet_lines` reads: two queries more, however many there are."""
    return sheets.select_related("unit", "round").prefetch_related(
        Prefetch("extensions", Extension.objects.order_by("until")),
        Prefetch("assignments", Assignment.objects.select_related("assessor").order_by("place")),
    )


def sheet_lines(sheets: Iterable[Assessment], *, now: datetime, inside: bool) -> list[SheetLine]:
    """`inside`: whether the person sees the side of those who assess."""
    return [_line(sheet, now, inside) for sheet in sheets]


def _longer(sheet: Assessment) -> Iterator[Extension]:
    """Its extensions that give more time than the round does: not those ended early."""
    for each in sheet.extensions.all():
        closes = window_of(sheet.round, each.phase)[1]
        if closes is None or each.until > closes:
            yield each


def _line(sheet: Assessment, now: datetime, inside: bool) -> SheetLine:
    extended = max(_longer(sheet), key=lambda each: (each.until > now, each.until), default=None)
    assignments: Any = sheet.assignments.all() if inside else ()
    return SheetLine(
        sheet=sheet,
        assessors=[
            AssessorPart(place=each.place, name=str(each.assessor), finished=each.finished_at is not None)
            for each in assignments
        ],
        late_phase=overdue_phase(sheet, now),
        extended_phase=str(PHASE_NAMES[Round.Phase(extended.phase)]) if extended else "",
        extended_until=extended.until if extended else None,
        ends=deadline_of(sheet, Round.Phase.SELF_SCORE),
        may_see_verified=inside or sheet.state in RESULT_SHOWN,
    )
