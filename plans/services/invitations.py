"""Who is invited to an event and who came."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from activity.services import record
from plans.models import Event, Invitation, TaskPerformer
from plans.permissions import EventAct
from plans.services.events import require_begun, require_state
from plans.services.progress import OutsideThePlan
from plans.services.standing import require_open
from plans.services.told import reporters_of
from units.models import Unit, UnitQuerySet, User

MOST_PEOPLE = 32_767


class NobodyToInvite(Exception):
    def __str__(self) -> str:
        return _("Choose at least one unit that is not invited yet.")


class NoSuchNumber(Exception):
    def __str__(self) -> str:
        return _("Give the number of people as a whole number.")


class AlreadyCounted(Exception):
    """Somebody wrote down other figures meanwhile; `invitation` has them."""

    def __init__(self, invitation: Invitation) -> None:
        self.invitation = invitation

    def __str__(self) -> str:
        return _(
            "Somebody else has counted meanwhile: %(count)s. Yours was not saved; write it again if it is right."
        ) % {"count": "–" if self.invitation.attended is None else self.invitation.attended}


class CameAlready(Exception):
    def __init__(self, unit: Unit) -> None:
        self.unit = unit

    def __str__(self) -> str:
        return _("%(unit)s was counted as having come, so the invitation stands.") % {"unit": self.unit}


def units_to_invite(event: Event, kinds: Iterable[str] = (), *, of_task: bool = False) -> UnitQuerySet:
    """The units of the plan's province that exist on the day of the event and are of one of `kinds`, and, where
    `of_task`, those that perform the event's task."""
    day = timezone.localtime(event.starts_at).date()
    units = Unit.objects.filter(path__startswith=event.plan.reach).valid_on(day)
    wanted = units.filter(kind__in=list(kinds))
    if of_task and event.task_id:
        performing = TaskPerformer.objects.filter(task=event.task_id, unit__isnull=False)
        wanted |= units.filter(pk__in=performing.values("unit"))
    return wanted.order_by("kind", "name", "pk")


@transaction.atomic
def invite_units(*, event: Event, units: Iterable[Unit], by: User, seats: int = 1) -> list[Invitation]:
    """Invite those of `units` that are not invited yet, `seats` people each, and tell those who report for them.
    Inviting again changes nothing.

    Raises PlanIsClosed, NotInThisState, OutsideThePlan, NoSuchNumber, NobodyToInvite.
    """
    plan = require_open(event.plan)
    event = Event.objects.select_for_update(of=("self",)).select_related("plan__unit").get(pk=event.pk)
    require_state(event, EventAct.INVITE)
    if not 1 <= seats <= MOST_PEOPLE:
        raise NoSuchNumber
    invited = set(event.invitations.values_list("unit", flat=True))
    new = [unit for unit in dict.fromkeys(units) if unit.pk not in invited]
    for unit in new:
        if not unit.path.startswith(plan.reach):
            raise OutsideThePlan(unit)
    if not new:
        raise NobodyToInvite
    made = Invitation.objects.bulk_create(Invitation(event=event, unit=unit, seats=seats) for unit in new)
    record(
        by=by,
        action="plans.units_invited",
        target=event,
        unit_path=plan.unit.path,
        changes={"units": [None, [unit.label for unit in new]], "seats": [None, seats]},
        notify=reporters_of(new),
    )
    return made


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, by: User) -> None:
    """Take a unit off the list; those who report for it are told.

    Raises PlanIsClosed, NotInThisState, CameAlready.
    """
    plan = require_open(invitation.event.plan)
    event = Event.objects.select_for_update(of=("self",)).get(pk=invitation.event_id)
    require_state(event, EventAct.INVITE)
    gone, _rows = Invitation.objects.filter(pk=invitation.pk, attended=None).delete()
    if not gone:
        raise CameAlready(invitation.unit)
    record(
        by=by,
        action="plans.invitation_withdrawn",
        target=invitation.unit,  # who is no longer invited no longer sees the event, and must hear of it all the same
        unit_path=plan.unit.path,
        changes={"event": [event.title, None]},
        notify=reporters_of([invitation.unit]),
    )


@transaction.atomic
def record_attendance(
    *, invitation: Invitation, attended: int | None, names: str, version: int, by: User
) -> Invitation:
    """How many of a unit's people came and who; None: nobody counted, which is not 0.

    Raises PlanIsClosed, NotBegunYet, NotInThisState, NoSuchNumber, AlreadyCounted.
    """
    plan = require_open(invitation.event.plan)
    event = Event.objects.get(pk=invitation.event_id)
    require_state(event, EventAct.COUNT)
    require_begun(event)
    if attended is not None and not 0 <= attended <= MOST_PEOPLE:
        raise NoSuchNumber
    names = names.strip()
    before = Invitation.objects.select_related("unit").get(pk=invitation.pk)
    won = Invitation.objects.filter(pk=invitation.pk, version=version).update(
        attended=attended, names=names, version=F("version") + 1, updated_at=timezone.now()
    )
    if not won:
        raise AlreadyCounted(before)
    after = Invitation.objects.select_related("unit", "event").get(pk=invitation.pk)
    if (before.attended, before.names) != (after.attended, after.names):
        record(
            by=by,
            action="plans.attendance_counted",
            target=event,
            unit_path=plan.unit.path,
            changes={
                "unit": [None, after.unit.label],
                "attended": [before.attended, after.attended],
                "names": [before.names, after.names],
            },
        )
    return after
