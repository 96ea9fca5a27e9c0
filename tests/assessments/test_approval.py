"""Proposing, approving and publishing results, and what is frozen with them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.utils import timezone

from activity.models import AuditEvent, Notification
from assessments import services
from assessments.contexts.frozen import digest_of, digest_over
from assessments.contexts.integrity import faults
from assessments.models import Appeal, Assessment, Criterion, Decision, Extension, Score
from assessments.permissions import ACTS, Act
from assessments.services import approval, changes, publication
from tests.factories.results import DAY, Results, make_results
from tests.factories.units import MembershipFactory
from units.models import User
from units.permissions import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def results() -> Results:
    return make_results()


def told(action: str) -> set[int]:
    return set(Notification.objects.filter(event__action=action).values_list("to_id", flat=True))


def appeal_of(sheet: Assessment, by: User, state: str) -> Appeal:
    done = {"outcome": "Giữ nguyên", "decided_by": by} if state == "rejected" else {}
    criterion = Criterion.objects.get(criteria_set=sheet.round.criteria_set_id, code="1.1")
    return Appeal.objects.create(
        assessment=sheet, criterion=criterion, state=state, text="Xem lại", raised_by=by, **done
    )


# -- Proposing ----------------------------------------------------------------------------------------------------
def test_each_row_of_a_bulk_proposal_has_its_own_answer(results):
    ready, early = results.sheet(unit=results.cast.a), results.sheet(state="verifying")

    rows = approval.propose(assessments=[ready, early], by=results.cast[Role.PROGRAMME_OFFICER])

    assert [(row.assessment.pk, type(row.refused)) for row in rows] == [
        (ready.pk, type(None)),
        (early.pk, services.WrongState),
    ]
    assert list(Assessment.objects.order_by("pk").values_list("state", flat=True)) == ["proposed", "verifying"]
    assert AuditEvent.objects.get(action="assessments.result_proposed").target_id == str(ready.pk)
    assert told("assessments.result_proposed") == {results.cast[Role.LEADER].pk}


@pytest.mark.parametrize(
    ("appeal", "reason", "refusal"),
    [
        (None, "", approval.AppealsRun),
        (None, "Đơn vị đã đồng ý", None),
        ("rejected", "Đơn vị đã đồng ý", None),
        ("rejected", "", approval.AppealsRun),
        ("open", "Đơn vị đã đồng ý", approval.AppealsOpen),
        ("draft", "Đơn vị đã đồng ý", approval.AppealsOpen),
    ],
)
def test_while_appeals_run_a_result_is_proposed_only_with_a_reason_and_no_appeal_left(results, appeal, reason, refusal):
    sheet = results.sheet()
    now = timezone.now()
    results.round.appeal_opens_at, results.round.appeal_closes_at = now - timedelta(days=1), now + timedelta(days=1)
    results.round.save()
    if appeal:
        appeal_of(sheet, results.cast[Role.ASSESSOR], appeal)

    [row] = approval.propose(assessments=[sheet], reason=reason, by=results.cast[Role.PROGRAMME_OFFICER])

    assert type(row.refused) is (refusal or type(None))
    assert Assessment.objects.get().state == ("preliminary" if refusal else "proposed")


def test_an_extension_of_the_unit_keeps_its_appeals_open(results):
    sheet, other = results.sheet(), results.sheet()
    officer = results.cast[Role.PROGRAMME_OFFICER]
    until = timezone.now() + timedelta(days=2)
    Extension.objects.create(assessment=sheet, phase="appeal", until=until, reason="Bão", by=officer)

    rows = approval.propose(assessments=[sheet, other], by=officer)

    assert [type(row.refused) for row in rows] == [approval.AppealsRun, type(None)]
    assert rows[0].refused.until == until


@pytest.mark.parametrize("role", [Role.PROGRAMME_OFFICER, Role.ADMINISTRATOR, Role.LEADER, Role.ASSESSOR, "foreign"])
def test_who_may_propose_and_withdraw(results, role):
    sheet = results.sheet()
    by = results.cast[role]
    allowed = role in (Role.PROGRAMME_OFFICER, Role.ADMINISTRATOR)

    [row] = approval.propose(assessments=[sheet], by=by)

    assert (row.refused is None) is allowed
    if not allowed:
        assert isinstance(row.refused, PermissionDenied)
        Assessment.objects.update(state="proposed")
        with pytest.raises(PermissionDenied):
            approval.withdraw_proposal(assessment=sheet, reason="Nhầm", by=by)
    else:
        with pytest.raises(approval.ReasonMissing):
            approval.withdraw_proposal(assessment=sheet, reason=" ", by=by)
        assert approval.withdraw_proposal(assessment=sheet, reason="Nhầm", by=by).state == "preliminary"
        assert AuditEvent.objects.get(action="assessments.proposal_withdrawn").reason == "Nhầm"


# -- Approving ----------------------------------------------------------------------------------------------------
def test_approving_freezes_every_sheet_and_leaves_none_out_without_a_reason(results):
    first, second = results.sheet(unit=results.cast.a), results.sheet(unit=results.cast.b)
    third = results.sheet(state="appealed")
    Assessment.objects.filter(pk__in=[first.pk, second.pk]).update(state="proposed")
    leader = results.cast[Role.LEADER]
    with pytest.raises(approval.SheetsNotProposed) as refused:
        approval.approve_round(round=results.round, decided_on=DAY, by=leader)
    assert refused.value.sheets == [third]

    decision = approval.approve_round(
        round=results.round, number="12", decided_on=DAY, left_out={third.pk: "Đang khiếu nại"}, by=leader
    )

    first, second, third = Assessment.objects.order_by("pk")
    assert [each.state for each in (first, second, third)] == ["approved", "approved", "appealed"]
    assert first.digest == digest_of(first.frozen)
    assert decision.digest == digest_over({first.pk: first.digest, second.pk: second.digest})
    assert decision.changes == [
        {"assessment": third.pk, "unit": third.unit.name, "state": "appealed", "left_out": "Đang khiếu nại"}
    ]
    [given] = [each["given"]["verified"] for each in first.frozen["criteria"] if each["code"] == "2.1"]
    assert (given["answer"], given["points"], given["reason"]) == ({"points": "9.00"}, "9.00", "verified 2.1")
    assert first.frozen["totals"]["final_total"] == "24.00"
    assert first.frozen["totals"]["grade"] == "good"
    results.round.refresh_from_db()
    assert results.round.state == "approved"
    cast = results.cast
    assert told("assessments.round_approved") == {
        each.pk
        for each in (cast[Role.UNIT_HEAD], cast[Role.UNIT_OFFICER], cast["sibling"], cast[Role.PROGRAMME_OFFICER])
    }
    assert list(faults(results.round)) == []


@pytest.mark.parametrize("role", [*Role, "foreign"])
def test_who_may_approve(results, role):
    results.sheet()
    by = results.cast[role]

    if role in (Role.LEADER, Role.ADMINISTRATOR):
        assert results.approve(by=by).by == by
    else:
        with pytest.raises(PermissionDenied):
            results.approve(by=by)
        assert not Decision.objects.exists()


def test_a_leader_does_not_approve_the_sheet_of_their_own_unit_alone(results):
    results.sheet(unit=results.cast.a)
    leader = results.cast[Role.LEADER]
    MembershipFactory(user=leader, unit=results.cast.a, role=Role.UNIT_HEAD)
    leader = User.objects.get(pk=leader.pk)
    with pytest.raises(approval.OwnResult):
        results.approve(by=leader)

    results.sheet(unit=results.cast.b)

    assert results.approve(by=leader).by == leader


def test_an_empty_round_and_an_approved_one_are_not_approved(results):
    with pytest.raises(approval.NothingToApprove):
        results.approve()
    results.sheet()
    results.approve()
    with pytest.raises(approval.RoundNotRunning):
        results.approve()


# -- Publishing ---------------------------------------------------------------------------------------------------
def test_publishing_stores_places_and_tells_every_unit(results):
    low, high = results.sheet(("8", "7", "8"), unit=results.cast.a), results.sheet(unit=results.cast.b)
    out = results.sheet(state="verifying", unit=results.cast.a1)
    results.approve(left_out={out.pk: "Chưa thẩm định xong"})

    decision = results.publish()

    assert list(Assessment.objects.order_by("pk").values_list("state", "rank")) == [
        ("published", 2),
        ("published", 1),
        ("verifying", None),
    ]
    assert (results.round.state, decision.number) == ("published", "15/QĐ-UBND")
    assert decision.digest == digest_over({low.pk: _digest(low), high.pk: _digest(high)})
    cast = results.cast
    assert {cast["commune"].pk, cast["sibling"].pk, cast[Role.UNIT_HEAD].pk, cast[Role.LEADER].pk} <= told(
        "assessments.round_published"
    )
    assert list(faults(results.round)) == []


def _digest(sheet: Assessment) -> str:
    return Assessment.objects.get(pk=sheet.pk).digest


def test_what_publishing_refuses(results):
    results.sheet()
    officer = results.cast[Role.PROGRAMME_OFFICER]
    with pytest.raises(approval.RoundNotRunning):
        results.publish()
    results.approve()
    with pytest.raises(approval.NumberMissing):
        results.publish(number=" ")
    with pytest.raises(PermissionDenied):
        results.publish(by=results.cast[Role.LEADER])
    results.publish(by=officer)
    with pytest.raises(approval.RoundNotRunning):
        results.publish()


# -- Changing afterwards ------------------------------------------------------------------------------------------
@pytest.fixture
def published(results) -> Results:
    results.sheet(("8", "7", "9"), unit=results.cast.a)  # 24.00
    results.sheet(("9", "9", "9"), unit=results.cast.b)  # 27.00
    results.approve()
    results.publish()
    return results


def change(results: Results, answer: str = "10", **values) -> Decision:
    sheet = Assessment.objects.get(unit=results.cast.a)
    given = {
        "assessment": sheet,
        "criterion": Criterion.objects.get(criteria_set=sheet.round.criteria_set_id, code="1.2"),
        "answer": {"points": answer},
        "reason": "Có minh chứng mới",
        "number": "20/QĐ-UBND",
        "decided_on": DAY,
        "by": results.cast[Role.LEADER],
    }
    return changes.change_result(**{**given, **values})


def test_a_numbered_decision_changes_a_result_and_keeps_what_was_frozen(published):
    before = Assessment.objects.get(unit=published.cast.a)

    decision = change(published)

    after = Assessment.objects.get(unit=published.cast.a)
    assert (after.final_total, after.grade, after.rank) == (27, "good", 2)  # 9 in II against 9, then 1.1: 8 against 9
    assert (after.state, after.total) == ("published", before.total)
    [told_] = decision.changes
    assert (told_["criterion"], told_["before"], told_["after"]) == ("1.2", "7.00", "10.00")
    assert told_["total"] == ["24.00", "27.00"]
    assert told_["former"] == {"digest": before.digest, "frozen": before.frozen}
    assert after.digest == digest_of(after.frozen) != before.digest
    assert Score.objects.get(stage="final").explanation == "Có minh chứng mới"
    assert list(faults(published.round)) == []
    event = AuditEvent.objects.get(action="assessments.change_decided")
    assert (event.target_id, event.changes["result"]) == (str(decision.pk), ["7.00", "10.00"])
    assert {published.cast[Role.UNIT_HEAD].pk, published.cast[Role.PROGRAMME_OFFICER].pk} == told(
        "assessments.change_decided"
    ) - {published.cast[Role.UNIT_OFFICER].pk}


def test_a_change_ranks_its_group_again(published):
    decision = change(published, criterion=_criterion(published, "1.1"), answer="2")
    assert decision.changes[0]["ranks"] == []  # it was second and stays so
    second = Assessment.objects.get(unit=published.cast.b)

    decision = change(published, assessment=second, criterion=_criterion(published, "2.1"), answer="1")

    # The knock-out takes B out of the ranking.
    first, second = Assessment.objects.order_by("pk")
    assert [(each.rank, each.grade) for each in (first, second)] == [(1, "fair"), (None, "weak")]
    assert decision.changes[0]["ranks"] == [
        {"assessment": first.pk, "before": 2, "after": 1},
        {"assessment": second.pk, "before": 1, "after": None},
    ]
    assert list(faults(published.round)) == []


def _criterion(results: Results, code: str) -> Criterion:
    return Criterion.objects.get(criteria_set=results.round.criteria_set_id, code=code)


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"reason": " "}, approval.ReasonMissing),
        ({"number": ""}, approval.NumberMissing),
        ({"answer": "7"}, changes.NothingChanged),
        ({"expected_version": 1}, changes.StaleResult),
    ],
)
def test_what_a_change_refuses_leaves_everything_as_it_was(published, values, refusal):
    with pytest.raises(refusal):
        change(published, **values)

    assert not Score.objects.filter(stage="final").exists()
    assert Decision.objects.count() == 2
    assert list(faults(published.round)) == []


def test_who_comes_second_learns_which_decision_was_first(published):
    seen = Assessment.objects.get(unit=published.cast.a).version
    change(published, expected_version=seen)

    with pytest.raises(changes.StaleResult) as refused:
        change(published, "5", number="21", expected_version=seen)

    assert "20/QĐ-UBND" in str(refused.value)


@pytest.mark.parametrize("role", [*Role, "foreign"])
def test_who_may_change_a_result(published, role):
    by = published.cast[role]
    if role in (Role.LEADER, Role.ADMINISTRATOR):
        assert change(published, by=by).kind == "change"
    else:
        with pytest.raises(PermissionDenied):
            change(published, by=by)


@pytest.mark.parametrize("state", Assessment.State.values)
def test_each_act_is_possible_in_its_states_alone(results, state):
    sheet = results.sheet(state=state, unit=results.cast.a)
    officer, leader = results.cast[Role.PROGRAMME_OFFICER], results.cast[Role.LEADER]
    acts = {
        Act.PROPOSE: lambda: _raise(approval.propose(assessments=[sheet], by=officer)),
        Act.WITHDRAW_PROPOSAL: lambda: approval.withdraw_proposal(assessment=sheet, reason="x", by=officer),
        Act.CHANGE_RESULT: lambda: change(results, assessment=sheet, by=leader),
    }
    for act, run in acts.items():
        Assessment.objects.filter(pk=sheet.pk).update(state=state)
        if state in ACTS[act].states:
            run()
        else:
            with pytest.raises(services.WrongState):
                run()
            assert Assessment.objects.get(pk=sheet.pk).state == state


def _raise(rows: list[approval.Proposed]) -> None:
    for row in rows:
        if row.refused:
            raise row.refused


# -- Tampering ----------------------------------------------------------------------------------------------------
def _lower_a_score(results: Results) -> None:
    Score.objects.filter(stage="verified", criterion__code="1.1").update(points="1.00")


def _change_a_reason(results: Results) -> None:
    Score.objects.filter(stage="verified", criterion__code="1.1").update(explanation="khác")


def _raise_a_total(results: Results) -> None:
    Assessment.objects.filter(unit=results.cast.a).update(final_total="29.00")


def _rewrite_the_frozen_content(results: Results) -> None:
    sheet = Assessment.objects.get(unit=results.cast.a)
    sheet.frozen["totals"]["final_total"] = "29.00"
    sheet.save()


def _rewrite_content_and_digest(results: Results) -> None:
    sheet = Assessment.objects.get(unit=results.cast.a)
    sheet.frozen["totals"]["grade"] = "weak"
    sheet.digest = digest_of(sheet.frozen)
    sheet.save()


def _soften_the_rule(results: Results) -> None:
    Criterion.objects.filter(code="2.1").update(max_score="12.00")


def _rewrite_the_history(results: Results) -> None:
    change(results)
    decision = Decision.objects.get(kind="change")
    decision.changes[0]["former"]["frozen"]["totals"]["final_total"] = "20.00"
    decision.save()


def _drop_the_approval(results: Results) -> None:
    Decision.objects.filter(kind="approval").delete()


@pytest.mark.parametrize(
    "tamper",
    [
        _lower_a_score,
        _change_a_reason,
        _raise_a_total,
        _rewrite_the_frozen_content,
        _rewrite_content_and_digest,
        _soften_the_rule,
        _rewrite_the_history,
        _drop_the_approval,
    ],
)
def test_tampering_is_found(published, tamper, capsys):
    call_command("verify_results")

    tamper(published)

    with pytest.raises(CommandError):
        call_command("verify_results", "--round", str(published.round.pk))


def test_a_unit_that_is_renamed_is_no_fault(published):
    published.cast.a.name = "UBND huyện A (mới)"
    published.cast.a.save()

    assert list(faults(published.round)) == []


def test_the_digest_is_that_of_the_content_and_not_of_its_order():
    assert digest_of({"b": 1, "a": [1, 2]}) == digest_of({"a": [1, 2], "b": 1})
    assert digest_of({"a": [2, 1]}) != digest_of({"a": [1, 2]})
    assert publication.BATCH > 0
