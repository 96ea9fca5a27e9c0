"""What stands in the cells of a workbook, as plain values. Pure: it runs in a process of its own (`child`)."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import Any

from python_calamine import CalamineWorkbook

MOST_SHEETS, MOST_ROWS, MOST_COLUMNS, WIDEST = 10, 2_000, 40, 500
LONGEST_TEXT = 32_767


class TooLarge(Exception):
    """More sheets or rows than any workbook of ours has."""


def read_cells(data: bytes) -> dict[str, list[list[Any]]]:
    """{name of the sheet: its rows}, from the first cell on; days as YYYY-MM-DD, formulas as their results."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    if len(book.sheet_names) > MOST_SHEETS:
        raise TooLarge(f"{len(book.sheet_names)} sheets")
    found = {}
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        if sheet.total_height > MOST_ROWS:
            raise TooLarge(f"{sheet.total_height} rows")
        if sheet.total_width > WIDEST:
            raise TooLarge(f"{sheet.total_width} columns")
        rows = sheet.to_python(skip_empty_area=False)
        found[name] = [[_plain(value) for value in row[:MOST_COLUMNS]] for row in rows]
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bool | int | float) or value is None:
        return value
    return str(value)[:LONGEST_TEXT]
