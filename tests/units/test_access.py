"""The one rule of who may see what."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories.units import MembershipFactory
from units.access import allowed_units, holders, holds_in
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


def test_who_holds_a_right_in_a_unit_is_told_the_same_whichever_way_it_is_asked(cast, django_assert_num_queries):
    people = [person for role, person in cast.people.items() if role != Role.ADMINISTRATOR]
    units = [cast.province, cast.department, cast.a, cast.a1, cast.b, cast.foreign]
    permissions = [Permission.PLAN_DECIDE, Permission.PLAN_EDIT, Permission.TASK_REPORT, Permission.AUDIT_VIEW]

    for permission in permissions:
        for unit in units:
            reached = {person.pk for person in people if allowed_units(person, permission).filter(pk=unit.pk).exists()}
            assert holders(permission, unit) == reached
            assert {person.pk for person in people if holds_in(person, permission, unit)} == reached
    with django_assert_num_queries(1):
        holders(Permission.PLAN_DECIDE, cast.a1)
    with django_assert_num_queries(0):
        holds_in(cast[Role.LEADER], Permission.PLAN_DECIDE, cast.a1)


def test_who_left_or_is_disabled_is_not_told(cast):
    today = timezone.localdate()
    MembershipFactory(unit=cast.b, role=Role.UNIT_HEAD, valid_to=today - timedelta(days=1))
    MembershipFactory(unit=cast.b, role=Role.UNIT_HEAD, user__is_active=False)
    head = MembershipFactory(unit=cast.b, role=Role.UNIT_HEAD).user

    told = holders(Permission.PLAN_ISSUE, cast.b)

    assert told == {head.pk, cast[Role.PROGRAMME_OFFICER].pk}
