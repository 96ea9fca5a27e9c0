"""Policies read from data, rules and sets that cannot be scored by."""

from __future__ import annotations

from decimal import Decimal

import pytest

from assessments import scoring
from assessments.scoring import (
    DEFAULT_POLICY,
    Counts,
    Grade,
    GradeOn,
    Group,
    InvalidRule,
    Kind,
    KnockedOut,
    KnockOut,
    Mode,
    NotApplicable,
    Policy,
    Rounding,
    Rule,
    check_set,
    read_policy,
)


def test_nothing_said_is_the_default_policy():
    assert read_policy({}) == DEFAULT_POLICY == Policy()
    assert (DEFAULT_POLICY.not_applicable, DEFAULT_POLICY.rounding) == (
        NotApplicable.FORBIDDEN,
        Rounding(mode=Mode.HALF_UP, decimals=2),
    )
    assert (DEFAULT_POLICY.floor, DEFAULT_POLICY.ceiling, DEFAULT_POLICY.grade_on) == (0, None, GradeOn.POINTS)
    assert (DEFAULT_POLICY.bonus_cap, DEFAULT_POLICY.deduction_cap) == (None, None)
    assert DEFAULT_POLICY.knocked_out == KnockedOut.RANKED


def test_a_policy_is_read_with_the_best_grade_first():
    policy = read_policy(
        {
            "not_applicable": "excluded",
            "rounding": {"mode": "half_even", "decimals": 1},
            "bonus_cap": "3",
            "deduction_cap": "2.5",
            "floor": "1",
            "ceiling": "99.95",
            "grade_on": "percent",
            "grades": [
                {"code": "average", "title": "Trung bình", "from": "50"},
                {"code": "good", "title": "Tốt", "title_en": "Good", "from": "90.5"},
            ],
            "knock_outs": [
                {"criterion": "4.1", "below": "4", "at_most": "average", "reason": "chưa công bố"},
                {"criterion": "I", "below": "0.01", "at_most": "average"},
            ],
            "knocked_out": "unranked",
            "tie_breaks": ["III", "2.1"],
        }
    )

    assert policy == Policy(
        not_applicable=NotApplicable.EXCLUDED,
        rounding=Rounding(mode=Mode.HALF_EVEN, decimals=1),
        bonus_cap=Decimal(3),
        deduction_cap=Decimal("2.5"),
        floor=Decimal(1),
        ceiling=Decimal("99.95"),
        grade_on=GradeOn.PERCENT,
        grades=(
            Grade(code="good", title="Tốt", title_en="Good", least=Decimal("90.5")),
            Grade(code="average", title="Trung bình", least=Decimal(50)),
        ),
        knocked_out=KnockedOut.UNRANKED,
        knock_outs=(
            KnockOut(code="4.1", below=Decimal(4), at_most="average", reason="chưa công bố"),
            KnockOut(code="I", below=Decimal("0.01"), at_most="average"),
        ),
        tie_breaks=("III", "2.1"),
    )
    assert policy.grade("good") is policy.grades[0]
    assert policy.grade("none") is None


def test_a_cap_can_be_left_open_and_a_rounding_told_in_part():
    policy = read_policy({"bonus_cap": None, "ceiling": None, "rounding": {"decimals": 0}, "tie_breaks": ()})

    assert (policy.bonus_cap, policy.ceiling) == (None, None)
    assert policy.rounding == Rounding(mode=Mode.HALF_UP, decimals=0)
    assert read_policy({"rounding": {"mode": "down"}}).rounding == Rounding(mode=Mode.DOWN, decimals=2)
    assert read_policy({"floor": "5", "ceiling": "5"}).floor == 5


GOOD = {"code": "good", "title": "Tốt", "from": "90"}
OUT = {"criterion": "4.1", "below": "4", "at_most": "good"}


