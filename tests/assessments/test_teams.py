"""Teams of assessors and who verifies which sheet: evenly, never one's own unit, and by hand with a reason."""

from __future__ import annotations

from collections import Counter

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from activity.models import AuditEvent, Notification
from assessments.contexts.sharing import Unplaced
from assessments.models import Assessment, Assignment, Round, Team
from assessments.services import teams
from assessments.services.phases import ReasonMissing, RoundSettled
from tests.factories.rounds import assessors, opened, prepared, sheet_of, team
from tests.factories.units import MembershipFactory, UnitFactory
from units.permissions import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def by(cast):
    return cast[Role.PROGRAMME_OFFICER]


def told_of(action):
    return set(Notification.objects.filter(event__action=action).values_list("to", flat=True))


def test_a_team_is_of_assessors_of_the_province(cast, by):
    round_ = prepared(cast, cast.a)
    one, two = assessors(cast, 2)
    given = {"round": round_, "title": "Tổ 1", "chair": two, "members": [one], "by": by}

    made = teams.make_team(**given)

    assert ([*made.members.all()], made.chair, told_of("assessments.team_made")) == ([one], two, {one.pk, two.pk})
    for changed, refusal in [
        ({}, teams.TitleTaken),
        ({"title": "Tổ 2", "members": []}, teams.NoMembers),
        ({"title": "Tổ 2", "members": [cast[Role.UNIT_HEAD]]}, teams.NotAssessors),
        ({"title": "Tổ 2", "chair": cast["foreign"]}, teams.NotAssessors),
        ({"title": "Tổ 2", "by": one}, PermissionDenied),
    ]:
        with pytest.raises(refusal) as refused:
            teams.make_team(**(given | changed))
        assert str(refused.value) or refusal is PermissionDenied


def test_sheets_are_shared_evenly_and_nobody_gets_their_own_unit(cast, by):
    one, two = assessors(cast, 2)
    MembershipFactory(user=one, unit=cast.a, role=Role.OBSERVER)
    round_ = opened(cast, cast.a, cast.b, cast.a1, cast.department)
    team(cast, round_, [one, two])

    share = teams.assign_evenly(round=round_, by=by)

    held = Assignment.objects.filter(assessment__round=round_)
    assert Counter(held.values_list("assessor", flat=True)) == {one.pk: 2, two.pk: 2} == share.loads
    assert held.get(assessment__unit=cast.a).assessor == two
    assert told_of("assessments.assigned") == {one.pk, two.pk}
    assert teams.assign_evenly(round=round_, by=by).placed == {}
    assert AuditEvent.objects.filter(action="assessments.assigned").count() == 1


def test_a_second_assessor_is_another_person_or_said_to_be_missing(cast, by):
    round_ = opened(cast, cast.a, cast.b, second_assessor=True)
    one, two = assessors(cast, 2)
    team(cast, round_, [one])

    alone = teams.assign_evenly(round=round_, by=by)
    assert set(alone.unplaced.values()) == {Unplaced.NO_SECOND}
    team(cast, round_, [two], title="Tổ 2")
    teams.assign_evenly(round=round_, by=by)

    for sheet in Assessment.objects.filter(round=round_):
        assert dict(sheet.assignments.values_list("place", "assessor")) == {1: one.pk, 2: two.pk}


def test_what_is_past_verification_is_given_to_nobody(cast, by):
    round_ = opened(cast, cast.a, cast.b)
    team(cast, round_, assessors(cast, 1))
    Assessment.objects.filter(unit=cast.a).update(state="proposed")

    share = teams.assign_evenly(round=round_, by=by)

    assert list(share.placed) == [(sheet_of(round_, cast.b).pk, 1)]


def test_the_preview_is_what_is_done_or_it_is_shown_again(cast, by):
    round_ = opened(cast, cast.a, cast.b)
    with pytest.raises(teams.NoTeam):
        teams.assign_evenly(round=round_, by=by)
    one, two = assessors(cast, 2)
    made = team(cast, round_, [one])
    seen = teams.sharing(round_)
    teams.change_team(team=made, title=made.title, chair=None, members=[one, two], by=by)

    with pytest.raises(teams.SharingChanged):
        teams.assign_evenly(round=round_, by=by, seen=seen.digest)
    assert not Assignment.objects.exists()
    again = teams.sharing(round_)
    assert teams.assign_evenly(round=round_, by=by, seen=again.digest).placed == again.placed


