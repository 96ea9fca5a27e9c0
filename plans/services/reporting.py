"""When the units of a plan report: how often, the periods, their end, and exceptions for one unit."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from activity.services import record
from plans.jobs.periods import AHEAD_DAYS, Filled, fill_calendar, fill_period
from plans.models import DueReport, Plan, ReportingPeriod
from plans.services.standing import require_open
from plans.services.told import reporters_of
from units.models import Unit, User

MOST_DAYS = 90


class ReportingRefused(Exception):
    """A period was not made or changed."""


class DaysOutOfRange(ReportingRefused):
    def __str__(self) -> str:
        return _("Give the days after the end of the period as a whole number from 0 to %(most)s.") % {
            "most": MOST_DAYS
        }


class PeriodNotInOrder(ReportingRefused):
    def __str__(self) -> str:
        return _("The period must end on or after its first day, and reports cannot be due before it begins.")


class PeriodExists(ReportingRefused):
    def __init__(self, period: ReportingPeriod) -> None:
        self.period = period

    def __str__(self) -> str:
        return _("There is already a period of these days: %(period)s.") % {"period": self.period}


class NothingDue(ReportingRefused):
    def __init__(self, period: ReportingPeriod, unit: Unit | None = None) -> None:
        self.period = period
        self.unit = unit

    def __str__(self) -> str:
        if self.unit is None:
            return _("No unit performs a task in these days. Assign units to the tasks or choose other days.")
        return _("%(unit)s has nothing to report in %(period)s.") % {"unit": self.unit, "period": self.period}


class TitleMissing(ReportingRefused):
    def __str__(self) -> str:
        return _("Give the period a title that its units understand.")


class ReasonMissing(ReportingRefused):
    def __str__(self) -> str:
        return _("Give the reason for the exception: it stays in the log.")


class MomentPassed(ReportingRefused):
    def __str__(self) -> str:
        return _("Choose a moment still to come: until then the unit may report.")


@transaction.atomic
def set_reporting(*, plan: Plan, reporting: str, days: int, by: User) -> Plan:
    """How often the units of `plan` report, and how many days after the end of a period at the latest. Periods that
    were made stay as they are. Raises DaysOutOfRange, PlanIsClosed."""
    plan = require_open(plan)
    if not 0 <= days <= MOST_DAYS:
        raise DaysOutOfRange
    if (plan.reporting, plan.reporting_days) == (reporting, days):
        return plan
    before = (plan.reporting, plan.reporting_days)
    Plan.objects.filter(pk=plan.pk).update(reporting=reporting, reporting_days=days)
    plan.reporting, plan.reporting_days = reporting, days
    record(
        by=by,
        action="plans.reporting_set",
        target=plan,
        unit_path=plan.unit.path,
        changes={"reporting": [before[0], str(reporting)], "reporting_days": [before[1], days]},
    )
    return plan


@transaction.atomic
def make_periods(*, plan: Plan, until: date | None = None, by: User | None) -> Filled:
    """The plan's periods that begin by `until` (a month from today), and what is due in them. Again adds what is
    missing: new periods, new performers; never a second one. Raises PlanIsClosed."""
    plan = require_open(plan)
    return fill_calendar(plan=plan, until=until or timezone.localdate() + timedelta(days=AHEAD_DAYS), by=by)


@transaction.atomic
def ask_for_reports(*, plan: Plan, title: str, start: date, end: date, due_on: date, by: User) -> ReportingPeriod:
    """A period of an officer's choosing; the units that perform tasks in it are told. Days are both included. Raises
    TitleMissing, PeriodNotInOrder, PeriodExists, NothingDue, PlanIsClosed."""
    plan = require_open(plan)  # locked: two that ask at once make one period
    if not (title := title.strip()):
        raise TitleMissing
    if not (start <= end and start <= due_on):
        raise PeriodNotInOrder
    same = ReportingPeriod.objects.filter(plan=plan, kind=ReportingPeriod.Kind.ON_DEMAND, start=start, end=end).first()
    if same is not None:
        raise PeriodExists(same)
    period = ReportingPeriod.objects.create(
        plan=plan, kind=ReportingPeriod.Kind.ON_DEMAND, title=title, start=start, end=end, due_on=due_on
    )
    if not fill_period(period):
        raise NothingDue(period)
    units = Unit.objects.filter(due_reports__period=period).distinct()
    record(
        by=by,
        action="plans.reports_asked_for",
        target=plan,
        unit_path=plan.unit.path,
        changes={"period": [None, title], "due_on": [None, due_on.isoformat()]},
        notify=reporters_of(units),
    )
    return period


@transaction.atomic
def lock_period(*, period: ReportingPeriod, by: User) -> ReportingPeriod:
    """End the period: nobody reports in it any more but by exception. Doing it twice is doing it once. Raises
    PlanIsClosed."""
    plan = require_open(period.plan)
    locked = ReportingPeriod.objects.filter(pk=period.pk, locked_at=None).update(
        locked_at=timezone.now(), locked_by=by, updated_at=timezone.now()
    )
    if locked:
        record(
            by=by,
            action="plans.period_locked",
            target=plan,
            unit_path=plan.unit.path,
            changes={"period": [None, period.title]},
        )
    return ReportingPeriod.objects.get(pk=period.pk)


@transaction.atomic
def unlock_period(*, period: ReportingPeriod, by: User) -> ReportingPeriod:
    """Open the period again for all its units. Doing it twice is doing it once. Raises PlanIsClosed."""
    plan = require_open(period.plan)
    opened = ReportingPeriod.objects.filter(pk=period.pk, locked_at__isnull=False).update(
        locked_at=None, locked_by=None, updated_at=timezone.now()
    )
    if opened:
        record(
            by=by,
            action="plans.period_unlocked",
            target=plan,
            unit_path=plan.unit.path,
            changes={"period": [None, period.title]},
        )
    return ReportingPeriod.objects.get(pk=period.pk)


@transaction.atomic
def open_for_unit(*, period: ReportingPeriod, unit: Unit, until: datetime, reason: str, by: User) -> int:
    """Let one unit report in a locked period until the moment `until`, that moment not included; its people are told.
    Gives how many reports it covers. Raises ReasonMissing, MomentPassed, NothingDue, PlanIsClosed."""
    plan = require_open(period.plan)
    if not (reason := reason.strip()):
        raise ReasonMissing
    if until <= timezone.now():
        raise MomentPassed
    covered = DueReport.objects.filter(period=period, unit=unit).update(
        open_until=until, open_reason=reason, open_by=by
    )
    if not covered:
        raise NothingDue(period, unit)
    record(
        by=by,
        action="plans.period_exception_made",
        target=plan,
        unit_path=unit.path,
        changes={"period": [None, period.title], "unit": [None, unit.label], "open_until": [None, until.isoformat()]},
        reason=reason,
        notify=reporters_of([unit]),
    )
    return covered
