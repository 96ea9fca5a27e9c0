"""What people are reminded of by plans on one day: computed when it is told, so that what was moved, finished or
cancelled meanwhile is not told.

The rules:

- A person is reminded on those days before and after a due day that they chose. Who is told on working days only hears
  on the next one what fell on days off.
- Units: tasks of issued plans that their unit performs and has not finished, reports it owes, events it is invited to.
- Officers over a plan: its events that are to come, and what units sent and nobody has accepted.
- Those who answer obstacles: open ones by their deadline.
- An administrator holds every right but is reminded of nothing: it is not their work.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activity.models import ReminderPreference
from activity.services import Reminder
from activity.services.digests import USUAL_DAYS
from plans.contexts.holidays import WorkCalendar
from plans.models import DueReport, Event, Invitation, Obstacle, Plan, ProgressUpdate, Task, TaskPerformer
from plans.permissions import ANSWERERS, OPEN, RECORDERS
from units.models import Membership, Unit, User
from units.permissions import GRANTS, SUBTREE_ROLES, Permission, Role

# Days off in a row that a person may have slept through: a long New Year's holiday and its weekends.
LONGEST_HOLIDAY = 20
Lines = Iterator[tuple["Reader", Reminder]]


@dataclass(frozen=True, kw_only=True)
class Reader:
    """One person, as far as reminding goes. `due_days` are the days on which something must be due to be told today."""

    user_id: int
    by_mail: bool
    due_days: frozenset[date]
    roles: Sequence[Membership] = field(repr=False)

    def own_units(self, permission: Permission) -> set[int]:
        """The units the person holds `permission` in by a role of that very unit."""
        return {each.unit_id for each in self.roles if permission in GRANTS[Role(each.role)]}

    def reaches(self, path: str, roles: frozenset[Role]) -> bool:
        """Whether one of the person's roles among `roles` reaches the unit at `path`."""
        return any(
            each.role in roles
            and (path.startswith(each.unit.path) if each.role in SUBTREE_ROLES else path == each.unit.path)
            for each in self.roles
        )


def readers_among(*, people: Sequence[User], day: date) -> list[Reader]:
    """Those of `people` who are told something on `day`: not who wants working days only on a day off. Three queries
    and one for each province."""
    roles: dict[int, list[Membership]] = defaultdict(list)
    held = Membership.objects.current(day).filter(user__in=people).exclude(role=Role.ADMINISTRATOR)
    for membership in held.select_related("unit").order_by("pk"):
        roles[membership.user_id].append(membership)
    chosen = {row.user_id: row for row in ReminderPreference.objects.filter(user__in=people)}
    calendars: dict[str, WorkCalendar] = {}
    readers = []
    for person in people:
        preference = chosen.get(person.pk)
        mine = roles[person.pk]
        days = {day}
        if preference and preference.working_days_only and mine:
            unit: Unit = mine[0].unit
            root = unit.path.split("/", 1)[0]
            calendar = calendars.get(root) or calendars.setdefault(root, WorkCalendar.of(unit))
            if calendar.is_day_off(day):
                continue
            days |= _days_off_before(day, calendar)
        offsets = (preference.days if preference else None) or USUAL_DAYS
        readers.append(
            Reader(
                user_id=person.pk,
                by_mail=bool(person.email) and (preference is None or preference.by_mail),
                due_days=frozenset(each + timedelta(days=offset) for each in days for offset in offsets),
                roles=mine,
            )
        )
    return readers


def _days_off_before(day: date, calendar: WorkCalendar) -> set[date]:
    missed: set[date] = set()
    each = day - timedelta(days=1)
    while calendar.is_day_off(each) and len(missed) < LONGEST_HOLIDAY:
        missed.add(each)
        each -= timedelta(days=1)
    return missed


