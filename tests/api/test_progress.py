"""Progress by program: reported with all that belongs to it, accepted in bulk with a result each, returned."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from plans.models import DueReport, Plan, ProgressUpdate
from plans.services import report_progress
from plans.services.reporting import ask_for_reports
from tests.factories.plans import PlanFactory, task_of
from units.permissions import Role

OFFICER, UNIT_OFFICER = Role.PROGRAMME_OFFICER, Role.UNIT_OFFICER
JSON = "application/json"


@pytest.fixture
def plan(cast):
    return PlanFactory(unit=cast.province, status=Plan.Status.ISSUED)


@pytest.fixture
def due(cast, plan):
    today = timezone.localdate()
    task_of(plan, cast.a, start=today, end=today)
    ask_for_reports(plan=plan, title="Báo cáo", start=today, end=today, due_on=today, by=cast[OFFICER])
    return DueReport.objects.select_related("period", "task").get()


def sent(cast, plan, who=UNIT_OFFICER):
    return report_progress(task=task_of(plan, cast.a), unit=cast.a, percent=40, note="", by=cast[who])


def post(client, user, path, data, **headers):
    client.force_login(user)
    return client.post(f"/api/v1/{path}", data, content_type=JSON, headers=headers)


def test_a_report_carries_what_belongs_to_it(client, cast, due):
    data = {"task": due.task_id, "unit": cast.a.pk, "percent": 75, "quantity_done": 18, "due_report": due.pk}

    answer = post(client, cast[UNIT_OFFICER], "progress-updates/", data | {"submit": False})
    row = answer.json()

    assert answer.status_code == 201
    assert (row["state"], row["quantity_done"], row["due_report"], row["submitted_at"]) == ("draft", 18, due.pk, None)


@pytest.mark.parametrize(("field", "value"), [("due_report", 10**9), ("evidence", [10**9])])
def test_what_one_does_not_see_is_not_there(client, cast, due, field, value):
    data = {"task": due.task_id, "unit": cast.a.pk, "percent": 75, field: value}

    answer = post(client, cast[UNIT_OFFICER], "progress-updates/", data)

    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    assert not ProgressUpdate.objects.exists()


def test_due_reports_tell_their_state_at_the_moment(client, cast, due):
    client.force_login(cast[UNIT_OFFICER])

    (before,) = client.get("/api/v1/due-reports/").json()["results"]
    report_progress(task=due.task, unit=cast.a, percent=1, note="", by=cast[UNIT_OFFICER], due_report=due)
    after = client.get(f"/api/v1/due-reports/{due.pk}/").json()

    assert (before["state"], after["state"]) == ("due", "submitted")
    assert client.get("/api/v1/reporting-periods/", {"plan": due.period.plan_id}).json()["results"][0]["id"] == (
        due.period_id
    )


@pytest.mark.parametrize("count", [1, 3])
def test_due_reports_cost_the_same_for_one_and_three(client, cast, plan, settings, django_assert_num_queries, count):
    settings.USERSESSIONS_TRACK_ACTIVITY = False
    today = timezone.localdate()
    for _number in range(count):
        task_of(plan, cast.a, start=today, end=today + timedelta(days=1))
    ask_for_reports(plan=plan, title="Báo cáo", start=today, end=today, due_on=today, by=cast[OFFICER])
    client.force_login(cast[OFFICER])

    with django_assert_num_queries(5):
        rows = client.get("/api/v1/due-reports/").json()["results"]

    assert len(rows) == count


def test_many_are_accepted_with_a_result_each_and_once_per_key(client, cast, plan):
    fine, own = sent(cast, plan), sent(cast, plan, OFFICER)
    body = {"ids": [fine.pk, own.pk, 10**9]}

    first = post(client, cast[OFFICER], "progress-updates/accept/", body, idempotency_key="k")
    again = post(client, cast[OFFICER], "progress-updates/accept/", body, idempotency_key="k")
    other = post(client, cast[OFFICER], "progress-updates/accept/", {"ids": [own.pk]}, idempotency_key="k")

    assert [(each["id"], each["code"]) for each in first.json()] == [
        (fine.pk, "accepted"),
        (own.pk, "own_report"),
        (10**9, "not_found"),
    ]
    assert again.json() == first.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert other.status_code == 422
    assert ProgressUpdate.objects.filter(state="accepted").count() == 1


@pytest.mark.parametrize("body", [{}, {"ids": []}, {"ids": list(range(1, 202))}, {"ids": ["x"]}, {"other": 1}])
def test_a_wrong_bulk_is_refused_whole(client, cast, plan, body):
    assert post(client, cast[OFFICER], "progress-updates/accept/", body).status_code == 400


def test_who_may_not_decide_is_told_so_row_by_row(client, cast, plan):
    update = sent(cast, plan)

    answer = post(client, cast[Role.UNIT_HEAD], "progress-updates/accept/", {"ids": [update.pk]})

    assert [each["code"] for each in answer.json()] == ["may_not_decide"]
    assert post(client, cast["sibling"], "progress-updates/accept/", {"ids": [update.pk]}).json()[0]["code"] == (
        "not_found"
    )


def test_one_is_returned_with_a_note_and_the_second_is_told(client, cast, plan):
    update = sent(cast, plan)
    path = f"progress-updates/{update.pk}/return/"

    hidden = post(client, cast["sibling"], path, {"note": "Sửa"})
    refused = post(client, cast[Role.UNIT_HEAD], path, {"note": "Sửa"})
    done = post(client, cast[OFFICER], path, {"note": "Sửa"})
    late = post(client, cast[Role.ADMINISTRATOR], path, {"note": "Sửa"})

    assert [each.status_code for each in (hidden, refused, done, late)] == [404, 403, 200, 409]
    assert (done.json()["state"], done.json()["decision_note"]) == ("returned", "Sửa")
    assert cast[OFFICER].full_name in late.json()["detail"]
