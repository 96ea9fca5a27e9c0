"""Reads a PDF back: lines with their baselines, edges and fonts, and drawn rules. Millimetres from the top left."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from io import BytesIO

import pdfplumber

MM = 25.4 / 72
MIDDLE_OF_HEAD = 96  # where the two columns of the head meet
COLUMN_GAP = 5


@dataclass(frozen=True)
class Line:
    """Glyphs on one baseline; x0 and x1 are the edges of its ink."""

    text: str
    baseline: float
    x0: float
    x1: float
    size: float
    fonts: frozenset[str]

    @property
    def middle(self) -> float:
        return (self.x0 + self.x1) / 2

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def bold(self) -> bool:
        return all("Bold" in font for font in self.fonts)

    @property
    def italic(self) -> bool:
        return all("Italic" in font for font in self.fonts)


@dataclass(frozen=True)
class Rule:
    x0: float
    x1: float
    top: float

    @property
    def length(self) -> float:
        return self.x1 - self.x0


@dataclass(frozen=True)
class Page:
    width: float
    height: float
    lines: list[Line]
    rules: list[Rule]

    def line(self, start: str) -> Line:
        """The first line that begins so, whatever its spaces."""
        wanted = start.replace(" ", "")
        return next(line for line in self.lines if line.text.startswith(wanted))

    def rule_under(self, line: Line) -> Rule:
        """The nearest drawn rule within 5 mm under the line."""
        near = [r for r in self.rules if 0 < r.top - line.baseline < 5 and r.x0 < line.middle < r.x1]
        return min(near, key=lambda rule: rule.top)


def read_pdf(content: bytes) -> list[Page]:
    with pdfplumber.open(BytesIO(content)) as document:
        return [_page(page) for page in document.pages]


def text_of(content: bytes) -> str:
    """The whole text as copying gives it, without its spaces, in the form it has."""
    with pdfplumber.open(BytesIO(content)) as document:
        return "".join("".join(page.extract_text().split()) for page in document.pages)


def fonts_of(content: bytes) -> dict[str, bool]:
    """Names of the fonts without their subset prefix, and whether each is embedded."""
    found: dict[str, bool] = {}
    with pdfplumber.open(BytesIO(content)) as document:
        for page in document.pages:
            for font in page.page_obj.resources["Font"].resolve().values():
                _add_font(font.resolve(), found)
    return found


def _add_font(font, found: dict[str, bool]) -> None:
    for below in _resolved(font.get("DescendantFonts", [])):
        descriptor = _resolved(_resolved(below)["FontDescriptor"])
        name = font["BaseFont"].name.partition("+")[2] or font["BaseFont"].name
        found[name] = any(key in descriptor for key in ("FontFile", "FontFile2", "FontFile3"))


def _resolved(value):
    return value.resolve() if hasattr(value, "resolve") else value


def is_nfc(text: str) -> bool:
    return unicodedata.is_normalized("NFC", text)


def _page(page) -> Page:
    rows: dict[float, list] = {}
    for char in page.chars:
        baseline = (float(page.height) - char["matrix"][5]) * MM
        rows.setdefault(next((known for known in rows if abs(known - baseline) < 0.2), baseline), []).append(char)
    lines = [line for baseline, chars in rows.items() for line in _split(baseline, chars)]
    marks = [*page.rects, *page.lines]
    return Page(
        width=round(float(page.width) * MM, 1),
        height=round(float(page.height) * MM, 1),
        lines=sorted(lines, key=lambda line: (line.baseline, line.x0)),
        rules=[Rule(m["x0"] * MM, m["x1"] * MM, m["top"] * MM) for m in marks if m["height"] < 1.5],
    )


def _split(baseline: float, chars: list) -> list[Line]:
    """One line, or two where the columns of the head lie side by side."""
    inked = sorted((char for char in chars if char["text"].strip()), key=lambda char: char["x0"])
    left = [char for char in inked if char["x1"] * MM < MIDDLE_OF_HEAD]
    right = inked[len(left) :]
    apart = left and right and (right[0]["x0"] - left[-1]["x1"]) * MM > COLUMN_GAP
    return [_line(baseline, part) for part in ((left, right) if apart else (inked,)) if part]


def _line(baseline: float, chars: list) -> Line:
    return Line(
        text="".join(char["text"] for char in chars),
        baseline=baseline,
        x0=chars[0]["x0"] * MM,
        x1=chars[-1]["x1"] * MM,
        size=round(chars[0]["size"], 1),
        fonts=frozenset(char["fontname"] for char in chars),
    )
