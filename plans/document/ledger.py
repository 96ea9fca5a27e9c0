"""The ledger that no line escapes: what the fields hold is set against what the file holds."""

from __future__ import annotations

import dataclasses
import re
from collections import defaultdict
from collections.abc import Iterator

from plans.document.lines import RawLine, sources
from plans.document.model import Line, PlanDocument, Text
from plans.document.spelling import fold

# Words that only say which field a line fills; the field stands for them.
_LABELS = frozenset(
    re.findall(
        r"\w+",
        "so ngay thang nam dieu phan thu nhat hai ba bon noi nhan gui co quan don vi bo phan nguoi chu tri dau moi "
        "phoi hop chi dao lanh dao thuc hien phu trach tham muu thoi gian han diem trien khai to chuc hoan thanh "
        "du kien tien do san pham ket qua dat duoc ra kinh phi so luong quy mo",
    )
)
_WORD = re.compile(r"[^\W_]+")
_NUMERAL = re.compile(r"[ivx]+|\d{1,3}|\w")
_OWN_FIELDS = {"sections", "lines", "unrecognised"}


def settle(document: PlanDocument, lines: tuple[RawLine, ...]) -> PlanDocument:
    """`document` with its lines, and with those listed as unrecognised that no field tells in full.

    Nothing here trusts a reader: a line that no field cites is listed, and so is a line some of whose words are in
    none of the fields that cite it. A reader that forgets a line or half of one cannot lose it.
    """
    used = set(sources(document))
    told = _told(document)
    general = _words_of_strings(document)
    missing = [
        line for line in lines if line.number not in used or not _is_told(line, told.get(line.number, []), general)
    ]
    return dataclasses.replace(
        document,
        lines=tuple(Line(line.number, line.tidy, line.cells) for line in lines),
        unrecognised=tuple(Text(line.tidy, (line.number,)) for line in missing),
    )


def _is_told(line: RawLine, told: list[set[str]], general: set[str]) -> bool:
    for word in _WORD.findall(line.folded):
        if _NUMERAL.fullmatch(word) or word in _LABELS or word in general:
            continue
        if not any(word in words for words in told):
            return False
    return True


def _told(document: PlanDocument) -> dict[int, list[set[str]]]:
    """For each line, the words of the values that cite it; a value's words are gathered once for all its lines."""
    told: dict[int, list[set[str]]] = defaultdict(list)
    for value in _cited(document):
        words = _words_of_strings(value)
        for number in set(value.source):
            told[number].append(words)
    return told


def _cited(value: object) -> Iterator[Text]:
    """All values below `value` that cite lines."""
    if isinstance(value, tuple):
        for member in value:
            yield from _cited(member)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        if hasattr(value, "source"):
            yield value  # type: ignore[misc]
        for field in dataclasses.fields(value):
            if field.name not in _OWN_FIELDS or not isinstance(value, PlanDocument):
                yield from _cited(getattr(value, field.name))


def _words_of_strings(value: object) -> set[str]:
    """The words of the value's own strings; values in it that cite lines themselves answer for themselves."""
    words: set[str] = set()
    for field in dataclasses.fields(value):  # type: ignore[arg-type]
        member = getattr(value, field.name)
        members = member if isinstance(member, tuple) else (member,)
        for part in members:
            if isinstance(part, str):
                words.update(_WORD.findall(fold(part)))
            elif dataclasses.is_dataclass(part) and not hasattr(part, "source"):
                words |= _words_of_strings(part)
    return words
