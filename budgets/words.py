"""Amounts of money in Vietnamese words, as payment papers write them: 84.000.000 is "Tám mươi tư triệu đồng"."""

from __future__ import annotations

from typing import Literal

MAXIMUM = 10**15

DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
BILLION = 10**9


def amount_in_words(
    amount: int,
    *,
    four: Literal["tư", "bốn"] = "tư",
    gap: Literal["linh", "lẻ"] = "linh",
    thousand: Literal["nghìn", "ngàn"] = "nghìn",
) -> str:
    """Whole đồng from 0 to 10^15 in words, the first letter capital, "đồng" at the end.

    `four` is the 4 after "mươi", `gap` the word for an empty ten, `thousand` that for 10^3: each is right, regions and
    offices differ. Raises ValueError outside the range.
    """
    if not 0 <= amount <= MAXIMUM:
        raise ValueError(f"{amount} is not between 0 and {MAXIMUM}")
    # "tỷ" closes a cycle: what stands above it is read as a number of its own (một nghìn tỷ, một triệu tỷ).
    billions, rest = divmod(amount, BILLION)
    words: list[str] = []
    if billions:
        words += [*_cycle(billions, False, four, gap, thousand), "tỷ"]
    if rest:
        words += _cycle(rest, bool(billions), four, gap, thousand)
    text = " ".join([*(words or [DIGITS[0]]), "đồng"])
    return text[0].upper() + text[1:]


def _cycle(number: int, follows: bool, four: str, gap: str, thousand: str) -> list[str]:
    """A number below 10^9; `follows` says that higher digits were read before it, so that empty places are heard."""
    words: list[str] = []
    for size, name in ((10**6, "triệu"), (10**3, thousand), (1, "")):
        group, number = divmod(number, size)
        if group:
            words += [*_group(group, follows, four, gap), name]
            follows = True
    return [word for word in words if word]


def _group(group: int, follows: bool, four: str, gap: str) -> list[str]:
    """Three digits, 1 to 999. After higher digits the empty hundred and the empty ten are spoken too."""
    hundreds, rest = divmod(group, 100)
    tens, ones = divmod(rest, 10)
    words: list[str] = []
    if hundreds or follows:
        words += [DIGITS[hundreds], "trăm"]
    if tens > 1:
        words += [DIGITS[tens], "mươi"]
    elif tens == 1:
        words += ["mười"]
    elif ones and words:
        words += [gap]
    if ones:
        words += [_one(ones, tens, four)]
    return words


def _one(ones: int, tens: int, four: str) -> str:
    if ones == 1 and tens > 1:
        return "mốt"
    if ones == 4 and tens > 1:
        return four
    if ones == 5 and tens > 0:
        return "lăm"
    return DIGITS[ones]
