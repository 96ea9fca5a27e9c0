"""Sums by group and over a whole sheet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from assessments.scoring.outcome import Sum
from assessments.scoring.rule import LIGHTS, Result, Rule


@dataclass(frozen=True, kw_only=True)
class Totals(Sum):
    groups: tuple[Sum, ...] = ()


def _sum(rules: Sequence[Rule], results: Mapping[str, Result]) -> dict[str, Any]:
    scored = [(rule, results[rule.code]) for rule in rules if rule.code in results and results[rule.code].is_scored]
    points = [result.points for _, result in scored if result.points is not None]
    lights = [result.light for _, result in scored]
    return {
        "points": sum(points, Decimal(0)) if points else None,
        "maximum": sum((rule.maximum or Decimal(0) for rule in rules), Decimal(0)),
        "reachable": sum((rule.maximum or Decimal(0) for rule, _ in scored), Decimal(0)),
        "scored": len(scored),
        "of": len(rules),
        **{light: lights.count(light) for light in LIGHTS},
    }


def totals(rules: Iterable[Rule], results: Mapping[str, Result]) -> Totals:
    """Sums by group, in the order the groups first appear in, and over all. `results` by code; others do not count."""
    rules = list(rules)
    by_group: dict[str, list[Rule]] = {}
    for rule in rules:
        by_group.setdefault(rule.group, []).append(rule)
    groups = tuple(Sum(code=code, **_sum(own, results)) for code, own in by_group.items())
    return Totals(groups=groups, **_sum(rules, results))
