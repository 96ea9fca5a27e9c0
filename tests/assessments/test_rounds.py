from __future__ import annotations

from contextlib import nullcontext
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from activity.models import AuditEvent, Notification
from assessments import services
from assessments.models import Assessment, CriteriaSet, Round
from assessments.services import rounds, teams
from assessments.services.phases import RoundChanged, RoundRefused
from tests.factories.assessments import criterion_of
from tests.factories.rounds import opened, phases, prepared, sheet_of
from tests.factories.units import UnitFactory
from units.permissions import Permission, Role

pytestmark = pytest.mark.django_db


def open_now(sheets, **changed):
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
    round_ = open_now(sheets)

    event = AuditEvent.objects.get(action="assessments.round_opened")
    assert (event.target_id, event.unit_path) == (str(round_.pk), sheets.cast.province.path)
    assert event.by_id == round_.created_by_id


def test_a_round_needs_a_published_set(sheets):
    CriteriaSet.objects.update(status=CriteriaSet.Status.DRAFT)
    sheets.sets["iso9001-example"].refresh_from_db()

    with pytest.raises(services.CriteriaSetNotPublished):
        open_now(sheets)


def test_a_round_closes_after_it_opens(sheets):
    now = timezone.now()

    with pytest.raises(services.RoundOutOfOrder):
        open_now(sheets, opens_at=now, closes_at=now)


def test_a_unit_has_one_round_a_year_by_a_set(sheets):
    open_now(sheets)

    with pytest.raises(services.RoundExists) as refusal:
        open_now(sheets)

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
        assert services.open_assessment(round=open_now(sheets, by=by), unit=sheets.cast.b, by=by).unit == sheets.cast.b
        return
    with pytest.raises(PermissionDenied):
        open_now(sheets, by=by)
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


# -- Prepared rounds -------------------------------------------------------------------------------------------------
STATES = [*Round.State]
MANAGERS = {Role.PROGRAMME_OFFICER, Role.ADMINISTRATOR}


def told_of(action):
    return set(Notification.objects.filter(event__action=action).values_list("to", flat=True))


def test_a_prepared_round_is_for_those_who_run_it_until_it_opens(cast):
    round_ = prepared(cast, cast.a, cast.b)
    unit = cast[Role.UNIT_HEAD]
    seen = Round.objects.allowed_to(unit, Permission.ASSESSMENT_VIEW)
    sheets = Assessment.objects.allowed_to(unit, Permission.ASSESSMENT_VIEW)
    assert not seen.exists()
    assert not sheets.exists()
    assert told_of("assessments.units_added") == set()

    rounds.open_prepared(round=round_, by=cast[Role.PROGRAMME_OFFICER])

    assert [*seen] == [round_]
    assert [sheet.unit for sheet in sheets] == [cast.a]
    assert told_of("assessments.round_opened") == {unit.pk, cast[Role.UNIT_OFFICER].pk, cast["sibling"].pk}


def test_a_sheet_knows_its_size_and_its_group(cast):
    groups = [{"code": "district", "title": "Cấp huyện, xã", "kinds": ["district", "commune"]}]
    round_ = prepared(cast, cast.a, cast.a1, groups=groups)
    some = round_.criteria_set.criteria.filter(code__in=["1.1", "1.2"])
    some.update(applies_to=["district"])
    rounds.add_units(round=round_, units=[cast.department], by=cast[Role.PROGRAMME_OFFICER])

    rounds.open_prepared(round=round_, by=cast[Role.PROGRAMME_OFFICER])

    size = round_.criteria_set.size
    found = {sheet.unit: (sheet.of, sheet.ranking_group) for sheet in round_.assessments.select_related("unit")}
    assert found == {
        cast.a: (size, "district"),
        cast.a1: (size - 2, "district"),
        cast.department: (size - 2, "department"),
    }


def test_each_unit_that_is_added_is_told_apart(cast):
    round_ = prepared(cast, cast.a)
    gone = UnitFactory(parent=cast.province, valid_to=timezone.localdate() - timedelta(days=9))
    by = cast[Role.PROGRAMME_OFFICER]

    results = rounds.add_units(round=round_, units=[cast.a, cast.b, cast.b, cast.foreign, gone], by=by)

    assert [each.outcome for each in results] == ["already", "added", "already", "outside", "ended"]
    assert round_.assessments.count() == 2
    past = rounds.add_units(round=round_, units=[gone], as_of=gone.valid_to, by=by)
    assert [each.outcome for each in past] == ["added"]


