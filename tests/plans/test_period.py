from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.period import Period, due_moment, is_late, parse_period

WRITTEN = {
    # months
    "Tháng 02-6/2024": ("2024-02-01", "2024-06-30"),
    "Từ tháng 01 - 12/2024": ("2024-01-01", "2024-12-31"),
    "Từ tháng 01 - 12/ 2024": ("2024-01-01", "2024-12-31"),
    "Tháng 10/2024": ("2024-10-01", "2024-10-31"),
    "Tháng 10-12/2024": ("2024-10-01", "2024-12-31"),
    "tháng 10-12": ("2024-10-01", "2024-12-31"),
    "Tháng 02 – 6/2024": ("2024-02-01", "2024-06-30"),
    "Tháng 11/2023 - 02/2024": ("2023-11-01", "2024-02-29"),
    "tháng 11 - tháng 2/2025": ("2024-11-01", "2025-02-28"),
    "Từ tháng 3 đến tháng 9 năm 2023": ("2023-03-01", "2023-09-30"),
    "tháng 3 và tháng 4 năm 2023": ("2023-03-01", "2023-04-30"),
    "tháng 9,10,11 năm 2023": ("2023-09-01", "2023-11-30"),
    "Từ tháng 3 đến hết năm 2023": ("2023-03-01", "2023-12-31"),
    "03/2024 - 05/2024": ("2024-03-01", "2024-05-31"),
    "02-6/2024": ("2024-02-01", "2024-06-30"),
    "T10/2024": ("2024-10-01", "2024-10-31"),
    "Tuần 2 tháng 3/2024": ("2024-03-01", "2024-03-31"),
    # quarters and halves
    "Quý IV/2023": ("2023-10-01", "2023-12-31"),
    "Quý I, II năm 2023": ("2023-01-01", "2023-06-30"),
    "Quý III, Quý IV/2023": ("2023-07-01", "2023-12-31"),
    "Quý I/2024 - Quý II/2025": ("2024-01-01", "2025-06-30"),
    "QUÝ 1,2,3/2023": ("2023-01-01", "2023-09-30"),
    "6 tháng đầu năm 2023": ("2023-01-01", "2023-06-30"),
    "6 tháng cuối năm": ("2024-07-01", "2024-12-31"),
    # years
    "năm 2023": ("2023-01-01", "2023-12-31"),
    "2024-2025": ("2024-01-01", "2025-12-31"),
    "giai đoạn 2021 - 2025": ("2021-01-01", "2025-12-31"),
    "Thường xuyên trong năm 2023": ("2023-01-01", "2023-12-31"),
    "Cả năm": ("2024-01-01", "2024-12-31"),
    # days
    "ngày 12/5/2023": ("2023-05-12", "2023-05-12"),
    "ngày 12-15/5/2023": ("2023-05-12", "2023-05-15"),
    "từ ngày 05 đến 20/4/2023": ("2023-04-05", "2023-04-20"),
    "Từ 15 tháng 3 đến 20 tháng 4 năm 2023": ("2023-03-15", "2023-04-20"),
    "01/3 - 30/6/2023": ("2023-03-01", "2023-06-30"),
    # one end only
    "trước 15/12/2023": (None, "2023-12-15"),
    "trước ngày 15 tháng 12 năm 2023": (None, "2023-12-15"),
    "Trước ngày 30/6": (None, "2024-06-30"),
    "đến hết năm 2025": (None, "2025-12-31"),
    "Từ nay đến hết tháng 11/2023": (None, "2023-11-30"),
    "Từ tháng 3/2023": ("2023-03-01", None),
    "Từ quý II/2023 trở đi": ("2023-04-01", None),
    # no days
    "thường xuyên": (None, None),
    "hàng năm": (None, None),
    "hàng quý": (None, None),
    "Sau khi Kế hoạch được ban hành": (None, None),
    "Theo Quyết định số 12/QĐ-UBND": (None, None),
    "": (None, None),
    # impossible days
    "31/02/2024": (None, None),
    "ngày 31 tháng 02 năm 2024": (None, None),
    "Tháng 13/2024": (None, None),
    "99/99/9999": (None, None),
}


@pytest.mark.parametrize(("text", "days"), WRITTEN.items())
def test_words_become_days_and_stay_as_written(text, days):
    period = parse_period(text, default_year=2024)

    assert period.text == text
    assert (period.start and period.start.isoformat(), period.end and period.end.isoformat()) == days


def test_without_a_year_nothing_is_invented():
    assert parse_period("Tháng 3-5", default_year=None) == Period("Tháng 3-5")
    assert parse_period("Cả năm", default_year=None) == Period("Cả năm")


@given(st.text(max_size=300), st.none() | st.integers(1900, 2199))
def test_any_words_give_a_period_that_does_not_end_before_it_begins(text, year):
    period = parse_period(text, default_year=year)

    assert period.text == text
    assert period.start is None or period.end is None or period.start <= period.end


@given(st.lists(st.sampled_from(["tháng", "quý", "năm", "ngày", "đến", "từ", "-", "/", "31", "2", "IV", "2024", ","])))
def test_any_mix_of_the_words_of_time_is_survived(words):
    parse_period(" ".join(words), default_year=2024)


def test_the_last_day_is_not_late_and_the_next_is():
    end = date(2024, 2, 29)

    assert not is_late(end, date(2024, 2, 29))
    assert is_late(end, date(2024, 3, 1))


def test_a_deadline_is_the_first_moment_after_the_last_day_in_vietnam():
    moment = due_moment(date(2024, 12, 31))

    assert moment == datetime(2024, 12, 31, 17, 0, tzinfo=UTC)
    assert moment.utcoffset() == timedelta(hours=7)
    assert moment.date() == date(2025, 1, 1)
