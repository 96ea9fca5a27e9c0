"""Numbers without loss: sums are kept exact, as fractions where something is divided, and are rounded once, where they
are shown or stored."""

from __future__ import annotations

from decimal import Context, Decimal, Inexact
from enum import StrEnum, auto
from fractions import Fraction

EXACT = Context(prec=10_000, traps=[Inexact])  # adds and multiplies without loss, or not at all
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
    whole, rest = divmod(abs(value.numerator) * 10**decimals, value.denominator)
    against_half = 2 * rest - value.denominator
    up = {
        Mode.HALF_UP: against_half >= 0,
        Mode.HALF_EVEN: against_half > 0 or (against_half == 0 and whole % 2 == 1),
        Mode.DOWN: False,
    }[mode]
    number = whole + up
    return EXACT.scaleb(Decimal(-number if value < 0 else number), -decimals)


def plain(value: Fraction) -> Decimal:
    """All the decimals of `value`, at least two; where they never end, the first six."""
    places = _places(value)
    return rounded(value, PLACES if places is None else max(2, places))
