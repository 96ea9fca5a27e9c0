"""Corrective actions as people see them: what one may do with them, how old and how late they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from assessments.contexts.lines import ScoreLine
from assessments.models import CorrectiveAction, CorrectiveStep, Score
from assessments.permissions import CORRECTION_ACTS, CORRECTION_OPEN, CORRECTION_OWED, CORRECTION_RAISERS, CorrectionAct
from plans.models import Evidence
from units.access import holders, holds_in
from units.models import Membership, Unit, User
from units.permissions import Permission

State, Kind = CorrectiveAction.State, CorrectiveStep.Kind
LOW_LIGHTS = frozenset({Score.Light.RED, Score.Light.YELLOW})
# Ages in days since it was raised: the last day of each bucket.
BUCKETS: tuple[int | None, ...] = (30, 60, 90, None)
BUCKET_NAMES: tuple[str | Promise, ...] = (_("0–30 days"), _("31–60 days"), _("61–90 days"), _("over 90 days"))
OPEN_STATES = tuple(state for state in State if state in CORRECTION_OPEN)


@dataclass(frozen=True, kw_only=True)
class ActionRow:
    """`days_left` is negative once its day has passed; None where no day is set or the unit owes nothing any more."""

    action: CorrectiveAction
    age: int
    days_left: int | None

    @property
    def is_late(self) -> bool:
        return self.days_left is not None and self.days_left < 0

    @property
    def days_late(self) -> int:
        return -(self.days_left or 0)

    @property
    def status(self) -> str:
        """A state of kind "corrective_action" of the page's vocabulary."""
        return "late" if self.is_late else str(self.action.state)


@dataclass(frozen=True, kw_only=True)
class AgeingRow:
    """How many open corrective actions stand in one state, by age."""

    state: str
    name: str
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True, kw_only=True)
class Ageing:
    rows: tuple[AgeingRow, ...]
    columns: tuple[str | Promise, ...] = BUCKET_NAMES

    @property
    def totals(self) -> tuple[int, ...]:
        return tuple(sum(row.counts[place] for row in self.rows) for place in range(len(BUCKETS)))

    @property
    def total(self) -> int:
        return sum(self.totals)


@dataclass(frozen=True, kw_only=True)
class Station:
    """One point of the way from raised to closed."""

    kind: str
    name: str
    is_reached: bool
    is_now: bool


@dataclass(frozen=True, kw_only=True)
class ActionPage:
    row: ActionRow
    steps: Sequence[CorrectiveStep]
    evidence: Sequence[Evidence]
    stations: Sequence[Station]
    may: frozenset[CorrectionAct]

    @property
    def action(self) -> CorrectiveAction:
        return self.row.action


def holds_office(user: User, unit: Unit) -> bool:
    """Whether `user` holds an office in the unit itself: nobody checks what their own house mended."""
    return any(each.unit_id == unit.pk for each in user.held_roles)


def holds_for(user: User, act: CorrectionAct, unit: Unit) -> bool:
    """Whether `user` has the right that `act` takes in `unit`, whatever the state. No query beyond the roles."""
    permission = CORRECTION_ACTS[act].permission
    if permission == Permission.CORRECTION_CHECK and holds_office(user, unit):
        return False
    return holds_in(user, permission, unit)


def may_raise(user: User, unit: Unit) -> bool:
    return any(holds_in(user, permission, unit) for permission in CORRECTION_RAISERS)


def acts_on(*, action: CorrectiveAction, user: User) -> frozenset[CorrectionAct]:
    """What the person may do with it now. `action` with its unit."""
    return frozenset(
        act
        for act, rule in CORRECTION_ACTS.items()
        if action.state in rule.states and holds_for(user, act, action.unit)
    )


def planners_of(unit: Unit) -> set[int]:
    """Who plans and mends in the unit itself. One query."""
    return holders(Permission.CORRECTION_PLAN, unit)


def checkers_of(unit: Unit) -> set[int]:
    """Who may say whether it worked: nobody of the unit itself. Two queries."""
    own = Membership.objects.current().filter(unit=unit).values_list("user_id", flat=True)
    return holders(Permission.CORRECTION_CHECK, unit) - set(own)


def is_low(line: ScoreLine) -> bool:
    """Whether what stands asks for mending: under the maximum, or a light that is not green."""
    stands = line.stands
    if stands.not_applicable:
        return False
    if stands.points is not None and line.maximum is not None:
        return stands.points < line.maximum
    return stands.light in LOW_LIGHTS


def overdue(today: date) -> Q:
    return Q(state__in=CORRECTION_OWED, due_on__lt=today)


def action_row(action: CorrectiveAction, *, today: date) -> ActionRow:
    ended = action.closed_at or (action.updated_at if action.state == State.CANCELLED else None)
    end = timezone.localtime(ended).date() if ended else today
    raised = timezone.localtime(action.raised_at).date()
    owed = action.state in CORRECTION_OWED and action.due_on is not None
    return ActionRow(
        action=action,
        age=max(0, (end - raised).days),
        days_left=(action.due_on - today).days if owed and action.due_on else None,
    )


def action_page(*, action: CorrectiveAction, user: User) -> ActionPage:
    """Two queries, however many steps there are."""
    return ActionPage(
        row=action_row(action, today=timezone.localdate()),
        steps=list(action.steps.select_related("by").order_by("pk")),
        evidence=list(action.evidence.select_related("unit", "uploaded_by").order_by("pk")),
        stations=stations_of(action),
        may=acts_on(action=action, user=user),
    )


def stations_of(action: CorrectiveAction) -> list[Station]:
    way = [State.RAISED, State.PLANNED, State.DONE, State.CLOSED]
    if action.state == State.CANCELLED:
        way = [State.RAISED, State.CANCELLED]
    here = way.index(State(action.state))
    return [
        Station(kind=state.value, name=str(state.label), is_reached=place <= here, is_now=place == here)
        for place, state in enumerate(way)
    ]


def bucket_of(age: int) -> int:
    return next(place for place, last in enumerate(BUCKETS) if last is None or age <= last)


def ageing(rows: Iterable[ActionRow]) -> Ageing:
    """How long what is open has been so, by state."""
    counts = {state: [0] * len(BUCKETS) for state in OPEN_STATES}
    for row in rows:
        if row.action.state in CORRECTION_OPEN:
            counts[State(row.action.state)][bucket_of(row.age)] += 1
    return Ageing(
        rows=tuple(
            AgeingRow(state=state.value, name=str(state.label), counts=tuple(counts[state])) for state in OPEN_STATES
        )
    )
