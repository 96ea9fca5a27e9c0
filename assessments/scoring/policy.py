"""How a criteria set makes a total and a grade of its criteria: a policy, read from the data of the set.

    not_applicable  "forbidden" | "excluded" (its maximum leaves the sum, the rest is scaled to the full maximum)
                    | "full" (earns its maximum) | "zero"
    rounding        {"mode": "half_up" | "half_even" | "down", "decimals": 0 to 2}, of the total
    bonus_cap       at most so many bonus points count; deduction_cap the same
    floor, ceiling  bounds of the total; without them 0 and the maximum of the set
    grade_on        "points" | "percent" (of the maximum)
    grades          [{"code": "good", "title": "Tốt", "title_en": "Good", "from": "90"}, …]
    knock_outs      [{"criterion": "4.1", "below": "4", "at_most": "average", "reason": "…"}, …]; of a group as well
    knocked_out     "ranked" (has its place by its total, the grade alone is held down) | "unranked"
    tie_breaks      ["III", "4.1"], codes of groups and criteria: who has more there stands before an equal total

Numbers are texts, as in the parameters of a rule. {} is the default policy.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum, auto
from typing import Any

from assessments.scoring.exact import Mode
from assessments.scoring.rule import InvalidRule

NUMBER = re.compile(r"[0-9]{1,5}(\.[0-9]{1,2})?")


class NotApplicable(StrEnum):
    FORBIDDEN = auto()
    EXCLUDED = auto()
    FULL = auto()
    ZERO = auto()


class GradeOn(StrEnum):
    POINTS = auto()
    PERCENT = auto()


class KnockedOut(StrEnum):
    """What becomes of a unit in the ranking when a knock-out lowered its grade."""

    RANKED = auto()
    UNRANKED = auto()


@dataclass(frozen=True, kw_only=True)
class Rounding:
    mode: Mode = Mode.HALF_UP
    decimals: int = 2


@dataclass(frozen=True, kw_only=True)
class Grade:
    """Given from `least` points (or percent) on."""

    code: str
    title: str
    title_en: str = ""
    least: Decimal


@dataclass(frozen=True, kw_only=True)
class KnockOut:
    """Fewer than `below` points in the criterion or group `code`: the grade is `at_most` this one."""

    code: str
    below: Decimal
    at_most: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Policy:
    """`grades`: the best first. `ceiling` None: the maximum of the set."""

    not_applicable: NotApplicable = NotApplicable.FORBIDDEN
    rounding: Rounding = Rounding()
    bonus_cap: Decimal | None = None
    deduction_cap: Decimal | None = None
    floor: Decimal = Decimal(0)
    ceiling: Decimal | None = None
    grade_on: GradeOn = GradeOn.POINTS
    grades: tuple[Grade, ...] = ()
    knock_outs: tuple[KnockOut, ...] = ()
    knocked_out: KnockedOut = KnockedOut.RANKED
    tie_breaks: tuple[str, ...] = ()

    def grade(self, code: str) -> Grade | None:
        return next((grade for grade in self.grades if grade.code == code), None)


DEFAULT_POLICY = Policy()


def _number(value: Any, at: str) -> Decimal:
    text = str(value)
    if isinstance(value, bool | float) or not NUMBER.fullmatch(text):
        raise InvalidRule("value", at, value=value)
    return Decimal(text)


def _number_or_none(value: Any, at: str) -> Decimal | None:
    return None if value is None else _number(value, at)


def _choice(of: type[StrEnum]) -> Callable[[Any, str], Any]:
    def read(value: Any, at: str) -> StrEnum:
        if not isinstance(value, str) or value not in {each.value for each in of}:
            raise InvalidRule("value", at, value=value)
        return of(value)

    return read


def _text(value: Any, at: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise InvalidRule("value", at, value=value)
    return value


def _parts(value: Any, at: str, needed: set[str], allowed: set[str]) -> Mapping[str, Any]:
    if not isinstance(value, Mapping) or needed - set(value):
        raise InvalidRule("value", at, value=value)
    if unknown := set(value) - needed - allowed:
        raise InvalidRule("setting", f"{at}.{min(unknown)}")
    return value


def _list(value: Any, at: str) -> Sequence[Any]:
    if not isinstance(value, list | tuple):
        raise InvalidRule("value", at, value=value)
    return value


def _rounding(value: Any, at: str) -> Rounding:
    given = _parts(value, at, set(), {"mode", "decimals"})
    decimals = given.get("decimals", 2)
    if isinstance(decimals, bool) or decimals not in (0, 1, 2):
        raise InvalidRule("value", f"{at}.decimals", value=decimals)
    return Rounding(mode=_choice(Mode)(given.get("mode", "half_up"), f"{at}.mode"), decimals=int(decimals))


def _grades(value: Any, at: str) -> tuple[Grade, ...]:
    grades = []
    for each in _list(value, at):
        given = _parts(each, at, {"code", "title", "from"}, {"title_en"})
        grades.append(
            Grade(
                code=_text(given["code"], f"{at}.code"),
                title=_text(given["title"], f"{at}.title"),
                title_en=str(given.get("title_en", "")),
                least=_number(given["from"], f"{at}.from"),
            )
        )
    said: Sequence[Sequence[object]] = ([grade.code for grade in grades], [grade.least for grade in grades])
    for each in said:
        if twice := [one for one in each if each.count(one) > 1]:
            raise InvalidRule("twice", f"{at}: {twice[0]}")
    return tuple(sorted(grades, key=lambda grade: grade.least, reverse=True))


def _knock_outs(value: Any, at: str) -> tuple[KnockOut, ...]:
    knock_outs = []
    for each in _list(value, at):
        given = _parts(each, at, {"criterion", "below", "at_most"}, {"reason"})
        knock_outs.append(
            KnockOut(
                code=_text(given["criterion"], f"{at}.criterion"),
                below=_number(given["below"], f"{at}.below"),
                at_most=_text(given["at_most"], f"{at}.at_most"),
                reason=str(given.get("reason", "")),
            )
        )
    return tuple(knock_outs)


def _codes(value: Any, at: str) -> tuple[str, ...]:
    return tuple(_text(code, at) for code in _list(value, at))


_SETTINGS: dict[str, Callable[[Any, str], Any]] = {
    "not_applicable": _choice(NotApplicable),
    "rounding": _rounding,
    "bonus_cap": _number_or_none,
    "deduction_cap": _number_or_none,
    "floor": _number,
    "ceiling": _number_or_none,
    "grade_on": _choice(GradeOn),
    "grades": _grades,
    "knock_outs": _knock_outs,
    "knocked_out": _choice(KnockedOut),
    "tie_breaks": _codes,
}


def read_policy(given: Mapping[str, Any]) -> Policy:
    """The policy in the data of a set. Raises InvalidRule, which names the setting."""
    if not isinstance(given, Mapping):
        raise InvalidRule("value", "policy", value=given)
    if unknown := set(given) - set(_SETTINGS):
        raise InvalidRule("setting", str(min(unknown, key=str)))
    policy = Policy(**{name: _SETTINGS[name](value, name) for name, value in given.items()})
    if policy.ceiling is not None and policy.ceiling < policy.floor:
        raise InvalidRule("value", "ceiling", value=policy.ceiling)
    for knock_out in policy.knock_outs:
        if policy.grade(knock_out.at_most) is None:
            raise InvalidRule("unknown", "knock_outs.at_most", code=knock_out.at_most)
    return policy
