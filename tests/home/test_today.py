"""What stands on the first page beside tasks: what waits for a decision, who is late, what others prepared."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from isoportal.home import what_to_do
from plans.models import Plan
from plans.services import report_progress
from plans.services.reporting import ask_for_reports
from tests.factories.events import EventFactory, InvitationFactory
from tests.factories.obstacles import ObstacleFactory
from tests.factories.plans import PlanFactory, accepted_progress, task_of
from units.permissions import Role

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
PAST = TODAY - timedelta(days=20)


@pytest.fixture
def plan(cast):
    return PlanFactory(
        unit=cast.province,
        status=Plan.Status.ISSUED,
        number="5",
        issue_year=TODAY.year,
        issue_month=1,
        issue_day=2,
        signer_name="A",
    )


@pytest.fixture
def task(cast, plan):
    return task_of(plan, cast.a, cast.b, number="1", title="Tập huấn", start=PAST - timedelta(days=30), end=PAST)


def waiting(cast, who, show=""):
    desk = what_to_do(user=cast[who], today=TODAY, show=show).desk
    return [(each.kind, each.unit) for each in desk.items] if desk else None


def test_an_officer_finds_what_waits_and_not_what_they_sent_themselves(cast, task):
    report_progress(task=task, unit=cast.a, percent=40, note="", by=cast[Role.UNIT_OFFICER])
    report_progress(task=task, unit=cast.b, percent=50, note="", by=cast[Role.PROGRAMME_OFFICER])
    ObstacleFactory(plan=task.plan, task=task, unit=cast.a)
    PlanFactory(unit=cast.province, status=Plan.Status.SUBMITTED)

    found = waiting(cast, Role.PROGRAMME_OFFICER)

    assert sorted(found) == [("accept", cast.a.label), ("answer", cast.a.label), ("decide", cast.province.label)]
    assert waiting(cast, Role.PROGRAMME_OFFICER, show="accept") == [("accept", cast.a.label)]


@pytest.mark.parametrize(
    ("who", "kinds"),
    [
        (Role.LEADER, {"decide"}),
        (Role.FINANCE, None),
        (Role.OBSERVER, None),
        (Role.UNIT_OFFICER, None),
        ("foreign", set()),
    ],
)
def test_each_desk_holds_what_its_owner_may_decide(cast, task, who, kinds):
    report_progress(task=task, unit=cast.a, percent=40, note="", by=cast[Role.UNIT_OFFICER])
    ObstacleFactory(plan=task.plan, task=task, unit=cast.a)
    PlanFactory(unit=cast.province, status=Plan.Status.SUBMITTED)

    found = waiting(cast, who)

    assert (None if found is None else {kind for kind, _unit in found}) == kinds


def test_an_obstacle_that_went_up_waits_for_the_leader(cast, task):
    ObstacleFactory(plan=task.plan, task=task, unit=cast.a, level=3)

    assert ("answer", cast.a.label) in waiting(cast, Role.LEADER)


def test_the_counts_say_everything_whatever_is_shown(cast, task):
    report_progress(task=task, unit=cast.a, percent=40, note="", by=cast[Role.UNIT_OFFICER])
    ObstacleFactory(plan=task.plan, task=task, unit=cast.a)

    desk = what_to_do(user=cast[Role.PROGRAMME_OFFICER], today=TODAY, show="answer").desk

    assert desk.counts == {"answer": 1, "decide": 0, "accept": 1}
    assert desk.total == 2
    assert [each.kind for each in desk.items] == ["answer"]


def test_the_switch_leads_to_each_kind_and_back_to_everything(client, cast, task):
    report_progress(task=task, unit=cast.a, percent=40, note="", by=cast[Role.UNIT_OFFICER])
    ObstacleFactory(plan=task.plan, task=task, unit=cast.a)
    client.force_login(cast[Role.PROGRAMME_OFFICER])

    kinds = client.get("/", {"show": "answer"}).context["kinds"]

    assert [(each["url"], each["count"], each["current"]) for each in kinds] == [
        ("?#waiting", 2, False),
        ("?show=answer#waiting", 1, True),
        ("?show=accept#waiting", 1, False),
    ]


def test_late_units_are_one_row_each_with_what_is_late_longest(cast, plan, task):
    task_of(plan, cast.a, number="2", title="Khảo sát", end=PAST - timedelta(days=5))
    accepted_progress(task=task, unit=cast.b, percent=100, by=cast["sibling"])

    home = what_to_do(user=cast[Role.PROGRAMME_OFFICER], today=TODAY)

    assert [(row.unit, row.first.late_days, row.more) for row in home.late_units] == [(cast.a, 25, 1)]
    assert what_to_do(user=cast[Role.LEADER], today=TODAY).late_units == []


def test_a_task_in_a_closed_plan_is_nobodys_to_do(cast, plan, task):
    Plan.objects.filter(pk=plan.pk).update(status=Plan.Status.CLOSED)

    assert what_to_do(user=cast[Role.UNIT_OFFICER], today=TODAY).todo == []
    assert what_to_do(user=cast[Role.PROGRAMME_OFFICER], today=TODAY).late == []


def test_a_head_is_shown_what_an_officer_prepared(client, cast, task):
    accepted_progress(task=task, unit=cast.a, percent=30, by=cast[Role.UNIT_OFFICER])
    draft = report_progress(
        task=task, unit=cast.a, percent=70, note="Đã mở lớp", by=cast[Role.UNIT_OFFICER], submit=False
    )
    client.force_login(cast[Role.UNIT_HEAD])

    page = client.get("/").content.decode()
    own = what_to_do(user=cast[Role.UNIT_HEAD], today=TODAY).own

    assert [(each.before, each.update.percent) for each in own.due.drafts] == [(30, 70)]
    assert f'name="id" value="{draft.pk}"' in page
    assert "Đã mở lớp" in page


def test_a_report_that_is_due_stands_once_and_is_sent_from_the_first_page(client, cast, plan, task):
    ask_for_reports(
        plan=plan,
        title="Báo cáo đột xuất",
        start=PAST - timedelta(days=5),
        end=PAST,
        due_on=TODAY - timedelta(days=1),
        by=cast[Role.PROGRAMME_OFFICER],
    )
    client.force_login(cast[Role.UNIT_OFFICER])
    own = what_to_do(user=cast[Role.UNIT_OFFICER], today=TODAY).own
    (item,) = own.due.to_do

    answer = client.post(f"/progress/due/{item.report.pk}/", {"percent": "40", "note": ""})

    after = what_to_do(user=cast[Role.UNIT_OFFICER], today=TODAY).own
    assert (own.todo, item.state) == ([], "overdue")
    assert answer.status_code == 302
    assert (list(after.due.to_do), len(after.due.waiting)) == ([], 1)


def test_a_unit_finds_its_obstacles_and_the_events_it_is_invited_to(client, cast, plan, task):
    obstacle = ObstacleFactory(plan=plan, task=task, unit=cast.a)
    ObstacleFactory(plan=plan, task=task, unit=cast.b)
    event = EventFactory(
        plan=plan, starts_at=timezone.now() + timedelta(days=3), ends_at=timezone.now() + timedelta(days=4)
    )
    InvitationFactory(event=event, unit=cast.a)
    client.force_login(cast[Role.UNIT_OFFICER])

    own = what_to_do(user=cast[Role.UNIT_OFFICER], today=TODAY).own

    assert [row.obstacle for row in own.obstacles] == [obstacle]
    assert own.events == [event]
    assert obstacle.title in client.get("/").content.decode()


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("who", "queries"), [(Role.PROGRAMME_OFFICER, 26), (Role.UNIT_HEAD, 20), (Role.LEADER, 19)])
def test_the_page_costs_the_same_however_much_waits(client, cast, plan, django_assert_num_queries, who, queries, count):
    for number in range(count):
        task = task_of(plan, cast.a, number=str(number), start=PAST, end=PAST)
        report_progress(task=task, unit=cast.a, percent=40, note="", by=cast[Role.UNIT_OFFICER])
        report_progress(task=task, unit=cast.a, percent=50, note="", by=cast[Role.UNIT_OFFICER], submit=False)
        ObstacleFactory(plan=plan, task=task, unit=cast.a, level=3)
        ObstacleFactory(plan=plan, task=task, unit=cast.a)
        PlanFactory(unit=cast.province, status=Plan.Status.SUBMITTED)
        event = EventFactory(plan=plan, starts_at=timezone.now() + timedelta(1), ends_at=timezone.now() + timedelta(2))
        InvitationFactory(event=event, unit=cast.a)
    client.force_login(cast[who])

    with django_assert_num_queries(queries):
        client.get("/")
