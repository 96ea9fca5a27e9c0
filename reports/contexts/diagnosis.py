"""Báo cáo kết quả chẩn đoán: a unit's 39 indicators before and after, with the wheel, by quadrant and by goal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from django.utils import timezone, translation

from assessments.contexts.diagnosis import STANDING, Diagnosis, Indicator, Quadrant, diagnosis_of, summary_of
from assessments.contexts.sdg import Goal, goals_of
from assessments.contexts.wheel import Bars, Wheel, goal_bars, quadrant_bars, wheel_of
from assessments.models import Assessment
from assessments.renderers.charts import NotDrawn
from assessments.renderers.wheel import bars_svg, wheel_svg
from reports.contexts import paper
from reports.contexts.assessment import LIGHTS, paper_of
from reports.contexts.blocks import Block, Figure, Heading, Table, cell, paragraph, row
from reports.contexts.diagnosis_sheets import (
    CHANGES,
    LEVELS,
    NOTE,
    competence_of,
    goal_sheet,
    indicator_sheet,
    part_sheet,
    summary_sheet,
)
from reports.contexts.report import DocumentReport, Sheet
from units.models import User
from units.permissions import Permission


@dataclass(frozen=True, kw_only=True)
class DiagnosisReport(DocumentReport):
    print_template: ClassVar[str] = "reports/document_print.html"

    diagnosis: Diagnosis
    goals: Sequence[Goal]

    @property
    def sheets(self) -> Sequence[Sheet]:
        told = self.diagnosis
        heads = [told.unit, f"Đợt chẩn đoán: {told.taken.title}", f"Bộ chỉ số: {told.criteria_set}; {told.standard}"]
        if told.before:
            heads.append(f"So với: {told.before.title}")
        sheets = [summary_sheet(told, [*heads, NOTE]), indicator_sheet(told, heads), goal_sheet(self.goals, heads)]
        if any(line.parts for line in told.lines):
            sheets.append(part_sheet(told, heads))
        return sheets


def _marked(line: Indicator) -> str:
    return f"{line.title} (*)" if line.overridden else line.title


# -- The document ------------------------------------------------------------------------------------------
def _figure(svg: str, drawn: Wheel | Bars, width: int) -> Figure:
    return Figure(svg=svg, alt=f"{drawn.title}. {drawn.description}", width=width)


def _pictures(told: Diagnosis, goals: Sequence[Goal]) -> tuple[list[Block], list[Block], list[Block]]:
    """The wheel, the quadrants' bars and the goals'; none where they could not be drawn: the tables say the same."""
    wheel, bars, by_goal = wheel_of(told), quadrant_bars(told), goal_bars(goals)
    try:
        return (
            [_figure(wheel_svg(wheel), wheel, 125)],
            [_figure(bars_svg(bars), bars, 120)],
            [_figure(bars_svg(by_goal), by_goal, 130)],
        )
    except NotDrawn:
        return [], [], []


def _summary_table(told: Diagnosis) -> Table:
    if not told.before:
        return Table(
            widths=(None, 25),
            head=[row("Mức", "Số chỉ số")],
            rows=[
                *(row(LEVELS[each.light], cell(each.after, "centre")) for each in summary_of(told)),
                row("Tổng số", cell(told.counts.of, "centre"), look="total"),
            ],
        )
    body = [
        row(
            LEVELS[each.light],
            cell(each.before, "centre"),
            cell(each.after, "centre"),
            cell(each.change, "centre"),
        )
        for each in summary_of(told)
    ]
    of = told.counts.of
    return Table(
        widths=(None, 22, 22, 25),
        head=[row("Mức", "Trước", "Sau", "Thay đổi")],
        rows=[*body, row("Tổng số", cell(of, "centre"), cell(of, "centre"), "", look="total")],
    )


def _quadrant_table(told: Diagnosis, quadrant: Quadrant) -> Table:
    if not told.before:
        return Table(
            widths=(14, None, 22, 40),
            head=[row("Mã", "Chỉ số", "Mức", "Thẩm quyền")],
            rows=[
                row(cell(line.code, "centre"), _marked(line), cell(LIGHTS[line.light], "centre"), competence_of(line))
                for line in quadrant.lines
            ],
        )
    return Table(
        widths=(14, None, 16, 16, 24, 34),
        head=[row("Mã", "Chỉ số", "Trước", "Sau", "Thay đổi", "Thẩm quyền")],
        rows=[
            row(
                cell(line.code, "centre"),
                _marked(line),
                cell(LIGHTS[line.before or ""], "centre"),
                cell(LIGHTS[line.light], "centre"),
                cell(CHANGES[line.change], "centre"),
                competence_of(line),
            )
            for line in quadrant.lines
        ],
    )


def _head_of(quadrant: Quadrant, told: Diagnosis) -> str:
    if not told.before:
        return f"xanh {quadrant.counts.green}/{quadrant.counts.of}"
    words = f"xanh {quadrant.before.green} → {quadrant.counts.green}, {quadrant.up} tốt lên"
    return f"{words}, {quadrant.down} xấu đi" if quadrant.down else words


def _general(told: Diagnosis) -> list[Block]:
    blocks: list[Block] = [
        Heading(text="I. THÔNG TIN CHUNG"),
        paragraph(f"Đợt chẩn đoán: {told.taken.title}; ngày {_day(told.taken.day)}."),
        paragraph(
            f"Bộ chỉ số: {told.criteria_set}, phiên bản {told.criteria_version}, Phụ lục A (2019), {told.standard}."
        ),
    ]
    if told.plan:
        blocks.append(paragraph(f"Kế hoạch thí điểm: {told.plan}."))
    if told.before:
        blocks.append(paragraph(f"So sánh với: {told.before.title}; ngày {_day(told.before.day)}."))
    basis = "đã được thẩm định" if told.taken.basis == STANDING else "do đơn vị tự đánh giá, chưa thẩm định"
    return [*blocks, paragraph(f"Kết quả trong báo cáo {basis}. {NOTE}")]


def _changes(told: Diagnosis) -> list[Block]:
    if not told.before:
        return []
    words = f"So với trước: {told.up} chỉ số tốt lên, {told.down} chỉ số xấu đi, {told.same} chỉ số như cũ."
    return [paragraph(words)]


def _overridden(told: Diagnosis) -> list[Block]:
    if not told.overridden:
        return []
    blocks: list[Block] = [Heading(text="IV. CHỈ SỐ ĐƯỢC ĐIỀU CHỈNH CÓ LÝ DO (*)")]
    for line in told.overridden:
        worst = f"theo mức thấp nhất của chỉ số phụ {LIGHTS[line.worst]}" if line.worst else "chỉ số phụ chưa chấm đủ"
        reason = line.reason.rstrip(". ") or "chưa ghi"
        who = f" ({line.by}, {_day(line.at)})" if line.at else ""
        words = f"Chỉ số {line.code} {line.title}: {worst}, sau điều chỉnh {LIGHTS[line.light]}."
        blocks.append(paragraph(f"{words} Lý do: {reason}{who}."))
    return blocks


def _goal_table(goals: Sequence[Goal]) -> Table:
    return Table(
        widths=(None, 52, 15, 15, 15),
        head=[row("Mục tiêu", "Chỉ số", "● X", "■ V", "▲ Đ")],
        rows=[
            row(
                f"{goal.number}. {goal.title}",
                ", ".join(line.code for line in goal.lines),
                *(cell(count, "centre") for count in (goal.counts.green, goal.counts.yellow, goal.counts.red)),
            )
            for goal in goals
        ],
    )


def _blocks(told: Diagnosis, goals: Sequence[Goal]) -> list[Block]:
    wheel, bars, by_goal = _pictures(told, goals)
    rings = "Vòng trong: trước; vòng ngoài: sau. " if told.before else ""
    blocks: list[Block] = [
        *_general(told),
        Heading(text="II. KẾT QUẢ TỔNG HỢP"),
        paragraph("Bảng 1. Số chỉ số theo mức", look="caption"),
        _summary_table(told),
        *_changes(told),
        paragraph(f"Hình 1. Vòng tròn {told.counts.of} chỉ số", look="caption"),
        *wheel,
        paragraph(f"{rings}● X – xanh; ■ V – vàng; ▲ Đ – đỏ; ô trống – chưa đánh giá.", look="legend"),
        paragraph("Hình 2. Mức đánh giá theo nhóm", look="caption"),
        *bars,
        Heading(text="III. KẾT QUẢ TỪNG CHỈ SỐ"),
    ]
    for number, quadrant in enumerate(told.quadrants, start=2):
        title = f"Bảng {number}. Nhóm {quadrant.code}. {quadrant.title} ({_head_of(quadrant, told)})"
        blocks += [paragraph(title, look="caption"), _quadrant_table(told, quadrant)]
    blocks += _overridden(told)
    last = "V" if told.overridden else "IV"
    return [
        *blocks,
        Heading(text=f"{last}. THEO MỤC TIÊU PHÁT TRIỂN BỀN VỮNG (THAM KHẢO)"),
        paragraph("Liên hệ giữa chỉ số và mục tiêu chỉ để tham khảo; một chỉ số được tính ở mỗi mục tiêu của nó."),
        *by_goal,
        _goal_table(goals),
        paragraph(f"Trên đây là kết quả chẩn đoán của {told.unit}./."),
    ]


def _day(moment: datetime) -> str:
    return paper.written_day(timezone.localtime(moment).date())


def diagnosis_report(assessment: Assessment, *, user: User) -> DiagnosisReport:
    """The diagnosis as it may be told to whoever sees the sheet: the verified lights once they are told, until then the
    unit's own. In the language of documents."""
    now = timezone.now()
    with translation.override("vi"):
        told = diagnosis_of(assessment, user=user)
        goals = goals_of(told.lines)
        blocks = _blocks(told, goals)
    unit, updated = assessment.unit, assessment.updated_at
    return DiagnosisReport(
        title=f"Kết quả chẩn đoán của {told.unit}: {told.taken.title}",
        file_name=paper.file_safe(f"Kết quả chẩn đoán - {told.unit} - {told.taken.title}"),
        made_at=now,
        scope={Permission.ASSESSMENT_VIEW.value: [unit.pk]},
        paper=paper_of(unit, now),
        abstract=(
            *paper.balanced(f"Kết quả chẩn đoán của {told.unit}"),
            *paper.balanced(f"theo {told.counts.of} chỉ số của {told.standard}"),
        ),
        status_line=f"Số liệu cập nhật lúc {timezone.localtime(updated):%H:%M} ngày {_day(updated)}",
        blocks=blocks,
        diagnosis=told,
        goals=goals,
    )