def plan_reminders(*, readers: Sequence[Reader], day: date) -> dict[int, list[Reminder]]:
    """The lines of each reader by their id. Eight queries, however many readers, tasks and units there are."""
    lines: dict[int, list[Reminder]] = defaultdict(list)
    for part in (_tasks, _due_reports, _events, _obstacles, _updates):
        for reader, reminder in part(readers, day):
            lines[reader.user_id].append(reminder)
    return dict(lines)


def _every_day(readers: Sequence[Reader]) -> set[date]:
    return set().union(*(reader.due_days for reader in readers))


def _own_units(readers: Sequence[Reader]) -> dict[int, set[int]]:
    """By reader, the units they report for; a reader without any is left out."""
    units = {reader.user_id: reader.own_units(Permission.TASK_REPORT) for reader in readers}
    return {user_id: own for user_id, own in units.items() if own}


def _tasks(readers: Sequence[Reader], day: date) -> Lines:
    """Tasks to do, by unit. Who said 100 % and was not sent back is done."""
    own = _own_units(readers)
    rows = list(
        TaskPerformer.objects.performing()
        .filter(
            unit__in=set().union(*own.values()),
            task__end__in=_every_day(readers),
            task__is_cancelled=False,
            task__parts=None,
            task__plan__status=Plan.Status.ISSUED,
        )
        .select_related("task", "unit")
        .order_by("task__end", "task__plan", "task__order", "pk")
    )
    said = ProgressUpdate.objects.filter(
        task__in={row.task_id for row in rows}, unit__in={row.unit_id for row in rows if row.unit_id}
    ).exclude(state=ProgressUpdate.State.DRAFT)
    last = {
        (task, unit): (percent, state)
        for task, unit, percent, state in said.order_by("pk").values_list("task", "unit", "percent", "state")
    }
    for reader in readers:
        mine, told = own.get(reader.user_id, set()), set()
        for row in rows:
            task: Task = row.task
            percent, state = last.get((row.task_id, row.unit_id or 0), (0, ""))
            done = percent == 100 and state != ProgressUpdate.State.RETURNED
            if task.end is None or task.end not in reader.due_days or row.unit_id not in mine or done:
                continue
            if (row.task_id, row.unit_id) in told:  # a unit may lead a task and carry it out
                continue
            told.add((row.task_id, row.unit_id))
            text = f"{task}" if len(mine) == 1 else f"{task} ({row.unit})"
            yield (
                reader,
                Reminder(
                    heading=_("Tasks to do"),
                    text=text,
                    url=reverse("plans:task", args=[task.pk]),
                    due_on=task.end,
                    days=(task.end - day).days,
                ),
            )


def _due_reports(readers: Sequence[Reader], day: date) -> Lines:
    """Reports that a unit owes, one line a period."""
    own = _own_units(readers)
    waiting = (
        DueReport.objects.filter(
            Q(latest=None) | Q(latest__state=ProgressUpdate.State.RETURNED),
            unit__in=set().union(*own.values()),
            period__due_on__in=_every_day(readers),
            period__locked_at=None,
            period__plan__status=Plan.Status.ISSUED,
            task__is_cancelled=False,
        )
        .select_related("period__plan", "unit")
        .order_by("period__due_on", "period", "unit", "pk")
    )
    counted: Counter[tuple[int, int]] = Counter()
    first: dict[tuple[int, int], DueReport] = {}
    for row in waiting:
        key = (row.period_id, row.unit_id)
        counted[key] += 1
        first.setdefault(key, row)
    for reader in readers:
        for key, row in first.items():
            period = row.period
            if period.due_on not in reader.due_days or row.unit_id not in own.get(reader.user_id, ()):
                continue
            said = {"period": period.title, "plan": period.plan, "unit": row.unit.label, "count": counted[key]}
            yield (
                reader,
                Reminder(
                    heading=_("Reports to send"),
                    text=ngettext(
                        "%(period)s, %(plan)s: %(count)d task of %(unit)s",
                        "%(period)s, %(plan)s: %(count)d tasks of %(unit)s",
                        counted[key],
                    )
                    % said,
                    url=reverse("plans:progress"),
                    due_on=period.due_on,
                    days=(period.due_on - day).days,
                ),
            )


