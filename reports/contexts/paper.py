"""The frame of an administrative document (NĐ 30/2020/NĐ-CP, phụ lục I): who speaks, and what stays blank in a draft.

The words here are those of the prescribed form, so they are Vietnamese whatever the reader's language.
"""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from units.models import Unit

LONGEST_ORGAN = 23  # capitals that its column takes
NO_BREAK = "\u00a0"
_EDITION = re.compile(r"(?<=ISO) (?=\d)")  # "ISO 9001" stays on one line
_COMMITTEE_OF_THE_PEOPLE = re.compile(r"(?:UBND|Ủy ban nhân dân)\s+", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A draft, unless told otherwise: it has no number and no day, no seal and no signature.

    `type` is the kind of document in capitals, "" for a letter, which has a `subject` ("V/v …") and `addressees`
    instead. `organ` as running text has it, `organ_lines` and `parent_organ` as the head has them. `symbol_tail` is
    what follows `symbol_head` in the symbol, "" where it is not known. `authorities` stand above the space for the
    signature, `office_lines` and `signatory` under it, with `signature_marks` ("(Đã ký)") in the space. `marks` are
    framed under the number. What is "" or None stays an empty place.
    """

    parent_organ: str
    organ: str
    organ_lines: Sequence[str]
    symbol_tail: str
    place: str
    month: str
    year: int | None
    recipients: Sequence[str]
    authorities: Sequence[str]
    office_lines: Sequence[str]
    type: str = "BÁO CÁO"
    symbol_head: str = "BC-"
    number: str = ""
    day: str = ""
    is_draft: bool = True
    subject: Sequence[str] = ()
    addressees: Sequence[str] = ()
    signatory: str = ""
    country: str = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    motto: str = "Độc lập - Tự do - Hạnh phúc"
    marks: Sequence[str] = ()
    signature_marks: Sequence[str] = ()

    @property
    def boxes(self) -> Sequence[str]:
        """What stands framed under the number: that it is a draft, how urgent or secret it is."""
        told = any(mark.upper().startswith("DỰ THẢO") for mark in self.marks)
        return self.marks if told or not self.is_draft else ("DỰ THẢO", *self.marks)


def upper(text: str) -> str:
    """Capitals are typed, not styled, so that what is copied or read aloud has them."""
    return unicodedata.normalize("NFC", text).upper()


def organ_lines(name: str) -> tuple[str, ...]:
    """The organ as the head breaks it: a People's Committee over two lines, a long name over as many as it needs."""
    match = _COMMITTEE_OF_THE_PEOPLE.match(name)
    if match:
        return "ỦY BAN NHÂN DÂN", upper(name[match.end() :])
    return balanced(upper(name), LONGEST_ORGAN) or ("",)


def parent_organ(name: str, above: Unit | None) -> str:
    """The organ above the one that speaks; a People's Committee names none."""
    if above is None or _COMMITTEE_OF_THE_PEOPLE.match(name):
        return ""
    if above.kind not in {Unit.Kind.PROVINCE, Unit.Kind.DISTRICT, Unit.Kind.COMMUNE}:
        return upper(above.name)
    return upper("UBND " + _COMMITTEE_OF_THE_PEOPLE.sub("", above.name))


def office_lines(office: str) -> tuple[str, ...]:
    """The office held, broken by sense: the title, then the organ."""
    title, organ = office.partition(" SỞ ")[::2]
    return (title, f"SỞ {organ}") if organ else (office,) if office else ()


def balanced(text: str, most: int = 58) -> tuple[str, ...]:
    """A heading over as few lines as it needs, of much the same length: no last word alone."""
    text = _EDITION.sub(NO_BREAK, text)
    lines = textwrap.wrap(text, most)
    for width in range(most, 0, -1):
        narrower = textwrap.wrap(text, width)
        if len(narrower) > len(lines):
            break
        lines = narrower
    return tuple(lines)


def written_month(month: int) -> str:
    """January and February with a zero before them, the others without."""
    return f"{month:02d}" if month <= 2 else str(month)


def written_day(day: date) -> str:
    """As in running text: 16/6/2023."""
    return f"{day.day}/{day.month}/{day.year}"


def count(number: int) -> str:
    """As documents count: 00, 01, 05, 10, 231."""
    return f"{number:02d}"


def money(amount: int) -> str:
    return f"{amount:,}".replace(",", ".") + f"{NO_BREAK}đồng"


def decimal(value: Decimal | None, places: int = 1) -> str:
    """With a comma, half up, without idle zeros; "" for nothing, since blank is not zero."""
    if value is None:
        return ""
    text = f"{value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")


def points(value: Decimal | None) -> str:
    """Scores always with two decimals: 87,25."""
    return "" if value is None else f"{value.quantize(Decimal('0.01'), ROUND_HALF_UP):f}".replace(".", ",")


def recipient_lines(recipients: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Each ends with a semicolon, the filing line with a full stop."""
    lines = [f"- {text} ({purpose})" if purpose else f"- {text}" for text, purpose in recipients]
    return (*(f"{line};" for line in lines[:-1]), *(f"{line}." for line in lines[-1:]))


def file_safe(text: str) -> str:
    """A name that every system takes: no slash, no colon, no control character, not too long."""
    kept = "".join(each for each in unicodedata.normalize("NFC", text) if each.isprintable())
    return re.sub(r"\s+", " ", re.sub(r'[/\\:*?"<>|]+', "-", kept)).strip(" .-")[:120]
