"""The inbox: one's own notifications, those whose target one still sees, and how one is reminded."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from activity.models import Notification, ReminderPreference
from activity.services import Reminder, make_digests, record
from isoportal.targets import TARGETS, links_to
from plans.models import Event, Invitation, Plan, Task
from tests.factories.events import EventFactory, InvitationFactory
from tests.factories.plans import PlanFactory, TaskFactory
from units.permissions import Role


@pytest.fixture
def plan(cast):
    return PlanFactory(unit=cast.a)


def tell(target, *people) -> None:
    record(
        by=None, action="plans.issued", target=target, changes={}, unit_path="", notify=[person.pk for person in people]
    )


def shown(client) -> list[str]:
    return [each["event"].target_name for each in client.get("/activity/inbox/").context["rows"]]


def test_one_sees_ones_own_unread_first(client, cast):
    officer = cast[Role.UNIT_OFFICER]
    first, second, third = (PlanFactory(unit=cast.a, number="", title=f"Kế hoạch {n}") for n in "123")
    for each in (first, second, third):
        tell(each, officer)
    tell(PlanFactory(unit=cast.a), cast[Role.UNIT_HEAD])
    client.force_login(officer)
    mine = Notification.objects.get(to=officer, event__target_id=str(third.pk))

    client.post(reverse("activity:read", args=[mine.pk]))

    assert shown(client) == ["Kế hoạch 2", "Kế hoạch 1", "Kế hoạch 3"]


def test_looking_at_what_it_is_about_is_reading_it(client, cast, plan):
    officer = cast[Role.UNIT_OFFICER]
    tell(plan, officer)
    client.force_login(officer)

    answer = client.get(reverse("activity:look", args=[Notification.objects.get().pk]))

    assert answer.url == reverse("plans:detail", args=[plan.pk])
    assert Notification.objects.get().read_at is not None


def test_what_one_no_longer_sees_is_not_told(client, cast):
    officer = cast["sibling"]
    event = EventFactory(plan=PlanFactory(unit=cast.province))
    InvitationFactory(event=event, unit=cast.b)
    tell(event, officer)
    client.force_login(officer)
    row = Notification.objects.get()

    before = shown(client)
    Invitation.objects.all().delete()

    assert (before, shown(client)) == ([event.title], [])
    assert client.get(reverse("activity:look", args=[row.pk])).status_code == 404
    assert b"count" not in client.get(reverse("activity:unread_count")).content


def test_all_are_read_up_to_the_newest_that_was_shown(client, cast, plan):
    officer = cast[Role.UNIT_OFFICER]
    tell(plan, officer)
    tell(plan, cast[Role.UNIT_HEAD])
    client.force_login(officer)
    newest = client.get("/activity/inbox/").context["newest"]
    tell(plan, officer)

    client.post("/activity/inbox/read/", {"up_to": newest})

    mine = Notification.objects.filter(to=officer).order_by("pk")
    assert [row.read_at is None for row in mine] == [False, True]
    assert Notification.objects.get(to=cast[Role.UNIT_HEAD]).read_at is None


@pytest.mark.parametrize("wrong", ["", "x", "9" * 30, "-1"])
def test_a_wrong_number_reads_nothing(client, cast, plan, wrong):
    tell(plan, cast[Role.UNIT_OFFICER])
    client.force_login(cast[Role.UNIT_OFFICER])

    assert client.post("/activity/inbox/read/", {"up_to": wrong}).status_code == 302
    assert Notification.objects.get().read_at is None


def test_the_rail_asks_for_the_number_and_shows_it(client, cast, plan):
    tell(plan, cast[Role.UNIT_OFFICER])
    client.force_login(cast[Role.UNIT_OFFICER])

    page = client.get("/activity/inbox/").content.decode()
    number = client.get(reverse("activity:unread_count")).content.decode()

    assert f'hx-get="{reverse("activity:unread_count")}"' in page
    assert ">1<" in number


@pytest.mark.parametrize("extra", [0, 2])
def test_the_page_costs_the_same_for_one_notification_and_for_three(
    client, cast, plan, extra, django_assert_num_queries
):
    officer = cast[Role.UNIT_OFFICER]
    for _number in range(1 + extra):
        tell(plan, officer)
    client.force_login(officer)
    client.get("/activity/inbox/")

    with django_assert_num_queries(6):
        client.get("/activity/inbox/")


def test_every_target_has_a_page(cast):
    """A page that is not there would leave the notification without its link."""
    known = {label: reverse(target.url_name, args=[1]) for label, target in TARGETS.items()}

    assert len(known) == len(TARGETS)
    assert {Plan, Task, Event} <= {target.model for target in TARGETS.values()}


def test_a_link_leads_to_the_page_that_shows_the_thing(cast, plan):
    task = TaskFactory(plan=plan)
    events = [
        record(by=None, action="plans.issued", target=target, changes={}, unit_path="")
        for target in (plan, task, cast.a)
    ]

    assert links_to(events) == {
        events[0].pk: reverse("plans:detail", args=[plan.pk]),
        events[1].pk: reverse("plans:task", args=[task.pk]),
        events[2].pk: reverse("units:detail", args=[cast.a.pk]),
    }


@pytest.mark.parametrize(("days_ago", "seen"), [(0, True), (1, False)])
def test_todays_digest_is_read_in_the_inbox_too(client, cast, days_ago, seen):
    day = timezone.localdate() - timedelta(days=days_ago)
    line = Reminder(heading="Việc", text="Khảo sát", url="/tasks/7/", due_on=day, days=0)
    make_digests(day=day, reminders={cast[Role.UNIT_OFFICER].pk: [line]}, by_mail=[])
    client.force_login(cast[Role.UNIT_OFFICER])

    page = client.get("/activity/inbox/").content.decode()

    assert ("Khảo sát" in page) is seen
    assert ('href="/tasks/7/"' in page) is seen


# -- Preferences ----------------------------------------------------------------------------------------------------
def test_preferences_are_kept_and_shown_again(client, cast):
    client.force_login(cast[Role.UNIT_OFFICER])

    saved = client.post("/activity/preferences/", {"days": ["7", "-1"], "working_days_only": "on"})
    form = client.get("/activity/preferences/").context["form"]

    assert saved.status_code == 302
    row = ReminderPreference.objects.get(user=cast[Role.UNIT_OFFICER])
    assert (row.by_mail, row.days, row.working_days_only) == (False, [7, -1], True)
    assert form.initial == {"by_mail": False, "days": [7, -1], "working_days_only": True}


@pytest.mark.parametrize("days", [[], ["400"], ["x"]])
def test_days_that_cannot_be_are_said(client, cast, days):
    client.force_login(cast[Role.UNIT_OFFICER])

    answer = client.post("/activity/preferences/", {"days": days, "by_mail": "on"})

    assert answer.status_code == 422
    assert not ReminderPreference.objects.exists()


def test_days_chosen_elsewhere_can_still_be_chosen(client, cast):
    ReminderPreference.objects.create(user=cast[Role.UNIT_OFFICER], days=[45])
    client.force_login(cast[Role.UNIT_OFFICER])

    answer = client.post("/activity/preferences/", {"days": ["45", "1"]})

    assert answer.status_code == 302
    assert ReminderPreference.objects.get().days == [45, 1]
