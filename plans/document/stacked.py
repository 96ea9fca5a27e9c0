"""Tables whose cells stand one under the other, as copying out of a PDF leaves them."""

from __future__ import annotations

import re

from plans.document.lines import RawLine
from plans.document.table import ROW_NUMBER, STOP, Row, Table, kind_of

_MOST_COLUMNS = 9
_MOST_LINES_OF_A_ROW = 40


def read_stacked_table(lines: tuple[RawLine, ...], start: int, stop: int) -> tuple[Table, int] | None:
    """The table whose header begins at `start` with "TT" alone on its line, and the place after its last line.

    Rows are told by their numbers, which must count up from 1; within a row a bullet or a line in lower case goes on
    with the cell above. None when no such table begins here.
    """
    if kind_of(lines[start].tidy) != "number":
        return None
    header = [lines[start]]
    for line in lines[start + 1 : min(stop, start + _MOST_COLUMNS)]:
        if _number(line) == 1:
            break
        if len(line.tidy) > 60:
            return None
        header.append(line)
    kinds = [kind_of(line.tidy) for line in header]
    position = start + len(header)
    if "title" not in kinds or len(set(kinds) - {None}) < 3 or position >= stop or _number(lines[position]) != 1:
        return None
    table = Table(Row(header, [[line.tidy] for line in header]), list(kinds))
    while position < stop and _number(lines[position]) == len(table.rows) + 1:
        position = _read_row(lines, position, stop, table)
    return table, position


def _read_row(lines: tuple[RawLine, ...], position: int, stop: int, table: Table) -> int:
    """Read one row into `table`; the place after it."""
    width = len(table.kinds)
    row = Row([lines[position]], [[lines[position].tidy]])
    table.rows.append(row)
    end = min(stop, position + _MOST_LINES_OF_A_ROW)
    position += 1
    while position < end:
        line = lines[position]
        if _number(line) == len(table.rows) + 1 or STOP.match(line.tidy):
            break
        goes_on = len(row.cells) > 1 and (line.tidy[0].islower() or re.match(r"[-–+•]", line.tidy))
        if not (goes_on and _same_cell(row, line)):
            if len(row.cells) == width:
                break
            row.cells.append([])
        row.lines.append(line)
        row.cells[-1].append(line.tidy)
        position += 1
    row.cells.extend([] for _ in range(width - len(row.cells)))
    return position


def _same_cell(row: Row, line: RawLine) -> bool:
    """A bullet goes on with a cell of bullets; the first bullet begins the cell."""
    return line.tidy[0].islower() or bool(re.match(r"[-–+•]", row.cells[-1][0]))


def _number(line: RawLine) -> int | None:
    text = line.tidy.rstrip(" .)")
    return int(text) if ROW_NUMBER.fullmatch(line.tidy) and text.isdecimal() else None
