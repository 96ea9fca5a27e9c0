"""What one is reminded of on a day: by whose task it is, on which days, and not once it is done or moved."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from activity.models import Digest, Notification, ReminderPreference
from activity.services import record
from isoportal.digests import make_all, make_batch
from plans.models import DueReport, Event, Obstacle, Plan, ProgressUpdate, ReportingPeriod, Task
from plans.services.events import cancel_event, redate_event
from tests.factories.assessments import AssessmentFactory, RoundFactory
from tests.factories.events import EventFactory, InvitationFactory
from tests.factories.plans import PlanFactory, task_of
from tests.factories.units import MembershipFactory
from units.models import User
from units.permissions import Role

DAY = date(2026, 11, 24)  # a Tuesday
VN = timezone.get_default_timezone()


@pytest.fixture
def plan(cast):
    return PlanFactory(unit=cast.province, status=Plan.Status.ISSUED)


def texts(person: User, day: date = DAY) -> list[str]:
    row = Digest.objects.filter(to=person, day=day).first()
    return [item["text"] for group in row.lines for item in group["items"]] if row else []


def at(day: date, hour: int = 8, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=VN)


def ends(plan, cast, days: int, **values) -> Task:
    return task_of(plan, cast.a, title=f"Việc {days}", end=DAY + timedelta(days=days), start=None, **values)


# -- Tasks ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("days", "told"),
    [
        (31, False),
        (30, True),
        (29, False),
        (7, True),
        (1, True),
        (0, False),
        (-1, True),
        (-7, True),
        (-8, False),
        (-30, True),
    ],
)
def test_a_task_is_told_on_the_usual_days(cast, plan, days, told):
    ends(plan, cast, days)

    make_all(day=DAY)

    assert bool(texts(cast[Role.UNIT_OFFICER])) is told
    assert bool(texts(cast[Role.UNIT_HEAD])) is told
    for person in ("sibling", "commune", "foreign", "stranger", Role.OBSERVER, Role.ADMINISTRATOR, Role.FINANCE):
        assert texts(cast[person]) == []


def test_one_chooses_ones_own_days(cast, plan):
    ReminderPreference.objects.create(user=cast[Role.UNIT_OFFICER], days=[3])
    ends(plan, cast, 3)
    ends(plan, cast, 7)

    make_all(day=DAY)

    assert [text[-1] for text in texts(cast[Role.UNIT_OFFICER])] == ["3"]
    assert [text[-1] for text in texts(cast[Role.UNIT_HEAD])] == ["7"]


def test_a_task_that_was_moved_is_told_of_its_new_day(cast, plan):
    task = ends(plan, cast, 7)
    Task.objects.filter(pk=task.pk).update(end=DAY + timedelta(days=8))

    make_all(day=DAY)
    make_all(day=DAY + timedelta(days=1))

    assert texts(cast[Role.UNIT_OFFICER]) == []
    assert len(texts(cast[Role.UNIT_OFFICER], DAY + timedelta(days=1))) == 1


@pytest.mark.parametrize(
    ("percent", "state", "told"),
    [
        (100, "submitted", False),
        (100, "accepted", False),
        (100, "returned", True),
        (100, "draft", True),
        (99, "accepted", True),
    ],
)
def test_what_a_unit_has_finished_is_not_told_to_it(cast, plan, percent, state, told):
    task = ends(plan, cast, 1)
    officer = cast[Role.UNIT_OFFICER]
    decided = None if state in {"draft", "submitted"} else timezone.now()
    ProgressUpdate.objects.create(task=task, unit=cast.a, percent=percent, state=state, by=officer, decided_at=decided)

    make_all(day=DAY)

    assert bool(texts(officer)) is told


@pytest.mark.parametrize(
    "change", [{"is_cancelled": True}, {"plan": "draft"}, {"plan": "closed"}, {"plan": "cancelled"}]
)
def test_what_is_over_or_not_in_force_is_not_told(cast, plan, change):
    task = ends(plan, cast, 1)
    if status := change.pop("plan", ""):
        Plan.objects.filter(pk=plan.pk).update(status=status)
    Task.objects.filter(pk=task.pk).update(**change)

    make_all(day=DAY)

    assert texts(cast[Role.UNIT_OFFICER]) == []


def test_only_the_parts_of_a_task_are_told(cast, plan):
    whole = ends(plan, cast, 1)
    part = ends(plan, cast, 1, parent=whole)

    make_all(day=DAY)

    assert texts(cast[Role.UNIT_OFFICER]) == [str(part)]


def test_a_task_that_one_leads_and_carries_out_is_one_line(cast, plan):
    task = ends(plan, cast, 1)
    task.performers.create(order=9, unit=cast.a, role="lead", text="A")

    make_all(day=DAY)

    assert len(texts(cast[Role.UNIT_OFFICER])) == 1


# -- Reports, events, obstacles, updates, sheets --------------------------------------------------------------------
def period_of(plan, due_on: date) -> ReportingPeriod:
    return ReportingPeriod.objects.create(
        plan=plan, kind="month", title="Tháng 10/2026", start=date(2026, 10, 1), end=date(2026, 10, 31), due_on=due_on
    )


@pytest.mark.parametrize(
    ("state", "told"), [(None, True), ("returned", True), ("submitted", False), ("accepted", False)]
)
def test_a_report_is_told_while_it_waits_for_the_unit(cast, plan, state, told):
    period = period_of(plan, DAY + timedelta(days=1))
    officer = cast[Role.UNIT_OFFICER]
    for _number in range(2):
        task = task_of(plan, cast.a, end=None, start=None)
        report = DueReport.objects.create(period=period, task=task, unit=cast.a)
        if state:
            report.latest = ProgressUpdate.objects.create(
                task=task, unit=cast.a, percent=5, state=state, by=officer, decided_at=timezone.now()
            )
            report.save()

    make_all(day=DAY)

    assert len(texts(officer)) == int(told)  # one line for the period, not one for each task
    assert not told or "2" in texts(officer)[0]


def test_an_event_is_told_to_the_invited_and_to_who_looks_after_the_plan(cast, plan):
    event = EventFactory(plan=plan, starts_at=at(DAY + timedelta(days=7)))
    InvitationFactory(event=event, unit=cast.b)

    make_all(day=DAY)

    assert len(texts(cast["sibling"])) == 1
    assert "08:00" in texts(cast["sibling"])[0]
    assert len(texts(cast[Role.PROGRAMME_OFFICER])) == 1
    assert texts(cast[Role.UNIT_OFFICER]) == []


def test_an_event_that_was_moved_or_cancelled_is_not_told(cast, plan):
    officer = cast[Role.PROGRAMME_OFFICER]
    moved, cancelled, past = (EventFactory(plan=plan, starts_at=at(DAY + timedelta(days=days))) for days in (7, 1, -1))
    redate_event(
        event=moved, starts_at=moved.starts_at + timedelta(days=1), ends_at=moved.ends_at + timedelta(days=1),
        version=1, by=officer,
    )  # fmt: skip
    cancel_event(event=cancelled, reason="Bão", version=1, by=officer)

    make_all(day=DAY)

    assert Event.objects.filter(pk=past.pk, state="planned").exists()
    assert texts(officer) == []


@pytest.mark.parametrize(("moment", "told"), [((23, 59), True), ((24, 0), False)])
def test_the_day_of_an_event_is_that_of_vietnam(cast, plan, moment, told):
    """23:59 in Vietnam is 16:59 in UTC; a minute later it is another day in Vietnam and the same one in UTC."""
    start = at(DAY + timedelta(days=1), 0) + timedelta(hours=moment[0], minutes=moment[1])
    EventFactory(plan=plan, starts_at=start.astimezone(UTC))

    make_all(day=DAY)

    assert bool(texts(cast[Role.PROGRAMME_OFFICER])) is told


@pytest.mark.parametrize(
    ("level", "who"),
    [
        (1, {Role.UNIT_HEAD}),
        (2, {Role.PROGRAMME_OFFICER}),
        (3, {Role.PROGRAMME_OFFICER, Role.LEADER}),
        (4, {Role.PROGRAMME_OFFICER, Role.LEADER}),
    ],
)
def test_an_obstacle_is_told_to_those_who_answer_at_its_level(cast, plan, level, who):
    for number, state in enumerate(("open", "answered"), start=1):
        Obstacle.objects.create(
            plan=plan, unit=cast.a, year=2026, number=number, title="Thiếu kinh phí", text="…", level=level,
            state=state, due_on=DAY + timedelta(days=1), raised_by=cast[Role.UNIT_OFFICER],
        )  # fmt: skip

    make_all(day=DAY)

    assert {role for role, person in cast.people.items() if texts(person)} == who
    assert all(len(texts(cast[role])) == 1 for role in who)


def test_what_waits_to_be_accepted_is_told_to_those_who_accept(cast, plan):
    for days in (1, 1, 2):
        task = task_of(plan, cast.a, end=None, start=None)
        ProgressUpdate.objects.create(
            task=task, unit=cast.a, percent=5, by=cast[Role.UNIT_OFFICER], submitted_at=at(DAY - timedelta(days=days))
        )

    make_all(day=DAY)

    assert {role for role, person in cast.people.items() if texts(person)} == {Role.PROGRAMME_OFFICER}
    assert len(texts(cast[Role.PROGRAMME_OFFICER])) == 1
    assert "2" in texts(cast[Role.PROGRAMME_OFFICER])[0]


def test_a_sheet_is_told_to_who_scores_it_until_it_is_submitted(cast):
    closes = at(DAY + timedelta(days=2), 0)  # at midnight: the day before is the last one
    round_ = RoundFactory(unit=cast.province, closes_at=closes)
    AssessmentFactory(round=round_, unit=cast.a)
    AssessmentFactory(round=round_, unit=cast.b, state="submitted")

    make_all(day=DAY)

    assert len(texts(cast[Role.UNIT_OFFICER])) == 1
    assert texts(cast["sibling"]) == []


# -- Notifications, days off, once a day ----------------------------------------------------------------------------
def test_unread_notifications_are_told_once(cast, plan):
    officer = cast[Role.UNIT_OFFICER]
    record(by=None, action="plans.issued", target=plan, changes={}, unit_path=plan.unit.path, notify=[officer.pk])

    make_all(day=DAY)
    make_all(day=DAY + timedelta(days=1))

    assert len(texts(officer)) == 1
    assert texts(officer, DAY + timedelta(days=1)) == []
    assert Notification.objects.get().read_at is None


def test_on_working_days_only_what_fell_on_days_off_is_told_on_the_next_one(cast, plan):
    officer, head = cast[Role.UNIT_OFFICER], cast[Role.UNIT_HEAD]
    ReminderPreference.objects.create(user=officer, working_days_only=True)
    monday = date(2026, 11, 23)
    sunday = monday - timedelta(days=1)
    task_of(plan, cast.a, end=sunday + timedelta(days=7), start=None)

    make_all(day=sunday)
    make_all(day=monday)

    assert (len(texts(officer, sunday)), len(texts(officer, monday))) == (0, 1)
    assert (len(texts(head, sunday)), len(texts(head, monday))) == (1, 0)
    item = Digest.objects.get(to=officer).lines[0]["items"][0]
    assert (item["due_on"], item["days"]) == ("2026-11-29", 6)


def test_the_same_day_twice_makes_one_digest(cast, plan):
    ends(plan, cast, 1)

    first = make_all(day=DAY)
    ends(plan, cast, 7)
    second = make_all(day=DAY)

    assert (first.new, first.already) == (2, 0)
    assert (second.new, second.already) == (0, 2)
    assert len(texts(cast[Role.UNIT_OFFICER])) == 1


def test_who_wants_no_mail_or_has_no_address_reads_it_in_the_portal(cast, plan):
    ReminderPreference.objects.create(user=cast[Role.UNIT_OFFICER], by_mail=False)
    User.objects.filter(pk=cast[Role.UNIT_HEAD].pk).update(email="")
    mailed = MembershipFactory(unit=cast.a, role=Role.UNIT_OFFICER).user
    ends(plan, cast, 1)

    make_all(day=DAY)

    assert {row.to: row.mail_wanted for row in Digest.objects.all()} == {
        cast[Role.UNIT_OFFICER]: False,
        cast[Role.UNIT_HEAD]: False,
        mailed: True,
    }


def test_who_left_is_told_nothing(cast, plan):
    gone = MembershipFactory(unit=cast.a, role=Role.UNIT_OFFICER, valid_to=DAY - timedelta(days=1)).user
    disabled = MembershipFactory(unit=cast.a, role=Role.UNIT_OFFICER, user__is_active=False).user
    ends(plan, cast, 1)

    make_all(day=DAY)

    assert not Digest.objects.filter(to__in=[gone, disabled]).exists()


@pytest.mark.parametrize("size", [1, 3, 100])
def test_a_batch_costs_the_same_queries_for_one_person_and_for_a_hundred(cast, plan, size, django_assert_num_queries):
    period = period_of(plan, DAY + timedelta(days=1))
    for _number in range(min(size, 3)):
        ends(plan, cast, 1)
        event = EventFactory(plan=plan, starts_at=at(DAY + timedelta(days=7)))
        InvitationFactory(event=event, unit=cast.a)
        DueReport.objects.create(period=period, task=event.plan.tasks.order_by("-pk")[0], unit=cast.a)
        AssessmentFactory(round=RoundFactory(closes_at=at(DAY + timedelta(days=1), 17)), unit=cast.a)
    people = [MembershipFactory(unit=cast.a, role=Role.UNIT_OFFICER).user for _number in range(size)]

    with django_assert_num_queries(21):
        made = make_batch(people=people, day=DAY)

    assert made.new == size
