"""PATCH names the version it was made of: 428 without, 412 when somebody was faster, and nothing is lost (B-2)."""

from __future__ import annotations

import pytest

from activity.models import AuditEvent
from plans.models import Plan
from tests.factories.plans import PlanFactory, import_seed, task_of
from units.permissions import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(cast):
    return import_seed("bac_giang", cast.province)


@pytest.fixture
def caller(client, cast):
    client.force_login(cast[Role.PROGRAMME_OFFICER])
    return client


def patch(client, url, data, tag=None):
    headers = {} if tag is None else {"If-Match": tag}
    return client.patch(url, data, content_type="application/json", headers=headers)


def of(row) -> str:
    return f"/api/v1/{'plans' if isinstance(row, Plan) else 'tasks'}/{row.pk}/"


def test_one_row_comes_with_its_tag_and_a_change_with_a_new_one(caller, plan):
    tag = caller.get(of(plan))["ETag"]

    response = patch(caller, of(plan), {"title": "Tên mới", "issue_day": 16}, tag)

    assert (tag, response.status_code, response["ETag"]) == ('"1"', 200, '"2"')
    assert (response.json()["title"], response.json()["issue_day"]) == ("Tên mới", 16)
    event = AuditEvent.objects.get(action="plans.edited")
    assert (event.channel, event.changes["title"][1]) == ("api", "Tên mới")


def test_a_task_changes_with_its_days_and_its_row_of_the_paper(caller, plan):
    task = plan.tasks.get(order=1)

    response = patch(caller, of(task), {"period_text": "Quý III/2024"}, '"1"')

    body = response.json()
    assert (response.status_code, response["ETag"]) == (200, '"2"')
    assert (body["period_text"], body["start"], body["end"]) == ("Quý III/2024", "2024-07-01", "2024-09-30")
    cells = [item["cells"] for section in plan.sections.all() for item in section.items if item["cells"]]
    assert cells[2][-1] == "Quý III/2024"


@pytest.mark.parametrize(
    ("tag", "status", "code"),
    [
        (None, 428, "precondition_required"),
        ('"7"', 412, "stale"),
        ('W/"1"', 412, "stale"),
        ("1", 412, "stale"),
        ("", 412, "stale"),
        ('"7", "1"', 200, None),
        ("*", 200, None),
    ],
)
def test_what_the_tag_must_be(caller, plan, tag, status, code):
    response = patch(caller, of(plan), {"place": "Bắc Ninh"}, tag)

    assert response.status_code == status
    assert response.json().get("code") == code
    plan.refresh_from_db()
    assert plan.place == ("Bắc Ninh" if status == 200 else "Bắc Giang")


def test_the_second_of_two_is_told(caller, plan):
    task = plan.tasks.first()
    tag = caller.get(of(task))["ETag"]

    first = patch(caller, of(task), {"title": "Của người trước"}, tag)
    second = patch(caller, of(task), {"title": "Của người sau"}, tag)

    task.refresh_from_db()
    assert (first.status_code, second.status_code) == (200, 412)
    assert (task.title, task.version) == ("Của người trước", 2)


def test_disjoint_tasks_are_changed_by_two_at_once(caller, plan):
    one, two = plan.tasks.all()[:2]

    answers = [patch(caller, of(task), {"title": f"Việc {task.pk}"}, '"1"').status_code for task in (one, two)]

    assert answers == [200, 200]
    assert [task.title for task in plan.tasks.all()[:2]] == [f"Việc {one.pk}", f"Việc {two.pk}"]


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"title": ""}, "title"),
        ({"start": "2024-12-01", "end": "2024-11-01"}, "start"),
        ({"start": "2025-01-01"}, "start"),
        ({"cost": 5}, "cost"),
        ({"period_text": None}, "period_text"),
    ],
)
def test_what_is_no_change_of_a_task(caller, plan, data, field):
    task = plan.tasks.first()

    response = patch(caller, of(task), data, '"1"')

    assert response.status_code == 400
    assert list(response.json()["errors"]) == [field]
    task.refresh_from_db()
    assert task.version == 1


@pytest.mark.parametrize("status", ["submitted", "issued", "closed", "cancelled"])
def test_only_what_is_on_the_desk_is_changed(caller, cast, status):
    plan = PlanFactory(unit=cast.province, status=status)
    task = task_of(plan)

    for row in (plan, task):
        response = patch(caller, of(row), {"title": "Khác"}, '"1"')
        assert (response.status_code, response.json()["code"]) == (409, "not_possible_now")


@pytest.mark.parametrize(
    ("person", "status"),
    [
        (Role.ADMINISTRATOR, 200),
        (Role.PROGRAMME_OFFICER, 200),
        (Role.UNIT_HEAD, 200),
        (Role.UNIT_OFFICER, 200),
        (Role.LEADER, 403),
        (Role.OBSERVER, 403),
        ("sibling", 404),
        ("foreign", 404),
        ("stranger", 404),
    ],
)
def test_who_may_change_what_over_the_api(client, cast, person, status):
    plan = PlanFactory(unit=cast.a, status="draft")
    task = task_of(plan)
    client.force_login(cast[person])

    assert patch(client, of(task), {"title": "Khác"}, '"1"').status_code == status
    plan.refresh_from_db()
    assert patch(client, of(plan), {"title": "Khác"}, f'"{plan.version}"').status_code == status


def test_nothing_sent_changes_nothing(caller, plan):
    assert patch(caller, of(plan), {}, '"1"')["ETag"] == '"1"'
    assert not AuditEvent.objects.filter(action="plans.edited").exists()
