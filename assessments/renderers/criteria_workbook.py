"""A criteria set as a workbook that can be edited and sent back: criteria, policy, grades, knock-outs, instructions."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from assessments.contexts.criteria_content import Content
from assessments.contexts.criteria_sheet import (
    CHOICES,
    COLUMNS,
    FIRST_ROW,
    FLAGS,
    GRADE_COLUMNS,
    GRADE_SHEET,
    HEAD_ROW,
    HELP,
    HELP_SHEET,
    KNOCK_OUT_COLUMNS,
    KNOCK_OUT_SHEET,
    NO,
    POLICY_CHOICES,
    POLICY_ROWS,
    POLICY_SHEET,
    SHEET,
    SMALL_FIRST_ROW,
    SMALL_HEAD_ROW,
    YES,
    cells_of,
    policy_cells,
    scale_words,
)
from assessments.models import Criterion

FONT = "Times New Roman"
LINE_POINTS = 14.5
LINE = Side(style="thin", color="808080")
BOX = Border(left=LINE, right=LINE, top=LINE, bottom=LINE)
HEAD_FILL = PatternFill("solid", fgColor="D9E2E5")
GROUP_FILL = PatternFill("solid", fgColor="EEF3F5")
LOCKED_FILL = PatternFill("solid", fgColor="F2F2F2")
NUMBERS = frozenset({"max_score", "weight"})
SPARE_ROWS = 200  # drop-downs reach so far below the last criterion


def render(content: Content, *, version: int) -> bytes:
    book = Workbook()
    page = book.active
    page.title = SHEET
    _criteria(page, content, version)
    _policy(book.create_sheet(POLICY_SHEET), content)
    grades: Iterable[Mapping[str, Any]] = content.policy.get("grades", [])
    knock_outs: Iterable[Mapping[str, Any]] = content.policy.get("knock_outs", [])
    _table(book.create_sheet(GRADE_SHEET), GRADE_COLUMNS, grades, {"from"})
    _table(book.create_sheet(KNOCK_OUT_SHEET), KNOCK_OUT_COLUMNS, knock_outs, {"below"})
    _explain(book.create_sheet(HELP_SHEET))
    book.properties.title = content.title
    book.properties.creator = book.properties.lastModifiedBy = "isoportal"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _criteria(page: Worksheet, content: Content, version: int) -> None:
    _put(page.cell(1, 1), f"{content.title} (phiên bản {version})").font = Font(name=FONT, size=14, bold=True)
    _put(page.cell(2, 1), f"Xem trang “{HELP_SHEET}” trước khi sửa.").font = Font(name=FONT, size=11, italic=True)
    _heads(page, HEAD_ROW, COLUMNS)
    page.row_dimensions[HEAD_ROW].height = 3 * LINE_POINTS
    last = FIRST_ROW + len(content.entries) + SPARE_ROWS
    for number, entry in enumerate(content.entries, start=FIRST_ROW):
        values = cells_of(entry)
        lines = 1
        for place, (name, (_head, width)) in enumerate(COLUMNS.items(), start=1):
            value = values[name]
            cell = page.cell(number, place)
            if name in NUMBERS and value is not None:
                cell.value = Decimal(value)
                cell.number_format = "0.##" if name == "max_score" else "0.###"
            else:
                _put(cell, value)
            cell.font = Font(
                name=FONT, size=11, bold=entry.scoring == Criterion.Scoring.GROUP and name in {"code", "title"}
            )
            cell.border, cell.alignment = BOX, Alignment(vertical="top", wrap_text=True)
            if entry.scoring == Criterion.Scoring.GROUP:
                cell.fill = GROUP_FILL
            elif entry.locked and name in {"code", "parent", "locked"}:
                cell.fill = LOCKED_FILL
            lines = max(lines, _lines(str(value or ""), width))
        page.row_dimensions[number].height = min(409.0, lines * LINE_POINTS + 4)
    for name in ("code", "parent", "continues"):
        letter = get_column_letter(list(COLUMNS).index(name) + 1)
        for number in range(FIRST_ROW, last + 1):
            page[f"{letter}{number}"].number_format = "@"
    for name, words in CHOICES.items():
        offered = scale_words(content.scale) if name == "scoring" else list(words.values())
        _offer(page, name, offered, last)
    for name in FLAGS:
        _offer(page, name, [YES, NO], last)
    page.freeze_panes = page.cell(FIRST_ROW, 4)
    page.auto_filter.ref = f"A{HEAD_ROW}:{get_column_letter(len(COLUMNS))}{FIRST_ROW + len(content.entries) - 1}"
    page.page_setup.orientation, page.page_setup.paperSize, page.page_setup.fitToHeight = "landscape", 8, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_title_rows = f"{HEAD_ROW}:{HEAD_ROW}"


def _offer(page: Worksheet, name: str, words: Sequence[str], last: int) -> None:
    letter = get_column_letter(list(COLUMNS).index(name) + 1)
    rule = DataValidation(
        type="list",
        formula1=f'"{",".join(words)}"',
        allow_blank=True,
        showErrorMessage=True,
        errorTitle="Chưa đúng",
        error="Chọn trong danh sách.",
    )
    page.add_data_validation(rule)
    rule.add(f"{letter}{FIRST_ROW}:{letter}{last}")


def _heads(page: Worksheet, row: int, columns: Mapping[str, tuple[str, int]]) -> None:
    for place, (title, width) in enumerate(columns.values(), start=1):
        cell = _put(page.cell(row, place), title)
        cell.font, cell.border, cell.fill = Font(name=FONT, size=11, bold=True), BOX, HEAD_FILL
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        page.column_dimensions[get_column_letter(place)].width = width


def _policy(page: Worksheet, content: Content) -> None:
    values = policy_cells(content)
    for number, (name, label) in enumerate(POLICY_ROWS.items(), start=1):
        _put(page.cell(number, 1), label).font = Font(name=FONT, size=11, bold=True)
        cell = _put(page.cell(number, 2), values[name])
        cell.font, cell.number_format = Font(name=FONT, size=11), "@"
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        page.cell(number, 1).alignment = Alignment(wrap_text=True, vertical="top")
        page.cell(number, 1).border = cell.border = BOX
        page.row_dimensions[number].height = min(409.0, _lines(str(values[name]), 80) * LINE_POINTS + 4)
        if name in POLICY_CHOICES:
            words = ",".join(POLICY_CHOICES[name].values())
            rule = DataValidation(type="list", formula1=f'"{words}"', allow_blank=False, showErrorMessage=True)
            page.add_data_validation(rule)
            rule.add(f"B{number}")
    page.column_dimensions["A"].width, page.column_dimensions["B"].width = 34, 80


def _table(
    page: Worksheet, columns: Mapping[str, tuple[str, int]], rows: Iterable[Mapping[str, Any]], numbers: set[str]
) -> None:
    _heads(page, SMALL_HEAD_ROW, columns)
    page.row_dimensions[SMALL_HEAD_ROW].height = 2 * LINE_POINTS + 4
    for number, row in enumerate(rows, start=SMALL_FIRST_ROW):
        for place, name in enumerate(columns, start=1):
            cell = page.cell(number, place)
            if name in numbers:
                cell.value, cell.number_format = Decimal(row[name]), "0.##"
            else:
                _put(cell, row.get(name, "")).number_format = "@"
            cell.font, cell.border = Font(name=FONT, size=11), BOX
            cell.alignment = Alignment(wrap_text=True, vertical="top")


def _explain(page: Worksheet) -> None:
    _put(page.cell(1, 1), "Hướng dẫn").font = Font(name=FONT, size=14, bold=True)
    for number, line in enumerate(HELP, start=2):
        cell = _put(page.cell(number, 1), line)
        cell.font, cell.alignment = Font(name=FONT, size=12), Alignment(wrap_text=True, vertical="top")
        page.row_dimensions[number].height = _lines(line, 110) * 16 + 2
    page.column_dimensions["A"].width = 110


def _lines(text: str, width: int) -> int:
    return sum(max(1, -(-len(line) // int(width * 1.1))) for line in (text.splitlines() or [""]))


def _put(cell: Cell, value: Any) -> Cell:
    """Text is text whatever it begins with: it never becomes a formula."""
    if isinstance(value, str) and value:
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
        cell.data_type = "s"
        cell.quotePrefix = value[:1] in {"=", "+", "-", "@"}
    else:
        cell.value = value or None
    return cell
