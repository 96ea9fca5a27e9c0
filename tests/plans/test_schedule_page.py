"""The page of a plan's schedule: by month and by week, the breakdown, what waits for what, holidays."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse
from lxml import html

from plans.contexts import plan_progress
from plans.contexts.bars import months, weeks
from plans.contexts.holidays import WorkCalendar
from plans.contexts.schedule import MONTHS_A_PAGE, WEEKS_A_PAGE, schedule_page
from plans.contexts.structure import Structure
from plans.models import Task, TaskDependency
from tests.factories.plans import PlanFactory, task_of
from units.permissions import Role

TODAY = date(2024, 10, 22)


@pytest.fixture
def plan(cast):
    return PlanFactory(unit=cast.province)


def shown(plan, cast, **asked):
    progress = plan_progress(plan=plan, user=cast[Role.PROGRAMME_OFFICER], as_of=asked.pop("as_of", TODAY))
    return schedule_page(progress, Structure.of(plan), calendar=WorkCalendar.of(plan.unit), **asked)


def page_of(client, user, plan, **query):
    client.force_login(user)
    response = client.get(reverse("plans:schedule", args=[plan.pk]), query)
    return response, html.fromstring(response.content)


@pytest.mark.parametrize(
    ("day", "number", "first", "last"),
    [
        (date(2020, 12, 31), 53, date(2020, 12, 28), date(2021, 1, 3)),  # a year of 53 weeks
        (date(2021, 1, 3), 53, date(2020, 12, 28), date(2021, 1, 3)),  # January in last year's week
        (date(2024, 12, 31), 1, date(2024, 12, 30), date(2025, 1, 5)),  # December in next year's week
        (date(2024, 2, 29), 9, date(2024, 2, 26), date(2024, 3, 3)),
    ],
)
def test_weeks_are_those_of_iso_8601(day, number, first, last):
    (span,) = weeks(day, 1, today=day).spans

    assert (span.number, span.first, span.last, span.is_now) == (number, first, last, True)


def test_a_day_lies_in_the_column_that_holds_it():
    by_week, by_month = weeks(date(2024, 12, 1), 10, today=TODAY), months(date(2023, 11, 5), 16, today=TODAY)

    for axis in (by_week, by_month):
        for place, span in enumerate(axis.spans):
            assert (axis.place(span.first), axis.place(span.last)) == (place, place)
        assert axis.place(date(2000, 1, 1)) == -1
        assert axis.place(date(2100, 1, 1)) == len(axis.spans)
        assert sum(count for _label, count in axis.groups) == len(axis.spans)
    assert by_month.spans[3].last == date(2024, 2, 29)


def test_parts_stand_under_their_task_and_say_what_they_wait_for(plan, cast):
    first = task_of(plan, cast.a, number="1", order=1)
    whole = task_of(plan, cast.a, number="2", order=2)
    last = task_of(plan, cast.a, number="3", order=3)
    part = task_of(plan, cast.a, number="2.1", order=4, parent=whole)
    TaskDependency.objects.create(predecessor=first, task=part)
    TaskDependency.objects.create(predecessor=last, task=part, lag_days=5)

    rows = shown(plan, cast).gantt.rows

    assert [(row.label.split(".")[0], row.depth) for row in rows] == [("1", 0), ("2", 0), ("2", 1), ("3", 0)]
    assert "1" in rows[2].after
    assert "5" in rows[2].after
    assert not rows[0].after


def test_cancelled_and_arising_tasks_are_marked(client, plan, cast):
    task_of(plan, cast.a, number="1", order=1, is_cancelled=True)
    task_of(plan, cast.a, number="KL-1", order=2, origin=Task.Origin.CONCLUSION)

    _response, page = page_of(client, cast[Role.PROGRAMME_OFFICER], plan)

    assert len(page.xpath("//tbody//th//s")) == 1
    assert len(page.xpath("//tbody//th//*[@class='tag']")) == 2


def test_long_plans_are_shown_page_by_page(plan, cast):
    task_of(plan, cast.a, start=date(2024, 1, 1), end=date(2027, 6, 30))

    first, later = shown(plan, cast), shown(plan, cast, begins=date(2026, 3, 1))

    assert (len(first.gantt.months), first.before, first.after) == (MONTHS_A_PAGE, None, date(2026, 1, 1))
    assert (later.before, later.after) == (date(2024, 1, 1), None)
    assert later.gantt.months[0].first == date(2026, 1, 1)
    assert "from" not in later.gantt.rows[0].cells[0].classes
    assert later.gantt.rows[0].cells[17].classes.split() == ["on", "to"]


@pytest.mark.parametrize("begins", [None, date(1990, 1, 1), date(2150, 1, 1), date(2025, 1, 1)])
def test_every_page_of_weeks_leads_to_the_next(plan, cast, begins):
    task_of(plan, cast.a, start=date(2024, 3, 1), end=date(2025, 12, 31))

    seen = []
    page = shown(plan, cast, by="week", begins=begins)
    while page.before:
        page = shown(plan, cast, by="week", begins=page.before)
    while page:
        seen += [span.first for span in page.gantt.months]
        page = shown(plan, cast, by="week", begins=page.after) if page.after else None

    assert (seen[0], seen[-1]) == (date(2024, 2, 26), date(2025, 12, 29))
    assert len(seen) == len(set(seen)) == 97
    assert WEEKS_A_PAGE == 27


def test_holidays_are_told_in_their_column(plan, cast):
    task_of(plan, cast.a, start=date(2024, 8, 1), end=date(2024, 9, 30))

    page = shown(plan, cast, by="week")

    week = next(span for span in page.gantt.months if span.number == 36)
    assert "Quốc khánh" in week.note
    assert date(2024, 9, 2) in dict(page.gantt.days_off)


def test_the_page_narrows_to_a_unit_and_a_state(client, plan, cast):
    task_of(plan, cast.a, number="1", start=date(2024, 1, 1), end=date(2024, 1, 31))
    task_of(plan, cast.b, number="2", start=date(2024, 1, 1), end=date(2099, 1, 31))
    officer = cast[Role.PROGRAMME_OFFICER]

    def rows(**query):
        return len(page_of(client, officer, plan, as_of="2024-10-22", **query)[1].xpath("//table//tbody/tr"))

    assert rows() == 2
    assert rows(unit=cast.a.pk) == rows(state="late") == 1
    assert rows(unit=cast.a.pk, state="running") == 0
    assert rows(unit=cast.foreign.pk) == 2  # no such choice: not narrowed
    assert rows(by="nonsense", begins="31/2/2024") == 2


@pytest.mark.parametrize(("person", "status"), [(Role.OBSERVER, 200), ("foreign", 404), ("stranger", 404)])
def test_who_sees_the_schedule(client, plan, cast, person, status):
    task_of(plan, cast.a)

    assert page_of(client, cast[person], plan)[0].status_code == status


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_however_many_tasks(client, plan, cast, django_assert_num_queries, count):
    for number in range(count):
        task = task_of(plan, cast.a, cast.b, number=str(number), order=number)
        if number:
            TaskDependency.objects.create(predecessor=plan.tasks.first(), task=task)
    client.force_login(cast[Role.PROGRAMME_OFFICER])

    with django_assert_num_queries(12):
        client.get(reverse("plans:schedule", args=[plan.pk]), {"by": "week"})


def test_a_plan_without_days_says_so(client, plan, cast):
    task_of(plan, cast.a, start=None, end=None)

    _response, page = page_of(client, cast[Role.PROGRAMME_OFFICER], plan)

    assert not page.xpath("//table")
    assert page.xpath("//*[contains(@class, 'empty')]")
