"""From the text of a paper to the document: head, bases, body, closing, annexes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from plans.document.body import Body, walk
from plans.document.closing import Closing, find_closing, read_closing
from plans.document.head import AUTHORITY, BASIS, ENACTING, KIND, HeadRead, find_kind, read_head
from plans.document.issuer import find_issuer, find_standards
from plans.document.ledger import settle
from plans.document.lines import RawLine, split_lines
from plans.document.model import PlanDocument, Text
from plans.document.paragraphs import Node, is_bare_heading, label_of, nest, read_paragraphs
from plans.document.sections import read_sections
from plans.document.spelling import fold, is_capitals, strip_end

_CLOSING_CLAUSE = re.compile(
    r"(?:trong qua trinh|tren day la|(?:yeu cau|de nghi) (?:cac|thu truong|lanh dao)|nhan duoc|ke hoach nay|neu co |"
    r"(?:uy ban nhan dan|ubnd|ban chi dao|so khoa hoc|chu tich)[^.;:]{0,80}\b(?:yeu cau|de nghi)\b)"
)
_ENACTS = re.compile(r"\b(?:ban hanh|xay dung|quyet dinh|nhu sau|voi (?:cac )?noi dung|trien khai|to chuc|de ra)\b")
_HEADINGS = {"part", "capital", "roman", "article", "number", "number2", "letter"}


@dataclass(slots=True)
class _Opening:
    """What stands between title and first section."""

    bases: list[Text] = field(default_factory=list)
    preamble: list[Text] = field(default_factory=list)
    authority: Text | None = None
    enacting: Text | None = None


def read_document(text: str) -> PlanDocument:
    """Read a plan or decision. Never raises on any text; what no field took is listed in `unrecognised`."""
    lines = split_lines(text)
    kind = find_kind(lines, min(len(lines), 80))
    start = _first_section(lines, 0 if kind is None else kind + 1)
    head = read_head(lines, start)
    start = max(start, head.stop)
    end = find_closing(lines, start if start < len(lines) else head.stop)
    start = min(start, end)
    closing = read_closing(lines, end)
    decorations = [*head.decorations, *closing.decorations]

    before = read_paragraphs(lines, head.stop, start)
    opening = _read_opening(before.nodes)
    paragraphs = read_paragraphs(lines, start, end)
    clauses = _closing_clauses(paragraphs.nodes)
    annex = read_paragraphs(lines, closing.stop, len(lines))
    titles = _annex_titles(annex.nodes)
    decorations += [*before.decorations, *paragraphs.decorations, *annex.decorations]

    body = Body(year=_plan_year(head), legal_bases=opening.bases)
    root, annex_root = nest(paragraphs.nodes), nest(annex.nodes)
    walk(root, body)
    walk(annex_root, body, annex=True)
    return settle(_assemble(head, opening, body, closing, clauses, titles, decorations, (root, annex_root)), lines)


def _assemble(
    head: HeadRead,
    opening: _Opening,
    body: Body,
    closing: Closing,
    clauses: list[Text],
    titles: list[Text],
    decorations: list[Text],
    roots: tuple[Node, Node],
) -> PlanDocument:
    tasks = body.tasks()
    texts = [*opening.bases, *opening.preamble, *([head.title] if head.title else []), *body.purposes]
    issuer = find_issuer(
        organ=head.head.organ,
        authority=opening.authority,
        signature=closing.signature,
        place=head.place,
        texts=[*texts, *clauses],
    )
    about = [head.title.text if head.title else "", *(text.text for text in (*body.purposes, *body.requirements))]
    cited = find_standards(
        [*about, *(task.title for task in tasks), *(text.text for text in (*opening.bases, *opening.preamble))]
    )
    return PlanDocument(
        number=head.number,
        symbol=head.symbol,
        kind=head.kind,
        place=head.place,
        issue_date=head.issue_date,
        issuer=issuer.text if issuer else None,
        title=head.title.text if head.title else None,
        standards=find_standards(about) or cited,
        cited_standards=cited,
        legal_bases=tuple(body.legal_bases),
        purposes=tuple(body.purposes),
        requirements=tuple(body.requirements),
        tasks=tuple(tasks),
        funding=body.funding(),
        responsibilities=tuple(body.responsibilities),
        recipients=closing.recipients,
        signature=closing.signature,
        head=head.head,
        number_source=head.number_source,
        kind_source=head.kind_source,
        title_source=head.title.source if head.title else (),
        issuer_source=issuer.source if issuer else (),
        authority=opening.authority,
        enacting=opening.enacting,
        preamble=tuple(opening.preamble),
        contents=tuple(body.contents),
        scope=tuple(body.scope),
        schedule=tuple(body.schedule),
        provisions=tuple(body.provisions),
        annex_notes=tuple(body.annex_notes),
        annex_titles=tuple(titles),
        headings=tuple(body.headings),
        closing=tuple(clauses),
        recipients_heading=closing.heading,
        decorations=tuple(decorations),
        sections=(*read_sections(roots[0], body.kinds), *read_sections(roots[1], body.kinds)),
    )


def _first_section(lines: tuple[RawLine, ...], start: int) -> int:
    for position in range(start, len(lines)):
        text = lines[position].tidy
        if label_of(text)[0] in _HEADINGS or is_bare_heading(text):
            return position
    return len(lines)


def _read_opening(nodes: list[Node]) -> _Opening:
    opening = _Opening()
    listing = False
    for node in nodes:
        folded = fold(node.text)
        if ENACTING.match(folded) and is_capitals(node.text):
            opening.enacting = node.as_text()
        elif AUTHORITY.match(folded) and is_capitals(node.text) and not opening.bases:
            opening.authority = node.as_text()
        elif BASIS.match(folded) and node.text.endswith(":") and len(node.text) < 60:
            opening.preamble.append(node.as_text())
            listing = True
        elif BASIS.match(folded) or (listing and node.style in {"dash", "plus"}):
            opening.bases.append(node.as_text())
        elif (node.style == "none" and (_ENACTS.search(folded) or node.text.endswith(":"))) or node.style == "note":
            opening.preamble.append(node.as_text())
    return opening


def _closing_clauses(nodes: list[Node]) -> list[Text]:
    """Take the closing sentences off the end of the body; they stand under its last section by place only."""
    clauses: list[Text] = []
    while len(nodes) > 1 and len(clauses) < 3:
        last = nodes[-1]
        folded = fold(strip_end(last.text))
        numbered = last.style in {"number", "letter", "dash"} and folded.startswith("trong qua trinh")
        if not (numbered or (last.style == "none" and _CLOSING_CLAUSE.match(folded))):
            break
        clauses.insert(0, nodes.pop().as_text())
    return clauses


def _annex_titles(nodes: list[Node]) -> list[Text]:
    """Take titles off an annex: "PHỤ LỤC", its name in capitals, "(Kèm theo Kế hoạch số …)"."""
    titles: list[Text] = []
    rest: list[Node] = []
    follows = False
    for node in nodes:
        named = re.match(r"(?:phu luc|bieu|mau so|\(?(?:ban hanh )?kem theo|don vi tinh|dvt)", fold(node.text))
        begins = named or is_capitals(node.text) or KIND.match(node.text)
        follows = node.style in {"none", "note"} and bool(begins or (follows and len(node.text) < 300))
        if follows:
            titles.append(node.as_text())
        else:
            rest.append(node)
    nodes[:] = rest
    return titles


def _plan_year(head: HeadRead) -> int | None:
    """The year the plan is for: the last one its title names, else that of its date."""
    years = re.findall(
        r"(?<!\d)(?:20|21)\d\d(?!\d)", re.sub(r"\d{4,5}\s?:\s?\d{4}", "", head.title.text if head.title else "")
    )
    return int(years[-1]) if years else head.issue_date.year
