"""The body of an administrative document as blocks: what its page, its PDF and its DOCX read alike.

`look` names a class of `static/css/print.css`. Text is plain; what stands out inside a paragraph is a run of its own.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

BLANK, BLANK_DAY = "blank", "blank-day"  # empty places for a number and for a day


@dataclass(frozen=True, slots=True)
class Run:
    """`look` is "", "run-in" (bold), "in-words" (italic), "unbroken", or an empty place, which has no text."""

    text: str
    look: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """`look`: paragraph, basis, note, caption, unit, enacting, centred, legend."""

    runs: Sequence[Run]
    look: str = "paragraph"
    kind: str = "paragraph"

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """`level` 1 to 3."""

    text: str
    level: int = 1
    kind: str = "heading"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """`align` is "", "centre" or "number"; `columns` and `rows` say over how many it spans."""

    lines: Sequence[str]
    align: str = ""
    columns: int = 1
    rows: int = 1
    look: str = ""  # "planned": shaded


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    cells: Sequence[Cell]
    look: str = ""  # "total": bold, never alone on a page


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """`widths` in millimetres, None for a column that takes what is left; `head` rows are repeated on every page."""

    widths: Sequence[float | None]
    head: Sequence[Row]
    rows: Sequence[Row]
    dense: bool = False
    kind: str = "table"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A picture: `svg` without style and script, `alt` what it tells in words, `width` in millimetres."""

    svg: str
    alt: str
    width: int = 140
    kind: str = "figure"

    @property
    def address(self) -> str:
        """The picture itself as an address, which is how paper takes it."""
        return f"data:image/svg+xml;base64,{base64.b64encode(self.svg.encode()).decode()}"

    @property
    def markup(self) -> SafeString:
        """The picture inside a page."""
        return mark_safe(self.svg)  # noqa: S308 -- drawn by the portal's own renderers


Block = Paragraph | Heading | Table | Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Annex:
    """A part that begins on a page of its own; `sheet` is "a4" or "a3"."""

    label: str
    title: Sequence[str]
    blocks: Sequence[Block]
    reference: Sequence[Run] = ()
    landscape: bool = False
    sheet: str = "a4"

    @property
    def page(self) -> str:
        """The class that picks its sheet in print.css."""
        return "annex" if not self.landscape else f"landscape-annex{'-a3' if self.sheet == 'a3' else ''}"


def paragraph(*parts: str | Run, look: str = "paragraph") -> Paragraph:
    """`paragraph("Trước ngày ", Run("15/7/2024", "run-in"), ".")`."""
    return Paragraph(runs=[Run(each) if isinstance(each, str) else each for each in parts], look=look)


def cell(text: object = "", align: str = "", *, columns: int = 1, rows: int = 1, look: str = "") -> Cell:
    """A cell with the lines of `text`; None is an empty one."""
    lines = "" if text is None else str(text)
    return Cell(lines=lines.split("\n"), align=align, columns=columns, rows=rows, look=look)


def row(*cells: Cell | object, look: str = "") -> Row:
    return Row(cells=[each if isinstance(each, Cell) else cell(each) for each in cells], look=look)
