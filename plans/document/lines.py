"""The file as lines, and which lines a value was read from."""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections.abc import Iterable, Iterator

from plans.document.model import Source, Text
from plans.document.spelling import fold, tidy

# Zero-width and direction marks: they carry no letter and would hide a word from comparison.
_INVISIBLE = dict.fromkeys([0xAD, 0x200B, 0x2060, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_MARKUP = re.compile(r"\*\*|__(?=\S)|(?<=\S)__|</?(?:b|i|u|p|center)\s*/?>|\\(?=[-.*_#+()|])")
_BREAK = re.compile(r"<br\s?/?>")
_HEADING_MARK = re.compile(r"^\s{0,3}(?:#{1,6}|>)\s+")
_ITALIC = re.compile(r"(?<![\w*_])([*_])(?=[^\s*_])([^*_]{1,300})(?<=\S)\1(?![\w*_])")
# How a row of a table in Word or PDF is written as a line of text: "│ 1 │ Khảo sát ⏎ hiện trạng │ Tháng 3 │".
CELL = "│"
CELL_LINE = "⏎"
_MOST_CELLS = 99
# The body again in the paper's order, and the lines themselves: to be in one of these is not a use of a line.
_NOT_A_USE = {"sections", "lines", "unrecognised"}


@dataclasses.dataclass(frozen=True, slots=True)
class RawLine:
    """A line while it is read: `text` keeps tabs and runs of spaces, which mark columns."""

    number: int
    text: str
    after_gap: bool  # a blank line stands above it
    tidy: str = ""  # `text` with single spaces
    cells: tuple[str, ...] = ()  # of a row whose cells are sure; a line of a cell ends with a newline

    @property
    def folded(self) -> str:
        return fold(self.tidy)


def split_lines(text: str) -> tuple[RawLine, ...]:
    """The non-blank lines of `text` in NFC; other spaces become spaces, characters no database takes become U+FFFD."""
    text = unicodedata.normalize("NFC", text.removeprefix("\ufeff"))
    lines: list[RawLine] = []
    gap = True
    for number, raw in enumerate(text.splitlines(), start=1):
        if not raw.strip():
            gap = True
            continue
        text_of_line = clean(raw)
        cells = row_cells(text_of_line)
        if cells:
            flat = [cell.replace("\n", " ") for cell in cells]
            lines.append(RawLine(number, "\t".join(flat), gap, tidy(" │ ".join(["", *flat, ""])), cells))
        else:
            lines.append(RawLine(number, text_of_line, gap, tidy(text_of_line)))
        gap = False
    return tuple(lines)


def clean(raw: str) -> str:
    """One line without markup and invisible characters; never empty when `raw` is not blank."""
    visible = "".join(map(_visible, raw.translate(_INVISIBLE)))
    plain = _ITALIC.sub(r"\2", _HEADING_MARK.sub("", _MARKUP.sub("", _BREAK.sub("   ", visible))))
    for candidate in (plain, visible, "\ufffd"):
        if candidate.strip():
            return candidate.rstrip()
    return "\ufffd"


def row_cells(line: str) -> tuple[str, ...]:
    """The cells of a line that is written as a row; () of any other."""
    inner = line.strip()
    if not (inner.startswith(CELL) and inner.count(CELL) > 1):
        return ()
    cells = inner[1:].removesuffix(CELL).split(CELL, _MOST_CELLS)
    return tuple("\n".join(part for each in cell.split(CELL_LINE) if (part := tidy(each))) for cell in cells)


def write_row(cells: Iterable[str]) -> str:
    """The line of text that `row_cells` takes apart again."""
    words = [f" {CELL_LINE} ".join(filter(None, map(str.strip, _plain_cell(cell).split("\n")))) for cell in cells]
    return f"{CELL} " + f" {CELL} ".join(words) + f" {CELL}"


def _plain_cell(cell: str) -> str:
    """Without the marks of a row, and with no line break but a newline."""
    return "\n".join(cell.replace(CELL, "|").replace(CELL_LINE, " ").splitlines())


def sources(value: object) -> Iterator[int]:
    """The numbers of all lines that the fields of `value` cite."""
    if isinstance(value, tuple):
        for member in value:
            yield from sources(member)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            member = getattr(value, field.name)
            if field.name == "source" or field.name.endswith("_source"):
                yield from (member if isinstance(member, tuple) else ())
            elif field.name not in _NOT_A_USE:
                yield from sources(member)


def joined(lines: list[RawLine] | tuple[RawLine, ...]) -> Text:
    return Text(" ".join(line.tidy for line in lines), source_of(lines))


def source_of(lines: list[RawLine] | tuple[RawLine, ...]) -> Source:
    return tuple(dict.fromkeys(line.number for line in lines))


def _visible(character: str) -> str:
    if character == "\t" or " " <= character <= "~":
        return character
    category = unicodedata.category(character)
    if category == "Zs":
        return " "
    return "\ufffd" if category in {"Cc", "Cs"} else character
