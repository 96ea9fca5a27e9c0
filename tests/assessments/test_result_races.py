"""Deciding on results while others do: one order, nothing lost, and what is frozen is what stands."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from assessments.contexts.integrity import faults
from assessments.contexts.rules import STANDS
from assessments.models import Assessment, Criterion, Decision, Score
from assessments.services import approval, changes
from assessments.services.standing import ActRefused, WrongState
from tests.factories.results import DAY, Results, make_results
from units.models import User
from units.permissions import Role

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each act returns, or its refusal, when all start together, each on a connection of its own."""
    start = Barrier(len(acts), timeout=30)

    def run(act):
        try:
            start.wait()
            return act()
        except ActRefused as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def person(results: Results, role: str) -> User:
    return User.objects.get(pk=results.cast[role].pk)


def changing(results: Results, sheet: Assessment, answer: str, number: str) -> Callable[[], object]:
    criterion = Criterion.objects.get(criteria_set=results.round.criteria_set_id, code="1.2")
    return lambda: changes.change_result(
        assessment=sheet,
        criterion=criterion,
        answer={"points": answer},
        reason="Có minh chứng mới",
        number=number,
        decided_on=DAY,
        by=person(results, Role.LEADER),
    )


def test_of_two_approvals_one_stands():
    results = make_results()
    results.sheet()
    results.sheet()
    Assessment.objects.update(state="proposed")

    outcomes = at_once(*[lambda: results.approve(by=person(results, Role.LEADER))] * 2)

    assert sorted(type(each).__name__ for each in outcomes) == ["Decision", "RoundNotRunning"]
    assert list(faults(results.round)) == []


def test_a_change_and_the_approval_come_one_after_the_other():
    results = make_results()
    sheet = results.sheet()
    results.sheet()
    Assessment.objects.update(state="proposed")

    approved, changed = at_once(
        lambda: results.approve(by=person(results, Role.LEADER)), changing(results, sheet, "10", "20")
    )

    assert isinstance(approved, Decision)
    # The change was refused before the approval, or was decided after it: never between the two.
    assert isinstance(changed, Decision | WrongState)
    standing = Score.objects.filter(assessment=sheet, stage="final").count()
    assert standing == isinstance(changed, Decision)
    assert list(faults(results.round)) == []


def test_a_proposal_that_is_withdrawn_is_not_approved_unseen():
    results = make_results()
    sheet = results.sheet()
    results.sheet()
    Assessment.objects.update(state="proposed")

    approved, withdrawn = at_once(
        lambda: approval.approve_round(round=results.round, decided_on=DAY, by=person(results, Role.LEADER)),
        lambda: approval.withdraw_proposal(assessment=sheet, reason="Nhầm", by=person(results, Role.PROGRAMME_OFFICER)),
    )

    assert isinstance(approved, Decision) is isinstance(withdrawn, WrongState)
    assert Assessment.objects.get(pk=sheet.pk).state == (
        "approved" if isinstance(approved, Decision) else "preliminary"
    )


def test_two_decisions_on_one_sheet_are_both_kept_with_what_was_before_them():
    results = make_results()
    sheet = results.sheet()
    results.sheet(("9", "9", "9"))
    results.approve()
    results.publish()

    outcomes = at_once(changing(results, sheet, "10", "20"), changing(results, sheet, "5", "21"))

    assert all(isinstance(each, Decision) for each in outcomes)
    first, second = Decision.objects.filter(kind="change").order_by("pk")
    assert second.changes[0]["before"] == first.changes[0]["after"]
    assert second.changes[0]["former"]["digest"] != first.changes[0]["former"]["digest"]
    assert list(faults(results.round)) == []


def test_the_control_a_score_written_past_the_services_is_found():
    results = make_results()
    sheet = results.sheet()
    results.approve()

    Score.objects.filter(assessment=sheet, stage__in=STANDS).update(points="1")

    assert [fault.what.pk for fault in faults(results.round)] == [sheet.pk]
