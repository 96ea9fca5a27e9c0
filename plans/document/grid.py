"""Cells of a table on paper, merged ones too, as rows of text: one row, one line, each column with its own words."""

from __future__ import annotations

from dataclasses import dataclass

from plans.document.lines import write_row
from plans.document.months import MONTH, QUARTER, month_columns
from plans.document.table import kind_of

SHADED = "■"  # an empty cell that is coloured: in a drawn schedule that is a mark
MOST_COLUMNS = 60
MOST_ROWS = 3000


@dataclass(slots=True)
class Cell:
    """A cell at its first row and column; a line of its text ends with a newline."""

    text: str
    row: int
    column: int
    rows: int = 1
    columns: int = 1


def write_table(cells: list[Cell]) -> list[str]:
    """The lines of a table.

    A head of several rows becomes one. A cell merged downwards is said in each of its rows, but money only once; rows
    under one merged title are one row.
    """
    grid = _Grid(cells)
    if not grid.width:
        return []
    lines: list[list[str]] = []
    first = 0
    while first < grid.height and grid.spans_all(first):  # a title inside the table
        lines.append(grid.said(first))
        first += 1
    depth = grid.depth_of_head(first)
    header = grid.head(first, depth)
    kinds = month_columns(header, [kind_of(text) for text in header])
    lines.append(header)
    titles = [place for place, kind in enumerate(kinds) if kind == "title"]
    body: list[list[str]] = []
    for row in range(first + depth, grid.height):
        if body and titles and all(grid.goes_on(row, column) for column in titles):
            _append(body[-1], grid.said(row))
        else:
            inherited = {place for place, kind in enumerate(kinds) if kind != "cost"}
            body.append(grid.said(row, inherited))
    drawn = {place for place, kind in enumerate(kinds) if kind and kind.startswith((MONTH, QUARTER))}
    for said in body:
        said[:] = ["" if words == SHADED and place not in drawn else words for place, words in enumerate(said)]
    return [write_row(line) for line in [*lines, *body] if any(line)]


def _append(row: list[str], more: list[str]) -> None:
    for column, words in enumerate(more):
        if words and words not in row[column].split("\n"):
            row[column] = f"{row[column]}\n{words}".strip()


class _Grid:
    def __init__(self, cells: list[Cell]) -> None:
        self.width = min(MOST_COLUMNS, max((cell.column + cell.columns for cell in cells), default=0))
        self.height = min(MOST_ROWS, max((cell.row + cell.rows for cell in cells), default=0))
        self._at: dict[tuple[int, int], Cell] = {}
        for cell in cells:
            for row in range(cell.row, min(cell.row + cell.rows, self.height)):
                for column in range(cell.column, min(cell.column + cell.columns, self.width)):
                    self._at.setdefault((row, column), cell)

    def spans_all(self, row: int) -> bool:
        cell = self._at.get((row, 0))
        return bool(cell and self.width > 1 and cell.columns >= self.width)

    def goes_on(self, row: int, column: int) -> bool:
        """Whether the place belongs to a cell that began in a row above."""
        cell = self._at.get((row, column))
        return bool(cell and cell.row < row and cell.text)

    def depth_of_head(self, first: int) -> int:
        """How many rows the head has: as many as its cells are merged over, where any of them covers columns."""
        cells = {id(cell): cell for column in range(self.width) if (cell := self._at.get((first, column)))}.values()
        if not any(cell.columns > 1 for cell in cells):
            return 1
        merged = max((cell.row + cell.rows - first for cell in cells), default=1)
        if merged == 1 and self._only_below_merged(first, list(cells)):
            merged = 2
        return min(merged, 4, max(1, self.height - first))

    def _only_below_merged(self, first: int, cells: list[Cell]) -> bool:
        """Whether the next row has words under the merged cells alone, so that it goes on with the head."""
        merged = [range(cell.column, cell.column + cell.columns) for cell in cells if cell.columns > 1]
        wide = {column for columns in merged for column in columns}
        filled = {column for column in range(self.width) if (cell := self._at.get((first + 1, column))) and cell.text}
        return bool(filled) and filled <= wide

    def head(self, first: int, depth: int) -> list[str]:
        columns = []
        for column in range(self.width):
            found = {id(cell): cell for row in range(first, first + depth) if (cell := self._at.get((row, column)))}
            cells = [cell for cell in found.values() if cell.text]
            if cells and cells[-1].text.strip().isdecimal():  # months under one head: only the first says of what
                cells = [cell for cell in cells if cell.column == column]
            columns.append("\n".join(cell.text for cell in cells))
        return columns

    def said(self, row: int, inherited: set[int] | None = None) -> list[str]:
        """The words of one row; with `inherited`, in these columns also those of cells merged from above."""
        words = []
        for column in range(self.width):
            cell = self._at.get((row, column))
            begins = cell is not None and cell.column == column
            fresh = begins and cell is not None and cell.row == row
            words.append(cell.text if cell and (fresh or (begins and column in (inherited or set()))) else "")
        return words
