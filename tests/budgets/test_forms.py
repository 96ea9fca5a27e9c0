from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from budgets.forms import AmountField, CeilingForm, SpendForm


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("12500000", 12_500_000),
        ("12.500.000", 12_500_000),
        ("12 500 000", 12_500_000),
        ("12\u00a0500\u00a0000\u00a0đ", 12_500_000),
        ("12'500'000", 12_500_000),
        ("12,500,000", 12_500_000),
        (" 12.500.000 đồng ", 12_500_000),
        ("12500000VND", 12_500_000),
        ("12.500.000 ₫", 12_500_000),
        ("5", 5),
        ("0", 0),
    ],
)
def test_amounts_are_read_as_people_type_them(typed, amount):
    with override("vi"):
        assert AmountField().clean(typed) == amount


@pytest.mark.parametrize(
    "typed",
    ["12,5", "12,500", "12.5", "12.500,00", "1.2345", "1.000 000", "-5", "1e6", "mười", "đ", "٥", "9" * 31, "9" * 5000],
)
def test_what_is_not_whole_dong_is_refused_with_what_was_typed(typed):
    with override("vi"), pytest.raises(ValidationError) as refused:
        AmountField().clean(typed)

    assert typed == "đ" or typed[:30] in refused.value.messages[0]


def test_one_comma_parts_thousands_in_english_alone():
    with override("en"):
        assert AmountField().clean("12,500") == 12_500


def test_nothing_typed_is_not_nothing_spent():
    with pytest.raises(ValidationError) as refused:
        AmountField().clean("  ")

    assert refused.value.code == "required"
    assert AmountField(required=False).clean("") is None


@pytest.mark.parametrize("form", [SpendForm, CeilingForm])
def test_text_that_a_database_cannot_hold_is_refused(form):
    data = {"amount": "5", "spent_on": "2024-10-08", "description": "a\0b", "reason": "a\0b"}

    assert not form(data).is_valid()
