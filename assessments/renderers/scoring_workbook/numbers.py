"""Numbers as people write them into cells: with a comma or a point, with a sign of per cent, as text. Pure."""

from __future__ import annotations

import math
import re
from decimal import Decimal, InvalidOperation

from assessments.renderers.scoring_workbook.layout import plain

_THOUSANDS = re.compile(r"\d{1,3}(?:[. ]\d{3})+")
_EXACT = 1e-9
LONGEST = 40


class NotANumber(Exception):
    """`code`: "number" where it is none, "separator" where 1.234 may be a thousand or a fraction."""

    def __init__(self, code: str = "number") -> None:
        super().__init__(code)
        self.code = code


def of_float(value: float, decimals: int = 4) -> Decimal:
    """The decimal that was meant: 0.1 + 0.2 in a cell is 0.3."""
    if not math.isfinite(value):
        raise NotANumber
    short = round(value, decimals)
    exact = short if math.isclose(value, short, rel_tol=_EXACT, abs_tol=_EXACT) else value
    return Decimal(str(exact)) if abs(exact) < 1e15 else Decimal(int(exact))


def of_text(text: str) -> Decimal:
    """ "8,5", "8.5", "1.234,5", "1,234.5", "−3". A single point before three digits is told from neither."""
    text = plain(text).replace("−", "-").replace("–", "-").removeprefix("'")
    if len(text) > LONGEST:
        raise NotANumber
    sign, digits = ("-", text[1:].strip()) if text.startswith("-") else ("", text)
    comma, point = digits.rfind(","), digits.rfind(".")
    if comma >= 0 and point >= 0:
        grouping, mark = (".", ",") if comma > point else (",", ".")
        digits = digits.replace(grouping, "").replace(mark, ".")
    elif re.fullmatch(r"[1-9]\d{0,2}[.]\d{3}", digits) or digits.count(".") > 1 or digits.count(",") > 1:
        raise NotANumber("separator")
    else:
        digits = digits.replace(",", ".")
    if re.fullmatch(r"\d{1,3}(?: \d{3})+(?:[.]\d+)?", digits):
        digits = digits.replace(" ", "")
    if not re.fullmatch(r"\d+(?:[.]\d*)?|[.]\d+", digits) or not digits.isascii():
        raise NotANumber
    try:
        return Decimal(sign + digits)
    except InvalidOperation:
        raise NotANumber from None


def whole_of_text(text: str) -> Decimal:
    """As `of_text`, but groups of three digits are thousands: there are no fractions of a count."""
    text = plain(text)
    if len(text) > LONGEST:
        raise NotANumber
    return Decimal(re.sub("[. ]", "", text)) if _THOUSANDS.fullmatch(text) else of_text(text)


def said(value: Decimal) -> str:
    """Without an exponent and without zeros at the end: the form in which an answer is given to scoring."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