@pytest.mark.parametrize(
    ("given", "code", "at"),
    [
        ([], "value", "policy"),
        (None, "value", "policy"),
        ({"bonus": "3"}, "setting", "bonus"),
        ({"zeta": 1, "alpha": 1}, "setting", "alpha"),
        ({3: 1}, "setting", "3"),
        ({"not_applicable": "sometimes"}, "value", "not_applicable"),
        ({"not_applicable": None}, "value", "not_applicable"),
        ({"not_applicable": ["full"]}, "value", "not_applicable"),
        ({"rounding": "down"}, "value", "rounding"),
        ({"rounding": {"mode": "up"}}, "value", "rounding.mode"),
        ({"rounding": {"decimals": 3}}, "value", "rounding.decimals"),
        ({"rounding": {"decimals": -1}}, "value", "rounding.decimals"),
        ({"rounding": {"decimals": True}}, "value", "rounding.decimals"),
        ({"rounding": {"decimals": "2"}}, "value", "rounding.decimals"),
        ({"rounding": {"places": 2}}, "setting", "rounding.places"),
        ({"bonus_cap": "-1"}, "value", "bonus_cap"),
        ({"bonus_cap": 1.5}, "value", "bonus_cap"),
        ({"bonus_cap": True}, "value", "bonus_cap"),
        ({"bonus_cap": "NaN"}, "value", "bonus_cap"),
        ({"deduction_cap": "1.005"}, "value", "deduction_cap"),
        ({"deduction_cap": "123456"}, "value", "deduction_cap"),
        ({"floor": None}, "value", "floor"),
        ({"floor": "-5"}, "value", "floor"),
        ({"floor": "5", "ceiling": "4.99"}, "value", "ceiling"),
        ({"grade_on": "stars"}, "value", "grade_on"),
        ({"knocked_out": "last"}, "value", "knocked_out"),
        ({"grades": {"code": "good"}}, "value", "grades"),
        ({"grades": "good"}, "value", "grades"),
        ({"grades": ["good"]}, "value", "grades"),
        ({"grades": [{"code": "good", "title": "Tốt"}]}, "value", "grades"),
        ({"grades": [GOOD | {"code": ""}]}, "value", "grades.code"),
        ({"grades": [GOOD | {"code": 5}]}, "value", "grades.code"),
        ({"grades": [GOOD | {"title": "  "}]}, "value", "grades.title"),
        ({"grades": [GOOD | {"from": "ninety"}]}, "value", "grades.from"),
        ({"grades": [GOOD | {"until": "100"}]}, "setting", "grades.until"),
        ({"grades": [GOOD, GOOD | {"from": "80"}]}, "twice", "grades: good"),
        ({"grades": [GOOD, GOOD | {"code": "fine", "from": "90.0"}]}, "twice", "grades: 90"),
        ({"knock_outs": OUT}, "value", "knock_outs"),
        ({"knock_outs": [OUT]}, "unknown", "knock_outs.at_most"),
        ({"grades": [GOOD], "knock_outs": [OUT | {"at_most": "weak"}]}, "unknown", "knock_outs.at_most"),
        ({"grades": [GOOD], "knock_outs": [OUT | {"criterion": ""}]}, "value", "knock_outs.criterion"),
        ({"grades": [GOOD], "knock_outs": [OUT | {"below": "x"}]}, "value", "knock_outs.below"),
        ({"grades": [GOOD], "knock_outs": [OUT | {"at_most": None}]}, "value", "knock_outs.at_most"),
        ({"grades": [GOOD], "knock_outs": [{"criterion": "4.1", "at_most": "good"}]}, "value", "knock_outs"),
        ({"grades": [GOOD], "knock_outs": [OUT | {"above": "4"}]}, "setting", "knock_outs.above"),
        ({"tie_breaks": "III"}, "value", "tie_breaks"),
        ({"tie_breaks": [""]}, "value", "tie_breaks"),
        ({"tie_breaks": [3]}, "value", "tie_breaks"),
    ],
)
def test_nonsense_is_no_policy(given, code, at):
    with pytest.raises(InvalidRule) as refusal:
        read_policy(given)

    assert (refusal.value.code, refusal.value.at) == (code, at)
    assert refusal.value.at in str(refusal.value)


def rule(kind, maximum="4", **values) -> Rule:
    values.setdefault("parameters", {})
    return Rule(
        code=values.pop("code", "x"),
        group=values.pop("group", "I"),
        kind=kind,
        maximum=None if maximum is None else Decimal(maximum),
        **values,
    )


def _levels(*points: str) -> dict:
    return {"levels": [{"points": each, "label": f"mức {n}"} for n, each in enumerate(points)]}


