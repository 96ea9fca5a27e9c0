"""Indicators that are the worst of their parts, and places in a ranking."""

from __future__ import annotations

from decimal import Decimal

import pytest

from assessments.scoring import (
    DEFAULT_POLICY,
    Entry,
    Kind,
    Node,
    Place,
    Result,
    Rule,
    Step,
    outcome,
    rank,
    read_policy,
    roll_up,
    score,
    sub_indicators,
    worst,
)

INDICATOR = Rule(code="4.6", group="IV", kind=Kind.ROLL_UP, skippable=True)
WATER = Rule(code="4.6.a", group="4.6", kind=Kind.RAG, skippable=True)
SEWAGE = Rule(code="4.6.b", group="4.6", kind=Kind.MEASURED, parameters={"green": "95", "yellow": "75"}, skippable=True)
SINGLE = Rule(code="4.7", group="IV", kind=Kind.RAG)
RULES = [INDICATOR, WATER, SEWAGE, SINGLE]
NONE = Result(not_applicable=True)
EXCLUDED = read_policy({"not_applicable": "excluded"})


def lit(light: str) -> Result:
    return Result(light=light)


@pytest.mark.parametrize(
    ("lights", "expected"),
    [
        (["green", "red", "yellow"], "red"),
        (["yellow", "green"], "yellow"),
        (["green", "green"], "green"),
        (["red"], "red"),
        ([], ""),
    ],
)
def test_the_worst_light_is_red_before_yellow_before_green(lights, expected):
    assert worst(lights) == expected


@pytest.mark.parametrize(
    ("water", "sewage", "expected"),
    [
        (lit("green"), lit("yellow"), lit("yellow")),
        (lit("red"), lit("yellow"), lit("red")),
        (lit("green"), lit("green"), lit("green")),
        # every applicable part must be scored first, even where one is red already
        (lit("red"), Result(), Result()),
        (None, lit("green"), Result()),
        (NONE, lit("yellow"), lit("yellow")),
        (NONE, Result(), Result()),
        (NONE, NONE, NONE),
    ],
)
def test_an_indicator_is_the_worst_of_its_parts(water, sewage, expected):
    results = {"4.6.b": sewage} if water is None else {"4.6.a": water, "4.6.b": sewage}

    result = roll_up(RULES, results)["4.6"]

    assert (result.light, result.not_applicable, result.is_scored) == (
        expected.light,
        expected.not_applicable,
        expected.is_scored,
    )


def test_the_parts_are_told():
    results = roll_up(RULES, {"4.6.a": lit("green"), "4.6.b": lit("yellow"), "4.7": lit("red")})

    assert results["4.6"].steps == (
        Step("worst", {"light": "yellow", "of": (("4.6.a", "green"), ("4.6.b", "yellow"))}),
    )
    assert (results["4.6.a"], results["4.7"]) == (lit("green"), lit("red"))
    assert roll_up(RULES, {"4.6.a": NONE, "4.6.b": lit("red")})["4.6"].steps == (
        Step("worst", {"light": "red", "of": (("4.6.b", "red"),)}),
    )
    assert roll_up(RULES, {"4.6.a": NONE, "4.6.b": NONE})["4.6"].steps == (Step("not_applicable"),)


def test_what_is_set_by_hand_stands_and_tells_what_it_stands_instead_of():
    by_hand = score(INDICATOR, {"light": "green"})

    over = roll_up(RULES, {"4.6": by_hand, "4.6.a": lit("red"), "4.6.b": lit("green")})["4.6"]
    before = roll_up(RULES, {"4.6": by_hand, "4.6.a": lit("red")})["4.6"]

    assert (over.light, over.answer) == ("green", {"light": "green"})
    assert over.steps == (Step("override", {"light": "green", "instead": "red"}),)
    assert before.light == "green"
    assert before.steps == (Step("override", {"light": "green", "instead": ""}),)


def test_a_light_without_an_answer_is_worked_out_anew():
    stale = {"4.6": lit("green"), "4.6.a": lit("red"), "4.6.b": lit("green")}

    assert roll_up(RULES, stale)["4.6"].light == "red"
    assert roll_up(RULES, {"4.6": lit("green")})["4.6"] == Result()


def test_an_indicator_that_does_not_apply_stays_so_whatever_its_parts_say():
    skipped = score(INDICATOR, {"not_applicable": True})

    assert roll_up(RULES, {"4.6": skipped, "4.6.a": lit("red"), "4.6.b": lit("red")})["4.6"] == skipped


def test_an_indicator_without_parts_is_scored_by_hand_only():
    assert roll_up([INDICATOR], {})["4.6"] == Result()
    assert roll_up([INDICATOR], {"4.6": score(INDICATOR, {"light": "red"})})["4.6"].light == "red"


