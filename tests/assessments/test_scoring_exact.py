"""Numbers without loss, what an answer is stored as, and small things that every kind has in common."""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction

import pytest

from assessments.scoring import (
    Account,
    Counts,
    Entry,
    Group,
    InvalidAnswer,
    InvalidRule,
    Kind,
    Mode,
    Node,
    Result,
    Rule,
    half_up,
    outcome,
    rank,
    read_policy,
    score,
)
from assessments.scoring.exact import plain, rounded


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(5), "5.00"),
        (Fraction(1, 2), "0.50"),
        (Fraction(1, 5), "0.20"),
        (Fraction(1, 8), "0.125"),
        (Fraction(1, 40), "0.025"),
        (Fraction(-1, 625), "-0.0016"),
        (Fraction(1, 3), "0.333333"),
        (Fraction(-2, 3), "-0.666667"),
        (Fraction(1, 12), "0.083333"),
        (Fraction(0), "0.00"),
        (Fraction(12345678901234567890123456789012345, 8), "1543209862654320986265432098626543.125"),
    ],
)
def test_a_number_is_told_with_all_its_decimals_or_six(value, text):
    assert f"{plain(value):f}" == text


@pytest.mark.parametrize(
    ("value", "half_up_", "half_even", "down"),
    [
        ("0.125", "0.13", "0.12", "0.12"),
        ("0.135", "0.14", "0.14", "0.13"),
        ("-0.125", "-0.13", "-0.12", "-0.12"),
        ("0.1251", "0.13", "0.13", "0.12"),
        ("0.1249", "0.12", "0.12", "0.12"),
        ("-0.001", "0.00", "0.00", "0.00"),
    ],
)
def test_the_three_ways_to_round_to_two_decimals(value, half_up_, half_even, down):
    each = Fraction(value)

    assert f"{rounded(each):f}" == half_up_
    assert [f"{rounded(each, 2, mode):f}" for mode in (Mode.HALF_UP, Mode.HALF_EVEN, Mode.DOWN)] == [
        half_up_, half_even, down,
    ]  # fmt: skip
    assert f"{rounded(Fraction(5), 0):f}" == "5"


def test_half_up_is_not_the_rounding_of_banks():
    assert [half_up(Decimal(each)) for each in ("0.125", "0.135", "2.675")] == [
        Decimal("0.13"),
        Decimal("0.14"),
        Decimal("2.68"),
    ]


def test_the_precision_around_it_changes_no_total():
    rules = [
        Rule(code=f"c{n}", group="I", kind=Kind.POINTS, maximum=Decimal(9), weight=Decimal("0.333")) for n in range(9)
    ]
    results = {rule.code: Result(points=Decimal("8.97")) for rule in rules}

    with localcontext() as context:
        context.prec = 3
        narrow = outcome([Group(code="I", weight=Decimal("1.111"))], rules, results, read_policy({}))

    # 9 × 8.97 × 0.333 × 1.111 = 29.8671…
    assert narrow.total == Decimal("29.87")
    assert narrow.subtotal == Decimal("29.86711299")


LEVELS = {"levels": [{"points": "0", "label": "chưa"}, {"points": "4", "label": "đủ"}]}
STEPS = {"steps": [{"days": 0, "points": "4"}, {"days": 30, "points": "2"}]}
BANDS = {"bands": [{"from": "90", "points": "4"}]}
ITEMS = {"items": [{"points": "2", "label": "a"}, {"points": "2", "label": "b"}]}
KINDS = [
    (Kind.YES_NO, {}, {"value": "1"}, {"value": True}),
    (Kind.LEVELS, LEVELS, {"level": " 1 "}, {"level": 1}),
    (Kind.RATIO, {}, {"done": "07", "of": " 9"}, {"done": 7, "of": 9}),
    (Kind.RATIO, {"none": "không có"}, {"none": "on"}, {"none": True}),
    (Kind.BANDS, BANDS, {"percent": "97,50"}, {"percent": "97.50"}),
    (Kind.COUNT, {"each": "1", "most": 4}, {"count": "3"}, {"count": 3}),
    (Kind.COUNT, ITEMS, {"items": ["1", "0", "1"]}, {"items": [0, 1]}),
    (Kind.DEADLINE, STEPS, {"days_late": "12"}, {"days_late": 12}),
    (Kind.DEADLINE, STEPS, {"never": "1"}, {"never": True}),
    (Kind.POINTS, {}, {"points": "2,5"}, {"points": "2.5"}),
]


def _rule(kind: Kind, parameters: dict, **values) -> Rule:
    return Rule(code="x", group="I", kind=kind, maximum=Decimal(4), parameters=parameters, **values)


@pytest.mark.parametrize(("kind", "parameters", "given", "stored"), KINDS)
def test_an_answer_is_stored_in_one_form(kind, parameters, given, stored):
    assert score(_rule(kind, parameters), given).answer == stored
    assert score(_rule(kind, parameters), stored).answer == stored


@pytest.mark.parametrize(("kind", "parameters", "given", "stored"), KINDS)
def test_a_part_that_the_kind_does_not_have_is_refused(kind, parameters, given, stored):
    with pytest.raises(InvalidAnswer) as refusal:
        score(_rule(kind, parameters), {**given, "colour": "green"})

    assert (refusal.value.code, refusal.value.field) == ("shape", "")
    assert refusal.value.args == ("shape",)


