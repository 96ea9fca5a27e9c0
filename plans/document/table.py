"""Tables in text: columns kept apart by tabs, by `|` or by runs of spaces."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from plans.document.lines import RawLine
from plans.document.months import month_columns
from plans.document.spelling import fold, tidy

_COLUMNS = (
    ("number", re.compile(r"(?:tt|stt|so tt|so thu tu|so t/t)$")),
    ("title", re.compile(r"(?:ten |cac |muc |danh muc )*(?:noi dung|nhiem vu|cong viec|hoat dong|hang muc|dau viec)")),
    ("execute", re.compile(r".*chu tri.*phoi hop")),
    ("support", re.compile(r".*phoi hop")),
    ("lead", re.compile(r".*(?:chu tri|dau moi)")),
    ("direct", re.compile(r".*chi dao")),
    ("period", re.compile(r".*(?:thoi gian|thoi han|tien do|hoan thanh|lo trinh|thoi diem)")),
    ("deliverable", re.compile(r".*(?:san pham|ket qua|dau ra)")),
    ("cost", re.compile(r".*(?:kinh phi|du toan|thanh tien|so tien)")),
    ("quantity", re.compile(r".*(?:so luong|quy mo|khoi luong)")),
    ("note", re.compile(r"ghi chu")),
    ("execute", re.compile(r".*(?:thuc hien|don vi|co quan|phan cong|bo phan|nguoi|trach nhiem)")),
)
ROW_NUMBER = re.compile(r"\(?(?:[IVXivx]{1,5}|\d{1,3}(?:\.\d{1,2}){0,3}|[A-Za-zđĐ])\s?[.)/]?\)?")
_SEPARATOR = re.compile(r"[\s|:+=_-]+")
_HEADER_LINES = 6
_LONG_HEADER = 160
_TOTAL = re.compile(r"(?:tong|cong)\b")
STOP = re.compile(
    r"(?:[IVX]{1,5}\s?[./-]\s?\D|Phần\s|PHẦN\s|Điều\s+\d|(?:TM|KT|TL|TUQ)\.\s|(?:PHỤ LỤC|Phụ lục)\b|"
    r"[*_\s]*(?:Nơi nhận|NƠI NHẬN|Nơi gửi))"
)


@dataclass(slots=True)
class Row:
    lines: list[RawLine]
    cells: list[list[str]]

    def text(self, column: int) -> str:
        """The cell's words; a line of the cell ends with a newline."""
        return "\n".join(part for part in self.cells[column] if part) if column < len(self.cells) else ""

    @property
    def is_total(self) -> bool:
        first = next((self.text(column) for column in range(len(self.cells)) if self.text(column)), "")
        return bool(_TOTAL.match(fold(first)))


@dataclass(slots=True)
class Table:
    header: Row
    kinds: list[str | None] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    def column(self, kind: str) -> int | None:
        return self.kinds.index(kind) if kind in self.kinds else None

    def costs(self) -> list[int]:
        """The columns that say what a row costs: the one called the total where money is split over several."""
        columns = [place for place, kind in enumerate(self.kinds) if kind == "cost"]
        totals = [place for place in columns if re.search(r"\b(?:tong|cong)\b", fold(self.header.text(place)))]
        return totals[:1] if len(columns) > 1 and totals else columns


@dataclass(frozen=True, slots=True)
class _Cells:
    mode: str  # "|", "tab" or "gap"
    texts: list[str]
    offsets: list[int]


def read_table(lines: tuple[RawLine, ...], start: int, stop: int) -> tuple[Table, int] | None:
    """The table whose header is the line at `start`, and the place after its last line; None when none begins there."""
    if lines[start].cells:
        return _read_rows(lines, start, stop)
    cells = _split(lines[start].text, None)
    if cells is None or not _is_header(cells.texts) or (cells.mode == "gap" and len(cells.texts) < 3):
        return None
    current = Row([lines[start]], [[text] for text in cells.texts])
    table = Table(current)
    position = start + 1
    while position < stop:
        line = lines[position]
        if line.cells or STOP.match(line.tidy):
            break
        row = _split(line.text, cells.mode)
        if row is None and (line.after_gap or cells.mode == "|"):
            break
        if not table.rows and position - start > _HEADER_LINES:
            return None
        if _SEPARATOR.fullmatch(line.text):
            current.lines.append(line)
        elif row is None:
            current.lines.append(line)
            current.cells[-1].append(line.tidy)
        else:
            if _begins_row(row, table, cells):
                current = Row([], [[] for _ in cells.texts] if cells.mode != "tab" else [])
                table.rows.append(current)
            current.lines.append(line)
            _add(row, current, cells)
        position += 1
    table.kinds = column_kinds([" ".join(parts) for parts in table.header.cells])
    return (table, position) if table.rows else None


