"""Obstacles: raised and numbered, answered, directed, sent up, reopened, closed; who is told; races."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from activity.models import AuditEvent, Notification
from plans.contexts.holidays import add_working_days
from plans.contexts.obstacles import ageing, bucket_of, level_counts, obstacle_row
from plans.jobs.escalation import escalate_overdue
from plans.models import AnswerDeadline, Obstacle, ObstacleStep, Plan, Task, TaskPerformer
from plans.services import obstacles as services
from plans.services.arising import NobodyPerforms
from plans.services.evidence import withdraw_evidence
from plans.services.standing import PlanIsClosed
from tests.factories.evidence import evidence_of
from tests.factories.obstacles import ObstacleFactory, answered, raised_days_ago
from tests.factories.plans import PlanFactory, task_of
from tests.factories.units import MembershipFactory, make_cast
from units.permissions import Permission, Role

State, Level = Obstacle.State, Obstacle.Level


def raised(cast, **values) -> Obstacle:
    plan = values.pop("plan", None) or PlanFactory(unit=cast.province)
    task = values.pop("task", None) or task_of(plan, cast.a)
    given = {"unit": cast.a, "title": "Thiếu phòng họp", "text": "Không đủ chỗ.", "by": cast[Role.UNIT_OFFICER]}
    return services.raise_obstacle(plan=plan, task=task, **(given | values))


def told(action: str) -> set[int]:
    return set(Notification.objects.filter(event__action=action).values_list("to", flat=True))


# -- Raising -----------------------------------------------------------------------------------------------------------
def test_an_obstacle_is_numbered_dated_and_told(cast):
    obstacle = raised(cast, title="  Thiếu \n phòng họp ", proposal=" Mượn hội trường ")

    today = timezone.localdate()
    assert (obstacle.title, obstacle.proposal) == ("Thiếu phòng họp", "Mượn hội trường")
    assert (obstacle.state, obstacle.level) == (State.OPEN, Level.STANDING_BODY)
    assert obstacle.reference == f"VM-01/{today.year}"
    assert obstacle.due_on == add_working_days(today, 7, cast.province)
    assert told("plans.obstacle_raised") == {cast[Role.PROGRAMME_OFFICER].pk}
    event = AuditEvent.objects.get(action="plans.obstacle_raised")
    assert event.unit_path == cast.a.path


def test_numbers_count_within_the_plan_and_year(cast):
    plan = PlanFactory(unit=cast.province)
    task = task_of(plan, cast.a)
    ObstacleFactory(plan=plan, unit=cast.a, year=timezone.localdate().year - 1, number=40)

    numbers = [raised(cast, plan=plan, task=task).number for _ in range(3)]

    assert numbers == [1, 2, 3]
    assert raised(cast).number == 1


@pytest.mark.parametrize(("level", "days"), [(1, 5), (2, 7)])
def test_the_day_follows_the_level_and_the_provinces_own_rule(cast, level, days):
    AnswerDeadline.objects.create(unit=cast.foreign, level=level, days=99)
    today = timezone.localdate()
    assert raised(cast, level=level).due_on == add_working_days(today, days, cast.province)

    AnswerDeadline.objects.create(unit=cast.province, level=level, days=3)

    assert raised(cast, level=level).due_on == add_working_days(today, 3, cast.province)


def test_a_unit_head_is_told_of_what_is_the_units_own(cast):
    raised(cast, level=Level.UNIT)

    assert told("plans.obstacle_raised") == {cast[Role.UNIT_HEAD].pk}


@pytest.mark.parametrize(
    ("person", "error"),
    [
        (Role.UNIT_OFFICER, None),
        (Role.UNIT_HEAD, None),
        (Role.PROGRAMME_OFFICER, None),
        (Role.OBSERVER, services.MayNotRaise),
        (Role.LEADER, services.MayNotRaise),
        ("sibling", services.MayNotRaise),
        ("foreign", services.MayNotRaise),
    ],
)
def test_who_raises_for_a_unit(cast, person, error):
    if error is None:
        assert raised(cast, by=cast[person]).raised_by == cast[person]
        return
    with pytest.raises(error):
        raised(cast, by=cast[person])
    assert not Obstacle.objects.exists()


def test_an_obstacle_is_of_a_task_that_the_unit_performs(cast):
    plan = PlanFactory(unit=cast.province)
    mine, theirs = task_of(plan, cast.a), task_of(plan, cast.b)

    with pytest.raises(services.NotInvolved):
        raised(cast, plan=plan, task=theirs)
    with pytest.raises(services.NotInvolved):
        raised(cast, plan=PlanFactory(unit=cast.province), task=mine)
    assert services.raise_obstacle(
        plan=plan, unit=cast.a, title="Chung", text="Cả kế hoạch", by=cast[Role.UNIT_OFFICER]
    )


@pytest.mark.parametrize("words", [{"title": "  "}, {"text": " \n "}])
def test_an_obstacle_is_raised_in_words(cast, words):
    with pytest.raises(services.WordsMissing):
        raised(cast, **words)


def test_nothing_is_raised_under_a_closed_plan(cast):
    plan = PlanFactory(unit=cast.province, status=Plan.Status.CLOSED)

    with pytest.raises(PlanIsClosed):
        raised(cast, plan=plan)


def test_files_come_along_and_only_the_units_own(cast):
    own = evidence_of(cast.a, cast[Role.UNIT_OFFICER])
    theirs = evidence_of(cast.b, cast["sibling"], content=b"%PDF-1.7 b")

    assert list(raised(cast, evidence=[own]).evidence.all()) == [own]
    with pytest.raises(services.FileOfAnother):
        raised(cast, evidence=[theirs])
    other = evidence_of(cast.a, cast[Role.UNIT_OFFICER], content=b"%PDF-1.7 c")
    withdraw_evidence(evidence=other, by=cast[Role.UNIT_OFFICER])
    other.refresh_from_db()
    with pytest.raises(services.FileOfAnother):
        raised(cast, evidence=[other])


# -- What follows ------------------------------------------------------------------------------------------------------
def test_an_answer_is_told_to_the_unit(cast):
    obstacle = raised(cast)
    file = evidence_of(cast.province, cast[Role.PROGRAMME_OFFICER])

    step = services.answer_obstacle(
        obstacle=obstacle, text=" Mượn hội trường. ", evidence=[file], by=cast[Role.PROGRAMME_OFFICER]
    )

    obstacle.refresh_from_db()
    assert obstacle.state == State.ANSWERED
    assert (step.kind, step.text, step.level) == (ObstacleStep.Kind.ANSWER, "Mượn hội trường.", Level.STANDING_BODY)
    assert list(step.evidence.all()) == [file]
    assert told("plans.obstacle_answered") == {cast[Role.UNIT_OFFICER].pk, cast[Role.UNIT_HEAD].pk}


def test_a_direction_becomes_a_task_of_the_plan(cast):
    obstacle = raised(cast)
    day = date(2026, 12, 31)

    step = services.direct_obstacle(
        obstacle=obstacle,
        title="Bố trí hội trường",
        performers=[cast.department, cast.b],
        due_on=day,
        by=cast[Role.PROGRAMME_OFFICER],
    )

    obstacle.refresh_from_db()
    assert obstacle.state == State.ANSWERED
    assert (step.task.plan, step.task.origin, step.task.end) == (obstacle.plan, Task.Origin.DIRECTION, day)
    assert list(step.task.performers.values_list("unit", "role")) == [
        (cast.department.pk, TaskPerformer.Role.LEAD),
        (cast.b.pk, TaskPerformer.Role.SUPPORT),
    ]
    assert step.text == "Bố trí hội trường"
    assert told("plans.obstacle_directed") == {cast[Role.UNIT_OFFICER].pk, cast[Role.UNIT_HEAD].pk}
    assert cast["sibling"].pk in told("plans.task_arose")


def test_a_direction_that_names_nobody_changes_nothing(cast):
    obstacle = raised(cast)

    with pytest.raises(NobodyPerforms):
        services.direct_obstacle(
            obstacle=obstacle, title="Bố trí", performers=[], due_on=None, by=cast[Role.PROGRAMME_OFFICER]
        )
    obstacle.refresh_from_db()
    assert obstacle.state == State.OPEN
    assert not obstacle.steps.exists()


def test_passing_on_by_hand_gives_a_new_day_and_tells_both_sides(cast):
    obstacle = raised(cast)

    services.escalate_obstacle(obstacle=obstacle, text="Vượt thẩm quyền", by=cast[Role.PROGRAMME_OFFICER])

    obstacle.refresh_from_db()
    assert obstacle.level == Level.COMMITTEE
    assert obstacle.due_on == add_working_days(timezone.localdate(), 10, cast.province)
    assert told("plans.obstacle_escalated") == {
        cast[Role.LEADER].pk,
        cast[Role.UNIT_OFFICER].pk,
        cast[Role.UNIT_HEAD].pk,
    }


def test_only_what_was_answered_is_closed(cast):
    obstacle = raised(cast)
    with pytest.raises(services.NotInThisState):
        services.close_obstacle(obstacle=obstacle, by=cast[Role.UNIT_OFFICER])
    services.note_obstacle(obstacle=obstacle, text="Đang chờ", by=cast[Role.UNIT_OFFICER])
    with pytest.raises(services.NotInThisState):
        services.close_obstacle(obstacle=obstacle, by=cast[Role.PROGRAMME_OFFICER])

    services.answer_obstacle(obstacle=obstacle, text="Đã có", by=cast[Role.PROGRAMME_OFFICER])
    services.close_obstacle(obstacle=obstacle, by=cast[Role.UNIT_OFFICER])

    obstacle.refresh_from_db()
    assert obstacle.state == State.CLOSED
    assert obstacle.closed_at is not None
    assert told("plans.obstacle_closed") == {cast[Role.PROGRAMME_OFFICER].pk, cast[Role.UNIT_HEAD].pk}


def test_an_answer_that_does_not_help_opens_it_again(cast):
    obstacle = raised(cast)
    services.answer_obstacle(obstacle=obstacle, text="Đã có", by=cast[Role.PROGRAMME_OFFICER])
    services.close_obstacle(obstacle=obstacle, by=cast[Role.UNIT_OFFICER])
    Obstacle.objects.update(due_on=date(2020, 1, 1))

    services.reopen_obstacle(obstacle=obstacle, text="Vẫn thiếu", by=cast[Role.UNIT_OFFICER])

    obstacle.refresh_from_db()
    assert (obstacle.state, obstacle.closed_at) == (State.OPEN, None)
    assert obstacle.due_on > timezone.localdate()
    assert [step.kind for step in obstacle.steps.all()] == ["answer", "closing", "reopening"]


@pytest.mark.parametrize("act", ["answer", "note", "escalate"])
def test_empty_words_are_refused(cast, act):
    obstacle = raised(cast)
    service = getattr(services, f"{act}_obstacle")

    with pytest.raises(services.WordsMissing):
        service(obstacle=obstacle, text="  ", by=cast[Role.PROGRAMME_OFFICER])
    assert not obstacle.steps.exists()


def test_who_writes_on_an_older_page_is_told_who_was_there(cast):
    obstacle = raised(cast)
    services.answer_obstacle(obstacle=obstacle, text="Một", version=1, by=cast[Role.PROGRAMME_OFFICER])

    with pytest.raises(services.ObstacleChanged) as refused:
        services.answer_obstacle(obstacle=obstacle, text="Hai", version=1, by=cast[Role.ADMINISTRATOR])

    assert str(cast[Role.PROGRAMME_OFFICER]) in str(refused.value)
    assert obstacle.steps.count() == 1


def test_a_closed_plan_still_settles_its_obstacles_but_gives_no_task(cast):
    obstacle = raised(cast)
    Plan.objects.update(status=Plan.Status.CLOSED)

    with pytest.raises(PlanIsClosed):
        services.direct_obstacle(
            obstacle=obstacle, title="x", performers=[cast.a], due_on=None, by=cast[Role.PROGRAMME_OFFICER]
        )
    assert services.answer_obstacle(obstacle=obstacle, text="Xong", by=cast[Role.PROGRAMME_OFFICER])


# -- Going up by itself ------------------------------------------------------------------------------------------------
def test_what_nobody_answered_goes_up_once_a_deadline(cast, capsys):
    today = timezone.localdate()
    plan = PlanFactory(unit=cast.province)
    late = ObstacleFactory(plan=plan, unit=cast.a, due_on=today - timedelta(days=1), raised_by=cast[Role.UNIT_OFFICER])
    due_today = ObstacleFactory(plan=plan, unit=cast.a, due_on=today)
    settled = ObstacleFactory(plan=plan, unit=cast.a, due_on=today - timedelta(days=9))
    answered(settled, cast[Role.PROGRAMME_OFFICER])
    highest = ObstacleFactory(plan=plan, unit=cast.a, due_on=today - timedelta(days=9), level=4)

    call_command("escalate_obstacles")
    call_command("escalate_obstacles")

    assert capsys.readouterr().out.split("\n")[:2] == ["1 escalated", "0 escalated"]
    assert list(Obstacle.objects.filter(version__gt=1)) == [late]
    late.refresh_from_db()
    assert (late.level, late.due_on) == (3, add_working_days(today, 10, cast.province))
    step = late.steps.get()
    assert (step.kind, step.by, step.level) == ("escalation", None, 3)
    assert {cast[Role.LEADER].pk, cast[Role.UNIT_OFFICER].pk} <= told("plans.obstacle_escalated")
    assert AuditEvent.objects.get(action="plans.obstacle_escalated").channel == "timer"
    assert not due_today.steps.exists()
    assert not highest.steps.exists()


def test_left_alone_it_climbs_to_the_top_and_stays(cast):
    obstacle = raised(cast, level=Level.UNIT)
    levels = []
    for _ in range(6):
        obstacle.refresh_from_db()
        levels.append(obstacle.level)
        escalate_overdue(today=obstacle.due_on + timedelta(days=1))

    assert levels == [1, 2, 3, 4, 4, 4]
    assert obstacle.steps.count() == 3


# -- Figures -----------------------------------------------------------------------------------------------------------
def test_levels_are_counted_in_one_query(cast, django_assert_num_queries):
    plan, today = PlanFactory(unit=cast.province), timezone.localdate()
    ObstacleFactory.create_batch(3, plan=plan, unit=cast.a, due_on=today - timedelta(days=1))
    ObstacleFactory.create_batch(2, plan=plan, unit=cast.a, level=3)
    ObstacleFactory(plan=plan, unit=cast.a, level=3, state=State.ANSWERED)
    ObstacleFactory(plan=plan, unit=cast.a, level=3, state=State.CLOSED)

    with django_assert_num_queries(1):
        counts = level_counts(Obstacle.objects.all(), today=today)

    assert [(each.open, each.late, each.answered) for each in counts] == [(0, 0, 0), (3, 3, 0), (2, 0, 1), (0, 0, 0)]


@pytest.mark.parametrize(("age", "bucket"), [(0, 0), (7, 0), (8, 1), (15, 1), (16, 2), (30, 2), (31, 3), (400, 3)])
def test_ages_fall_into_buckets(age, bucket):
    assert bucket_of(age) == bucket


def test_ageing_counts_what_is_not_closed_by_level_and_age(cast):
    plan, today = PlanFactory(unit=cast.province), timezone.localdate()
    for days, level in ((0, 2), (8, 2), (31, 3), (31, 3)):
        raised_days_ago(ObstacleFactory(plan=plan, unit=cast.a, level=level), days)
    raised_days_ago(ObstacleFactory(plan=plan, unit=cast.a, state=State.CLOSED), 40)

    table = ageing(obstacle_row(each, today=today) for each in Obstacle.objects.all())

    assert [row.counts for row in table.rows] == [(0, 0, 0, 0), (1, 1, 0, 0), (0, 0, 0, 2), (0, 0, 0, 0)]
    assert (table.totals, table.total) == ((1, 1, 0, 2), 4)


@pytest.mark.parametrize(
    ("person", "seen"),
    [
        (Role.UNIT_OFFICER, {"a"}),
        (Role.OBSERVER, {"a"}),
        ("sibling", {"b"}),
        (Role.PROGRAMME_OFFICER, {"a", "b"}),
        (Role.LEADER, {"a", "b"}),
        ("foreign", set()),
        ("stranger", set()),
    ],
)
def test_who_sees_which_obstacles(cast, person, seen):
    plan = PlanFactory(unit=cast.province)
    ObstacleFactory(plan=plan, unit=cast.a, title="a")
    ObstacleFactory(plan=plan, unit=cast.b, title="b")

    found = Obstacle.objects.allowed_to(cast[person], Permission.PLAN_VIEW)

    assert {each.title for each in found} == seen


# -- Two at once -------------------------------------------------------------------------------------------------------
def at_once(acts):
    start = Barrier(len(acts), timeout=30)

    def run(act):
        try:
            start.wait()
            return act()
        except services.ObstacleRefused as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.mark.django_db(transaction=True)
def test_eight_raise_at_once_and_no_number_is_given_twice():
    cast = make_cast()
    plan = PlanFactory(unit=cast.province)
    task = task_of(plan, cast.a)
    people = [MembershipFactory(unit=cast.a, role=Role.UNIT_OFFICER).user for _ in range(8)]

    made = at_once([lambda person=person: raised(cast, plan=plan, task=task, by=person) for person in people])

    assert sorted(each.number for each in made) == list(range(1, 9))


@pytest.mark.django_db(transaction=True)
def test_many_timers_send_it_up_one_level_once():
    cast = make_cast()
    today = timezone.localdate()
    obstacle = ObstacleFactory(
        plan=PlanFactory(unit=cast.province), unit=cast.a, due_on=today - timedelta(days=1), raised_by=cast["sibling"]
    )

    sent = at_once([escalate_overdue] * 6)

    obstacle.refresh_from_db()
    assert [pk for each in sent for pk in each] == [obstacle.pk]
    assert obstacle.level == 3
    assert obstacle.steps.count() == 1


@pytest.mark.django_db(transaction=True)
def test_closing_while_another_answers_has_one_order_and_loses_nothing():
    cast = make_cast()
    obstacle = ObstacleFactory(plan=PlanFactory(unit=cast.province), unit=cast.a, raised_by=cast[Role.UNIT_OFFICER])
    answered(obstacle, cast[Role.PROGRAMME_OFFICER])

    outcomes = at_once(
        [
            lambda: services.close_obstacle(obstacle=obstacle, version=1, by=cast[Role.UNIT_OFFICER]),
            lambda: services.answer_obstacle(
                obstacle=obstacle, text="Thêm", version=1, by=cast[Role.PROGRAMME_OFFICER]
            ),
        ]
    )

    won = [each for each in outcomes if isinstance(each, ObstacleStep)]
    lost = [each for each in outcomes if isinstance(each, services.ObstacleChanged)]
    obstacle.refresh_from_db()
    assert (len(won), len(lost)) == (1, 1)
    assert obstacle.version == 2
    assert obstacle.steps.count() == 2
    assert obstacle.state == (State.CLOSED if won[0].kind == "closing" else State.ANSWERED)
