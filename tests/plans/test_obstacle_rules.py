"""Who may do what with an obstacle in which state and at which level: every state × act × role × level."""

from __future__ import annotations

from itertools import product

import pytest

from plans.contexts.obstacles import acts_on, only_records
from plans.models import Obstacle
from plans.permissions import OBSTACLE_ACTS, ObstacleAct
from plans.services import obstacles as services
from tests.factories.obstacles import ObstacleFactory
from tests.factories.plans import PlanFactory
from units.permissions import Role

A = ObstacleAct
OPEN, ANSWERED, CLOSED = Obstacle.State.OPEN, Obstacle.State.ANSWERED, Obstacle.State.CLOSED
UNIT, STANDING, COMMITTEE, PEOPLES = Obstacle.Level.values
PEOPLE = [*Role, "sibling", "commune", "foreign", "stranger"]

# What each person may do with an obstacle of unit A under a plan of the province, by state and level. Who is not named
# may do nothing. The words stand here on their own: they are not made from the table that they hold to account.
SETTLES = {A.NOTE, A.REOPEN, A.CLOSE}
EXPECTED: dict[tuple[str, int], dict[str, set[ObstacleAct]]] = {
    (OPEN, UNIT): {
        Role.UNIT_HEAD: {A.NOTE, A.ANSWER, A.DIRECT, A.ESCALATE},
        Role.UNIT_OFFICER: {A.NOTE},
        Role.PROGRAMME_OFFICER: {A.NOTE, A.ESCALATE},
        Role.LEADER: {A.NOTE, A.ESCALATE},
        Role.ADMINISTRATOR: {A.NOTE, A.ANSWER, A.DIRECT, A.ESCALATE},
    },
    (OPEN, STANDING): {
        Role.UNIT_HEAD: {A.NOTE},
        Role.UNIT_OFFICER: {A.NOTE},
        Role.PROGRAMME_OFFICER: {A.NOTE, A.ANSWER, A.DIRECT, A.ESCALATE},
        Role.LEADER: {A.NOTE, A.ESCALATE},
        Role.ADMINISTRATOR: {A.NOTE, A.ANSWER, A.DIRECT, A.ESCALATE},
    },
    (OPEN, COMMITTEE): {
        Role.UNIT_HEAD: {A.NOTE},
        Role.UNIT_OFFICER: {A.NOTE},
        Role.PROGRAMME_OFFICER: {A.NOTE, A.ANSWER, A.DIRECT, A.ESCALATE},
        Role.LEADER: {A.NOTE, A.ANSWER, A.DIRECT, A.ESCALATE},
        Role.ADMINISTRATOR: {A.NOTE, A.ANSWER, A.DIRECT, A.ESCALATE},
    },
    (OPEN, PEOPLES): {
        Role.UNIT_HEAD: {A.NOTE},
        Role.UNIT_OFFICER: {A.NOTE},
        Role.PROGRAMME_OFFICER: {A.NOTE, A.ANSWER, A.DIRECT},
        Role.LEADER: {A.NOTE, A.ANSWER, A.DIRECT},
        Role.ADMINISTRATOR: {A.NOTE, A.ANSWER, A.DIRECT},
    },
    (ANSWERED, UNIT): {
        Role.UNIT_HEAD: SETTLES | {A.ANSWER, A.DIRECT},
        Role.UNIT_OFFICER: SETTLES,
        Role.PROGRAMME_OFFICER: SETTLES,
        Role.LEADER: SETTLES,
        Role.ADMINISTRATOR: SETTLES | {A.ANSWER, A.DIRECT},
    },
    (ANSWERED, STANDING): {
        Role.UNIT_HEAD: SETTLES,
        Role.UNIT_OFFICER: SETTLES,
        Role.PROGRAMME_OFFICER: SETTLES | {A.ANSWER, A.DIRECT},
        Role.LEADER: SETTLES,
        Role.ADMINISTRATOR: SETTLES | {A.ANSWER, A.DIRECT},
    },
    **{
        (ANSWERED, level): {
            Role.UNIT_HEAD: SETTLES,
            Role.UNIT_OFFICER: SETTLES,
            Role.PROGRAMME_OFFICER: SETTLES | {A.ANSWER, A.DIRECT},
            Role.LEADER: SETTLES | {A.ANSWER, A.DIRECT},
            Role.ADMINISTRATOR: SETTLES | {A.ANSWER, A.DIRECT},
        }
        for level in (COMMITTEE, PEOPLES)
    },
    **{
        (CLOSED, level): {
            person: {A.REOPEN}
            for person in (Role.UNIT_HEAD, Role.UNIT_OFFICER, Role.PROGRAMME_OFFICER, Role.LEADER, Role.ADMINISTRATOR)
        }
        for level in Obstacle.Level.values
    },
}


