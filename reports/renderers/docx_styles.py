"""The form of NĐ 30/2020/NĐ-CP as Word styles: one for each class of `static/css/print.css`, with its measures."""

from __future__ import annotations

from typing import Any, NamedTuple

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

FONT = "Times New Roman"
CENTRE, BOTH = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.JUSTIFY
LEFT, RIGHT = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.RIGHT


class Look(NamedTuple):
    """Points, but for `indent` (of the first line) and `left`, in millimetres; `line` is the exact pitch."""

    size: float
    align: WD_ALIGN_PARAGRAPH
    line: float
    bold: bool = False
    italic: bool = False
    before: float = 0
    after: float = 0
    indent: float = 0
    left: float = 0
    follows: bool = False  # stays with what follows it


BODY = Look(14, BOTH, 18, before=6, indent=10)
CELL = Look(12, LEFT, 15, before=2, after=2)
LOOKS: dict[str, Look] = {
    "mark": Look(9, RIGHT, 11, bold=True),
    "parent-organ": Look(13, CENTRE, 17),
    "organ": Look(13, CENTRE, 17, bold=True, follows=True),
    "country": Look(13, CENTRE, 17, bold=True),
    "motto": Look(14, CENTRE, 17, bold=True, follows=True),
    "number": Look(13, CENTRE, 17, before=8),
    "subject": Look(12, CENTRE, 15, before=6),
    "draft": Look(13, CENTRE, 17, bold=True, before=8),
    "place-date": Look(14, CENTRE, 17, italic=True, before=8),
    "rule": Look(1, CENTRE, 4, before=2, follows=True),
    "document-type": Look(14, CENTRE, 18, bold=True, before=18, follows=True),
    "abstract": Look(14, CENTRE, 18, bold=True, follows=True),
    "status-line": Look(14, CENTRE, 18, italic=True, before=6, after=6),
    "addressee": Look(14, CENTRE, 18, before=18, after=12),
    "addressees-label": Look(14, LEFT, 18, before=18, left=45),
    "addressees-line": Look(14, LEFT, 18, left=55),
    "basis": BODY._replace(italic=True),
    "paragraph": BODY,
    "note": BODY._replace(italic=True),
    "enacting": Look(14, CENTRE, 18, bold=True, before=6, follows=True),
    "centred": Look(14, CENTRE, 18, before=6),
    "heading-1": Look(14, LEFT, 18, bold=True, before=6, indent=10, follows=True),
    "heading-2": Look(14, LEFT, 18, bold=True, before=6, indent=10, follows=True),
    "heading-3": Look(14, LEFT, 18, before=6, indent=10, follows=True),
    "caption": Look(13, CENTRE, 18, bold=True, before=8, after=2, follows=True),
    "unit": Look(12, RIGHT, 15, italic=True, before=4, after=2, follows=True),
    "legend": Look(12, LEFT, 15, before=4),
    "column": CELL._replace(align=CENTRE, bold=True),
    "column-month": CELL._replace(align=CENTRE, bold=True),
    "cell": CELL,
    "cell-centre": CELL._replace(align=CENTRE),
    "cell-number": CELL._replace(align=RIGHT),
    "month": CELL._replace(align=CENTRE),
    "month-planned": CELL._replace(align=CENTRE),
    "annex-label": Look(14, CENTRE, 18, bold=True, follows=True),
    "annex-title": Look(14, CENTRE, 18, bold=True, follows=True),
    "annex-reference": Look(14, CENTRE, 18, italic=True, after=6, follows=True),
    "recipients-label": Look(12, LEFT, 18, bold=True, italic=True, follows=True),
    "recipient": Look(11, LEFT, 13),
    "authority": Look(14, CENTRE, 18, bold=True, follows=True),
    "signature-mark": Look(14, CENTRE, 18, italic=True, before=28, follows=True),
    "office": Look(14, CENTRE, 18, bold=True, before=74, follows=True),
    "signatory": Look(14, CENTRE, 18, bold=True, before=74),
    "space": Look(1, LEFT, 1),
}
DENSE = {"column", "column-month", "cell", "cell-centre", "cell-number", "month", "month-planned"}
HEADINGS = {"heading-1", "heading-2", "heading-3"}  # Word's own, so that its navigation pane knows them


def style_id(kind: str, *, dense: bool = False) -> str:
    """Of the class `kind`; a class without a style of its own is an ordinary paragraph."""
    known = kind if kind in LOOKS else "paragraph"
    if known in HEADINGS:
        return "Heading" + known[-1]
    return ("Dense" if dense and known in DENSE else "") + known.title().replace("-", "")


def add_styles(document: Document) -> None:
    styles = document.styles
    normal = styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(13)
    _speak_vietnamese(normal.element.get_or_add_rPr())
    for kind, look in LOOKS.items():
        _add(styles, style_id(kind), look)
        if kind in DENSE:
            _add(styles, style_id(kind, dense=True), look._replace(size=11, line=13.5))


def _add(styles: Any, identity: str, look: Look) -> None:
    name = f"Heading {identity[-1]}" if identity.startswith("Heading") else identity
    style = styles[name] if name in styles else styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.quick_style = True
    letters = style.element.get_or_add_rPr()
    letters.clear()
    style.font.name, style.font.size, style.font.bold, style.font.italic = FONT, Pt(look.size), look.bold, look.italic
    for name in ("eastAsia", "cs"):
        letters.rFonts.set(qn(f"w:{name}"), FONT)
    shape = style.paragraph_format
    shape.alignment, shape.line_spacing = look.align, Pt(look.line)
    shape.first_line_indent, shape.left_indent = Mm(look.indent), Mm(look.left)
    shape.space_before, shape.space_after = Pt(look.before), Pt(look.after)
    shape.keep_with_next, shape.widow_control = look.follows, True


def _speak_vietnamese(letters: Any) -> None:
    language = OxmlElement("w:lang")
    for name in ("val", "eastAsia"):
        language.set(qn(f"w:{name}"), "vi-VN")
    letters.append(language)
