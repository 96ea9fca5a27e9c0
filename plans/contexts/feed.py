"""What a calendar feed tells: tasks as whole days, events with their times. As its owner may see it at the moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from plans.contexts.month import own_units
from plans.models import CalendarFeed, Event, Plan, Task
from units.permissions import Permission

MOST = 2000
PAST = timedelta(days=400)  # what ended longer ago is in the portal, not in a calendar


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One entry. Days are dates, `end` the first day after the last (RFC 5545, 3.6.1); moments are aware."""

    uid: str
    summary: str
    description: str
    location: str
    path: str
    start: date | datetime
    end: date | datetime
    sequence: int
    changed: datetime
    is_cancelled: bool


@dataclass(frozen=True, slots=True)
class Feed:
    name: str
    entries: Sequence[FeedEntry]


class NothingToSee(Exception):
    """The owner may no longer see the plan that the feed is of."""


def feed_of(feed: CalendarFeed, *, today: date) -> Feed:
    """Two queries, three for one plan, and one for the roles of the owner. Raises NothingToSee."""
    user = feed.user
    tasks = Task.objects.allowed_to(user, Permission.PLAN_VIEW)
    events = Event.objects.allowed_to(user, Permission.PLAN_VIEW)
    if feed.plan is not None:
        if not Plan.objects.allowed_to(user, Permission.PLAN_VIEW).filter(pk=feed.plan.pk).exists():
            raise NothingToSee
        tasks, events = tasks.filter(plan=feed.plan), events.filter(plan=feed.plan)
        name = str(feed.plan.title)
    else:
        units = own_units(user)
        tasks = tasks.filter(performers__unit__in=units).distinct()
        events = events.filter(Q(invitations__unit__in=units) | Q(task__performers__unit__in=units)).distinct()
        name = _("My work on isoportal")
    recent = today - PAST
    tasks = tasks.filter(Q(end__gte=recent) | Q(end=None, start__gte=recent)).select_related("plan")
    events = events.filter(ends_at__date__gte=recent).select_related("plan")
    entries = [
        *(each for task in tasks.order_by("pk")[:MOST] if (each := _task(task))),
        *(_event(event) for event in events.order_by("pk")[:MOST]),
    ]
    return Feed(name, entries)


def _task(task: Task) -> FeedEntry | None:
    """A task that names one end only stands on that day."""
    start, end = task.start or task.end, task.end or task.start
    if start is None or end is None:
        return None
    words = [
        task.plan.title,
        _("Period: %(words)s") % {"words": task.period_text} if task.period_text else "",
        _("Deliverable: %(words)s") % {"words": task.deliverable} if task.deliverable else "",
    ]
    return FeedEntry(
        uid=f"task-{task.pk}@isoportal",
        summary=str(task),
        description="\n".join(filter(None, words)),
        location="",
        path=reverse("plans:task", args=[task.pk]),
        start=start,
        end=end + timedelta(days=1),
        sequence=task.sequence,
        changed=max(task.updated_at, task.plan.updated_at) if _is_over(task.plan) else task.updated_at,
        is_cancelled=task.is_cancelled or _is_over(task.plan),
    )


def _is_over(plan: Plan) -> bool:
    return plan.status == Plan.Status.CANCELLED


def _event(event: Event) -> FeedEntry:
    return FeedEntry(
        uid=f"event-{event.pk}@isoportal",
        summary=event.title,
        description="\n".join(filter(None, [event.plan.title, event.agenda])),
        location=event.place,
        path=reverse("plans:event", args=[event.pk]),
        start=event.starts_at,
        end=event.ends_at,
        sequence=event.sequence,
        changed=event.updated_at,
        is_cancelled=event.state == Event.State.CANCELLED or _is_over(event.plan),
    )
