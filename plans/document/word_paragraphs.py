"""The words of a paragraph of Word as the paper shows them: with its label, without what is deleted or hidden."""

from __future__ import annotations

from collections.abc import Iterator

from docx.oxml.ns import nsmap, qn
from docx.oxml.xmlchemy import BaseOxmlElement as Element

from plans.document.numbering import Numbering

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MATH_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_SKIPPED = {
    qn("w:pPr"), qn("w:rPr"), qn("w:del"), qn("w:moveFrom"), qn("w:instrText"), qn("w:delText"), qn("w:sectPr"),
    qn("w:drawing"), qn("w:pict"), f"{_MC}Fallback", qn("w:sdtPr"), qn("w:tbl"),
}  # fmt: skip
_WRITTEN = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
_P, _T, _R, _SYM, _BOX = qn("w:p"), qn("w:t"), qn("w:r"), qn("w:sym"), qn("w:txbxContent")
_OFF = {"0", "false", "off", "none"}
_MOST_PARENTS = 12


class Styles:
    """What the styles of a document say of numbering and capitals, through the styles they are based on."""

    def __init__(self, root: Element | None) -> None:
        self._styles: dict[str, Element] = {}
        self._default: str | None = None
        for each in () if root is None else root.iterchildren(qn("w:style")):
            name = str(each.get(qn("w:styleId")))
            self._styles[name] = each
            if each.get(qn("w:type")) == "paragraph" and each.get(qn("w:default")) in {"1", "true"}:
                self._default = name

    def lineage(self, name: str | None) -> Iterator[Element]:
        name = name or self._default
        for _ in range(_MOST_PARENTS):
            style = self._styles.get(name or "")
            if style is None:
                return
            yield style
            name = _value(style.find(qn("w:basedOn")))


def text_of(paragraph: Element, styles: Styles) -> str:
    """The words of `paragraph` with tabs and line breaks; text boxes in it are asked for by `boxes_in`."""
    capitals = _capitals(paragraph, styles)
    return "".join(_words(paragraph, capitals)).strip("\n")


def boxes_in(paragraph: Element) -> list[Element]:
    """The text boxes anchored in `paragraph`, each once though Word writes them twice for old readers."""
    boxes = []
    for box in paragraph.iter(_BOX):
        inside = [parent.tag for parent in box.iterancestors()]
        if f"{_MC}Fallback" not in inside and inside.count(_BOX) == 0:
            boxes.append(box)
    return boxes


def label_of(paragraph: Element, styles: Styles, numbering: Numbering) -> str:
    """The label that Word draws before the paragraph; counts on."""
    number = level = None
    own = paragraph.find(qn("w:pPr"))
    properties = [own] if own is not None else []
    name = _value(own.find(qn("w:pStyle"))) if own is not None else None
    for style in styles.lineage(name):
        found = style.find(qn("w:pPr"))
        if found is not None:
            properties.append(found)
    for each in properties:
        numbered = each.find(qn("w:numPr"))
        if numbered is None:
            continue
        number = number or _value(numbered.find(qn("w:numId")))
        level = level or _value(numbered.find(qn("w:ilvl")))
    if number is None or number == "0":
        return ""
    return numbering.label(number, int(level) if level and level.isdigit() else 0)


def fonts_in(root: Element) -> set[str]:
    """The names of the fonts that runs ask for."""
    fonts: set[str] = set()
    for each in root.iter(qn("w:rFonts")):
        fonts.update(str(value) for name, value in each.attrib.items() if not str(name).endswith("Theme"))
    return fonts


def _words(parent: Element, capitals: bool) -> Iterator[str]:
    """Recursion is bounded by the depth that the XML parser accepts."""
    for child in parent:
        tag = child.tag
        if not isinstance(tag, str) or tag in _SKIPPED:
            continue
        if tag == _R:
            own = child.find(qn("w:rPr"))
            if own is not None and _is_on(own.find(qn("w:vanish"))):
                continue
            caps = own.find(qn("w:caps")) if own is not None else None
            yield from _words(child, capitals if caps is None else _is_on(caps))
        elif tag in {_T, _MATH_TEXT}:
            words = child.text or ""
            yield words.upper() if capitals else words
        elif tag in _WRITTEN:
            yield _WRITTEN[tag]
        elif tag == _SYM:
            code = str(child.get(qn("w:char")) or "")
            yield chr(int(code, 16)) if len(code) == 4 and set(code) <= set("0123456789abcdefABCDEF") else ""
        elif tag != _P:
            yield from _words(child, capitals)


def _capitals(paragraph: Element, styles: Styles) -> bool:
    own = paragraph.find(qn("w:pPr"))
    name = _value(own.find(qn("w:pStyle"))) if own is not None else None
    for style in styles.lineage(name):
        look = style.find(qn("w:rPr"))
        caps = look.find(qn("w:caps")) if look is not None else None
        if caps is not None:
            return _is_on(caps)
    return False


def _is_on(switch: Element | None) -> bool:
    return switch is not None and str(switch.get(qn("w:val")) or "1").lower() not in _OFF


def _value(element: Element | None) -> str | None:
    return None if element is None else element.get(f"{{{nsmap['w']}}}val")
