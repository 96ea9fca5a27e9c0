from __future__ import annotations

from datetime import date

import pytest

from plans.contexts import plan_progress, schedule
from tests.factories.plans import PlanFactory, task_of
from units.permissions import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(cast):
    return PlanFactory(unit=cast.province)


def gantt_of(plan, cast, as_of):
    return schedule(plan_progress(plan=plan, user=cast[Role.PROGRAMME_OFFICER], as_of=as_of))


def looks(row):
    return {month: cell.classes for month, cell in enumerate(row.cells, start=1) if cell.classes}


def test_months_are_drawn_from_first_to_last_with_today(plan, cast):
    task_of(plan, cast.a, start=date(2024, 2, 1), end=date(2024, 4, 30))

    gantt = gantt_of(plan, cast, date(2024, 3, 26))

    assert len(gantt.months) == 12
    assert [span for _label, span in gantt.quarters] == [3, 3, 3, 3]
    assert looks(gantt.rows[0]) == {2: "on past from", 3: "on now", 4: "on to"}
    assert (gantt.rows[0].cells[2].week, gantt.today) == (4, date(2024, 3, 26))


def test_a_late_task_is_drawn_late(plan, cast):
    task_of(plan, cast.a, start=date(2024, 2, 1), end=date(2024, 2, 29))

    assert looks(gantt_of(plan, cast, date(2024, 3, 1)).rows[0]) == {2: "on late from to", 3: "now"}


def test_a_task_with_one_end_only_is_drawn_in_that_month(plan, cast):
    task_of(plan, cast.a, start=None, end=date(2024, 5, 15))

    assert looks(gantt_of(plan, cast, date(2023, 1, 1)).rows[0]) == {5: "on from to"}


def test_two_years_have_24_months_and_no_today_outside_them(plan, cast):
    task_of(plan, cast.a, start=date(2024, 11, 1), end=date(2025, 2, 28))

    gantt = gantt_of(plan, cast, date(2026, 1, 1))

    assert (len(gantt.months), len(gantt.quarters), gantt.today) == (24, 8, None)


def test_tasks_without_days_have_no_schedule(plan, cast):
    task_of(plan, cast.a, start=None, end=None)

    assert gantt_of(plan, cast, date(2024, 1, 1)) is None
