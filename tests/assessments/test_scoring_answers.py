"""Points entered, measured values, overrides and "not applicable": worked out by hand, and what is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest

from assessments import scoring
from assessments.scoring import InvalidAnswer, Kind, Result, Rule, Step

POINTS = Rule(code="9.1", group="IX", kind=Kind.POINTS, maximum=Decimal("2.75"))
BY_HALVES = Rule(code="9.2", group="IX", kind=Kind.POINTS, maximum=Decimal("2.75"), parameters={"step": "0.5"})
COVERED = Rule(
    code="4.6.1",
    group="4.6",
    kind=Kind.MEASURED,
    parameters={"unit": "%", "green": "95", "yellow": "75", "higher_is_better": True},
)
DUST = Rule(
    code="4.1.1",
    group="4.1",
    kind=Kind.MEASURED,
    parameters={"unit": "µg/m³", "green": "25.5", "yellow": "50", "higher_is_better": False},
)
INDICATOR = Rule(code="4.6", group="IV", kind=Kind.ROLL_UP)
SKIPPABLE = Rule(code="6.1", group="VI", kind=Kind.YES_NO, maximum=Decimal(5), skippable=True)
FIXED = Rule(code="1.2", group="I", kind=Kind.YES_NO, maximum=Decimal(3))


@pytest.mark.parametrize(
    ("rule", "given", "points", "canonical"),
    [
        (POINTS, "2.5", "2.50", "2.5"),
        (POINTS, "2,5", "2.50", "2.5"),
        (POINTS, " 2,05 ", "2.05", "2.05"),
        (POINTS, 2, "2.00", "2"),
        (POINTS, "0", "0.00", "0"),
        (POINTS, "0002", "2.00", "2"),
        (POINTS, "2,75", "2.75", "2.75"),
        (BY_HALVES, "1,5", "1.50", "1.5"),
        (BY_HALVES, "0.50", "0.50", "0.50"),
        # The maximum can be given although it is no multiple of the step.
        (BY_HALVES, "2.75", "2.75", "2.75"),
    ],
)
def test_points_are_taken_as_they_are_entered(rule, given, points, canonical):
    result = scoring.score(rule, {"points": given})

    assert str(result.points) == points
    assert result.answer == {"points": canonical}
    assert result.steps == (Step("entered", {"points": Decimal(points), "maximum": Decimal("2.75")}),)
    assert scoring.score(rule, result.answer) == result


@pytest.mark.parametrize(
    ("rule", "given", "code", "allowed"),
    [
        (POINTS, "2.76", "points", {"most": Decimal("2.75")}),
        (POINTS, "2.505", "points", {"most": Decimal("2.75")}),
        (POINTS, "-1", "points", {"most": Decimal("2.75")}),
        (POINTS, "−1", "points", {"most": Decimal("2.75")}),
        (POINTS, "", "points", {"most": Decimal("2.75")}),
        (POINTS, None, "points", {"most": Decimal("2.75")}),
        (POINTS, 2.5, "points", {"most": Decimal("2.75")}),
        (POINTS, True, "points", {"most": Decimal("2.75")}),
        (POINTS, "1e0", "points", {"most": Decimal("2.75")}),
        (POINTS, "1.000,5", "points", {"most": Decimal("2.75")}),
        (POINTS, "٢", "points", {"most": Decimal("2.75")}),
        (POINTS, "00002", "points", {"most": Decimal("2.75")}),
        (BY_HALVES, "0.25", "step", {"step": Decimal("0.5"), "most": Decimal("2.75")}),
        (BY_HALVES, "3", "points", {"most": Decimal("2.75")}),
    ],
)
def test_points_that_cannot_be_given_are_refused_with_the_limits(rule, given, code, allowed):
    with pytest.raises(InvalidAnswer) as refusal:
        scoring.score(rule, {"points": given})

    assert (refusal.value.code, refusal.value.field, refusal.value.allowed) == (code, "points", allowed)
    assert "2.75" in str(refusal.value)


@pytest.mark.parametrize(
    ("rule", "given", "light", "limit"),
    [
        (COVERED, "96,2", "green", "95"),
        (COVERED, "95", "green", "95"),
        (COVERED, "94.9999", "yellow", "75"),
        (COVERED, "75", "yellow", "75"),
        (COVERED, "74,9999", "red", "75"),
        (COVERED, "-3", "red", "75"),
        (COVERED, "120.5", "green", "95"),
        (DUST, "25,5", "green", "25.5"),
        (DUST, "25.5001", "yellow", "50"),
        (DUST, "50", "yellow", "50"),
        (DUST, "50.0001", "red", "50"),
        (DUST, "-12", "green", "25.5"),
        (DUST, "−12", "green", "25.5"),
        (DUST, "0", "green", "25.5"),
    ],
)
def test_a_measured_value_gives_a_light_by_its_thresholds(rule, given, light, limit):
    result = scoring.score(rule, {"value": given})

    (step,) = result.steps
    assert (result.light, result.points, result.is_scored) == (light, None, True)
    assert step.name == ("measured_red" if light == "red" else "measured")
    assert (step.values["light"], step.values["limit"]) == (light, Decimal(limit))
    assert step.values["unit"] == rule.parameters["unit"]
    assert step.values["higher"] is (rule is COVERED)
    assert scoring.score(rule, result.answer) == result


def test_a_measured_value_is_kept_as_it_was_read():
    assert scoring.score(COVERED, {"value": "96,20"}).answer == {"value": "96.20"}
    assert scoring.score(DUST, {"value": "-0,0"}).answer == {"value": "0.0"}


def test_more_is_better_and_there_is_no_unit_where_a_measure_does_not_say():
    rule = Rule(code="x", group="X", kind=Kind.MEASURED, parameters={"green": "2", "yellow": "1"})

    assert [scoring.score(rule, {"value": each}).light for each in (0, 1, 2)] == ["red", "yellow", "green"]
    assert scoring.score(rule, {"value": 1}).steps[0].values["unit"] == ""


@pytest.mark.parametrize("given", ["", None, "viele", "1e3", "NaN", "12.34567", 96.2, True, "1.000,5", "1" * 13, "--1"])
def test_a_measured_value_is_a_number_with_four_decimals(given):
    with pytest.raises(InvalidAnswer) as refusal:
        scoring.score(COVERED, {"value": given})

    assert (refusal.value.code, refusal.value.field) == ("value", "value")


@pytest.mark.parametrize("rule", [POINTS, COVERED, INDICATOR])
def test_the_answer_of_another_kind_has_not_the_form(rule):
    with pytest.raises(InvalidAnswer) as refusal:
        scoring.score(rule, {"percent": "5", "light": "green", "points": "1", "value": "1"})

    assert refusal.value.code == "shape"


@pytest.mark.parametrize("light", ["green", "yellow", "red"])
def test_the_light_of_an_indicator_can_be_set_by_hand(light):
    result = scoring.score(INDICATOR, {"light": light})

    assert (result.light, result.answer) == (light, {"light": light})
    assert result.steps == (Step("override", {"light": light}),)


@pytest.mark.parametrize("light", ["blue", "", None, ["green"], {"green": 1}, 0])
def test_there_are_three_lights(light):
    with pytest.raises(InvalidAnswer) as refusal:
        scoring.score(INDICATOR, {"light": light})

    assert (refusal.value.code, refusal.value.field) == ("light", "light")


@pytest.mark.parametrize("said", [True, "true", "1", 1, " TRUE "])
def test_a_criterion_may_not_apply_where_its_rule_says_so(said):
    result = scoring.score(SKIPPABLE, {"not_applicable": said})

    assert result == Result(answer={"not_applicable": True}, not_applicable=True, steps=(Step("not_applicable"),))
    assert (result.is_scored, result.points, result.light) == (True, None, "")


@pytest.mark.parametrize("said", [False, "false", "0", 0])
def test_saying_that_it_does_apply_is_no_answer_yet(said):
    assert scoring.score(SKIPPABLE, {"not_applicable": said}) == Result()
    assert scoring.score(FIXED, {"not_applicable": said}) == Result()
    assert scoring.score(FIXED, {"not_applicable": said, "value": True}).points == 3


@pytest.mark.parametrize(
    ("rule", "answer", "code", "field"),
    [
        (FIXED, {"not_applicable": True}, "not_applicable", "not_applicable"),
        (FIXED, {"not_applicable": True, "value": True}, "not_applicable", "not_applicable"),
        (SKIPPABLE, {"not_applicable": True, "value": True}, "only_not_applicable", "not_applicable"),
        (SKIPPABLE, {"not_applicable": "perhaps"}, "shape", ""),
        (SKIPPABLE, {"not_applicable": None}, "shape", ""),
        (SKIPPABLE, {"not_applicable": ""}, "shape", ""),
    ],
)
def test_not_applicable_is_refused_where_it_cannot_be(rule, answer, code, field):
    with pytest.raises(InvalidAnswer) as refusal:
        scoring.score(rule, answer)

    assert (refusal.value.code, refusal.value.field) == (code, field)
    assert str(refusal.value)


@pytest.mark.parametrize(
    ("answer", "name", "values"),
    [
        (
            {"done": 109, "of": 118},
            "ratio",
            {"done": 109, "of": 118, "percent": "92.37", "maximum": "8", "points": "7.39"},
        ),
        (
            {"done": 69, "of": 100},
            "under_floor",
            {"done": 69, "of": 100, "percent": "69.00", "floor": "70", "points": "0"},
        ),
    ],
)
def test_the_arithmetic_of_a_ratio_is_told_with_its_numbers(answer, name, values):
    rule = Rule(code="2.1", group="II", kind=Kind.RATIO, maximum=Decimal(8), parameters={"floor": "70"})

    (step,) = scoring.score(rule, answer).steps

    told = {key: Decimal(value) if isinstance(value, str) else value for key, value in values.items()}
    assert (step.name, step.values) == (name, told)


def test_the_arithmetic_of_the_other_kinds_is_told_with_its_numbers():
    bands = {"bands": [{"from": "98", "points": "8"}, {"from": "90", "points": "4"}]}
    steps = {"steps": [{"days": 0, "points": "4"}, {"days": 30, "points": "2"}]}
    items = {"items": [{"points": "2", "label": "a"}, {"points": "1.5", "label": "b"}]}

    def told(kind, maximum, parameters, answer):
        rule = Rule(code="x", group="X", kind=kind, maximum=Decimal(maximum), parameters=parameters)
        (step,) = scoring.score(rule, answer).steps
        return step

    assert told(Kind.BANDS, 8, bands, {"percent": "97,5"}) == Step(
        "band", {"percent": Decimal("97.5"), "from": Decimal(90), "points": Decimal(4)}
    )
    assert told(Kind.BANDS, 8, bands, {"percent": "89"}) == Step(
        "band", {"percent": Decimal(89), "from": Decimal(0), "points": Decimal(0)}
    )
    assert told(Kind.DEADLINE, 4, steps, {"days_late": 0}) == Step(
        "on_time", {"days": 0, "limit": 0, "points": Decimal(4)}
    )
    assert told(Kind.DEADLINE, 4, steps, {"days_late": 12}) == Step(
        "late", {"days": 12, "limit": 30, "points": Decimal(2)}
    )
    assert told(Kind.DEADLINE, 4, steps, {"days_late": 31}) == Step(
        "too_late", {"days": 31, "limit": 30, "points": Decimal(0)}
    )
    assert told(Kind.DEADLINE, 4, steps, {"never": True}) == Step("never", {"points": Decimal(0)})
    assert told(Kind.COUNT, 3, {"each": "0.75", "most": 4, "noun": "tài liệu"}, {"count": 3}) == Step(
        "each", {"count": 3, "each": Decimal("0.75"), "noun": "tài liệu", "points": Decimal("2.25")}
    )
    assert told(Kind.COUNT, 3, {"each": "0.75", "most": 4}, {"count": 0}).values["noun"] == ""
    assert told(Kind.COUNT, "3.5", items, {"items": [1, 0]}) == Step(
        "items", {"terms": [Decimal(2), Decimal("1.5")], "labels": ["a", "b"], "points": Decimal("3.5")}
    )
    assert told(Kind.YES_NO, 3, {}, {"value": "TRUE "}) == Step("yes", {"points": Decimal(3)})
    assert told(Kind.YES_NO, 3, {}, {"value": 0}) == Step("no", {"points": Decimal(0)})
    assert told(Kind.RATIO, 3, {"none": "không có"}, {"none": "1"}) == Step(
        "none", {"label": "không có", "points": Decimal(3)}
    )
    assert told(Kind.LEVELS, 3, {"levels": [{"points": "3", "label": "đủ"}]}, {"level": "0"}) == Step(
        "level", {"label": "đủ", "points": Decimal(3)}
    )


def test_what_is_counted_never_earns_more_than_the_maximum():
    each = Rule(code="x", group="X", kind=Kind.COUNT, maximum=Decimal(2), parameters={"each": "0.75", "most": 5})
    items = Rule(
        code="y",
        group="X",
        kind=Kind.COUNT,
        maximum=Decimal(2),
        parameters={"items": [{"points": "1.5", "label": "a"}, {"points": "1.5", "label": "b"}]},
    )

    assert [scoring.score(each, {"count": n}).points for n in (2, 3, 5)] == [Decimal("1.50"), Decimal(2), Decimal(2)]
    assert scoring.score(items, {"items": [0, 1]}).points == Decimal(2)


def test_the_limits_of_a_whole_number_are_told():
    rule = Rule(code="x", group="X", kind=Kind.COUNT, maximum=Decimal(5), parameters={"each": "1", "most": 5})
    late = Rule(
        code="y", group="X", kind=Kind.DEADLINE, maximum=Decimal(4), parameters={"steps": [{"days": 0, "points": "4"}]}
    )
    ratio = Rule(code="z", group="X", kind=Kind.RATIO, maximum=Decimal(4))

    for asked, answer, most in (
        (rule, {"count": 6}, 5),
        (rule, {"count": "x"}, 5),
        (late, {"days_late": 10_000}, 9999),
        (ratio, {"done": 1, "of": 1_000_000_001}, 1_000_000_000),
    ):
        with pytest.raises(InvalidAnswer) as refusal:
            scoring.score(asked, answer)
        assert (refusal.value.code, refusal.value.allowed) == ("whole", {"most": most})
    assert scoring.score(late, {"days_late": 9999}).points == 0
    assert scoring.score(ratio, {"done": "1000000000", "of": "1000000000"}).points == 4
    with pytest.raises(InvalidAnswer) as refusal:
        scoring.score(ratio, {"done": 9, "of": 8})
    assert (refusal.value.allowed, str(refusal.value)) == (
        {"done": 9, "of": 8},
        "The part (9) cannot exceed the whole (8).",
    )


def test_points_of_a_criterion_without_a_maximum_are_an_unsound_rule():
    with pytest.raises(scoring.InvalidRule) as refusal:
        scoring.score(Rule(code="7.7", group="VII", kind=Kind.YES_NO), {"value": True})

    assert (refusal.value.code, refusal.value.at) == ("no_maximum", "7.7")
    assert "7.7" in str(refusal.value)
