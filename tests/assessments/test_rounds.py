from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from activity.models import AuditEvent
from assessments import services
from assessments.models import Assessment, CriteriaSet, Round
from units.permissions import Permission, Role


def opened(sheets, **changed):
    now = timezone.now()
    values = {
        "unit": sheets.cast.province,
        "criteria_set": sheets.sets["iso9001-example"],
        "title": "Chấm điểm năm 2026",
        "year": 2026,
        "opens_at": now,
        "closes_at": now + timedelta(days=30),
        "by": sheets.cast[Role.PROGRAMME_OFFICER],
    }
    return services.open_round(**(values | changed))


def test_a_round_is_opened_and_written_down(sheets):
    round_ = opened(sheets)

    event = AuditEvent.objects.get(action="assessments.round_opened")
    assert (event.target_id, event.unit_path) == (str(round_.pk), sheets.cast.province.path)
    assert event.by_id == round_.created_by_id


def test_a_round_needs_a_published_set(sheets):
    CriteriaSet.objects.update(status=CriteriaSet.Status.DRAFT)
    sheets.sets["iso9001-example"].refresh_from_db()

    with pytest.raises(services.CriteriaSetNotPublished):
        opened(sheets)


def test_a_round_closes_after_it_opens(sheets):
    now = timezone.now()

    with pytest.raises(services.RoundOutOfOrder):
        opened(sheets, opens_at=now, closes_at=now)


def test_a_unit_has_one_round_a_year_by_a_set(sheets):
    opened(sheets)

    with pytest.raises(services.RoundExists) as refusal:
        opened(sheets)

    assert str(refusal.value)
    assert Round.objects.filter(year=2026).count() == 1


@pytest.mark.parametrize(
    ("person", "allowed"),
    [
        (Role.PROGRAMME_OFFICER, True),
        (Role.ADMINISTRATOR, True),
        (Role.LEADER, False),
        (Role.UNIT_OFFICER, False),
        ("foreign", False),
    ],
)
def test_who_opens_rounds_and_sheets(sheets, person, allowed):
    by = sheets.cast[person]

    if allowed:
        assert services.open_assessment(round=opened(sheets, by=by), unit=sheets.cast.b, by=by).unit == sheets.cast.b
        return
    with pytest.raises(PermissionDenied):
        opened(sheets, by=by)
    with pytest.raises(PermissionDenied):
        services.open_assessment(round=sheets.round, unit=sheets.cast.b, by=by)


def test_a_sheet_is_opened_blank_and_written_down(sheets):
    by = sheets.cast[Role.PROGRAMME_OFFICER]

    assessment = services.open_assessment(round=sheets.round, unit=sheets.cast.b, by=by)

    assert (assessment.total, assessment.scored, assessment.scores.count()) == (None, 0, 0)
    event = AuditEvent.objects.get(action="assessments.assessment_opened")
    assert (event.by_id, event.unit_path) == (by.pk, sheets.cast.b.path)


def test_a_unit_has_one_sheet_in_a_round_and_only_below_its_holder(sheets):
    by = sheets.cast[Role.PROGRAMME_OFFICER]

    with pytest.raises(services.AssessmentExists):
        services.open_assessment(round=sheets.round, unit=sheets.cast.a, by=by)
    with pytest.raises(services.UnitOutsideRound):
        services.open_assessment(round=sheets.round, unit=sheets.cast.foreign, by=by)
    assert Assessment.objects.filter(round=sheets.round).count() == 1


@pytest.mark.parametrize(
    ("person", "seen"),
    [(Role.LEADER, True), (Role.UNIT_OFFICER, True), (Role.FINANCE, False), ("sibling", False), ("foreign", False)],
)
def test_a_round_is_seen_by_its_holder_and_by_the_units_with_a_sheet(sheets, person, seen):
    rounds = Round.objects.allowed_to(sheets.cast[person], Permission.ASSESSMENT_VIEW)

    assert rounds.filter(pk=sheets.round.pk).exists() is seen
