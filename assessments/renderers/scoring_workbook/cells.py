"""What stands in a scoring workbook that came back, as plain values by row. Pure: runs in a process of its own.

A file is one dict: {"refused": <reason>} or {"signature": …, "sheet_code": …, "columns": {name: letter},
"head": <row>, "rows": [[row, code, {column: value}], …]}. A value is None, a number, a text or a yes/no; what is none
of these is a dict of one: {"date": "2026-03-01"}, {"percent": 0.975}, {"formula": True} without a result,
{"fault": True} for an error.
"""

from __future__ import annotations

import io
import math
import struct
import zipfile
from datetime import date, datetime, time, timedelta
from typing import Any

from python_calamine import CalamineSheet, CalamineWorkbook

from assessments.renderers.scoring_workbook.layout import HIDDEN_SHEET, KNOWN_HEADS, SHEET_CODE, folded, plain
from assessments.renderers.scoring_workbook.package import Peculiar, sheet_parts
from plans.upload import archive, kinds
from plans.upload.refusal import Reason, RefusedFile

MOST_SHEETS, MOST_ROWS, MOST_COLUMNS, WIDEST = 12, 2_000, 80, 500
HEAD_WITHIN = 40  # rows
LONGEST_TEXT = 32_767
LARGEST_FILE = 5 * 1024 * 1024
ENTRIES = frozenset({"answer", "of", "case", "explanation"})
_LENGTH = struct.Struct("<I")


