"""Periods in the words that plans use, from days. Pure: no Django; `plans.period` reads them back to the same days."""

from __future__ import annotations

import calendar
from datetime import date


def is_whole_months(start: date | None, end: date | None) -> bool:
    """Whether a period begins and ends with a month, as plans mostly write them."""
    return bool(start and end and start.day == 1 and end.day == calendar.monthrange(end.year, end.month)[1])


def period_words(start: date | None, end: date | None) -> str:
    """ "Tháng 2-6/2024", "Từ ngày 5/10/2024 đến ngày 20/10/2024", "Đến ngày 15/12/2024"; "" without any day."""
    if start and end and is_whole_months(start, end):
        if start.year != end.year:
            return f"Từ tháng {start.month}/{start.year} đến tháng {end.month}/{end.year}"
        if (start.month, end.month) == (1, 12):
            return f"Năm {start.year}"
        months = str(start.month) if start.month == end.month else f"{start.month}-{end.month}"
        return f"Tháng {months}/{start.year}"
    if start and end:
        return f"Ngày {_day(start)}" if start == end else f"Từ ngày {_day(start)} đến ngày {_day(end)}"
    if end:
        return f"Đến ngày {_day(end)}"
    return f"Từ ngày {_day(start)}" if start else ""


def _day(day: date) -> str:
    return f"{day.day}/{day.month}/{day.year}"
