"""What scoring is told and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum, auto
from typing import Any

CENT = Decimal("0.01")
HUNDRED = Decimal(100)
MOST = 1_000_000_000  # no office counts further; keeps every quotient exact enough to round
LIGHTS = ("green", "yellow", "red")


class Kind(StrEnum):
    YES_NO = auto()
    LEVELS = auto()
    RATIO = auto()
    BANDS = auto()
    COUNT = auto()
    DEADLINE = auto()
    POINTS = auto()
    RAG = auto()
    MEASURED = auto()
    ROLL_UP = auto()


LIT = frozenset({Kind.RAG, Kind.MEASURED, Kind.ROLL_UP})


class Counts(StrEnum):
    """How the points of a criterion enter the total: into the sum, on top of it, or off it."""

    NORMAL = auto()
    BONUS = auto()
    DEDUCTION = auto()


class InvalidAnswer(Exception):
    """The answer does not fit the rule. `code`: what is wrong; `field`: in which part; `allowed`: the limits."""

    MESSAGES = {
        "yes_or_no": "Answer yes or no.",
        "level": "Choose one of the levels.",
        "whole": "Write a whole number from 0 to %(most)s, digits only.",
        "of_zero": "The whole must be at least 1.",
        "done_over": "The part (%(done)s) cannot exceed the whole (%(of)s).",
        "none": "This criterion must be measured: write both numbers.",
        "either": "Write the number or tick the box, not both.",
        "percent": "Write a percentage from 0 to 100, with at most 4 decimals.",
        "items": "Choose among the items of the list.",
        "points": "Write points from 0 to %(most)s, with at most 2 decimals.",
        "step": "Points of this criterion go by %(step)s, from 0 to %(most)s.",
        "value": "Write the measured value in digits, with at most 4 decimals.",
        "light": "Choose green, yellow or red.",
        "not_applicable": "This criterion applies to every unit: answer it.",
        "only_not_applicable": "Answer the criterion or mark it as not applicable, not both.",
        "shape": "The answer does not have the form of this criterion.",
    }

    def __init__(self, code: str, field: str = "", **allowed: object) -> None:
        super().__init__(code)
        self.code, self.field, self.allowed = code, field, allowed

    def __str__(self) -> str:
        return self.MESSAGES[self.code] % self.allowed


class InvalidRule(ValueError):
    """A criteria set cannot be scored by; found when it is loaded or edited. `at`: the criterion, group or setting."""

    MESSAGES = {
        "incomplete": "%(at)s: the numbers of the rule are missing or are no numbers.",
        "unreachable": "%(at)s: the rule must give 0 to %(maximum)s points, and %(maximum)s must be possible.",
        "order": "%(at)s: a better answer must never earn less.",
        "no_maximum": "%(at)s: a criterion of points needs a maximum.",
        "thresholds": "%(at)s: the threshold of green must be better than that of yellow.",
        "light_counts": "%(at)s: a traffic light is neither a bonus nor a deduction, and has no points.",
        "weight": "%(at)s: the weight must be a number from 0.",
        "twice": "%(at)s stands there twice.",
        "parent": "%(at)s: the group %(parent)s does not exist.",
        "circle": "%(at)s lies within itself.",
        "part": "%(at)s: only traffic lights can stand under a roll-up.",
        "setting": "The policy has no setting %(at)s.",
        "value": "The setting %(at)s cannot be %(value)s.",
        "unknown": "%(at)s names %(code)s, which the set does not have.",
        "no_points": "%(at)s names %(code)s, which is not scored by points.",
    }

    def __init__(self, code: str, at: str, /, **values: object) -> None:
        super().__init__(code, at)
        self.code, self.values = code, {"at": at, **values}

    @property
    def at(self) -> str:
        return str(self.values["at"])

    def __str__(self) -> str:
        return self.MESSAGES[self.code] % self.values


@dataclass(frozen=True, kw_only=True)
class Group:
    """A group of criteria, at the top or in the group `parent`. Its sum counts `weight` times."""

    code: str
    parent: str = ""
    weight: Decimal = Decimal(1)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A scored criterion as far as scoring sees it. `maximum` is None where the scale is traffic lights.

    `group`: the code of its group or, of a sub-indicator, of the roll-up it belongs to. `skippable`: a unit may say
    that the criterion does not apply to it (the criterion says so, and the policy of the set does not forbid it).
    """

    code: str
    group: str
    kind: Kind
    maximum: Decimal | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    weight: Decimal = Decimal(1)
    counts: Counts = Counts.NORMAL
    skippable: bool = False


@dataclass(frozen=True)
class Step:
    """One line of arithmetic as data: what was done, with the numbers it was done with."""

    name: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Result:
    """`points` None and `light` "" mean: not scored, unless the criterion is `not_applicable`.

    `answer` is the answer in its canonical form, fit to be stored.
    """

    answer: Mapping[str, Any] = field(default_factory=dict)
    points: Decimal | None = None
    light: str = ""
    not_applicable: bool = False
    steps: tuple[Step, ...] = ()

    @property
    def is_scored(self) -> bool:
        return self.points is not None or self.light != "" or self.not_applicable


UNSCORED = Result()


def half_up(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)


def maximum_of(rule: Rule) -> Decimal:
    if rule.maximum is None:
        raise InvalidRule("no_maximum", rule.code)
    return rule.maximum
