"""How many of what a document asks for: "01 hội nghị" is 1 hội nghị. Pure: no Django."""

from __future__ import annotations

import re
import unicodedata

_MOST = 2_147_483_647
# The number may be grouped in thousands as offices write it ("1.200 lượt người"); words of vagueness go before it.
_QUANTITY = re.compile(
    r"^\W*(?:(?:khoảng|dự kiến|tối thiểu|ít nhất|gồm|từ|trên|số lượng:?)\s+)*"
    r"(?P<number>\d{1,3}(?:\.\d{3})+|\d{1,9})(?!\d)\s*(?:\([^)]*\)\s*)?(?P<unit>[^\W\d_][^;,.\n(]*)?",
    re.IGNORECASE,
)
_LONGEST_UNIT = 60


def parse_quantity(text: str) -> tuple[int | None, str]:
    """The number and what it counts; (None, "") where the words begin with no number, and for what is no plain count
    ("02/5 đơn vị", "10-15 người", "100%")."""
    words = unicodedata.normalize("NFC", text).strip()
    found = _QUANTITY.match(words)
    if found is None:
        return None, ""
    rest = words[found.end("number") :].lstrip()
    if rest[:1] in {"/", "-", "–", "%"} or re.match(r",\d", rest):
        return None, ""
    number = int(found["number"].replace(".", ""))
    if number > _MOST:
        return None, ""
    unit = re.sub(r"\s+", " ", found["unit"] or "").strip()
    return number, unit if len(unit) <= _LONGEST_UNIT else ""
