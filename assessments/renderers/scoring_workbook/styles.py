"""How the cells of the scoring workbook look. Each style is made once and copied: making one per cell is ten times as
slow."""

from __future__ import annotations

from copy import copy
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side

FONT = "Times New Roman"
LINE_POINTS = 14.5
_LINE = Side(style="thin", color="9AA5A8")
_BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
HEAD, GROUP, ENTRY, TOTAL = "D9E2E5", "EEF2F3", "FFF8DC", "D9E2E5"
_CENTRED = {"code", "maximum", "answer", "of", "case", "points"}


class Styles:
    """The looks of one workbook: `put` writes a value in one of them."""

    def __init__(self, book: Workbook) -> None:
        self._sheet = book.create_sheet("styles")
        self._made: dict[tuple[str, str, bool], Any] = {}

    def put(self, cell: Cell, value: Any, look: str, column: str = "", *, is_open: bool = False) -> None:
        """Text is text whatever it begins with: only `formula` makes formulas."""
        key = (look, column, is_open)
        if key not in self._made:
            self._made[key] = self._style(len(self._made) + 1, look, column, is_open=is_open)
        cell._style = copy(self._made[key])
        if isinstance(value, str):
            cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
            cell.data_type = "s"
            if value[:1] in {"=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n", "'"}:
                cell.quotePrefix = True
        else:
            cell.value = value

    def formula(self, cell: Cell, text: str, look: str, column: str) -> None:
        self.put(cell, None, look, column)
        cell.value = text

    def _style(self, number: int, look: str, column: str, *, is_open: bool) -> Any:
        cell = self._sheet.cell(number, 1)
        size = {"title": 15, "unit": 12, "line": 11, "note": 11}.get(look, 11)
        bold = look in {"title", "unit", "head", "group", "total"} or column == "points"
        cell.font = Font(name=FONT, size=size, bold=bold, italic=look == "note" or column == "evidence")
        fill = {"head": HEAD, "group": GROUP, "total": TOTAL}.get(look) or (ENTRY if is_open else "")
        if fill:
            cell.fill = PatternFill("solid", fgColor=fill)
        boxed = look in {"head", "row", "group", "total"}
        if boxed:
            cell.border = _BOX
        centred = look == "head" or column in _CENTRED or column.startswith("item")
        cell.alignment = Alignment(
            horizontal="center" if centred else "left",
            vertical="center" if look in {"head", "group", "total"} else "top",
            wrap_text=boxed or look == "help",
        )
        if column in {"points", "maximum"}:
            cell.number_format = "0.##" if column == "maximum" else "0.00"
        if column in {"code", "explanation", "case"}:
            cell.number_format = "@" if column == "code" or column == "explanation" else "General"
        cell.protection = Protection(locked=not is_open)
        return cell._style

    def close(self, book: Workbook) -> None:
        """Take the sheet away on which the styles were made."""
        book.remove(self._sheet)
