"""A Word document (.docx) as the lines of text that `read_document` takes: paragraphs and tables in their order.

Labels of numbered lists are written out, head and signing block are put one column after the other, other tables
become rows of cells. Runs over files that people send: call it through `plans.upload.child`.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, field

import docx
from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.part import Part
from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml
from docx.oxml.xmlchemy import BaseOxmlElement as Element
from lxml.etree import LxmlError

from plans.document.decoding import HasMacros, IsDamaged, IsEmpty, IsEncrypted, IsLegacyFont, IsUnsafe, NotText
from plans.document.grid import SHADED, Cell, write_table
from plans.document.layout import is_head, is_layout
from plans.document.legacy import names_legacy_font
from plans.document.numbering import Numbering
from plans.document.spelling import tidy
from plans.document.word_paragraphs import Styles, boxes_in, fonts_in, label_of, text_of
from plans.upload.archive import DamagedArchive, EncryptedArchive, UnsafeArchive, inspect

_MAIN = "word/document.xml"
_LARGEST_PART = 20_000_000
_FORBIDDEN = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_P, _TBL, _TR, _TC = qn("w:p"), qn("w:tbl"), qn("w:tr"), qn("w:tc")
_HOLDERS = {qn("w:sdt"), qn("w:sdtContent"), qn("w:customXml"), qn("w:ins"), qn("w:moveTo"), qn("w:smartTag")}


def read_word(data: bytes) -> str:
    """The text of a .docx. Raises one of the NotText exceptions, nothing else, whatever the bytes are."""
    _check(data)
    try:
        document = docx.Document(io.BytesIO(data))
        reader = _Reader(document)
        text = "\n".join(reader.read(document.element.body))
    except (LxmlError, zipfile.BadZipFile, KeyError, ValueError, AttributeError, TypeError) as error:
        raise IsDamaged(repr(error)[:200]) from error
    if not text.strip():
        raise IsEmpty
    if names_legacy_font(reader.fonts):
        raise IsLegacyFont
    return text


def _check(data: bytes) -> None:
    try:
        names = inspect(data, nested=True)
    except EncryptedArchive as error:
        raise IsEncrypted from error
    except DamagedArchive as error:
        raise IsDamaged from error
    except UnsafeArchive as error:
        raise IsUnsafe(str(error)) from error
    if any(name.lower().endswith(("vbaproject.bin", "vbadata.xml")) for name in names):
        raise HasMacros
    if _MAIN not in names or "[Content_Types].xml" not in names:
        raise NotText("no Word document")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in names:
            if not name.endswith((".xml", ".rels")):
                continue
            part = archive.read(name)
            if len(part) > _LARGEST_PART:
                raise IsUnsafe("a part is too large")
            if _FORBIDDEN.search(part) or part[:2] in {b"\xff\xfe", b"\xfe\xff"}:
                raise IsUnsafe("declares entities")


@dataclass(slots=True)
class _Block:
    """A paragraph, or the rows of a table."""

    lines: list[str] = field(default_factory=list)
    table: bool = False


class _Reader:
    def __init__(self, document: Document) -> None:
        part = document.part
        self._styles = Styles(document.styles.element)
        self._numbering = Numbering(_related(part, RELATIONSHIP_TYPE.NUMBERING))
        self._notes = _related(part, RELATIONSHIP_TYPE.FOOTNOTES)
        self.fonts = fonts_in(document.element.body)
        self._seen_head = False

    def read(self, body: Element) -> list[str]:
        lines: list[str] = []
        for block in self._blocks(body):
            if block.table and lines and lines[-1]:
                lines.append("")
            lines.extend(block.lines)
            if block.table:
                lines.append("")
        return [*lines, *self._footnotes()]

    def _blocks(self, parent: Element) -> list[_Block]:
        blocks: list[_Block] = []
        for child in parent:
            if child.tag == _P:
                blocks.append(_Block(self._paragraph(child)))
            elif child.tag == _TBL:
                blocks.append(self._table(child))
            elif child.tag in _HOLDERS:
                blocks.extend(self._blocks(child))
        return blocks

    def _paragraph(self, paragraph: Element, *, keep_label: bool = False) -> list[str]:
        """The lines of a paragraph, those of text boxes anchored in it first."""
        lines = [line for box in boxes_in(paragraph) for block in self._blocks(box) for line in block.lines if line]
        text = text_of(paragraph, self._styles)
        label = label_of(paragraph, self._styles, self._numbering)
        if label and (text.strip() or keep_label):
            text = f"{label} {text.lstrip()}"
        return [*lines, *(line.rstrip() for line in text.split("\n"))]

    def _table(self, table: Element) -> _Block:
        cells: list[Cell] = []
        above: dict[int, Cell] = {}
        for row, tr in enumerate(_inside(table, _TR)):
            column = _before(tr)
            below: dict[int, Cell] = {}
            for tc in _inside(tr, _TC):
                span, merge = _span(tc), _merge(tc)
                text = "\n".join(self._cell(tc))
                if merge == "continue" and column in above:
                    cell = above[column]
                    cell.rows = row - cell.row + 1
                    cell.text = "\n".join(filter(None, (cell.text, text.strip())))
                else:
                    cell = Cell(text, row, column, 1, span)
                    cells.append(cell)
                below[column] = cell
                column += span
            _mark_shaded([(tc, cell) for tc, cell in zip(_inside(tr, _TC), below.values(), strict=False)])
            above = below
        texts = [cell.text for cell in cells]
        columns = max((cell.column + cell.columns for cell in cells), default=0)
        if columns <= 1:  # a frame round words
            return _Block([line for text in texts for line in text.split("\n")])
        if is_layout(texts, columns, begins_paper=not self._seen_head):
            self._seen_head = self._seen_head or is_head(texts)
            return _Block(_by_columns(cells, columns), table=True)
        for cell in cells:
            cell.text = "\n".join(filter(None, (tidy(line) for line in cell.text.split("\n"))))
        return _Block(write_table(cells), table=True)

    def _cell(self, cell: Element) -> list[str]:
        """The lines of a cell; a table inside it row by row."""
        lines: list[str] = []
        for child in cell:
            if child.tag == _P:
                lines.extend(self._paragraph(child, keep_label=True))
            elif child.tag == _TBL:
                for tr in _inside(child, _TR):
                    words = [" ".join(filter(None, self._cell(tc))) for tc in _inside(tr, _TC)]
                    lines.append("; ".join(filter(None, words)))
            elif child.tag in _HOLDERS:
                lines.extend(self._cell(child))
        return lines

    def _footnotes(self) -> list[str]:
        if self._notes is None:
            return []
        lines: list[str] = []
        for note in self._notes.iterchildren(qn("w:footnote")):
            if note.get(qn("w:type")) in {None, "normal"}:
                lines.extend(line for p in note.iter(_P) for line in self._paragraph(p) if line.strip())
        return ["", *lines] if lines else []


def _mark_shaded(row: list[tuple[Element, Cell]]) -> None:
    """Mark the empty coloured cells of a row whose words stand in cells without colour."""
    if any(cell.text.strip() and not _is_shaded(tc) for tc, cell in row):
        for tc, cell in row:
            if not cell.text.strip() and _is_shaded(tc):
                cell.text = SHADED


def _is_shaded(cell: Element) -> bool:
    shading = cell.find(f"{qn('w:tcPr')}/{qn('w:shd')}")
    return shading is not None and str(shading.get(qn("w:fill")) or "auto").lower() not in {"auto", "ffffff"}


def _by_columns(cells: list[Cell], columns: int) -> list[str]:
    """The words of a head or signing block, the left column first; blank lines in a column stay."""
    lines: list[str] = []
    for column in range(columns):
        words = [line for cell in cells if cell.column == column for line in cell.text.split("\n")]
        while words and not words[-1].strip():
            words.pop()
        if words:
            lines.extend([*([""] if lines else []), *(line.strip() for line in words)])
    return lines


def _inside(parent: Element, tag: str) -> list[Element]:
    """The rows of a table or the cells of a row, also those in content controls."""
    found: list[Element] = []
    for child in parent:
        if child.tag == tag:
            found.append(child)
        elif child.tag in _HOLDERS:
            found.extend(_inside(child, tag))
    return found


def _related(part: Part, kind: str) -> Element | None:
    try:
        related = part.part_related_by(kind)
    except KeyError:
        return None
    element: Element | None = getattr(related, "element", None)
    return element if element is not None else parse_xml(related.blob)


def _before(row: Element) -> int:
    return _number(row.find(f"{qn('w:trPr')}/{qn('w:gridBefore')}"), 0)


def _span(cell: Element) -> int:
    return max(1, _number(cell.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}"), 1))


def _merge(cell: Element) -> str | None:
    merge = cell.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}")
    return None if merge is None else str(merge.get(qn("w:val")) or "continue")


def _number(element: Element | None, default: int) -> int:
    value = str(element.get(qn("w:val"))) if element is not None else ""
    return int(value) if value.isascii() and value.isdigit() and len(value) < 4 else default
