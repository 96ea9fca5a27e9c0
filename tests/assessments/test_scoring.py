"""The arithmetic of each kind against values worked out by hand, what is refused, and what holds for every answer."""

from __future__ import annotations

import itertools
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from assessments import scoring
from assessments.scoring import InvalidAnswer, InvalidRule, Kind, Rule

YES_NO = Rule(code="1.2", group="I", kind=Kind.YES_NO, maximum=Decimal(3))
LEVELS = Rule(
    code="1.3",
    group="I",
    kind=Kind.LEVELS,
    maximum=Decimal(3),
    parameters={"levels": [{"points": each, "label": f"mức {each}"} for each in ("0", "1.5", "3")]},
)
RATIO = Rule(code="2.1", group="II", kind=Kind.RATIO, maximum=Decimal(8), parameters={"floor": "70"})
RATIO_OR_NONE = Rule(
    code="6.1", group="VI", kind=Kind.RATIO, maximum=Decimal(5), parameters={"none": "không có điểm không phù hợp"}
)
BANDS = Rule(
    code="3.2",
    group="III",
    kind=Kind.BANDS,
    maximum=Decimal(8),
    parameters={
        "bands": [
            {"from": "90", "points": "4"},
            {"from": "98", "points": "8"},
            {"from": "95", "points": "6"},
            {"from": "0", "points": "0"},
        ]
    },
)
EACH = Rule(
    code="2.3",
    group="II",
    kind=Kind.COUNT,
    maximum=Decimal(5),
    parameters={"each": "1", "most": 5, "noun": "tài liệu"},
)
ITEMS = Rule(
    code="4.2",
    group="IV",
    kind=Kind.COUNT,
    maximum=Decimal(4),
    parameters={"items": [{"points": "2", "label": "a"}, {"points": "1", "label": "b"}, {"points": "1", "label": "c"}]},
)
DEADLINE = Rule(
    code="1.1",
    group="I",
    kind=Kind.DEADLINE,
    maximum=Decimal(4),
    parameters={"steps": [{"days": 30, "points": "2"}, {"days": 0, "points": "4"}]},
)
RAG = Rule(code="1.10", group="I", kind=Kind.RAG)


@pytest.mark.parametrize(
    ("rule", "answer", "points"),
    [
        (YES_NO, {"value": True}, "3.00"),
        (YES_NO, {"value": "false"}, "0.00"),
        (LEVELS, {"level": 1}, "1.50"),
        (LEVELS, {"level": "2"}, "3.00"),
        # 109 × 8 ÷ 118 = 7.3898…
        (RATIO, {"done": 109, "of": 118}, "7.39"),
        (RATIO, {"done": "70", "of": "100"}, "5.60"),
        (RATIO, {"done": 69, "of": 100}, "0.00"),
        (RATIO, {"done": 6999999, "of": 10000000}, "0.00"),
        # 5 × 5 ÷ 8 = 3.125, a tie
        (RATIO_OR_NONE, {"done": 5, "of": 8}, "3.13"),
        # 9 × 5 ÷ 8000 = 0.005625
        (RATIO_OR_NONE, {"done": 9, "of": 8000}, "0.01"),
        (RATIO_OR_NONE, {"none": True}, "5.00"),
        (RATIO_OR_NONE, {"done": 0, "of": 3}, "0.00"),
        (BANDS, {"percent": "98"}, "8.00"),
        (BANDS, {"percent": "97,9999"}, "6.00"),
        (BANDS, {"percent": "97.9999"}, "6.00"),
        (BANDS, {"percent": "95"}, "6.00"),
        (BANDS, {"percent": "94,99"}, "4.00"),
        (BANDS, {"percent": "89,99"}, "0.00"),
        (BANDS, {"percent": 100}, "8.00"),
        (EACH, {"count": 4}, "4.00"),
        (EACH, {"count": "0"}, "0.00"),
        (ITEMS, {"items": ["0", "2"]}, "3.00"),
        (ITEMS, {"items": [2, 2, 0, 1]}, "4.00"),
        (ITEMS, {"items": []}, "0.00"),
        (DEADLINE, {"days_late": 0}, "4.00"),
        (DEADLINE, {"days_late": 1}, "2.00"),
        (DEADLINE, {"days_late": "30"}, "2.00"),
        (DEADLINE, {"days_late": 31}, "0.00"),
        (DEADLINE, {"never": "1"}, "0.00"),
    ],
)
def test_points_worked_out_by_hand(rule, answer, points):
    result = scoring.score(rule, answer)

    assert (result.points, str(result.points)) == (Decimal(points), points)
    assert result.steps[-1].values["points"] == result.points


