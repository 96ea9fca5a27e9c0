"""What holds for every set, policy and answer: bounds, monotony, order, exactness; the account explains it all."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from hypothesis import assume, given
from hypothesis import strategies as st

from assessments.scoring import (
    LIGHTS,
    Account,
    Counts,
    Entry,
    Group,
    Kind,
    Mode,
    Node,
    NotApplicable,
    Outcome,
    Policy,
    Result,
    Rounding,
    Rule,
    outcome,
    rank,
    roll_up,
    score,
)

CENTS = st.integers(0, 2000).map(lambda cents: Decimal(cents).scaleb(-2))
WEIGHTS = st.one_of(st.just(Decimal(1)), st.integers(0, 3000).map(lambda each: Decimal(each).scaleb(-3)))
CAPS = st.none() | CENTS
GROUPS = (
    Group(code="I"),
    Group(code="II"),
    Group(code="II.a", parent="II"),
    Group(code="II.b", parent="II"),
)


@st.composite
def policies(draw) -> Policy:
    floor = draw(st.just(Decimal(0)) | CENTS)
    return Policy(
        not_applicable=draw(st.sampled_from(NotApplicable)),
        rounding=Rounding(mode=draw(st.sampled_from(Mode)), decimals=draw(st.integers(0, 2))),
        bonus_cap=draw(CAPS),
        deduction_cap=draw(CAPS),
        floor=floor,
        ceiling=draw(st.none() | CENTS.map(lambda each: each + floor)),
    )


@st.composite
def sheets(draw) -> tuple[list[Group], list[Rule], dict[str, Result]]:
    groups = [replace(group, weight=draw(WEIGHTS)) for group in GROUPS]
    rules, results = [], {}
    for n in range(draw(st.integers(1, 6))):
        counts = draw(st.sampled_from([Counts.NORMAL] * 4 + [Counts.BONUS, Counts.DEDUCTION]))
        maximum = draw(CENTS)
        code = f"c{n}"
        rules.append(
            Rule(
                code=code,
                group=draw(st.sampled_from(["I", "II", "II.a", "II.b", "III", ""])),
                kind=Kind.POINTS,
                maximum=maximum,
                weight=draw(WEIGHTS),
                counts=counts,
                skippable=True,
            )
        )
        said = draw(st.sampled_from(["points"] * 4 + ["skipped", "blank"]))
        if said == "points":
            results[code] = Result(points=min(draw(CENTS), maximum))
        elif said == "skipped":
            results[code] = Result(not_applicable=True)
    return groups, rules, results


def told(result: Outcome) -> dict[str, object]:
    """Every number of an outcome, by name: without the order of groups and terms."""
    numbers = {name: getattr(result, name) for name in vars(result) if name not in {"groups", "account", "tree"}}
    groups = {group.code: group for group in result.groups}
    nodes = {(node.node, node.code): (node.points, node.maximum, node.steps) for node in result.account.walk()}
    return {**numbers, "groups": groups, "nodes": nodes}


@given(sheets(), policies())
def test_a_total_stays_within_its_bounds(sheet, policy):
    groups, rules, results = sheet

    result = outcome(groups, rules, results, policy)

    ceiling = result.maximum if policy.ceiling is None else policy.ceiling
    if result.total is not None:
        assert policy.floor <= result.total <= max(ceiling, policy.floor)
        assert result.total.as_tuple().exponent == -2
    assert 0 <= result.reachable <= result.maximum
    assert 0 <= result.scored <= result.of == len(rules)
    assert 0 <= result.bonus_counted <= result.bonus
    assert 0 <= result.deduction_counted <= result.deduction
    for group in result.groups:
        if group.points is not None:
            assert 0 <= group.points <= group.maximum
        assert group.reachable <= group.maximum


@given(sheets(), policies(), st.randoms(use_true_random=False))
def test_no_order_of_groups_criteria_or_answers_changes_a_number(sheet, policy, random):
    groups, rules, results = sheet
    shuffled = [random.sample(each, len(each)) for each in (groups, rules, list(results.items()))]

    again = outcome(shuffled[0], shuffled[1], dict(shuffled[2]), policy)

    assert told(again) == told(outcome(groups, rules, results, policy))


@given(sheets(), policies(), st.data())
def test_a_better_answer_never_lowers_the_total(sheet, policy, data):
    groups, rules, results = sheet
    by_code = {rule.code: rule for rule in rules}
    scored = [code for code, result in results.items() if result.points is not None]
    assume(scored)
    code = data.draw(st.sampled_from(scored))
    rule, points = by_code[code], results[code].points
    deducts = rule.counts is Counts.DEDUCTION
    low, high = (Decimal(0), points) if deducts else (points, rule.maximum)
    better = data.draw(st.decimals(min_value=low, max_value=high, places=2))

    before = outcome(groups, rules, results, policy)
    after = outcome(groups, rules, results | {code: Result(points=better)}, policy)

    assert after.total >= before.total


@given(sheets(), policies(), st.data())
def test_answering_what_was_blank_never_lowers_the_total_unless_it_deducts(sheet, policy, data):
    groups, rules, results = sheet
    blank = [rule for rule in rules if rule.code not in results and rule.counts is not Counts.DEDUCTION]
    assume(blank)
    rule = data.draw(st.sampled_from(blank))
    points = data.draw(st.decimals(min_value=0, max_value=rule.maximum, places=2))

    before = outcome(groups, rules, results, policy)
    after = outcome(groups, rules, results | {rule.code: Result(points=points)}, policy)

    assert before.total is None or after.total >= before.total
    assert after.missing == before.missing - (rule.counts is Counts.NORMAL)


def _exact_total(groups: list[Group], rules: list[Rule], results: dict[str, Result], policy: Policy) -> Fraction | None:
    """Worked out the slow way, from the words of the policy."""
    weights = {group.code: group for group in groups}

    def factor(code: str) -> Fraction:
        group = weights.get(code)
        if group is None:
            return Fraction(1)
        return Fraction(group.weight) * (factor(group.parent) if group.parent else 1)

    earned = full = applicable = bonus = deduction = Fraction(0)
    anything = False
    for rule in rules:
        result = results.get(rule.code, Result())
        points = result.points
        if result.not_applicable and rule.counts is Counts.NORMAL:
            points = {"full": rule.maximum, "zero": Decimal(0)}.get(policy.not_applicable)
        anything = anything or points is not None
        own = Fraction(rule.weight)
        if rule.counts is Counts.BONUS:
            bonus += Fraction(points or 0) * own
        elif rule.counts is Counts.DEDUCTION:
            deduction += Fraction(points or 0) * own
        else:
            worth = Fraction(rule.maximum) * own * factor(rule.group)
            earned += Fraction(points or 0) * own * factor(rule.group)
            full += worth
            if not (result.not_applicable and policy.not_applicable == "excluded"):
                applicable += worth
    if not anything:
        return None
    if applicable:
        earned = earned * full / applicable
    if policy.bonus_cap is not None:
        bonus = min(bonus, Fraction(policy.bonus_cap))
    if policy.deduction_cap is not None:
        deduction = min(deduction, Fraction(policy.deduction_cap))
    return earned + bonus - deduction


@given(sheets(), policies())
def test_a_total_is_the_one_worked_out_the_slow_way(sheet, policy):
    groups, rules, results = sheet

    result = outcome(groups, rules, results, policy)
    exact = _exact_total(groups, rules, results, policy)

    assert (result.total is None) == (exact is None)
    ceiling = result.maximum if policy.ceiling is None else policy.ceiling
    if exact is not None and policy.floor < exact < ceiling:
        step = Fraction(1, 10**policy.rounding.decimals)
        off = abs(Fraction(result.total) - exact)
        assert off < step if policy.rounding.mode is Mode.DOWN else off <= step / 2 or result.total == ceiling
        assert policy.rounding.mode is not Mode.DOWN or result.total <= exact


def _check(account: Account) -> None:
    """The points of every node follow from its terms, and of the sheet from its steps."""
    terms = [term for term in account.terms if term.points is not None]
    if account.node is Node.GROUP and terms:
        assert account.points == sum(term.term for term in terms)
        assert account.steps[0].values["points"] == account.points
    if account.node is Node.GROUP and not terms:
        assert account.points is None
    if account.node in {Node.BONUS, Node.DEDUCTION}:
        assert account.steps[0].values["points"] == sum(term.term for term in terms)
        assert account.steps[-1].values["points"] == account.points
    if account.node is Node.SHEET and account.points is not None:
        groups = [term for term in account.terms if term.node is Node.GROUP]
        assert account.steps[0].values["points"] == sum(term.term for term in groups if term.points is not None)
        for before, step in pairwise(account.steps):
            assert step.values.get("given", before.values["points"]) == before.values["points"]
        assert account.steps[-1].values["points"] == account.points
    for term in account.terms:
        _check(term)


@given(sheets(), policies())
def test_the_account_explains_every_total(sheet, policy):
    groups, rules, results = sheet

    account = outcome(groups, rules, results, policy).account

    _check(account)
    codes = [node.code for node in account.walk() if node.node is Node.CRITERION]
    assert sorted(codes) == sorted(rule.code for rule in rules)


@given(sheets(), policies())
def test_criteria_that_do_not_apply_change_no_share(sheet, policy):
    """Excluded: a sheet of which the rest is perfect is perfect; nothing is lost or won by what does not apply."""
    groups, rules, results = sheet
    rules = [replace(rule, counts=Counts.NORMAL) for rule in rules]
    full = {
        rule.code: results[rule.code]
        if results.get(rule.code, Result()).not_applicable
        else Result(points=rule.maximum)
        for rule in rules
    }
    policy = replace(policy, not_applicable=NotApplicable.EXCLUDED, rounding=Rounding(), floor=Decimal(0), ceiling=None)

    result = outcome(groups, rules, full, policy)

    weighted = [term for term in result.account.walk() if term.node is Node.GROUP and not term.code.startswith("II.")]
    if any(term.maximum * term.weight for term in weighted):
        assert result.total == result.maximum
    assert result.is_complete


POINTS = st.integers(0, 3).map(Decimal)


@given(
    st.lists(
        st.builds(
            Entry,
            key=st.text("abc", min_size=1, max_size=4),
            group=st.sampled_from(["x", "y"]),
            total=st.none() | POINTS,
            tie_breaks=st.tuples(st.none() | POINTS),
            out_of_ranking=st.booleans(),
        ),
        unique_by=lambda entry: entry.key,
        max_size=12,
    ),
    st.randoms(use_true_random=False),
)
def test_places_hold_for_every_field(entries, random):
    places = rank(entries)

    assert rank(random.sample(entries, len(entries))) == places
    assert sorted(place.key for place in places) == sorted(entry.key for entry in entries)
    by_key = {entry.key: entry for entry in entries}
    for place in places:
        entry = by_key[place.key]
        assert (place.place is None) == (entry.total is None or entry.out_of_ranking)
        if place.place is None:
            continue
        rivals = [
            other
            for other in entries
            if other.group == entry.group and other.total is not None and not other.out_of_ranking
        ]

        def worth(each: Entry) -> tuple[Decimal, Decimal]:
            (tie,) = each.tie_breaks
            return each.total, Decimal(-1) if tie is None else tie

        assert place.place == 1 + sum(worth(other) > worth(entry) for other in rivals)
        assert place.shared == (sum(worth(other) == worth(entry) for other in rivals) > 1)


@given(st.lists(st.sampled_from([*LIGHTS, "skipped", ""]), min_size=1, max_size=6), st.data())
def test_a_better_part_never_makes_a_worse_indicator(lights, data):
    rules = [Rule(code="1", group="I", kind=Kind.ROLL_UP)]
    rules += [Rule(code=f"1.{n}", group="1", kind=Kind.RAG, skippable=True) for n in range(len(lights))]

    def rolled(each: list[str]) -> Result:
        said = {"skipped": Result(not_applicable=True), "": Result()}
        return roll_up(rules, {f"1.{n}": said.get(light, Result(light=light)) for n, light in enumerate(each)})["1"]

    place = data.draw(st.integers(0, len(lights) - 1))
    assume(lights[place] in LIGHTS)
    better = data.draw(st.sampled_from(LIGHTS[: LIGHTS.index(lights[place]) + 1]))
    before, after = rolled(lights), rolled([*lights[:place], better, *lights[place + 1 :]])

    assert before.is_scored == after.is_scored == ("" not in lights)
    if before.light:
        assert LIGHTS.index(after.light) <= LIGHTS.index(before.light)


@given(st.decimals(-1000, 1000, places=4), st.decimals(-1000, 1000, places=4), st.booleans())
def test_a_better_value_never_gives_a_worse_light(one, other, higher):
    thresholds = {"green": "95", "yellow": "75"} if higher else {"green": "75", "yellow": "95"}
    rule = Rule(code="x", group="X", kind=Kind.MEASURED, parameters={**thresholds, "higher_is_better": higher})
    worse, better = sorted((one, other), reverse=not higher)

    lights = [score(rule, {"value": str(value)}).light for value in (worse, better)]

    assert LIGHTS.index(lights[1]) <= LIGHTS.index(lights[0])


@given(st.integers(0, 2000), st.integers(1, 2000))
def test_points_go_up_to_the_maximum_and_no_further(cents, maximum):
    rule = Rule(code="x", group="X", kind=Kind.POINTS, maximum=Decimal(maximum).scaleb(-2))
    assume(cents <= maximum)

    assert score(rule, {"points": f"{Decimal(cents).scaleb(-2)}".replace(".", ",")}).points == Decimal(cents) / 100
