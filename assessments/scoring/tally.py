"""Exact sums under way: of a criterion, a group and the sheet, before anything is rounded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from decimal import Decimal
from fractions import Fraction
from typing import Any, Self

from assessments.scoring.policy import NotApplicable, Policy
from assessments.scoring.rule import LIGHTS, LIT, Counts, Result, Rule


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


def tally_of(rule: Rule, result: Result, policy: Policy) -> Tally:
    """One criterion, with its own weight."""
    normal = rule.counts is Counts.NORMAL
    counts: dict[str, Any] = {
        "scored": int(result.is_scored),
        "of": 1,
        "missing": int(normal and not result.is_scored),
        "not_applicable": int(result.not_applicable),
        **{light: int(result.light == light) for light in LIGHTS},
    }
    if rule.kind in LIT or rule.maximum is None:
        return Tally(**counts)
    points, weight, maximum = points_of(rule, result, policy), Fraction(rule.weight), Fraction(rule.maximum)
    worth = Fraction(points or 0) * weight
    given = int(points is not None)
    if not normal:
        return Tally(extra=given, **counts | {rule.counts.value: worth})
    excluded = result.not_applicable and policy.not_applicable is NotApplicable.EXCLUDED
    return Tally(
        earned=worth,
        maximum=maximum * weight,
        applicable=Fraction(0) if excluded else maximum * weight,
        reachable=maximum * weight if given else Fraction(0),
        given=given,
        **counts,
    )