@pytest.mark.parametrize("light", ["green", "yellow", "red"])
def test_a_light_is_not_a_number(light):
    result = scoring.score(RAG, {"light": light})

    assert (result.light, result.points, result.is_scored) == (light, None, True)


@pytest.mark.parametrize("rule", [YES_NO, LEVELS, RATIO, BANDS, EACH, ITEMS, DEADLINE, RAG])
def test_no_answer_is_not_zero(rule):
    result = scoring.score(rule, {})

    assert (result.points, result.light, result.is_scored) == (None, "", False)


@pytest.mark.parametrize(
    ("rule", "answer", "code", "field"),
    [
        (YES_NO, {"value": "maybe"}, "yes_or_no", "value"),
        (YES_NO, {"level": 1}, "shape", ""),
        (YES_NO, ["value"], "shape", ""),
        (LEVELS, {"level": 3}, "level", "level"),
        (LEVELS, {"level": "-1"}, "level", "level"),
        (LEVELS, {"level": True}, "level", "level"),
        (RATIO, {"done": 5}, "whole", "of"),
        (RATIO, {"done": "5,5", "of": 8}, "whole", "done"),
        (RATIO, {"done": "1.000", "of": "2.000"}, "whole", "done"),
        (RATIO, {"done": "٥", "of": 8}, "whole", "done"),
        (RATIO, {"done": 5.0, "of": 8}, "whole", "done"),
        (RATIO, {"done": "9" * 5000, "of": 8}, "whole", "done"),
        (RATIO, {"done": 0, "of": 0}, "of_zero", "of"),
        (RATIO, {"done": 9, "of": 8}, "done_over", "done"),
        (RATIO, {"none": True}, "none", "none"),
        (RATIO_OR_NONE, {"none": True, "done": 1, "of": 2}, "either", "none"),
        (BANDS, {"percent": "100,01"}, "percent", "percent"),
        (BANDS, {"percent": "-1"}, "percent", "percent"),
        (BANDS, {"percent": "NaN"}, "percent", "percent"),
        (BANDS, {"percent": "1e1"}, "percent", "percent"),
        (BANDS, {"percent": "97,12345"}, "percent", "percent"),
        (BANDS, {"percent": "1.000,5"}, "percent", "percent"),
        (EACH, {"count": 6}, "whole", "count"),
        (ITEMS, {"items": ["3"]}, "items", "items"),
        (ITEMS, {"items": "01"}, "items", "items"),
        (DEADLINE, {"days_late": -1}, "whole", "days_late"),
        (DEADLINE, {"days_late": 3, "never": True}, "either", "never"),
        (RAG, {"light": "blue"}, "light", "light"),
    ],
)
def test_an_answer_that_does_not_fit_is_refused_with_what_is_allowed(rule, answer, code, field):
    with pytest.raises(InvalidAnswer) as refusal:
        scoring.score(rule, answer)

    assert (refusal.value.code, refusal.value.field) == (code, field)
    assert str(refusal.value)


COUNTS = st.integers(min_value=0, max_value=100_000)
MAXIMA = st.decimals(min_value=Decimal("0.01"), max_value=Decimal(100), places=2)


@given(MAXIMA, COUNTS, COUNTS, st.integers(min_value=0, max_value=100))
def test_a_ratio_stays_within_bounds_and_is_rounded_half_up(maximum, done, of, floor):
    assume(of > 0 and done <= of)
    rule = Rule(code="x", group="X", kind=Kind.RATIO, maximum=maximum, parameters={"floor": str(floor)})

    points = scoring.score(rule, {"done": done, "of": of}).points

    exact = Fraction(done, of) * Fraction(maximum) if Fraction(done, of) * 100 >= floor else Fraction(0)
    hundredths, rest = divmod(exact * 100, 1)
    assert points == Decimal(int(hundredths) + (rest >= Fraction(1, 2))) / 100
    assert 0 <= points <= maximum
    assert points.as_tuple().exponent == -2


