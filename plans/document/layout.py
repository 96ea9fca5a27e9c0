"""Tables and columns that only place words: the head of a paper and its signing block."""

from __future__ import annotations

import re

from plans.document.spelling import fold, is_capitals, tidy
from plans.document.table import kind_of

_NATIONAL = re.compile(r"cong hoa xa hoi|doc lap\s?[-–]")
_NUMBER = re.compile(r"^so\s*:?.{0,20}/")
_RECIPIENTS = re.compile(r"^[*_\s]*(?:noi nhan|noi gui)\b")
_ON_BEHALF = re.compile(r"^(?:TM|KT|TL|TUQ|Q)\s?\.")
_OFFICE = re.compile(
    r"^(?:(?:pho )?(?:chu tich|giam doc|truong ban|bo truong|truong phong)|chanh van phong|"
    r"(?:chi |tong )?cuc truong|nguoi lap)"
)
_MOST_COLUMNS = 4


def is_head(cells: list[str]) -> bool:
    return any(_NATIONAL.search(fold(line)) for text in cells for line in text.split("\n"))


def is_layout(cells: list[str], columns: int, *, begins_paper: bool) -> bool:
    """Whether a table without known columns holds the head or the signing block."""
    if columns > _MOST_COLUMNS:
        return False
    if len({kind_of(text.replace("\n", " ")) for text in cells[:columns]} - {None}) >= 2:
        return False
    lines = [tidy(line) for text in cells for line in text.split("\n") if line.strip()]
    folded = [fold(line) for line in lines]
    if begins_paper and any(_NATIONAL.search(line) or _NUMBER.match(line) for line in folded):
        return True
    if any(_NATIONAL.search(line) or _RECIPIENTS.match(line) for line in folded):
        return True
    return any(
        is_capitals(line) and (_ON_BEHALF.match(line) or _OFFICE.match(plain))
        for line, plain in zip(lines, folded, strict=True)
    )
