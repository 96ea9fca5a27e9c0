"""The labels that Word draws before paragraphs of its numbered lists ("1.", "a)", "II.", "-"); the text has none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement as Element

_BULLETS = set("-–+•*")
_DEEPEST = 9


@dataclass(frozen=True, slots=True)
class _Level:
    format: str = "decimal"
    text: str = ""
    start: int = 1
    decimal_only: bool = False


@dataclass(slots=True)
class _List:
    """One `w:num`: its levels, and which count it shares with others."""

    count: str
    levels: dict[int, _Level] = field(default_factory=dict)
    restarts: dict[int, int] = field(default_factory=dict)


class Numbering:
    """Counts as Word does; asked in the order of the document."""

    def __init__(self, root: Element | None) -> None:
        self._lists: dict[str, _List] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._restarted: set[tuple[str, int]] = set()
        if root is not None:
            self._read(root)

    def label(self, number: str, level: int) -> str:
        """The label of the next paragraph of list `number` at `level`; "" where the list has none."""
        found = self._lists.get(number)
        if found is None or not 0 <= level < _DEEPEST:
            return ""
        shape = found.levels.get(level, _Level())
        if shape.format == "bullet":
            bullet = shape.text.strip()
            return bullet if bullet in _BULLETS else ("+" if level else "-")
        counts = self._counts.setdefault(found.count, {})
        if level in found.restarts and (number, level) not in self._restarted:
            self._restarted.add((number, level))
            counts[level] = found.restarts[level]
        else:
            counts[level] = counts[level] + 1 if level in counts else shape.start
        for deeper in [each for each in counts if each > level]:
            del counts[deeper]
        if shape.format == "none":
            return shape.text if "%" not in shape.text else ""
        return re.sub(r"%([1-9])", lambda match: self._counted(found, counts, int(match[1]) - 1, shape), shape.text)

    def _counted(self, found: _List, counts: dict[int, int], level: int, shape: _Level) -> str:
        other = found.levels.get(level, _Level())
        return written(counts.get(level, other.start), "decimal" if shape.decimal_only else other.format)

    def _read(self, root: Element) -> None:
        abstract = {
            str(each.get(qn("w:abstractNumId"))): dict(_levels(each)) for each in root.iterchildren(qn("w:abstractNum"))
        }
        for each in root.iterchildren(qn("w:num")):
            of = _value(each, "w:abstractNumId") or ""
            found = _List(of, dict(abstract.get(of, {})))
            for override in each.iterchildren(qn("w:lvlOverride")):
                level = _int(override.get(qn("w:ilvl")), 0)
                found.levels.update(_levels(override))
                start = _value(override, "w:startOverride")
                if start is not None:
                    found.restarts[level] = _int(start, 1)
            self._lists[str(each.get(qn("w:numId")))] = found


def written(number: int, format: str) -> str:
    """A count as `format` of Word writes it; what is not known here is written in digits."""
    if format in {"upperRoman", "lowerRoman"} and 0 < number < 400:
        roman = _roman(number)
        return roman if format == "upperRoman" else roman.lower()
    if format in {"upperLetter", "lowerLetter"} and 0 < number < 200:
        letter = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter.upper() if format == "upperLetter" else letter
    return f"{number:02d}" if format == "decimalZero" else str(number)


def _roman(number: int) -> str:
    words = ""
    for value, letters in (
        *((100, "C"), (90, "XC"), (50, "L"), (40, "XL")),
        *((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")),
    ):
        words += letters * (number // value)
        number %= value
    return words


def _levels(parent: Element) -> Iterator[tuple[int, _Level]]:
    for each in parent.iterchildren(qn("w:lvl")):
        yield (
            _int(each.get(qn("w:ilvl")), 0),
            _Level(
                format=_value(each, "w:numFmt") or "decimal",
                text=(_value(each, "w:lvlText") or "")[:40],
                start=_int(_value(each, "w:start"), 1),
                decimal_only=each.find(qn("w:isLgl")) is not None,
            ),
        )


def _value(parent: Element, tag: str) -> str | None:
    child = parent.find(qn(tag))
    return None if child is None else child.get(qn("w:val"))


def _int(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else default
