"""Money: figures in whole đồng, the total, and where it comes from."""

from __future__ import annotations

import re
from decimal import Decimal

from plans.document.model import Funding, Money, Text
from plans.document.spelling import fold, strip_end

_FIGURE = re.compile(
    r"(?<![\d.,/])(?P<number>\d{1,3}(?:\.\d{3}){1,5}(?:,\d{1,2})?|\d{1,3}(?:,\d{3}){1,5}(?:\.\d{1,2})?|"
    r"\d{1,3}(?: \d{3}){2,5}|"
    r"\d{1,15}(?:[.,]\d{1,2})?)"
    r"\s?(?P<unit>ty|ti|trieu|nghin|ngan)?(?:\s(?P<rest>\d{1,3})\s?(?P<rest_unit>trieu|nghin|ngan))?"
    r"\s?(?P<coin>dong|vnd|d)\b"
)
_UNIT_IN_PIECES = re.compile(r"(?:\(|dvt:?|tinh:?)(ty|trieu|nghin|ngan)(?=dong)")
_LEAST_SUM = 1000
_FACTOR = {"ty": 10**9, "ti": 10**9, "trieu": 10**6, "nghin": 10**3, "ngan": 10**3, None: 1}
_TOTAL = re.compile(r"tong (?:cong|so|kinh phi|du toan|muc|nhu cau|gia tri|nguon)|tong:")
_SOURCE_LABEL = re.compile(
    r"(?:^|[.;\n]\s*(?:\d{1,2}[.)]\s*|[-+]\s*|[a-z]\)\s*)?|^\d{1,2}[.)]\s*|^[-+]\s*)nguon(?: (?:kinh phi|"
    r"von)[^:\n]{0,30})?:\s*"
)
_SOURCE = re.compile(
    r"(?:\b(?:tu|do|bang|trong|su dung|lay)\s+)(?P<source>(?:cac )?(?:nguon\b|ngan sach\b|du toan\b|"
    r"kinh phi (?:su nghiep|khoa hoc|"
    r"duoc|giao|chi|cap|tu chu|da)))"
)
_SOURCE_ITSELF = re.compile(r"(?:^|\n)(?:\d{1,2}[.)]\s*|[-+]\s*)?(?P<source>(?:nguon )?ngan sach\b(?![^.\n]{0,200}:))")
_SOURCE_WITH_SUM = re.compile(
    r"(?:^|\n)(?:\d{1,2}[.)]\s*|[-+]\s*)?(?P<source>(?:nguon )?ngan sach\b(?=[^.:\n]{0,150}:\s*\d))"
)
_SOURCE_END = re.compile(
    r" la\s*:|\bla\s+(?=\d)|[.;:(\n]|,\s*(?:tong|voi|so tien|theo|trong do|cu the|kinh phi)\b"
    r"|\s(?:voi tong|voi so tien|bao dam|dam bao|chi tra)\b"
)
_NORM = re.compile(r"(?:\d{1,2}[.)]\s*|[-+]\s*)?(?:dinh muc|noi dung chi|muc chi)[^:]{0,30}:\s*")


def figures(text: str) -> tuple[Money, ...]:
    """All amounts of money in `text`, in order."""
    folded = fold(text)
    return tuple(Money(text[found.start() : found.end()], _amount(found)) for found in _FIGURE.finditer(folded))


def cell_amount(cell: str, header: str) -> int | None:
    """A cell of a money column; its unit may stand in the header: "Kinh phí (triệu đồng)"."""
    found = figures(cell)
    if found:
        return found[0].amount
    unit = re.search(r"\b(ty|trieu|nghin|ngan)\b", fold(header)) or _UNIT_IN_PIECES.search(
        fold(header).replace(" ", "")
    )
    found = figures(f"{cell.strip()} {unit.group(1) if unit else ''} dong")
    if not found or not re.fullmatch(r"[\d.,\s]+", cell.strip()):
        return None
    amount = found[0].amount
    return None if not unit and 0 < amount < _LEAST_SUM else amount  # "45,5" of a unit that nothing names


def read_funding(paragraphs: tuple[Text, ...], table_total: int | None) -> Funding:
    """What the paragraphs of a funding section say; the total of a cost table where they name no amount."""
    if not paragraphs:
        return Funding(amount=table_total)
    text = "\n".join(paragraph.text for paragraph in paragraphs)
    found = figures(text)
    amount = _total(text, found)
    norm = next((match for paragraph in paragraphs if (match := _after(_NORM, paragraph.text))), None)
    return Funding(
        text=text,
        amount=table_total if amount is None and not found else amount,
        fund_source=_fund_source(text),
        norm=norm,
        figures=found,
        paragraphs=paragraphs,
        source=tuple(number for paragraph in paragraphs for number in paragraph.source),
    )


def _amount(found: re.Match[str]) -> int:
    number, unit = found["number"].replace(" ", ""), found["unit"]
    thousands = re.fullmatch(r"(\d{1,3}(?:([.,])\d{3})(?:\2\d{3})*)[.,](\d{1,2})", number)
    if thousands:  # "1.200,5": marks of two kinds, the last one begins the fraction
        value = Decimal(f"{re.sub('[.,]', '', thousands[1])}.{thousands[3]}")
    elif unit and re.fullmatch(r"\d{1,3}[.,]\d{1,3}", number):
        value = Decimal(number.replace(",", "."))  # "1,25 tỷ"; "1.250 triệu" is a thousand
        if re.fullmatch(r"\d{1,3}\.\d{3}", number):
            value = Decimal(number.replace(".", ""))
    else:
        value = Decimal(re.sub(r"[.,](?=\d{3}(?!\d))", "", number).replace(",", "."))
    amount = value * _FACTOR[unit]
    if found["rest"]:
        amount += int(found["rest"]) * _FACTOR[found["rest_unit"]]
    return int(amount)


def _total(text: str, found: tuple[Money, ...]) -> int | None:
    """The figure called the total; else the only figure; else the one that the others add up to."""
    amounts = [figure.amount for figure in found]
    if len(set(amounts)) == 1:
        return amounts[0]
    folded = fold(text)
    called = _TOTAL.search(folded)
    if called:
        after = figures(text[called.end() : called.end() + 400])
        if after:
            return after[0].amount
    for place, amount in enumerate(amounts):
        if amount and amount * 2 == sum(amounts) and len(amounts) > 2 and place in {0, len(amounts) - 1}:
            return amount
    return None


def _fund_source(text: str) -> str | None:
    labelled = _after(_SOURCE_LABEL, text)
    if labelled:
        return labelled
    only = _SOURCE_WITH_SUM.findall(fold(text))
    found = _SOURCE.search(fold(text)) or _SOURCE_ITSELF.search(fold(text))
    if not found and len(only) == 1:  # several budgets, each with its sum, are no one source
        found = _SOURCE_WITH_SUM.search(fold(text))
    if not found:
        return None
    begin = found.start("source")
    end = _SOURCE_END.search(fold(text), begin)
    return strip_end(text[begin : end.start() if end else len(text)]) or None


def _after(label: re.Pattern[str], text: str) -> str | None:
    """The rest of the line after `label`."""
    found = label.search(fold(text)) if label is _SOURCE_LABEL else label.match(fold(text))
    return strip_end(text[found.end() :].split("\n", 1)[0]) or None if found else None