def test_who_lost_the_office_gets_nothing_more(cast, by):
    round_ = opened(cast, cast.a, cast.b)
    one, two = assessors(cast, 2)
    team(cast, round_, [one, two])
    two.memberships.all().delete()

    assert set(teams.assign_evenly(round=round_, by=by).placed.values()) == {one.pk}


def test_a_sheet_goes_to_another_assessor_by_hand(cast, by):
    round_ = opened(cast, cast.a, cast.b)
    one, two, three = assessors(cast, 3)
    team(cast, round_, [one, two])
    sheet = sheet_of(round_, cast.a)
    given = {"assessment": sheet, "place": 1, "by": by}
    teams.assign(**given, assessor=one, reason="")

    teams.assign(**given, assessor=two, reason="Nghỉ phép", expected=one.pk)

    held = Assignment.objects.get(assessment=sheet)
    event = AuditEvent.objects.filter(action="assessments.reassigned").latest("pk")
    assert (held.assessor, event.reason) == (two, "Nghỉ phép")
    assert set(Notification.objects.filter(event=event).values_list("to", flat=True)) == {one.pk, two.pk}
    MembershipFactory(user=one, unit=cast.a, role=Role.UNIT_OFFICER)
    for changed, refusal in [
        ({"assessor": three, "reason": "x", "expected": two.pk}, teams.NotInTeams),
        ({"assessor": one, "reason": "x", "expected": two.pk}, teams.OwnUnit),
        ({"assessor": two, "reason": "x", "expected": two.pk}, teams.AlreadyOnSheet),
        ({"assessor": two, "reason": "x", "expected": one.pk}, teams.AssignmentChanged),
        ({"assessor": two, "reason": "x", "expected": None}, teams.AssignmentChanged),
        ({"assessor": two, "reason": "x", "expected": two.pk, "by": cast[Role.LEADER]}, PermissionDenied),
    ]:
        with pytest.raises(refusal) as refused:
            teams.assign(**(given | changed))
        assert str(refused.value) or refusal is PermissionDenied
    team(cast, round_, [three], title="Tổ 2")
    with pytest.raises(ReasonMissing):
        teams.assign(**given, assessor=three, reason=" ", expected=two.pk)
    Assignment.objects.update(finished_at=timezone.now())
    with pytest.raises(teams.AlreadyFinished):
        teams.assign(**given, assessor=three, reason="x", expected=two.pk)


def test_a_member_with_sheets_stays_and_so_does_their_team(cast, by):
    round_ = opened(cast, cast.a, cast.b)
    one, two = assessors(cast, 2)
    made = team(cast, round_, [one, two])
    teams.assign_evenly(round=round_, by=by)

    with pytest.raises(teams.TeamHasSheets) as refused:
        teams.change_team(team=made, title="Tổ", chair=None, members=[one], by=by)
    assert two.full_name in str(refused.value)
    with pytest.raises(teams.TeamHasSheets):
        teams.remove_team(team=made, by=by)
    empty = team(cast, round_, [one], title="Thừa")
    teams.remove_team(team=empty, by=by)

    assert [*Team.objects.all()] == [made]


@pytest.mark.parametrize("state", ["approved", "published"])
def test_a_settled_round_changes_no_team_and_no_assignment(cast, by, state):
    round_ = opened(cast, cast.a)
    made = team(cast, round_, assessors(cast, 1))
    Round.objects.filter(pk=round_.pk).update(state=state)

    for act in (
        lambda: team(cast, round_, assessors(cast, 1), title="khác"),
        lambda: teams.change_team(team=made, title="khác", chair=None, members=assessors(cast, 1), by=by),
        lambda: teams.remove_team(team=made, by=by),
        lambda: teams.assign_evenly(round=round_, by=by),
        lambda: teams.assign(
            assessment=sheet_of(round_, cast.a), place=1, assessor=cast[Role.ASSESSOR], reason="x", by=by
        ),
    ):
        with pytest.raises(RoundSettled):
            act()


@pytest.mark.parametrize("count", [1, 3])
def test_sharing_costs_the_same_for_one_sheet_and_three(cast, django_assert_num_queries, count):
    units = [UnitFactory(parent=cast.province) for _each in range(count)]
    round_ = opened(cast, *units)
    team(cast, round_, assessors(cast, count))

    with django_assert_num_queries(5):
        assert len(teams.sharing(round_).placed) == count