def test_a_unit_that_joins_later_is_told_at_once(cast):
    round_ = opened(cast, cast.a)

    rounds.add_units(round=round_, units=[cast.b], by=cast[Role.PROGRAMME_OFFICER])

    assert cast["sibling"].pk in told_of("assessments.units_added")
    assert sheet_of(round_, cast.b).of == round_.criteria_set.size


def test_a_unit_leaves_only_while_nothing_was_entered(cast):
    round_ = opened(cast, cast.a, cast.b, phases=phases(timezone.now()))
    by, officer = cast[Role.PROGRAMME_OFFICER], cast[Role.UNIT_OFFICER]
    sheet = sheet_of(round_, cast.a)
    criterion = criterion_of(sheet, "1.2")
    services.save_score(
        assessment=sheet, criterion=criterion, answer={"value": True}, explanation="", expected_version=0, by=officer
    )

    with pytest.raises(rounds.SheetBegun) as refused:
        rounds.remove_unit(assessment=sheet, by=by)
    assert str(refused.value)
    rounds.remove_unit(assessment=sheet_of(round_, cast.b), by=by)

    assert [each.unit for each in round_.assessments.select_related("unit")] == [cast.a]
    assert told_of("assessments.unit_removed") == {cast["sibling"].pk}


def test_a_round_opens_once_and_with_units(cast):
    by = cast[Role.PROGRAMME_OFFICER]
    empty = prepared(cast)
    with pytest.raises(rounds.RoundHasNoUnits):
        rounds.open_prepared(round=empty, by=by)
    rounds.add_units(round=empty, units=[cast.a], by=by)
    CriteriaSet.objects.update(status=CriteriaSet.Status.RETIRED)
    with pytest.raises(services.CriteriaSetNotPublished):
        rounds.open_prepared(round=empty, by=by)
    CriteriaSet.objects.update(status=CriteriaSet.Status.PUBLISHED)
    rounds.open_prepared(round=empty, by=by)

    with pytest.raises(rounds.RoundIsOpen) as refused:
        rounds.open_prepared(round=empty, by=by)

    assert str(refused.value)
    assert AuditEvent.objects.filter(action="assessments.round_opened").count() == 1


def test_a_prepared_round_is_edited_by_who_saw_it_last(cast):
    round_ = prepared(cast)
    by = cast[Role.PROGRAMME_OFFICER]
    given = {"round": round_, "phases": phases(), "expected_version": 1, "by": by}

    changed = rounds.edit_round(**given, title="Tên mới", second_assessor=True)

    assert (changed.title, changed.second_assessor, changed.version) == ("Tên mới", True, 2)
    event = AuditEvent.objects.get(action="assessments.round_edited")
    assert event.changes == {"title": ["Đợt đánh giá 2026", "Tên mới"], "second_assessor": [False, True]}
    with pytest.raises(RoundChanged) as refused:
        rounds.edit_round(**given, title="Khác")
    assert (refused.value.by, refused.value.stored.title) == (by, "Tên mới")
    other = prepared(cast, year=2027)
    with pytest.raises(services.RoundExists):
        rounds.edit_round(**given | {"round": other}, year=2026)


@pytest.mark.parametrize("state", STATES)
def test_what_each_state_takes_from_each_person(cast, state):
    round_ = opened(cast, cast.a, cast.b) if state != "preparing" else prepared(cast, cast.a, cast.b)
    Round.objects.filter(pk=round_.pk).update(state=state)
    round_.refresh_from_db()
    sheet = sheet_of(round_, cast.b)
    acts = {
        "edit": lambda by: rounds.edit_round(
            round=round_, phases=phases(), expected_version=round_.version, by=by, title="Khác"
        ),
        "add": lambda by: rounds.add_units(round=round_, units=[cast.a1], by=by),
        "remove": lambda by: rounds.remove_unit(assessment=sheet, by=by),
        "open": lambda by: rounds.open_prepared(round=round_, by=by),
        "team": lambda by: teams.make_team(round=round_, title="Tổ", chair=None, members=[cast[Role.ASSESSOR]], by=by),
    }
    takes = {"preparing": set(acts), "running": {"add", "remove", "team"}}.get(state, set())

    for name, act in acts.items():
        for person in [*Role, "sibling", "foreign"]:
            expected = None if person in MANAGERS and name in takes else RoundRefused
            if person not in MANAGERS:
                expected = PermissionDenied
            with transaction.atomic():
                with nullcontext() if expected is None else pytest.raises(expected):
                    act(cast[person])
                transaction.set_rollback(True)
