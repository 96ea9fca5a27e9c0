"""Two people who run one round at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from activity.models import AuditEvent
from assessments.models import Assignment, Round
from assessments.services import rounds, teams
from assessments.services.phases import RoundRefused
from tests.factories.rounds import assessors, opened, prepared, team
from tests.factories.units import UnitFactory, make_cast
from units.permissions import Role

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each act returns, or its refusal, when all start together, each on a connection of its own."""
    start = Barrier(len(acts), timeout=30)

    def run(act):
        try:
            start.wait()
            return act()
        except (RoundRefused, teams.TeamRefused) as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_two_who_share_at_once_share_once():
    cast = make_cast()
    units = [UnitFactory(parent=cast.province) for _each in range(5)]
    round_ = opened(cast, *units, second_assessor=True)
    team(cast, round_, assessors(cast, 3))
    people = [cast[Role.PROGRAMME_OFFICER], cast[Role.ADMINISTRATOR]]

    shares = at_once(*(lambda by=by: teams.assign_evenly(round=round_, by=by) for by in people))

    assert sorted(len(share.placed) for share in shares) == [0, 10]
    assert Assignment.objects.count() == 10
    assert AuditEvent.objects.filter(action="assessments.assigned").count() == 1


def test_two_who_open_at_once_open_once():
    cast = make_cast()
    round_ = prepared(cast, cast.a)
    people = [cast[Role.PROGRAMME_OFFICER], cast[Role.ADMINISTRATOR]]

    outcomes = at_once(*(lambda by=by: rounds.open_prepared(round=round_, by=by) for by in people))

    assert sorted(isinstance(each, rounds.RoundIsOpen) for each in outcomes) == [False, True]
    assert AuditEvent.objects.filter(action="assessments.round_opened").count() == 1


def test_two_who_prepare_the_same_round_make_one():
    cast = make_cast()
    prepared(cast, year=2001)  # the sets are there

    outcomes = at_once(lambda: prepared(cast), lambda: prepared(cast))

    assert sorted(isinstance(each, rounds.RoundExists) for each in outcomes) == [False, True]
    assert Round.objects.filter(year=2026).count() == 1


def test_a_place_that_two_give_away_at_once_goes_to_one():
    cast = make_cast()
    round_ = opened(cast, cast.a)
    sheet = round_.assessments.get()
    one, two = assessors(cast, 2)
    team(cast, round_, [one, two])
    by = cast[Role.PROGRAMME_OFFICER]

    outcomes = at_once(
        *(lambda who=who: teams.assign(assessment=sheet, place=1, assessor=who, reason="", by=by) for who in (one, two))
    )

    assert sorted(isinstance(each, teams.AssignmentChanged) for each in outcomes) == [False, True]
    assert Assignment.objects.count() == 1
