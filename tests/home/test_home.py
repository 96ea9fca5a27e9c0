"""The first page shows each person what is theirs to do, and no more."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from isoportal.home import what_to_do
from tests.factories.assessments import AssessmentFactory
from tests.factories.plans import PlanFactory, TaskFactory, TaskPerformerFactory, accepted_progress
from units.permissions import Role

pytestmark = pytest.mark.django_db
# Reports are counted up to the day asked for, so the cast's day is the real one.
TODAY = timezone.localdate()
END = TODAY - timedelta(days=20)


@pytest.fixture
def task(cast):
    task = TaskFactory(
        plan=PlanFactory(unit=cast.province), number="3", title="Tập huấn", start=END - timedelta(days=30), end=END
    )
    for unit in (cast.a, cast.b):
        TaskPerformerFactory(task=task, unit=unit, text=unit.name)
    return task


def test_a_unit_officer_is_told_of_their_own_units_tasks_until_they_are_done(cast, task):
    before = what_to_do(user=cast[Role.UNIT_OFFICER], today=TODAY)
    accepted_progress(task=task, unit=cast.a, percent=100, by=cast[Role.UNIT_OFFICER])

    after = what_to_do(user=cast[Role.UNIT_OFFICER], today=TODAY)

    assert [(each.unit_name, each.state, each.late_days, each.percent) for each in before.todo] == [
        (cast.a.name, "late", 20, None)
    ]
    assert after.todo == []
    assert before.late == []
    assert before.money_total is None


def test_the_last_day_of_a_task_is_not_late_and_the_next_one_is(cast, task):
    last = what_to_do(user=cast[Role.PROGRAMME_OFFICER], today=END)
    next_day = what_to_do(user=cast[Role.PROGRAMME_OFFICER], today=END + timedelta(days=1))

    assert (last.late_count, next_day.late_count) == (0, 1)


@pytest.mark.parametrize(
    ("role", "late", "todo", "money"),
    [
        (Role.PROGRAMME_OFFICER, 1, 0, True),
        (Role.LEADER, 1, 0, True),
        (Role.ASSESSOR, 1, 0, False),
        (Role.FINANCE, 1, 0, True),
        (Role.UNIT_HEAD, 0, 1, False),
        (Role.OBSERVER, 0, 0, False),
        ("commune", 0, 0, False),
        ("foreign", 0, 0, True),
    ],
)
def test_each_role_sees_its_own_parts(cast, task, client, role, late, todo, money):
    home = what_to_do(user=cast[role], today=TODAY)
    client.force_login(cast[role])

    page = client.get("/")

    assert page.status_code == 200
    assert (home.late_count, len(home.todo), home.money_total is not None) == (late, todo, money)


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_whatever_there_is_to_do(cast, client, django_assert_num_queries, count):
    for _number in range(count):
        task = TaskFactory(plan=PlanFactory(unit=cast.province), end=END)
        TaskPerformerFactory(task=task, unit=cast.a, text=cast.a.name)
        AssessmentFactory(unit=cast.a)
    client.force_login(cast[Role.UNIT_OFFICER])

    with django_assert_num_queries(16):
        client.get("/")
