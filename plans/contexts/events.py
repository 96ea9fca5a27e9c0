"""An event as one person may see it, and the events of a task against the number it asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils import timezone

from plans.models import Conclusion, Event, Invitation, Plan, Task
from plans.permissions import EVENT_ACTS, OPEN, EventAct
from units.access import holds_in
from units.permissions import Permission

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from units.models import User

# What can only be said of something that has begun.
_ONCE_BEGUN = frozenset({EventAct.HOLD, EventAct.COUNT, EventAct.MINUTE, EventAct.CONCLUDE, EventAct.GIVE_TASK})


@dataclass(frozen=True, kw_only=True)
class Attendance:
    """Sums over the invitations that a person sees. `came` None: nobody has counted yet, which is not 0."""

    units: int
    seats: int
    counted: int
    units_came: int
    came: int | None


@dataclass(frozen=True, kw_only=True)
class EventPage:
    event: Event
    sees_plan: bool
    invitations: Sequence[Invitation]
    attendance: Attendance
    conclusions: Sequence[Conclusion]
    may: frozenset[EventAct]
    may_read_papers: bool

    def __getattr__(self, name: str) -> bool:
        """`may_invite`, `may_hold` …: for templates."""
        if name.startswith("may_"):
            return EventAct(name.removeprefix("may_")) in self.may
        raise AttributeError(name)


@dataclass(frozen=True, kw_only=True)
class TaskEvents:
    """`target` is the number of events the task asks for, None where it names none."""

    events: Sequence[Event]
    held: int
    planned: int
    target: int | None
    counted_in: str


def event_page(*, event: Event, user: User | AnonymousUser) -> EventPage:
    """Four queries. Who sees the event only because their unit is invited sees that unit's invitation alone."""
    invitations = list(
        Invitation.objects.allowed_to(user, Permission.PLAN_VIEW).filter(event=event).select_related("unit")
    )
    return EventPage(
        event=event,
        sees_plan=Plan.objects.allowed_to(user, Permission.PLAN_VIEW).filter(pk=event.plan_id).exists(),
        invitations=invitations,
        attendance=attendance_of(invitations),
        conclusions=list(event.conclusions.select_related("unit", "task").order_by("order")),
        may=acts_on(event=event, user=user, now=timezone.now()),
        may_read_papers=holds_in(user, Permission.REPORT_VIEW, event.plan.unit),
    )


def acts_on(*, event: Event, user: User | AnonymousUser, now: datetime) -> frozenset[EventAct]:
    """What the person may do with the event now; no query beyond the person's roles."""
    if event.plan.status not in OPEN:
        return frozenset()
    return frozenset(
        act
        for act, rule in EVENT_ACTS.items()
        if event.state in rule.states
        and holds_in(user, rule.permission, event.plan.unit)
        and (event.starts_at <= now or act not in _ONCE_BEGUN)
    )


def attendance_of(invitations: Sequence[Invitation]) -> Attendance:
    counted = [each.attended for each in invitations if each.attended is not None]
    return Attendance(
        units=len(invitations),
        seats=sum(each.seats for each in invitations),
        counted=len(counted),
        units_came=sum(number > 0 for number in counted),
        came=sum(counted) if counted else None,
    )


def with_attendance(events: QuerySet[Event], user: User | AnonymousUser) -> QuerySet[Event]:
    """Each event with `invited` (units) and `came` (people, None until somebody counted), as far as `user` sees."""
    seen = Invitation.objects.allowed_to(user, Permission.PLAN_VIEW).filter(event=OuterRef("pk")).order_by()
    grouped: Any = seen.values("event")
    return events.annotate(
        invited=Subquery(grouped.annotate(n=Count("pk")).values("n")),
        came=Subquery(grouped.annotate(n=Sum("attended")).values("n")),
    )


def task_events(*, task: Task, user: User | AnonymousUser) -> TaskEvents:
    """One query. A cancelled event counts for nothing."""
    events = list(with_attendance(Event.objects.allowed_to(user, Permission.PLAN_VIEW).filter(Q(task=task)), user))
    states = [event.state for event in events]
    return TaskEvents(
        events=events,
        held=states.count(Event.State.HELD),
        planned=states.count(Event.State.PLANNED),
        target=task.target_quantity,
        counted_in=task.quantity_unit,
    )
