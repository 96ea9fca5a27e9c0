"""The completeness board: units by periods, right around midnight, cheap however large, and only what one may see."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from plans.contexts.completeness import completeness
from plans.models import DueReport, Plan, ProgressUpdate, ReportingPeriod, Task, TaskPerformer
from plans.services import accept_progress, report_progress, return_progress
from plans.services.reporting import lock_period, make_periods
from tests.factories.plans import PlanFactory, task_of
from units.models import Unit
from units.permissions import Role

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
OFFICER = Role.PROGRAMME_OFFICER
NOVEMBER = datetime(2024, 11, 6, tzinfo=HANOI)  # the first moment after the last day for October


@pytest.fixture
def plan(cast):
    plan = PlanFactory(unit=cast.province, status=Plan.Status.ISSUED, reporting=Plan.Reporting.MONTH, reporting_days=5)
    task_of(plan, cast.a, cast.b, start=date(2024, 9, 1), end=date(2024, 12, 31))
    task_of(plan, cast.a, start=date(2024, 9, 1), end=date(2024, 12, 31))
    make_periods(plan=plan, until=date(2024, 12, 31), by=None)
    return plan


def shown(plan, cast, who=OFFICER, now=NOVEMBER, **values):
    return completeness(plan=plan, user=cast[who], now=now, **values)


def cells(board):
    return {row.unit: [(cell.state, cell.accepted, cell.total) for cell in row.cells] for row in board.rows}


def answer(cast, title, unit, who, task=0, then=None):
    due = DueReport.objects.filter(period__title=title, unit=unit).order_by("task__order")[task]
    update = report_progress(task=due.task, unit=unit, percent=40, note="", by=cast[who], due_report=due)
    if then:
        then(update)
    return update


def test_a_cell_shows_the_worst_and_how_many_were_accepted(plan, cast):
    accept = lambda update: accept_progress(update=update, by=cast[OFFICER])  # noqa: E731
    answer(cast, "Tháng 9/2024", cast.a, Role.UNIT_OFFICER, 0, accept)
    answer(cast, "Tháng 9/2024", cast.a, Role.UNIT_OFFICER, 1, accept)
    answer(cast, "Tháng 10/2024", cast.a, Role.UNIT_OFFICER, 0, accept)
    answer(
        cast,
        "Tháng 9/2024",
        cast.b,
        "sibling",
        0,
        lambda each: return_progress(update=each, note="x", by=cast[OFFICER]),
    )
    answer(cast, "Tháng 10/2024", cast.b, "sibling")

    board = shown(plan, cast)

    assert [period.title for period in board.periods] == [
        "Tháng 9/2024",
        "Tháng 10/2024",
        "Tháng 11/2024",
        "Tháng 12/2024",
    ]
    assert cells(board) == {
        cast.a.label: [("accepted", 2, 2), ("overdue", 1, 2), ("not_due", 0, 2), ("not_due", 0, 2)],
        cast.b.label: [("returned", 0, 1), ("submitted", 0, 1), ("not_due", 0, 1), ("not_due", 0, 1)],
    }
    assert board.totals == ((2, 3), (1, 3), (0, 3), (0, 3))
    assert board.late == 1


def test_midnight_in_vietnam_makes_it_overdue(plan, cast):
    def state(now):
        return cells(shown(plan, cast, now=now))[cast.b.label][1][0]

    assert state(NOVEMBER - timedelta(microseconds=1)) == "due"
    assert state(NOVEMBER) == "overdue"


def test_only_units_one_sees_stand_on_it(plan, cast):
    assert list(cells(shown(plan, cast, "sibling"))) == [cast.b.label]
    assert list(cells(shown(plan, cast, Role.OBSERVER))) == [cast.a.label]
    assert cells(shown(plan, cast, "foreign")) == {}


def test_only_late_units_when_asked(plan, cast):
    answer(cast, "Tháng 9/2024", cast.b, "sibling")
    answer(cast, "Tháng 10/2024", cast.b, "sibling")

    assert list(cells(shown(plan, cast, only_late=True))) == [cast.a.label]


def test_what_is_owed_no_more_is_left_out(plan, cast):
    first, second = plan.tasks.order_by("order")
    TaskPerformer.objects.filter(task=first, unit=cast.b).delete()
    Task.objects.filter(pk=second.pk).update(is_cancelled=True)

    assert {unit: row[0] for unit, row in cells(shown(plan, cast)).items()} == {cast.a.label: ("overdue", 0, 1)}


def test_twelve_periods_are_shown_and_the_earlier_ones_on_the_next_page(cast):
    plan = PlanFactory(unit=cast.province, reporting=Plan.Reporting.MONTH)
    task_of(plan, cast.a, start=date(2022, 1, 1), end=date(2024, 12, 31))
    make_periods(plan=plan, until=date(2024, 12, 31), by=None)

    first, third, beyond = (shown(plan, cast, page=page) for page in (1, 3, 99))

    assert (first.periods[0].title, first.periods[-1].title) == ("Tháng 1/2024", "Tháng 12/2024")
    assert (third.periods[0].title, third.periods[-1].title) == ("Tháng 1/2022", "Tháng 12/2022")
    assert (first.pages, beyond.page) == (3, 3)


# -- Its page ----------------------------------------------------------------------------------------------------------
def large(cast, units, periods):
    """`units` communes that owe two reports in each of `periods` months of this year and before."""
    plan = PlanFactory(unit=cast.province)
    tasks = [task_of(plan), task_of(plan)]
    made = Unit.objects.bulk_create(
        Unit(
            parent=cast.a,
            kind=Unit.Kind.COMMUNE,
            name=f"UBND xã {number:03}",
            path=f"{cast.a.path}{90000000 + number:08}/",
        )
        for number in range(units)
    )
    start = timezone.localdate().replace(day=1)
    months = []
    for _number in range(periods):
        months.append(start)
        start = (start - timedelta(days=1)).replace(day=1)
    kept = ReportingPeriod.objects.bulk_create(
        ReportingPeriod(plan=plan, kind="month", title=f"Tháng {day:%m/%Y}", start=day, end=day, due_on=day)
        for day in months
    )
    for task in tasks:
        TaskPerformer.objects.bulk_create(
            TaskPerformer(task=task, order=order, unit=unit, text=unit.name) for order, unit in enumerate(made)
        )
        updates = ProgressUpdate.objects.bulk_create(
            ProgressUpdate(task=task, unit=unit, percent=40, by=cast[OFFICER], submitted_at=timezone.now())
            for unit in made
        )
        DueReport.objects.bulk_create(
            DueReport(period=period, task=task, unit=unit, latest=update if place % 2 else None)
            for place, period in enumerate(kept)
            for unit, update in zip(made, updates, strict=True)
        )
    return plan


@pytest.mark.parametrize("count", [1, 3])
def test_the_board_costs_the_same_for_one_unit_and_three(client, cast, settings, django_assert_num_queries, count):
    settings.USERSESSIONS_TRACK_ACTIVITY = False  # it costs every page the same
    plan = large(cast, count, count)
    client.force_login(cast[OFFICER])

    with django_assert_num_queries(9):
        page = client.get("/progress/board/", {"plan": plan.pk})

    assert len(page.context["rows"]) == count


def test_two_hundred_units_by_twelve_periods_take_no_more(client, cast, settings, django_assert_num_queries):
    settings.USERSESSIONS_TRACK_ACTIVITY = False
    plan = large(cast, 200, 12)
    client.force_login(cast[OFFICER])

    with django_assert_num_queries(9):  # at most 15 were promised
        page = client.get("/progress/board/", {"plan": plan.pk})

    assert len(page.context["rows"]) == 200
    assert {len(cells) for _row, cells in page.context["rows"]} == {12}
    assert page.content.count(b"</i>0/2<span") == 2400


def test_a_cell_opens_into_its_reports(client, cast, plan):
    update = answer(cast, "Tháng 9/2024", cast.a, Role.UNIT_OFFICER)
    period = update.due_report.period
    client.force_login(cast[OFFICER])

    page = client.get(f"/progress/periods/{period.pk}/units/{cast.a.pk}/")

    assert [item.state for item in page.context["items"]] == ["submitted", "overdue"]
    assert f"/progress/updates/{update.pk}/" in page.content.decode()


def test_a_cell_lets_its_unit_report_after_the_period_was_locked(client, cast, plan):
    period = lock_period(period=plan.periods.first(), by=cast[OFFICER])
    client.force_login(cast[OFFICER])
    url, tomorrow = f"/progress/periods/{period.pk}/units/{cast.a.pk}/", timezone.localdate() + timedelta(days=1)

    refused = client.post(url, {"last_day": "2020-01-01", "reason": "Mất mạng"})
    done = client.post(url, {"last_day": tomorrow.isoformat(), "reason": "Mất mạng"})

    assert (refused.status_code, done.status_code) == (422, 302)
    assert "last_day" in refused.context["form"].errors
    until = datetime.combine(tomorrow + timedelta(days=1), datetime.min.time(), tzinfo=HANOI)
    assert set(DueReport.objects.filter(period=period).values_list("unit", "open_until")) == {
        (cast.a.pk, until),
        (cast.b.pk, None),
    }


def test_without_periods_the_page_says_what_to_do(client, cast):
    client.force_login(cast[OFFICER])

    page = client.get("/progress/board/")

    assert page.status_code == 200
    assert page.context["plan"] is None