@given(MAXIMA, COUNTS, COUNTS, COUNTS)
def test_more_done_never_earns_less(maximum, some, more, of):
    assume(of > 0 and max(some, more) <= of)
    rule = Rule(code="x", group="X", kind=Kind.RATIO, maximum=maximum, parameters={"floor": "70"})
    low, high = sorted((some, more))

    assert scoring.score(rule, {"done": low, "of": of}).points <= scoring.score(rule, {"done": high, "of": of}).points


@given(st.lists(st.decimals(min_value=0, max_value=100, places=4), min_size=2, max_size=2))
def test_a_higher_share_never_falls_into_a_lower_band(shares):
    low, high = (scoring.score(BANDS, {"percent": share}).points for share in sorted(shares))

    assert 0 <= low <= high <= BANDS.maximum


@given(st.integers(0, 9999), st.integers(0, 9999))
def test_later_never_earns_more(one, other):
    early, late = (scoring.score(DEADLINE, {"days_late": days}).points for days in sorted((one, other)))

    assert 0 <= late <= early <= DEADLINE.maximum


@given(st.sets(st.integers(0, 2)), st.sets(st.integers(0, 2)))
def test_one_item_more_never_earns_less(some, others):
    fewer = scoring.score(ITEMS, {"items": sorted(some)}).points
    more = scoring.score(ITEMS, {"items": sorted(some | others)}).points

    assert 0 <= fewer <= more <= ITEMS.maximum


@given(
    st.dictionaries(
        st.sampled_from(["value", "level", "done", "of", "percent", "count", "items", "light"]),
        st.one_of(
            st.text(max_size=12), st.integers(), st.none(), st.booleans(), st.floats(), st.lists(st.integers(-2, 5))
        ),
    )
)
def test_whatever_is_sent_is_scored_within_bounds_or_refused(answer):
    for rule in (YES_NO, LEVELS, RATIO, BANDS, EACH, ITEMS, DEADLINE, RAG):
        try:
            result = scoring.score(rule, answer)
        except InvalidAnswer:
            continue
        assert result.points is None or 0 <= result.points <= rule.maximum
        # The canonical answer scores the same again: what is stored can be worked out anew.
        assert scoring.score(rule, result.answer) == result


@pytest.mark.parametrize("rule", [YES_NO, LEVELS, RATIO, RATIO_OR_NONE, BANDS, EACH, ITEMS, DEADLINE, RAG])
def test_sound_rules_pass(rule):
    scoring.check(rule)


@pytest.mark.parametrize(
    ("kind", "parameters"),
    [
        (Kind.LEVELS, {}),
        (Kind.LEVELS, {"levels": [{"points": "9", "label": "quá"}]}),
        (Kind.LEVELS, {"levels": [{"points": "x", "label": "chữ"}]}),
        (Kind.LEVELS, {"levels": [{"points": "-1", "label": "âm"}, {"points": "4", "label": "đủ"}]}),
        (Kind.BANDS, {"bands": [{"from": "200", "points": "4"}]}),
        (Kind.COUNT, {"each": "1", "most": 3}),
        (Kind.COUNT, {"items": [{"points": "3", "label": "thiếu"}]}),
        (Kind.DEADLINE, {"steps": []}),
        (Kind.RATIO, {"floor": "170"}),
    ],
)
def test_unsound_rules_are_found_when_loaded(kind, parameters):
    with pytest.raises(InvalidRule):
        scoring.check(Rule(code="x", group="X", kind=kind, maximum=Decimal(4), parameters=parameters))


def test_every_combination_of_items_adds_up():
    for size in range(4):
        for places in itertools.combinations(range(3), size):
            assert scoring.score(ITEMS, {"items": list(places)}).points == sum((2, 1, 1)[place] for place in places)
