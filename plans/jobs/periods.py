"""Reporting periods from the calendar, and what is due of whom in each. Running again adds only what is missing."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Max, Min
from django.utils import timezone

from activity.services import record
from plans.contexts.holidays import WorkCalendar
from plans.models import DueReport, Plan, ProgressUpdate, ReportingPeriod, Task, TaskPerformer
from plans.period import due_moment
from units.models import User

# A period is made this long before it begins, so that units see what is coming.
AHEAD_DAYS = 31
MOST_PERIODS = 400  # a plan of thirty years; a wrong year in a task must not fill the table
ROMAN = ("I", "II", "III", "IV")
MONTHS = {Plan.Reporting.MONTH: 1, Plan.Reporting.QUARTER: 3}


@dataclass(frozen=True, slots=True)
class Span:
    title: str
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Filled:
    """What was added: periods and due reports."""

    periods: tuple[ReportingPeriod, ...]
    reports: int


def spans(reporting: str, first: date, last: date) -> Iterator[Span]:
    """The months or quarters of the calendar that touch `first` to `last`, both included, each whole."""
    length = MONTHS[Plan.Reporting(reporting)]
    year, month = first.year, (first.month - 1) // length * length + 1
    while (start := date(year, month, 1)) <= last:
        end = date(year, month + length - 1, calendar.monthrange(year, month + length - 1)[1])
        title = f"Tháng {month}/{year}" if length == 1 else f"Quý {ROMAN[month // 3]}/{year}"
        yield Span(title, start, end)
        year, month = (year + 1, 1) if month + length > 12 else (year, month + length)


def fill_calendar(*, plan: Plan, until: date, by: User | None) -> Filled:
    """The months or quarters of `plan` that begin by `until`, within the days its tasks name, and the reports due in
    them. Recorded where something was added. The caller holds the plan's row."""
    periods: list[ReportingPeriod] = []
    reports = 0
    days = plan.tasks.filter(is_cancelled=False).aggregate(
        first_start=Min("start"), first_end=Min("end"), last_start=Max("start"), last_end=Max("end")
    )
    first = min(filter(None, (days["first_start"], days["first_end"])), default=None)
    last = max(filter(None, (days["last_start"], days["last_end"])), default=None)
    if plan.reporting in MONTHS and first and last:
        works = WorkCalendar.of(plan.unit)
        for number, span in enumerate(spans(plan.reporting, first, min(last, until))):
            if number == MOST_PERIODS:
                break
            period, is_new = ReportingPeriod.objects.get_or_create(
                plan=plan,
                kind=plan.reporting,
                start=span.start,
                end=span.end,
                defaults={
                    "title": span.title,
                    "due_on": works.next_working_day(span.end + timedelta(days=plan.reporting_days)),
                },
            )
            periods += [period] if is_new else []
    for period in plan.periods.filter(locked_at=None):
        reports += fill_period(period)
    if periods or reports:
        record(
            by=by,
            action="plans.periods_made",
            target=plan,
            unit_path=plan.unit.path,
            changes={"periods": [None, [each.title for each in periods]], "reports": [None, reports]},
        )
    return Filled(tuple(periods), reports)


def fill_period(period: ReportingPeriod) -> int:
    """Add what is due in `period` and not there yet: one report for each unit that performs a task without parts whose
    days touch the period. A unit that ended before it, or whose task was accepted as done before it, owes nothing."""
    tasks = {
        task.pk: task
        for task in Task.objects.filter(plan=period.plan_id, is_cancelled=False, parts=None)
        if (task.start is None or task.start <= period.end) and (task.end is None or task.end >= period.start)
    }
    there = set(DueReport.objects.filter(period=period).values_list("task_id", "unit_id"))
    done = set(
        ProgressUpdate.objects.filter(
            task__in=tasks,
            state=ProgressUpdate.State.ACCEPTED,
            percent=100,
            submitted_at__lt=due_moment(period.start - timedelta(days=1)),
        ).values_list("task_id", "unit_id")
    )
    performers = (
        TaskPerformer.objects.performing()
        .filter(task__in=tasks)
        .exclude(unit__valid_to__lt=period.start)
        .values_list("task_id", "unit_id")
    )
    owed = sorted({(task, unit) for task, unit in performers if unit is not None} - there - done)
    DueReport.objects.bulk_create(
        (DueReport(period=period, task_id=task, unit_id=unit) for task, unit in owed), ignore_conflicts=True
    )
    return len(owed)


def make_due_reports(*, today: date | None = None) -> int:
    """What the timer does every day, for every issued plan whose units report: how many plans got something new."""
    until = (today or timezone.localdate()) + timedelta(days=AHEAD_DAYS)
    changed = 0
    plans = Plan.objects.filter(status=Plan.Status.ISSUED).exclude(reporting=Plan.Reporting.ON_DEMAND)
    for pk in list(plans.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            plan = (
                Plan.objects.select_for_update(no_key=True, of=("self",))
                .select_related("unit")
                .filter(pk=pk, status=Plan.Status.ISSUED)
                .first()
            )
            if plan is None:  # closed meanwhile
                continue
            filled = fill_calendar(plan=plan, until=until, by=None)
            changed += bool(filled.periods or filled.reports)
    return changed
