"""A PDF with text as the lines that `read_document` takes: words by their places, ruled tables as rows of cells.

Page numbers and running titles are left out. Runs over files that people send: call it through `plans.upload.child`.
"""

from __future__ import annotations

import io
import unicodedata
from dataclasses import dataclass, field
from typing import Any

import pdfplumber
from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect
from pdfminer.psexceptions import PSException
from pdfplumber.page import Page
from pdfplumber.pdf import PDF
from pdfplumber.utils.exceptions import MalformedPDFException, PdfminerException

from plans.document.decoding import (
    MOST_PAGES,
    HasNoText,
    IsDamaged,
    IsEncrypted,
    IsLegacyFont,
    IsTooLong,
    IsUnsafe,
)
from plans.document.grid import Cell, write_table
from plans.document.legacy import names_legacy_font
from plans.document.pdf_lines import (
    PrintedLine,
    Word,
    cell_text,
    paragraphs,
    text_lines,
    without_furniture,
    words_of,
)
from plans.document.table import kind_of

_WIDEST = 2500.0  # points; A2 is 1684 high
_LARGEST_STREAM = 600_000  # of one page; a page full of words has 30_000
_MOST_CHARACTERS = 25_000  # of one page
_MOST_RULES = 4_000
_LEAST_TEXT = 20


@dataclass(slots=True)
class _TableOnPage:
    cells: list[Cell]
    columns: int
    top: float
    bottom: float


@dataclass(slots=True)
class _Page:
    width: float
    height: float
    words: list[Word] = field(default_factory=list)
    tables: list[_TableOnPage] = field(default_factory=list)


