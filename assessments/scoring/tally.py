"""Exact sums under way: of a criterion, a group and the sheet, before anything is rounded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from decimal import Decimal
from fractions import Fraction
from typing import Any, Self

from assessments.scoring.exact import EXACT
from assessments.scoring.policy import NotApplicable, Policy
from assessments.scoring.rule import LIGHTS, LIT, Counts, Result, Rule

ZERO = Decimal(0)
SUMS = ("earned", "maximum", "applicable", "reachable", "bonus", "deduction")


@dataclass(frozen=True, kw_only=True)
class Tally:
    """`maximum` is of all, `applicable` without what is excluded, `reachable` of what is scored.

    `given` counts what brings points, be it 0, and `extra` the bonuses and deductions that do; `missing` the criteria
    without an answer that a complete sheet needs: all but bonus and deduction, which are none where nobody gave them.
    """

    earned: Fraction = Fraction(0)
    maximum: Fraction = Fraction(0)
    applicable: Fraction = Fraction(0)
    reachable: Fraction = Fraction(0)
    bonus: Fraction = Fraction(0)
    deduction: Fraction = Fraction(0)
    given: int = 0
    extra: int = 0
    missing: int = 0
    scored: int = 0
    of: int = 0
    not_applicable: int = 0
    green: int = 0
    yellow: int = 0
    red: int = 0

    def __add__(self, other: Self) -> Self:
        names = [field.name for field in fields(self)]
        return type(self)(**{name: getattr(self, name) + getattr(other, name) for name in names})

    def weighed(self, weight: Decimal) -> Self:
        """As a group enters the one above. Bonus and deduction are on top of the whole: no group weighs them."""
        factor = Fraction(weight)
        names = ("earned", "maximum", "applicable", "reachable")
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return type(self)(**values | {name: values[name] * factor for name in names})

    @property
    def scaled(self) -> Fraction:
        """What is earned, on the scale of the full maximum."""
        return self.earned * self.maximum / self.applicable if self.applicable else self.earned


def add(tallies: Iterable[Tally]) -> Tally:
    return sum(tallies, Tally())


def points_of(rule: Rule, result: Result, policy: Policy) -> Decimal | None:
    """The points that a result brings; of one that is not applicable, by the policy. None: none, which is not 0."""
    if not result.not_applicable or rule.maximum is None or rule.counts is not Counts.NORMAL:
        return result.points
    return {NotApplicable.FULL: rule.maximum, NotApplicable.ZERO: Decimal(0)}.get(policy.not_applicable)


def _worth(rule: Rule, result: Result, policy: Policy) -> Iterator[tuple[str, Decimal]]:
    """To which sums one criterion adds how much, before its weight."""
    points = points_of(rule, result, policy)
    if rule.counts is not Counts.NORMAL:
        yield rule.counts.value, points or ZERO
        return
    maximum = rule.maximum or ZERO
    yield "maximum", maximum
    if not result.not_applicable or policy.not_applicable is not NotApplicable.EXCLUDED:
        yield "applicable", maximum
    if points is not None:
        yield "earned", points
        yield "reachable", maximum


def _counted(rule: Rule, result: Result, policy: Policy) -> Iterator[str]:
    """What one criterion is counted as."""
    normal = rule.counts is Counts.NORMAL
    yield "of"
    if result.is_scored:
        yield "scored"
    elif normal:
        yield "missing"
    if result.not_applicable:
        yield "not_applicable"
    if result.light in LIGHTS:
        yield result.light
    if _brings_points(rule) and points_of(rule, result, policy) is not None:
        yield "given" if normal else "extra"


def _brings_points(rule: Rule) -> bool:
    return rule.kind not in LIT and rule.maximum is not None


def tally_of(given: Iterable[tuple[Rule, Result]], policy: Policy) -> Tally:
    """Criteria side by side, each with its own weight."""
    sums: dict[str, Decimal] = dict.fromkeys(SUMS, ZERO)
    counts: Counter[str] = Counter()
    for rule, result in given:
        counts.update(_counted(rule, result, policy))
        if _brings_points(rule):
            for name, points in _worth(rule, result, policy):
                sums[name] = EXACT.fma(points, rule.weight, sums[name])
    values: dict[str, Any] = {name: Fraction(value) for name, value in sums.items()}
    return Tally(**values, **dict[str, Any](counts))
