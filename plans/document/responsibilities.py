"""Which body has which duties."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace

from plans.document.model import Responsibility, Text
from plans.document.paragraphs import Node
from plans.document.sections import run_in, says_who_executes
from plans.document.spelling import fold, strip_end

_BODY = re.compile(
    r"(?:cac |mot so |tat ca |cac co quan|dong chi )*(?:so\b(?! luong)|ubnd|uy ban|ban\b(?! hanh)|bcd|chi cuc|"
    r"cuc|tong cuc|"
    r"van phong|phong|"
    r"trung tam|cong an|to\b(?! chuc)|bo\b(?! tri| sung)|bao\b(?! cao| dam)|dai\b|vien|truong|hoi\b(?! nghi|"
    r" thao)|doan|lien\b|co quan|don vi|thanh tra|kho bac|"
    r"chanh|giam doc|"
    r"thu truong|chu tich|mat tran|thanh vien|xa\b|phuong\b|huyen|ca nhan|dia phuong|nganh|doi voi|de nghi|"
    r"giao\b|yeu cau|"
    r"trach nhiem|bo phan|vu\b|pho |bi thu|thuong truc|ke toan|van thu|cong doan|lanh dao|nguoi dung dau|"
    r"doanh nghiep|can bo|cong chuc|bao hiem|buu dien)"
)
_LEAD = re.compile(r"(?:trach nhiem (?:cua|doi voi)|giao(?: cho)?|doi voi|de nghi|yeu cau)\s+")
# What a body does. Some of the words stand in names too ("Ban Chỉ đạo", "Đoàn kiểm tra", "đơn vị phối hợp").
_VERB = re.compile(
    r"(?<!duoc )(?<!ban )(?<!doan )(?<!to )(?<!co quan )(?<!don vi )(?<!hoi dong )(?<!bo phan )\b(?:chu tri|phoi hop|"
    r"to chuc|thuc hien|"
    r"chi dao|kiem tra|giam sat|tham dinh|danh gia|theo doi|tham muu|ho tro|huong dan|trien khai)"
    r"|\b(?:co trach nhiem|chiu trach nhiem|co nhiem vu|can cu|tren co so|theo chuc nang|theo nhiem vu|trong pham vi|"
    r"xay dung|bo tri|don doc|chu dong|bao cao|cu |tong hop|bao dam|dam bao|tang cuong|lam dau moi|la co quan|"
    r"la dau moi|thong bao|tuyen truyen|tham gia|cung cap|lap |ban hanh|dua |trinh |tiep nhan|ra soat|cong bo|cap nhat|"
    r"dang tai|phe duyet|nghien cuu|de xuat|can doi|quan triet|chuan bi|dieu phoi|hoan thanh|thi hanh|phan cong|"
    r"su dung|"
    r"thuong xuyen|dinh ky|kip thoi|tiep tuc|duoc giao|duoc phan cong)"
)

_EXECUTES = re.compile(r"\b(?:co trach nhiem|chiu trach nhiem|can cu quyet dinh)\b")  # "Các ông (bà) …"


def read_responsibilities(nodes: list[Node], headings: list[Text]) -> list[Responsibility]:
    """The bodies named by `nodes`, each with its duties; a heading over several bodies goes to `headings`."""
    found: list[Responsibility] = []
    more: dict[int, list[Text]] = defaultdict(list)  # paragraphs that go on with the duties of a body
    stack = list(reversed(nodes))
    while stack:
        node = stack.pop()
        if node.table or node.style == "note":
            continue
        bodies = [child for child in node.children if _names_body(child)]
        if bodies and not run_in(node.text)[1] and len(bodies) == len(_labelled(node)) and not _leads(node):
            headings.append(node.as_text())
            stack.extend(reversed(node.children))
            continue
        read = _read(node)
        if read:
            found.append(read)
        elif found and node.style == "none":
            more[len(found) - 1].append(node.as_text())
        elif node.children and len(node.text) < 120:
            headings.append(node.as_text())
            stack.extend(reversed(node.children))
    for place, texts in more.items():
        one = found[place]
        lines = (*one.source, *(number for text in texts for number in text.source))
        found[place] = replace(one, duties=(*one.duties, *texts), source=lines)
    return found


def names_body(text: str) -> bool:
    """Whether a heading or sentence begins with a body or with "Giao", "Trách nhiệm của"."""
    return bool(_BODY.match(fold(text)))


def _labelled(node: Node) -> list[Node]:
    return [child for child in node.children if child.style not in {"none", "note", "table"}]


def _leads(node: Node) -> bool:
    """Whether the node itself names one body over its dashes, as "2. Sở Khoa học và Công nghệ"."""
    return bool(_BODY.match(fold(node.text))) and not re.match(r"(?:trach nhiem|phan cong)", fold(node.text))


def _names_body(node: Node) -> bool:
    if node.style in {"none", "note", "table", "plus"}:
        return False
    return bool(_BODY.match(fold(node.text))) and (bool(node.children) or _body_of(node.text) is not None)


def _read(node: Node) -> Responsibility | None:
    duties = [text for child in node.children for text in _flat(child)]
    source = (*node.source, *(number for duty in duties for number in duty.source))
    label = node.label or None
    head, rest = run_in(node.text)
    if rest and _is_body(head) and not (says_who_executes(rest) and _body_of(node.text)):  # "Giám đốc các Sở: …"
        return Responsibility(_bare(head), (Text(rest, node.source), *duties), label, source, _heading(head))
    if duties and (node.text.endswith(":") or not _VERB.search(fold(node.text)) or len(node.text) < 60):
        return Responsibility(_bare(node.text), tuple(duties), label, source, _heading(node.text))
    body = _body_of(node.text)
    if body:
        return Responsibility(body, (node.as_text(), *duties), label, source)
    return None


def _is_body(head: str) -> bool:
    return len(head) <= 160 and (bool(_BODY.match(fold(head))) or not _VERB.search(fold(head)))


def _body_of(text: str) -> str | None:
    """The body at the beginning of a running sentence, up to what it has to do."""
    folded = fold(text)
    lead = _LEAD.match(folded)
    begin = lead.end() if lead else 0
    known = bool(lead or _BODY.match(folded))
    if not known and not says_who_executes(text):
        return None
    verb = (_VERB if known else _EXECUTES).search(folded, begin + 1)
    if not verb:
        return None
    body = strip_end(text[begin : verb.start()])
    return body if body and len(body) <= 600 else None


def _bare(text: str) -> str:
    """The body's name without "Trách nhiệm của", "Giao", "Đối với" before it."""
    text = strip_end(text)
    lead = _LEAD.match(fold(text))
    return text[lead.end() :] if lead else text


def _heading(text: str) -> str | None:
    return strip_end(text) if _bare(text) != strip_end(text) else None


def _flat(node: Node) -> list[Text]:
    texts: list[Text] = []
    stack = [node]
    while stack:
        top = stack.pop()
        if top.style != "note" and top.text:
            texts.append(top.as_text())
        stack.extend(reversed(top.children))
    return texts
