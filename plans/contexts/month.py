"""A month of all that a person may see: when tasks end, events, when reports are due, days off."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from plans.contexts.bars import monday_of
from plans.contexts.holidays import WorkCalendar
from plans.models import Event, ReportingPeriod, Task
from plans.period import VIETNAM
from plans.permissions import OPEN
from units.models import Unit
from units.permissions import Permission

if TYPE_CHECKING:
    from units.models import User

ONE_DAY = timedelta(days=1)
MOST = 3000  # things in a month; nobody reads more, and a province has fewer
SHOWN = 3  # in a cell before the rest is folded away
MOST_A_DAY = 60


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing of a day. `kind`: task, event or report; `note` says whose it is; `is_off`: cancelled."""

    kind: str
    icon: str
    text: str
    url: str
    note: str
    is_off: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """`off`: what the day off is called, "" on working days and on plain weekends; `is_free`: not worked."""

    day: date
    is_out: bool
    is_today: bool
    is_free: bool
    off: str
    entries: Sequence[Entry]

    @property
    def shown(self) -> Sequence[Entry]:
        return self.entries[:SHOWN]

    @property
    def folded(self) -> Sequence[Entry]:
        return self.entries[SHOWN:MOST_A_DAY]

    @property
    def rest(self) -> int:
        return max(0, len(self.entries) - MOST_A_DAY)

    @property
    def spoken(self) -> str:
        return date_format(self.day, "l, j/n/Y")


@dataclass(frozen=True, slots=True)
class Month:
    caption: str
    weekdays: Sequence[tuple[str, str]]
    weeks: Sequence[Sequence[Day]]
    count: int


def month_of(*, user: User, first: date, today: date, mine: bool = False) -> Month:
    """The weeks that hold the month of `first`. `mine`: only what the person's own units perform, are invited to or
    report on. Five queries, and one for the roles of `user` where nobody asked for them before."""
    begins = monday_of(first.replace(day=1))
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - ONE_DAY
    ends = monday_of(last) + timedelta(days=6)
    units = own_units(user) if mine else None
    by_day: dict[date, list[Entry]] = defaultdict(list)
    for day, entry in (
        *_events(user, units, begins, ends),
        *_reports(user, units, begins, ends),
        *_tasks(user, units, begins, ends),
    ):
        by_day[day].append(entry)
    calendar = calendar_of(user)
    days = [begins + timedelta(days=number) for number in range((ends - begins).days + 1)]
    cells = [
        Day(
            day,
            (day.year, day.month) != (first.year, first.month),
            day == today,
            calendar.is_day_off(day),
            calendar.holiday(day) or calendar.worked_instead(day),
            by_day[day],
        )
        for day in days
    ]
    return Month(
        caption=_("Month %(month)s/%(year)s") % {"month": first.month, "year": first.year},
        weekdays=[(date_format(day, "D"), date_format(day, "l")) for day in days[:7]],
        weeks=[cells[at : at + 7] for at in range(0, len(cells), 7)],
        count=sum(len(each.entries) for each in cells if not each.is_out),
    )


def own_units(user: User) -> list[int]:
    """The units in which the person holds a role: their own, not all those that a role of the province reaches."""
    return sorted({membership.unit_id for membership in user.held_roles})


def calendar_of(user: User) -> WorkCalendar:
    """The days off of the person's province; those of the country for a person without a role."""
    units: list[Unit] = [membership.unit for membership in user.held_roles]
    return WorkCalendar.of(units[0]) if units else WorkCalendar.national()


def _tasks(user: User, units: list[int] | None, first: date, last: date) -> Iterator[tuple[date, Entry]]:
    tasks = Task.objects.allowed_to(user, Permission.PLAN_VIEW).filter(
        end__range=(first, last), is_cancelled=False, plan__status__in=OPEN
    )
    if units is not None:
        tasks = tasks.filter(performers__unit__in=units).distinct()
    rows = tasks.order_by("end", "plan_id", "order").values_list("pk", "end", "number", "title", "plan__title")[:MOST]
    for pk, end, number, title, plan in rows:
        label = f"{number}. {title}" if number else title
        if end:
            yield end, Entry("task", "circle-check", label, reverse("plans:task", args=[pk]), plan)


def _events(user: User, units: list[int] | None, first: date, last: date) -> Iterator[tuple[date, Entry]]:
    opens = datetime.combine(first, time.min, tzinfo=VIETNAM)
    closes = datetime.combine(last + ONE_DAY, time.min, tzinfo=VIETNAM)
    events = Event.objects.allowed_to(user, Permission.PLAN_VIEW).filter(starts_at__lt=closes, ends_at__gt=opens)
    if units is not None:
        performing = Q(task__performers__unit__in=units)
        events = events.filter(Q(invitations__unit__in=units) | performing).distinct()
    for event in events.order_by("starts_at", "pk")[:MOST]:
        begins = timezone.localtime(event.starts_at, VIETNAM)
        # An event that ends at midnight does not reach into the day that begins then.
        over = timezone.localtime(event.ends_at, VIETNAM) - timedelta(microseconds=1)
        entry = Entry(
            "event",
            "users",
            f"{begins:%H:%M} {event.title}",
            reverse("plans:event", args=[event.pk]),
            event.place,
            event.state == Event.State.CANCELLED,
        )
        day = max(begins.date(), first)
        while day <= min(over.date(), last):
            yield day, entry
            day += ONE_DAY


def _reports(user: User, units: list[int] | None, first: date, last: date) -> Iterator[tuple[date, Entry]]:
    periods = ReportingPeriod.objects.allowed_to(user, Permission.PLAN_VIEW).filter(
        due_on__range=(first, last), plan__status__in=OPEN
    )
    if units is not None:
        periods = periods.filter(due_reports__unit__in=units).distinct()
    rows = periods.order_by("due_on", "pk").values_list("due_on", "title", "plan_id", "plan__title")[:MOST]
    for due_on, title, plan_id, plan in rows:
        text = _("Report due: %(period)s") % {"period": title}
        yield due_on, Entry("report", "send", text, reverse("plans:detail", args=[plan_id]), plan)
