"""The one rule of who may see what."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories.units import MembershipFactory
from units.access import allowed_units
from units.permissions import Permission, Role

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("person", "names"),
    [
        (Role.PROGRAMME_OFFICER, {"province", "department", "a", "a1", "b"}),
        (Role.LEADER, {"province", "department", "a", "a1", "b"}),
        (Role.UNIT_OFFICER, {"a"}),
        (Role.UNIT_HEAD, {"a"}),
        (Role.OBSERVER, {"a"}),
        ("sibling", {"b"}),
        ("commune", {"a1"}),
        ("foreign", {"foreign"}),
        ("stranger", set()),
    ],
)
def test_a_person_reaches_their_own_units_and_no_others(cast, person, names):
    reached = set(allowed_units(cast[person], Permission.PLAN_VIEW))

    assert reached == {getattr(cast, name) for name in names}


def test_a_membership_holds_from_its_first_to_its_last_day(cast):
    today = timezone.localdate()
    ended = MembershipFactory(unit=cast.a, valid_to=today - timedelta(days=1)).user
    to_come = MembershipFactory(unit=cast.a, valid_from=today + timedelta(days=1)).user
    last_day = MembershipFactory(unit=cast.a, valid_from=today, valid_to=today).user

    reached = [allowed_units(user, Permission.PLAN_VIEW).exists() for user in (ended, to_come, last_day)]

    assert reached == [False, False, True]


def test_a_disabled_person_reaches_nothing(cast):
    officer = cast[Role.PROGRAMME_OFFICER]
    officer.is_active = False

    assert not allowed_units(officer, Permission.PLAN_VIEW).exists()


def test_the_rule_costs_one_query_a_person_and_is_then_part_of_others(cast, django_assert_num_queries):
    officer = cast[Role.PROGRAMME_OFFICER]

    with django_assert_num_queries(2):
        list(allowed_units(officer, Permission.PLAN_VIEW))
    with django_assert_num_queries(1):
        list(allowed_units(officer, Permission.BUDGET_VIEW))
