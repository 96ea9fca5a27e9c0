"""Every answer, refusal and field of the newer kinds in words."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import translation

from assessments import scoring
from assessments.contexts import answer_text, arithmetic_text, refusal_text
from assessments.contexts.controls import controls_of
from assessments.contexts.criteria_problems import SETTINGS, WORDS, invalid_rule_text
from assessments.scoring import InvalidAnswer, InvalidRule, Kind, Rule, roll_up, score
from tests.assessments.test_scoring_answers import COVERED, DUST, INDICATOR, POINTS, SKIPPABLE

WATER = Rule(code="4.6.1", group="4.6", kind=Kind.RAG)
SEWAGE = Rule(code="4.6.2", group="4.6", kind=Kind.RAG)
PARTS = {"4.6.1": score(WATER, {"light": "green"}), "4.6.2": score(SEWAGE, {"light": "red"})}


@pytest.mark.parametrize(
    ("result", "said", "arithmetic"),
    [
        (score(POINTS, {"points": "2,5"}), "2,5", "2,50 / 2,75"),
        (score(COVERED, {"value": "96,2"}), "96,2\u00a0%", "96,2\u00a0% ≥ 95\u00a0%: Xanh"),
        (score(COVERED, {"value": "80"}), "80\u00a0%", "80\u00a0% ≥ 75\u00a0%: Vàng"),
        (score(COVERED, {"value": "8"}), "8\u00a0%", "8\u00a0% < 75\u00a0%: Đỏ"),
        (score(DUST, {"value": "20"}), "20\u00a0µg/m³", "20\u00a0µg/m³ ≤ 25,5\u00a0µg/m³: Xanh"),
        (score(DUST, {"value": "50,5"}), "50,5\u00a0µg/m³", "50,5\u00a0µg/m³ > 50\u00a0µg/m³: Đỏ"),
        (score(SKIPPABLE, {"not_applicable": True}), "Không áp dụng", "Không áp dụng"),
        (
            roll_up([INDICATOR, WATER, SEWAGE], PARTS)["4.6"],
            "Đỏ",
            "Đỏ, kém nhất trong 4.6.1 xanh; 4.6.2 đỏ",
        ),
        (
            roll_up([INDICATOR, WATER, SEWAGE], PARTS | {"4.6": score(INDICATOR, {"light": "yellow"})})["4.6"],
            "Vàng",
            "Vàng, do người chấm quyết định thay cho đỏ",
        ),
        (score(INDICATOR, {"light": "yellow"}), "Vàng", "Vàng, do người chấm quyết định"),
    ],
)
def test_answers_and_their_arithmetic_in_vietnamese(result, said, arithmetic):
    with translation.override("vi"):
        assert (answer_text(result), arithmetic_text(result)) == (said, arithmetic)


def test_a_value_without_a_unit_stands_alone():
    rule = Rule(code="x", group="X", kind=Kind.MEASURED, parameters={"green": "2", "yellow": "1"})

    with translation.override("en"):
        assert arithmetic_text(score(rule, {"value": "1,5"})) == "1.5 ≥ 1: Yellow"


def test_a_refusal_tells_points_in_the_reader_s_language():
    with pytest.raises(InvalidAnswer) as refusal:
        score(POINTS, {"points": "3"})

    with translation.override("vi"):
        assert "2,75" in refusal_text(refusal.value)
    with translation.override("en"):
        assert "2.75" in refusal_text(refusal.value)


def test_every_refusal_of_a_set_has_its_words():
    assert set(WORDS) == set(InvalidRule.MESSAGES)


@pytest.mark.parametrize(
    ("given", "setting", "part"),
    [
        ({"floor": "x"}, "floor", ""),
        ({"rounding": {"decimals": 3}}, "rounding", " (decimals)"),
        ({"grades": [{}]}, "grades", ""),
    ],
)
def test_a_refused_setting_is_called_by_its_name(given, setting, part):
    with pytest.raises(InvalidRule) as refusal:
        scoring.read_policy(given)

    with translation.override("vi"):
        assert f"{SETTINGS[setting]}{part}" in invalid_rule_text(refusal.value)


def test_every_setting_has_a_name():
    assert set(SETTINGS) == set(vars(scoring.DEFAULT_POLICY))


def test_a_refused_criterion_is_called_by_its_code():
    rule = Rule(code="4.1", group="IV", kind=Kind.COUNT, maximum=Decimal("2.5"), parameters={"each": "1", "most": 1})
    with pytest.raises(InvalidRule) as refusal:
        scoring.check(rule)

    with translation.override("vi"):
        text = invalid_rule_text(refusal.value)
    assert text.startswith("4.1: ")
    assert "2,5" in text


@pytest.mark.parametrize(
    ("rule", "entry", "kind", "name", "value", "after"),
    [
        (POINTS, {"points": "2,5"}, "decimal", "points", "2,5", ""),
        (COVERED, {"value": "96,2"}, "decimal", "value", "96,2", "%"),
        (INDICATOR, {"light": "red"}, "lights", "light", "", ""),
    ],
)
def test_the_fields_of_the_newer_kinds(rule, entry, kind, name, value, after):
    (control,) = controls_of(rule.kind.value, entry, rule.parameters)

    assert (control.kind, control.name, control.value, control.after) == (kind, name, value, after)
    assert [option.value for option in control.options if option.chosen] == (["red"] if kind == "lights" else [])


def test_what_may_be_not_applicable_has_a_tick_for_it():
    ticked = controls_of("yes_no", {"not_applicable": True}, {}, skippable=True)[-1]
    plain = controls_of("yes_no", {"value": True}, {}, skippable=True)[-1]

    assert (ticked.kind, ticked.name, [option.chosen for option in ticked.options]) == (
        "checks",
        "not_applicable",
        [True],
    )
    assert [option.chosen for option in plain.options] == [False]
    assert all(control.name != "not_applicable" for control in controls_of("yes_no", {}, {}))
