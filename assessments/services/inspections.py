"""Inspections: planned by a decision, carried out by one team, closed when every visit is signed or cancelled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Model
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activity.models import AuditEvent
from activity.services import record
from assessments.models import Inspection, InspectionMember, Visit
from isoportal.templatetags.formats import moment
from units.access import holds_in
from units.models import Unit, User
from units.permissions import Permission

FIELDS = (
    "title",
    "year",
    "decision",
    "decided_on",
    "starts_on",
    "ends_on",
    "purpose",
    "plan",
    "criteria_set",
)


class InspectionRefused(Exception):
    """Why something about an inspection is not done; `field` is what is to be mended in a form."""

    field: str = ""


class InspectionClosed(InspectionRefused):
    def __str__(self) -> str:
        return _("The inspection is closed: nothing of it changes any more.")


class WrongOrder(InspectionRefused):
    field = "ends_on"

    def __str__(self) -> str:
        return _("The inspection ends before it begins. Give a last day that is not before the first.")


class ForeignPlan(InspectionRefused):
    field = "plan"

    def __str__(self) -> str:
        return _("This plan is not one of the unit that holds the inspection. Choose one of its own plans.")


class VisitsOutside(InspectionRefused):
    field = "starts_on"

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.count = count

    def __str__(self) -> str:
        return ngettext(
            "%(count)s visit is planned for a day outside this period. Move it first.",
            "%(count)s visits are planned for days outside this period. Move them first.",
            self.count,
        ) % {"count": self.count}


class NoHead(InspectionRefused):
    def __str__(self) -> str:
        return _("A team has exactly one head. Choose who it is.")


class PersonTwice(InspectionRefused):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return _("%(name)s is in the team twice. Keep one line.") % {"name": self.name}


class ForeignMember(InspectionRefused):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return _("The account of %(name)s does not inspect for this unit. Give the name and the office instead.") % {
            "name": self.name
        }


class VisitsOpen(InspectionRefused):
    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.count = count

    def __str__(self) -> str:
        return ngettext(
            "%(count)s visit is neither signed nor cancelled. Finish it before you close the inspection.",
            "%(count)s visits are neither signed nor cancelled. Finish them before you close the inspection.",
            self.count,
        ) % {"count": self.count}


class StaleInspection(InspectionRefused):
    """Somebody changed the inspection or its team since it was read; `stored` is as it stands now."""

    def __init__(self, stored: Inspection) -> None:
        super().__init__(stored.version)
        self.stored = stored
        self.by, self.at = last_change(stored, stored.created_at)

    def __str__(self) -> str:
        return _("%(who)s changed this inspection at %(at)s, after you had opened it. Compare, then save again.") % {
            "who": self.by or _("Somebody"),
            "at": moment(self.at),
        }


@dataclass(frozen=True, kw_only=True)
class Member:
    """A person of the team: an account, or a name and an office."""

    name: str
    office: str = ""
    place: str = InspectionMember.Place.MEMBER
    user: User | None = None


def last_change(target: Model, otherwise: datetime) -> tuple[object, datetime]:
    """Who changed it last and when, by the log."""
    events = AuditEvent.objects.filter(target_model=target._meta.label_lower, target_id=str(target.pk))
    last = events.select_related("by").order_by("-pk").first()
    return (last.by, last.at) if last else (None, otherwise)


@transaction.atomic
def plan_inspection(*, unit: Unit, by: User, **values: Any) -> Inspection:
    """`values`: any of FIELDS. Nobody is told before visits are planned. Raises PermissionDenied, WrongOrder,
    ForeignPlan."""
    if not holds_in(by, Permission.INSPECT, unit):
        raise PermissionDenied
    _check(unit, values)
    inspection = Inspection.objects.create(unit=unit, created_by=by, **_tidy(values))
    record(
        by=by,
        action="assessments.inspection_planned",
        target=inspection,
        unit_path=unit.path,
        changes={name: [None, _said(inspection, name)] for name in FIELDS if _said(inspection, name)},
    )
    return inspection


@transaction.atomic
def edit_inspection(*, inspection: Inspection, expected_version: int, by: User, **values: Any) -> Inspection:
    """Raises PermissionDenied, InspectionClosed, WrongOrder, ForeignPlan, VisitsOutside, StaleInspection."""
    before = locked_inspection(inspection, by=by)
    values = _tidy({name: values.get(name, getattr(before, name)) for name in FIELDS})
    _check(before.unit, values)
    planned = before.visits.filter(state=Visit.State.PLANNED)
    outside = planned.exclude(planned_on__range=(values["starts_on"], values["ends_on"])).count()
    if outside:
        raise VisitsOutside(outside)
    after = _turn(before, expected_version, **values)
    changes = {name: [_said(before, name), _said(after, name)] for name in FIELDS}
    changes = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
    if changes:
        record(
            by=by,
            action="assessments.inspection_edited",
            target=after,
            unit_path=after.unit.path,
            changes=changes,
        )
    return after


@transaction.atomic
def set_team(*, inspection: Inspection, members: Sequence[Member], expected_version: int, by: User) -> Inspection:
    """The whole team, in this order. People with an account are told that they are in it. Raises PermissionDenied,
    InspectionClosed, NoHead, PersonTwice, ForeignMember, StaleInspection."""
    before = locked_inspection(inspection, by=by)
    if [each.place for each in members].count(InspectionMember.Place.HEAD) != 1:
        raise NoHead
    seen: set[object] = set()
    for each in members:
        key = each.user.pk if each.user else (each.name.casefold(), each.office.casefold())
        if key in seen:
            raise PersonTwice(each.name)
        seen.add(key)
        if each.user and not holds_in(each.user, Permission.INSPECT, before.unit):
            raise ForeignMember(each.name)
    stored = list(before.members.all())
    after = _turn(before, expected_version)
    before.members.all().delete()
    InspectionMember.objects.bulk_create(
        InspectionMember(
            inspection=after, order=place, user=each.user, name=each.name, office=each.office, place=each.place
        )
        for place, each in enumerate(members, start=1)
    )
    record(
        by=by,
        action="assessments.inspection_team_set",
        target=after,
        unit_path=after.unit.path,
        changes={"members": [[each.name for each in stored], [each.name for each in members]]},
        notify={each.user.pk for each in members if each.user} - {each.user_id for each in stored if each.user_id},
    )
    return after


@transaction.atomic
def close_inspection(*, inspection: Inspection, expected_version: int, by: User) -> Inspection:
    """Raises PermissionDenied, InspectionClosed, VisitsOpen, StaleInspection."""
    before = locked_inspection(inspection, by=by)
    done = [Visit.State.SIGNED, Visit.State.CANCELLED]
    left = before.visits.exclude(state__in=done).count()
    if left:
        raise VisitsOpen(left)
    after = _turn(before, expected_version, closed_at=timezone.now())
    record(
        by=by,
        action="assessments.inspection_closed",
        target=after,
        unit_path=after.unit.path,
        changes={"closed_at": [None, after.closed_at.isoformat() if after.closed_at else None]},
    )
    return after


def locked_inspection(inspection: Inspection, *, by: User) -> Inspection:
    """The open inspection, locked, for which `by` inspects. Raises PermissionDenied, InspectionClosed."""
    rows = Inspection.objects.select_for_update(of=("self",)).select_related("unit", "plan", "criteria_set")
    stored = rows.get(pk=inspection.pk)
    if not holds_in(by, Permission.INSPECT, stored.unit):
        raise PermissionDenied
    if stored.closed_at is not None:
        raise InspectionClosed
    return stored


def _turn(inspection: Inspection, expected_version: int, **values: Any) -> Inspection:
    won = Inspection.objects.filter(pk=inspection.pk, version=expected_version, closed_at=None).update(
        **values, version=F("version") + 1
    )
    after = Inspection.objects.select_related("unit", "plan", "criteria_set").get(pk=inspection.pk)
    if not won:
        raise StaleInspection(after)
    return after


def _tidy(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}


def _check(unit: Unit, values: dict[str, Any]) -> None:
    if values["ends_on"] < values["starts_on"]:
        raise WrongOrder
    plan = values.get("plan")
    if plan is not None and plan.unit_id != unit.pk:
        raise ForeignPlan


def _said(inspection: Inspection, name: str) -> object:
    value = getattr(inspection, name)
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, str | int) else str(value)
