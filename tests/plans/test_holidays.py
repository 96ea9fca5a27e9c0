"""Which days a province works: public holidays of Vietnam, days in lieu, swaps, and the province's own decisions."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from plans.contexts.holidays import (
    NoWorkingDay,
    WorkCalendar,
    add_working_days,
    day_off_name,
    is_day_off,
    next_working_day,
)
from plans.models import DayOff

NEW_YEARS = {
    2024: date(2024, 2, 10),
    2025: date(2025, 1, 29),
    2026: date(2026, 2, 17),
    2027: date(2027, 2, 6),
    2028: date(2028, 1, 26),
    2029: date(2029, 2, 13),
    2030: date(2030, 2, 2),
}


@pytest.mark.parametrize("year", NEW_YEARS)
def test_lunar_new_year_is_off_for_at_least_five_days(cast, year):
    first = NEW_YEARS[year]

    calendar = WorkCalendar.of(cast.a)

    assert "Tết Nguyên Đán" in calendar.holiday(first)
    around = [first + timedelta(days=shift) for shift in range(-1, 3)]
    assert all(calendar.is_day_off(day) for day in around)
    run = [shift for shift in range(-10, 12) if calendar.is_day_off(first + timedelta(days=shift))]
    assert len(run) >= 9  # five days of Tết and the weekends at either side


@pytest.mark.parametrize(
    ("day", "off", "word"),
    [
        (date(2024, 9, 2), True, "Quốc khánh"),
        (date(2024, 9, 3), True, "Quốc khánh"),
        (date(2024, 9, 4), False, ""),
        (date(2025, 9, 1), True, "Quốc khánh"),
        (date(2024, 4, 29), True, "04/05/2024"),  # the government's swap: off on Monday,
        (date(2024, 5, 4), False, ""),  # worked on Saturday
        (date(2023, 5, 3), True, "nghỉ bù"),  # 30/4 was a Sunday
        (date(2028, 1, 3), True, "nghỉ bù"),  # 1/1 was a Saturday
        (date(2024, 10, 5), True, "Thứ Bảy"),
        (date(2024, 10, 6), True, "Chủ Nhật"),
        (date(2024, 2, 29), False, ""),
    ],
)
def test_public_holidays_swaps_and_weekends(cast, day, off, word):
    assert is_day_off(day, cast.province) is off
    assert word.lower() in day_off_name(day, cast.province).lower()
    assert bool(day_off_name(day, cast.province)) is off


def test_names_follow_the_language_of_the_reader(cast):
    with translation.override("en"):
        assert day_off_name(date(2024, 9, 2), cast.province) == "National Day"


def test_a_decision_of_the_province_goes_before_the_public_holidays(cast):
    friday, saturday = date(2026, 1, 2), date(2026, 1, 10)
    DayOff.objects.create(unit=cast.province, day=friday, name="Nghỉ hoán đổi")
    DayOff.objects.create(unit=cast.province, day=saturday, is_worked=True, name="Làm bù ngày 02/01/2026")

    calendar = WorkCalendar.of(cast.a1)

    assert calendar.name(friday) == "Nghỉ hoán đổi"
    assert not calendar.is_day_off(saturday)
    assert calendar.worked_instead(saturday) == "Làm bù ngày 02/01/2026"
    assert not is_day_off(friday, cast.foreign)
    assert is_day_off(saturday, cast.foreign)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2024, 2, 7), date(2024, 2, 7)),
        (date(2024, 2, 8), date(2024, 2, 15)),  # Tết 2024: 8 to 14 February
        (date(2023, 12, 31), date(2024, 1, 2)),  # over the end of the year
    ],
)
def test_next_working_day(cast, day, expected):
    assert next_working_day(day, cast.a) == expected


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2024, 10, 4), 1, date(2024, 10, 7)),
        (date(2024, 10, 5), 1, date(2024, 10, 7)),
        (date(2024, 10, 7), -1, date(2024, 10, 4)),
        (date(2024, 10, 5), 0, date(2024, 10, 5)),
        (date(2024, 2, 7), 3, date(2024, 2, 19)),
        (date(2024, 4, 26), 1, date(2024, 5, 2)),
        (date(2024, 5, 3), 1, date(2024, 5, 4)),  # a Saturday that was worked
    ],
)
def test_add_working_days(cast, day, count, expected):
    assert add_working_days(day, count, cast.a) == expected


@given(day=st.dates(date(2023, 1, 1), date(2031, 1, 1)), count=st.integers(1, 60))
def test_going_forth_and_back_counts_the_same_days(day, count):
    calendar = WorkCalendar({}, "vi")
    begin = calendar.next_working_day(day)

    assert calendar.add_working_days(calendar.add_working_days(begin, count), -count) == begin


def test_a_calendar_without_a_working_day_is_refused_not_endless():
    day = date(2024, 1, 1)
    calendar = WorkCalendar({day + timedelta(days=n): (False, "x") for n in range(-1, 4000)}, "vi")

    with pytest.raises(NoWorkingDay):
        calendar.next_working_day(day)


def test_one_query_however_many_days_are_asked(cast, django_assert_num_queries):
    with django_assert_num_queries(1):
        calendar = WorkCalendar.of(cast.a)
        calendar.holidays_between(date(2024, 1, 1), date(2026, 12, 31))
        calendar.add_working_days(date(2024, 1, 1), 300)
