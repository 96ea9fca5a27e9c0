"""The pages of events: who sees which, filters, what a refused form keeps, two people at once, costs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from plans.contexts.events import task_events
from plans.models import Event, Invitation, Plan
from tests.factories.events import ConclusionFactory, EventFactory, InvitationFactory
from tests.factories.plans import PlanFactory, task_of
from units.permissions import Role


@pytest.fixture
def plan(cast):
    return PlanFactory(unit=cast.province, status=Plan.Status.ISSUED, title="Kế hoạch tỉnh")


@pytest.fixture
def event(cast, plan):
    event = EventFactory(plan=plan, title="Hội nghị triển khai")
    for unit, names in ((cast.a, "NAMES-A"), (cast.b, "NAMES-B")):
        InvitationFactory(event=event, unit=unit, attended=2, names=names)
    return event


@pytest.fixture
def officer(client, cast):
    client.force_login(cast[Role.PROGRAMME_OFFICER])
    return client


def titles(client, **query) -> list[str]:
    return [each.title for each in client.get("/events/", query).context["page"]]


# -- Who sees what --------------------------------------------------------------------------------------------------
def test_an_invited_unit_sees_the_event_and_its_own_invitation_alone(client, cast, event):
    client.force_login(cast["sibling"])

    page = client.get(f"/events/{event.pk}/").content.decode()

    assert "NAMES-B" in page
    assert "NAMES-A" not in page
    assert titles(client) == [event.title]
    assert reverse("plans:event_edit", args=[event.pk]) not in page


def test_who_is_not_invited_sees_nothing(client, cast, event):
    client.force_login(cast["commune"])

    assert client.get(f"/events/{event.pk}/").status_code == 404
    assert titles(client) == []


# -- The list -------------------------------------------------------------------------------------------------------
def test_the_list_is_filtered(officer, cast, plan):
    now = timezone.localtime().replace(hour=9)  # an event of three hours ends on the day on which it starts
    first = EventFactory(plan=plan, title="Tập huấn", kind="training", place="Hà Nội", starts_at=now)
    second = EventFactory(plan=plan, title="Họp", kind="meeting", state="held", starts_at=now - timedelta(days=40))
    other = EventFactory(plan=PlanFactory(unit=cast.a), title="Tham quan", starts_at=now + timedelta(days=40))
    today = timezone.localdate(now)

    assert titles(officer) == ["Tham quan", "Tập huấn", "Họp"]
    assert titles(officer, plan=plan.pk) == [first.title, second.title]
    assert titles(officer, kind="training") == [first.title]
    assert titles(officer, state="held") == [second.title]
    assert titles(officer, q="hà nội") == [first.title]
    assert titles(officer, since=(today + timedelta(days=1)).isoformat()) == [other.title]
    assert titles(officer, until=(today - timedelta(days=1)).isoformat()) == [second.title]
    assert titles(officer, since=today.isoformat(), until=today.isoformat()) == [first.title]


@pytest.mark.parametrize("extra", [0, 2])
def test_the_list_costs_the_same_for_one_event_and_for_three(
    officer, cast, plan, event, extra, django_assert_num_queries
):
    for _number in range(extra):
        InvitationFactory(event=EventFactory(plan=PlanFactory(unit=cast.province)), unit=cast.a)
    officer.get("/events/")

    with django_assert_num_queries(7):
        officer.get("/events/")


@pytest.mark.parametrize("extra", [0, 2])
def test_an_event_costs_the_same_for_one_unit_and_for_three(officer, cast, event, extra, django_assert_num_queries):
    ConclusionFactory(event=event, unit=cast.a)
    for _number in range(extra):
        InvitationFactory(event=event)
        ConclusionFactory(event=event, unit=cast.b)
        EventFactory(plan=event.plan, starts_at=event.starts_at)
    officer.get(f"/events/{event.pk}/")

    with django_assert_num_queries(11):
        officer.get(f"/events/{event.pk}/")


def test_a_task_shows_its_events_against_the_number_it_asks_for(officer, cast, plan, django_assert_num_queries):
    task = task_of(plan, cast.a, target_quantity=3, quantity_unit="hội nghị")
    for state in ("held", "planned", "planned", "cancelled"):
        EventFactory(plan=plan, task=task, state=state)
    EventFactory(plan=plan)

    with django_assert_num_queries(1):
        cast[Role.PROGRAMME_OFFICER].held_roles  # noqa: B018
    with django_assert_num_queries(1):
        shown = task_events(task=task, user=cast[Role.PROGRAMME_OFFICER])
    page = officer.get(f"/tasks/{task.pk}/").content.decode()

    assert (shown.held, shown.planned, shown.target, len(shown.events)) == (1, 2, 3, 4)
    assert f"/events/new/?task={task.pk}" in page


# -- Forms ----------------------------------------------------------------------------------------------------------
FORM = {"title": "Tập huấn", "kind": "training", "starts_at": "2026-12-01T08:00", "ends_at": "2026-12-01T11:00"}


def test_an_event_is_planned_from_a_task(officer, cast, plan):
    task = task_of(plan, cast.a)

    form = officer.get(f"/events/new/?task={task.pk}").context["form"]
    answer = officer.post(f"/events/new/?task={task.pk}", {**FORM, "task": task.pk, "place": "Hội trường"})

    event = Event.objects.get()
    assert form.initial["task"] == task
    assert answer.url == f"/events/{event.pk}/"
    assert (event.plan, event.task, event.place) == (plan, task, "Hội trường")
    assert timezone.localtime(event.starts_at).isoformat() == "2026-12-01T08:00:00+07:00"


def test_without_a_plan_one_is_chosen(officer, cast, plan):
    answer = officer.post("/events/new/", {**FORM, "plan": plan.pk})

    assert answer.status_code == 302
    assert Event.objects.get().plan == plan


@pytest.mark.parametrize(
    "change", [{"ends_at": "2026-12-01T07:00"}, {"title": ""}, {"kind": "x"}, {"starts_at": "yesterday"}]
)
def test_a_refused_form_keeps_what_was_typed(officer, plan, change):
    answer = officer.post(f"/events/new/?plan={plan.pk}", {**FORM, "agenda": "1. Khai mạc", **change})

    assert answer.status_code == 422
    assert "1. Khai mạc" in answer.content.decode()
    assert not Event.objects.exists()


@pytest.mark.parametrize("query", ["task=0", "task=x", "plan=99999", "plan=-1"])
def test_what_is_not_there_is_not_found(officer, query):
    assert officer.get(f"/events/new/?{query}").status_code == 404


def test_one_who_may_not_edit_the_plan_plans_no_event_in_it(client, cast, plan):
    client.force_login(cast[Role.LEADER])

    assert client.get(f"/events/new/?plan={plan.pk}").status_code == 403


def test_another_event_at_the_same_time_warns_and_does_not_stop(officer, cast, plan, event):
    start = timezone.localtime(event.starts_at)
    times = {"starts_at": start.strftime("%Y-%m-%dT%H:%M"), "ends_at": (start + timedelta(hours=1)).isoformat()[:16]}

    answer = officer.post(f"/events/new/?plan={plan.pk}", {**FORM, **times, "place": event.place}, follow=True)

    assert Event.objects.count() == 2
    assert event.title in "".join(str(message) for message in answer.context["messages"])
    assert event in answer.context["at_once"]


def test_who_saves_an_older_version_sees_both_and_may_save_again(officer, event):
    url = f"/events/{event.pk}/edit/"
    officer.post(url, {**FORM, "title": "Của người khác", "version": 1})

    refused = officer.post(url, {**FORM, "title": "Của tôi", "version": 1})
    page = refused.content.decode()
    again = officer.post(url, {**FORM, "title": "Của tôi", "version": refused.context["form"].data["version"]})

    assert refused.status_code == 409
    assert "Của người khác" in page
    assert "Của tôi" in page
    assert again.status_code == 302
    assert Event.objects.get().title == "Của tôi"


def test_minutes_written_by_two_are_both_shown(officer, event):
    url = f"/events/{event.pk}/minutes/"
    officer.post(url, {"minutes": "Biên bản của người khác", "version": 1})

    refused = officer.post(url, {"minutes": "Biên bản của tôi", "version": 1})
    page = refused.content.decode()

    assert refused.status_code == 409
    assert "Biên bản của người khác" in page
    assert "Biên bản của tôi" in page


# -- The grid -------------------------------------------------------------------------------------------------------
HTMX = {"HX-Request": "true"}


def row_of(event, unit) -> Invitation:
    return event.invitations.get(unit=unit)


def test_a_row_is_saved_by_itself_and_answers_with_its_state_and_the_sums(officer, cast, event):
    row = row_of(event, cast.a)

    answer = officer.post(f"/invitations/{row.pk}/", {"attended": "5", "names": "", "version": 1}, headers=HTMX)
    page = answer.content.decode()

    assert answer.status_code == 200
    assert row_of(event, cast.a).attended == 5
    assert f'id="s{row.pk}" hx-swap-oob="true"' in page
    assert 'name="version" value="2"' in page
    assert 'id="sums"' in page
    assert 'name="attended"' not in page  # what is being typed stays


@pytest.mark.parametrize("attended", ["-1", "x", "1,5", "99999"])
def test_a_number_that_is_none_is_said_in_the_row(officer, cast, event, attended):
    row = row_of(event, cast.a)

    answer = officer.post(f"/invitations/{row.pk}/", {"attended": attended, "version": 1}, headers=HTMX)

    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert row_of(event, cast.a).attended == 2


def test_a_row_that_another_counted_says_so_and_can_be_saved_again(officer, cast, event):
    row = row_of(event, cast.a)
    officer.post(f"/invitations/{row.pk}/", {"attended": "3", "version": 1}, headers=HTMX)

    refused = officer.post(f"/invitations/{row.pk}/", {"attended": "4", "version": 1}, headers=HTMX)

    assert refused.status_code == 422
    assert 'name="version" value="2"' in refused.content.decode()
    assert row_of(event, cast.a).attended == 3


def test_without_htmx_a_row_is_a_form(officer, cast, event):
    row = row_of(event, cast.a)

    saved = officer.post(f"/invitations/{row.pk}/", {"attended": "", "names": "", "version": 1})
    refused = officer.post(f"/invitations/{row.pk}/", {"attended": "x7", "names": "Lê Thị Bình", "version": 2})

    assert saved.url == f"/events/{event.pk}/"
    assert row_of(event, cast.a).attended is None
    assert refused.status_code == 422
    assert 'value="x7"' in refused.content.decode()
    assert "Lê Thị Bình" in refused.content.decode()


# -- Invitations and materials --------------------------------------------------------------------------------------
def test_units_are_invited_by_kind_by_task_and_one_by_one(officer, cast, plan):
    event = EventFactory(plan=plan, task=task_of(plan, cast.a))

    answer = officer.post(
        f"/events/{event.pk}/invite/",
        {"of_task": "on", "kinds": ["commune"], "units": [cast.department.pk], "seats": 2},
    )

    assert answer.status_code == 302
    assert {row.unit for row in event.invitations.all()} == {cast.a, cast.a1, cast.department}


def test_nobody_chosen_is_said(officer, event):
    answer = officer.post(f"/events/{event.pk}/invite/", {"seats": 2})

    assert answer.status_code == 422
    assert event.invitations.count() == 2


def test_files_are_attached_read_by_the_invited_and_taken_off(officer, client, cast, event):
    file = SimpleUploadedFile("chuong-trinh.txt", "Chương trình".encode(), "text/plain")

    answer = officer.post(f"/events/{event.pk}/materials/", {"files": [file]})
    [kept] = event.materials.all()
    client.force_login(cast["sibling"])
    page = client.get(f"/events/{event.pk}/").content.decode()
    read = b"".join(client.get(reverse("plans:evidence", args=[kept.pk])).streaming_content)
    client.force_login(cast[Role.PROGRAMME_OFFICER])
    client.post(reverse("plans:event_material_remove", args=[event.pk, kept.pk]))

    assert answer.status_code == 302
    assert "chuong-trinh.txt" in page
    assert read == "Chương trình".encode()
    assert event.materials.count() == 0


def test_a_file_that_is_not_taken_is_said(officer, event):
    file = SimpleUploadedFile("virus.exe", b"MZ", "application/octet-stream")

    answer = officer.post(f"/events/{event.pk}/materials/", {"files": [file]})

    assert answer.status_code == 422
    assert event.materials.count() == 0
