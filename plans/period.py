"""Periods as Vietnamese plans write them ("Tháng 02-6/2024", "Quý IV/2023"), and the moment a period is over.

Pure: no Django. The words stay as written; `start` and `end` are days, both included; None where the words name none.
"""

from __future__ import annotations

import calendar
import datetime
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")

_YEAR = r"(?:19|20|21)\d\d"
_OF_YEAR = rf"(?:\s*(?:[/.-]|,?\s*(?:cua\s+)?nam)\s*(?P<{{}}>{_YEAR})(?!\d))?"
_QUARTER = r"(?:iv|iii|ii|i|[1-4])"
_QUARTERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_JOIN = r"\s*(?:,|;|-|&|\bva\b|\bden(?:\s+het)?\b|\btoi\b)\s*"

# One mark of time after the other, from left to right; each alternative is a finite shape, so the scan is linear.
_MARK = re.compile(
    rf"(?<!\d)(?P<d>\d{{1,2}})\s?(?P<sep>[/.-])\s?(?P<dm>\d{{1,2}})\s?(?P=sep)\s?(?P<dy>{_YEAR})(?!\d)"
    + r"|(?:\bngay\s+)?(?<!\d)(?<!tuan )(?P<wd>\d{1,2})\s+thang\s+(?P<wm>\d{1,2})(?!\d)"
    + _OF_YEAR.format("wy")
    + r"|(?<!\d)(?P<half>\d{1,2})\s+thang\s+(?P<side>dau|cuoi)\s+nam"
    + rf"(?:\s+(?P<hy>{_YEAR}))?"
    + rf"|\bquy\s+(?P<q>{_QUARTER})\b"
    + _OF_YEAR.format("qy")
    + r"|\b(?:thang\s+|t\.?(?=\d))(?P<m>\d{1,2})(?!\d)(?!\s?[/.-]\s?\d{1,2}\s?/\s?\d{1,2}(?!\d))"
    + _OF_YEAR.format("my")
    + rf"|(?<![\d/.-])(?P<bm>\d{{1,2}})(?=\s?-\s?\d{{1,2}}\s?/\s?{_YEAR}(?!\d))"
    + rf"|(?<![\d/.-])(?P<sm>\d{{1,2}})\s?[/.]\s?(?P<sy>{_YEAR})(?!\d)"
    + r"|(?<![\d/.-])(?P<sd>\d{1,2})\s?/\s?(?P<sdm>\d{1,2})(?![\d/])"
    + r"|\bngay\s+(?P<nd>\d{1,2})(?![\d/])"
    + rf"|(?<![\d/])(?P<y>{_YEAR})(?![\d/])"
    + rf"|{_JOIN}(?P<lqw>quy\s+)?(?P<lq>{_QUARTER})\b(?!\s?[/.-]\s?\d{{1,2}}(?!\d))"
    + _OF_YEAR.format("lqy")
    + rf"|{_JOIN}(?P<l>\d{{1,2}})(?!\d|\s+thang|\s?/\s?\d{{1,2}}\s?/\s?{_YEAR})(?:\s?/\s?(?P<lm>\d{{1,2}})(?!\d))?"
    + _OF_YEAR.format("ly")
)
_UNTIL = re.compile(r"\b(?:truoc|het|den (?:ngay|thang|quy|nam|\d)|cham nhat|han cuoi|xong)\b|^den\b")
_SINCE = re.compile(r"^tu\b|\btu (?:dau |ngay |thang |quy |nam |\d)|\b(?:sau|tro di|bat dau|ke tu)\b")
_TO_YEAR = re.compile(r"\b(?:den|toi|het)(?: het| cuoi)?(?: nam)? ?$")
_THIS_YEAR = re.compile(r"(?:trong |suot )?(?:ca nam|trong nam|suot nam)(?: nay)?[.;]?")


@dataclass(frozen=True, slots=True)
class Period:
    """A period as written and as days; `end` is the last day, included."""

    text: str
    start: datetime.date | None = None
    end: datetime.date | None = None


@dataclass(slots=True)
class _Mark:
    """A point of time the words name: a day, month, quarter, span of months or year."""

    kind: str
    year: int | None
    first: int = 0  # first month
    last: int = 0
    day: int = 0

    def start(self) -> datetime.date | None:
        return _day(self.year, self.first, self.day or 1)

    def end(self) -> datetime.date | None:
        if self.day:
            return _day(self.year, self.first, self.day)
        if self.year is None or not 1 <= self.last <= 12:
            return None
        return datetime.date(self.year, self.last, calendar.monthrange(self.year, self.last)[1])


def parse_period(text: str, *, default_year: int | None) -> Period:
    """The days that `text` names, in Asia/Ho_Chi_Minh. Impossible days (31/02) give None, never an error.

    "Trước ngày 15/12/2024" ends on 15/12: offices treat the named day as the last one. `default_year` is the plan's
    year, used where the words name none; "hằng quý" alone names no days.
    """
    words = _fold(text[:500]).replace("tu nay", "")
    if _THIS_YEAR.fullmatch(words) and default_year:
        return Period(text, datetime.date(default_year, 1, 1), datetime.date(default_year, 12, 31))
    marks = _marks(words)
    if not marks:
        return Period(text)
    _fill_years(marks, default_year)
    start, end = marks[0].start(), marks[-1].end()
    if len(marks) == 1:
        until = _UNTIL.search(words) or (marks[0].kind == "year" and "cuoi nam" in words)
        since = _SINCE.search(words)
        if until and not since:
            start = None
        elif since and not until:
            end = None
    if start and end and start > end:
        return Period(text)
    return Period(text, start, end)