@pytest.mark.parametrize("light", ["red", "green"])
def test_a_light_is_stored_as_a_light(light):
    for kind in (Kind.RAG, Kind.ROLL_UP):
        assert score(Rule(code="x", group="I", kind=kind), {"light": light}).answer == {"light": light}
    (step,) = score(Rule(code="x", group="I", kind=Kind.RAG), {"light": light}).steps
    assert (step.name, step.values) == ("light", {"light": light})


@pytest.mark.parametrize(
    ("answer", "code", "field"),
    [
        ({"none": True, "done": 1}, "either", "none"),
        ({"none": True, "of": 1}, "either", "none"),
        ({"none": "", "done": 1, "of": 2}, None, ""),
    ],
)
def test_either_the_numbers_of_a_ratio_or_its_tick(answer, code, field):
    rule = _rule(Kind.RATIO, {"none": "không có"})
    if code is None:
        assert score(rule, answer).points == 2
        return
    with pytest.raises(InvalidAnswer) as refusal:
        score(rule, answer)

    assert (refusal.value.code, refusal.value.field) == (code, field)


@pytest.mark.parametrize("value", [True, 5.0, "1" * 12, "-1", "²", None, [], "1 000"])
def test_a_whole_number_is_a_whole_number(value):
    rule = _rule(Kind.COUNT, {"each": "1", "most": 4})

    with pytest.raises(InvalidAnswer) as refusal:
        score(rule, {"count": value})

    assert (refusal.value.code, refusal.value.field) == ("whole", "count")
    assert score(rule, {"count": "0" * 10 + "4"}).points == 4  # eleven digits


@pytest.mark.parametrize("value", [False, "²", "-1", "2", "0001", None, "x"])
def test_a_place_is_a_place_of_the_list(value):
    with pytest.raises(InvalidAnswer) as refusal:
        score(_rule(Kind.LEVELS, LEVELS), {"level": value})

    assert (refusal.value.code, refusal.value.field) == ("level", "level")
    assert score(_rule(Kind.LEVELS, LEVELS), {"level": "001"}).points == 4


@pytest.mark.parametrize("chosen", ["01", b"01", None, 5, {"a": 1}])
def test_items_come_as_a_list(chosen):
    with pytest.raises(InvalidAnswer) as refusal:
        score(_rule(Kind.COUNT, ITEMS), {"items": chosen})

    assert (refusal.value.code, refusal.value.field) == ("items", "items")


def test_what_nobody_says_is_plain():
    assert (Rule(code="x", group="I", kind=Kind.RAG).weight, Group(code="I").weight) == (1, 1)
    assert Rule(code="x", group="I", kind=Kind.RAG).counts is Counts.NORMAL
    assert Rule(code="x", group="I", kind=Kind.RAG).skippable is False
    account = Account(code="I", node=Node.GROUP)
    assert (account.points, account.maximum, account.weight, account.term) == (None, 0, 1, None)
    assert (account.light, account.not_applicable, account.terms, account.steps) == ("", False, (), ())
    entry = Entry(key="a")
    assert (entry.group, entry.total, entry.tie_breaks, entry.out_of_ranking) == ("", None, (), False)
    assert rank([entry])[0].place is None
    result = outcome([], [], {}, read_policy({}))
    assert (result.code, result.parent, result.weight, result.account.code) == ("", "", 1, "")
    assert (result.groups, result.total, result.grade_before, result.grade) == ((), None, "", "")


def test_a_tie_break_of_zero_stands_before_none():
    places = rank(
        [
            Entry(key="a", total=Decimal(1), tie_breaks=(None,)),
            Entry(key="b", total=Decimal(1), tie_breaks=(Decimal("0"),)),
        ]
    )

    assert [(place.key, place.place) for place in places] == [("b", 1), ("a", 2)]


def test_refusals_name_what_they_refuse():
    error = InvalidRule("value", "floor", value="x")

    assert (error.args, error.at, error.values) == (("value", "floor"), "floor", {"at": "floor", "value": "x"})
    assert str(error) == "The setting floor cannot be x."


def test_a_knock_out_of_a_code_that_no_criterion_has_does_not_apply():
    policy = read_policy(
        {
            "grades": [{"code": "good", "title": "Tốt", "from": "0"}],
            "knock_outs": [{"criterion": "gone", "below": "5", "at_most": "good"}],
            "tie_breaks": ["gone"],
        }
    )
    rules = [_rule(Kind.POINTS, {})]

    result = outcome([], rules, {"x": Result(points=Decimal(3))}, policy)

    assert (result.knock_outs, result.tie_breaks) == ((), (None,))


def test_a_bonus_of_just_the_cap_is_not_cut():
    rules = [_rule(Kind.POINTS, {}, counts=Counts.BONUS)]

    (_group, bonus) = outcome(
        [], rules, {"x": Result(points=Decimal(3))}, read_policy({"bonus_cap": "3"})
    ).account.terms

    assert [step.name for step in bonus.steps] == ["sum"]
    assert (bonus.points, bonus.maximum) == (3, 3)