SOUND = [
    rule(Kind.YES_NO),
    rule(Kind.LEVELS, parameters=_levels("4", "0", "2")),
    rule(Kind.RATIO, parameters={"floor": "0"}),
    rule(Kind.RATIO, parameters={"floor": "100"}),
    rule(Kind.BANDS, parameters={"bands": [{"from": "0", "points": "0"}, {"from": "100", "points": "4"}]}),
    rule(Kind.BANDS, parameters={"bands": [{"from": "50", "points": "4"}, {"from": "90", "points": "4"}]}),
    rule(Kind.DEADLINE, parameters={"steps": [{"days": 9, "points": "1"}, {"days": 0, "points": "4"}]}),
    rule(Kind.DEADLINE, parameters={"steps": [{"days": 0, "points": "4"}, {"days": 1, "points": "4"}]}),
    rule(Kind.COUNT, parameters={"each": "0.8", "most": 5}),
    rule(Kind.COUNT, parameters={"items": [{"points": "0", "label": "a"}, {"points": "4", "label": "b"}]}),
    rule(Kind.POINTS),
    rule(Kind.POINTS, parameters={"step": "4"}),
    rule(Kind.POINTS, weight=Decimal(0), counts=Counts.DEDUCTION),
    rule(Kind.RAG, None),
    rule(Kind.ROLL_UP, None),
    rule(Kind.MEASURED, None, parameters={"green": "95", "yellow": "95"}),
    rule(Kind.MEASURED, None, parameters={"green": "-5", "yellow": "5", "higher_is_better": False}),
    rule(Kind.MEASURED, None, parameters={"green": "5", "yellow": "5", "higher_is_better": False}),
]


@pytest.mark.parametrize("sound", SOUND)
def test_sound_rules_pass(sound):
    scoring.check(sound)


@pytest.mark.parametrize(
    ("unsound", "code"),
    [
        (rule(Kind.YES_NO, None), "no_maximum"),
        (rule(Kind.POINTS, weight=Decimal("-0.001")), "weight"),
        (rule(Kind.RAG, None, weight=Decimal("NaN")), "weight"),
        (rule(Kind.YES_NO, weight=Decimal("Infinity")), "weight"),
        (rule(Kind.LEVELS), "incomplete"),
        (rule(Kind.LEVELS, parameters={"levels": [{"points": "4"}]}), "incomplete"),
        (rule(Kind.LEVELS, parameters={"levels": [{"points": "4", "label": ""}]}), "unreachable"),
        (rule(Kind.LEVELS, parameters=_levels("x")), "incomplete"),
        (rule(Kind.LEVELS, parameters=_levels("0", "3")), "unreachable"),
        (rule(Kind.LEVELS, parameters=_levels("5")), "unreachable"),
        (rule(Kind.LEVELS, parameters=_levels("-1", "4")), "unreachable"),
        (rule(Kind.RATIO, parameters={"floor": "100.01"}), "incomplete"),
        (rule(Kind.RATIO, parameters={"floor": "-1"}), "incomplete"),
        (rule(Kind.RATIO, parameters={"floor": "much"}), "incomplete"),
        (rule(Kind.BANDS), "incomplete"),
        (rule(Kind.BANDS, parameters={"bands": [{"from": "101", "points": "4"}]}), "unreachable"),
        (rule(Kind.BANDS, parameters={"bands": [{"from": "-1", "points": "4"}]}), "unreachable"),
        (
            rule(Kind.BANDS, parameters={"bands": [{"from": "90", "points": "4"}, {"from": "95", "points": "3"}]}),
            "order",
        ),
        (rule(Kind.DEADLINE, parameters={"steps": []}), "unreachable"),
        (rule(Kind.DEADLINE, parameters={"steps": [{"days": -1, "points": "4"}]}), "unreachable"),
        (
            rule(Kind.DEADLINE, parameters={"steps": [{"days": 0, "points": "3"}, {"days": 5, "points": "4"}]}),
            "order",
        ),
        (rule(Kind.COUNT), "incomplete"),
        (rule(Kind.COUNT, parameters={"each": "1", "most": 3}), "unreachable"),
        (rule(Kind.COUNT, parameters={"items": [{"points": "5", "label": "a"}]}), "unreachable"),
        (
            rule(Kind.COUNT, parameters={"items": [{"points": "5", "label": "a"}, {"points": "-1", "label": "b"}]}),
            "unreachable",
        ),
        (rule(Kind.POINTS, parameters={"step": "4.5"}), "incomplete"),
        (rule(Kind.POINTS, parameters={"step": "-1"}), "incomplete"),
        (rule(Kind.POINTS, parameters={"step": "half"}), "incomplete"),
        (rule(Kind.YES_NO, "-4"), "unreachable"),
        (rule(Kind.RAG), "light_counts"),
        (rule(Kind.RAG, None, counts=Counts.BONUS), "light_counts"),
        (rule(Kind.MEASURED, "4", parameters={"green": "9", "yellow": "5"}), "light_counts"),
        (rule(Kind.MEASURED, None), "incomplete"),
        (rule(Kind.MEASURED, None, parameters={"green": "9"}), "incomplete"),
        (rule(Kind.MEASURED, None, parameters={"green": "a", "yellow": "b"}), "incomplete"),
        (rule(Kind.MEASURED, None, parameters={"green": "74", "yellow": "75"}), "thresholds"),
        (
            rule(Kind.MEASURED, None, parameters={"green": "76", "yellow": "75", "higher_is_better": False}),
            "thresholds",
        ),
    ],
)
def test_unsound_rules_are_found(unsound, code):
    with pytest.raises(InvalidRule) as refusal:
        scoring.check(unsound)

    assert (refusal.value.code, refusal.value.at) == (code, "x")
    assert "x" in str(refusal.value)


