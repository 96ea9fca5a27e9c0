"""An assessor verifies a sheet: rows with their reasons, all at once, finishing, returning, telling the result."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from activity.models import AuditEvent, Notification
from assessments.models import Assignment, Criterion, Extension, Score
from assessments.services.accepting import RowInput, accept_rows, verify_rows
from assessments.services.returning import (
    ExtensionMissing,
    ExtensionPast,
    ExtensionTooLong,
    NoteMissing,
    return_sheet,
    tell_result,
)
from assessments.services.rows import NotInThisSheet, StaleScore
from assessments.services.standing import PhaseClosed, WrongState
from assessments.services.totals import totals_apart
from assessments.services.verification import (
    AlreadyFinished,
    NotAssigned,
    ReasonMissing,
    RowsLeft,
    begin_verification,
    finish_verification,
    resume_verification,
)
from tests.factories.units import MembershipFactory
from tests.factories.verification import Verifying, assign, make_verifying
from units.permissions import Role


@pytest.fixture
def verifying(db) -> Verifying:
    return make_verifying()


def _told(action: str) -> set[int]:
    return set(Notification.objects.filter(event__action=action).values_list("to", flat=True))


def test_the_first_row_begins_a_submitted_sheet_and_counts_in_its_verified_total(verifying):
    score = verifying.verify("I.1", True)

    sheet = verifying.now()
    assert (score.stage, score.points, sheet.state) == (Score.Stage.VERIFIED, Decimal(10), "verifying")
    assert (sheet.verified_scored, sheet.verified_total, sheet.total) == (1, Decimal(10), sheet.total)
    event = AuditEvent.objects.get(action="assessments.score_verified")
    assert (event.by, event.changes["criterion"], event.unit_path) == (verifying.first, "I.1", verifying.cast.a.path)
    assert AuditEvent.objects.filter(action="assessments.verification_begun").count() == 1
    assert [name for _sheet, name, *_ in list(totals_apart()) if "verified" in name] == []


def test_beginning_is_written_down_once(verifying):
    begin_verification(assessment=verifying.sheet, by=verifying.first)

    with pytest.raises(WrongState):
        begin_verification(assessment=verifying.sheet, by=verifying.first)

    assert verifying.now().state == "verifying"
    assert AuditEvent.objects.filter(action="assessments.verification_begun").count() == 1


def test_another_result_than_the_units_own_takes_a_reason(verifying):
    with pytest.raises(ReasonMissing) as refused:
        verifying.verify("I.1", False, reason="   ")

    assert "0,00" in str(refused.value)
    assert "10,00" in str(refused.value)
    assert verifying.row("I.1") is None
    assert verifying.now().state == "submitted"
    assert verifying.verify("I.1", False, reason="Chưa có quyết định").explanation == "Chưa có quyết định"


def test_a_row_the_unit_left_blank_takes_a_reason_and_one_of_the_province_does_not(verifying):
    verifying.sheet.scores.filter(criterion__code__in=["I.1", "I.2"]).delete()
    Criterion.objects.filter(code="I.2").update(scored_by="province")

    with pytest.raises(ReasonMissing):
        verifying.verify("I.1", False)

    assert verifying.verify("I.2", True).points == 10


def test_of_two_saves_of_one_version_the_second_is_shown_both_values(verifying):
    verifying.verify("I.1", True)

    with pytest.raises(StaleScore) as refused:
        verifying.verify("I.1", False, reason="Khác", version=0)

    assert (refused.value.stored.version, refused.value.mine.result.points) == (1, 0)
    assert verifying.row("I.1").points == 10


def test_a_criterion_of_another_set_is_not_of_this_sheet(verifying):
    foreign = make_verifying(cast=verifying.cast).criterion("I.1")

    with pytest.raises(NotInThisSheet):
        verify_rows_of(verifying, foreign)


def verify_rows_of(verifying: Verifying, criterion: Criterion):
    from_here = verify_rows(
        assessment=verifying.sheet,
        rows=[RowInput(criterion=criterion, answer={"value": True}, reason="x", expected_version=0)],
        by=verifying.first,
    )
    if not from_here[0].is_done:
        raise NotInThisSheet


def test_a_whole_group_and_then_all_the_rest_are_accepted_as_scored(verifying):
    verifying.verify("I.1", False, reason="Thiếu")
    group = Criterion.objects.get(criteria_set=verifying.round.criteria_set, code="I")
    verifying.sheet.scores.filter(criterion__code="II.1", stage="self").update(answer={}, points=None)

    of_group = accept_rows(
        assessment=verifying.sheet, criteria=set(group.children.values_list("pk", flat=True)), by=verifying.first
    )
    of_rest = accept_rows(assessment=verifying.sheet, by=verifying.first)

    assert [(each.criterion.code, each.is_done) for each in of_group] == [("I.2", True)]
    assert [(each.criterion.code, each.is_done) for each in of_rest] == [("II.1", False)]
    assert of_rest[0].said
    assert (verifying.row("I.1").points, verifying.row("I.2").points, verifying.row("II.1")) == (0, 10, None)
    assert verifying.now().verified_total == 10
    assert AuditEvent.objects.filter(action="assessments.scores_accepted").count() == 1


def test_accepting_a_row_that_was_cleared_goes_on_with_its_versions(verifying):
    verifying.verify("I.1", True)
    verifying.verify("I.1", answer={}, version=1)

    accept_rows(assessment=verifying.sheet, by=verifying.first)

    assert (verifying.row("I.1").points, verifying.row("I.1").version) == (10, 3)


@pytest.mark.parametrize("size", [3, 12])
def test_accepting_takes_the_same_queries_for_a_small_and_a_large_sheet(db, size, django_assert_num_queries):
    verifying = make_verifying(size=size)
    begin_verification(assessment=verifying.sheet, by=verifying.first)

    with django_assert_num_queries(11):
        outcomes = accept_rows(assessment=verifying.sheet, by=verifying.first)

    assert len(outcomes) == size


def test_of_many_rows_one_that_is_refused_keeps_no_other_from_being_saved(verifying):
    rows = [
        RowInput(criterion=verifying.criterion("I.1"), answer={"value": True}, reason="", expected_version=0),
        RowInput(criterion=verifying.criterion("I.2"), answer={"value": False}, reason="", expected_version=0),
        RowInput(criterion=verifying.criterion("II.1"), answer={"value": "maybe"}, reason="x", expected_version=0),
    ]

    outcomes = verify_rows(assessment=verifying.sheet, rows=rows, by=verifying.first)

    assert [each.is_done for each in outcomes] == [True, False, False]
    assert all(each.said for each in outcomes[1:])
    assert verifying.now().verified_scored == 1


def test_finishing_takes_every_row_and_locks_them_until_taken_up_again(verifying):
    with pytest.raises(RowsLeft) as refused:
        finish_verification(assessment=verifying.sheet, by=verifying.first)
    verifying.verify_all(no=("I.2",))

    assert [row.criterion.code for row in refused.value.rows] == ["I.1", "I.2", "II.1"]
    assert Assignment.objects.get().finished_at is not None
    with pytest.raises(AlreadyFinished):
        verifying.verify("I.1", False, reason="x", version=1)
    with pytest.raises(AlreadyFinished):
        accept_rows(assessment=verifying.sheet, by=verifying.first)

    resume_verification(assessment=verifying.sheet, by=verifying.first)

    assert verifying.verify("I.1", False, reason="x", version=1).points == 0
    assert AuditEvent.objects.filter(action="assessments.verification_resumed").count() == 1


def test_a_score_the_unit_changed_after_it_was_verified_owes_a_reason_again(verifying):
    verifying.verify_all(finish=False)
    verifying.sheet.scores.filter(stage="self", criterion__code="I.1").update(answer={"value": False}, points=0)

    with pytest.raises(RowsLeft) as refused:
        finish_verification(assessment=verifying.sheet, by=verifying.first)

    assert [row.criterion.code for row in refused.value.rows] == ["I.1"]


def test_returning_tells_the_unit_why_and_opens_its_sheet_until_the_moment_chosen(verifying):
    verifying.verify_all()
    until = timezone.now() + timedelta(days=3)

    return_sheet(assessment=verifying.sheet, note=" Bổ sung quyết định ", until=until, by=verifying.first)

    sheet = verifying.now()
    assert (sheet.state, sheet.returned_note) == ("returned", "Bổ sung quyết định")
    extension = Extension.objects.get()
    assert (extension.phase, extension.until, extension.reason) == ("self_score", until, "Bổ sung quyết định")
    assert Assignment.objects.get().finished_at is None
    assert verifying.row("I.1").points == 10
    assert _told("assessments.sheet_returned") == {verifying.head.pk, verifying.officer.pk}
    with pytest.raises(WrongState):
        verifying.verify("I.1", False, reason="x", version=1)


@pytest.mark.parametrize(
    ("note", "days", "refusal"),
    [
        (" ", 3, NoteMissing),
        ("Bổ sung", None, ExtensionMissing),
        ("Bổ sung", -1, ExtensionPast),
        ("Bổ sung", 11, ExtensionTooLong),
    ],
)
def test_a_return_is_refused_without_note_or_a_time_that_leaves_room(verifying, note, days, refusal):
    until = None if days is None else timezone.now() + timedelta(days=days)

    with pytest.raises(refusal):
        return_sheet(assessment=verifying.sheet, note=note, until=until, by=verifying.first)

    assert verifying.now().state == "submitted"
    assert not Extension.objects.exists()


def test_while_self_scoring_runs_a_return_needs_no_extension(verifying):
    verifying.round.closes_at = timezone.now() + timedelta(days=1)
    verifying.round.save()

    return_sheet(assessment=verifying.sheet, note="Bổ sung", by=verifying.first)

    assert verifying.now().state == "returned"
    assert not Extension.objects.exists()


def test_telling_the_result_shows_it_to_the_unit_and_tells_its_head_and_officers(verifying):
    verifying.verify_all(no=("I.2",), finish=False)

    tell_result(assessment=verifying.sheet, by=verifying.first)

    sheet = verifying.now()
    assert (sheet.state, sheet.final_total) == ("preliminary", 20)
    assert sheet.preliminary_at is not None
    assert Assignment.objects.get().finished_at is not None
    assert _told("assessments.result_told") == {verifying.head.pk, verifying.officer.pk}
    with pytest.raises(WrongState):
        tell_result(assessment=verifying.sheet, by=verifying.first)


def test_the_result_is_not_told_while_rows_are_left(verifying):
    verifying.verify("I.1", True)

    with pytest.raises(RowsLeft):
        tell_result(assessment=verifying.sheet, by=verifying.first)

    assert verifying.now().state == "verifying"


def test_nothing_is_verified_outside_the_phase_but_by_an_extension(verifying):
    verifying.round.verify_closes_at = timezone.now() - timedelta(minutes=1)
    verifying.round.save()

    with pytest.raises(PhaseClosed):
        verifying.verify("I.1", True)
    Extension.objects.create(
        assessment=verifying.sheet,
        phase="verify",
        until=timezone.now() + timedelta(days=1),
        reason="Bão lũ",
        by=verifying.manager,
    )

    assert verifying.verify("I.1", True).points == 10


def test_the_chair_stands_in_for_the_one_assessor(verifying):
    assert verifying.verify("I.1", True, by=verifying.chair).by == verifying.chair


def test_nobody_else_verifies(verifying):
    for person in (verifying.second, verifying.manager, verifying.head, verifying.cast[Role.ADMINISTRATOR]):
        with pytest.raises(PermissionDenied):
            verifying.verify("I.1", True, by=person)
    with pytest.raises(NotAssigned):
        begin_verification(assessment=verifying.sheet, by=verifying.second)


def test_nobody_verifies_the_sheet_of_a_unit_in_which_they_hold_an_office(verifying):
    MembershipFactory(user=verifying.first, unit=verifying.cast.a, role=Role.OBSERVER)
    own = type(verifying.first).objects.get(pk=verifying.first.pk)

    row = RowInput(criterion=verifying.criterion("I.1"), answer={"value": True}, reason="", expected_version=0)
    acts = [
        lambda: begin_verification(assessment=verifying.sheet, by=own),
        lambda: verifying.verify("I.1", True, by=own),
        lambda: accept_rows(assessment=verifying.sheet, by=own),
        lambda: verify_rows(assessment=verifying.sheet, rows=[row], by=own),
        lambda: finish_verification(assessment=verifying.sheet, by=own),
        lambda: return_sheet(assessment=verifying.sheet, note="x", by=own),
        lambda: tell_result(assessment=verifying.sheet, by=own),
    ]
    for act in acts:
        with pytest.raises(PermissionDenied):
            act()
    assert not verifying.sheet.scores.exclude(stage="self").exists()


def test_a_second_place_is_no_way_round_it(verifying):
    assign(verifying.sheet, verifying.second, verifying.team, by=verifying.manager, place=2)

    with pytest.raises(PermissionDenied):
        tell_result(assessment=verifying.sheet, by=verifying.second)
