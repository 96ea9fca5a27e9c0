"""What a heading announces, and the body as sections for printing."""

from __future__ import annotations

import re

from plans.document.model import Item, Section, SectionKind, Text
from plans.document.paragraphs import Node
from plans.document.spelling import fold, is_capitals, strip_end

_ANNOUNCES: tuple[tuple[SectionKind, re.Pattern[str]], ...] = (
    ("purposes", re.compile(r"\b(?:muc dich|muc tieu)\b")),
    ("requirements", re.compile(r"\byeu cau\b")),
    ("funding", re.compile(r"\b(?:kinh phi|du toan|dinh muc|nguon luc tai chinh|tai chinh va nguon)\b")),
    (
        "responsibilities",
        re.compile(
            r"\b(?:to chuc (?:trien khai )?thuc hien|to chuc trien khai|phan cong|trach nhiem|dieu khoan thi hanh)\b"
        ),
    ),
    ("schedule", re.compile(r"\b(?:thoi gian|thoi han|tien do|dia diem)\b")),
    ("scope", re.compile(r"^(?:ve )?(?:pham vi|doi tuong)\b")),
    (
        "tasks",
        re.compile(
            r"\b(?:nhiem vu|giai phap|noi dung|cong viec|hoat dong|lo trinh|cac buoc|"
            r"ke hoach thuc hien|ke hoach cu the)\b"
        ),
    ),
    ("provision", re.compile(r"\b(?:can cu|co so phap ly)\b")),
)
_CHILD_ANNOUNCES: tuple[tuple[SectionKind, re.Pattern[str]], ...] = (
    ("purposes", re.compile(r"(?:ve )?(?:muc dich|muc tieu)\b")),
    ("requirements", re.compile(r"(?:ve )?yeu cau\b")),
    ("funding", re.compile(r"(?:ve )?(?:tong |nguon |du toan )*(?:kinh phi|du toan|dinh muc)\b")),
    ("responsibilities", re.compile(r"(?:ve )?(?:to chuc (?:trien khai )?thuc hien$|phan cong|trach nhiem)\b")),
    ("schedule", re.compile(r"(?:thoi gian|thoi han|dia diem|tien do|thoi diem)\b")),
    ("scope", re.compile(r"(?:ve )?(?:pham vi|doi tuong)\b")),
    ("tasks", re.compile(r"(?:ve )?(?:cac )?(?:nhiem vu|giai phap|noi dung|cong viec|hoat dong)\b(?! chi\b)")),
)
_PROVISION = re.compile(
    r"(?:ban hanh|phe duyet|cong bo|thanh lap|kien toan|bai bo|quyet dinh nay|thay the|dieu chinh|bo sung|"
    r"sua doi|cho phep)\b"
)
_EXECUTION = re.compile(
    r"(?:chiu trach nhiem (?:thi hanh|thuc hien)|can cu quyet dinh (?:nay )?thi hanh)|trach nhiem thi hanh"
)
_COLON = re.compile(r":(?!\d)")  # not the one of "TCVN ISO 9001:2015"
_HEADING_WORDS = 9


def announced(node: Node, inherited: SectionKind | None) -> SectionKind | None:
    """The kind of what stands under `node`, when the node is a heading; else None."""
    head, _ = run_in(node.text)
    folded = fold(strip_end(head))
    if node.style == "article":
        return _article(node, folded)
    if node.style in {"part", "capital", "roman"}:
        return _earliest(folded) or "other"
    if node.style not in {"number", "number2", "number3", "letter"}:
        return None
    if not _is_heading(node, folded):
        return None
    for kind, pattern in _CHILD_ANNOUNCES:
        if pattern.match(folded):
            return _inside(kind, inherited)
    return "other" if inherited is None and is_capitals(head) else None


def announces_both(node: Node) -> bool:
    """ "MỤC ĐÍCH, YÊU CẦU": the children say which is which."""
    folded = fold(node.text)
    return "yeu cau" in folded and ("muc dich" in folded or "muc tieu" in folded)


def executes(node: Node) -> bool:
    """ "Chánh Văn phòng, … chịu trách nhiệm thi hành Quyết định này", wherever in the articles it stands."""
    return node.style == "none" and says_who_executes(node.text)


