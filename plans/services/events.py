"""Events of a plan: planned, moved, held, cancelled. Every change names the version it was made from."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from activity.models import AuditEvent
from activity.services import record
from plans.document.spelling import fold, tidy
from plans.models import Event, Plan, Task
from plans.permissions import EVENT_ACTS, EventAct
from plans.services.standing import require_open
from plans.services.told import reporters_of
from units.models import Unit, User

# What a calendar and an invited unit have to hear of.
MOVING = ("starts_at", "ends_at", "place")
FIELDS = ("kind", "title", "agenda", "task", *MOVING)


class EndsBeforeItStarts(Exception):
    def __str__(self) -> str:
        return _("The event ends before it starts. Give an end that lies after the start.")


class TaskOfAnotherPlan(Exception):
    def __str__(self) -> str:
        return _("This task belongs to another plan. Choose a task of the event's own plan.")


class ReasonMissing(Exception):
    def __str__(self) -> str:
        return _("Say why: the invited units read the reason.")


class NotBegunYet(Exception):
    def __init__(self, event: Event) -> None:
        self.event = event

    def __str__(self) -> str:
        return _(
            "The event begins at %(moment)s. This can be recorded from then on; if it took place earlier, move it."
        ) % {"moment": written(self.event.starts_at)}


class NotInThisState(Exception):
    """The act is not possible in the state that the event is in: held or cancelled already."""

    def __init__(self, event: Event) -> None:
        self.event = event

    def __str__(self) -> str:
        words = {
            Event.State.PLANNED: _("The event has not been held yet. Record that it was held first."),
            Event.State.HELD: _("The event was held already: this can no longer be changed."),
            Event.State.CANCELLED: _("The event is cancelled: nothing more can be changed. Plan another one."),
        }
        return words[Event.State(self.event.state)]


class ChangedMeanwhile(Exception):
    """Somebody changed the event since the page was loaded; `event` is as it is now."""

    def __init__(self, event: Event) -> None:
        self.event = event
        last = (
            AuditEvent.objects.filter(target_model=event._meta.label_lower, target_id=str(event.pk))
            .select_related("by")
            .order_by("-pk")
            .first()
        )
        self.by = last.by if last else None
        self.at = last.at if last else event.updated_at

    def __str__(self) -> str:
        said = {"person": self.by or _("Somebody"), "moment": written(self.at)}
        return _(
            "%(person)s changed this event at %(moment)s. Nothing of yours was saved: compare, then save again."
        ) % (said)


def written(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "H:i j/n/Y")


@transaction.atomic
def plan_event(
    *,
    plan: Plan,
    kind: str,
    title: str,
    starts_at: datetime,
    ends_at: datetime,
    by: User,
    task: Task | None = None,
    place: str = "",
    agenda: str = "",
) -> Event:
    """A planned event of `plan`, perhaps of one of its tasks. Nobody is told before they are invited.

    Raises PlanIsClosed, EndsBeforeItStarts, TaskOfAnotherPlan.
    """
    plan = require_open(plan)
    _check(plan, task, starts_at, ends_at)
    event = Event.objects.create(
        plan=plan,
        task=task,
        kind=kind,
        title=title.strip(),
        place=place.strip(),
        starts_at=starts_at,
        ends_at=ends_at,
        agenda=agenda.strip(),
        created_by=by,
    )
    record(
        by=by,
        action="plans.event_planned",
        target=event,
        unit_path=plan.unit.path,
        changes={name: [None, said(event, name)] for name in FIELDS if said(event, name)},
    )
    return event


@transaction.atomic
def edit_event(*, event: Event, version: int, by: User, **values: Any) -> Event:
    """Change any of `FIELDS` of a planned event. Moving it (another time or place) counts `sequence` up, which moves it
    in people's calendars, and tells the invited units.

    Raises PlanIsClosed, EndsBeforeItStarts, TaskOfAnotherPlan, NotInThisState, ChangedMeanwhile.
    """
    plan = require_open(event.plan)
    before = Event.objects.select_for_update(of=("self",)).select_related("task").get(pk=event.pk)
    for name in ("title", "place", "agenda"):
        if name in values:
            values[name] = values[name].strip()
    wanted = {name: values[name] for name in FIELDS if name in values and values[name] != getattr(before, name)}
    given = {name: values.get(name, getattr(before, name)) for name in ("task", "starts_at", "ends_at")}
    _check(plan, given["task"], given["starts_at"], given["ends_at"])
    moved = any(name in wanted for name in MOVING)
    after = turn(before, EventAct.CHANGE, version, **wanted, **({"sequence": F("sequence") + 1} if moved else {}))
    if wanted:
        record(
            by=by,
            action="plans.event_moved" if moved else "plans.event_changed",
            target=after,
            unit_path=plan.unit.path,
            changes={name: [said(before, name), said(after, name)] for name in wanted},
            notify=told_of(after) if moved else (),
        )
    return after


def redate_event(*, event: Event, starts_at: datetime, ends_at: datetime, version: int, by: User) -> Event:
    """Move an event to another time; see `edit_event`."""
    return edit_event(event=event, version=version, by=by, starts_at=starts_at, ends_at=ends_at)


@transaction.atomic
def cancel_event(*, event: Event, reason: str, version: int, by: User) -> Event:
    """Raises PlanIsClosed, ReasonMissing, NotInThisState, ChangedMeanwhile. The invited units are told why."""
    plan = require_open(event.plan)
    if not (reason := reason.strip()):
        raise ReasonMissing
    after = turn(
        event,
        EventAct.CANCEL,
        version,
        cancelled_because=reason,
        sequence=F("sequence") + 1,
    )
    record(
        by=by,
        action="plans.event_cancelled",
        target=after,
        unit_path=plan.unit.path,
        changes={"state": [Event.State.PLANNED, Event.State.CANCELLED]},
        reason=reason,
        notify=told_of(after),
    )
    return after


@transaction.atomic
def hold_event(*, event: Event, version: int, by: User) -> Event:
    """Record that the event took place. Raises PlanIsClosed, NotBegunYet, NotInThisState, ChangedMeanwhile."""
    plan = require_open(event.plan)
    require_begun(event)
    after = turn(event, EventAct.HOLD, version)
    record(
        by=by,
        action="plans.event_held",
        target=after,
        unit_path=plan.unit.path,
        changes={"state": [Event.State.PLANNED, Event.State.HELD]},
    )
    return after


@transaction.atomic
def record_minutes(*, event: Event, minutes: str, version: int, by: User) -> Event:
    """Raises PlanIsClosed, NotBegunYet, NotInThisState, ChangedMeanwhile."""
    plan = require_open(event.plan)
    require_begun(event)
    before = event.minutes
    after = turn(event, EventAct.MINUTE, version, minutes=minutes.strip())
    if after.minutes != before:
        record(
            by=by,
            action="plans.minutes_written",
            target=after,
            unit_path=plan.unit.path,
            changes={"minutes": [before, after.minutes]},
        )
    return after


def events_at_once(
    *, plan: Plan, starts_at: datetime, ends_at: datetime, place: str = "", but: Event | None = None
) -> list[Event]:
    """Other events of the plan that are on at the same time, those at the same place first: a warning, no more. One
    query; an event ends before its last moment, so what follows it at once is not at the same time."""
    others = Event.objects.filter(plan=plan, starts_at__lt=ends_at, ends_at__gt=starts_at)
    others = others.exclude(state=Event.State.CANCELLED)
    found = list(others.exclude(pk=but.pk) if but else others)
    here = tidy(fold(place))
    return sorted(found, key=lambda each: (not here or tidy(fold(each.place)) != here, each.starts_at, each.pk))


def turn(event: Event, act: EventAct, version: int, **values: Any) -> Event:
    """The one conditional UPDATE of an event: in the state and version that the act wants, else it is told why not."""
    rule = EVENT_ACTS[act]
    if rule.to:
        values["state"] = rule.to
    won = Event.objects.filter(pk=event.pk, version=version, state__in=rule.states).update(
        **values, version=F("version") + 1, updated_at=timezone.now()
    )
    now = Event.objects.select_related("plan__unit", "task").get(pk=event.pk)
    if won:
        return now
    raise NotInThisState(now) if now.state not in rule.states else ChangedMeanwhile(now)


def require_begun(event: Event) -> None:
    if timezone.now() < event.starts_at:
        raise NotBegunYet(event)


def require_state(event: Event, act: EventAct) -> None:
    if event.state not in EVENT_ACTS[act].states:
        raise NotInThisState(event)


def told_of(event: Event) -> list[int]:
    """Those who report for the invited units."""
    return reporters_of(Unit.objects.filter(invitations__event=event))


def said(event: Event, name: str) -> str | None:
    """A value as the log keeps it."""
    value = getattr(event, name)
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat()
    return str(value) if value else None


def _check(plan: Plan, task: Task | None, starts_at: datetime, ends_at: datetime) -> None:
    if not starts_at < ends_at:
        raise EndsBeforeItStarts
    if task is not None and task.plan_id != plan.pk:
        raise TaskOfAnotherPlan
