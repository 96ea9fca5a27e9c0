"""Word documents as typists make them: real numbered lists, merged cells, heads and signing blocks in tables."""

from __future__ import annotations

import io
from collections.abc import Sequence

import docx
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.table import Table, _Cell

_LEVEL = (
    '<w:lvl w:ilvl="{level}"><w:start w:val="{start}"/><w:numFmt w:val="{format}"/><w:lvlText w:val="{text}"/></w:lvl>'
)


def document() -> Document:
    """An empty one without the lists of the template."""
    made = docx.Document()
    numbering = made.part.numbering_part.element
    for child in list(numbering):
        numbering.remove(child)
    return made


def numbered_list(made: Document, *levels: tuple[str, str], like: int | None = None, restart: int | None = None) -> int:
    """A list whose levels are (format, text), as ("decimal", "%1."); `like` shares the shape and count of another."""
    root = made.part.numbering_part.element
    number = len(root.findall(qn("w:num"))) + 1
    if like is None:
        shapes = "".join(
            _LEVEL.format(level=level, start=1, format=format, text=text) for level, (format, text) in enumerate(levels)
        )
        shape = parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{number}">{shapes}</w:abstractNum>')
        root.insert(len(root.findall(qn("w:abstractNum"))), shape)
    of = number if like is None else like
    override = (
        f'<w:lvlOverride w:ilvl="0"><w:startOverride w:val="{restart}"/></w:lvlOverride>' if restart is not None else ""
    )
    root.append(
        parse_xml(f'<w:num {nsdecls("w")} w:numId="{number}"><w:abstractNumId w:val="{of}"/>{override}</w:num>')
    )
    return number


def paragraph(place: Document | _Cell, text: str = "", *, number: int | None = None, level: int = 0):
    """A paragraph; with `number`, an item of that list."""
    made = place.add_paragraph(text)
    if number is not None:
        made._p.get_or_add_pPr().append(
            parse_xml(
                f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>',
            )
        )
    return made


def columns(made: Document, *cells: Sequence[str]) -> Table:
    """One row whose cells hold lines: a head or a signing block."""
    table = made.add_table(1, len(cells))
    for cell, lines in zip(table.rows[0].cells, cells, strict=True):
        fill(cell, *lines)
    return table


def fill(cell: _Cell, *lines: str) -> None:
    cell.paragraphs[0].text = lines[0] if lines else ""
    for line in lines[1:]:
        cell.add_paragraph(line)


def rows(made: Document, *rows: Sequence[str]) -> Table:
    """A table of one cell for each text; a newline begins a paragraph in a cell."""
    table = made.add_table(len(rows), len(rows[0]))
    table.style = made.styles["Table Grid"]
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            fill(cell, *text.split("\n"))
    return table


def saved(made: Document) -> bytes:
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()
