"""Which days a province works, and what the others are called.

Public holidays are those of Vietnam (Bộ luật Lao động 2019, Điều 112), with the days off in lieu and the swaps that the
government decided; Saturdays and Sundays are off (Quyết định 188/1999/QĐ-TTg). A province's own `DayOff` rows go
before both: a day off by its decision, or a day worked instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import holidays
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from plans.models import DayOff
from units.models import Unit

SATURDAY = 5
ONE_DAY = timedelta(days=1)
LONGEST_SPAN = 3700  # days: ten years, more than any plan


class NoWorkingDay(Exception):
    def __str__(self) -> str:
        return _("No working day was found in ten years. Look at the days off of the province.")


@lru_cache(maxsize=128)
def _national(year: int, language: str) -> tuple[dict[date, str], frozenset[date]]:
    """The holidays of a year by name, and the weekend days that were worked instead of another day."""
    known = holidays.country_holidays("VN", years=year, language=language)
    return dict(known.items()), frozenset(known.weekend_workdays)


def _language() -> str:
    return "vi" if (get_language() or "vi").startswith("vi") else "en_US"


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The days off of one province. One query makes it; asking it costs none."""

    own: dict[date, tuple[bool, str]]
    language: str

    @classmethod
    def of(cls, unit: Unit) -> WorkCalendar:
        """The calendar of the province in whose tree `unit` stands."""
        root = unit.root_path
        rows = DayOff.objects.filter(unit__path=root).values_list("day", "is_worked", "name")
        return cls({day: (is_worked, name) for day, is_worked, name in rows}, _language())

    @classmethod
    def national(cls) -> WorkCalendar:
        """The public holidays and weekends alone, without the decisions of any province. No query."""
        return cls({}, _language())

    def holiday(self, day: date) -> str:
        """What the holiday is called; "" on working days and on plain weekends."""
        own = self.own.get(day)
        if own is not None:
            is_worked, name = own
            return "" if is_worked else name
        names, _worked = _national(day.year, self.language)
        return names.get(day, "")

    def is_day_off(self, day: date) -> bool:
        own = self.own.get(day)
        if own is not None:
            return not own[0]
        names, worked = _national(day.year, self.language)
        return day in names or (day.weekday() >= SATURDAY and day not in worked)

    def worked_instead(self, day: date) -> str:
        """Why a day of the weekend is worked; "" on every other day."""
        if day.weekday() < SATURDAY or self.is_day_off(day):
            return ""
        own = self.own.get(day)
        return own[1] if own else _("Working day in place of a day off")

    def name(self, day: date) -> str:
        """What a day off is called, "Saturday" and "Sunday" where it is nothing else; "" on working days."""
        if not self.is_day_off(day):
            return ""
        return self.holiday(day) or (_("Saturday") if day.weekday() == SATURDAY else _("Sunday"))

    def next_working_day(self, day: date) -> date:
        """`day` itself where it is worked, else the first worked day after it."""
        return next(each for each in self._days(day, ONE_DAY) if not self.is_day_off(each))

    def add_working_days(self, day: date, count: int) -> date:
        """The `count`-th working day after `day` (before it where negative); 0 gives `day` itself."""
        left = abs(count)
        if not left:
            return day
        step = ONE_DAY if count > 0 else -ONE_DAY
        for each in self._days(day + step, step):
            left -= not self.is_day_off(each)
            if not left:
                return each
        raise NoWorkingDay

    def holidays_between(self, first: date, last: date) -> dict[date, str]:
        """Holidays, not plain weekends, from `first` to `last`, both included."""
        days = (first + timedelta(days=number) for number in range((last - first).days + 1))
        return {day: name for day in days if (name := self.holiday(day))}

    def _days(self, day: date, step: timedelta) -> Iterator[date]:
        for number in range(LONGEST_SPAN):
            yield day + number * step
        raise NoWorkingDay


def is_day_off(day: date, unit: Unit) -> bool:
    """Whether the province of `unit` does not work on `day`. One query; for many days take a `WorkCalendar`."""
    return WorkCalendar.of(unit).is_day_off(day)


def day_off_name(day: date, unit: Unit) -> str:
    """What the day off is called, "" on working days. One query."""
    return WorkCalendar.of(unit).name(day)


def next_working_day(day: date, unit: Unit) -> date:
    """`day` itself where the province of `unit` works on it, else the first worked day after it. One query."""
    return WorkCalendar.of(unit).next_working_day(day)


def add_working_days(day: date, n: int, unit: Unit) -> date:
    """The n-th working day after `day` in the province of `unit`, before it where negative; 0: `day`. One query."""
    return WorkCalendar.of(unit).add_working_days(day, n)