def due_moment(end: datetime.date) -> datetime.datetime:
    """The first moment after the last day, in Asia/Ho_Chi_Minh; what happens at it is late."""
    return datetime.datetime.combine(end + datetime.timedelta(days=1), datetime.time.min, tzinfo=VIETNAM)


def is_late(end: datetime.date, today: datetime.date) -> bool:
    """Whether the last day has passed; `today` is the day in Asia/Ho_Chi_Minh."""
    return today > end


def _marks(words: str) -> list[_Mark]:
    marks: list[_Mark] = []
    for found in _MARK.finditer(words):
        part = found.groupdict()
        before = marks[-1] if marks else None
        mark = _absolute(part) or _relative(part, before)
        if mark is not None:
            lead = words[max(0, found.start() - 20) : found.start()]
            if mark.kind == "year" and _finer(marks) and _TO_YEAR.search(lead):
                mark = _Mark("month", mark.year, 12, 12)
            if before and before.kind == "bare day" and mark.day:
                before.first = before.last = mark.first
                before.kind = "day"
            marks.append(mark)
    return _without_loose_years([mark for mark in marks if mark.kind != "bare day"])


def _absolute(part: dict[str, str | None]) -> _Mark | None:
    if part["d"]:
        return _on_day(part["d"], part["dm"], part["dy"])
    if part["wd"]:
        return _on_day(part["wd"], part["wm"], part["wy"])
    if part["half"]:
        months = min(int(part["half"]), 12)
        first, last = (1, months) if part["side"] == "dau" else (13 - months, 12)
        return _Mark("months", _int(part["hy"]), first, last)
    if part["q"]:
        return _quarter(part["q"], part["qy"])
    if part["m"]:
        return _Mark("month", _int(part["my"]), int(part["m"]), int(part["m"]))
    if part["bm"] or part["sm"]:
        month = int(part["bm"] or part["sm"] or 0)
        return _Mark("month", _int(part["sy"]), month, month)
    if part["sd"]:
        return _on_day(part["sd"], part["sdm"], None)
    if part["nd"]:
        return _Mark("bare day", None, 0, 0, int(part["nd"]))
    if part["y"]:
        return _Mark("year", int(part["y"]), 1, 12)
    return None


def _relative(part: dict[str, str | None], before: _Mark | None) -> _Mark | None:
    """A number that goes on in the unit of the mark before it: "tháng 10-12", "Quý I, II", "ngày 12-15/5"."""
    if before is None:
        return _on_day(part["l"], part["lm"], part["ly"]) if part["lm"] else None  # "đến 15/8"
    if part["lq"] and (before.kind == "quarter" or part["lqw"]):
        return _quarter(part["lq"], part["lqy"])
    number, month = part["l"] or part["lq"], part["lm"]
    if number is None or not number.isdigit():
        return None
    if before.kind == "month" and not month:
        return _Mark("month", _int(part["ly"] or part["lqy"]), int(number), int(number))
    if before.kind in {"bare day", "day"} and month:
        return _on_day(number, month, part["ly"])
    return None


def _without_loose_years(marks: list[_Mark]) -> list[_Mark]:
    """A year beside months or days only says which year they are in."""
    finer = _finer(marks)
    if not finer:
        return marks
    for position, mark in enumerate(marks):
        if mark.kind != "year":
            continue
        for other in reversed(marks[:position]):
            if other.kind != "year" and other.year is None:
                other.year = mark.year
        following = marks[position + 1] if position + 1 < len(marks) else None
        if following and following.kind != "year" and following.year is None and finer[0] is following:
            following.year = mark.year
    return finer


def _finer(marks: list[_Mark]) -> list[_Mark]:
    return [mark for mark in marks if mark.kind != "year"]


def _fill_years(marks: list[_Mark], default_year: int | None) -> None:
    """Give marks without a year the year of the next one; "tháng 11 - tháng 2/2025" begins in the year before."""
    known: _Mark | None = None
    for mark in reversed(marks):
        if mark.year is None:
            mark.year = known.year if known else default_year
            if known and known.year and mark.first > known.last:
                mark.year = known.year - 1
        known = mark


def _on_day(day: str | None, month: str | None, year: str | None) -> _Mark:
    return _Mark("day", _int(year), _int(month) or 0, _int(month) or 0, _int(day) or 99)


def _quarter(name: str, year: str | None) -> _Mark:
    number = _QUARTERS.get(name) or int(name)
    return _Mark("quarter", _int(year), 3 * number - 2, 3 * number)


def _day(year: int | None, month: int, day: int) -> datetime.date | None:
    if year is None or not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(year, month)[1]:
        return None
    return datetime.date(year, month, day)


def _int(digits: str | None) -> int | None:
    return int(digits) if digits else None


def _fold(text: str) -> str:
    """Lower case without marks, one kind of hyphen, single spaces: typists write Qúy, QUÝ and Quý."""
    return re.sub(r"\s+", " ", "".join(map(_plain, unicodedata.normalize("NFC", text)))).strip()


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    if character in "–—−‑‐":
        return "-"
    base = unicodedata.normalize("NFD", character)[0].lower()
    return "d" if base == "đ" else base
