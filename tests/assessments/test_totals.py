"""The totals stored with a sheet, stage by stage, and the same numbers wherever a sheet is read."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from assessments import scoring
from assessments.contexts.rules import rules_of, stored_result
from assessments.models import Assessment, CriteriaSet, Criterion, Score
from assessments.services import recompute_totals, totals_apart
from assessments.services.standing import locked
from assessments.services.totals import store_totals
from tests.factories.assessments import AssessmentFactory, RoundFactory, ScoreFactory, load_sets
from tests.factories.units import UnitFactory, UserFactory
from units.models import Unit

Stage = Score.Stage


def put(sheet: Assessment, code: str, stage: str, answer: dict) -> Score:
    """A row as a service would write it, without asking whether the sheet takes it now."""
    criteria_set = sheet.round.criteria_set
    rules = rules_of(criteria_set, criteria_set.criteria.order_by("order"))
    result = scoring.score(rules.rule(code), answer)
    return ScoreFactory(
        assessment=sheet,
        criterion=criteria_set.criteria.get(code=code),
        stage=stage,
        answer=dict(result.answer),
        points=result.points,
        light=result.light,
    )


def store(sheet: Assessment, *stages: str) -> Assessment:
    with transaction.atomic():
        store_totals(locked(sheet), *stages)
    sheet.refresh_from_db()
    return sheet


def test_each_stage_has_its_totals(sheets):
    sheet = sheets.points
    put(sheet, "1.1", Stage.SELF, {"days_late": 0})
    put(sheet, "1.2", Stage.SELF, {"value": True})
    put(sheet, "1.1", Stage.VERIFIED, {"days_late": 12})
    put(sheet, "1.1", Stage.SECOND, {"days_late": 31})

    store(sheet)

    assert (sheet.scored, sheet.of, sheet.total) == (2, 23, Decimal("7.00"))
    assert sheet.group_totals["I"] == {"points": "7.00", "scored": 2, "green": 0, "yellow": 0, "red": 0}
    assert (sheet.verified_scored, sheet.verified_total) == (1, Decimal("2.00"))
    assert sheet.verified_groups["I"]["points"] == "2.00"
    assert (sheet.final_scored, sheet.final_total, sheet.grade) == (1, Decimal("2.00"), "")


def test_what_stands_is_the_decision_else_the_appeal_else_what_was_verified(sheets):
    sheet = sheets.points
    for code, stages in {
        "1.1": {Stage.VERIFIED: 31},
        "7.1": {Stage.VERIFIED: 31, Stage.APPEAL: 0},
        "7.2": {Stage.VERIFIED: 31, Stage.APPEAL: 0, Stage.FINAL: 12},
    }.items():
        for stage, days in stages.items():
            put(sheet, code, stage, {"days_late": days})
    put(sheet, "1.2", Stage.SELF, {"value": True})  # nobody verified it: it does not stand

    store(sheet)

    # 0 + 3 + 1.5
    assert (sheet.final_total, sheet.final_scored) == (Decimal("4.50"), 3)
    assert (sheet.verified_total, sheet.verified_scored) == (0, 3)
    assert sheet.final_groups["VII"]["points"] == "4.50"


def test_a_decision_that_was_cleared_gives_way_to_what_was_before(sheets):
    put(sheets.points, "1.2", Stage.VERIFIED, {"value": True})
    put(sheets.points, "1.2", Stage.FINAL, {})

    assert store(sheets.points).final_total == 3


@pytest.mark.parametrize(
    ("stage", "moved"),
    [
        (Stage.SELF, {"total"}),
        (Stage.VERIFIED, {"verified_total", "final_total"}),
        (Stage.SECOND, set()),
        (Stage.APPEAL, {"final_total"}),
        (Stage.FINAL, {"final_total"}),
    ],
)
def test_a_change_at_a_stage_moves_the_totals_it_concerns(sheets, stage, moved):
    for each in Stage:
        put(sheets.points, "1.2", each, {"value": True})

    store(sheets.points, stage)

    told = {name for name in ("total", "verified_total", "final_total") if getattr(sheets.points, name) is not None}
    assert told == moved


def test_totals_by_rules_that_are_known_take_one_read_of_the_rows_and_one_write(sheets, django_assert_num_queries):
    put(sheets.points, "1.2", Stage.SELF, {"value": True})
    recompute_totals(assessment=sheets.points)
    for stages in ([Stage.SELF], [Stage.VERIFIED], []):
        for code in ("1.1", "7.1"):
            Score.objects.filter(criterion__code=code).delete()
            put(sheets.points, code, Stage.VERIFIED, {"days_late": 0})
        with transaction.atomic():
            sheet = locked(sheets.points)
            with django_assert_num_queries(2):
                store_totals(sheet, *stages)


def full(sheet: Assessment, stage: str, **other: dict) -> None:
    """Everything at its best, except `other` (by code, dots as underscores)."""
    said = {code.lstrip("c").replace("_", "."): answer for code, answer in other.items()}
    criteria_set = sheet.round.criteria_set
    for criterion in criteria_set.criteria.exclude(scoring=Criterion.Scoring.GROUP).order_by("order"):
        put(sheet, criterion.code, stage, said.get(criterion.code, BEST[criterion.scoring](criterion.parameters)))


BEST = {
    Criterion.Scoring.YES_NO: lambda given: {"value": True},
    Criterion.Scoring.LEVELS: lambda given: {"level": len(given["levels"]) - 1},
    Criterion.Scoring.RATIO: lambda given: {"done": 7, "of": 7},
    Criterion.Scoring.BANDS: lambda given: {"percent": "100"},
    Criterion.Scoring.COUNT: lambda given: (
        {"items": list(range(len(given["items"])))} if "items" in given else {"count": given["most"]}
    ),
    Criterion.Scoring.DEADLINE: lambda given: {"days_late": 0},
    Criterion.Scoring.RAG: lambda given: {"light": "green"},
}


@pytest.mark.parametrize(
    ("other", "total", "grade", "reasons"),
    [
        ({}, "100.00", "good", []),
        # 100 − 4: not declared
        ({"c4_1": {"value": False}}, "96.00", "average", ["Chưa công bố hệ thống quản lý chất lượng đúng quy định"]),
        # 100 − 6, 100 − 5: no internal audit, no management review
        ({"c5_1": {"items": []}}, "94.00", "fair", ["Không đánh giá nội bộ trong năm"]),
        ({"c5_2": {"level": 0}}, "95.00", "fair", ["Không xem xét của lãnh đạo trong năm"]),
        ({"c5_2": {"level": 1}}, "97.50", "good", []),
        # 94 × 100 / 94: what does not apply leaves the sum
        ({"c2_4": {"not_applicable": True}}, "100.00", "good", []),
        # (94 − 4) × 100 / 94 = 95.744…
        ({"c2_4": {"not_applicable": True}, "c4_2": {"items": []}}, "95.74", "good", []),
    ],
)
def test_the_example_set_grades_and_knocks_out(sheets, other, total, grade, reasons):
    full(sheets.points, Stage.VERIFIED, **other)

    store(sheets.points, Stage.VERIFIED)

    assert (sheets.points.final_total, sheets.points.grade) == (Decimal(total), grade)
    assert sheets.points.knocked_out == reasons
    assert sheets.points.final_scored == 23


def test_who_leaves_out_what_would_knock_it_out_has_no_grade(sheets):
    full(sheets.points, Stage.VERIFIED)
    Score.objects.filter(criterion__code="4.1").delete()

    store(sheets.points)

    assert (sheets.points.final_total, sheets.points.grade) == (Decimal("96.00"), "")


def test_lights_are_counted_at_every_stage(sheets):
    put(sheets.lights, "1.1", Stage.SELF, {"light": "green"})
    put(sheets.lights, "1.2", Stage.SELF, {"light": "red"})
    put(sheets.lights, "1.1", Stage.VERIFIED, {"light": "yellow"})

    store(sheets.lights)

    sheet = sheets.lights
    assert (sheet.green, sheet.yellow, sheet.red, sheet.scored, sheet.of, sheet.total) == (1, 0, 1, 2, 39, None)
    assert (sheet.final_green, sheet.final_yellow, sheet.final_red, sheet.final_scored) == (0, 1, 0, 1)
    assert sheet.verified_groups["I"] == {"points": None, "scored": 1, "green": 0, "yellow": 1, "red": 0}


@pytest.fixture
def rolled(sheets) -> Assessment:
    """A sheet whose indicator 4.6 has two parts, one of them measured."""
    criteria_set = CriteriaSet.objects.create(
        slug="parts",
        title="Chỉ số có thành phần",
        standard=sheets.sets["iso18091-2019"].standard,
        scale="rag",
        status="published",
        policy={"not_applicable": "excluded"},
    )
    group = Criterion.objects.create(criteria_set=criteria_set, order=1, code="IV", title="IV", scoring="group")
    indicator = Criterion.objects.create(
        criteria_set=criteria_set, order=2, code="4.6", title="Nước sạch", scoring="roll_up", parent=group
    )
    Criterion.objects.create(
        criteria_set=criteria_set, order=3, code="4.6.a", title="a", scoring="rag", parent=indicator, skippable=True
    )
    Criterion.objects.create(
        criteria_set=criteria_set,
        order=4,
        code="4.6.b",
        title="b",
        scoring="measured",
        parent=indicator,
        parameters={"unit": "%", "green": "95", "yellow": "75"},
    )
    return AssessmentFactory(round=RoundFactory(criteria_set=criteria_set), unit=sheets.cast.a)


def test_an_indicator_takes_the_worst_of_its_parts_without_a_row_of_its_own(rolled):
    put(rolled, "4.6.a", Stage.SELF, {"light": "green"})
    put(rolled, "4.6.b", Stage.SELF, {"value": "80"})

    store(rolled)

    assert (rolled.scored, rolled.of, rolled.green, rolled.yellow) == (1, 1, 0, 1)


def test_a_light_set_by_hand_stands_over_the_parts(rolled):
    put(rolled, "4.6.a", Stage.VERIFIED, {"not_applicable": True})
    put(rolled, "4.6.b", Stage.VERIFIED, {"value": "80"})
    put(rolled, "4.6", Stage.VERIFIED, {"light": "red"})

    store(rolled)

    assert (rolled.final_red, rolled.final_yellow, rolled.final_scored) == (1, 0, 1)


def test_only_criteria_that_apply_to_the_unit_count(sheets):
    criteria_set = sheets.round.criteria_set
    criteria_set.criteria.filter(code__in=["1.2", "II"]).update(applies_to=[Unit.Kind.PROVINCE.value])

    put(sheets.points, "1.1", Stage.SELF, {"days_late": 0})
    store(sheets.points)

    # without 1.2 and the four criteria of group II
    assert sheets.points.of == 23 - 5
    assert "II" not in sheets.points.group_totals


def test_stored_totals_equal_recomputed_ones(sheets, capsys):
    full(sheets.points, Stage.SELF, c2_1={"done": 109, "of": 118}, c2_4={"not_applicable": True})
    full(sheets.points, Stage.VERIFIED, c2_1={"done": 100, "of": 118})
    put(sheets.points, "2.1", Stage.APPEAL, {"done": 105, "of": 118})
    put(sheets.points, "2.1", Stage.FINAL, {"done": 109, "of": 118})
    full(sheets.lights, Stage.SELF)
    for sheet in (sheets.points, sheets.lights):
        store(sheet)

    call_command("check_totals")

    assert list(totals_apart()) == []
    assert "2 sheets" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"total": Decimal("99.99")}, "total"),
        ({"of": 5}, "of"),
        ({"verified_total": None}, "verified_total"),
        ({"verified_groups": {}}, "verified_groups"),
        ({"final_scored": 1}, "final_scored"),
        ({"final_green": 3}, "final_green"),
        ({"grade": "weak"}, "grade"),
        ({"knocked_out": ["x"]}, "knocked_out"),
    ],
)
def test_a_stored_number_that_differs_is_found_and_mended(sheets, capsys, change, name):
    full(sheets.points, Stage.SELF)
    full(sheets.points, Stage.VERIFIED)
    store(sheets.points)
    Assessment.objects.filter(pk=sheets.points.pk).update(**change)

    assert [each[1] for each in totals_apart()] == [name]
    with pytest.raises(CommandError):
        call_command("check_totals")
    recompute_totals(assessment=sheets.points)

    assert f"{name} is" in capsys.readouterr().err
    assert list(totals_apart()) == []


def test_a_score_that_does_not_follow_from_its_answer_is_found(sheets):
    row = put(sheets.points, "2.1", Stage.VERIFIED, {"done": 109, "of": 118})
    store(sheets.points)
    Score.objects.filter(pk=row.pk).update(points=Decimal("7.40"))

    ((_sheet, name, stored, again),) = list(totals_apart())

    assert (name, stored, again) == ("verified score 2.1", Decimal("7.40"), Decimal("7.39"))


def test_sheets_that_nobody_touched_agree(sheets):
    assert list(totals_apart()) == []


def test_a_set_that_changes_after_scoring_began_changes_no_sheet(sheets):
    """B-11: a sheet is scored by the version its round opened with."""
    sheets.save("2.1", {"done": 109, "of": 118})
    before = Assessment.objects.values("total", "group_totals", "scored").get(pk=sheets.points.pk)
    published = sheets.round.criteria_set
    successor = CriteriaSet.objects.create(
        slug=published.slug, version=published.version + 1, title="Bản mới", standard=published.standard, scale="points"
    )
    Criterion.objects.create(
        criteria_set=successor, order=1, code="2.1", title="Khác", max_score=Decimal(1), scoring="ratio"
    )

    recompute_totals(assessment=sheets.points)

    assert Assessment.objects.values("total", "group_totals", "scored").get(pk=sheets.points.pk) == before
    assert list(totals_apart()) == []
    assert load_sets()["iso9001-example"].criteria.get(code="2.1").max_score == 8


class StoredTotals(TestCase):
    """Whatever is answered, at whatever stage: what is stored is what comes out again."""

    @classmethod
    def setUpTestData(cls) -> None:
        criteria_set = CriteriaSet.objects.create(
            slug="mixed",
            title="Đủ loại",
            standard=load_sets()["iso9001-example"].standard,
            scale="points",
            status="published",
            policy={
                "not_applicable": "excluded",
                "rounding": {"mode": "half_even", "decimals": 1},
                "bonus_cap": "3",
                "grades": [
                    {"code": "good", "title": "Tốt", "from": "5"},
                    {"code": "weak", "title": "Yếu", "from": "0"},
                ],
                "knock_outs": [{"criterion": "a", "below": "1", "at_most": "weak"}],
            },
        )
        top = Criterion.objects.create(
            criteria_set=criteria_set, order=1, code="I", title="I", scoring="group", weight=Decimal("1.125")
        )
        inner = Criterion.objects.create(
            criteria_set=criteria_set, order=2, code="I.1", title="I.1", scoring="group", parent=top
        )
        for order, (code, parent, counts) in enumerate(
            [("a", top, "normal"), ("b", inner, "normal"), ("c", inner, "bonus"), ("d", top, "deduction")], start=3
        ):
            Criterion.objects.create(
                criteria_set=criteria_set,
                order=order,
                code=code,
                title=code,
                scoring="points",
                max_score=Decimal("4.25"),
                weight=Decimal("0.333"),
                parent=parent,
                counts=counts,
                skippable=True,
            )
        cls.sheet = AssessmentFactory(round=RoundFactory(criteria_set=criteria_set), unit=UnitFactory())
        cls.by = UserFactory()

    @settings(max_examples=25, deadline=None)
    @given(
        st.dictionaries(
            st.tuples(st.sampled_from("abcd"), st.sampled_from(Stage)),
            st.one_of(
                st.just({"not_applicable": True}),
                st.integers(0, 425).map(lambda cents: {"points": f"{Decimal(cents).scaleb(-2)}"}),
            ),
        )
    )
    def test_stored_is_recomputed(self, answers):
        Score.objects.filter(assessment=self.sheet).delete()
        for (code, stage), answer in answers.items():
            put(self.sheet, code, stage, answer)

        store(self.sheet)

        assert list(totals_apart()) == []
        results = {row.criterion.code: stored_result(row) for row in self.sheet.scores.filter(stage=Stage.SELF)}
        criteria_set = self.sheet.round.criteria_set
        rules = rules_of(criteria_set, criteria_set.criteria.order_by("order"))
        assert self.sheet.total == rules.outcome(results).total
        assert json.loads(json.dumps(self.sheet.group_totals)) == self.sheet.group_totals