def read_pdf(data: bytes) -> str:
    """The text of a PDF. Raises one of the NotText exceptions, nothing else, whatever the bytes are."""
    try:
        with pdfplumber.open(io.BytesIO(data)) as pdf:
            pages, fonts = _pages(pdf)
    except (PDFPasswordIncorrect, PDFEncryptionError) as error:
        raise IsEncrypted from error
    except PdfminerException as error:
        if any(isinstance(each, PDFPasswordIncorrect | PDFEncryptionError) for each in error.args):
            raise IsEncrypted from error
        raise IsDamaged(repr(error)[:200]) from error
    except (PSException, MalformedPDFException, ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        raise IsDamaged(repr(error)[:200]) from error
    except (AssertionError, ArithmeticError, RecursionError, OSError) as error:
        raise IsDamaged(repr(error)[:200]) from error
    if sum(len(word.text) for page in pages for word in page.words) < _LEAST_TEXT and not any(p.tables for p in pages):
        raise HasNoText
    if names_legacy_font(fonts):
        raise IsLegacyFont
    return unicodedata.normalize("NFC", "\n".join(_write(pages)))


def _pages(pdf: PDF) -> tuple[list[_Page], set[str]]:
    fonts: set[str] = set()
    pages: list[_Page] = []
    if len(pdf.pages) > MOST_PAGES:
        raise IsTooLong
    if not pdf.pages:
        raise IsDamaged("no pages")
    for page in pdf.pages:
        _check(page)
        read = _Page(float(page.width), float(page.height))
        if len(page.chars) > _MOST_CHARACTERS:
            raise IsUnsafe("too many characters on a page")
        fonts.update(str(char["fontname"]) for char in page.chars)
        found = page.extract_words(x_tolerance=2, y_tolerance=3)
        read.words = words_of(found)
        if len(page.rects) + len(page.lines) + len(page.curves) <= _MOST_RULES:
            _take_tables(page, read)
        pages.append(read)
        page.close()
    kept = without_furniture([page.words for page in pages], [page.height for page in pages])
    for each, words in zip(pages, kept, strict=True):
        each.words = words
    return pages, fonts


def _check(page: Page) -> None:
    """Look at the page before its content is interpreted."""
    if not (0 < page.width <= _WIDEST and 0 < page.height <= _WIDEST):
        raise IsUnsafe("a page of no paper's size")
    size = 0
    for stream in page.page_obj.contents:
        content = stream.resolve() if hasattr(stream, "resolve") else stream
        size += len(content.get_data()) if hasattr(content, "get_data") else 0
        if size > _LARGEST_STREAM:
            raise IsUnsafe("a page with too much on it")


def _take_tables(page: Page, read: _Page) -> None:
    """Move the words in ruled tables out of the page's words into cells."""
    uprights = [edge for edge in page.edges if edge["orientation"] == "v"]
    # A table that goes on overleaf is often not closed by a line: its uprights tell where it ends on this page.
    ends = {max(edge["bottom"] for edge in uprights), min(edge["top"] for edge in uprights)} if uprights else set()
    for table in page.find_tables({"explicit_horizontal_lines": sorted(ends)}):
        found = [cell for cell in table.cells if cell]
        lefts, tops = _edges(cell[0] for cell in found), _edges(cell[1] for cell in found)
        if len(lefts) < 2 or not found:
            continue
        cells: list[Cell] = []
        inside: set[int] = set()
        for x0, top, x1, bottom in found:
            words = [
                word
                for word in read.words
                if x0 - 1 <= (word.x0 + word.x1) / 2 <= x1 + 1 and top - 1 <= word.middle <= bottom + 1
            ]
            words = [word for word in words if id(word) not in inside]
            inside.update(id(word) for word in words)
            row, column = _place(tops, top), _place(lefts, x0)
            rows = max(1, sum(top + 2 < edge < bottom - 2 for edge in tops) + 1)
            columns = max(1, sum(x0 + 2 < edge < x1 - 2 for edge in lefts) + 1)
            cells.append(Cell(cell_text(words, x1 - x0), row, column, rows, columns))
        if not any(cell.text for cell in cells):
            continue
        read.words = [word for word in read.words if id(word) not in inside]
        read.tables.append(_TableOnPage(cells, len(lefts), table.bbox[1], table.bbox[3]))


def _edges(values: Any) -> list[float]:
    edges: list[float] = []
    for value in sorted(values):
        if not edges or value - edges[-1] > 2:
            edges.append(value)
    return edges


def _place(edges: list[float], value: float) -> int:
    return min(range(len(edges)), key=lambda place: abs(edges[place] - value))


def _write(pages: list[_Page]) -> list[str]:
    """All pages in order; a table cut by the end of a page is one table."""
    out: list[str] = []
    flow: list[PrintedLine] = []
    open_table: _TableOnPage | None = None
    for number, page in enumerate(pages):
        words = list(page.words)
        for table in sorted(page.tables, key=lambda table: table.top):
            above = [word for word in words if word.middle < table.top]
            words = [word for word in words if word.middle >= table.top]
            flow.extend(_printed(above, page, number))
            if open_table and not above and not flow and table.columns == open_table.columns:
                _continue(open_table, table)
                continue
            if open_table:
                out.extend(["", *write_table(open_table.cells), ""])
            out.extend(paragraphs(flow))
            flow = []
            open_table = table
        lines = _printed(words, page, number)
        if lines and open_table:
            out.extend(["", *write_table(open_table.cells), ""])
            open_table = None
        flow.extend(lines)
    if open_table:
        out.extend(["", *write_table(open_table.cells), ""])
    return [*out, *paragraphs(flow)]


def _printed(words: list[Word], page: _Page, number: int) -> list[PrintedLine]:
    lines = text_lines(words, width=page.width, page=number)
    for line in lines:
        line.page = number
    return lines


def _continue(table: _TableOnPage, more: _TableOnPage) -> None:
    """Put the rows of the next page under those of `table`: without the repeated head, a row cut in two made whole."""
    height = max(cell.row + cell.rows for cell in table.cells)
    heads = [_row(table, row) for row in range(height)]
    first = 0
    while first < min(4, height) and _row(more, first) and _row(more, first) == heads[first]:
        first += 1
    rest = [cell for cell in more.cells if cell.row >= first]
    numbered = any(kind_of(text) == "number" for text in heads[0].values())
    opening = _row(more, first)
    if numbered and opening and not opening.get(0) and sum(map(bool, opening.values())) < table.columns:
        last = {cell.column: cell for cell in table.cells if cell.row + cell.rows == height}
        if all(column in last for column, text in opening.items() if text):
            for column, text in opening.items():
                if text:
                    last[column].text = f"{last[column].text} {text}".strip()
            rest = [cell for cell in rest if cell.row > first]
            first += 1
    for cell in rest:
        cell.row += height - first
        table.cells.append(cell)


def _row(table: _TableOnPage, row: int) -> dict[int, str]:
    return {cell.column: cell.text for cell in table.cells if cell.row == row}
