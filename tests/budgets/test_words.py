from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from budgets.words import MAXIMUM, amount_in_words

WORDS = [
    (0, "Không đồng"),
    (1, "Một đồng"),
    (4, "Bốn đồng"),
    (5, "Năm đồng"),
    (10, "Mười đồng"),
    (11, "Mười một đồng"),
    (14, "Mười bốn đồng"),
    (15, "Mười lăm đồng"),
    (20, "Hai mươi đồng"),
    (21, "Hai mươi mốt đồng"),
    (24, "Hai mươi tư đồng"),
    (25, "Hai mươi lăm đồng"),
    (100, "Một trăm đồng"),
    (101, "Một trăm linh một đồng"),
    (104, "Một trăm linh bốn đồng"),
    (105, "Một trăm linh năm đồng"),
    (110, "Một trăm mười đồng"),
    (115, "Một trăm mười lăm đồng"),
    (555, "Năm trăm năm mươi lăm đồng"),
    (1_000, "Một nghìn đồng"),
    (1_001, "Một nghìn không trăm linh một đồng"),
    (1_010, "Một nghìn không trăm mười đồng"),
    (10_000, "Mười nghìn đồng"),
    (100_000, "Một trăm nghìn đồng"),
    (1_000_005, "Một triệu không trăm linh năm đồng"),
    (1_005_000, "Một triệu không trăm linh năm nghìn đồng"),
    (12_500_000, "Mười hai triệu năm trăm nghìn đồng"),
    (21_000_000, "Hai mươi mốt triệu đồng"),
    (84_000_000, "Tám mươi tư triệu đồng"),
    (1_000_000_000, "Một tỷ đồng"),
    (1_000_000_001, "Một tỷ không trăm linh một đồng"),
    (
        105_005_005_005,
        "Một trăm linh năm tỷ không trăm linh năm triệu không trăm linh năm nghìn không trăm linh năm đồng",
    ),
    (1_000_000_000_000, "Một nghìn tỷ đồng"),
    (1_024_000_000_000, "Một nghìn không trăm hai mươi tư tỷ đồng"),
    (MAXIMUM, "Một triệu tỷ đồng"),
]


@pytest.mark.parametrize(("amount", "words"), WORDS)
def test_amounts_are_written_as_people_say_them(amount, words):
    assert amount_in_words(amount) == words


@pytest.mark.parametrize(
    ("amount", "options", "words"),
    [
        (84_000_000, {"four": "bốn"}, "Tám mươi bốn triệu đồng"),
        (104, {"gap": "lẻ"}, "Một trăm lẻ bốn đồng"),
        (25_000, {"thousand": "ngàn"}, "Hai mươi lăm ngàn đồng"),
        (
            1_304_044,
            {"four": "bốn", "gap": "lẻ", "thousand": "ngàn"},
            "Một triệu ba trăm lẻ bốn ngàn không trăm bốn mươi bốn đồng",
        ),
    ],
)
def test_offices_choose_their_own_words(amount, options, words):
    assert amount_in_words(amount, **options) == words


@pytest.mark.parametrize("amount", [-1, MAXIMUM + 1])
def test_amounts_out_of_range_are_refused(amount):
    with pytest.raises(ValueError, match="not between"):
        amount_in_words(amount)


DIGIT = dict(zip(["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"], range(10), strict=True))
DIGIT |= {"mốt": 1, "tư": 4, "lăm": 5}
SCALE = {"nghìn": 10**3, "ngàn": 10**3, "triệu": 10**6}


def read_back(text: str) -> int:
    """What a person hears: an account of its own, word by word, that knows nothing of how the words were made."""
    total = cycle = group = 0
    digit = None
    for word in text.lower().split():
        if word in DIGIT:
            digit = DIGIT[word]
        elif word == "trăm":
            group, digit = digit * 100, None
        elif word == "mười":
            group += 10
        elif word == "mươi":
            group, digit = group + digit * 10, None
        elif word in SCALE:
            cycle += (group + (digit or 0)) * SCALE[word]
            group, digit = 0, None
        elif word == "tỷ":
            total = (cycle + group + (digit or 0)) * 10**9
            cycle = group = 0
            digit = None
        elif word == "đồng":
            return total + cycle + group + (digit or 0)
        else:
            assert word in {"linh", "lẻ"}, word
    raise AssertionError(text)


AWKWARD = [0, 0, 1, 4, 5, 10, 11, 14, 15, 21, 24, 25, 100, 101, 105, 110, 555, 999]
amounts = st.one_of(
    st.integers(0, MAXIMUM),
    # Zeros in the middle are what goes wrong: groups drawn from the awkward ones.
    st.lists(
        st.sampled_from([0, 0, 1, 4, 5, 10, 11, 14, 15, 21, 24, 25, 100, 101, 105, 110, 555, 999]), max_size=5
    ).map(lambda groups: sum(group * 1000**place for place, group in enumerate(groups))),
)


@given(
    amount=amounts,
    four=st.sampled_from(["tư", "bốn"]),
    gap=st.sampled_from(["linh", "lẻ"]),
    thousand=st.sampled_from(["nghìn", "ngàn"]),
)
@example(amount=0, four="tư", gap="linh", thousand="nghìn")
@example(amount=MAXIMUM, four="tư", gap="linh", thousand="nghìn")
def test_words_read_back_are_the_amount(amount, four, gap, thousand):
    text = amount_in_words(amount, four=four, gap=gap, thousand=thousand)

    assert read_back(text) == amount
    assert text == text[0].upper() + text[1:]
    assert "  " not in text
    assert not any(wrong in text for wrong in ("mươi một", "mươi năm", "mười năm", "mười tư", "linh mười", "lẻ mười"))
