"""What a reader of values does not tell of a worksheet: formulas without a result, errors, cells in per cent. Pure.

Looked up in the bytes by patterns, never by an XML parser: nothing in a file can make these expand.
"""

from __future__ import annotations

import html
import re
import zipfile

LARGEST_PART = 20_000_000
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^>]*>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
_FORMULA = re.compile(
    rb"<(?:\w+:)?c\s([^>]*)>\s*<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)\s*(?:<(?:\w+:)?v(?:/>|>\s*</(?:\w+:)?v>)\s*)?"
    rb"</(?:\w+:)?c>"
)
_FAULT = re.compile(rb"<(?:\w+:)?c\s([^>]*\bt\s*=\s*[\"']e[\"'][^>]*)>")
_STYLED = re.compile(rb"<(?:\w+:)?c\s([^>]*\bs\s*=\s*[\"'](\d+)[\"'][^>]*)>")
_ADDRESS = re.compile(rb"\br\s*=\s*[\"']([A-Z]{1,3}[0-9]{1,7})[\"']")
_FORMATS = re.compile(rb"<(?:\w+:)?numFmt\s[^>]*>")
_USED = re.compile(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.DOTALL)
_STYLE = re.compile(rb"<(?:\w+:)?xf\s[^>]*>")
_QUOTED = re.compile(r'"[^"]*"|\\.')
BUILT_IN_PERCENT = frozenset({9, 10})


def _attribute(tag: bytes, name: bytes) -> str:
    found = re.search(rb"(?<![\w:])" + name + rb"\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", tag)
    return html.unescape((found[1] or found[2] or b"").decode("utf-8", "replace")) if found else ""


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        with archive.open(name) as part:
            return part.read(LARGEST_PART)
    except KeyError:
        return b""


def sheet_parts(archive: zipfile.ZipFile) -> list[str]:
    """The parts of the worksheets in the order of the workbook."""
    targets = {
        _attribute(tag, b"Id"): _attribute(tag, b"Target")
        for tag in _RELATION.findall(_read(archive, "xl/_rels/workbook.xml.rels"))
    }
    parts = []
    for tag in _SHEET.findall(_read(archive, "xl/workbook.xml")):
        target = targets.get(_attribute(tag, rb"\w+:id"), "")
        parts.append(target.lstrip("/") if target.startswith("/") else f"xl/{target}")
    return parts


def _percent_styles(styles: bytes) -> set[int]:
    """The numbers of the cell styles that show a share as per cent."""
    if b"%" not in styles and b'"9"' not in styles and b'"10"' not in styles:
        return set()
    percent = set(BUILT_IN_PERCENT)
    for tag in _FORMATS.findall(styles):
        if "%" in _QUOTED.sub("", _attribute(tag, b"formatCode")):
            percent.add(int(_attribute(tag, b"numFmtId") or -1))
    used = _USED.search(styles)
    found = _STYLE.findall(used[0]) if used else []
    return {place for place, tag in enumerate(found) if (_attribute(tag, b"numFmtId") or "0") in map(str, percent)}


def _addresses(tags: list[bytes]) -> set[str]:
    return {found[1].decode() for tag in tags if (found := _ADDRESS.search(tag))}


class Peculiar:
    """Cells of one worksheet that are not what their value seems: `unvalued`, `faults`, `percent`, by address."""

    def __init__(self, archive: zipfile.ZipFile, part: str) -> None:
        sheet = _read(archive, part)
        self.unvalued = _addresses(_FORMULA.findall(sheet)) if b"<f" in sheet or b":f" in sheet else set()
        self.faults = _addresses(_FAULT.findall(sheet)) if b'"e"' in sheet or b"'e'" in sheet else set()
        styles = _percent_styles(_read(archive, "xl/styles.xml"))
        self.percent: set[str] = set()
        if styles:
            self.percent = _addresses([tag for tag, style in _STYLED.findall(sheet) if int(style) in styles])
