"""Two assessors of a sheet: neither sees the other until both have finished, then the chair settles differences."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from activity.models import AuditEvent
from assessments.contexts.queue import Bucket, queue
from assessments.contexts.verification import differences, stages_shown
from assessments.models import Score
from assessments.services.differences import DecisionReasonMissing, NoDifference, decide_difference
from assessments.services.returning import return_sheet, tell_result
from assessments.services.rows import StaleScore
from assessments.services.verification import (
    AssessorsNotFinished,
    BothFinished,
    DifferencesOpen,
    finish_verification,
    resume_verification,
)
from tests.factories.units import MembershipFactory
from tests.factories.verification import Verifying, make_verifying
from units.models import User
from units.permissions import Permission, Role


@pytest.fixture
def verifying(db) -> Verifying:
    return make_verifying(two=True)


def _now():
    return timezone.now()


def _decide(verifying: Verifying, code: str = "I.1", value: bool = True, *, by=None, reason="Đủ minh chứng", version=0):
    return decide_difference(
        assessment=verifying.sheet,
        criterion=verifying.criterion(code),
        answer={"value": value},
        reason=reason,
        expected_version=version,
        by=by or verifying.chair,
    )


def _seen(verifying: Verifying, person: User) -> set[str]:
    rows = Score.objects.allowed_to(person, Permission.ASSESSMENT_VIEW).filter(assessment=verifying.sheet)
    return set(rows.values_list("stage", flat=True))


def test_each_sees_only_their_own_rows_until_both_have_finished(verifying, client):
    verifying.verify_all(no=("I.1",), finish=False)
    verifying.verify_all(by=verifying.second)

    assert _seen(verifying, verifying.first) == {"self", "verified"}
    assert _seen(verifying, verifying.second) == {"self", "second"}
    assert _seen(verifying, verifying.chair) == {"self"}
    assert _seen(verifying, verifying.manager) == {"self", "verified", "second"}
    client.force_login(verifying.second)
    page = client.get(reverse("assessments:sheet", args=[verifying.sheet.pk]))
    assert "Chưa có minh chứng" not in page.content.decode()
    assert client.get(reverse("assessments:differences", args=[verifying.sheet.pk])).status_code == 403
    totals = client.get(reverse("api:assessment-detail", args=[verifying.sheet.pk])).json()
    assert totals["verified_total"] is None

    finish_verification(assessment=verifying.sheet, by=verifying.first)

    assert _seen(verifying, verifying.second) == {"self", "verified", "second"}
    shown = stages_shown(verifying.first, verifying.now(), list(verifying.sheet.assignments.select_related("team")))
    assert "second" in shown


def test_the_second_opinion_moves_no_total_and_is_never_shown_to_the_unit(verifying):
    verifying.verify_all()
    verifying.verify_all(by=verifying.second, no=("I.1",))
    _decide(verifying)

    tell_result(assessment=verifying.sheet, by=verifying.chair)

    assert verifying.now().verified_total == 30
    assert _seen(verifying, verifying.head) == {"self", "verified", "final"}


def test_the_chair_decides_each_difference_before_the_result_is_told(verifying):
    verifying.verify_all(no=("I.1", "I.2"))
    with pytest.raises(AssessorsNotFinished):
        _decide(verifying)
    with pytest.raises(AssessorsNotFinished):
        tell_result(assessment=verifying.sheet, by=verifying.first)
    verifying.verify_all(by=verifying.second, no=("I.2",))

    assert [each.criterion.code for each in differences(verifying.sheet)] == ["I.1"]
    with pytest.raises(DifferencesOpen) as refused:
        tell_result(assessment=verifying.sheet, by=verifying.first)
    assert refused.value.count == 1
    with pytest.raises(NoDifference):
        _decide(verifying, "I.2")
    with pytest.raises(DecisionReasonMissing):
        _decide(verifying, reason=" ")

    decided = _decide(verifying)

    assert (decided.stage, decided.points, decided.by) == ("final", 10, verifying.chair)
    assert (verifying.now().verified_total, verifying.now().final_total) == (10, 20)
    assert AuditEvent.objects.filter(action="assessments.difference_decided").count() == 1
    with pytest.raises(StaleScore):
        _decide(verifying, value=False, version=0)
    tell_result(assessment=verifying.sheet, by=verifying.first)
    assert verifying.now().state == "preliminary"


def test_that_the_first_stands_is_a_decision_too(verifying):
    verifying.verify_all(no=("I.1",))
    verifying.verify_all(by=verifying.second)

    _decide(verifying, value=False, reason="Đồng ý với người thẩm định thứ nhất")

    assert [each.is_open for each in differences(verifying.sheet)] == [False]
    assert verifying.now().final_total == 20


def test_only_the_chair_decides_and_nobody_of_the_unit(verifying):
    verifying.verify_all(no=("I.1",))
    verifying.verify_all(by=verifying.second)

    for person in (verifying.first, verifying.second, verifying.manager, verifying.head):
        with pytest.raises(PermissionDenied):
            _decide(verifying, by=person)
    MembershipFactory(user=verifying.chair, unit=verifying.cast.a, role=Role.OBSERVER)
    with pytest.raises(PermissionDenied):
        _decide(verifying, by=User.objects.get(pk=verifying.chair.pk))


def test_once_both_have_finished_neither_takes_their_rows_up_again(verifying):
    verifying.verify_all()
    resume_verification(assessment=verifying.sheet, by=verifying.first)
    verifying.sheet.assignments.filter(place=1).update(finished_at=_now())
    verifying.verify_all(by=verifying.second)

    with pytest.raises(BothFinished):
        resume_verification(assessment=verifying.sheet, by=verifying.first)


def test_a_return_takes_the_decisions_back(verifying):
    verifying.verify_all(no=("I.1",))
    verifying.verify_all(by=verifying.second)
    _decide(verifying)
    verifying.round.closes_at = verifying.round.verify_closes_at
    verifying.round.save()

    return_sheet(assessment=verifying.sheet, note="Bổ sung", by=verifying.first)

    assert verifying.row("I.1", "final").answer == {}
    assert not verifying.sheet.assignments.filter(finished_at__isnull=False).exists()


def test_the_queue_of_the_chair_leads_to_the_differences(verifying, client):
    verifying.verify_all(no=("I.1",))
    verifying.verify_all(by=verifying.second)
    [row] = queue(verifying.chair, now=_now())
    assert (row.bucket, row.differences, row.is_chair) == (Bucket.DIFFERENCES, 1, True)
    client.force_login(verifying.chair)
    url = reverse("assessments:decide_difference", args=[verifying.sheet.pk, verifying.criterion("I.1").pk])

    refused = client.post(url, {"version": "0", "stands": "second", "explanation": ""})
    saved = client.post(url, {"version": "0", "stands": "second", "explanation": "Có quyết định số 12"})
    stale = client.post(url, {"version": "0", "stands": "first", "explanation": "Không"})

    assert (refused.status_code, saved.status_code, stale.status_code) == (422, 302, 409)
    assert "Không" in stale.content.decode()
    assert verifying.row("I.1", "final").points == 10
    [row] = queue(verifying.chair, now=_now())
    assert (row.bucket, row.may_tell) == (Bucket.FINISHED, True)
