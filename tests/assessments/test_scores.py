"""Saving a row: what is stored, summed, written down and refused; totals that always equal recomputed ones."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.utils import timezone

from activity.models import AuditEvent
from assessments import scoring, services
from assessments.contexts import assessment_result
from assessments.models import Assessment, Criterion, Score
from assessments.services.rows import _write
from units.permissions import Role


def events():
    return AuditEvent.objects.filter(action__startswith="assessments.score")


def test_a_save_stores_the_row_its_totals_and_an_event(sheets):
    score = sheets.save("2.1", {"done": "109", "of": "118"}, explanation="  03 quy trình chưa ban hành ")

    assert (score.points, score.answer, score.version) == (Decimal("7.39"), {"done": 109, "of": 118}, 1)
    assert score.explanation == "03 quy trình chưa ban hành"
    sheets.points.refresh_from_db()
    assert (sheets.points.total, sheets.points.scored) == (Decimal("7.39"), 1)
    assert sheets.points.group_totals["II"] == {"points": "7.39", "scored": 1, "green": 0, "yellow": 0, "red": 0}
    assert sheets.points.group_totals["I"]["points"] is None
    event = events().get()
    assert (event.action, event.by_id, event.unit_path) == (
        "assessments.score_saved",
        sheets.officer.pk,
        sheets.cast.a.path,
    )
    assert event.changes["result"] == [None, "7.39"]
    assert event.changes["answer"] == [{}, {"done": 109, "of": 118}]


def test_lights_are_counted(sheets):
    sheets.save("1.1", {"light": "green"}, sheet=sheets.lights)
    sheets.save("1.2", {"light": "red"}, sheet=sheets.lights)
    sheets.save("4.9", {"light": "green"}, sheet=sheets.lights)

    sheets.lights.refresh_from_db()
    assert (sheets.lights.green, sheets.lights.yellow, sheets.lights.red) == (2, 0, 1)
    assert (sheets.lights.total, sheets.lights.scored) == (None, 3)
    assert sheets.lights.group_totals["IV"]["green"] == 1


def test_zero_is_scored_and_blank_is_not(sheets):
    sheets.save("1.2", {"value": False})
    sheets.points.refresh_from_db()

    assert (sheets.points.total, sheets.points.scored) == (Decimal("0.00"), 1)


def test_a_cleared_row_is_blank_again_and_keeps_counting_its_versions(sheets):
    first = sheets.save("1.2", {"value": True})
    cleared = sheets.save("1.2", {}, version=first.version)

    assert (cleared.points, cleared.answer, cleared.version) == (None, {}, 2)
    sheets.points.refresh_from_db()
    assert (sheets.points.total, sheets.points.scored) == (None, 0)
    assert events().latest("pk").action == "assessments.score_cleared"
    with pytest.raises(services.StaleScore):
        sheets.save("1.2", {"value": False}, version=0)


def test_saving_what_is_stored_changes_nothing(sheets):
    first = sheets.save("1.2", {"value": True}, explanation="QĐ 12")
    again = sheets.save("1.2", {"value": "true"}, explanation="QĐ 12", version=0)

    assert again.version == first.version == 1
    assert events().count() == 1


def test_a_stale_save_is_refused_with_both_values_and_who_wrote_the_other(sheets):
    head = sheets.cast[Role.UNIT_HEAD]
    sheets.save("2.1", {"done": 100, "of": 118}, by=head, explanation="của thủ trưởng")

    with pytest.raises(services.StaleScore) as refusal:
        sheets.save("2.1", {"done": 109, "of": 118}, version=0, explanation="của chuyên viên")

    stored, mine = refusal.value.stored, refusal.value.mine
    assert (stored.result.points, stored.explanation, stored.version) == (Decimal("6.78"), "của thủ trưởng", 1)
    assert (stored.by, stored.at is not None) == (str(head), True)
    assert (mine.result.points, mine.explanation, mine.by) == (Decimal("7.39"), "của chuyên viên", str(sheets.officer))
    assert str(head) in str(refusal.value)
    assert Score.objects.get().points == Decimal("6.78")
    assert events().count() == 1


def test_a_version_that_was_never_saved_is_stale_too(sheets):
    with pytest.raises(services.StaleScore) as refusal:
        sheets.save("2.1", {"done": 1, "of": 1}, version=3)

    assert refusal.value.stored.version == 0
    assert str(refusal.value)


@pytest.mark.parametrize("code", ["I", "1.10"])
def test_a_group_or_a_criterion_of_another_set_is_not_in_the_sheet(sheets, code):
    sheet = sheets.points if code == "I" else sheets.lights

    with pytest.raises(services.NotInThisSheet):
        services.save_score(
            assessment=sheets.points,
            criterion=sheets.criterion(code, sheet),
            answer={},
            explanation="",
            expected_version=0,
            by=sheets.officer,
        )


def test_an_answer_that_does_not_fit_stores_nothing(sheets):
    with pytest.raises(scoring.InvalidAnswer):
        sheets.save("2.1", {"done": 119, "of": 118})

    assert not Score.objects.exists()
    assert not events().exists()


@pytest.mark.parametrize(
    ("opens", "closes", "taken"),
    [
        (timedelta(0), timedelta(hours=1), True),
        (timedelta(seconds=1), timedelta(hours=1), False),
        (timedelta(hours=-1), timedelta(0), False),
        (timedelta(hours=-1), timedelta(seconds=1), True),
    ],
)
def test_scores_are_taken_over_a_half_open_time(sheets, monkeypatch, opens, closes, taken):
    now = timezone.now()
    monkeypatch.setattr("assessments.services.standing.timezone.now", lambda: now)
    sheets.round.opens_at, sheets.round.closes_at = now + opens, now + closes
    sheets.round.save()

    if taken:
        assert sheets.save("1.2", {"value": True}).version == 1
        return
    with pytest.raises(services.PhaseClosed) as refusal:
        sheets.save("1.2", {"value": True})
    assert str(refusal.value)
    assert not Score.objects.exists()


@pytest.mark.parametrize(
    ("person", "allowed"),
    [
        (Role.UNIT_HEAD, True),
        (Role.UNIT_OFFICER, True),
        (Role.OBSERVER, False),
        (Role.ASSESSOR, False),
        (Role.LEADER, False),
        (Role.ADMINISTRATOR, False),
        (Role.PROGRAMME_OFFICER, False),
        ("sibling", False),
        ("commune", False),
        ("foreign", False),
        ("stranger", False),
    ],
)
def test_only_the_unit_itself_scores(sheets, person, allowed):
    if allowed:
        assert sheets.save("1.2", {"value": True}, by=sheets.cast[person]).by == sheets.cast[person]
        return
    with pytest.raises(PermissionDenied):
        sheets.save("1.2", {"value": True}, by=sheets.cast[person])
    assert not Score.objects.exists()


ANSWERS = {
    "yes_no": lambda chance: {"value": chance.choice([True, False])},
    "levels": lambda chance: {"level": chance.randrange(3)},
    "ratio": lambda chance: {"done": chance.randrange(40), "of": chance.randrange(40, 200)},
    "bands": lambda chance: {"percent": f"{chance.randrange(10001) / 100:.2f}"},
    "deadline": lambda chance: {"days_late": chance.choice([0, 12, 31, 200])},
    "rag": lambda chance: {"light": chance.choice(["green", "yellow", "red"])},
}


def random_answer(chance: random.Random, criterion: Criterion) -> dict:
    if chance.random() < 0.15:
        return {}
    if criterion.scoring == "count":
        items = criterion.parameters.get("items")
        return (
            {"items": chance.sample(range(len(items)), chance.randrange(len(items)))}
            if items
            else {"count": chance.randrange(criterion.parameters["most"] + 1)}
        )
    return ANSWERS[criterion.scoring](chance)


@pytest.mark.parametrize("seed", range(3))
def test_stored_totals_equal_recomputed_ones_after_any_saves(sheets, seed):
    chance = random.Random(seed)
    sheet = chance.choice([sheets.points, sheets.lights])
    of_set = Criterion.objects.filter(criteria_set=sheet.round.criteria_set, scored_by=Criterion.ScoredBy.UNIT)
    criteria = list(of_set.exclude(scoring="group"))
    acknowledged: dict[str, tuple[dict, int]] = {}

    for _ in range(60):
        criterion = chance.choice(criteria)
        version = acknowledged.get(criterion.code, ({}, 0))[1]
        saved = sheets.save(criterion.code, random_answer(chance, criterion), sheet=sheet, version=version)
        acknowledged[criterion.code] = (saved.answer, saved.version)

    stored = {score.criterion.code: (score.answer, score.version) for score in sheet.scores.select_related("criterion")}
    assert stored == acknowledged
    assert list(services.totals_apart()) == []
    sheet = Assessment.objects.with_sheet_head().get(pk=sheet.pk)
    result = assessment_result(sheet)
    assert (result.total, result.scored, result.green) == (sheet.total, sheet.scored, sheet.green)
    call_command("check_totals")


def test_a_total_that_was_tampered_with_is_found_and_put_right(sheets, capsys):
    sheets.save("1.2", {"value": True})
    Assessment.objects.filter(pk=sheets.points.pk).update(total=99)

    with pytest.raises(CommandError):
        call_command("check_totals")
    assert "total is 99" in capsys.readouterr().err

    assert services.recompute_totals(assessment=sheets.points).total == Decimal(3)
    call_command("check_totals")


def test_points_that_were_tampered_with_are_found(sheets, capsys):
    sheets.save("1.2", {"value": True})
    Score.objects.update(points=2)

    with pytest.raises(CommandError):
        call_command("check_totals")
    assert "score 1.2 is 2" in capsys.readouterr().err


def test_the_row_itself_refuses_a_version_that_has_gone(sheets):
    """What stands behind the lock: the UPDATE names the version, so a writer who slipped past it changes nothing."""
    score = sheets.save("1.2", {"value": True})

    written = _write(
        score, sheets.points, score.criterion, Score.Stage.SELF, 7, answer={"value": False}, points=0, by=sheets.officer
    )
    created = _write(None, sheets.points, score.criterion, Score.Stage.SELF, 0, answer={}, by=sheets.officer)

    assert (written, created) == (None, None)
    assert (Score.objects.get().answer, Score.objects.get().version) == ({"value": True}, 1)
