"""Words and places of the scoring workbook, once for the writer and the reader. Pure.

Documents are Vietnamese, so these are too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

SHEET, HELP_SHEET, LIST_SHEET, HIDDEN_SHEET = "Chấm điểm", "Hướng dẫn", "Danh mục", "isoportal"
HEAD_ROW, FIRST_ROW = 6, 7
CHUNK = 30_000  # characters of the signature in one cell
LONGEST_EXPLANATION = 2000
SHEET_CODE = "Mã phiếu:"  # before the number of the sheet, at the top of the page

YES, NO = "Có", "Không"
NOT_APPLICABLE, NEVER, NO_ITEMS = "Không áp dụng", "Chưa thực hiện", "Không có mục nào"
TICK = "x"
LIGHTS = {"green": "Xanh", "yellow": "Vàng", "red": "Đỏ"}

HEADS = {
    "code": "Mã",
    "title": "Tiêu chí",
    "maximum": "Điểm tối đa",
    "how": "Cách chấm, cách điền",
    "answer": "Kết quả",
    "of": "Trên tổng số",
    "case": "Trường hợp khác",
    "points": "Điểm",
    "evidence": "Tài liệu kiểm chứng",
    "explanation": "Giải trình",
}
INDICATOR, LIGHT_HEAD, ITEM = "Chỉ số", "Mức", "Mục"
# Heads by which a column is found again, wherever it was moved to; item columns are "Mục 1", "Mục 2", …
KNOWN_HEADS = {
    "mã": "code",
    "mã tiêu chí": "code",
    "mã chỉ số": "code",
    "tiêu chí": "title",
    "chỉ số": "title",
    "kết quả": "answer",
    "trên tổng số": "of",
    "tổng số": "of",
    "trường hợp khác": "case",
    "giải trình": "explanation",
    "tài liệu kiểm chứng": "evidence",
}
_SPACES = re.compile(r"\s+")
_NO_WIDTH = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")


def plain(value: str) -> str:
    """Text as it compares: composed letters, single spaces, none at the ends."""
    return _SPACES.sub(" ", _NO_WIDTH.sub("", unicodedata.normalize("NFC", value))).strip()


def folded(value: str) -> str:
    """`plain` without regard to capitals."""
    return plain(value).casefold()


def paragraphs(value: str) -> str:
    """Longer text as it is kept: composed letters, line feeds alone, no spaces at the ends."""
    text = unicodedata.normalize("NFC", value).replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n")
    return "".join(letter for letter in text if letter in "\n\t" or unicodedata.category(letter) != "Cc").strip()


def item_head(place: int) -> str:
    return f"{ITEM} {place + 1}"


def number_text(value: Decimal | str) -> str:
    """1,5 and 8: as few decimals as the number has, with a comma."""
    text = f"{Decimal(value):f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace(".", ",")


def level_texts(levels: Sequence[Mapping[str, Any]]) -> list[str]:
    """The levels as the drop-down offers them, each text once: "1,5 điểm – Thực hiện một phần"."""
    texts: list[str] = []
    for level in levels:
        text = plain(f"{number_text(level['points'])} điểm – {level['label']}")[:200].strip()
        twins = sum(each.casefold() == text.casefold() for each in texts)
        texts.append(f"{text} ({twins + 1})" if twins else text)
    return texts


def cases_of(kind: str, parameters: Mapping[str, Any], *, skippable: bool) -> dict[str, dict[str, Any]]:
    """What may be said of a criterion instead of its usual answer: {words: answer}."""
    cases: dict[str, dict[str, Any]] = {}
    if kind == "ratio" and parameters.get("none"):
        cases[plain(str(parameters["none"]))[:200]] = {"none": True}
    if kind == "deadline":
        cases[NEVER] = {"never": True}
    if kind == "count" and "items" in parameters:
        cases[NO_ITEMS] = {"items": []}
    if skippable:
        cases[NOT_APPLICABLE] = {"not_applicable": True}
    return cases
