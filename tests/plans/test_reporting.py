"""When units report: periods from the calendar, what is due in them, their end, and exceptions."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.utils import timezone

from activity.models import AuditEvent, Notification
from plans.contexts.reporting import is_open, opens_on, state_of_report
from plans.jobs.periods import make_due_reports, spans
from plans.models import DueReport, Plan, ReportingPeriod, TaskPerformer
from plans.services import PlanIsClosed
from plans.services.reporting import (
    DaysOutOfRange,
    MomentPassed,
    NothingDue,
    PeriodExists,
    PeriodNotInOrder,
    ReasonMissing,
    TitleMissing,
    ask_for_reports,
    lock_period,
    make_periods,
    open_for_unit,
    set_reporting,
    unlock_period,
)
from tests.factories.plans import PlanFactory, TaskPerformerFactory, accepted_progress, task_of
from units.permissions import Role

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
SECOND = timedelta(seconds=1)
YEAR_END = date(2024, 12, 31)


@pytest.fixture
def plan(cast):
    """One task of A and B from August to October, one of B in December."""
    plan = PlanFactory(unit=cast.province, status=Plan.Status.ISSUED, reporting=Plan.Reporting.MONTH, reporting_days=5)
    task_of(plan, cast.a, cast.b, start=date(2024, 8, 1), end=date(2024, 10, 31))
    task_of(plan, cast.b, start=date(2024, 12, 1), end=date(2024, 12, 15))
    return plan


def owed():
    reports = DueReport.objects.order_by("period__start", "unit").values_list("period__title", "unit__name")
    return list(reports)


# -- The calendar ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("reporting", "first", "last", "expected"),
    [
        ("month", date(2024, 2, 10), date(2024, 2, 11), [("Tháng 2/2024", date(2024, 2, 1), date(2024, 2, 29))]),
        (
            "month",
            date(2023, 12, 31),
            date(2024, 1, 1),
            [
                ("Tháng 12/2023", date(2023, 12, 1), date(2023, 12, 31)),
                ("Tháng 1/2024", date(2024, 1, 1), date(2024, 1, 31)),
            ],
        ),
        (
            "quarter",
            date(2023, 11, 5),
            date(2024, 3, 31),
            [
                ("Quý IV/2023", date(2023, 10, 1), date(2023, 12, 31)),
                ("Quý I/2024", date(2024, 1, 1), date(2024, 3, 31)),
            ],
        ),
    ],
)
def test_periods_are_whole_months_and_quarters(reporting, first, last, expected):
    assert [(span.title, span.start, span.end) for span in spans(reporting, first, last)] == expected


def test_units_owe_a_report_on_each_task_whose_days_touch_the_period(plan, cast):
    make_periods(plan=plan, until=YEAR_END, by=cast[Role.PROGRAMME_OFFICER])

    assert owed() == [
        ("Tháng 8/2024", cast.a.name),
        ("Tháng 8/2024", cast.b.name),
        ("Tháng 9/2024", cast.a.name),
        ("Tháng 9/2024", cast.b.name),
        ("Tháng 10/2024", cast.a.name),
        ("Tháng 10/2024", cast.b.name),
        ("Tháng 12/2024", cast.b.name),
    ]
    assert plan.periods.count() == 5


def test_a_report_is_due_on_the_next_working_day(plan, cast):
    plan.reporting_days = 1
    plan.save()
    make_periods(plan=plan, until=YEAR_END, by=None)

    # 1/9/2024 is a Sunday, 2/9 and 3/9 are the National Day's days off.
    assert plan.periods.get(title="Tháng 8/2024").due_on == date(2024, 9, 4)
    assert plan.periods.get(title="Tháng 9/2024").due_on == date(2024, 10, 1)


def test_running_again_adds_only_what_is_missing(plan, cast):
    make_periods(plan=plan, until=date(2024, 9, 30), by=None)
    before = list(DueReport.objects.values_list("pk", flat=True))
    events = AuditEvent.objects.count()

    again = make_periods(plan=plan, until=date(2024, 9, 30), by=None)
    assert (again.periods, again.reports, AuditEvent.objects.count()) == ((), 0, events)

    TaskPerformerFactory(task=plan.tasks.first(), unit=cast.a1)
    added = make_periods(plan=plan, until=date(2024, 9, 30), by=None)

    assert (added.periods, added.reports) == ((), 2)
    assert DueReport.objects.exclude(pk__in=before).filter(unit=cast.a1).count() == 2


def test_who_owes_nothing(plan, cast):
    task = plan.tasks.first()
    TaskPerformerFactory(task=task, unit=cast.department, role=TaskPerformer.Role.DIRECT)
    TaskPerformerFactory(task=task, unit=None, text="Báo cáo viên")
    cast.b.valid_to = date(2024, 8, 31)
    cast.b.save()
    done = accepted_progress(task=task, unit=cast.a, percent=100, by=cast[Role.UNIT_OFFICER])
    type(done).objects.update(submitted_at=datetime(2024, 9, 30, 23, 59, tzinfo=HANOI))
    task_of(plan, cast.a, start=date(2024, 8, 1), end=date(2024, 8, 31), is_cancelled=True)

    make_periods(plan=plan, until=YEAR_END, by=None)

    assert owed() == [
        ("Tháng 8/2024", cast.a.name),
        ("Tháng 8/2024", cast.b.name),
        ("Tháng 9/2024", cast.a.name),
    ]


def test_only_tasks_without_parts_are_reported_on(plan, cast):
    whole = plan.tasks.first()
    part = task_of(plan, cast.a, parent=whole, start=None, end=None)

    make_periods(plan=plan, until=date(2024, 8, 31), by=None)

    assert list(DueReport.objects.values_list("task", "unit")) == [(part.pk, cast.a.pk)]


def test_the_timer_serves_issued_plans_alone(plan, cast):
    draft = PlanFactory(unit=cast.province, reporting=Plan.Reporting.MONTH)
    task_of(draft, cast.a)
    asked = PlanFactory(unit=cast.province, status=Plan.Status.ISSUED)
    task_of(asked, cast.a)

    assert make_due_reports(today=date(2024, 9, 15)) == 1
    assert make_due_reports(today=date(2024, 9, 15)) == 0

    assert set(ReportingPeriod.objects.values_list("plan", flat=True)) == {plan.pk}
    assert ReportingPeriod.objects.order_by("-start").first().title == "Tháng 10/2024"  # a month ahead


def test_the_command_says_what_it_did(plan, capsys):
    call_command("make_periods")
    call_command("make_periods")

    assert capsys.readouterr().out.split("\n")[:2] == ["1 plans got new due reports", "0 plans got new due reports"]


# -- What an officer decides -------------------------------------------------------------------------------------------
def test_how_often_units_report_is_set_and_recorded(plan, cast):
    set_reporting(plan=plan, reporting="quarter", days=10, by=cast[Role.PROGRAMME_OFFICER])
    set_reporting(plan=plan, reporting="quarter", days=10, by=cast[Role.PROGRAMME_OFFICER])

    plan.refresh_from_db()
    assert (plan.reporting, plan.reporting_days) == ("quarter", 10)
    event = AuditEvent.objects.get(action="plans.reporting_set")
    assert event.changes == {"reporting": ["month", "quarter"], "reporting_days": [5, 10]}


@pytest.mark.parametrize("days", [-1, 91])
def test_days_out_of_range_are_refused(plan, cast, days):
    with pytest.raises(DaysOutOfRange):
        set_reporting(plan=plan, reporting="quarter", days=days, by=cast[Role.PROGRAMME_OFFICER])


def ask(plan, cast, **values):
    given = {
        "title": "Báo cáo nhanh",
        "start": date(2024, 9, 1),
        "end": date(2024, 9, 20),
        "due_on": date(2024, 9, 25),
    } | values
    return ask_for_reports(plan=plan, by=cast[Role.PROGRAMME_OFFICER], **given)


def test_a_period_on_demand_tells_its_units(plan, cast):
    period = ask(plan, cast)

    assert (period.kind, period.due_reports.count()) == ("on_demand", 2)
    event = AuditEvent.objects.get(action="plans.reports_asked_for")
    told = set(Notification.objects.filter(event=event).values_list("to", flat=True))
    assert told == {cast[Role.UNIT_OFFICER].pk, cast[Role.UNIT_HEAD].pk, cast["sibling"].pk}


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"title": "  "}, TitleMissing),
        ({"end": date(2024, 8, 31)}, PeriodNotInOrder),
        ({"due_on": date(2024, 8, 31)}, PeriodNotInOrder),
        ({"start": date(2025, 1, 1), "end": date(2025, 1, 31), "due_on": date(2025, 2, 1)}, NothingDue),
    ],
)
def test_a_period_on_demand_that_makes_no_sense_is_refused(plan, cast, values, refusal):
    with pytest.raises(refusal):
        ask(plan, cast, **values)

    assert not ReportingPeriod.objects.exists()


def test_the_same_days_are_asked_for_once(plan, cast):
    ask(plan, cast)

    with pytest.raises(PeriodExists):
        ask(plan, cast, title="Lần nữa")


def test_a_period_is_locked_once_however_often_it_is_asked(plan, cast):
    period, officer = ask(plan, cast), cast[Role.PROGRAMME_OFFICER]

    first = lock_period(period=period, by=officer)
    second = lock_period(period=period, by=cast[Role.ADMINISTRATOR])

    assert (second.locked_at, second.locked_by) == (first.locked_at, officer)
    assert AuditEvent.objects.filter(action="plans.period_locked").count() == 1
    assert unlock_period(period=period, by=officer).locked_at is None
    assert unlock_period(period=period, by=officer).locked_at is None
    assert AuditEvent.objects.filter(action="plans.period_unlocked").count() == 1


def test_an_exception_is_for_one_unit_alone(plan, cast):
    period = lock_period(period=ask(plan, cast), by=cast[Role.PROGRAMME_OFFICER])
    until = timezone.now() + timedelta(hours=1)

    open_for_unit(period=period, unit=cast.a, until=until, reason="Mất mạng", by=cast[Role.PROGRAMME_OFFICER])

    of_a, of_b = (DueReport.objects.get(period=period, unit=unit) for unit in (cast.a, cast.b))
    assert is_open(period, of_a, now=until - SECOND)
    assert not is_open(period, of_a, now=until)
    assert not is_open(period, of_b, now=until - SECOND)
    event = AuditEvent.objects.get(action="plans.period_exception_made")
    assert (event.reason, event.unit_path) == ("Mất mạng", cast.a.path)


@pytest.mark.parametrize(
    ("reason", "hours", "unit", "refusal"),
    [(" ", 1, "a", ReasonMissing), ("Lý do", 0, "a", MomentPassed), ("Lý do", 1, "a1", NothingDue)],
)
def test_an_exception_that_is_refused(plan, cast, reason, hours, unit, refusal):
    period = ask(plan, cast)
    until = timezone.now() + timedelta(hours=hours)

    with pytest.raises(refusal):
        open_for_unit(
            period=period, unit=getattr(cast, unit), until=until, reason=reason, by=cast[Role.PROGRAMME_OFFICER]
        )


@pytest.mark.parametrize("status", [Plan.Status.CLOSED, Plan.Status.CANCELLED])
def test_nothing_is_made_under_a_closed_plan(plan, cast, status):
    period, officer = ask(plan, cast), cast[Role.PROGRAMME_OFFICER]
    Plan.objects.filter(pk=plan.pk).update(status=status)
    later = timezone.now() + timedelta(days=1)

    for act in (
        lambda: set_reporting(plan=plan, reporting="quarter", days=1, by=officer),
        lambda: make_periods(plan=plan, until=YEAR_END, by=officer),
        lambda: ask(plan, cast, end=date(2024, 9, 21)),
        lambda: lock_period(period=period, by=officer),
        lambda: unlock_period(period=period, by=officer),
        lambda: open_for_unit(period=period, unit=cast.a, until=later, reason="Lý do", by=officer),
    ):
        with pytest.raises(PlanIsClosed):
            act()


# -- What a due report is ----------------------------------------------------------------------------------------------
OCTOBER = {"start": date(2024, 10, 1), "end": date(2024, 10, 31), "due_on": date(2024, 11, 5)}
ASKED = datetime(2024, 10, 29, tzinfo=HANOI)  # a week before the last day
OVER = datetime(2024, 11, 6, tzinfo=HANOI)


@pytest.mark.parametrize(
    ("now", "state"),
    [(ASKED - SECOND, "not_due"), (ASKED, "due"), (OVER - SECOND, "due"), (OVER, "overdue")],
)
def test_midnight_in_vietnam_decides_what_is_due(now, state):
    assert state_of_report(**OCTOBER, sent=None, now=now) == state
    assert state_of_report(**OCTOBER, sent=None, now=now.astimezone(ZoneInfo("UTC"))) == state


@pytest.mark.parametrize("sent", ["submitted", "returned", "accepted"])
def test_what_was_sent_is_what_it_became(sent):
    assert state_of_report(**OCTOBER, sent=sent, now=OVER) == sent


@pytest.mark.parametrize(
    ("due_on", "last_moment_in_utc"),
    [
        (date(2024, 12, 31), datetime(2024, 12, 31, 16, 59, 59, 999999, tzinfo=ZoneInfo("UTC"))),
        (date(2024, 2, 29), datetime(2024, 2, 29, 16, 59, 59, 999999, tzinfo=ZoneInfo("UTC"))),
    ],
)
def test_the_end_of_the_year_and_the_leap_day(due_on, last_moment_in_utc):
    days = {"start": due_on.replace(day=1), "end": due_on, "due_on": due_on}

    assert state_of_report(**days, sent=None, now=last_moment_in_utc) == "due"
    assert state_of_report(**days, sent=None, now=last_moment_in_utc + timedelta(microseconds=1)) == "overdue"


def test_a_report_is_asked_for_from_the_end_of_its_period_or_a_week_before_it_is_due():
    assert opens_on(start=date(2024, 10, 1), end=date(2024, 10, 31), due_on=date(2024, 11, 20)) == date(2024, 10, 31)
    assert opens_on(start=date(2024, 10, 1), end=date(2024, 10, 31), due_on=date(2024, 10, 25)) == date(2024, 10, 18)
    assert opens_on(start=date(2024, 10, 20), end=date(2024, 10, 31), due_on=date(2024, 10, 21)) == date(2024, 10, 20)