def says_who_executes(text: str) -> bool:
    return bool(_EXECUTION.search(fold(text)))


def enacts_first(text: str) -> bool:
    """Whether an article enacts before it says who executes: "… có hiệu lực từ ngày ký. Chánh Văn phòng …"."""
    return bool(_PROVISION.match(fold(text))) and _last_sentence(text) > 0


def split_execution(article: Node) -> tuple[Text, Node]:
    """What such an article enacts, and the article with only the sentence of who executes."""
    cut = _last_sentence(article.text)
    execution = Node(article.style, article.label, article.lines, article.children, None, article.text[cut:].strip())
    return Text(article.text[:cut].strip(), article.source), execution


def _last_sentence(text: str) -> int:
    """Where the sentence begins that says who executes; 0 when the text has no other before it."""
    found = _EXECUTION.search(fold(text))
    return text.rfind(". ", 0, found.start()) + 1 if found else 0


def run_in(text: str) -> tuple[str, str]:
    """A heading and the words that follow it on the same line: "Nguồn kinh phí: từ …"."""
    colon = _COLON.search(text[:202])
    if not colon:
        return text, ""
    return text[: colon.start()].strip(), text[colon.end() :].strip()


def read_sections(root: Node, kinds: dict[int, SectionKind]) -> tuple[Section, ...]:
    """The body in the paper's order and words; paragraphs above the first heading make a section without a title."""
    sections: list[Section] = []
    loose: list[Node] = []
    for node in root.children:
        if node.style in {"none", "dash", "plus", "table", "note"}:
            loose.append(node)
            continue
        sections.extend(_loose_section(loose))
        loose = []
        items = tuple(item for child in node.children for item in _items(child))
        sections.append(Section(node.label, node.text, kinds.get(id(node), "other"), items, node.source))
    sections.extend(_loose_section(loose))
    return tuple(sections)


def _loose_section(nodes: list[Node]) -> list[Section]:
    return [Section("", "", "other", tuple(item for node in nodes for item in _items(node)))] if nodes else []


def _items(top: Node) -> list[Item]:
    """`top` and all under it, in order, without recursion: a paper may nest as deep as it likes."""
    items: list[Item] = []
    stack = [(top, 1)]
    while stack:
        node, depth = stack.pop()
        if node.table:
            for row in (node.table.header, *node.table.rows):
                cells = tuple(row.text(column) for column in range(len(row.cells)))
                source = tuple(line.number for line in row.lines)
                items.append(Item("", " ".join(filter(None, cells)), depth, source, cells))
        else:
            items.append(Item(node.label, node.text, depth, node.source))
        stack.extend((child, depth + 1) for child in reversed(node.children))
    return items


def _earliest(folded: str) -> SectionKind | None:
    found = [(match.start(), kind) for kind, pattern in _ANNOUNCES if (match := pattern.search(folded))]
    return min(found, key=lambda pair: pair[0])[1] if found else None


def _is_heading(node: Node, folded: str) -> bool:
    words = len(folded.split())
    return bool(words <= _HEADING_WORDS and (node.children or ":" in node.text or is_capitals(node.text) or words <= 4))


def _inside(kind: SectionKind, inherited: SectionKind | None) -> SectionKind | None:
    """A heading may change the subject of its section, but a body's duties stay duties."""
    if kind == inherited == "responsibilities":
        return None  # "Trách nhiệm của Sở …": a body, or a heading over bodies
    if kind == "tasks" and inherited in {"responsibilities", "funding", "purposes", "requirements"}:
        return None
    if kind in {"schedule", "scope", "purposes", "requirements"} and inherited in {"responsibilities", "funding"}:
        return None
    return kind


def _article(node: Node, folded: str) -> SectionKind:
    whole = fold(node.text)
    if _EXECUTION.search(whole):
        return "responsibilities"
    if _PROVISION.match(whole):
        return "provision"
    if re.match(r"(?:nguon |tong )?(?:kinh phi|du toan)", whole):
        return "funding"
    if re.match(r"(?:giao|phan cong|trach nhiem|to chuc thuc hien)\b", whole):
        return "responsibilities"
    return _earliest(folded[:120]) or "tasks"
