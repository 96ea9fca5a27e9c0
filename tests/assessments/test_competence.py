"""Whose affair an indicator is: who says it, when, and that it is shown either way."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from activity.models import AuditEvent
from assessments.models import Assessment, Competence, Round
from assessments.services.competence import set_competence
from assessments.services.rows import NotInThisSheet
from assessments.services.standing import PhaseClosed, WrongState
from units.permissions import Role


def say(sheets, person, kind="shared", note="Công an tỉnh"):
    criterion = sheets.criterion("1.10", sheets.lights)
    return set_competence(assessment=sheets.lights, criterion=criterion, kind=kind, note=note, by=sheets.cast[person])


def test_saying_it_once_changing_it_and_taking_it_back(sheets):
    first = say(sheets, Role.UNIT_OFFICER)
    again = say(sheets, Role.UNIT_OFFICER)
    say(sheets, Role.PROGRAMME_OFFICER, kind="not_own", note="")
    changed = Competence.objects.get()
    say(sheets, Role.UNIT_OFFICER, kind="", note="")

    assert first == again
    assert (changed.kind, changed.note, changed.by) == ("not_own", "", sheets.cast[Role.PROGRAMME_OFFICER])
    assert not Competence.objects.exists()
    events = AuditEvent.objects.filter(action="assessments.competence_set").order_by("pk")
    assert [event.changes["competence"] for event in events] == [["", "shared"], ["shared", "not_own"], ["not_own", ""]]
    assert {event.unit_path for event in events} == {sheets.cast.a.path}


@pytest.mark.parametrize("person", [Role.OBSERVER, Role.ASSESSOR, Role.LEADER, "sibling", "foreign"])
def test_who_may_not_say_it(sheets, person):
    with pytest.raises(PermissionDenied):
        say(sheets, person)


def test_after_the_round_closed_only_the_officer_says_it_and_after_approval_nobody(sheets):
    now = timezone.now()
    Round.objects.filter(pk=sheets.lights.round_id).update(
        opens_at=now - timedelta(days=3), closes_at=now - timedelta(days=1)
    )
    with pytest.raises(PhaseClosed):
        say(sheets, Role.UNIT_OFFICER)
    assert say(sheets, Role.PROGRAMME_OFFICER)
    Assessment.objects.filter(pk=sheets.lights.pk).update(state=Assessment.State.APPROVED, digest="0")
    with pytest.raises(WrongState):
        say(sheets, Role.PROGRAMME_OFFICER, kind="own")


def test_a_criterion_of_another_set_or_a_group_has_none(sheets):
    for criterion in (sheets.criterion("1.1"), sheets.criterion("I", sheets.lights)):
        with pytest.raises(NotInThisSheet):
            set_competence(assessment=sheets.lights, criterion=criterion, kind="own", note="", by=sheets.officer)


def test_the_row_form_saves_and_shows_it(client, sheets):
    client.force_login(sheets.officer)
    url = reverse("assessments:indicator", args=[sheets.lights.pk, sheets.criterion("1.10", sheets.lights).pk])

    saved = client.post(url, {"kind": "not_own", "note": "Công an tỉnh"}, headers={"HX-Request": "true"})
    refused = client.post(url, {"kind": "nobody", "note": "giữ lại"})
    page = client.get(reverse("assessments:diagnosis", args=[sheets.lights.pk]))

    assert saved.status_code == 200
    assert Competence.objects.get().kind == "not_own"
    assert refused.status_code == 422
    assert "giữ lại" in refused.content.decode()
    assert str(Competence.objects.get().get_kind_display()) in page.content.decode()
