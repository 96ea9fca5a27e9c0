"""Reads what a person or a program sent as an answer: strict about what it takes, plain about what it refuses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from assessments.scoring.rule import HUNDRED, MOST, InvalidAnswer

PERCENTAGE = re.compile(r"[0-9]{1,3}(\.[0-9]{1,4})?")


def whole(answer: Mapping[str, Any], name: str, most: int = MOST) -> int:
    value = answer.get(name)
    text = str(value).strip()
    if isinstance(value, bool | float) or not (text.isascii() and text.isdigit() and len(text) < 12):
        raise InvalidAnswer("whole", name, most=most)
    if int(text) > most:
        raise InvalidAnswer("whole", name, most=most)
    return int(text)


def percentage(answer: Mapping[str, Any], name: str) -> Decimal:
    """Vietnamese and English decimals: "97,5" and "97.5"."""
    value = answer.get(name)
    text = str(value).strip().replace(",", ".")
    if isinstance(value, bool | float) or not PERCENTAGE.fullmatch(text) or Decimal(text) > HUNDRED:
        raise InvalidAnswer("percent", name)
    return Decimal(text)


def place_in(value: Any, length: int, code: str, name: str) -> int:
    """A place in a list of the rule."""
    text = str(value).strip()
    if isinstance(value, bool) or not (text.isascii() and text.isdigit() and len(text) < 4 and int(text) < length):
        raise InvalidAnswer(code, name)
    return int(text)


def only(answer: Mapping[str, Any], *names: str) -> None:
    if set(answer) - set(names):
        raise InvalidAnswer("shape")
