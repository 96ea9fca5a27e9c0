"""Totals, caps, rounding, "not applicable", grades and knock-outs, each with its arithmetic worked out by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from assessments.scoring import (
    DEFAULT_POLICY,
    Counts,
    Group,
    Kind,
    Mode,
    Node,
    Result,
    Rule,
    Step,
    outcome,
    read_policy,
)


def points(code: str, maximum: str, group: str = "I", **values) -> Rule:
    return Rule(code=code, group=group, kind=Kind.POINTS, maximum=Decimal(maximum), **values)


def scored(**given: str) -> dict[str, Result]:
    """`a="2.50"`: points; `a="-"`: not applicable."""
    return {
        code: Result(not_applicable=True) if said == "-" else Result(points=Decimal(said))
        for code, said in given.items()
    }


def total_of(rules, results, policy=None, groups=()):
    return outcome(groups, rules, results, read_policy(policy or {}))


GRADES = [
    {"code": "weak", "title": "Yếu", "from": "0"},
    {"code": "average", "title": "Trung bình", "from": "50"},
    {"code": "good", "title": "Tốt", "title_en": "Good", "from": "90"},
    {"code": "fair", "title": "Khá", "title_en": "Fair", "from": "75"},
]


def test_a_sheet_adds_up_by_group_and_leaves_out_what_is_missing():
    rules = [points("a", "4"), points("b", "6"), points("c", "8", "II"), points("d", "2", "III")]

    result = total_of(rules, scored(a="3", c="7.39") | {"b": Result()})

    # 3 + 7.39; of 4 + 6 + 8 + 2, of which 4 + 8 are scored
    assert (result.total, result.points, result.maximum, result.reachable) == (
        Decimal("10.39"),
        Decimal("10.39"),
        Decimal(20),
        Decimal(12),
    )
    assert (result.scored, result.of, result.missing, result.is_complete) == (2, 4, 2, False)
    assert result.percent == Decimal("51.95")  # 10.39 × 100 / 20
    assert [(group.code, group.points, group.maximum, group.scored, group.of) for group in result.groups] == [
        ("I", Decimal(3), Decimal(10), 1, 2),
        ("II", Decimal("7.39"), Decimal(8), 1, 1),
        ("III", None, Decimal(2), 0, 1),
    ]
    assert result.group("II").points == Decimal("7.39")
    assert total_of(rules, scored(a="3", b="0", c="1", d="2")).is_complete


def test_nothing_scored_has_no_total_and_zero_has():
    rules = [points("a", "4"), points("b", "6")]

    nothing, zero = total_of(rules, {}), total_of(rules, scored(a="0"))

    assert (nothing.total, nothing.points, nothing.subtotal, nothing.percent) == (None, None, None, None)
    assert (nothing.group("I").points, nothing.account.points, nothing.account.steps) == (None, None, ())
    assert (zero.total, zero.subtotal, zero.percent, zero.group("I").points) == (0, 0, 0, 0)
    assert str(zero.total) == "0.00"


def test_results_of_other_criteria_do_not_count():
    assert total_of([points("a", "4")], scored(a="1", z="99")).total == 1


def test_ten_tenths_are_one():
    rules = [points(f"c{n}", "0.1") for n in range(10)]

    result = total_of(rules, {rule.code: Result(points=Decimal("0.10")) for rule in rules})

    assert (result.total, str(result.total)) == (1, "1.00")
    assert total_of([points("a", "1"), points("b", "1")], scored(a="0.1", b="0.2")).total == Decimal("0.3")


def test_sixty_criteria_with_weights_add_up_exactly():
    rules = [points(f"c{n}", "3", weight=Decimal("0.333")) for n in range(60)]

    result = total_of(rules, {rule.code: Result(points=Decimal("1.67")) for rule in rules})

    # 60 × 1.67 × 0.333 = 33.3666; added up from terms rounded to 0.56 it would be 33.60
    assert result.subtotal == Decimal("33.3666")
    assert result.total == Decimal("33.37")
    assert result.maximum == Decimal("59.94")  # 60 × 3 × 0.333


def test_weights_of_criteria_and_of_nested_groups_multiply():
    groups = [
        Group(code="I", weight=Decimal("1.5")),
        Group(code="I.a", parent="I", weight=Decimal("0.5")),
        Group(code="I.b", parent="I"),
        Group(code="II"),
    ]
    rules = [
        points("a", "10", "I.a", weight=Decimal("0.2")),
        points("b", "4", "I.b"),
        points("c", "5", "I"),
        points("d", "7", "II"),
    ]

    result = total_of(rules, scored(a="7.5", b="3", c="1", d="6"), groups=groups)

    # I.a: 7.5 × 0.2 = 1.5 of 2; I: 1.5 × 0.5 + 3 + 1 = 4.75 of 1 + 4 + 5 = 10; total: 4.75 × 1.5 + 6 = 13.125 of 22
    assert [(group.code, group.points, group.maximum, group.reachable) for group in result.groups] == [
        ("I", Decimal("4.75"), Decimal(10), Decimal(10)),
        ("I.a", Decimal("1.5"), Decimal(2), Decimal(2)),
        ("I.b", Decimal(3), Decimal(4), Decimal(4)),
        ("II", Decimal(6), Decimal(7), Decimal(7)),
    ]
    assert [(group.parent, group.weight) for group in result.groups] == [
        ("", Decimal("1.5")),
        ("I", Decimal("0.5")),
        ("I", Decimal(1)),
        ("", Decimal(1)),
    ]
    assert (result.subtotal, result.total, result.maximum) == (Decimal("13.125"), Decimal("13.13"), Decimal(22))
    assert [(group.scored, group.of) for group in result.groups] == [(3, 3), (1, 1), (1, 1), (1, 1)]


def test_a_criterion_in_no_group_counts():
    result = total_of([points("a", "4", "")], scored(a="3"))

    assert (result.total, result.groups[0].code, result.groups[0].points) == (3, "", 3)


@pytest.mark.parametrize(
    ("bonus", "deduction", "policy", "counted", "taken", "total"),
    [
        # 15 of 20 earned; on top 2, off 0.5
        ("2", "0.5", {}, "2", "0.5", "16.5"),
        # a cap cuts off: 3 of 4, 1 of 1.5
        ("4", "1.5", {"bonus_cap": "3", "deduction_cap": "1"}, "3", "1", "17"),
        # just at the cap
        ("3", "1", {"bonus_cap": "3", "deduction_cap": "1"}, "3", "1", "17"),
        # nothing counts
        ("4", "2", {"bonus_cap": "0", "deduction_cap": "0"}, "0", "0", "15"),
        # the maximum is the ceiling unless the set gives another: 15 + 8 = 23
        ("8", "0", {}, "8", "0", "20"),
        ("8", "0", {"ceiling": "22.5"}, "8", "0", "22.5"),
        ("8", "0", {"ceiling": "25"}, "8", "0", "23"),
        # the floor: 15 − 18 = −3
        ("0", "18", {}, "0", "18", "0"),
        ("0", "18", {"floor": "1.5"}, "0", "18", "1.5"),
        # ceiling and deduction: 15 + 8 − 4 = 19, not min(23, 20) − 4
        ("8", "4", {}, "8", "4", "19"),
    ],
)
def test_bonus_and_deduction_count_up_to_their_caps_and_the_total_within_its_bounds(
    bonus, deduction, policy, counted, taken, total
):
    rules = [
        points("a", "20"),
        points("plus", "9", counts=Counts.BONUS),
        points("minus", "20", counts=Counts.DEDUCTION),
    ]

    result = total_of(rules, scored(a="15", plus=bonus, minus=deduction), policy)

    assert (result.subtotal, result.total) == (15, Decimal(total))
    assert (result.bonus, result.bonus_counted) == (Decimal(bonus), Decimal(counted))
    assert (result.deduction, result.deduction_counted) == (Decimal(deduction), Decimal(taken))
    assert (result.maximum, result.reachable) == (20, 20)


def test_bonus_and_deduction_have_their_own_weight_and_no_group_weighs_them():
    groups = [Group(code="I", weight=Decimal(3)), Group(code="I.a", parent="I", weight=Decimal(2))]
    rules = [
        points("a", "20", "I"),
        points("plus", "5", "I.a", counts=Counts.BONUS, weight=Decimal("0.5")),
        points("minus", "5", "I.a", counts=Counts.DEDUCTION, weight=Decimal("0.25")),
    ]

    result = total_of(rules, scored(a="10", plus="3", minus="2"), groups=groups)

    # 10 × 3 + 3 × 0.5 − 2 × 0.25 = 31
    assert result.total == 31
    assert [(group.points, group.bonus, group.deduction) for group in result.groups] == [
        (Decimal(10), Decimal("1.5"), Decimal("0.5")),
        (None, Decimal("1.5"), Decimal("0.5")),
    ]


def test_a_bonus_that_nobody_gave_is_none_and_not_missing():
    rules = [points("a", "20"), points("plus", "5", counts=Counts.BONUS)]

    result = total_of(rules, scored(a="15"))

    assert (result.total, result.bonus, result.missing, result.is_complete) == (15, 0, 0, True)
    assert (result.scored, result.of) == (1, 2)
    assert total_of(rules, scored(plus="5")).total == 5


@pytest.mark.parametrize(
    ("mode", "decimals", "total"),
    [
        # 2.5 × 0.33 = 0.825, a tie at two decimals; 0.8|25 and 0|.825 are none
        ("half_up", 2, "0.83"),
        ("half_even", 2, "0.82"),
        ("down", 2, "0.82"),
        ("half_up", 1, "0.80"),
        ("half_up", 0, "1.00"),
        ("half_even", 0, "1.00"),
        ("down", 0, "0.00"),
    ],
)
def test_the_total_is_rounded_as_the_policy_says(mode, decimals, total):
    rules = [points("a", "5", weight=Decimal("0.33"))]

    result = total_of(rules, scored(a="2.50"), {"rounding": {"mode": mode, "decimals": decimals}})

    assert (result.subtotal, str(result.total)) == (Decimal("0.825"), total)


@pytest.mark.parametrize(
    ("given", "half_up", "half_even", "down"),
    [
        ("0.5", "1", "0", "0"),
        ("1.5", "2", "2", "1"),
        ("2.5", "3", "2", "2"),
        ("2.51", "3", "3", "2"),
        ("2.49", "2", "2", "2"),
        ("3.5", "4", "4", "3"),
        ("2.99", "3", "3", "2"),
    ],
)
def test_half_up_half_to_even_and_down_differ_at_ties_only_where_they_should(given, half_up, half_even, down):
    rules = [points("a", "9")]

    totals = [
        total_of(rules, scored(a=given), {"rounding": {"mode": mode.value, "decimals": 0}}).total
        for mode in (Mode.HALF_UP, Mode.HALF_EVEN, Mode.DOWN)
    ]

    assert totals == [Decimal(half_up), Decimal(half_even), Decimal(down)]


def test_rounding_never_leaves_the_bounds():
    rules = [points("a", "99.5")]

    # 99.5 to the whole is 100, over the maximum
    assert total_of(rules, scored(a="99.5"), {"rounding": {"decimals": 0}}).total == Decimal("99.5")


@pytest.mark.parametrize(
    ("policy", "subtotal", "maximum", "reachable", "group"),
    [
        # 12 of 16 applicable, on a scale of 20: 12 × 20 / 16 = 15
        ("excluded", "15", "20", "20", ("12", "16", "16")),
        # 12 + 4
        ("full", "16", "20", "20", ("16", "20", "20")),
        # 12 + 0
        ("zero", "12", "20", "20", ("12", "20", "20")),
        # it is no answer: 12, and 4 are not scored
        ("forbidden", "12", "20", "16", ("12", "20", "16")),
    ],
)
def test_what_does_not_apply_counts_by_the_policy(policy, subtotal, maximum, reachable, group):
    rules = [points("a", "10"), points("b", "6"), points("c", "4", skippable=True)]

    result = total_of(rules, scored(a="8", b="4", c="-"), {"not_applicable": policy})

    taken = policy != "forbidden"
    assert (result.subtotal, result.maximum, result.reachable) == (
        Decimal(subtotal),
        Decimal(maximum),
        Decimal(reachable),
    )
    own = result.group("I")
    assert (own.points, own.maximum, own.reachable) == tuple(Decimal(each) for each in group)
    assert (result.scored, result.not_applicable, result.missing) == ((3, 1, 0) if taken else (2, 0, 1))
    assert (own.scored, own.not_applicable) == ((3, 1) if taken else (2, 0))


def test_a_scaled_total_is_rounded_once():
    rules = [points("a", "3"), points("b", "3"), points("c", "4", skippable=True)]

    result = total_of(rules, scored(a="1", b="1", c="-"), {"not_applicable": "excluded"})

    # 2 × 10 / 6 = 3.333…
    assert (result.subtotal, result.total) == (Decimal("3.333333"), Decimal("3.33"))
    assert result.percent == Decimal("33.30")


def test_of_an_unfinished_sheet_only_what_is_not_applicable_leaves_the_scale():
    rules = [points("a", "3"), points("b", "3"), points("c", "4", skippable=True)]

    result = total_of(rules, scored(a="3", c="-"), {"not_applicable": "excluded"})

    # 3 × 10 / 6 = 5, and the maximum of what is scored 3 × 10 / 6 = 5
    assert (result.total, result.reachable, result.missing) == (5, 5, 1)


@pytest.mark.parametrize(("policy", "total"), [("excluded", None), ("full", 10), ("zero", 0), ("forbidden", None)])
def test_a_sheet_to_which_nothing_applies(policy, total):
    rules = [points("a", "4"), points("b", "6")]

    result = total_of(rules, scored(a="-", b="-"), {"not_applicable": policy})

    assert result.total == total
    assert result.group("I").points == total


def test_a_bonus_stands_even_where_nothing_else_applies():
    rules = [points("a", "4"), points("plus", "3", counts=Counts.BONUS)]

    result = total_of(rules, scored(a="-", plus="2"), {"not_applicable": "excluded"})

    assert (result.subtotal, result.total, result.maximum) == (0, 2, 4)


@pytest.mark.parametrize("policy", ["excluded", "full", "zero"])
def test_a_bonus_that_does_not_apply_gives_nothing(policy):
    rules = [
        points("a", "4"),
        points("plus", "3", counts=Counts.BONUS),
        points("minus", "3", counts=Counts.DEDUCTION),
    ]

    result = total_of(rules, scored(a="2", plus="-", minus="-"), {"not_applicable": policy})

    assert (result.total, result.bonus, result.deduction, result.not_applicable) == (2, 0, 0, 2)


@pytest.mark.parametrize(
    ("given", "grade"),
    [
        ("90", "good"),
        ("89.99", "fair"),
        ("75", "fair"),
        ("74.99", "average"),
        ("50", "average"),
        ("49.99", "weak"),
        ("0", "weak"),
        ("100", "good"),
    ],
)
def test_a_grade_begins_at_its_threshold(given, grade):
    result = total_of([points("a", "100")], scored(a=given), {"grades": GRADES})

    assert (result.grade_before, result.grade) == (grade, grade)


def test_a_grade_goes_by_the_rounded_total():
    rules = [points("a", "100"), points("b", "1", weight=Decimal("0.5"))]

    # 89.50 + 0.99 × 0.5 = 89.995
    assert total_of(rules, scored(a="89.5", b="0.99"), {"grades": GRADES}).grade == "good"
    down = {"grades": GRADES, "rounding": {"mode": "down"}}
    assert total_of(rules, scored(a="89.5", b="0.99"), down).grade == "fair"


def test_a_grade_can_go_by_the_percentage():
    rules = [points("a", "60")]

    # 45 of 60 are 75 %; 44.99 × 100 / 60 = 74.983… is 74.98 %; 44.997 cannot be given
    assert total_of(rules, scored(a="45"), {"grades": GRADES, "grade_on": "percent"}).grade == "fair"
    almost = total_of(rules, scored(a="44.99"), {"grades": GRADES, "grade_on": "percent"})
    assert (almost.percent, almost.grade) == (Decimal("74.98"), "average")
    assert total_of(rules, scored(a="45"), {"grades": GRADES}).grade == "weak"


def test_without_grades_or_a_total_there_is_no_grade():
    rules = [points("a", "100")]
    from_fifty = {"grades": [{"code": "passed", "title": "Đạt", "from": "50"}]}

    assert (total_of(rules, scored(a="90")).grade, total_of(rules, {}, {"grades": GRADES}).grade) == ("", "")
    below = total_of(rules, scored(a="49"), from_fifty | {"knock_outs": [_knock_out("a", "50", "passed")]})
    assert (below.grade_before, below.grade, below.lowered_by) == ("", "", ())
    assert total_of([points("a", "0")], scored(a="0"), {"grades": GRADES, "grade_on": "percent"}).grade == ""


def _knock_out(criterion: str, below: str, at_most: str, reason: str = "vì thế") -> dict[str, str]:
    return {"criterion": criterion, "below": below, "at_most": at_most, "reason": reason}


@pytest.mark.parametrize(
    ("given", "applies", "grade"),
    [
        # 92 + 3.99: 4.1 lacks a hundredth
        ("3.99", True, "average"),
        ("0", True, "average"),
        ("4", False, "good"),
    ],
)
def test_a_knock_out_holds_the_grade_down(given, applies, grade):
    rules = [points("4.1", "4", "IV"), points("a", "96")]
    policy = {"grades": GRADES, "knock_outs": [_knock_out("4.1", "4", "average")]}

    result = total_of(rules, {"4.1": Result(points=Decimal(given)), "a": Result(points=Decimal(92))}, policy)

    assert (result.grade_before, result.grade) == ("good", grade)
    assert [(each.code, each.reason) for each in result.knock_outs] == ([("4.1", "vì thế")] if applies else [])
    assert result.lowered_by == result.knock_outs
    assert result.total == Decimal(given) + 92  # a knock-out takes no points


def test_the_lowest_of_several_knock_outs_counts_and_none_lifts_a_grade():
    rules = [points("a", "60"), points("b", "20"), points("c", "20", "II")]
    policy = {
        "grades": GRADES,
        "knock_outs": [_knock_out("b", "20", "fair"), _knock_out("c", "20", "average"), _knock_out("a", "0", "weak")],
    }

    both = total_of(rules, scored(a="60", b="19", c="19"), policy)
    low = total_of(rules, scored(a="10", b="19", c="0"), policy)

    assert (both.total, both.grade_before, both.grade) == (98, "good", "average")
    assert [each.code for each in both.knock_outs] == ["b", "c"]
    assert (low.grade_before, low.grade) == ("weak", "weak")
    assert [each.code for each in low.knock_outs] == ["b", "c"]
    assert low.lowered_by == ()


def test_a_criterion_that_is_not_scored_does_not_knock_out():
    rules = [points("4.1", "4"), points("a", "96")]
    policy = {"grades": GRADES, "knock_outs": [_knock_out("4.1", "4", "average")]}

    result = total_of(rules, scored(a="92"), policy)

    assert (result.knock_outs, result.grade, result.is_complete) == ((), "good", False)


@pytest.mark.parametrize(
    ("given", "applies"),
    [
        # below 6 of 8: 3 + 2
        ({"a": "3", "b": "2"}, True),
        ({"a": "3", "b": "3"}, False),
        # one of the group is missing: what it comes to is not known yet
        ({"a": "3"}, False),
        # the rest is put on the scale of the group: 3 × 8 / 4 = 6, 2.99 × 8 / 4 = 5.98
        ({"a": "3", "b": "-"}, False),
        ({"a": "2.99", "b": "-"}, True),
        # the group does not apply
        ({"a": "-", "b": "-"}, False),
    ],
)
def test_a_group_knocks_out_by_its_sum(given, applies):
    rules = [points("a", "4"), points("b", "4"), points("z", "92", "II")]
    policy = {
        "not_applicable": "excluded",
        "grades": GRADES,
        "knock_outs": [_knock_out("I", "6", "average")],
    }

    result = total_of(rules, scored(**given, z="92"), policy)

    assert [each.code for each in result.knock_outs] == (["I"] if applies else [])


def test_a_bonus_missing_in_a_group_does_not_hold_back_its_knock_out():
    rules = [points("a", "100"), points("plus", "3", counts=Counts.BONUS)]
    policy = {"grades": GRADES, "knock_outs": [_knock_out("I", "95", "fair")]}

    assert total_of(rules, scored(a="94"), policy).grade == "fair"


@pytest.mark.parametrize(("policy", "applies"), [("excluded", False), ("full", False), ("zero", True)])
def test_what_does_not_apply_knocks_out_only_where_it_counts_as_zero(policy, applies):
    rules = [points("a", "96"), points("b", "4", skippable=True)]
    given = {"not_applicable": policy, "grades": GRADES, "knock_outs": [_knock_out("b", "4", "average")]}

    assert bool(total_of(rules, scored(a="96", b="-"), given).knock_outs) is applies


def test_what_decides_between_equal_totals_is_told_with_the_total():
    rules = [points("a", "4"), points("b", "4"), points("c", "2", "II"), points("d", "2", "III")]

    result = total_of(rules, scored(a="3.5", b="4", c="1"), {"tie_breaks": ["I", "c", "a", "III", "d"]})

    assert result.tie_breaks == (Decimal("7.5"), Decimal(1), Decimal("3.5"), None, None)


def test_lights_have_no_total():
    rules = [Rule(code=f"{group}.{n}", group=group, kind=Kind.RAG) for group in ("1", "2") for n in range(4)]
    lights = {"1.0": "green", "1.1": "red", "1.3": "green", "2.0": "yellow", "2.2": "green"}
    results = {code: Result(light=light) for code, light in lights.items()} | {"2.3": Result(not_applicable=True)}

    result = outcome([], rules, results, read_policy({"not_applicable": "excluded", "grades": GRADES}))

    assert (result.total, result.grade, result.percent, result.maximum) == (None, "", None, 0)
    assert (result.green, result.yellow, result.red, result.not_applicable) == (3, 1, 1, 1)
    assert (result.scored, result.of, result.missing) == (6, 8, 2)
    assert [(g.green, g.yellow, g.red, g.not_applicable, g.scored, g.points) for g in result.groups] == [
        (2, 0, 1, 0, 3, None),
        (1, 1, 0, 1, 3, None),
    ]


def test_the_account_explains_the_whole_total():
    groups = [Group(code="I"), Group(code="II", weight=Decimal("0.5")), Group(code="II.a", parent="II")]
    entered = (Step("entered", {"points": Decimal("3.33"), "maximum": Decimal(4)}),)
    rules = [
        points("a", "4", weight=Decimal("1.5")),
        points("b", "4", skippable=True),
        points("c", "8", "II.a"),
        points("plus", "5", "II", counts=Counts.BONUS, weight=Decimal(2)),
        points("minus", "2", "I", counts=Counts.DEDUCTION),
    ]
    results = scored(b="-", c="5", plus="2", minus="0.25") | {"a": Result(points=Decimal("3.33"), steps=entered)}
    policy = {
        "not_applicable": "excluded",
        "bonus_cap": "3",
        "grades": [{"code": "good", "title": "Tốt", "from": "13"}, {"code": "fair", "title": "Khá", "from": "5"}],
        "knock_outs": [_knock_out("c", "6", "fair", "thiếu")],
    }

    result = total_of(rules, results, policy, groups)

    # 3.33 × 1.5 + 5 × 0.5 = 7.495 of 6 + 4 = 10 applicable, of 14: 10.493; + min(4, 3) − 0.25 = 13.243
    account = result.account
    assert (account.node, account.code, account.points, account.maximum) == (Node.SHEET, "", Decimal("13.24"), 14)
    assert account.steps == (
        Step("sum", {"points": Decimal("7.495")}),
        Step(
            "scaled",
            {
                "given": Decimal("7.495"),
                "maximum": Decimal(14),
                "applicable": Decimal(10),
                "points": Decimal("10.493"),
            },
        ),
        Step("bonus", {"bonus": Decimal(3), "points": Decimal("13.493")}),
        Step("deduction", {"deduction": Decimal("0.25"), "points": Decimal("13.243")}),
        Step("rounded", {"given": Decimal("13.243"), "decimals": 2, "mode": Mode.HALF_UP, "points": Decimal("13.24")}),
        Step("graded", {"grade": "good", "least": 13, "points": Decimal("13.24"), "percent": Decimal("94.57")}),
        Step("knocked_out", {"code": "c", "below": 6, "at_most": "fair", "reason": "thiếu", "points": 5}),
    )
    first, second, bonus, deduction = account.terms
    assert [(term.node, term.code, term.points, term.maximum, term.weight) for term in account.terms] == [
        (Node.GROUP, "I", Decimal("4.995"), Decimal(6), Decimal(1)),
        (Node.GROUP, "II", Decimal(5), Decimal(8), Decimal("0.5")),
        (Node.BONUS, "bonus", Decimal(3), Decimal(3), Decimal(1)),
        (Node.DEDUCTION, "deduction", Decimal("0.25"), Decimal(2), Decimal(1)),
    ]
    assert first.steps == (Step("sum", {"points": Decimal("4.995")}),)
    assert [(term.code, term.points, term.weight, term.term) for term in first.terms] == [
        ("a", Decimal("3.33"), Decimal("1.5"), Decimal("4.995")),
        ("b", None, Decimal(1), None),
    ]
    assert first.terms[0].steps == entered
    assert (first.terms[1].not_applicable, first.terms[1].maximum) == (True, Decimal(4))
    assert first.terms[1].steps == (
        Step("not_applicable"),
        Step("counted_excluded", {"maximum": Decimal(4), "points": None}),
    )
    assert [term.code for term in second.terms] == ["II.a"]
    assert [(term.code, term.points) for term in second.terms[0].terms] == [("c", Decimal(5))]
    assert bonus.steps == (
        Step("sum", {"points": Decimal(4)}),
        Step("capped", {"given": Decimal(4), "cap": Decimal(3), "points": Decimal(3)}),
    )
    assert [(term.code, term.term) for term in bonus.terms] == [("plus", Decimal(4))]
    assert deduction.steps == (Step("sum", {"points": Decimal("0.25")}),)
    assert [node.code for node in account.walk()] == [
        "", "I", "a", "b", "II", "II.a", "c", "bonus", "plus", "deduction", "minus",
    ]  # fmt: skip


def test_steps_that_change_nothing_are_not_told():
    result = total_of([points("a", "4")], scored(a="3"), {"bonus_cap": "3", "not_applicable": "excluded"})

    assert result.account.steps == (Step("sum", {"points": Decimal(3)}),)
    assert [term.code for term in result.account.terms] == ["I"]


@pytest.mark.parametrize(
    ("policy", "step"),
    [
        ("full", Step("counted_full", {"maximum": Decimal(4), "points": Decimal(4)})),
        ("zero", Step("counted_zero", {"maximum": Decimal(4), "points": Decimal(0)})),
    ],
)
def test_the_account_tells_how_what_does_not_apply_counts(policy, step):
    result = total_of([points("a", "4"), points("b", "5")], scored(a="-", b="5"), {"not_applicable": policy})

    (group,) = result.account.terms
    assert group.terms[0].steps == (Step("not_applicable"), step)
    assert group.terms[0].points == step.values["points"]


def test_bounds_are_steps_of_the_account():
    rules = [
        points("a", "10"),
        points("plus", "9", counts=Counts.BONUS),
        points("minus", "30", counts=Counts.DEDUCTION),
    ]

    over, under = total_of(rules, scored(a="9", plus="9")), total_of(rules, scored(a="9", minus="30"), {"floor": "1"})

    ten, one = Decimal(10), Decimal(1)
    assert over.account.steps[-1] == Step("ceiling", {"given": Decimal(18), "limit": ten, "points": ten})
    assert under.account.steps[-1] == Step("floor", {"given": Decimal(-21), "limit": one, "points": one})
    assert [step.name for step in over.account.steps] == ["sum", "bonus", "ceiling"]


def test_a_group_without_criteria_is_empty():
    result = outcome([Group(code="I"), Group(code="II")], [points("a", "4")], scored(a="3"), DEFAULT_POLICY)

    empty = result.group("II")
    assert (empty.points, empty.maximum, empty.of) == (None, 0, 0)
