"""Visits of an inspection: planned for many units at once, moved, cancelled, held."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from activity.services import record
from assessments.contexts.visits import holds_for_visit, is_of_unit
from assessments.models import Inspection, Visit
from assessments.permissions import VISIT_ACTS, VisitAct
from assessments.services.inspections import InspectionClosed, InspectionRefused, last_change, locked_inspection
from isoportal.templatetags.formats import day, moment
from units.access import holders
from units.models import Unit, User
from units.permissions import Permission


class VisitRefused(InspectionRefused):
    """Why a visit does not take an act."""


class NotInThisVisitState(VisitRefused):
    def __init__(self, visit: Visit) -> None:
        super().__init__(visit.state)
        self.visit = visit

    def __str__(self) -> str:
        words = {
            Visit.State.PLANNED: _("The visit has not been held yet. Record first when it began and ended."),
            Visit.State.HELD: _("The visit was held already: it can be neither moved nor cancelled."),
            Visit.State.MINUTED: _("The minutes are drawn up: what the team found no longer changes."),
            Visit.State.SIGNED: _("The minutes are signed: nothing of the visit changes any more."),
            Visit.State.CANCELLED: _("The visit is cancelled. Plan another one for this unit."),
        }
        return words[Visit.State(self.visit.state)]


class OwnUnit(VisitRefused, PermissionDenied):
    """A member of the team who holds an office in the unit that is visited."""

    def __str__(self) -> str:
        return _("You hold an office in this unit. Let another member of the team do this.")


class StaleVisit(VisitRefused):
    """Somebody changed the visit since it was read; `visit` is as it stands now."""

    def __init__(self, visit: Visit) -> None:
        super().__init__(visit.version)
        self.visit = visit
        self.by, self.at = last_change(visit, visit.updated_at)

    def __str__(self) -> str:
        return _("%(who)s changed this visit at %(at)s, after you had opened it. Compare, then save again.") % {
            "who": self.by or _("Somebody"),
            "at": moment(self.at),
        }


class NoUnits(VisitRefused):
    field = "units"

    def __str__(self) -> str:
        return _("All the units that you chose have a visit in this inspection already. Choose others.")


class UnitOutside(VisitRefused):
    field = "units"

    def __init__(self, unit: Unit) -> None:
        super().__init__(unit.pk)
        self.unit = unit

    def __str__(self) -> str:
        return _("%(unit)s is not below the unit that holds the inspection. Take it off the list.") % {
            "unit": self.unit.name
        }


class OutsideInspection(VisitRefused):
    field = "planned_on"

    def __init__(self, inspection: Inspection) -> None:
        super().__init__(inspection.pk)
        self.inspection = inspection

    def __str__(self) -> str:
        return _("The inspection runs from %(start)s to %(end)s. Choose a day within, or change its dates.") % {
            "start": day(self.inspection.starts_on),
            "end": day(self.inspection.ends_on),
        }


class VisitReasonMissing(VisitRefused):
    field = "reason"

    def __str__(self) -> str:
        return _("Say why: the unit reads the reason.")


class EndsBeforeItBegan(VisitRefused):
    field = "ends_at"

    def __str__(self) -> str:
        return _("The visit ends before it began. Give an end that lies after the beginning.")


class NotHeldYet(VisitRefused):
    field = "starts_at"

    def __str__(self) -> str:
        return _("The visit begins in the future. Record it once it has begun.")


def told_of(unit: Unit) -> set[int]:
    """The people of the unit who answer for what an inspection finds."""
    return holders(Permission.CORRECTION_PLAN, unit)


@transaction.atomic
def add_visits(*, inspection: Inspection, units: Iterable[Unit], form: str, planned_on: date, by: User) -> list[Visit]:
    """Plan a visit to each of `units` that has none yet and tell them. Raises PermissionDenied, InspectionClosed,
    OutsideInspection, UnitOutside, NoUnits."""
    inspection = locked_inspection(inspection, by=by)
    _within(inspection, planned_on)
    there = set(inspection.visits.exclude(state=Visit.State.CANCELLED).values_list("unit_id", flat=True))
    wanted = {each.pk: each for each in units}
    for unit in wanted.values():
        if not unit.path.startswith(inspection.unit.path):
            raise UnitOutside(unit)
    new = [unit for pk, unit in wanted.items() if pk not in there]
    if not new:
        raise NoUnits
    visits = [Visit.objects.create(inspection=inspection, unit=unit, form=form, planned_on=planned_on) for unit in new]
    for visit in visits:
        record(
            by=by,
            action="assessments.visit_planned",
            target=visit,
            unit_path=visit.unit.path,
            changes={"planned_on": [None, planned_on.isoformat()], "form": [None, form]},
            notify=told_of(visit.unit),
        )
    return visits


@transaction.atomic
def move_visit(*, visit: Visit, form: str, planned_on: date, place: str = "", expected_version: int, by: User) -> Visit:
    """Another day, form or place; the unit is told. Raises PermissionDenied, InspectionClosed, NotInThisVisitState,
    OutsideInspection, StaleVisit."""
    before = require_visit(visit, VisitAct.MOVE, by=by)
    _within(before.inspection, planned_on)
    wanted = {"form": form, "planned_on": planned_on, "place": place.strip()}
    changes = {
        name: [_plain(getattr(before, name)), _plain(value)]
        for name, value in wanted.items()
        if getattr(before, name) != value
    }
    after = turn_visit(before, VisitAct.MOVE, expected_version, **wanted)
    if changes:
        record(
            by=by,
            action="assessments.visit_moved",
            target=after,
            unit_path=after.unit.path,
            changes=changes,
            notify=told_of(after.unit),
        )
    return after


@transaction.atomic
def cancel_visit(*, visit: Visit, reason: str, expected_version: int, by: User) -> Visit:
    """The unit reads the reason and may be planned again. Raises PermissionDenied, InspectionClosed,
    NotInThisVisitState, VisitReasonMissing, StaleVisit."""
    before = require_visit(visit, VisitAct.CANCEL, by=by)
    if not (reason := reason.strip()):
        raise VisitReasonMissing
    after = turn_visit(before, VisitAct.CANCEL, expected_version)
    record(
        by=by,
        action="assessments.visit_cancelled",
        target=after,
        unit_path=after.unit.path,
        changes={"state": [before.state, after.state]},
        reason=reason,
        notify=told_of(after.unit),
    )
    return after


@transaction.atomic
def hold_visit(
    *,
    visit: Visit,
    starts_at: datetime,
    ends_at: datetime,
    place: str = "",
    hosts: str = "",
    expected_version: int,
    by: User,
) -> Visit:
    """When and where it took place and who spoke for the unit; may be put right until the minutes are drawn up. Raises
    PermissionDenied, InspectionClosed, NotInThisVisitState, EndsBeforeItBegan, NotHeldYet, StaleVisit."""
    before = require_visit(visit, VisitAct.HOLD, by=by)
    if ends_at <= starts_at:
        raise EndsBeforeItBegan
    if starts_at > timezone.now():
        raise NotHeldYet
    wanted = {
        "starts_at": starts_at,
        "ends_at": ends_at,
        "place": place.strip(),
        "hosts": "\n".join(line.strip() for line in hosts.splitlines() if line.strip()),
    }
    after = turn_visit(before, VisitAct.HOLD, expected_version, **wanted)
    record(
        by=by,
        action="assessments.visit_held",
        target=after,
        unit_path=after.inspection.unit.path,
        changes={
            name: [_plain(getattr(before, name)), _plain(value)]
            for name, value in wanted.items()
            if getattr(before, name) != value
        },
    )
    return after


def locked_visit(visit: Visit) -> Visit:
    """The visit as it stands, locked until the transaction ends: everybody who writes to its checklist, its findings
    or its minutes passes here, so that nothing is added while the minutes are drawn up."""
    return (
        Visit.objects.select_for_update(of=("self",))
        .select_related("unit", "inspection__unit__parent", "inspection__criteria_set", "signed_copy")
        .get(pk=visit.pk)
    )


def require_visit(visit: Visit, act: VisitAct, *, by: User) -> Visit:
    """The locked visit, on which `by` may do `act` now. Raises PermissionDenied, OwnUnit, InspectionClosed,
    NotInThisVisitState."""
    stored = locked_visit(visit)
    if not holds_for_visit(by, act, stored):
        if VISIT_ACTS[act].apart and is_of_unit(by, stored):
            raise OwnUnit
        raise PermissionDenied
    if stored.inspection.closed_at is not None:
        raise InspectionClosed
    if stored.state not in VISIT_ACTS[act].states:
        raise NotInThisVisitState(stored)
    return stored


def turn_visit(visit: Visit, act: VisitAct, expected_version: int, **values: Any) -> Visit:
    """The one conditional UPDATE of a visit: at the version that was read, in a state that takes the act."""
    rule = VISIT_ACTS[act]
    if rule.to:
        values["state"] = rule.to
    won = Visit.objects.filter(pk=visit.pk, version=expected_version, state__in=rule.states).update(
        **values, version=F("version") + 1, updated_at=timezone.now()
    )
    after = Visit.objects.select_related("unit", "inspection__unit__parent", "signed_copy").get(pk=visit.pk)
    if not won:
        if after.state not in rule.states:
            raise NotInThisVisitState(after)
        raise StaleVisit(after)
    return after


def _within(inspection: Inspection, planned_on: date) -> None:
    if not inspection.starts_on <= planned_on <= inspection.ends_on:
        raise OutsideInspection(inspection)


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
