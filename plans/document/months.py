"""Columns for months or quarters, one each, in which a row is marked: the schedule that plans draw in an annex."""

from __future__ import annotations

import re

from plans.document.spelling import fold, tidy

_MONTH = re.compile(r"(?:^|.*\s)(?:thang |t\.?\s?)?(?P<number>1[0-2]|0?[1-9])(?:\s?/\s?(?P<year>20\d\d))?$")
_QUARTER = re.compile(r"(?:^|.*\s)quy\s?(?P<number>iv|iii|ii|i|[1-4])(?:\s?/\s?(?P<year>20\d\d))?$")
_QUARTERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_ROMAN = ("", "I", "II", "III", "IV")
_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
MONTH, QUARTER = "month", "quarter"


def month_columns(header: list[str], kinds: list[str | None]) -> list[str | None]:
    """`kinds` with "month 3" or "quarter 2" for the columns of a drawn schedule: three months running, two quarters."""
    result = list(kinds)
    for name, pattern, least in ((QUARTER, _QUARTER, 2), (MONTH, _MONTH, 3)):
        run: list[tuple[int, int]] = []
        for place, text in enumerate([*header, ""]):
            number = _number(pattern, text)
            if number and (not run or number == run[-1][1] + 1):
                run.append((place, number))
                continue
            if len(run) >= least:
                for column, each in run:
                    result[column] = f"{name} {each}"
            run = [(place, number)] if number else []
    return result


def marked_period(header: list[str], kinds: list[str | None], row: list[str]) -> str | None:
    """The marked columns of `row` in words, "Tháng 3-5/2025"; None where the table draws no schedule or marks none."""
    for name, word in ((QUARTER, "Quý"), (MONTH, "Tháng")):
        columns = [place for place, kind in enumerate(kinds) if kind and kind.startswith(f"{name} ")]
        marked = [int(str(kinds[place]).split()[1]) for place in columns if place < len(row) and row[place].strip()]
        if not marked:
            continue
        years = set(_YEAR.findall(" ".join(header[place] for place in columns)))
        written = [_ROMAN[number] if name == QUARTER else str(number) for number in marked]
        running = marked == list(range(marked[0], marked[-1] + 1)) and len(marked) > 1
        span = f"{written[0]}-{written[-1]}" if running else ", ".join(written)
        return f"{word} {span}" + (f"/{years.pop()}" if len(years) == 1 else "")
    return None


def _number(pattern: re.Pattern[str], text: str) -> int | None:
    found = pattern.match(fold(tidy(text)).strip(" .:()"))
    if not found:
        return None
    return _QUARTERS.get(found["number"]) or int(found["number"])
