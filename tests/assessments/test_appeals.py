"""A unit appeals, those who decide answer, the sheet has its result again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from activity.models import AuditEvent, Notification
from assessments.contexts.appeals import appeals_seen
from assessments.models import Appeal, Extension
from assessments.services.appeals import (
    AppealChanged,
    AppealExists,
    AppealsOpen,
    AppealTextMissing,
    ForeignEvidence,
    NothingToSend,
    OutcomeMissing,
    ScoreMissing,
    ScoreUnchanged,
    change_appeal,
    close_appeals,
    decide_appeal,
    send_appeals,
    withdraw_appeal,
    write_appeal,
)
from assessments.services.returning import tell_result
from assessments.services.standing import PhaseClosed, WrongState
from plans.models import Evidence
from reports.contexts.appeal_outcome import appeal_outcome
from tests.factories.units import MembershipFactory
from tests.factories.verification import Verifying, make_verifying
from units.models import User
from units.permissions import Role


@pytest.fixture
def told(db) -> Verifying:
    """The preliminary result is told: I.1 and I.2 were given nothing."""
    verifying = make_verifying()
    verifying.verify_all(no=("I.1", "I.2"), finish=False)
    tell_result(assessment=verifying.sheet, by=verifying.first)
    return verifying


def _write(told: Verifying, code: str = "I.1", *, by=None, text="Đã có quyết định", evidence=()) -> Appeal:
    return write_appeal(
        assessment=told.sheet, criterion=told.criterion(code), text=text, evidence=evidence, by=by or told.officer
    )


def _decide(told: Verifying, appeal: Appeal, state="upheld", *, by=None, value=True, outcome="Có căn cứ", version=None):
    return decide_appeal(
        appeal=appeal,
        state=state,
        outcome=outcome,
        answer=None if value is None else {"value": value},
        expected_version=appeal.version if version is None else version,
        by=by or told.chair,
    )


def _sent(told: Verifying, *codes: str) -> list[Appeal]:
    for code in codes:
        _write(told, code)
    return list(send_appeals(assessment=told.sheet, by=told.head))


def _told(action: str) -> set[int]:
    return set(Notification.objects.filter(event__action=action).values_list("to", flat=True))


def test_officers_write_the_head_sends_the_chair_decides_and_the_unit_is_told(told):
    _write(told, "I.1")
    _write(told, "I.2")
    first, second = send_appeals(assessment=told.sheet, by=told.head)

    assert told.now().state == "appealed"
    assert _told("assessments.appeals_sent") == {told.chair.pk, told.manager.pk}

    _decide(told, first)
    _decide(told, second, "rejected", value=None, outcome="Chưa đủ", by=told.manager)
    close_appeals(assessment=told.sheet, by=told.chair)

    sheet = told.now()
    assert (sheet.state, sheet.verified_total, sheet.final_total) == ("preliminary", 10, 20)
    assert (told.row("I.1", "appeal").explanation, told.row("I.2", "appeal")) == ("Có căn cứ", None)
    assert _told("assessments.appeals_closed") == {told.head.pk, told.officer.pk}
    assert set(told.sheet.appeals.values_list("state", flat=True)) == {"upheld", "rejected"}
    assert AuditEvent.objects.filter(action="assessments.appeal_decided").count() == 2


def test_an_appeal_outweighs_what_the_chair_had_decided_between_two_assessors(db):
    told = make_verifying(two=True)
    told.verify_all(no=("I.1",))
    told.verify_all(by=told.second)
    told.sheet.scores.create(
        criterion=told.criterion("I.1"), stage="final", answer={"value": False}, points=0, by=told.chair
    )
    tell_result(assessment=told.sheet, by=told.chair)
    [appeal] = _sent(told, "I.1")

    _decide(told, appeal)

    assert told.now().final_total == 30


@pytest.mark.parametrize(
    ("state", "value", "outcome", "refusal"),
    [
        ("upheld", True, " ", OutcomeMissing),
        ("upheld", None, "Có", ScoreMissing),
        ("partly", False, "Có", ScoreUnchanged),
    ],
)
def test_a_decision_tells_its_reason_and_changes_the_result(told, state, value, outcome, refusal):
    [appeal] = _sent(told, "I.1")

    with pytest.raises(refusal):
        _decide(told, appeal, state, value=value, outcome=outcome)

    assert told.now().final_total == 10
    assert Appeal.objects.get().state == "open"


def test_decided_twice_the_second_is_told_who_decided(told):
    [appeal] = _sent(told, "I.1")
    _decide(told, appeal)

    with pytest.raises(AppealChanged) as refused:
        _decide(told, appeal, "rejected", value=None, by=told.manager)

    assert str(told.chair) in str(refused.value)


def test_what_is_refused_of_writing(told):
    foreign = Evidence.objects.create(
        unit=told.cast.b,
        name="x.pdf",
        media_type="application/pdf",
        stored_as="x",
        sha256="0",
        size=1,
        uploaded_by=told.first,
    )
    for refusal, given in (
        (AppealTextMissing, {"text": "  "}),
        (ForeignEvidence, {"evidence": [foreign]}),
        (PermissionDenied, {"by": told.first}),
        (PermissionDenied, {"by": told.cast["sibling"]}),
    ):
        with pytest.raises(refusal):
            _write(told, **given)
    _write(told)
    with pytest.raises(AppealExists):
        _write(told)
    assert Appeal.objects.count() == 1


def test_appeals_are_taken_within_their_dates_or_an_extension(told):
    told.round.appeal_closes_at = timezone.now() - timedelta(minutes=1)
    told.round.save()
    with pytest.raises(PhaseClosed):
        _write(told)
    Extension.objects.create(
        assessment=told.sheet, phase="appeal", until=timezone.now() + timedelta(days=1), reason="Bão", by=told.manager
    )

    assert _write(told).state == "draft"


def test_the_head_sends_what_there_is_and_only_the_head(told):
    with pytest.raises(NothingToSend):
        send_appeals(assessment=told.sheet, by=told.head)
    _write(told)
    with pytest.raises(PermissionDenied):
        send_appeals(assessment=told.sheet, by=told.officer)
    send_appeals(assessment=told.sheet, by=told.head)
    with pytest.raises(WrongState):
        send_appeals(assessment=told.sheet, by=told.head)


def test_a_changed_draft_is_not_overwritten_unseen(told):
    appeal = _write(told)
    change_appeal(appeal=appeal, text="Bổ sung", expected_version=1, by=told.head)

    with pytest.raises(AppealChanged) as refused:
        change_appeal(appeal=appeal, text="Khác", expected_version=1, by=told.officer)

    assert refused.value.stored.text == "Bổ sung"


def test_withdrawing_the_last_open_one_restores_the_result_and_frees_the_criterion(told):
    first, second = _sent(told, "I.1", "I.2")
    with pytest.raises(PermissionDenied):
        withdraw_appeal(appeal=first, expected_version=first.version, by=told.officer)

    withdraw_appeal(appeal=first, expected_version=first.version, by=told.head)
    assert told.now().state == "appealed"
    withdraw_appeal(appeal=second, expected_version=second.version, by=told.head)

    assert told.now().state == "preliminary"
    assert _write(told, "I.1").state == "draft"


def test_the_appeals_are_closed_once_all_are_decided(told):
    first, second = _sent(told, "I.1", "I.2")
    _decide(told, first)

    with pytest.raises(AppealsOpen):
        close_appeals(assessment=told.sheet, by=told.chair)

    assert told.now().state == "appealed"
    _decide(told, second, "rejected", value=None)
    close_appeals(assessment=told.sheet, by=told.manager)
    with pytest.raises(WrongState):
        close_appeals(assessment=told.sheet, by=told.manager)


def test_nobody_of_the_unit_and_no_other_assessor_decides(told):
    [appeal] = _sent(told, "I.1")
    MembershipFactory(user=told.manager, unit=told.cast.a, role=Role.OBSERVER)
    people = (told.first, told.head, told.cast[Role.ADMINISTRATOR], User.objects.get(pk=told.manager.pk))

    for person in people:
        with pytest.raises(PermissionDenied):
            _decide(told, appeal, by=person)
        with pytest.raises(PermissionDenied):
            close_appeals(assessment=told.sheet, by=person)


def test_a_draft_is_the_units_alone(told):
    _write(told)

    assert appeals_seen(told.officer).count() == 1
    for person in (told.chair, told.manager, told.cast["sibling"], told.cast[Role.OBSERVER]):
        assert not appeals_seen(person).exists()


def test_the_pages_write_send_and_decide(told, client):
    criterion = told.criterion("I.1")
    client.force_login(told.officer)
    new = reverse("assessments:appeal_new", args=[told.sheet.pk, criterion.pk])
    empty = client.post(new, {"text": ""})
    proof = SimpleUploadedFile("qd.txt", "Quyết định số 12".encode())
    written = client.post(new, {"text": "Đã có quyết định", "files": [proof]})
    appeal = Appeal.objects.get()
    stale = client.post(reverse("assessments:appeal_edit", args=[appeal.pk]), {"text": "Mới", "version": "9"})

    assert (empty.status_code, written.status_code, stale.status_code) == (422, 302, 409)
    assert "Mới" in stale.content.decode()
    assert [file.name for file in appeal.evidence.all()] == ["qd.txt"]

    client.force_login(told.head)
    client.post(reverse("assessments:appeals_send", args=[told.sheet.pk]))
    appeal.refresh_from_db()
    client.force_login(told.chair)
    url = reverse("assessments:appeal_decide", args=[appeal.pk])
    given = {"version": str(appeal.version), "value": "true", "explanation": "Có căn cứ"}
    unsaid = client.post(url, given)
    decided = client.post(url, given | {"state": "upheld"})
    again = client.post(url, given | {"state": "rejected"})

    assert (unsaid.status_code, decided.status_code, again.status_code) == (422, 302, 409)
    assert "Có căn cứ" in unsaid.content.decode()
    client.post(reverse("assessments:appeals_close", args=[told.sheet.pk]))
    assert told.now().state == "preliminary"


def test_the_api_writes_sends_and_decides(told, client):
    client.force_login(told.officer)
    body = {"assessment": told.sheet.pk, "criterion": told.criterion("I.1").pk, "text": "Đã có", "evidence": []}
    made = client.post(reverse("api:appeal-list"), body, content_type="application/json")
    unseen = client.post(
        reverse("api:appeal-list"), body | {"assessment": told.sheet.pk + 99}, content_type="application/json"
    )
    client.force_login(told.head)
    sent = client.post(reverse("api:assessment-send-appeals", args=[told.sheet.pk]))
    client.force_login(told.chair)
    url = reverse("api:appeal-decide", args=[made.json()["id"]])
    version = client.get(reverse("api:appeal-detail", args=[made.json()["id"]])).json()["version"]
    decision = {"state": "upheld", "outcome": "Có căn cứ", "answer": {"value": True}, "version": version}
    decided = client.post(url, decision, content_type="application/json")
    again = client.post(url, decision, content_type="application/json")

    assert (made.status_code, unseen.status_code, sent.status_code) == (201, 400, 200)
    assert (decided.status_code, decided.json()["state"], again.status_code) == (200, "upheld", 412)


@pytest.mark.parametrize("codes", [("I.1",), ("I.1", "I.2", "II.1")])
def test_the_page_costs_the_same_for_one_appeal_and_three(told, client, codes, django_assert_num_queries):
    _sent(told, *codes)
    client.force_login(told.chair)
    url = reverse("assessments:appeals", args=[told.sheet.pk])
    client.get(url)

    with django_assert_num_queries(16):
        client.get(url)


def test_the_printed_outcome_tells_each_criterion_and_the_new_total(told):
    first, second = _sent(told, "I.1", "I.2")
    _decide(told, first)
    _decide(told, second, "rejected", value=None, outcome="Chưa đủ minh chứng")

    report = appeal_outcome(told.now(), user=told.head)

    assert [(each.code, each.own, each.verified, each.after, each.outcome) for each in report.appeals] == [
        ("I.1", "10,00", "0,00", "10,00", "Chấp nhận"),
        ("I.2", "10,00", "0,00", "0,00", "Không chấp nhận"),
    ]
    text = " ".join(getattr(block, "text", "") for block in report.blocks)
    assert "20,00 điểm" in text
    assert "Chưa đủ minh chứng" in text