POLICY = {
    "grades": [GOOD],
    "knock_outs": [{"criterion": "a", "below": "1", "at_most": "good"}],
    "tie_breaks": ["I", "b"],
}
RULES = [rule(Kind.POINTS, code="a"), rule(Kind.POINTS, code="b", group="I.1")]
GROUPS = [Group(code="I"), Group(code="I.1", parent="I")]


def test_a_sound_set_passes():
    check_set(GROUPS, RULES, read_policy(POLICY))
    check_set([], [], DEFAULT_POLICY)
    check_set([], [rule(Kind.POINTS, group="")], DEFAULT_POLICY)
    parts = [
        rule(Kind.ROLL_UP, None, code="1"),
        rule(Kind.ROLL_UP, None, code="1.1", group="1"),
        rule(Kind.RAG, None, code="1.1.a", group="1.1"),
        rule(Kind.MEASURED, None, code="1.2", group="1", parameters={"green": "2", "yellow": "1"}),
    ]
    check_set(GROUPS, parts, DEFAULT_POLICY)


@pytest.mark.parametrize(
    ("groups", "rules", "policy", "code", "at"),
    [
        (GROUPS, [rule(Kind.LEVELS, code="a")], {}, "incomplete", "a"),
        ([Group(code="I", weight=Decimal(-1))], [], {}, "weight", "I"),
        (GROUPS, [*RULES, rule(Kind.YES_NO, code="a")], {}, "twice", "a"),
        (GROUPS, [rule(Kind.YES_NO, code="I")], {}, "twice", "I"),
        (GROUPS, [rule(Kind.YES_NO, code="a", group="II")], {}, "parent", "a"),
        ([Group(code="I", parent="II")], [], {}, "parent", "I"),
        ([Group(code="I", parent="I")], [], {}, "circle", "I"),
        ([Group(code="I", parent="II"), Group(code="II", parent="I")], [], {}, "circle", "I"),
        (GROUPS, [*RULES, rule(Kind.YES_NO, code="c", group="a")], {}, "parent", "c"),
        (
            GROUPS,
            [rule(Kind.ROLL_UP, None, code="1"), rule(Kind.YES_NO, code="1.1", group="1")],
            {},
            "part",
            "1.1",
        ),
        (
            [*GROUPS, Group(code="II", parent="1")],
            [rule(Kind.ROLL_UP, None, code="1")],
            {},
            "part",
            "II",
        ),
        (GROUPS, RULES[1:], POLICY, "unknown", "knock_outs"),
        (GROUPS, RULES[:1], POLICY, "unknown", "tie_breaks"),
        (GROUPS, [*RULES[:1], rule(Kind.RAG, None, code="b")], POLICY, "no_points", "tie_breaks"),
        (GROUPS, [*RULES[1:], rule(Kind.RAG, None, code="a")], POLICY, "no_points", "knock_outs"),
    ],
)
def test_unsound_sets_are_found(groups, rules, policy, code, at):
    with pytest.raises(InvalidRule) as refusal:
        check_set(groups, rules, read_policy(policy))

    assert (refusal.value.code, refusal.value.at) == (code, at)
    assert str(refusal.value)
