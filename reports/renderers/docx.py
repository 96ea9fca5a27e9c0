"""Word documents by python-docx, from the same laid-out document as the PDF: real styles, tables whose widths Word and
LibreOffice both obey, page numbers from the second page, annexes as sections of their own."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator, Sequence
from typing import Any

import vl_convert
from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm
from lxml import html

from reports.contexts import Report
from reports.renderers.docx_styles import LOOKS, add_styles, style_id
from reports.renderers.pdf import markup

HEAD_MM, SIGNING_MM, TEXT_MM = (66.0, 99.0), (72.6, 92.4), 165.0
SHEETS = {"annex": (210, 297), "landscape-annex": (297, 210), "landscape-annex-a3": (420, 297)}
MARGINS = (20, 15, 20, 30)  # top, right, bottom, left
COLUMNS = {"col-index": 9, "col-period": 36, "col-actors": 50, "col-money": 25, "col-rate": 18, "col-state": 30}
COLUMNS["col-month"] = 7
# How wide a letter of the organ's capitals and of the abstract is on the average: rules are two fifths of their text.
LETTER_MM = {"organ": 2.6, "abstract": 2.31}
MOTTO_MM = 60.4
PIXELS = 2.5  # of a picture, to each of its units
BLANKS = {"blank": "\u00a0" * 10, "blank-day": "\u00a0" * 6}
TWIPS = 1440 / 25.4
_SPACE = re.compile(r"[ \t\r\n]+")  # a no-break space is a letter
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

Piece = tuple[str, str]  # text and look: "", "bold", "italic"; "\n" breaks the line


def render(report: Report, job_id: str) -> bytes:
    document = Document()
    _set_up(document)
    page = html.document_fromstring(_NOT_XML.sub("", markup(report)))
    writer = _Writer(document)
    for element in page.find("body"):
        writer.write(element)
    _describe(document, report)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _set_up(document: Any) -> None:
    add_styles(document)
    section = document.sections[0]
    _size(section, 210, 297)
    section.header_distance = Mm(8)
    section.different_first_page_header_footer = True
    number = section.header.paragraphs[0]
    number.style = document.styles["Centred"]
    number.paragraph_format.space_before = 0
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    field.append(number.add_run("2")._r)
    number._p.append(field)


def _size(section: Any, width: float, height: float) -> None:
    section.page_width, section.page_height = Mm(width), Mm(height)
    section.orientation = WD_ORIENT.LANDSCAPE if width > height else WD_ORIENT.PORTRAIT
    top, right, bottom, left = (Mm(each) for each in MARGINS)
    section.top_margin, section.right_margin, section.bottom_margin, section.left_margin = top, right, bottom, left


def _describe(document: Any, report: Report) -> None:
    """Of people and machines the file says nothing."""
    properties = document.core_properties
    properties.title, properties.language = report.title[:255], "vi-VN"
    properties.author = properties.last_modified_by = "isoportal"
    properties.comments = ""
    properties.created = properties.modified = report.made_at.replace(tzinfo=None, microsecond=0)


class _Writer:
    def __init__(self, document: Any) -> None:
        self._document = document
        self._body = document.element.body

    def write(self, element: Any) -> None:
        kind = (element.get("class") or "").split(" ")[0]
        if kind == "mark":
            self._mark(_text(element))
        elif kind == "head":
            rows = [list(row) for row in element]
            self._add(_table([[_Cell(cell) for cell in row] for row in rows], HEAD_MM, borders=False))
        elif kind == "signing":
            self._sign(element)
        elif kind == "figure":
            self._add_picture(element[0])
        elif element.tag == "table":
            self._add_table(element)
        elif kind in SHEETS:
            self._annex(element, *SHEETS[kind])
        elif element.tag in {"div", "section"}:
            for inner in element:
                self.write(inner)
        else:
            for paragraph in _paragraphs(element, kind):
                self._add(paragraph)

    def _add(self, element: Any) -> None:
        self._body.insert(len(self._body) - 1, element)  # before the properties of the last section

    def _mark(self, text: str) -> None:
        section = self._document.sections[0]
        for header in (section.header, section.first_page_header):
            header.add_paragraph(text, style=self._document.styles["Mark"])

    def _sign(self, element: Any) -> None:
        self._space_after_last(240)
        self._add(_table([[_Cell(cell) for cell in element]], SIGNING_MM, borders=False))
        self._add(_paragraph("space", []))

    def _space_after_last(self, twentieths: int) -> None:
        """Room between the paragraph above and a table; the two stay together."""
        last = self._body[-2] if len(self._body) > 1 else None
        if last is not None and last.tag == qn("w:p"):
            shape = last.get_or_add_pPr()
            shape.get_or_add_keepNext()
            shape.get_or_add_spacing().set(qn("w:after"), str(twentieths))

    def _add_table(self, element: Any) -> None:
        section = self._document.sections[-1]
        self._space_after_last(120)
        room = section.page_width.mm - section.left_margin.mm - section.right_margin.mm
        self._add(_body_table(element, room))
        self._add(_paragraph("space", []))

    def _add_picture(self, image: Any) -> None:
        """The picture as pixels: Word has no SVG that every version shows."""
        svg = base64.b64decode(image.get("src").partition(",")[2]).decode()
        png = vl_convert.svg_to_png(svg, scale=PIXELS)
        width = re.search(r"width:\s*([\d.]+)mm", image.get("style") or "")
        paragraph = self._document.add_paragraph(style=self._document.styles["Centred"])
        paragraph.paragraph_format.line_spacing = 1  # the exact pitch of the style would show one line of it
        shape = paragraph.add_run().add_picture(io.BytesIO(png), width=Mm(float(width[1]) if width else 120))
        shape._inline.docPr.set("descr", image.get("alt") or "")

    def _annex(self, element: Any, width: int, height: int) -> None:
        section = self._document.add_section(WD_SECTION.NEW_PAGE)
        _size(section, width, height)
        numbers = OxmlElement("w:pgNumType")
        numbers.set(qn("w:start"), "1")
        for old in section._sectPr.findall(qn("w:pgNumType")):
            section._sectPr.remove(old)
        section._sectPr.insert_element_before(numbers, "w:cols", "w:titlePg", "w:docGrid")
        closing = self._body[-2]  # holds the section before
        closing.get_or_add_pPr().insert(0, _element("pStyle", val=style_id("space")))
        for inner in element:
            self.write(inner)


class _Cell:
    """A cell to be: the paragraphs in it and how far it reaches."""

    def __init__(self, element: Any) -> None:
        self.element = element
        self.columns = int(element.get("colspan") or 1)
        self.rows = int(element.get("rowspan") or 1)
        self.kind = (element.get("class") or "").split(" ")[0]

    def paragraphs(self, width: float, *, dense: bool, bold: bool) -> Iterator[Any]:
        if self.kind not in LOOKS:  # of the head or the signing block: it holds paragraphs
            for inner in self.element:
                yield from _paragraphs(inner, (inner.get("class") or "").split(" ")[0], width)
            if len(self.element) == 0:
                yield _paragraph("space", [])
            return
        lines = [each for each in self.element if each.get("class") == "cell-line"]
        for each in lines or [self.element]:
            pieces = list(_pieces(each))
            yield _paragraph(self.kind, [(text, "bold") for text, _look in pieces] if bold else pieces, dense=dense)


def _body_table(element: Any, room: float) -> Any:
    dense = "dense" in (element.get("class") or "")
    given = [_width(column) for column in element.iter("col")]
    rows = list(element.iter("tr"))
    count = len(given) or max((sum(int(cell.get("colspan") or 1) for cell in row) for row in rows), default=1)
    given = given or [None] * count
    free = sum(width is None for width in given)
    share = max(10.0, (room - sum(width or 0 for width in given)) / free) if free else 0
    widths = [width or share for width in given]
    heads = sum(1 for head in element.iter("thead") for _row in head.iter("tr"))
    bold = [bool({"total"} & set((row.get("class") or "").split())) for row in rows]
    return _table([[_Cell(cell) for cell in row] for row in rows], widths, dense=dense, heads=heads, bold=bold)


def _width(column: Any) -> float | None:
    if found := re.search(r"width:\s*([\d.]+)mm", column.get("style") or ""):
        return float(found[1])
    return COLUMNS.get(column.get("class") or "")


def _table(
    rows: Sequence[Sequence[_Cell]],
    widths: Sequence[float],
    *,
    borders: bool = True,
    dense: bool = False,
    heads: int = 0,
    bold: Sequence[bool] = (),
) -> Any:
    """LibreOffice believes the grid's widths, Word the cells': both get them."""
    table = _element("tbl")
    table.append(_table_properties(widths, borders=borders))
    grid = _element("tblGrid")
    for width in widths:
        grid.append(_element("gridCol", w=_twips(width)))
    table.append(grid)
    open_below: dict[int, tuple[int, int]] = {}  # column → rows still to cover, columns covered
    for place, cells in enumerate(rows):
        table.append(row := _element("tr"))
        row.append(properties := _element("trPr"))
        properties.append(_element("cantSplit"))
        if place < heads:
            properties.append(_element("tblHeader"))
        waiting = list(cells)
        column = 0
        while column < len(widths):
            if column in open_below:
                left, span = open_below.pop(column)
                row.append(_covered(widths[column : column + span], span))
                if left > 1:
                    open_below[column] = (left - 1, span)
            elif waiting:
                cell = waiting.pop(0)
                span = min(cell.columns, len(widths) - column)
                row.append(_cell(cell, widths[column : column + span], dense=dense, bold=bool(bold and bold[place])))
                if cell.rows > 1:
                    open_below[column] = (cell.rows - 1, span)
            else:
                span = 1
                row.append(_covered(widths[column : column + 1], 1, merged=False))
            column += span
    return table


def _table_properties(widths: Sequence[float], *, borders: bool) -> Any:
    properties = _element("tblPr")
    properties.append(_element("tblW", w=_twips(sum(widths)), type="dxa"))
    properties.append(_element("jc", val="center"))
    if borders:
        properties.append(lines := _element("tblBorders"))
        for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
            lines.append(_element(side, val="single", sz=4, space=0, color="000000"))
    properties.append(_element("tblLayout", type="fixed"))
    properties.append(margins := _element("tblCellMar"))
    for side in ("left", "right"):
        margins.append(_element(side, w=80 if borders else 0, type="dxa"))
    return properties


def _cell(cell: _Cell, widths: Sequence[float], *, dense: bool, bold: bool) -> Any:
    element = _element("tc")
    element.append(properties := _element("tcPr"))
    properties.append(_element("tcW", w=_twips(sum(widths)), type="dxa"))
    if len(widths) > 1:
        properties.append(_element("gridSpan", val=len(widths)))
    if cell.rows > 1:
        properties.append(_element("vMerge", val="restart"))
    if cell.kind == "month-planned":
        properties.append(_element("shd", val="clear", color="auto", fill="D9D9D9"))
    if cell.kind.startswith("month"):
        properties.append(margins := _element("tcMar"))
        for side in ("left", "right"):
            margins.append(_element(side, w=0, type="dxa"))
    if cell.kind in {"column", "column-month", "month", "month-planned"}:
        properties.append(_element("vAlign", val="center"))
    for paragraph in cell.paragraphs(sum(widths), dense=dense, bold=bold):
        element.append(paragraph)
    return element


def _covered(widths: Sequence[float], span: int, *, merged: bool = True) -> Any:
    element = _element("tc")
    element.append(properties := _element("tcPr"))
    properties.append(_element("tcW", w=_twips(sum(widths)), type="dxa"))
    if span > 1:
        properties.append(_element("gridSpan", val=span))
    if merged:
        properties.append(_element("vMerge"))
    element.append(_paragraph("cell", []))
    return element


def _paragraphs(element: Any, kind: str, width: float = TEXT_MM) -> Iterator[Any]:
    """A paragraph, with the rule that is drawn under it where it has one."""
    pieces = list(_pieces(element))
    paragraph = _paragraph(kind, pieces)
    if kind == "draft":
        _frame(paragraph, ("top", "left", "bottom", "right"), width, 27)
    previous = element.getprevious()
    above = "" if previous is None else previous.get("class")
    if kind == "signatory" and above == "office":
        paragraph.pPr.append(_element("spacing", before=0))  # the room to sign is above the office
    elif above == "signature-mark":
        paragraph.pPr.append(_element("spacing", before=547))
    yield paragraph
    if kind in {"organ", "motto", "abstract"}:
        longest = max((len(line) for line in "".join(text for text, _look in pieces).split("\n")), default=0)
        length = MOTTO_MM if kind == "motto" else 0.4 * longest * LETTER_MM[kind]
        if kind == "abstract":
            length = min(length, 0.4 * 145)
        rule = _paragraph("rule", [])
        _frame(rule, ("top",), width, max(length, 10))
        yield rule


def _paragraph(kind: str, pieces: Sequence[Piece], *, dense: bool = False) -> Any:
    paragraph = _element("p")
    paragraph.append(shape := _element("pPr"))
    shape.append(_element("pStyle", val=style_id(kind, dense=dense)))
    for text, look in pieces:
        paragraph.append(run := _element("r"))
        if look:
            run.append(letters := _element("rPr"))
            letters.append(_element("b" if look == "bold" else "i"))
        for place, line in enumerate(text.split("\n")):
            if place:
                run.append(_element("br"))
            if line:
                run.append(words := _element("t"))
                words.text = line
                words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return paragraph


def _frame(paragraph: Any, sides: Sequence[str], column: float, length: float) -> None:
    """Lines round the paragraph, which is indented on both sides so that it is `length` long and centred."""
    shape = paragraph.pPr
    shape.append(borders := _element("pBdr"))
    for side in sides:
        borders.append(_element(side, val="single", sz=6, space=0, color="000000"))
    edge = _twips(max(0.0, (column - length) / 2))
    shape.append(_element("ind", left=edge, right=edge, firstLine=0))


def _pieces(element: Any) -> Iterator[Piece]:
    """The text with its looks, white space as HTML has it."""
    pieces = [piece for piece in _raw(element, "") if piece[0]]
    started, ended = False, True  # whether anything was written; whether the last letter was a space
    for place, (text, look) in enumerate(pieces):
        words = _SPACE.sub(" ", text) if text != "\n" else "\n"
        if (not started or ended) and words.startswith(" "):
            words = words[1:]
        if place == len(pieces) - 1:
            words = words.rstrip(" ")
        if words:
            started, ended = True, words[-1] in " \n"
            yield words, look


def _raw(element: Any, look: str) -> Iterator[Piece]:
    yield element.text or "", look
    for inner in element:
        kind = inner.get("class") or ""
        if inner.tag == "br":
            yield "\n", look
        elif kind in BLANKS:
            yield BLANKS[kind], look
        elif kind == "unbroken":
            yield _text(inner).replace(" ", "\u00a0"), look
        else:
            yield from _raw(inner, {"run-in": "bold", "in-words": "italic"}.get(kind, look))
        yield inner.tail or "", look


def _text(element: Any) -> str:
    return "".join(element.itertext())


def _element(name: str, **attributes: object) -> Any:
    element = OxmlElement(f"w:{name}")
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), str(value))
    return element


def _twips(millimetres: float) -> int:
    return round(millimetres * TWIPS)
