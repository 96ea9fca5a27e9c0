from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from isoportal.templatetags import formats
from isoportal.templatetags.devices import device

NB = "\u00a0"
LATE_EVENING_UTC = datetime(2023, 6, 15, 18, 2, tzinfo=UTC)  # 01:02 of the next day in Vietnam


@pytest.mark.parametrize(
    ("write", "value", "vietnamese", "english"),
    [
        (formats.money, 84000000, f"84.000.000{NB}đ", f"84,000,000{NB}đ"),
        (formats.money, Decimal(84000000), f"84.000.000{NB}đ", f"84,000,000{NB}đ"),
        (formats.money, 0, f"0{NB}đ", f"0{NB}đ"),
        (formats.money, -1500, f"-1.500{NB}đ", f"-1,500{NB}đ"),
        (formats.number, 1234567, "1.234.567", "1,234,567"),
        (formats.score, Decimal("87.25"), "87,25", "87.25"),
        (formats.score, Decimal("90.5"), "90,50", "90.50"),
        (formats.score, Decimal("0.125"), "0,13", "0.13"),
        (formats.score, Decimal(0), "0,00", "0.00"),
        (formats.percent, 40, f"40{NB}%", "40%"),
        (formats.percent, Decimal("42.1"), f"42,1{NB}%", "42.1%"),
        (formats.percent, Decimal("42.05"), f"42,1{NB}%", "42.1%"),
        (formats.percent, 0, f"0{NB}%", "0%"),
        (formats.percent, 100.0, f"100{NB}%", "100%"),
        (formats.day, date(2023, 6, 16), "16/6/2023", "16 Jun 2023"),
        (formats.day, LATE_EVENING_UTC, "16/6/2023", "16 Jun 2023"),
        (formats.moment, LATE_EVENING_UTC, "01:02 16/6/2023", "01:02 16 Jun 2023"),
        (formats.clock, LATE_EVENING_UTC, "01:02", "01:02"),
        (formats.blank, "text", "text", "text"),
    ],
)
def test_a_value_is_written_in_the_readers_language(write, value, vietnamese, english):
    with translation.override("vi"):
        assert write(value) == vietnamese
    with translation.override("en"):
        assert write(value) == english


@pytest.mark.parametrize("nothing", [None, ""])
@pytest.mark.parametrize(
    "write",
    [
        formats.money,
        formats.number,
        formats.score,
        formats.percent,
        formats.day,
        formats.moment,
        formats.clock,
        formats.blank,
    ],
)
def test_nothing_is_a_dash_and_never_zero(write, nothing):
    assert write(nothing) == "–"


@pytest.mark.parametrize(("wait", "told"), [(timedelta(minutes=15), 15), (timedelta(seconds=61), 2), (None, 0)])
def test_waiting_time_is_rounded_up(wait, told):
    assert formats.minutes(wait) == told


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36",
            "Chrome, Windows",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 coc_coc_browser/120.0 Chrome/114.0", "Cốc Cốc, Windows"),
        ("Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36", "Chrome, Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1", "Safari, iPhone"),
        ("curl/8.0", "curl"),
    ],
)
def test_a_browser_is_named_as_people_know_it(user_agent, name):
    assert device(user_agent) == name
