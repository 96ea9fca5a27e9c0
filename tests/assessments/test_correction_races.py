"""Two people at the same corrective action, and two new ones of a unit, at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from assessments.models import CorrectiveAction, CorrectiveStep
from assessments.services.correcting import StaleCorrectiveAction, check_correction
from assessments.services.corrective_actions import CorrectionRefused, raise_by_hand
from tests.factories.corrective_actions import make_correction
from tests.factories.units import make_cast
from units.permissions import Role

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts):
    """What each act returns, or its refusal, when all start together, each on a connection of its own."""
    start = Barrier(len(acts), timeout=30)

    def run(act):
        try:
            start.wait()
            return act()
        except CorrectionRefused as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_those_raised_at_once_take_different_numbers():
    cast = make_cast()
    by = [cast[Role.PROGRAMME_OFFICER], cast[Role.ASSESSOR], cast[Role.UNIT_HEAD]]

    made = at_once(*(lambda who=who: raise_by_hand(unit=cast.a, title="Sai", by=who) for who in by))

    assert sorted(each.number for each in made) == [1, 2, 3]


def test_of_two_who_check_at_once_one_is_told_of_the_other():
    cast = make_cast()
    action = make_correction(cast.a, by=cast[Role.UNIT_HEAD], state=CorrectiveAction.State.DONE)

    def check(who, effective):
        return check_correction(action=action, effective=effective, text="Đã xem", expected_version=1, by=who)

    outcomes = at_once(lambda: check(cast[Role.ASSESSOR], True), lambda: check(cast[Role.PROGRAMME_OFFICER], False))

    assert [type(each) for each in outcomes].count(StaleCorrectiveAction) == 1
    assert CorrectiveStep.objects.filter(kind__in=["effective", "ineffective"]).count() == 1
