"""Kết quả phúc tra: what a unit asked to be looked at again, and what was decided, criterion by criterion.

A notice (thông báo) in the form of Nghị định 30/2020/NĐ-CP, which the organ that holds the round sends to the unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils import timezone

from assessments.contexts.lines import ScoreLine
from assessments.contexts.result import assessment_result
from assessments.models import Appeal, Assessment, Score
from assessments.permissions import RESULT_SHOWN
from reports.contexts import paper
from reports.contexts.blocks import Block, Cell, Heading, Row, Run, Table, cell, paragraph, row
from reports.contexts.paper import Paper
from reports.contexts.report import DocumentReport
from units.models import Unit, User
from units.permissions import Permission

LIGHTS = {"green": "● X", "yellow": "■ V", "red": "▲ Đ", "": ""}
OUTCOMES = {
    Appeal.State.UPHELD: "Chấp nhận",
    Appeal.State.PARTLY: "Chấp nhận một phần",
    Appeal.State.REJECTED: "Không chấp nhận",
    Appeal.State.OPEN: "Chưa kết luận",
}
HEADS = {
    Unit.Kind.DEPARTMENT: ("GIÁM ĐỐC",),
    Unit.Kind.COMMITTEE: ("TM. BAN CHỈ ĐẠO", "TRƯỞNG BAN"),
}
PEOPLES_COMMITTEE = ("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH")


@dataclass(frozen=True, kw_only=True)
class DecidedAppeal:
    """`own`, `verified` and `after`: points or lights as the document writes them."""

    code: str
    title: str
    asked: str
    outcome: str
    reason: str
    own: str
    verified: str
    after: str


@dataclass(frozen=True, kw_only=True)
class AppealOutcome(DocumentReport):
    assessment_id: int
    unit: str
    appeals: Sequence[DecidedAppeal] = field(default_factory=list)


def appeal_outcome(assessment: Assessment, *, user: User) -> AppealOutcome:
    """The appeals that were sent, in the order of the criteria. A constant number of queries."""
    told = assessment.state in RESULT_SHOWN
    stages = frozenset(each.value for each in Score.Stage) - {Score.Stage.SECOND.value}
    result = assessment_result(assessment, stages=stages if told else {Score.Stage.SELF.value})
    lines = {line.criterion_id: line for line in result.every_line}
    sent = assessment.appeals.filter(state__in=OUTCOMES).select_related("criterion").order_by("criterion__order", "pk")
    found = list(sent) if told else []
    appeals = [_decided(each, lines[each.criterion_id], result.is_points) for each in found]
    now = timezone.now()
    day = max((each.decided_at for each in found if each.decided_at), default=now)
    final = result.final.total if result.final else None
    return AppealOutcome(
        title=f"Kết quả phúc tra của {assessment.unit.name}: {result.title}",
        file_name=paper.file_safe(f"Kết quả phúc tra - {assessment.unit.name} - {result.title}"),
        made_at=now,
        scope={Permission.ASSESSMENT_VIEW.value: [assessment.unit_id]},
        paper=_paper(assessment, timezone.localtime(day).date()),
        abstract=paper.balanced(f"Kết quả phúc tra điểm đánh giá của {assessment.unit.name}"),
        blocks=_blocks(assessment, appeals, found, paper.points(final) if result.is_points else ""),
        assessment_id=assessment.pk,
        unit=assessment.unit.name,
        appeals=appeals,
    )


def _given(score: object, by_points: bool) -> str:
    if getattr(score, "not_applicable", False):
        return "KAD"
    if by_points:
        return paper.points(getattr(score, "points", None))
    return LIGHTS[getattr(score, "light", "")]


def _decided(appeal: Appeal, line: ScoreLine, by_points: bool) -> DecidedAppeal:
    return DecidedAppeal(
        code=line.code,
        title=line.title,
        asked=appeal.text,
        outcome=OUTCOMES[Appeal.State(appeal.state)],
        reason=appeal.outcome,
        own=_given(line.self_, by_points),
        verified=_given(line.verified, by_points),
        after=_given(line.stands, by_points) if appeal.decided_at else "",
    )


def _paper(assessment: Assessment, day: date) -> Paper:
    """The organ that holds the round speaks; number, day and signature stay empty places."""
    unit = assessment.round.unit
    is_peoples_committee = len(paper.organ_lines(unit.name)) > 1
    return Paper(
        type="THÔNG BÁO",
        symbol_head="TB-",
        parent_organ=paper.parent_organ(unit.name, unit.parent),
        organ=unit.name,
        organ_lines=paper.organ_lines(unit.name),
        symbol_tail="UBND" if is_peoples_committee else "BCĐ" if unit.kind == Unit.Kind.COMMITTEE else "",
        place=unit.place,
        month=paper.written_month(day.month),
        year=day.year,
        recipients=paper.recipient_lines([(assessment.unit.name, ""), ("Tổ thẩm định", ""), ("Lưu: VT", "")]),
        authorities=PEOPLES_COMMITTEE if is_peoples_committee else HEADS.get(Unit.Kind(unit.kind), ()),
        office_lines=(),
    )


def _blocks(
    assessment: Assessment, appeals: Sequence[DecidedAppeal], found: Sequence[Appeal], total: str
) -> list[Block]:
    unit = assessment.unit.name
    if not appeals:
        return [paragraph(f"{unit} không đề nghị phúc tra kết quả đánh giá./.")]
    decided = [each for each in found if each.decided_at]
    changed = sum(each.state != Appeal.State.REJECTED for each in decided)
    blocks: list[Block] = [
        paragraph(
            f"Xem xét đề nghị phúc tra của {unit} ngày {_day(max(each.raised_at for each in found))} đối với kết quả "
            f"thẩm định {_inside(assessment.round.title)}, {assessment.round.unit.name} thông báo kết quả như sau:"
        ),
        Heading(text="1. Kết quả chung"),
        paragraph(
            f"Đề nghị phúc tra {paper.count(len(found))} tiêu chí; đã kết luận {paper.count(len(decided))} tiêu chí, "
            f"trong đó điều chỉnh kết quả {paper.count(changed)} tiêu chí, giữ nguyên "
            f"{paper.count(len(decided) - changed)} tiêu chí."
        ),
    ]
    if total:
        blocks.append(paragraph("Tổng điểm sau phúc tra: ", Run(f"{total} điểm", "run-in"), "."))
    blocks += [Heading(text="2. Kết quả từng tiêu chí"), _table(appeals), Heading(text="3. Nội dung và lý do")]
    for each in appeals:
        blocks.append(paragraph(Run(f"Tiêu chí {each.code}. {each.title}", "run-in")))
        blocks += [paragraph(f"Nội dung đề nghị: {_sentence(each.asked)}")]
        told = f"{each.outcome}. {_sentence(each.reason)}" if each.reason else f"{each.outcome}."
        blocks.append(paragraph(f"Kết luận: {told}"))
    blocks.append(paragraph(f"Trên đây là kết quả phúc tra, thông báo để {unit} biết, thực hiện./."))
    return blocks


def _table(appeals: Sequence[DecidedAppeal]) -> Table:
    def numbers(each: DecidedAppeal) -> list[Cell]:
        return [cell(text or "–", "centre") for text in (each.own, each.verified, each.after)]

    head: Row = row("Mã", "Tiêu chí", "Tự chấm", "Thẩm định", "Sau phúc tra", "Kết luận")
    return Table(
        widths=[13, None, 18, 18, 20, 32],
        head=[head],
        rows=[row(cell(each.code, "centre"), each.title, *numbers(each), each.outcome) for each in appeals],
    )


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def _inside(title: str) -> str:
    """The title inside a sentence loses its capital, unless it is an abbreviation."""
    return title[:1].lower() + title[1:] if title[1:2].islower() else title


def _day(moment: datetime) -> str:
    return paper.written_day(timezone.localtime(moment).date())
