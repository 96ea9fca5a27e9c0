"""Workbooks by openpyxl: real numbers and dates, heads that stay, set up for A4. A text never becomes a formula."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from reports.contexts import Column, Kind, Report, Row, Sheet, SumOf

LONGEST_TEXT = 32_767  # that a cell takes
LINE_POINTS, TALLEST_ROW = 14.5, 409.0
FONT = "Times New Roman"
FORMATS = {
    Kind.WHOLE: "0",
    Kind.SCORE: "0.00",
    Kind.PERCENT: "0.#",
    Kind.MONEY: "#,##0",
    Kind.DAY: "d/m/yyyy",
    Kind.MOMENT: "hh:mm d/m/yyyy",
}
ALIGNMENT = {
    Kind.TEXT: Alignment(vertical="top", wrap_text=True, indent=1),
    Kind.CENTRE: Alignment(horizontal="center", vertical="top", wrap_text=True),
    Kind.DAY: Alignment(horizontal="center", vertical="top"),
    Kind.MOMENT: Alignment(horizontal="center", vertical="top"),
}
NUMBER = Alignment(horizontal="right", vertical="top", indent=1)
LINE = Side(style="thin", color="808080")
BOX = Border(left=LINE, right=LINE, top=LINE, bottom=LINE)
FILLS = {"head": "D9E2E5", "group": "EEF2F3", "total": "EEF2F3"}


def render(report: Report, job_id: str) -> bytes:
    book = Workbook()
    book.remove(book.active)
    _describe(book, report)
    styles = _Styles(book)
    for sheet in report.sheets:
        _write(book.create_sheet(_tab(sheet.name)), sheet, report, styles)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _describe(book: Workbook, report: Report) -> None:
    """Of people and machines the file says nothing."""
    properties = book.properties
    properties.title = report.title
    properties.creator = properties.lastModifiedBy = "isoportal"
    properties.created = properties.modified = timezone.localtime(report.made_at).replace(tzinfo=None, microsecond=0)
    properties.language = "vi-VN"
    book.calculation.fullCalcOnLoad = True  # formulas carry no stored results


class _Styles:
    """One style for each look of each kind of column: a new style object per cell costs ten times as much."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._names: dict[tuple[str, str], str] = {}

    def name(self, kind: str, look: str) -> str:
        if (kind, look) not in self._names:
            self._names[kind, look] = self._add(kind, look)
        return self._names[kind, look]

    def _add(self, kind: str, look: str) -> str:
        style = NamedStyle(name=f"{kind} {look or 'plain'}")
        style.font = Font(name=FONT, size=11, bold=bool(look))
        style.border = BOX
        style.alignment = (
            ALIGNMENT.get(Kind(kind), NUMBER)
            if kind != "head"
            else Alignment(horizontal="center", vertical="center", wrap_text=True)
        )
        style.number_format = FORMATS.get(Kind(kind), "General") if kind != "head" else "General"
        if fill := FILLS.get(look):
            style.fill = PatternFill("solid", fgColor=fill)
        self._book.add_named_style(style)
        return style.name  # type: ignore[no-any-return]


def _write(page: Worksheet, sheet: Sheet, report: Report, styles: _Styles) -> None:
    _text(page.cell(1, 1), sheet.title).font = Font(name=FONT, size=14, bold=True)
    for offset, line in enumerate(sheet.lines, start=2):
        _text(page.cell(offset, 1), line).font = Font(name=FONT, size=11, italic=True)
    head = len(sheet.lines) + 3
    for number, column in enumerate(sheet.columns, start=1):
        cell = _text(page.cell(head, number), column.title)
        cell.style = styles.name("head", "head")
        page.column_dimensions[get_column_letter(number)].width = column.width
    page.row_dimensions[head].height = _height([column.title for column in sheet.columns], sheet.columns)
    for number, row in enumerate(sheet.rows, start=head + 1):
        _write_row(page, number, row, sheet.columns, styles, first=head + 1)
        page.row_dimensions[number].height = _height(row.cells, sheet.columns)
    _set_up(page, head=head, last=head + len(sheet.rows), columns=len(sheet.columns), report=report)


def _write_row(
    page: Worksheet, number: int, row: Row, columns: Sequence[Column], styles: _Styles, *, first: int
) -> None:
    for place, (value, column) in enumerate(zip(row.cells, columns, strict=True), start=1):
        cell = page.cell(number, place)
        cell.style = styles.name(column.kind, row.look)
        if isinstance(value, SumOf):
            cell.value = _sum(value, get_column_letter(place), first)
        elif isinstance(value, str):
            _text(cell, value)
        elif isinstance(value, datetime):
            cell.value = timezone.localtime(value).replace(tzinfo=None, microsecond=0)
        elif isinstance(value, Decimal) or value is not None:
            cell.value = value


def _height(values: Sequence[object], columns: Sequence[Column]) -> float:
    """In points, for the cell that wraps most: programs do not agree on finding it out by themselves."""
    lines = 1
    for value, column in zip(values, columns, strict=True):
        if isinstance(value, str):
            lines = max(lines, sum(math.ceil((len(line) + 1) / (column.width - 1)) for line in value.split("\n")))
    return min(LINE_POINTS * lines + 3, TALLEST_ROW)


def _text(cell: Cell, text: str) -> Cell:
    """Text stays text whatever it begins with. Characters that a workbook cannot hold are left out."""
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)[:LONGEST_TEXT]
    cell.data_type = "s"
    return cell


def _sum(value: SumOf, letter: str, first: int) -> str | int:
    """The only formulas there are: =SUM over ranges of the same column."""
    runs: list[list[int]] = []
    for row in value.rows:
        if runs and runs[-1][1] == row - 1:
            runs[-1][1] = row
        else:
            runs.append([row, row])
    if not runs:
        return 0
    parts = [f"{letter}{first + a}" if a == b else f"{letter}{first + a}:{letter}{first + b}" for a, b in runs]
    return f"=SUM({','.join(parts)})"


def _set_up(page: Worksheet, *, head: int, last: int, columns: int, report: Report) -> None:
    """A4 across, one page wide, the head on every page, what was read when at the foot."""
    page.freeze_panes = page.cell(head + 1, 3)
    page.sheet_view.showGridLines = False
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = page.PAPERSIZE_A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_title_rows = f"{head}:{head}"
    page.print_area = f"A1:{get_column_letter(columns)}{last}"
    page.page_margins.left = page.page_margins.right = 0.5
    page.oddFooter.left.text = f"Số liệu lúc {timezone.localtime(report.made_at):%H:%M %d/%m/%Y}"
    page.oddFooter.right.text = "&P/&N"


def _tab(name: str) -> str:
    """A name that a tab takes."""
    return re.sub(r"[\[\]:*?/\\]", " ", name)[:31]
