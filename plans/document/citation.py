"""What a legal basis cites, read from its words: kind, number and symbol, day, issuer, what it is about.

"Căn cứ Quyết định số 19/2014/QĐ-TTg ngày 05/3/2014 của Thủ tướng Chính phủ về việc …" Laws are called by their name
("Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015"). What names no document reads as None.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from plans.document.spelling import fold, strip_end, tidy

# Folded first words of a document's kind, longest first, and what the kind is called in the register.
_KINDS = [
    ("van ban hop nhat", "other"),
    ("thong tu lien tich", "circular"),
    ("nghi quyet", "resolution"),
    ("nghi dinh", "decree"),
    ("quyet dinh", "decision"),
    ("thong tu", "circular"),
    ("chi thi", "directive"),
    ("ke hoach", "plan"),
    ("cong van", "letter"),
    ("cong dien", "letter"),
    ("van ban", "letter"),
    ("tieu chuan", "standard"),
    ("tcvn", "standard"),
    ("qcvn", "standard"),
    ("phap lenh", "law"),
    ("hien phap", "law"),
    ("bo luat", "law"),
    ("luat", "law"),
]
# What a symbol begins with tells the kind where the word is missing or says less ("19/2014/QĐ-TTg").
_SYMBOLS = {
    "nd": "decree",
    "qd": "decision",
    "tt": "circular",
    "ttlt": "circular",
    "nq": "resolution",
    "ct": "directive",
}
_SYMBOLS |= {"kh": "plan", "qh": "law"}
_LEAD = re.compile(r"^(?:[-–+•]\s*)?(?:can cu(?: vao)?|thuc hien|thi hanh|theo|trien khai|xet)\s*:?\s+")
_NUMBER = re.compile(
    r"\b(?:so|luat so)\s*:?\s*(?P<number>\d{1,6}(?:\s?/\s?\d{4})?\s?[/-]\s?[a-z][\w&]*(?:[-/][\w&.]+)*)"
)
_DAY = re.compile(
    r"\bngay\s+(?P<day>\d{1,2})(?:\s?[/.-]\s?|\s+thang\s+)(?P<month>\d{1,2})(?:\s?[/.-]\s?|\s+nam\s+)(?P<year>\d{4})"
)
_YEAR = re.compile(r"\bnam\s+(?P<year>\d{4})")
_ISSUER = re.compile(r"^[\s,]*cua\s+")
# What an abstract begins with where no "về việc" parts it from the issuer.
_VERBS = (
    "ve|v/v|phe duyet|ban hanh|quy dinh|huong dan|sua doi|giao|trien khai|thuc hien|kien toan|thanh lap|cong bo|bai bo|"
    "dieu chinh|bo sung|tang cuong|uy quyen|phan cong|phan cap|to chuc|xay dung|ap dung|day manh|chap thuan|"
    "thong qua|cho"
)
_ISSUER_ENDS = re.compile(rf"\s(?:{_VERBS})\s|[;,.(:]")
# "…, Ủy ban nhân dân tỉnh ban hành Kế hoạch như sau": with these words the plan itself begins.
_ENACTING = re.compile(r"[,;]\s+[^,;]*?\b(?:xay dung|ban hanh|lap)\b.*\bsau(?: day)?\W*$")
_ABOUT = re.compile(r"^[\s,]*(?:ve viec|v/v|ve)\s*:?\s+")
_STANDARD = re.compile(r"\b(?:TCVN|QCVN|ISO)[\w\s/:-]*?\d+(?::\d{4})?")
_NAME_LENGTH = 120


@dataclass(frozen=True, slots=True)
class CitedDocument:
    """`key` is by what a register finds it: the number folded, or the name of a law. `when` is the day as written,
    `year` all that is known of it where a law is called "Luật … năm 2025"."""

    kind: str
    number: str
    key: str
    issued_on: date | None
    issuer: str
    abstract: str
    when: str = ""
    year: int | None = None


def read_citation(text: str) -> CitedDocument | None:
    """The document that a citation names first; None where it names none ("Căn cứ chức năng, nhiệm vụ …")."""
    words = tidy(text)
    folded = fold(words)
    start = lead.end() if (lead := _LEAD.match(folded)) else 0
    kind = _kind_at(folded, start)
    number = _NUMBER.search(folded, start)
    if number and ";" in folded[start : number.start()]:
        number = None  # it is another document's
    if number:
        return _numbered(words, folded, kind, number)
    return _named(words, folded, kind, start) if kind in {"law", "standard"} else None


def key_of(number: str) -> str:
    """`number` as the register looks it up: no marks, no spaces, no leading zeros ("08/2021/QĐ-UBND")."""
    return re.sub(r"^0+(?=\d)", "", re.sub(r"\s", "", fold(number)))[:_NAME_LENGTH]


def has_year(key: str) -> bool:
    """Whether a number holds its year ("19/2014/qd-ttg"): then no other document of any year bears it."""
    return re.match(r"\d+/\d{4}/", key) is not None


def _numbered(words: str, folded: str, kind: str, found: re.Match[str]) -> CitedDocument:
    written = re.sub(r"\s", "", words[found.start("number") : found.end("number")]).rstrip(".-/")
    end = found.start("number") + len(words[found.start("number") : found.end("number")].rstrip(".-/"))
    day = _DAY.match(folded, _skip(folded, end))
    if day:
        end = day.end()
    issuer, end = _issuer(words, folded, end)
    symbol = re.split(r"[/-]", re.sub(r"^\d+(?:/\d{4})?[/-]", "", key_of(written)))[0]
    kind = kind if kind != "other" and kind != "letter" else _SYMBOLS.get(symbol.rstrip("0123456789"), kind)
    name = words[_kind_start(folded, found.start()) : found.start()].strip(" ,") if kind == "law" else ""
    return CitedDocument(
        kind=kind,
        number=written,
        key=key_of(written),
        issued_on=_date(day),
        issuer=issuer,
        abstract=name or _abstract(words, folded, end),
        when=words[day.start() : day.end()].split(None, 1)[1] if day else "",
    )


def _named(words: str, folded: str, kind: str, start: int) -> CitedDocument | None:
    """A law or a standard, which are called by their name."""
    if kind == "standard":
        standard = _STANDARD.search(words, start)
        if standard is None:
            return None
        code = standard[0].strip()
        return CitedDocument("standard", code, key_of(code), None, "", strip_end(words[start:]))
    end = min((place for mark in ";(" if (place := folded.find(mark, start)) >= 0), default=len(words))
    day = _DAY.search(folded, start, end)
    year = _YEAR.search(folded, start, end)
    if day:
        end = min(end, day.start())
    elif year:
        end = min(end, year.start())
    name = strip_end(words[start:end])
    if not name:
        return None
    return CitedDocument(
        kind="law",
        number="",
        key=key_of_name(name),
        issued_on=_date(day),
        issuer="",
        abstract=name,
        when=words[day.start() : day.end()].split(None, 1)[1] if day else "",
        year=int(year["year"]) if year and not day else None,
    )


def key_of_name(name: str) -> str:
    return fold(strip_end(tidy(name)))[:_NAME_LENGTH].strip()


def _kind_start(folded: str, before: int) -> int:
    lead = _LEAD.match(folded)
    return lead.end() if lead and lead.end() < before else 0


def _kind_at(folded: str, start: int) -> str:
    for word, kind in _KINDS:
        if folded.startswith(word, start):
            return kind
    for word, kind in _KINDS:
        if re.search(rf"\b{word}\b[^;]*\bso\b", folded[start:]):
            return kind
    return "other"


def _skip(folded: str, place: int) -> int:
    while place < len(folded) and folded[place] in " ,":
        place += 1
    return place


def _date(found: re.Match[str] | None) -> date | None:
    if found is None:
        return None
    try:
        return date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        return None


def _issuer(words: str, folded: str, start: int) -> tuple[str, int]:
    lead = _ISSUER.match(folded[start:])
    if lead is None:
        return "", start
    begin = start + lead.end()
    last = _ISSUER_ENDS.search(folded, begin)
    end = last.start() if last else len(words)
    return strip_end(words[begin:end])[:200], end


def _abstract(words: str, folded: str, start: int) -> str:
    if folded[start : start + 1] in {";", ","}:
        return ""  # the next document, or the plan itself
    lead = _ABOUT.match(folded[start:])
    begin = start + (lead.end() if lead else 0)
    plan = _ENACTING.search(folded, begin)
    rest = strip_end(words[begin : plan.start() if plan else len(words)]).lstrip()
    return rest[:1].upper() + rest[1:]
