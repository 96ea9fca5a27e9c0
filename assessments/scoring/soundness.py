"""Whether rules can be scored by, alone and together: asked when a criteria set is loaded, edited or published."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

from assessments.scoring.policy import Policy
from assessments.scoring.rule import HUNDRED, LIT, Counts, Group, InvalidRule, Kind, Rule, maximum_of


def _bands(given: Mapping[str, Any]) -> list[Decimal]:
    """The points of the bands, the lowest band first."""
    bands = sorted((Decimal(band["from"]), Decimal(band["points"])) for band in given["bands"])
    return [points for start, points in bands if 0 <= start <= HUNDRED]


def _steps(given: Mapping[str, Any]) -> list[Decimal]:
    """The points of the steps, the latest step first."""
    steps = sorted(((int(step["days"]), Decimal(step["points"])) for step in given["steps"]), reverse=True)
    return [points for days, points in steps if days >= 0]


def _count(given: Mapping[str, Any]) -> list[Decimal]:
    if "items" not in given:
        return [Decimal(0), Decimal(given["each"]) * int(given["most"])]
    each = [Decimal(item["points"]) for item in given["items"] if item["label"]]
    return [min([Decimal(0), *each]), sum(each, Decimal(0))]


def _ratio(given: Mapping[str, Any], maximum: Decimal) -> list[Decimal]:
    if not 0 <= Decimal(given.get("floor", "0")) <= HUNDRED:
        raise ValueError("floor")
    return [maximum]


def _points(given: Mapping[str, Any], maximum: Decimal) -> list[Decimal]:
    if not 0 <= Decimal(given.get("step", "0")) <= maximum:
        raise ValueError("step")
    return [maximum]


def _offered(rule: Rule) -> Sequence[Decimal]:
    """Points the rule can give, the greatest among them; of an ordered scale all of them, from the worst answer on."""
    given, maximum = rule.parameters, maximum_of(rule)
    match rule.kind:
        case Kind.LEVELS:
            return [Decimal(level["points"]) for level in given["levels"] if level["label"]]
        case Kind.BANDS:
            return _bands(given)
        case Kind.DEADLINE:
            return _steps(given)
        case Kind.COUNT:
            return _count(given)
        case Kind.RATIO:
            return _ratio(given, maximum)
        case Kind.POINTS:
            return _points(given, maximum)
    return [maximum]


def _check_points(rule: Rule) -> None:
    maximum = maximum_of(rule)
    try:
        offered = _offered(rule)
    except (KeyError, TypeError, ValueError, InvalidOperation) as error:
        raise InvalidRule("incomplete", rule.code) from error
    if not offered or max(offered) != maximum or min(offered) < 0:
        raise InvalidRule("unreachable", rule.code, maximum=maximum)
    if rule.kind in (Kind.BANDS, Kind.DEADLINE) and any(worse > better for worse, better in pairwise(offered)):
        raise InvalidRule("order", rule.code)


def _check_light(rule: Rule) -> None:
    if rule.maximum is not None or rule.counts is not Counts.NORMAL:
        raise InvalidRule("light_counts", rule.code)
    if rule.kind is not Kind.MEASURED:
        return
    try:
        green, yellow = Decimal(rule.parameters["green"]), Decimal(rule.parameters["yellow"])
        sound = green >= yellow if rule.parameters.get("higher_is_better", True) else green <= yellow
    except (KeyError, TypeError, ValueError, InvalidOperation) as error:
        raise InvalidRule("incomplete", rule.code) from error
    if not sound:
        raise InvalidRule("thresholds", rule.code)


def _check_weight(thing: Rule | Group) -> None:
    if not (thing.weight.is_finite() and thing.weight >= 0):
        raise InvalidRule("weight", thing.code)


def check(rule: Rule) -> None:
    """Raise InvalidRule unless the rule gives a light, or 0 to its maximum and the maximum can be reached."""
    _check_weight(rule)
    if rule.kind in LIT:
        _check_light(rule)
    else:
        _check_points(rule)


def _check_tree(groups: Sequence[Group], rules: Sequence[Rule]) -> None:
    by_code = {rule.code: rule for rule in rules}
    parents = {group.code: group.parent for group in groups} | {rule.code: rule.group for rule in rules}
    codes = [group.code for group in groups] + [rule.code for rule in rules]
    for code in codes:
        if codes.count(code) > 1:
            raise InvalidRule("twice", code)
        seen, above = {code}, parents[code]
        while above:
            if above in seen:
                raise InvalidRule("circle", code)
            if above not in parents:
                raise InvalidRule("parent", code, parent=above)
            seen.add(above)
            above = parents[above]
    for code in codes:
        upper = by_code.get(parents[code])
        if upper and upper.kind is not Kind.ROLL_UP:
            raise InvalidRule("parent", code, parent=upper.code)
        if upper and (code not in by_code or by_code[code].kind not in LIT):
            raise InvalidRule("part", code)


def check_set(groups: Iterable[Group], rules: Iterable[Rule], policy: Policy) -> None:
    """Raise InvalidRule unless every rule is sound, the groups make a tree and the policy speaks of what is there."""
    groups, rules = list(groups), list(rules)
    for group in groups:
        _check_weight(group)
    for rule in rules:
        check(rule)
    _check_tree(groups, rules)
    by_code: dict[str, Rule | Group] = {group.code: group for group in groups} | {rule.code: rule for rule in rules}
    named = [("knock_outs", knock_out.code) for knock_out in policy.knock_outs]
    for setting, code in [*named, *(("tie_breaks", code) for code in policy.tie_breaks)]:
        if code not in by_code:
            raise InvalidRule("unknown", setting, code=code)
        thing = by_code[code]
        if isinstance(thing, Rule) and thing.kind in LIT:
            raise InvalidRule("no_points", setting, code=code)
