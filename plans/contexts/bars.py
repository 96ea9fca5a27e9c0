"""The columns of a schedule, months or weeks, and where a bar lies on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from plans.contexts.holidays import WorkCalendar

WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Span:
    """One column: a month or a week (Monday to Sunday, ISO 8601). `spoken` is its full name, `number` what it shows.

    `off` are the holidays in it; `starts` tells that a quarter or a month begins with it.
    """

    first: date
    last: date
    number: int
    spoken: str
    is_now: bool
    starts: bool
    off: tuple[tuple[date, str], ...] = ()

    @property
    def year(self) -> int:
        return self.first.year

    @property
    def quarter_start(self) -> bool:
        return self.starts

    @property
    def note(self) -> str:
        """Its holidays in words, "" without any."""
        return "; ".join(f"{date_format(day, 'j/n')} {name}" for day, name in self.off)


@dataclass(frozen=True, slots=True)
class Axis:
    """The columns of one page of a schedule and the heads over them: (label, number of columns)."""

    spans: tuple[Span, ...]
    groups: tuple[tuple[str, int], ...]

    @property
    def first(self) -> date:
        return self.spans[0].first

    @property
    def last(self) -> date:
        return self.spans[-1].last

    def place(self, day: date) -> int:
        """The column of a day; -1 before the first, the number of columns after the last."""
        if day < self.first:
            return -1
        if day > self.last:
            return len(self.spans)
        if self.spans[0].last - self.first < WEEK:
            return (day - self.first).days // 7
        return (day.year - self.first.year) * 12 + day.month - self.first.month


def months(first: date, count: int, *, today: date, calendar: WorkCalendar | None = None) -> Axis:
    """`count` calendar months from the one of `first`, under their quarters."""
    spans: list[Span] = []
    year, number = first.year, first.month
    one_year = number + count <= 13
    groups: list[tuple[str, int]] = []
    for place in range(count):
        begins = date(year, number, 1)
        year, number = (year, number + 1) if number < 12 else (year + 1, 1)
        ends = date(year, number, 1) - timedelta(days=1)
        starts = place == 0 or begins.month % 3 == 1
        spans.append(
            Span(
                begins,
                ends,
                begins.month,
                _("Month %(month)s/%(year)s") % {"month": begins.month, "year": begins.year},
                begins <= today <= ends,
                begins.month % 3 == 1,
                _holidays(calendar, begins, ends),
            )
        )
        roman = ("I", "II", "III", "IV")[(begins.month - 1) // 3]
        label = _("Quarter %(number)s") % {"number": roman} if one_year else f"{roman}/{begins.year}"
        groups = [*groups, (label, 1)] if starts else [*groups[:-1], (groups[-1][0], groups[-1][1] + 1)]
    return Axis(tuple(spans), tuple(groups))


def weeks(first: date, count: int, *, today: date, calendar: WorkCalendar | None = None) -> Axis:
    """`count` weeks from the one of `first`, under the months in which their Mondays lie."""
    monday = monday_of(first)
    spans: list[Span] = []
    groups: list[tuple[str, int]] = []
    for place in range(count):
        begins = monday + place * WEEK
        ends = begins + timedelta(days=6)
        number = begins.isocalendar().week
        starts = place == 0 or begins.day <= 7
        spoken = _("Week %(number)s, %(first)s to %(last)s") % {
            "number": number,
            "first": date_format(begins, "j/n"),
            "last": date_format(ends, "j/n/Y"),
        }
        off = _holidays(calendar, begins, ends)
        spans.append(Span(begins, ends, number, spoken, begins <= today <= ends, starts, off))
        if starts:
            groups.append((f"{begins.month}/{begins.year}", 1))
        else:
            groups[-1] = (groups[-1][0], groups[-1][1] + 1)
    return Axis(tuple(spans), tuple(groups))


def monday_of(day: date) -> date:
    """The Monday of the week of `day`."""
    return day - timedelta(days=day.weekday())


def _holidays(calendar: WorkCalendar | None, first: date, last: date) -> tuple[tuple[date, str], ...]:
    return tuple(calendar.holidays_between(first, last).items()) if calendar else ()
