"""What typists spell in several ways, made equal: marks, capitals, hyphens, spaces."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_SPACES = re.compile(r" {2,}")


def fold(text: str) -> str:
    """`text` in lower case without marks, letter for letter, so that a place in one is the same place in the other.

    "Uỷ", "Ủy" and "ỦY" become "uy": the words of headings are compared in this form only.
    """
    return "".join(map(_plain, text))


def tidy(text: str) -> str:
    """`text` with one space where the typist aligned with several."""
    return _SPACES.sub(" ", text.replace("\t", " ")).strip()


def strip_end(text: str) -> str:
    """`text` without the marks that only end it in a list ("; , . : ./.")."""
    return text.strip().removesuffix("./.").rstrip(" ;,.:").strip()


def is_capitals(text: str) -> bool:
    """Whether every letter is a capital and there are at least two of them."""
    letters = [letter for letter in text if letter.isalpha()]
    return len(letters) >= 2 and all(letter.isupper() for letter in letters)


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    if character in "–—−‑‐":
        return "-"
    base = unicodedata.normalize("NFD", character)[0].lower()
    if len(base) != 1:
        return character
    return "d" if base == "đ" else base
