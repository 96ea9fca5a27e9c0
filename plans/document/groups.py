"""Which kinds of unit the words of a document mean by a group ("UBND cấp xã trên địa bàn tỉnh").

Pure: no Django. Kinds are those of `Unit.Kind`. What the words mean is the officer's to decide in the end: this offers.
"""

from __future__ import annotations

import re

from plans.document.spelling import fold, tidy

DEPARTMENT, BRANCH, DISTRICT, COMMUNE = "department", "branch", "district", "commune"

# Folded words (no marks, small letters) and the kinds they name; every line that fits adds its kinds.
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"\bco quan hanh chinh\b|he thong hanh chinh nha nuoc", (DEPARTMENT, DISTRICT, COMMUNE)),
    (r"\bcac co quan(?: nha nuoc)?,? don vi\b|\bcac don vi,? dia phuong\b", (DEPARTMENT, DISTRICT, COMMUNE)),
    (r"\bcac (?:co quan|don vi) lien quan\b", (DEPARTMENT, DISTRICT, COMMUNE)),
    (r"\bcac cap,? cac nganh\b|\bcac nganh,? cac cap\b", (DEPARTMENT, DISTRICT, COMMUNE)),
    (r"\bcac so\b|\bso,? (?:ban,? )?nganh\b|\bco quan chuyen mon\b|\bcap tinh\b", (DEPARTMENT,)),
    (r"\bcac chi cuc\b|\btruc thuoc so\b", (BRANCH,)),
    (r"\bcap huyen\b|\bcac (?:huyen|thi xa|thanh pho|quan)\b|\b\d+ huyen\b", (DISTRICT,)),
    (r"\bcap xa\b|\bcac (?:xa|phuong|thi tran|dac khu)\b|\b\d+ (?:xa|phuong)\b", (COMMUNE,)),
    (r"\b(?:ubnd|uy ban nhan dan) cac cap\b", (DISTRICT, COMMUNE)),
)
_FOUND = tuple((re.compile(words), frozenset(kinds)) for words, kinds in GROUPS)
_WHOSE = re.compile(r"(\bcap xa|\bcac (?:xa|phuong)(?:, (?:phuong|thi tran|xa))*)\s+(?:cua|thuoc|tren dia ban|o)\s.*")
_ORDER = (DEPARTMENT, BRANCH, DISTRICT, COMMUNE)


def kinds_named(text: str) -> tuple[str, ...]:
    """The kinds of unit that `text` names as a group; () where it names none, e.g. one body by its name.

    "Cấp xã của 10 huyện" speaks of communes: districts named only to say whose communes are meant do not count.
    """
    words = tidy(fold(text))
    words = _WHOSE.sub(r"\1", words)
    found = {kind for pattern, kinds in _FOUND if pattern.search(words) for kind in kinds}
    return tuple(kind for kind in _ORDER if kind in found)
