"""Units that pilot a standard under a plan: surveyed, chosen by a decision, and their way from phase to phase.

The plan's row is the lock: who surveys, chooses and moves at the same time does so one after the other. The history is
append-only; what may follow what is `plans.permissions.PILOT_PATH`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from activity.services import record
from plans.models import PilotPhase, PilotUnit, Plan, Task
from plans.permissions import PILOT_PATH
from plans.services.progress import OutsideThePlan
from plans.services.standing import PlanIsClosed, locked, require_open
from plans.services.told import officers_over, reporters_of
from units.models import Unit, User

Phase = PilotUnit.Phase


class PilotRefused(Exception):
    """Why nothing was changed about a pilot unit."""


class ScoreOutOfRange(PilotRefused):
    def __str__(self) -> str:
        return _("Give the survey score as a number from 0 to 100.")


class DayToCome(PilotRefused):
    def __str__(self) -> str:
        return _("The day is still to come. Give the day on which it happened.")


class DayTooEarly(PilotRefused):
    """`since`: the day of the phase it is in."""

    def __init__(self, since: date) -> None:
        self.since = since

    def __str__(self) -> str:
        return _("The phase before began on %(day)s: give that day or a later one.") % {
            "day": date_format(self.since, "j/n/Y")
        }


class UnitHasEnded(PilotRefused):
    """The unit no longer existed on that day: its pilot can only end, with it."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit

    def __str__(self) -> str:
        return _("%(unit)s ceased to exist on %(day)s: its pilot ends on that day.") % {
            "unit": self.unit.label,
            "day": date_format(self.unit.valid_to, "j/n/Y") if self.unit.valid_to else "",
        }


class AlreadyChosen(PilotRefused):
    """The unit has gone on from the survey: its score stays as it was when it was chosen."""

    def __init__(self, pilot: PilotUnit) -> None:
        self.pilot = pilot

    def __str__(self) -> str:
        return _("%(unit)s was decided on already (%(phase)s).") % {
            "unit": self.pilot.unit.label,
            "phase": self.pilot.get_phase_display(),
        }


class NobodyChosen(PilotRefused):
    def __str__(self) -> str:
        return _("Choose at least one unit.")


class NoDecision(PilotRefused):
    def __str__(self) -> str:
        return _("Give number and symbol of the decision by which the units are chosen.")


class PhaseNotPossible(PilotRefused):
    """`phase` does not follow the one that the unit is in."""

    def __init__(self, pilot: PilotUnit, phase: str) -> None:
        self.pilot, self.phase = pilot, phase

    def __str__(self) -> str:
        return _("%(unit)s is in the phase “%(now)s”: “%(phase)s” does not follow it.") % {
            "unit": self.pilot.unit.label,
            "now": self.pilot.get_phase_display(),
            "phase": Phase(self.phase).label,
        }


class PilotChanged(PilotRefused):
    """Somebody moved the unit since the person opened the page; `pilot` is as it is now."""

    def __init__(self, pilot: PilotUnit) -> None:
        self.pilot = pilot
        last = pilot.phases.select_related("by").last()
        self.by, self.at = (last.by, last.at) if last else (None, pilot.updated_at)

    def __str__(self) -> str:
        return _("%(person)s changed this at %(moment)s: the phase is “%(phase)s” now. Look again, then decide.") % {
            "person": self.by or _("Somebody"),
            "moment": date_format(timezone.localtime(self.at), "H:i j/n/Y"),
            "phase": self.pilot.get_phase_display(),
        }


@transaction.atomic
def record_survey(
    *, plan: Plan, unit: Unit, score: Decimal | None, note: str, day: date, by: User | None, task: Task | None = None
) -> PilotUnit:
    """Write down what a survey found of `unit`: 0 to 100 points, None where it gave none. Surveying again before the
    choice corrects the earlier result.

    Raises PlanIsClosed, ScoreOutOfRange, DayToCome, OutsideThePlan, AlreadyChosen.
    """
    plan = require_open(plan)
    if score is not None and not 0 <= score <= 100:
        raise ScoreOutOfRange
    if day > timezone.localdate():
        raise DayToCome
    _require_in_province(plan, unit)
    pilot = PilotUnit.objects.filter(plan=plan, unit=unit).select_related("unit").first()
    if pilot is not None and pilot.phase != Phase.SURVEYED:
        raise AlreadyChosen(pilot)
    before = str(pilot.survey_score) if pilot and pilot.survey_score is not None else ""
    values = {"survey_score": score, "survey_note": note.strip(), "surveyed_on": day, "task": task}
    if pilot is None:
        pilot = PilotUnit.objects.create(plan=plan, unit=unit, **values)
    else:
        PilotUnit.objects.filter(pk=pilot.pk).update(**values, version=F("version") + 1, updated_at=timezone.now())
        pilot.refresh_from_db()
    PilotPhase.objects.create(pilot=pilot, phase=Phase.SURVEYED, since=day, note=note.strip(), by=by)
    record(
        by=by,
        action="plans.pilot_surveyed",
        target=plan,
        unit_path=plan.unit.path,
        changes={"unit": [None, unit.label], "survey_score": [before, "" if score is None else str(score)]},
    )
    return pilot


