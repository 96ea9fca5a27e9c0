"""The words of a diagnosis in documents, and its tables for a workbook."""

from __future__ import annotations

from collections.abc import Sequence

from assessments.contexts.diagnosis import Diagnosis, Indicator, summary_of
from assessments.contexts.sdg import Goal
from reports.contexts.assessment import LIGHTS
from reports.contexts.report import Column, Kind, Row, Sheet

CHANGES = {"up": "↑ Tốt lên", "down": "↓ Xấu đi", "same": "Như cũ", "": "–"}
LEVELS = {
    "green": "● X – Xanh: đạt mức tối thiểu",
    "yellow": "■ V – Vàng: dưới mức tối thiểu",
    "red": "▲ Đ – Đỏ: chưa chấp nhận được",
    "": "Chưa đánh giá",
}
COMPETENCES = {"own": "Thuộc thẩm quyền", "shared": "Phối hợp", "not_own": "Không thuộc thẩm quyền", "": ""}
NOTE = (
    "Xanh là mức tối thiểu chấp nhận được, không phải mức xuất sắc. Tiêu chuẩn không quy định tổng điểm; các số đếm "
    "trong báo cáo do phần mềm tổng hợp."
)


def competence_of(line: Indicator) -> str:
    words = COMPETENCES[line.competence]
    return f"{words}: {line.competence_note}" if words and line.competence_note else words


def summary_sheet(told: Diagnosis, heads: Sequence[str]) -> Sheet:
    rows = [Row(cells=[LEVELS[each.light], each.before, each.after, each.change]) for each in summary_of(told)]
    if not told.before:
        rows = [Row(cells=[LEVELS[each.light], None, each.after, None]) for each in summary_of(told)]
    for quadrant in told.quadrants:
        then = quadrant.before.green if told.before else None
        moved = f"{quadrant.up} tốt lên, {quadrant.down} xấu đi" if told.before else None
        rows.append(Row(cells=[f"Nhóm {quadrant.code}: số chỉ số xanh", then, quadrant.counts.green, moved]))
    rows.append(Row(cells=["Số chỉ số", told.counts.of if told.before else None, told.counts.of, None], look="total"))
    return Sheet(
        name="Tổng hợp",
        title="TỔNG HỢP KẾT QUẢ CHẨN ĐOÁN",
        lines=heads,
        columns=[
            Column(title="Kết quả", width=44),
            Column(title="Trước", width=10, kind=Kind.WHOLE),
            Column(title="Sau", width=10, kind=Kind.WHOLE),
            Column(title="Thay đổi", width=24, kind=Kind.CENTRE),
        ],
        rows=rows,
    )


def indicator_sheet(told: Diagnosis, heads: Sequence[str]) -> Sheet:
    rows: list[Row] = []
    for quadrant in told.quadrants:
        rows.append(Row(cells=[quadrant.code, quadrant.title, *[None] * 7], look="group"))
        rows += [
            Row(
                cells=[
                    line.code,
                    line.title,
                    LIGHTS[line.before or ""] if told.before else None,
                    LIGHTS[line.light],
                    CHANGES[line.change] if told.before else None,
                    competence_of(line),
                    LIGHTS[line.worst] if line.overridden else None,
                    line.reason,
                    line.sdg,
                ]
            )
            for line in quadrant.lines
        ]
    return Sheet(
        name="Chỉ số",
        title="KẾT QUẢ TỪNG CHỈ SỐ",
        lines=[*heads, "X: xanh; V: vàng; Đ: đỏ"],
        columns=[
            Column(title="Mã", width=8, kind=Kind.CENTRE),
            Column(title="Chỉ số", width=52),
            Column(title="Trước", width=10, kind=Kind.CENTRE),
            Column(title="Sau", width=10, kind=Kind.CENTRE),
            Column(title="Thay đổi", width=14, kind=Kind.CENTRE),
            Column(title="Thẩm quyền", width=26),
            Column(title="Theo mức thấp nhất, trước khi điều chỉnh", width=18, kind=Kind.CENTRE),
            Column(title="Giải trình, lý do", width=48),
            Column(title="SDG", width=12, kind=Kind.CENTRE),
        ],
        rows=rows,
    )


def goal_sheet(goals: Sequence[Goal], heads: Sequence[str]) -> Sheet:
    return Sheet(
        name="Mục tiêu SDG",
        title="THEO MỤC TIÊU PHÁT TRIỂN BỀN VỮNG (THAM KHẢO)",
        lines=[*heads, "Liên hệ giữa chỉ số và mục tiêu chỉ để tham khảo; một chỉ số được tính ở mỗi mục tiêu của nó."],
        columns=[
            Column(title="Mục tiêu", width=10, kind=Kind.WHOLE),
            Column(title="Tên", width=44),
            Column(title="Chỉ số", width=40),
            Column(title="Xanh", width=10, kind=Kind.WHOLE),
            Column(title="Vàng", width=10, kind=Kind.WHOLE),
            Column(title="Đỏ", width=10, kind=Kind.WHOLE),
        ],
        rows=[
            Row(
                cells=[
                    goal.number,
                    goal.title,
                    ", ".join(line.code for line in goal.lines),
                    goal.counts.green,
                    goal.counts.yellow,
                    goal.counts.red,
                ]
            )
            for goal in goals
        ],
    )


def part_sheet(told: Diagnosis, heads: Sequence[str]) -> Sheet:
    rows: list[Row] = []
    for line in told.lines:
        if line.parts:
            rows.append(Row(cells=[line.code, line.title, None, LIGHTS[line.light], line.reason], look="group"))
            rows += [
                Row(cells=[part.code, part.title, part.answer_text, LIGHTS[part.light], part.reason])
                for part in line.parts
            ]
    return Sheet(
        name="Chỉ số phụ",
        title="CHỈ SỐ PHỤ",
        lines=heads,
        columns=[
            Column(title="Mã", width=10, kind=Kind.CENTRE),
            Column(title="Chỉ số phụ", width=56),
            Column(title="Kết quả nhập", width=24),
            Column(title="Mức", width=10, kind=Kind.CENTRE),
            Column(title="Giải trình", width=44),
        ],
        rows=rows,
    )
