"""Which sheets are late and who is reminded: by state and by the unit's own deadline, an extension considered."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from assessments.contexts import late_sheets
from assessments.contexts.reminders import sheet_reminders
from assessments.models import Assessment, Extension, Round
from plans.contexts.reminders import Reader
from tests.factories.rounds import START, opened, phases, prepared, sheet_of
from units.permissions import Role

pytestmark = pytest.mark.django_db
STATES = [state.value for state in Assessment.State if state not in {"approved", "published"}]
LAST = (START + timedelta(days=10)).date()


def chased(cast, **kwargs):
    found = late_sheets(user=cast[Role.PROGRAMME_OFFICER], as_of=LAST + timedelta(days=2), **kwargs)
    return [(item.unit, item.due_on, item.late_days) for item in found]


@pytest.mark.parametrize("state", STATES)
def test_what_a_unit_has_not_submitted_is_late(cast, state):
    round_ = opened(cast, cast.a)
    Assessment.objects.filter(round=round_).update(state=state)

    late = state in {"scoring", "head_review", "returned"}
    assert chased(cast) == ([(cast.a, LAST, 2)] if late else [])


def test_an_extension_moves_the_day_of_one_unit(cast):
    round_ = opened(cast, cast.a, cast.b)
    Extension.objects.create(
        assessment=sheet_of(round_, cast.a),
        phase="self_score",
        until=phases().closes_at + timedelta(days=1),
        reason="vì",
        by=round_.created_by,
    )

    assert set(chased(cast)) == {(cast.b, LAST, 2), (cast.a, LAST + timedelta(days=1), 1)}
    as_of = LAST + timedelta(days=1)
    assert [item.unit for item in late_sheets(user=cast[Role.PROGRAMME_OFFICER], as_of=as_of)] == [cast.b]
    other = opened(cast, cast.a1, year=2027)
    assert chased(cast, round_=other) == [(cast.a1, LAST, 2)]


def test_rounds_that_do_not_run_owe_nothing(cast):
    prepared(cast, cast.a)
    settled = opened(cast, cast.b, year=2027)
    Round.objects.filter(pk=settled.pk).update(state="published")

    assert chased(cast) == []


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("scoring", {Role.UNIT_OFFICER, Role.UNIT_HEAD}),
        ("returned", {Role.UNIT_OFFICER, Role.UNIT_HEAD}),
        ("head_review", {Role.UNIT_HEAD}),
        ("submitted", set()),
    ],
)
def test_who_has_the_sheet_is_reminded_of_the_units_own_day(cast, state, told):
    round_ = opened(cast, cast.a)
    Assessment.objects.filter(round=round_).update(state=state)
    until = phases().closes_at + timedelta(days=4)
    Extension.objects.create(
        assessment=sheet_of(round_, cast.a), phase="self_score", until=until, reason="vì", by=round_.created_by
    )

    def lines(day):
        people = {role: cast[role] for role in (Role.UNIT_OFFICER, Role.UNIT_HEAD, Role.PROGRAMME_OFFICER)}
        readers = [
            Reader(user_id=person.pk, by_mail=False, due_days=frozenset({day}), roles=person.held_roles)
            for person in people.values()
        ]
        found = sheet_reminders(readers=readers, day=day)
        return {role for role, person in people.items() if person.pk in found}

    assert lines(timezone.localtime(until).date()) == told
    assert lines(LAST) == set()
