"""Pilot units of a plan: the survey's ranking, the way of each from phase to phase, what may follow."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Prefetch

from plans.document.spelling import fold
from plans.models import PilotPhase, PilotUnit, Plan, Task
from plans.permissions import PILOT_PATH
from units.access import holds_in
from units.permissions import Permission

if TYPE_CHECKING:
    from units.models import Unit, User

Phase = PilotUnit.Phase
# The way a chosen unit goes; ended stands beside it.
WAY = (Phase.SURVEYED, Phase.CHOSEN, Phase.BUILDING, Phase.APPLYING, Phase.DECLARED, Phase.MAINTAINED)
NOT_PILOTS = frozenset({Phase.SURVEYED, Phase.NOT_CHOSEN})


@dataclass(frozen=True, slots=True)
class Stop:
    """A phase on a unit's way and since when it is or was there; None where it did not come by."""

    phase: str
    label: str
    since: date | None
    is_now: bool


@dataclass(frozen=True, slots=True)
class PilotRow:
    """`rank` among the surveyed with a score, equal scores sharing one; None without a score."""

    pilot: PilotUnit
    rank: int | None
    track: list[Stop]
    history: list[PilotPhase]
    has_ended: bool

    @property
    def since(self) -> date | None:
        return self.history[-1].since if self.history else None

    @property
    def next_phases(self) -> frozenset[str]:
        return PILOT_PATH[self.pilot.phase]

    @property
    def waits_for_end(self) -> bool:
        """Its unit is gone and its pilot has not ended."""
        return self.has_ended and Phase.ENDED in self.next_phases


@dataclass(frozen=True, slots=True)
class Pilots:
    rows: list[PilotRow]
    may_change: bool
    decisions: list[tuple[str, date | None]] = field(default_factory=list)

    @property
    def chosen(self) -> list[PilotRow]:
        return [row for row in self.rows if row.pilot.phase not in NOT_PILOTS]

    @property
    def surveyed(self) -> list[PilotRow]:
        """Everybody a survey looked at, the best first."""
        return [row for row in self.rows if row.pilot.surveyed_on or row.pilot.phase in NOT_PILOTS]

    @property
    def undecided(self) -> list[PilotRow]:
        return [row for row in self.rows if row.pilot.phase in NOT_PILOTS]

    @property
    def waiting_for_end(self) -> list[PilotRow]:
        return [row for row in self.rows if row.waits_for_end]


def pilots_of(plan: Plan, user: User, *, on: date) -> Pilots:
    """What `user` may see of them: a unit sees its own line alone, without its rank. Two queries."""
    pilots = list(_loaded(user).filter(plan=plan))
    pilots.sort(key=lambda pilot: (pilot.survey_score is None, -(pilot.survey_score or 0), pilot.unit.name))
    whole = holds_in(user, Permission.PLAN_VIEW, plan.unit)
    scores = sorted((pilot.survey_score for pilot in pilots if pilot.survey_score is not None), reverse=True)
    rows = [
        row_of(
            pilot,
            on=on,
            rank=scores.index(pilot.survey_score) + 1 if whole and pilot.survey_score is not None else None,
        )
        for pilot in pilots
    ]
    decisions = dict.fromkeys((pilot.decision, pilot.decided_on) for pilot in pilots if pilot.decision)
    return Pilots(rows, holds_in(user, Permission.PLAN_EDIT, plan.unit), list(decisions))


def pilots_of_unit(unit: Unit, user: User, *, on: date) -> list[PilotRow]:
    """The pilots a unit takes part in, the latest plan first. Two queries."""
    pilots = _loaded(user).filter(unit=unit).select_related("unit", "plan").order_by("-plan__issue_year", "-plan")
    return [row_of(pilot, on=on) for pilot in pilots]


def row_of(pilot: PilotUnit, *, on: date, rank: int | None = None) -> PilotRow:
    history = list(pilot.phases.all())
    return PilotRow(
        pilot=pilot,
        rank=rank,
        track=_track(pilot, history),
        history=history,
        has_ended=pilot.unit.valid_to is not None and pilot.unit.valid_to < on,
    )


def survey_task(tasks: list[Task]) -> Task | None:
    """The task by which units are surveyed and chosen, told by its words."""
    return next((task for task in tasks if "khao sat" in fold(task.title)), None)


def _loaded(user: User):  # type: ignore[no-untyped-def]
    phases = Prefetch("phases", PilotPhase.objects.select_related("by").order_by("since", "pk"))
    return (
        PilotUnit.objects.allowed_to(user, Permission.PLAN_VIEW)
        .select_related("unit", "task", "plan__unit")
        .prefetch_related(phases)
    )


def _track(pilot: PilotUnit, history: list[PilotPhase]) -> list[Stop]:
    since: dict[str, date] = {}
    for step in history:
        since.setdefault(step.phase, step.since)
    way = [phase for phase in WAY if phase != Phase.SURVEYED or phase in since]
    if pilot.phase in {Phase.NOT_CHOSEN, Phase.SURVEYED}:
        way = [Phase.SURVEYED, *([Phase.NOT_CHOSEN] if pilot.phase == Phase.NOT_CHOSEN else [])]
    if pilot.phase == Phase.ENDED:
        way = [phase for phase in way if phase in since] + [Phase.ENDED]
    return [Stop(phase, str(phase.label), since.get(phase), phase == pilot.phase) for phase in way]