class Unreadable(Exception):
    """`reason`: why this is no scoring workbook that can be read."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def packed(files: list[bytes]) -> bytes:
    """Several files as one piece, as `read_batch` takes them."""
    return b"".join(_LENGTH.pack(len(data)) + data for data in files)


def read_batch(data: bytes) -> list[dict[str, Any]]:
    """Each file of a batch by itself: what is wrong with one does not touch the others."""
    found, place = [], 0
    while place < len(data):
        (length,) = _LENGTH.unpack_from(data, place)
        place += _LENGTH.size
        found.append(read_file(data[place : place + length]))
        place += length
    return found


def read_file(data: bytes) -> dict[str, Any]:
    try:
        if len(data) > LARGEST_FILE:
            raise Unreadable("too_large")
        check(data)
        return read(data)
    except RefusedFile as refused:
        return {"refused": refused.reason.value}
    except Unreadable as unreadable:
        return {"refused": unreadable.reason}
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 -- whatever a broken file does to its reader, the file is what is wrong
        return {"refused": "damaged"}


def check(data: bytes) -> None:
    """Within the budget of a small workbook, and nothing in it that acts or loads. Raises RefusedFile, Unreadable."""
    if data.startswith(b"PK"):
        try:
            archive.inspect(data)
        except archive.EncryptedArchive:
            raise Unreadable("protected") from None
        except archive.DamagedArchive:
            raise Unreadable("damaged") from None
        except archive.UnsafeArchive:
            raise Unreadable("bomb") from None
    kinds.check(data, "xlsx")
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        for member in opened.infolist():
            if member.filename.lower().endswith((".xml", ".rels", ".vml")):
                part = opened.read(member)
                if len(part) != member.file_size:  # the directory lies
                    raise Unreadable("damaged")
                if defines(part):
                    raise RefusedFile(Reason.LINKED)


def defines(part: bytes) -> bool:
    """Whether a part of a package defines entities, wherever in it: no office program writes such."""
    return b"<!DOCTYPE" in part or b"<!ENTITY" in part


def read(data: bytes) -> dict[str, Any]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    names = book.sheet_names
    if len(names) > MOST_SHEETS:
        raise Unreadable("sheets")
    hidden = next((name for name in names if folded(name) == HIDDEN_SHEET), None)
    if hidden is None:
        raise Unreadable("foreign")
    signature = "".join(str(row[0]) for row in _rows(book.get_sheet_by_name(hidden)) if row and row[0])
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        parts = sheet_parts(opened)
        for place, name in enumerate(names):
            if name == hidden:
                continue
            rows = _rows(book.get_sheet_by_name(name))
            head = _head(rows)
            if head is not None:
                part = parts[place] if place < len(parts) else ""
                return {"signature": signature, "sheet": name, **_Page(rows, head, Peculiar(opened, part)).read()}
    raise Unreadable("no_head")


def _rows(sheet: CalamineSheet) -> list[list[Any]]:
    if sheet.total_height > MOST_ROWS:
        raise Unreadable("rows")
    if sheet.total_width > WIDEST:
        raise Unreadable("columns")
    return sheet.to_python(skip_empty_area=False)


def _head(rows: list[list[Any]]) -> int | None:
    """The row of the heads: the first that names both the code and the answer."""
    for number, row in enumerate(rows[:HEAD_WITHIN]):
        names = {_column(value) for value in row[:MOST_COLUMNS]}
        if "code" in names and names & {"answer", "title"}:
            return number
    return None


def _column(value: Any) -> str | None:
    text = folded(value).strip(" .:*") if isinstance(value, str) and len(value) < 60 else ""
    if text.startswith("mục ") and text[4:].isascii() and text[4:].isdigit() and len(text) < 8:
        return f"item{int(text[4:]) - 1}"
    return KNOWN_HEADS.get(text)


def letter(place: int) -> str:
    """0 is A, 26 is AA."""
    text = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


class _Page:
    """The worksheet with the scores."""

    def __init__(self, rows: list[list[Any]], head: int, peculiar: Peculiar) -> None:
        self.rows, self.head, self.peculiar = rows, head, peculiar
        self.columns: dict[str, int] = {}
        self.twice: list[str] = []
        for place, value in enumerate(rows[head][:MOST_COLUMNS]):
            name = _column(value)
            if name and name in self.columns:
                self.twice.append(f"{letter(place)}{head + 1}")
            elif name:
                self.columns[name] = place
        self._under_merged_heads()

    def _under_merged_heads(self) -> None:
        """A head of two lines: what the first line does not name may stand in the second."""
        if self.head + 1 < len(self.rows) and "code" in self.columns:
            below = self.rows[self.head + 1]
            if not _text(below, self.columns["code"]):
                for place, value in enumerate(below[:MOST_COLUMNS]):
                    name = _column(value)
                    if name:
                        self.columns.setdefault(name, place)

    def read(self) -> dict[str, Any]:
        entries = {name: place for name, place in self.columns.items() if name in ENTRIES or name.startswith("item")}
        found = []
        for number in range(self.head + 1, len(self.rows)):
            row = self.rows[number]
            values = {}
            for name, place in entries.items():
                value = self._value(row, number, place)
                if value is not None:
                    values[name] = value
            code = self._value(row, number, self.columns["code"])
            if code is not None or values:
                found.append([number + 1, code, values])
        return {
            "sheet_code": self._sheet_code(),
            "columns": {name: letter(place) for name, place in self.columns.items()},
            "head": self.head + 1,
            "twice": self.twice,
            "rows": found,
        }

    def _value(self, row: list[Any], number: int, place: int) -> Any:
        value = row[place] if place < len(row) else ""
        address = f"{letter(place)}{number + 1}"
        if address in self.peculiar.faults:
            return {"fault": True}
        if value == "" and not isinstance(value, bool) and address in self.peculiar.unvalued:
            return {"formula": True}
        if isinstance(value, float | int) and not isinstance(value, bool) and address in self.peculiar.percent:
            return {"percent": _told(value)}
        return _told(value)

    def _sheet_code(self) -> str:
        """What the top of the page says whose sheet it is; "" where nobody says it any more."""
        for row in self.rows[: self.head]:
            for value in row[:MOST_COLUMNS]:
                if isinstance(value, str) and SHEET_CODE in (text := plain(value)):
                    return text.partition(SHEET_CODE)[2].strip().split(" ")[0]
        return ""


def _text(row: list[Any], place: int) -> str:
    value = row[place] if place < len(row) else ""
    return value.strip() if isinstance(value, str) else str(value)


def _told(value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, datetime):
        return {"date": value.date().isoformat()}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, time | timedelta):
        return {"date": str(value)}
    if isinstance(value, float):
        return value if math.isfinite(value) else {"fault": True}
    if isinstance(value, int):
        return value
    text = str(value)[:LONGEST_TEXT]
    return text if plain(text) else None
