"""When a unit's report is due and what became of it: derived, never stored."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db.models import Q

from plans.models import DueReport, ProgressUpdate, ReportingPeriod, Task
from plans.period import VIETNAM, due_moment
from units.models import Unit

ASKED_FOR_DAYS = 7


def opens_on(*, start: date, end: date, due_on: date) -> date:
    """From this day the report is asked for: when its period ends, at least a week before the last day to send it, but
    never before the period begins. It may be sent earlier."""
    return max(start, min(end, due_on - timedelta(days=ASKED_FOR_DAYS)))


def state_of_report(*, start: date, end: date, due_on: date, sent: str | None, now: datetime) -> str:
    """What a due report is at the moment `now`: not_due, due, overdue, submitted, returned or accepted.

    `sent` is the state of the last update that was sent for it, None while there is none. The days begin and end in
    Asia/Ho_Chi_Minh; the whole of `due_on` is still in time.
    """
    if sent in {ProgressUpdate.State.SUBMITTED, ProgressUpdate.State.RETURNED, ProgressUpdate.State.ACCEPTED}:
        return str(sent)
    if now >= due_moment(due_on):
        return "overdue"
    opening = datetime.combine(opens_on(start=start, end=end, due_on=due_on), time.min, tzinfo=VIETNAM)
    return "due" if now >= opening else "not_due"


def state_of_due_report(report: DueReport, *, now: datetime) -> str:
    """The same of a row; `period` and `latest` are read."""
    return state_of_report(
        start=report.period.start,
        end=report.period.end,
        due_on=report.period.due_on,
        sent=report.latest.state if report.latest else None,
        now=now,
    )


def is_open(period: ReportingPeriod, report: DueReport | None, *, now: datetime) -> bool:
    """Whether a unit may report in `period`: until somebody locks it, and after that until the exception made for
    the unit ends. Half-open: at the moment `open_until` itself it is over."""
    if period.locked_at is None:
        return True
    return bool(report and report.open_until and now < report.open_until)


def report_to_answer(*, task: Task, unit: Unit, now: datetime) -> DueReport | None:
    """The due report that an update answers which names none: of those that have begun and may be reported in, the
    earliest that waits for the unit, else the earliest that waits for a decision."""
    today = now.astimezone(VIETNAM).date()
    found = (
        DueReport.objects.filter(task=task, unit=unit, period__start__lte=today)
        .filter(Q(period__locked_at=None) | Q(open_until__gt=now))
        .exclude(latest__state=ProgressUpdate.State.ACCEPTED)
        .select_related("period", "latest")
        .order_by("period__due_on", "pk")
    )
    candidates = list(found)
    waiting_for_unit = [
        each for each in candidates if each.latest is None or each.latest.state == ProgressUpdate.State.RETURNED
    ]
    return next(iter([*waiting_for_unit, *candidates]), None)
