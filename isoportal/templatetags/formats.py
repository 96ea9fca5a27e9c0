"""How values are written on a page, in the reader's language. Cheap: a table calls these for every cell.

A value that is not there is shown as `BLANK`, never as 0. Each function takes None.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.utils import timezone
from django.utils.translation import get_language

BLANK = "–"
NO_BREAK = "\u00a0"
_CENT = Decimal("0.01")
_TENTH = Decimal("0.1")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SWAP = str.maketrans(",.", ".,")

Number = int | Decimal | float


def in_vietnamese() -> bool:
    return (get_language() or "vi").startswith("vi")


def _localised(text: str) -> str:
    return text.translate(_SWAP) if in_vietnamese() else text


def is_blank(value: object) -> bool:
    return value is None or value == ""


def blank(value: object) -> object:
    """The value itself, or a dash where there is none."""
    return BLANK if is_blank(value) else value


def number(value: Number | None) -> str:
    """A whole number with its thousands apart: 84.000.000 (vi), 84,000,000 (en)."""
    return BLANK if is_blank(value) else _localised(f"{int(value or 0):,}")


def money(value: Number | None) -> str:
    """Whole đồng: 84.000.000 đ (vi), 84,000,000 đ (en)."""
    return BLANK if is_blank(value) else f"{number(value)}{NO_BREAK}đ"


def score(value: Decimal | float | None) -> str:
    """Points with two places, half up: 87,25 (vi), 87.25 (en)."""
    if value is None or is_blank(value):
        return BLANK
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    return _localised(f"{exact.quantize(_CENT, ROUND_HALF_UP):,}")


def percent(value: Number | None) -> str:
    """A share given as 0 to 100: 40 % and 42,1 % (vi), 40% and 42.1% (en)."""
    if value is None or is_blank(value):
        return BLANK
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    tenth = exact.quantize(_TENTH, ROUND_HALF_UP)
    whole = tenth.to_integral_value()
    text = _localised(f"{whole if tenth == whole else tenth:f}")
    return f"{text}{NO_BREAK}%" if in_vietnamese() else f"{text}%"


def _local(value: datetime) -> datetime:
    return timezone.localtime(value) if timezone.is_aware(value) else value


def day(value: date | datetime | None) -> str:
    """A day, of a moment the day in Asia/Ho_Chi_Minh: 16/6/2023 (vi), 16 Jun 2023 (en)."""
    if value is None or is_blank(value):
        return BLANK
    on = _local(value) if isinstance(value, datetime) else value
    if in_vietnamese():
        return f"{on.day}/{on.month}/{on.year}"
    return f"{on.day} {_MONTHS[on.month - 1]} {on.year}"


def moment(value: datetime | None) -> str:
    """A moment in Asia/Ho_Chi_Minh: 14:02 16/6/2023 (vi), 14:02 16 Jun 2023 (en)."""
    if value is None or is_blank(value):
        return BLANK
    return f"{_local(value):%H:%M} {day(value)}"


def clock(value: datetime | None) -> str:
    """The time of day in Asia/Ho_Chi_Minh: 14:02."""
    return BLANK if value is None or is_blank(value) else f"{_local(value):%H:%M}"


def minutes(value: timedelta | None) -> int:
    """A length of time in whole minutes, rounded up: what one is told to wait."""
    return -(-int(value.total_seconds()) // 60) if value else 0