@transaction.atomic
def choose_pilots(
    *, plan: Plan, units: Sequence[Unit], decision: str, decided_on: date, by: User | None
) -> list[PilotUnit]:
    """Choose `units` by a decision; of the surveyed units the others count as not chosen. A later decision may choose
    more. Those who report for the chosen units are told.

    Raises PlanIsClosed, NobodyChosen, NoDecision, DayToCome, OutsideThePlan, AlreadyChosen, UnitHasEnded.
    """
    plan = require_open(plan)
    decision = decision.strip()
    if not units:
        raise NobodyChosen
    if not decision:
        raise NoDecision
    if decided_on > timezone.localdate():
        raise DayToCome
    known = {each.unit_id: each for each in PilotUnit.objects.filter(plan=plan).select_related("unit")}
    chosen = []
    for unit in units:
        _require_in_province(plan, unit)
        if unit.valid_to and unit.valid_to < decided_on:
            raise UnitHasEnded(unit)
        pilot = known.pop(unit.pk, None)
        if pilot is not None and pilot.phase not in {Phase.SURVEYED, Phase.NOT_CHOSEN}:
            raise AlreadyChosen(pilot)
        if pilot is None:
            # The survey may have been on paper alone.
            pilot = PilotUnit(plan=plan, unit=unit)
        pilot.phase, pilot.decision, pilot.decided_on = Phase.CHOSEN, decision[:200], decided_on
        pilot.version += 0 if pilot.pk is None else 1
        pilot.save()
        chosen.append(pilot)
    rest = [pilot for pilot in known.values() if pilot.phase == Phase.SURVEYED]
    PilotUnit.objects.filter(pk__in=[pilot.pk for pilot in rest]).update(
        phase=Phase.NOT_CHOSEN, version=F("version") + 1, updated_at=timezone.now()
    )
    PilotPhase.objects.bulk_create(
        PilotPhase(pilot=pilot, phase=phase, since=decided_on, note=decision, by=by)
        for phase, pilots in ((Phase.CHOSEN, chosen), (Phase.NOT_CHOSEN, rest))
        for pilot in pilots
    )
    record(
        by=by,
        action="plans.pilots_chosen",
        target=plan,
        unit_path=plan.unit.path,
        changes={
            "units": [None, [pilot.unit.label for pilot in chosen]],
            "decision": [None, decision],
            "decided_on": [None, decided_on.isoformat()],
        },
        notify=reporters_of(pilot.unit for pilot in chosen),
    )
    return chosen


@transaction.atomic
def set_phase(*, pilot: PilotUnit, phase: str, since: date, note: str, version: int, by: User | None) -> PilotUnit:
    """Bring a pilot unit into its next phase, after the plan is closed too: units maintain what they built.

    Raises PlanIsClosed for a cancelled plan, PilotChanged, PhaseNotPossible, DayToCome, DayTooEarly, UnitHasEnded.
    """
    plan = locked(pilot.plan)
    if plan.status == Plan.Status.CANCELLED:
        raise PlanIsClosed(plan)
    now = PilotUnit.objects.select_related("unit", "plan__unit").get(pk=pilot.pk)
    if now.version != version:
        raise PilotChanged(now)
    if phase not in PILOT_PATH[now.phase]:
        raise PhaseNotPossible(now, phase)
    _require_fitting_day(now, phase, since)
    before = now.phase
    won = PilotUnit.objects.filter(pk=now.pk, version=version).update(
        phase=phase, version=F("version") + 1, updated_at=timezone.now()
    )
    if not won:
        raise PilotChanged(PilotUnit.objects.select_related("unit").get(pk=now.pk))
    PilotPhase.objects.create(pilot=now, phase=phase, since=since, note=note.strip(), by=by)
    now.refresh_from_db(fields=["phase", "version", "updated_at"])
    record(
        by=by,
        action="plans.pilot_moved",
        target=plan,
        unit_path=plan.unit.path,
        changes={
            "unit": [None, now.unit.label],
            "phase": [str(Phase(before).label), str(Phase(phase).label)],
            "since": [None, since.isoformat()],
        },
        reason=note.strip(),
        notify={*reporters_of([now.unit]), *officers_over(plan.unit)},
    )
    return now


@transaction.atomic
def end_with_units(*, plan: Plan, by: User | None) -> list[PilotUnit]:
    """End the pilots of units that no longer exist, each on its unit's last day: all districts ended on 30/6/2025.

    Running it again ends nothing more.
    """
    plan = locked(plan)
    ended = []
    going = PilotUnit.objects.filter(plan=plan, unit__valid_to__lt=timezone.localdate()).select_related("unit", "plan")
    for pilot in going.filter(phase__in=[phase for phase, next_ in PILOT_PATH.items() if Phase.ENDED in next_]):
        last = pilot.phases.last()
        day = pilot.unit.valid_to or timezone.localdate()
        since = max(day, last.since) if last else day
        note = _("The unit ceased to exist.")
        PilotUnit.objects.filter(pk=pilot.pk).update(
            phase=Phase.ENDED, version=F("version") + 1, updated_at=timezone.now()
        )
        PilotPhase.objects.create(pilot=pilot, phase=Phase.ENDED, since=since, note=note, by=by)
        ended.append(pilot)
    if ended:
        record(
            by=by,
            action="plans.pilots_ended",
            target=plan,
            unit_path=plan.unit.path,
            changes={"units": [None, [pilot.unit.label for pilot in ended]]},
        )
    return ended


def _require_in_province(plan: Plan, unit: Unit) -> None:
    if not unit.path.startswith(plan.reach):
        raise OutsideThePlan(unit)


def _require_fitting_day(pilot: PilotUnit, phase: str, since: date) -> None:
    if since > timezone.localdate():
        raise DayToCome
    last = pilot.phases.last()
    if last is not None and since < last.since:
        raise DayTooEarly(last.since)
    if pilot.unit.valid_to and since > pilot.unit.valid_to:
        raise UnitHasEnded(pilot.unit)