def test_roll_ups_can_stand_in_roll_ups():
    rules = [
        Rule(code="1", group="I", kind=Kind.ROLL_UP),
        Rule(code="1.1", group="1", kind=Kind.ROLL_UP),
        Rule(code="1.1.a", group="1.1", kind=Kind.RAG),
        Rule(code="1.2", group="1", kind=Kind.RAG),
    ]

    results = roll_up(rules, {"1.1.a": lit("yellow"), "1.2": lit("green")})

    assert (results["1.1"].light, results["1"].light) == ("yellow", "yellow")
    assert sub_indicators(rules) == {"1.1", "1.1.a", "1.2"}
    assert sub_indicators(RULES) == {"4.6.a", "4.6.b"}


def test_only_indicators_are_counted():
    results = {"4.6.a": lit("green"), "4.6.b": lit("yellow"), "4.7": lit("green")}

    result = outcome([], RULES, results, EXCLUDED)

    assert (result.green, result.yellow, result.red) == (1, 1, 0)
    assert (result.scored, result.of, result.missing) == (2, 2, 0)
    assert [group.code for group in result.groups] == ["IV"]


def test_an_indicator_that_does_not_apply_is_counted_apart():
    results = {"4.6.a": NONE, "4.6.b": NONE, "4.7": lit("red")}

    result = outcome([], RULES, results, EXCLUDED)

    assert (result.green, result.yellow, result.red, result.not_applicable) == (0, 0, 1, 1)
    assert (result.scored, result.of) == (2, 2)


def test_where_the_policy_forbids_it_a_part_cannot_be_skipped():
    results = {"4.6.a": NONE, "4.6.b": lit("green"), "4.7": lit("red")}

    result = outcome([], RULES, results, DEFAULT_POLICY)

    assert (result.green, result.red, result.not_applicable, result.missing) == (0, 1, 0, 1)


def test_the_account_shows_the_parts_under_their_indicator():
    results = {"4.6.a": lit("green"), "4.6.b": score(SEWAGE, {"value": "80"})}

    account = outcome([], RULES, results, EXCLUDED).account

    (group,) = account.terms
    assert (account.points, account.steps, group.points, group.steps) == (None, (), None, ())
    indicator, single = group.terms
    assert (indicator.node, indicator.light, single.light) == (Node.CRITERION, "yellow", "")
    assert [(part.code, part.light, part.points) for part in indicator.terms] == [
        ("4.6.a", "green", None),
        ("4.6.b", "yellow", None),
    ]
    assert indicator.terms[1].steps[0].name == "measured"
    assert [node.code for node in account.walk()] == ["", "IV", "4.6", "4.6.a", "4.6.b", "4.7"]


def entry(key: str, total: str | None, group: str = "commune", *ties: str | None, out: bool = False) -> Entry:
    return Entry(
        key=key,
        group=group,
        total=None if total is None else Decimal(total),
        tie_breaks=tuple(None if tie is None else Decimal(tie) for tie in ties),
        out_of_ranking=out,
    )


def told(places: tuple[Place, ...]) -> list[tuple[str, int | None, bool]]:
    return [(place.key, place.place, place.shared) for place in places]


def test_equal_totals_share_a_place_and_the_next_is_counted_on():
    places = rank([entry("c", "80"), entry("a", "90.50"), entry("b", "90.5"), entry("d", "79.99"), entry("e", "0")])

    assert told(places) == [
        ("a", 1, True),
        ("b", 1, True),
        ("c", 3, False),
        ("d", 4, False),
        ("e", 5, False),
    ]


def test_each_group_has_its_own_places():
    places = rank([entry("x", "50", "department"), entry("a", "40"), entry("y", "60", "department"), entry("b", "30")])

    assert [(place.group, place.key, place.place) for place in places] == [
        ("commune", "a", 1),
        ("commune", "b", 2),
        ("department", "y", 1),
        ("department", "x", 2),
    ]


def test_the_tie_breaks_decide_in_their_order():
    places = rank(
        [
            entry("a", "90", "g", "20", "5"),
            entry("b", "90", "g", "20", "6"),
            entry("c", "90", "g", "21", "0"),
            entry("d", "90", "g", None, "9"),
            entry("e", "90", "g", "0", "1"),
            entry("f", "91", "g", "0", "0"),
            entry("g", "90", "g", "20", "5"),
        ]
    )

    assert told(places) == [
        ("f", 1, False),
        ("c", 2, False),
        ("b", 3, False),
        ("a", 4, True),
        ("g", 4, True),
        ("e", 6, False),
        ("d", 7, False),
    ]


def test_who_is_out_of_ranking_or_not_scored_stands_at_the_end_without_a_place():
    places = rank(
        [
            entry("none", None),
            entry("guest", "99", out=True),
            entry("a", "50"),
            entry("host", "99.5", out=True),
            entry("also none", None, out=True),
            entry("zero", "0"),
        ]
    )

    assert told(places) == [
        ("a", 1, False),
        ("zero", 2, False),
        ("host", None, False),
        ("guest", None, False),
        ("also none", None, False),
        ("none", None, False),
    ]


def test_nobody_is_ranked_where_there_is_nobody():
    assert rank([]) == ()
    assert told(rank([entry("a", None)])) == [("a", None, False)]