def _read_rows(lines: tuple[RawLine, ...], start: int, stop: int) -> tuple[Table, int]:
    """The table of rows whose cells are sure; one without a known header keeps its rows and knows no column."""
    end = start + 1
    while end < stop and lines[end].cells and not lines[end].after_gap:
        end += 1
    rows = [Row([line], [cell.split("\n") if cell else [] for cell in line.cells]) for line in lines[start:end]]
    texts = [[cell.replace("\n", " ") for cell in line.cells] for line in lines[start:end]]
    place = next((place for place in range(min(len(rows), _HEADER_LINES)) if _is_header(texts[place], _LONG_HEADER)), 0)
    table = Table(rows[place])
    table.header.lines[:0] = [row.lines[0] for row in rows[:place]]
    table.kinds = column_kinds(texts[place])
    if not _is_header(texts[place], _LONG_HEADER):
        table.kinds = [None] * len(texts[place])
    for row, words in zip(rows[place + 1 :], texts[place + 1 :], strict=True):
        if not any(words):
            (table.rows[-1] if table.rows else table.header).lines.extend(row.lines)
        elif not table.rows and _numbers_columns(words):
            table.header.lines.extend(row.lines)
        else:
            table.rows.append(row)
    return table, end


def _numbers_columns(words: list[str]) -> bool:
    """ "(1) (2) (3)" under a header."""
    numbers = [word.strip(" ().[]") for word in words]
    return len(numbers) > 2 and [each for each in numbers if each] == [
        str(number + 1) for number, each in enumerate(numbers) if each
    ]


def column_kinds(header: list[str]) -> list[str | None]:
    kinds = [kind_of(text) for text in header]
    return month_columns(header, kinds)


def _split(text: str, mode: str | None) -> _Cells | None:
    """The cells of one line, or None when it is not cut into columns (in the `mode` of the table it stands in)."""
    if mode in (None, "|") and text.count("|") >= (1 if mode else 2):
        inner = text.strip()
        inner = inner[inner.startswith("|") : len(inner) - inner.endswith("|")]
        return _Cells("|", [tidy(part) for part in inner.split("|")], [])
    if mode in (None, "tab") and "\t" in text.rstrip("\t"):
        return _Cells("tab", [tidy(part) for part in text.split("\t")], [])
    if mode in (None, "gap"):
        found = [(match.group(), match.start()) for match in re.finditer(r"\S+(?: \S+)*", text)]
        if len(found) >= 2 or (mode and found and found[0][1] >= 4):
            return _Cells("gap", [part for part, _ in found], [offset for _, offset in found])
    return None


def kind_of(text: str) -> str | None:
    folded = fold(tidy(text)).strip(" .*:")
    if "%" in folded:  # a share of the work or of the money done
        return None
    return next((kind for kind, pattern in _COLUMNS if pattern.match(folded)), None)


def _is_header(texts: list[str], longest: int = 60) -> bool:
    if any(len(text) > longest for text in texts):
        return False
    kinds = {kind_of(text) for text in texts}
    return "title" in kinds and len(kinds - {None}) >= 2


def _begins_row(row: _Cells, table: Table, header: _Cells) -> bool:
    first = row.texts[0]
    if _TOTAL.match(fold(next(filter(None, row.texts), ""))):
        return True
    numbered = kind_of(header.texts[0]) == "number"
    if numbered:
        if row.mode == "gap" and row.offsets[0] > header.offsets[0] + 3:
            return False
        if ROW_NUMBER.fullmatch(first):
            return True
        if first or row.mode != "|" or not table.rows:
            return False
        filled = sum(bool(text) for text in row.texts)
        return filled >= 3 and row.texts[1][:1].isupper()
    if row.mode == "gap":
        return row.offsets[0] <= header.offsets[0] + 2 and len(row.texts) > 1
    return bool(first) and (row.mode == "|" or len(row.texts) >= len(header.texts) - 1)


def _add(row: _Cells, current: Row, header: _Cells) -> None:
    """Put the pieces of one line into the row's cells: by place, or after the cell the line before was cut in."""
    width = len(header.texts)
    if row.mode == "gap":
        for text, offset in zip(row.texts, row.offsets, strict=True):
            nearest = min(range(width), key=lambda index: abs(header.offsets[index] - offset))
            current.cells[nearest].append(text)
        return
    begin = 0
    if row.mode == "tab" and current.cells and row.texts[0]:
        begin = min(len(current.cells), width) - 1
    for place, text in enumerate(row.texts, start=begin):
        index = min(place, width - 1)
        while len(current.cells) <= index:
            current.cells.append([])
        current.cells[index].append(text)
