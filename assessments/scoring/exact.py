"""Numbers without loss: sums are kept as fractions and become decimals once, where they are shown or stored."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum, auto
from fractions import Fraction

PLACES = 6  # of a number shown on the way to a total that does not end, such as a third


class Mode(StrEnum):
    HALF_UP = auto()
    HALF_EVEN = auto()
    DOWN = auto()


def _places(value: Fraction) -> int | None:
    """How many decimals `value` has; None if they never end."""
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    return max(twos, fives) if rest == 1 else None


def rounded(value: Fraction, decimals: int = 2, mode: Mode = Mode.HALF_UP) -> Decimal:
    """`value` with `decimals` places. Down is towards zero; half to even looks at the last digit that stays."""
    whole, rest = divmod(abs(value) * 10**decimals, 1)
    half = Fraction(1, 2)
    up = {
        Mode.HALF_UP: rest >= half,
        Mode.HALF_EVEN: rest > half or (rest == half and whole % 2 == 1),
        Mode.DOWN: False,
    }[mode]
    number = whole + up
    digits = tuple(int(digit) for digit in str(number))
    return Decimal((int(value < 0 < number), digits, -decimals))


def plain(value: Fraction) -> Decimal:
    """All the decimals of `value`, at least two; where they never end, the first six."""
    places = _places(value)
    return rounded(value, PLACES if places is None else max(2, places))
