"""A sheet is handed on: to its head, back, to the assessors; what it takes, who may, who is told, what is written."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from activity.models import AuditEvent, Notification
from assessments import services
from assessments.models import Assessment, Assignment, Criterion, Extension, Score, Team
from assessments.permissions import ACTS, Act
from assessments.services.submission import (
    SheetChanged,
    SheetIncomplete,
    send_to_head,
    submit_sheet,
    take_back,
    write_difficulties,
)
from units.models import User
from units.permissions import Role

State = Assessment.State
CODES = ("1.2", "1.4")


@pytest.fixture
def small(sheets):
    """The sheet by points with two criteria of the unit left, one of them with evidence owed, and one of the system."""
    keep = Criterion.objects.filter(criteria_set=sheets.round.criteria_set_id, code__in=[*CODES, "7.2"])
    rest = Criterion.objects.filter(criteria_set=sheets.round.criteria_set_id).exclude(
        pk__in=[*keep.values_list("pk", flat=True)]
    )
    rest.exclude(scoring="group").delete()
    Criterion.objects.filter(code__in=CODES).update(evidence_required=False)
    Criterion.objects.filter(code="1.4").update(evidence_required=True)
    return sheets


def complete(sheets) -> None:
    sheets.save("1.2", {"value": True})
    sheets.save("1.4", {"value": True}, explanation="đã có quyết định giao dự toán")


def told() -> set[int]:
    return set(Notification.objects.values_list("to", flat=True))


# -- What it takes ----------------------------------------------------------------------------------------------------
def test_a_complete_sheet_goes_to_the_assessors_with_what_the_system_measures(small):
    complete(small)
    head, assessor = small.cast[Role.UNIT_HEAD], small.cast[Role.ASSESSOR]
    team = Team.objects.create(round=small.round, title="Tổ 1")
    Assignment.objects.create(assessment=small.points, assessor=assessor, team=team, by=head)
    Notification.objects.all().delete()

    sheet = submit_sheet(assessment=small.points, difficulties=" Thiếu máy quét ", by=head)

    stored = Assessment.objects.get(pk=sheet.pk)
    assert (stored.state, stored.submitted_by, stored.late) == (State.SUBMITTED, head, False)
    assert stored.difficulties == "Thiếu máy quét"
    assert abs(stored.submitted_at - timezone.now()) < timedelta(minutes=1)
    assert Score.objects.get(criterion__code="7.2", stage="self").answer == {"days_late": 0}
    assert told() == {assessor.pk, small.cast[Role.PROGRAMME_OFFICER].pk}
    event = AuditEvent.objects.get(action="assessments.sheet_submitted")
    assert event.changes["state"] == ["scoring", "submitted"]
    assert event.unit_path == small.cast.a.path
    assert list(services.totals_apart()) == []


def test_what_is_not_answered_or_not_shown_keeps_the_sheet(small):
    small.save("1.4", {"value": True})

    with pytest.raises(SheetIncomplete) as refused:
        submit_sheet(assessment=small.points, by=small.cast[Role.UNIT_HEAD])

    assert (refused.value.unscored, refused.value.unproven) == (["1.2"], ["1.4"])
    assert "1.2" in str(refused.value)
    assert "1.4" in str(refused.value)
    small.points.refresh_from_db()
    assert small.points.state == State.SCORING
    assert not AuditEvent.objects.filter(action="assessments.sheet_submitted").exists()


def test_who_claims_nothing_owes_no_evidence(small):
    small.save("1.2", {"value": True})
    small.save("1.4", {"value": False})

    assert submit_sheet(assessment=small.points, by=small.cast[Role.UNIT_HEAD]).state == State.SUBMITTED


def test_under_an_extension_it_is_late(small):
    complete(small)
    head = small.cast[Role.UNIT_HEAD]
    small.round.closes_at = timezone.now() - timedelta(minutes=1)
    small.round.save()
    with pytest.raises(services.PhaseClosed):
        submit_sheet(assessment=small.points, by=head)

    Extension.objects.create(
        assessment=small.points, phase="self_score", until=timezone.now() + timedelta(hours=1), reason="mưa lũ", by=head
    )

    assert submit_sheet(assessment=small.points, by=head).late is True
    assert AuditEvent.objects.get(action="assessments.sheet_submitted").changes["late"] is True


def test_the_head_submits_what_was_looked_at(small):
    complete(small)
    seen = Assessment.objects.get(pk=small.points.pk).updated_at
    small.save("1.2", {"value": False}, version=1)
    head = small.cast[Role.UNIT_HEAD]

    with pytest.raises(SheetChanged):
        submit_sheet(assessment=small.points, seen=seen, by=head)

    again = Assessment.objects.get(pk=small.points.pk).updated_at
    assert submit_sheet(assessment=small.points, seen=again, by=head).state == State.SUBMITTED


def test_to_the_head_and_back(small):
    officer, head = small.officer, small.cast[Role.UNIT_HEAD]
    Notification.objects.all().delete()

    sheet = send_to_head(assessment=small.points, difficulties="Thiếu người", by=officer)

    assert (sheet.state, sheet.difficulties) == (State.HEAD_REVIEW, "Thiếu người")
    assert told() == {head.pk}
    with pytest.raises(services.WrongState):
        small.save("1.2", {"value": True})

    Notification.objects.all().delete()
    back = take_back(assessment=small.points, note="Xem lại 1.2", by=head)

    assert (back.state, back.sent_to_head_at) == (State.SCORING, None)
    assert told() == {officer.pk}
    assert AuditEvent.objects.get(action="assessments.sheet_taken_back").reason == "Xem lại 1.2"
    small.save("1.2", {"value": True})


def test_difficulties_are_written_once(small):
    for _again in range(2):
        write_difficulties(assessment=small.points, text="Kinh phí chậm", by=small.officer)

    assert AuditEvent.objects.filter(action="assessments.difficulties_written").count() == 1


# -- State × act × role -----------------------------------------------------------------------------------------------
SERVICES = {Act.SEND_TO_HEAD: send_to_head, Act.TAKE_BACK: take_back, Act.SUBMIT: submit_sheet}
MAY = {
    Act.SEND_TO_HEAD: {Role.UNIT_HEAD, Role.UNIT_OFFICER},
    Act.TAKE_BACK: {Role.UNIT_HEAD, Role.UNIT_OFFICER},
    Act.SUBMIT: {Role.UNIT_HEAD},
}


@pytest.mark.parametrize("act", SERVICES)
def test_every_state_and_role_of_an_act(small, act):
    complete(small)
    people = [*Role, "sibling", "commune", "foreign", "stranger"]
    for state in State.values:
        digest = "x" if state in {"approved", "published"} else ""
        for person in people:
            Assessment.objects.filter(pk=small.points.pk).update(state=state, digest=digest)
            by = User.objects.get(pk=small.cast[person].pk)
            try:
                SERVICES[act](assessment=small.points, by=by)
                done = True
            except PermissionDenied:
                done = None
            except services.WrongState:
                done = False
            expected = None if person not in MAY[act] else state in ACTS[act].states
            assert done is expected, (state, person)


# -- Pages ------------------------------------------------------------------------------------------------------------
def test_the_page_says_what_is_missing_and_takes_the_sheet_when_nothing_is(small, client):
    client.force_login(small.cast[Role.UNIT_HEAD])
    url = reverse("assessments:submit", args=[small.points.pk])
    small.save("1.4", {"value": True})

    missing = client.get(url).content.decode()
    refused = client.post(url, {"difficulties": "Mạng yếu", "seen": ""})

    for code in CODES:
        assert f"#c{small.criterion(code).pk}" in missing
    assert refused.status_code == 422
    assert "Mạng yếu</textarea>" in refused.content.decode()

    small.save("1.2", {"value": True})
    small.save("1.4", {"value": True}, version=1, explanation="có")
    seen = re_seen(client.get(url).content.decode())
    assert client.post(url, {"difficulties": "", "seen": seen}).status_code == 302
    assert Assessment.objects.get(pk=small.points.pk).state == State.SUBMITTED
    assert client.post(url, {"difficulties": "", "seen": ""}).status_code == 409


def test_a_head_who_looked_at_an_older_sheet_is_told(small, client):
    complete(small)
    client.force_login(small.cast[Role.UNIT_HEAD])
    url = reverse("assessments:submit", args=[small.points.pk])
    seen = re_seen(client.get(url).content.decode())
    small.save("1.2", {"value": False}, version=1)

    assert client.post(url, {"difficulties": "", "seen": seen}).status_code == 409


def re_seen(body: str) -> str:
    return body.split('name="seen" value="')[1].split('"')[0].replace("&#x2B;", "+")


def test_the_head_sees_what_changed_since_the_sheet_was_given_back(small, client):
    head = small.cast[Role.UNIT_HEAD]
    complete(small)
    send_to_head(assessment=small.points, by=small.officer)
    take_back(assessment=small.points, by=head)
    small.save("1.4", {"value": False}, version=1)
    client.force_login(head)

    body = client.get(reverse("assessments:submit", args=[small.points.pk])).content.decode()

    changed = body[body.index('id="changes"') :].split("</section>")[0]
    assert "1.4" in changed
    assert "1.2" not in changed
