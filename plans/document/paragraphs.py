"""Lines joined into paragraphs, each with the label it begins with ("I.", "a)", "-")."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

from plans.document.lines import RawLine, joined
from plans.document.model import Source, Text
from plans.document.spelling import fold, is_capitals
from plans.document.stacked import read_stacked_table
from plans.document.table import Table, read_table

# Ranks of label styles: a lower rank ends what stands under a higher one.
RANK = {
    "part": 0, "capital": 1, "roman": 2, "article": 2, "note": 2, "number": 3, "number2": 4, "number3": 5,
    "letter": 6, "dash": 7, "plus": 8, "none": 9, "table": 9,
}  # fmt: skip
_LABELS = (
    ("part", re.compile(r"(?:Phần|PHẦN)\s+(?:thứ\s+\w+|THỨ\s+\w+|[IVX]{1,5}|\d{1,2})\b\s?[.:–-]?")),
    ("article", re.compile(r"(?:Điều|ĐIỀU)\s+\d{1,3}\s?[.:]?")),
    ("roman", re.compile(r"(?!V/v)(?=[IVX])X{0,3}(?:IX|IV|V?I{0,3})\s?(?:[./):]|[–-](?=\s))(?=\s*[^\W\d])")),
    ("capital", re.compile(r"[A-H]\s?[./)](?=\s+\w)")),
    ("number3", re.compile(r"\d{1,2}\.\d{1,2}\.\d{1,2}(?:\.\d{1,2})?[.)/]?(?=\s+[^\W\d_a-z(])")),
    ("number2", re.compile(r"\d{1,2}\.\d{1,2}[.)/]?(?=\s+[^\W\d_a-z(])")),
    ("number", re.compile(r"\d{1,2}\s?(?:[.)](?=\s*[^\W\d(])|/(?=\s*[^\W\d])|[–-](?=\s+[^\W\d]))")),
    ("letter", re.compile(r"[a-zđ]\s?(?:\)|[./](?=\s))(?=\s*\S)")),
    ("plus", re.compile(r"[+](?=\s*\S)")),
    ("dash", re.compile(r"[-–—−•●▪■◦○*·►➢✓\uf000-\uf0ff](?=\s*\S)")),
)
RULE = re.compile(r"[\W_]+")
# Most lines begin with a word; they are told from labels by one look.
_MAY_BEGIN_WITH_LABEL = re.compile(r"[^\w\s]|(?:\w{1,5}|\d{1,2}(?:\.\d{1,2}){1,3})\s?(?:[.)/:–-]|\s)|Ph|PH|Điều|ĐIỀU")
# A heading in capitals without a label still begins a section.
_BARE_HEADING = re.compile(
    r"(?:muc dich|muc tieu|yeu cau|kinh phi|to chuc thuc hien|(?:cac )?nhiem vu|noi dung|tien do|trach nhiem|"
    r"phan cong)\b"
)
_PAGE_NUMBER = re.compile(r"(?:-\s?)?\d{1,3}(?:\s?-)?|Trang \d{1,3}(?:\s?/\s?\d{1,3})?")
_NOTE = re.compile(r"\(.*(?:phu luc|kem theo|bieu mau|du toan chi tiet)")
# Words that begin a legal basis or the closing clause, never the rest of a sentence.
BEGINS_ANEW = re.compile(
    r"(?:can cu|theo de nghi|xet|thuc hien (?:ke hoach|quyet dinh|chuong trinh|cong van)|trong qua trinh|tren day la)\b"
)
_ISSUES = re.compile(r"\b(?:ban hanh|xay dung|de ra) (?:ke hoach|chuong trinh)\b.*:$")
_SURE_WRAPS = 3
_OPEN_END = re.compile(r"(?:,|\b(?:và|của|các|về|cho|tại|với|theo|trong|hoặc|để|là|số))$")
ATTRIBUTE = re.compile(
    r"(?:(?P<lead>(?:co quan|don vi|bo phan)?\s?(?:chu tri|dau moi)(?: thuc hien| tham muu)?)"
    r"|(?P<support>(?:(?:cac )?(?:co quan|don vi|bo phan))?\s?phoi hop(?: thuc hien)?)"
    r"|(?P<direct>(?:co quan|don vi|lanh dao)?\s?chi dao)"
    r"|(?P<period>thoi (?:gian|han|diem)(?: thuc hien| hoan thanh| trien khai| to chuc| du kien)*"
    r"|tien do(?: thuc hien)?|hoan thanh)"
    r"|(?P<deliverable>(?:du kien )?(?:san pham|ket qua)"
    r"(?:,? (?:san pham|ket qua|du kien|dat duoc|dau ra|hoan thanh))*)"
    r"|(?P<cost>(?:tong )?kinh phi(?: thuc hien| du kien)*)"
    r"|(?P<quantity>so luong|quy mo)"
    r"|(?P<execute>(?:co quan|don vi|bo phan|nguoi)? ?(?:thuc hien|phu trach)))\s*:\s*"
)


@dataclass(slots=True)
class Node:
    """A paragraph or table, and what stands under it."""

    style: str
    label: str = ""
    lines: list[RawLine] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)
    table: Table | None = None
    text: str = ""

    @property
    def source(self) -> Source:
        return tuple(line.number for line in self.lines)

    def as_text(self) -> Text:
        return Text(self.text or self.label, self.source)


@dataclass(frozen=True, slots=True)
class Paragraphs:
    nodes: list[Node]
    decorations: list[Text]


def is_decoration(line: RawLine) -> bool:
    """A drawn rule or a page number."""
    return bool(RULE.fullmatch(line.tidy) and len(set(line.tidy) - {" "}) <= 2) or bool(
        _PAGE_NUMBER.fullmatch(line.tidy)
    )


def read_paragraphs(lines: tuple[RawLine, ...], start: int, stop: int) -> Paragraphs:
    """The paragraphs and tables of `lines[start:stop]`, lines that the paper only wrapped joined."""
    nodes: list[Node] = []
    decorations: list[Text] = []
    width = _wrap_width(lines)
    gap = False
    position = start
    while position < stop:
        line = lines[position]
        found = read_table(lines, position, stop) or read_stacked_table(lines, position, stop)
        if found:
            table, position = found
            rows = [table.header, *table.rows]
            nodes.append(Node("table", lines=[line for row in rows for line in row.lines], table=table))
            continue
        position += 1
        gap = gap or line.after_gap
        if is_decoration(line):
            decorations.append(joined([line]))
            continue
        style, label = label_of(line.tidy)
        if style == "none" and nodes and nodes[-1].style != "table" and _goes_on(nodes[-1], line, gap, width):
            nodes[-1].lines.append(line)
        else:
            if style == "none" and is_bare_heading(line.tidy):
                style = "roman"
            nodes.append(Node(style, label, [line]))
        gap = False
    for node in nodes:
        if node.table is None:
            node.text = joined(node.lines).text.removeprefix(node.label).strip()
            if node.style == "none" and _NOTE.match(fold(node.text)):
                node.style = "note"
    return Paragraphs(nodes, decorations)


def is_bare_heading(text: str) -> bool:
    return len(text) < 150 and is_capitals(text) and bool(_BARE_HEADING.match(fold(text)))


def label_of(text: str) -> tuple[str, str]:
    """The style and the words of the label `text` begins with; ("none", "") when it has none."""
    if not _MAY_BEGIN_WITH_LABEL.match(text):
        return "none", ""
    for style, pattern in _LABELS:
        found = pattern.match(text)
        if found and found.group():
            return style, found.group()
    return "none", ""


def nest(nodes: list[Node]) -> Node:
    """The paragraphs as a tree by the rank of their labels."""
    root = Node("root")
    stack = [(-1, root)]
    for node in nodes:
        rank = RANK[node.style]
        if node.style in {"none", "table"} and not (node.text and ATTRIBUTE.match(fold(node.text))):
            rank = RANK["dash"]
        while stack[-1][0] >= rank:
            stack.pop()
        stack[-1][1].children.append(node)
        if node.style not in {"none", "table", "note"}:
            stack.append((rank, node))
    return root


def _wrap_width(lines: tuple[RawLine, ...]) -> int | None:
    """The length at which the paper breaks its lines, from those that surely go on; None when it does not wrap."""
    lengths = sorted(
        len(line.tidy)
        for line, following in pairwise(lines)
        if following.tidy[0].islower() and not line.tidy.endswith((".", ";", ":")) and not _begins(following.tidy)
    )
    if len(lengths) < _SURE_WRAPS:
        return None
    width = lengths[len(lengths) * 9 // 10]
    # Lines far longer than that: paragraphs are whole here, only a title or a column is wrapped.
    longer = sum(len(line.tidy) > 1.5 * width for line in lines)
    return None if longer >= max(_SURE_WRAPS, len(lengths)) else width


def _begins(text: str) -> bool:
    return label_of(text)[0] != "none"


def _goes_on(node: Node, line: RawLine, gap: bool, width: int | None) -> bool:
    """Whether `line`, which has no label, is the rest of the sentence that the page or the column cut."""
    before, text = node.lines[-1].tidy, line.tidy
    folded = fold(text)
    if ATTRIBUTE.match(folded) or _NOTE.match(folded) or (text[0].isupper() and BEGINS_ANEW.match(folded)):
        return False
    is_full = not gap and width is not None and len(before) + 1 + len(text.split(" ", 1)[0]) > width - 3
    if before.endswith(",") and text[0].isupper() and not is_full and _ISSUES.search(folded):
        return False
    if before.endswith((".", ";", "!", "?")):
        return is_full and not before.endswith("./.") and len(before) <= 2 * (width or 0)
    if is_capitals(before):
        return is_capitals(text) and not gap and not before.endswith(":")
    if is_capitals(text):
        return not gap and not before.endswith(":") and len(before) > 40
    if before.endswith(":"):
        return not gap and (text[0].islower() or text[0].isdigit())
    if text[0].islower() or text[0].isdigit() or _OPEN_END.search(before[-12:].lower()):
        return True
    return is_full or (not gap and text[0] == "(" and len(before) > 40)
