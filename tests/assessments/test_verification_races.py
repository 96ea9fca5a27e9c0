"""Verifying, returning, telling and deciding at the same moment: one winner, and the others are told."""

from __future__ import annotations

import pytest

from activity.models import AuditEvent
from assessments.models import Appeal, Score
from assessments.services.appeals import decide_appeal
from assessments.services.returning import return_sheet, tell_result
from assessments.services.rows import StaleScore
from assessments.services.standing import ActRefused
from tests.assessments.racing import at_once
from tests.factories.verification import make_verifying

pytestmark = pytest.mark.django_db(transaction=True)
REFUSED = (ActRefused, StaleScore)


def test_a_row_is_verified_or_the_sheet_is_returned_before_it():
    verifying = make_verifying()
    verifying.round.closes_at = verifying.round.verify_closes_at
    verifying.round.save()

    outcomes = at_once(
        lambda: verifying.verify("I.1"),
        lambda: return_sheet(assessment=verifying.sheet, note="Bổ sung", by=verifying.chair),
    )

    refused = [each for each in outcomes if isinstance(each, REFUSED)]
    assert verifying.now().state == "returned"
    assert (verifying.row("I.1") is None) == (len(refused) == 1)


def test_the_result_is_told_once():
    verifying = make_verifying()
    verifying.verify_all()

    outcomes = at_once(
        lambda: tell_result(assessment=verifying.sheet, by=verifying.first),
        lambda: tell_result(assessment=verifying.sheet, by=verifying.chair),
    )

    assert sum(isinstance(each, REFUSED) for each in outcomes) == 1
    assert AuditEvent.objects.filter(action="assessments.result_told").count() == 1


def test_an_appeal_is_decided_once():
    verifying = make_verifying()
    verifying.verify_all(no=("I.1",))
    verifying.put("appealed")
    appeal = verifying.appeal("I.1", Appeal.State.OPEN)

    def decide(state: str, by) -> object:
        answer = {"value": True} if state == "upheld" else None
        return decide_appeal(appeal=appeal, state=state, outcome="Lý do", answer=answer, expected_version=1, by=by)

    outcomes = at_once(lambda: decide("upheld", verifying.chair), lambda: decide("rejected", verifying.manager))

    [winner] = [each for each in outcomes if isinstance(each, Appeal)]
    assert Appeal.objects.get().state == winner.state
    assert Score.objects.filter(stage="appeal").exists() == (winner.state == "upheld")
    assert AuditEvent.objects.filter(action="assessments.appeal_decided").count() == 1