@pytest.mark.parametrize(("state", "level"), list(product(Obstacle.State.values, Obstacle.Level.values)))
def test_each_person_may_do_what_the_table_says(cast, state, level):
    obstacle = ObstacleFactory(plan=PlanFactory(unit=cast.province), unit=cast.a, state=state, level=level)

    allowed = {person: acts for person in PEOPLE if (acts := set(acts_on(obstacle=obstacle, user=cast[person])))}

    assert allowed == EXPECTED[state, level]


def call(act: ObstacleAct, obstacle: Obstacle, by):
    if act == A.DIRECT:
        return services.direct_obstacle(
            obstacle=obstacle, title="Bố trí", performers=[obstacle.unit], due_on=None, document="Số 1", by=by
        )
    if act == A.ANSWER:
        return services.answer_obstacle(obstacle=obstacle, text="Trả lời", document="Số 1", by=by)
    acts = {
        A.NOTE: services.note_obstacle,
        A.ESCALATE: services.escalate_obstacle,
        A.REOPEN: services.reopen_obstacle,
        A.CLOSE: services.close_obstacle,
    }
    return acts[act](obstacle=obstacle, text="Lý do", by=by)


@pytest.mark.parametrize("level", Obstacle.Level.values)
@pytest.mark.parametrize(("state", "act"), list(product(Obstacle.State.values, ObstacleAct)))
def test_the_services_hold_to_the_same_table(cast, state, act, level):
    plan = PlanFactory(unit=cast.province)
    for person in PEOPLE:
        obstacle = ObstacleFactory(plan=plan, unit=cast.a, state=state, level=level)
        if act in EXPECTED[state, level].get(person, set()):
            step = call(act, obstacle, cast[person])
            obstacle.refresh_from_db()
            assert step.obstacle == obstacle
            assert obstacle.state == (OBSTACLE_ACTS[act].to or state)
            assert obstacle.version == 2
            continue
        with pytest.raises((services.MayNotAct, services.NotInThisState, services.NoLevelAbove)):
            call(act, obstacle, cast[person])
        obstacle.refresh_from_db()
        assert (obstacle.state, obstacle.level, obstacle.version) == (state, level, 1)
        assert not obstacle.steps.exists()


@pytest.mark.parametrize(
    ("person", "level", "records"),
    [
        (Role.PROGRAMME_OFFICER, STANDING, False),
        (Role.PROGRAMME_OFFICER, COMMITTEE, True),
        (Role.PROGRAMME_OFFICER, PEOPLES, True),
        (Role.LEADER, COMMITTEE, False),
        (Role.ADMINISTRATOR, PEOPLES, False),
    ],
)
def test_an_officer_records_the_leaders_answer_and_names_its_document(cast, person, level, records):
    obstacle = ObstacleFactory(plan=PlanFactory(unit=cast.province), unit=cast.a, level=level)
    assert only_records(obstacle=obstacle, user=cast[person]) is records

    if records:
        with pytest.raises(services.DocumentMissing):
            services.answer_obstacle(obstacle=obstacle, text="Đồng ý", by=cast[person])
    step = services.answer_obstacle(
        obstacle=obstacle, text="Đồng ý", document=" Công văn 12/UBND-KGVX " if records else "", by=cast[person]
    )
    assert step.document == ("Công văn 12/UBND-KGVX" if records else "")