def _events(readers: Sequence[Reader], day: date) -> Lines:
    """Events to come: one's unit is invited, or one looks after the plan."""
    own = _own_units(readers)
    days = {each for each in _every_day(readers) if each >= day}
    coming = list(
        Event.objects.filter(state=Event.State.PLANNED, starts_at__date__in=days, plan__status__in=OPEN)
        .select_related("plan__unit")
        .order_by("starts_at", "pk")
    )
    invited: dict[int, set[int]] = defaultdict(set)
    for event_id, unit_id in Invitation.objects.filter(event__in=coming).values_list("event", "unit"):
        invited[event_id].add(unit_id)
    officers = frozenset({Role.PROGRAMME_OFFICER})
    for reader in readers:
        for event in coming:
            start = timezone.localtime(event.starts_at)
            if start.date() not in reader.due_days:
                continue
            if not (
                invited[event.pk] & own.get(reader.user_id, set()) or reader.reaches(event.plan.unit.path, officers)
            ):
                continue
            moment = date_format(start, "H:i")
            place = f", {event.place}" if event.place else ""
            yield (
                reader,
                Reminder(
                    heading=_("Events"),
                    text=f"{event.title} ({moment}{place})",
                    url=reverse("plans:event", args=[event.pk]),
                    due_on=start.date(),
                    days=(start.date() - day).days,
                ),
            )


def _obstacles(readers: Sequence[Reader], day: date) -> Lines:
    """Open obstacles, for those who have to answer at the level they have reached."""
    waiting = list(
        Obstacle.objects.filter(state=Obstacle.State.OPEN, due_on__in=_every_day(readers))
        .select_related("unit", "plan__unit")
        .order_by("due_on", "pk")
    )
    for reader in readers:
        for row in waiting:
            asked = [row.unit] if row.level == Obstacle.Level.UNIT else [row.plan.unit, row.unit]
            roles = ANSWERERS[row.level] | RECORDERS.get(row.level, frozenset())
            if row.due_on in reader.due_days and any(reader.reaches(unit.path, roles) for unit in asked):
                yield (
                    reader,
                    Reminder(
                        heading=_("Obstacles to answer"),
                        text=f"{row.title} ({row.unit.label})",
                        url=reverse("plans:obstacle", args=[row.pk]),
                        due_on=row.due_on,
                        days=(row.due_on - day).days,
                    ),
                )


def _updates(readers: Sequence[Reader], day: date) -> Lines:
    """What units sent and nobody has accepted: due from the day it was sent on, so told so many days after. One line a
    plan and day."""
    accepting = frozenset(role for role, granted in GRANTS.items() if Permission.PROGRESS_ACCEPT in granted)
    days = {each for each in _every_day(readers) if each < day}
    waiting = (
        ProgressUpdate.objects.filter(
            state=ProgressUpdate.State.SUBMITTED, submitted_at__date__in=days, task__plan__status=Plan.Status.ISSUED
        )
        .select_related("task__plan__unit")
        .order_by("submitted_at", "pk")
    )
    counted: Counter[tuple[int, date]] = Counter()
    plans: dict[int, Plan] = {}
    for row in waiting:
        if row.submitted_at is not None:
            counted[row.task.plan_id, timezone.localtime(row.submitted_at).date()] += 1
            plans[row.task.plan_id] = row.task.plan
    for reader in readers:
        for (plan_id, sent_on), count in counted.items():
            plan = plans[plan_id]
            if sent_on in reader.due_days and reader.reaches(plan.unit.path, accepting):
                text = ngettext(
                    "%(plan)s: %(count)d report waits to be accepted",
                    "%(plan)s: %(count)d reports wait to be accepted",
                    count,
                )
                yield (
                    reader,
                    Reminder(
                        heading=_("Reports to accept"),
                        text=text % {"plan": plan, "count": count},
                        url=reverse("plans:review"),
                        due_on=sent_on,
                        days=(sent_on - day).days,
                    ),
                )
