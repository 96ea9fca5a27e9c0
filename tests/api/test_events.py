"""Events, invitations and notifications over the API."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from activity.models import AuditEvent, Notification
from activity.services import record
from plans.models import Event, Plan
from tests.factories.events import ConclusionFactory, EventFactory, InvitationFactory
from tests.factories.plans import PlanFactory, task_of
from units.permissions import Role

EVENTS = "/api/v1/events/"


@pytest.fixture
def plan(cast):
    return PlanFactory(unit=cast.a, status=Plan.Status.ISSUED)


@pytest.fixture
def said(plan):
    return {
        "plan": plan.pk,
        "kind": "training",
        "title": "Tập huấn",
        "starts_at": "2026-12-01T08:00:00+07:00",
        "ends_at": "2026-12-01T11:00:00+07:00",
    }


def post(client, url: str, data: dict, **headers):
    return client.post(url, data, content_type="application/json", headers=headers)


@pytest.mark.parametrize(
    ("person", "status"),
    [
        (Role.UNIT_OFFICER, 201),
        (Role.PROGRAMME_OFFICER, 201),
        (Role.OBSERVER, 403),
        (Role.LEADER, 403),
        ("sibling", 400),
        ("foreign", 400),
    ],
)
def test_who_may_plan_an_event(client, cast, said, person, status):
    client.force_login(cast[person])

    answer = post(client, EVENTS, said)

    assert answer.status_code == status
    assert Event.objects.count() == (status == 201)


def test_an_event_is_planned_as_an_act_over_the_api(client, cast, plan, said):
    task = task_of(plan, cast.a)
    client.force_login(cast[Role.UNIT_OFFICER])

    answer = post(client, EVENTS, said | {"task": task.pk, "place": "Hội trường"})

    body = answer.json()
    assert (body["task"], body["place"], body["state"], body["conclusions"]) == (task.pk, "Hội trường", "planned", [])
    assert AuditEvent.objects.get(action="plans.event_planned").channel == "api"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"ends_at": "2026-12-01T07:00:00+07:00"}, "ends_at"),
        ({"task": 999_999}, "task"),
        ({"plan": 999_999}, "plan"),
        ({"kind": "party"}, "kind"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_is_wrong_is_said_by_field(client, cast, said, change, field):
    client.force_login(cast[Role.UNIT_OFFICER])

    answer = post(client, EVENTS, said | change)

    assert answer.status_code == 400
    assert field in answer.json()["errors"]
    assert not Event.objects.exists()


def test_a_task_of_another_plan_is_not_found(client, cast, said):
    client.force_login(cast[Role.UNIT_OFFICER])

    answer = post(client, EVENTS, said | {"task": task_of(PlanFactory(unit=cast.a), cast.a).pk})

    assert "task" in answer.json()["errors"]


def test_a_closed_plan_takes_no_event(client, cast, plan, said):
    Plan.objects.filter(pk=plan.pk).update(status=Plan.Status.CLOSED)
    client.force_login(cast[Role.UNIT_OFFICER])

    answer = post(client, EVENTS, said)

    assert "plan" in answer.json()["errors"]


def test_the_same_request_twice_plans_one_event(client, cast, said):
    client.force_login(cast[Role.UNIT_OFFICER])

    first, again = (post(client, EVENTS, said, **{"Idempotency-Key": "k1"}) for _number in range(2))

    assert first.json() == again.json()
    assert Event.objects.count() == 1


@pytest.mark.parametrize("extra", [0, 2])
def test_a_list_costs_the_same_for_one_row_and_for_three(client, cast, plan, extra, django_assert_num_queries):
    for _number in range(1 + extra):
        InvitationFactory(event=EventFactory(plan=plan), unit=cast.a)
        ConclusionFactory(event=plan.events.last())
    client.force_login(cast[Role.UNIT_OFFICER])

    for url in (EVENTS, "/api/v1/invitations/"):
        client.get(url)
        with django_assert_num_queries(4):
            assert len(client.get(url).json()["results"]) == 1 + extra


def test_an_invited_unit_reads_the_event_and_its_own_invitation(client, cast, plan):
    event = EventFactory(plan=plan)
    InvitationFactory(event=event, unit=cast.a)
    own = InvitationFactory(event=event, unit=cast.b, attended=0)
    client.force_login(cast["sibling"])

    events = client.get(EVENTS, {"plan": plan.pk}).json()["results"]
    invitations = client.get("/api/v1/invitations/", {"event": event.pk}).json()["results"]

    assert [row["id"] for row in events] == [event.pk]
    assert [(row["id"], row["attended"]) for row in invitations] == [(own.pk, 0)]


# -- Notifications --------------------------------------------------------------------------------------------------
def tell(target, *people):
    return record(
        by=None, action="plans.issued", target=target, changes={}, unit_path="", notify=[each.pk for each in people]
    )


def test_one_reads_ones_own_notifications_and_marks_them(client, cast, plan):
    officer = cast[Role.UNIT_OFFICER]
    tell(plan, officer, cast[Role.UNIT_HEAD])
    client.force_login(officer)

    [row] = client.get("/api/v1/notifications/", {"unread": "true"}).json()["results"]
    marked = client.post(f"/api/v1/notifications/{row['id']}/read/")
    again = client.post(f"/api/v1/notifications/{row['id']}/read/")

    assert (row["action"], row["target_model"], row["target_id"]) == ("plans.issued", "plans.plan", str(plan.pk))
    assert marked.json()["read_at"] == again.json()["read_at"] is not None
    assert client.get("/api/v1/notifications/", {"unread": "true"}).json()["results"] == []
    assert Notification.objects.get(to=cast[Role.UNIT_HEAD]).read_at is None


def test_what_one_does_not_see_one_is_not_told_of(client, cast):
    officer = cast["sibling"]
    tell(PlanFactory(unit=cast.a), officer)
    client.force_login(officer)

    assert client.get("/api/v1/notifications/").json()["results"] == []
    assert client.post(f"/api/v1/notifications/{Notification.objects.get().pk}/read/").status_code == 404


def test_notifications_are_filtered_by_their_moment(client, cast, plan):
    tell(plan, cast[Role.UNIT_OFFICER])
    client.force_login(cast[Role.UNIT_OFFICER])
    tomorrow = (timezone.now() + timedelta(days=1)).isoformat()

    assert client.get("/api/v1/notifications/", {"at_after": tomorrow}).json()["results"] == []
    assert len(client.get("/api/v1/notifications/", {"at_before": tomorrow}).json()["results"]) == 1
