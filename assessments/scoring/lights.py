"""Indicators whose light is the worst of their sub-indicators."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from assessments.scoring.rule import LIGHTS, UNSCORED, Kind, Result, Rule, Step


def worst(lights: Iterable[str]) -> str:
    """Red before yellow before green; "" of none."""
    return max(lights, key=LIGHTS.index, default="")


def _worst_of(parts: Mapping[str, Result]) -> Result:
    """Not scored until every part is. A part that does not apply does not count; if none applies, neither does this."""
    if not parts or not all(result.is_scored for result in parts.values()):
        return Result()
    lights = {code: result.light for code, result in parts.items() if not result.not_applicable}
    if not lights:
        return Result(not_applicable=True, steps=(Step("not_applicable"),))
    light = worst(lights.values())
    return Result(light=light, steps=(Step("worst", {"light": light, "of": tuple(lights.items())}),))


def roll_up(rules: Iterable[Rule], results: Mapping[str, Result]) -> dict[str, Result]:
    """`results` with the light of every roll-up: as it was set by hand, otherwise the worst of its parts.

    What was set by hand is told by its answer: a roll-up's light without an answer is worked out anew. The step of one
    set by hand tells what the parts would have given (`instead`, "" while they are not all scored).
    """
    rules = list(rules)
    parts: dict[str, list[Rule]] = {}
    for rule in rules:
        parts.setdefault(rule.group, []).append(rule)

    def result_of(rule: Rule) -> Result:
        own = results.get(rule.code, UNSCORED)
        if rule.kind is not Kind.ROLL_UP:
            return own
        derived = _worst_of({part.code: result_of(part) for part in parts.get(rule.code, [])})
        if not own.answer:
            return derived
        if own.not_applicable:
            return own
        return replace(own, steps=(Step("override", {"light": own.light, "instead": derived.light}),))

    return {rule.code: result_of(rule) for rule in rules if rule.code in results or rule.kind is Kind.ROLL_UP}


def sub_indicators(rules: Iterable[Rule]) -> frozenset[str]:
    """The codes of the rules that stand under a roll-up: they make its light and are not counted themselves."""
    rules = list(rules)
    above = {rule.code for rule in rules if rule.kind is Kind.ROLL_UP}
    return frozenset(rule.code for rule in rules if rule.group in above)
