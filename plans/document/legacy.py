"""Text typed in the fonts used before Unicode (TCVN3 ".VnTime", VNI "VNI-Times"): its letters are other letters."""

from __future__ import annotations

import re
from collections.abc import Iterable

_FONT = re.compile(r"(?:^|\+)(?:\.Vn|VNI[- ])", re.IGNORECASE)
_UNICODE = re.compile(r"[\u1ea0-\u1ef9\u0300-\u0323]")
# "KÕ ho¹ch", "thùc hiÖn", "Uû ban": what no Vietnamese or Western word writes.
_TCVN3 = re.compile(
    r"(?<=[a-zA-Z])[\u00a8-\u00ae\u00b5-\u00bf](?![\s.,;:)])|"
    r"[®§](?=[a-zA-Z\u00a8-\u00ff])|[a-z][ÖÕÑÞÐ×Ø](?=[a-z])"
)
# "Keá hoaïch", "thöïc hieän": a vowel and then the mark as a letter of its own.
_VNI = re.compile(r"[aeiouyöôAEIOUYÖÔ][ïøùûõäåàáâãèéêëü]")
_LEAST = 5


def names_legacy_font(fonts: Iterable[str]) -> bool:
    return any(_FONT.search(font) for font in fonts)


def is_legacy(text: str) -> bool:
    """Whether the words look like TCVN3 or VNI shown as if they were Unicode."""
    words = len(text.split())
    if words < _LEAST or len(_UNICODE.findall(text)) > words / 50:
        return False
    hits = max(len(_TCVN3.findall(text)), len(_VNI.findall(text)))
    return hits >= _LEAST and hits > words / 8
