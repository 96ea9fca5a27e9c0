"""Reads what a person or a program sent as an answer: strict about what it takes, plain about what it refuses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from assessments.scoring.rule import HUNDRED, MOST, InvalidAnswer

PERCENTAGE = re.compile(r"[0-9]{1,3}(\.[0-9]{1,4})?")
POINTS = re.compile(r"[0-9]{1,4}(\.[0-9]{1,2})?")
VALUE = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,4})?")
TRUTH = {"true": True, "1": True, "false": False, "0": False}


def truth(value: Any) -> bool | None:
    """None: neither yes nor no."""
    return TRUTH.get(str(value).strip().lower())


def whole(answer: Mapping[str, Any], name: str, most: int = MOST) -> int:
    value = answer.get(name)
    text = str(value).strip()
    if isinstance(value, bool | float) or not (text.isascii() and text.isdigit() and len(text) < 12):
        raise InvalidAnswer("whole", name, most=most)
    if int(text) > most:
        raise InvalidAnswer("whole", name, most=most)
    return int(text)


def _decimal(answer: Mapping[str, Any], name: str, form: re.Pattern[str]) -> Decimal | None:
    """Vietnamese and English decimals: "97,5" and "97.5". None: it has not this form."""
    value = answer.get(name)
    text = str(value).strip().replace(",", ".").replace("−", "-")
    return None if isinstance(value, bool | float) or not form.fullmatch(text) else Decimal(text)


def percentage(answer: Mapping[str, Any], name: str) -> Decimal:
    percent = _decimal(answer, name, PERCENTAGE)
    if percent is None or percent > HUNDRED:
        raise InvalidAnswer("percent", name)
    return percent


def points(answer: Mapping[str, Any], name: str, maximum: Decimal, step: Decimal | None) -> Decimal:
    """From 0 to `maximum`, by `step` where there is one; the maximum itself can always be given."""
    given = _decimal(answer, name, POINTS)
    if given is None or given > maximum:
        raise InvalidAnswer("points", name, most=maximum)
    if step and given % step and given != maximum:
        raise InvalidAnswer("step", name, step=step, most=maximum)
    return given


def measured(answer: Mapping[str, Any], name: str) -> Decimal:
    value = _decimal(answer, name, VALUE)
    if value is None:
        raise InvalidAnswer("value", name)
    return value if value else abs(value)


def place_in(value: Any, length: int, code: str, name: str) -> int:
    """A place in a list of the rule."""
    text = str(value).strip()
    if isinstance(value, bool) or not (text.isascii() and text.isdigit() and len(text) < 4 and int(text) < length):
        raise InvalidAnswer(code, name)
    return int(text)


def only(answer: Mapping[str, Any], *names: str) -> None:
    if set(answer) - set(names):
        raise InvalidAnswer("shape")
