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
    RAG = auto()


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
        "light": "Choose green, yellow or red.",
        "shape": "The answer does not have the form of this criterion.",
    }

    def __init__(self, code: str, field: str = "", **allowed: object) -> None:
        super().__init__(code)
        self.code, self.field, self.allowed = code, field, allowed

    def __str__(self) -> str:
        return self.MESSAGES[self.code] % self.allowed


class InvalidRule(ValueError):
    """The parameters of a criterion cannot be scored by; found when a criteria set is loaded."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A scored criterion as far as scoring sees it. `maximum` is None where the scale is traffic lights."""

    code: str
    group: str
    kind: Kind
    maximum: Decimal | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """One line of arithmetic as data: what was done, with the numbers it was done with."""

    name: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Result:
    """`points` None and `light` "" mean: not scored. `answer` is the answer in its canonical form, fit to be stored."""

    answer: Mapping[str, Any] = field(default_factory=dict)
    points: Decimal | None = None
    light: str = ""
    steps: tuple[Step, ...] = ()

    @property
    def is_scored(self) -> bool:
        return self.points is not None or self.light != ""


def half_up(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)


def maximum_of(rule: Rule) -> Decimal:
    if rule.maximum is None:
        raise InvalidRule(f"{rule.code}: a criterion of points needs a maximum")
    return rule.maximum
