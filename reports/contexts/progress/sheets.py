"""The tables of a progress report's workbook."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from budgets.contexts import Execution
from reports.contexts.report import Cell, Column, Kind, Row, Sheet, SumOf

if TYPE_CHECKING:
    from reports.contexts.progress.report import ProgressReport

ROLES = {"lead": "chủ trì", "support": "phối hợp", "execute": "thực hiện", "direct": "chỉ đạo"}


def task_sheet(report: ProgressReport, heads: Sequence[str]) -> Sheet:
    rows = [
        Row(
            cells=[
                line.number,
                line.task.title,
                "\n".join(line.performers),
                line.task.period_text,
                line.task.start,
                line.task.end,
                tenth(line.task.percent),
                line.task.reported if line.task.expected else None,
                line.task.expected or None,
                line.verdict,
                line.task.late_days or None,
                line.task.note,
            ]
        )
        for line in report.lines
    ]
    every = SumOf(rows=range(len(rows)))
    blank: list[Cell] = [None] * 12
    blank[1], blank[6], blank[7], blank[8] = "Tổng cộng", tenth(report.progress.percent), every, every
    return Sheet(
        name="Tiến độ",
        title="TIẾN ĐỘ THỰC HIỆN NHIỆM VỤ",
        lines=heads,
        columns=[
            Column(title="TT", width=6, kind=Kind.CENTRE),
            Column(title="Nội dung", width=48),
            Column(title="Thực hiện", width=28),
            Column(title="Thời gian thực hiện", width=20, kind=Kind.CENTRE),
            Column(title="Bắt đầu", width=12, kind=Kind.DAY),
            Column(title="Kết thúc", width=12, kind=Kind.DAY),
            Column(title="Tiến độ (%)", width=10, kind=Kind.PERCENT),
            Column(title="Đã báo cáo", width=10, kind=Kind.WHOLE),
            Column(title="Phải báo cáo", width=10, kind=Kind.WHOLE),
            Column(title="Đánh giá", width=18, kind=Kind.CENTRE),
            Column(title="Số ngày quá hạn", width=10, kind=Kind.WHOLE),
            Column(title="Kết quả báo cáo gần nhất", width=40),
        ],
        rows=[*rows, Row(cells=blank, look="total")] if rows else rows,
    )


def unit_sheet(report: ProgressReport, heads: Sequence[str]) -> Sheet:
    rows = [
        Row(
            cells=[
                line.number,
                line.task.title,
                each.unit_name,
                ROLES.get(each.role, each.role),
                each.percent,
                each.note,
                each.by,
                each.at,
            ]
        )
        for line in report.lines
        for each in line.task.performers
        if each.expected
    ]
    return Sheet(
        name="Theo đơn vị",
        title="TIẾN ĐỘ CỦA TỪNG ĐƠN VỊ",
        lines=heads,
        columns=[
            Column(title="TT", width=6, kind=Kind.CENTRE),
            Column(title="Nhiệm vụ", width=44),
            Column(title="Đơn vị", width=32),
            Column(title="Vai trò", width=12, kind=Kind.CENTRE),
            Column(title="Tiến độ (%)", width=10, kind=Kind.PERCENT),
            Column(title="Kết quả báo cáo", width=44),
            Column(title="Người báo cáo", width=24),
            Column(title="Thời điểm", width=17, kind=Kind.MOMENT),
        ],
        rows=rows,
    )


def money_sheet(heads: Sequence[str], money: Execution) -> Sheet:
    entries = list(reversed(money.entries))
    rows = [Row(cells=[each.day, each.description, each.voucher, each.amount]) for each in entries]
    spent = Row(cells=[None, "Đã chi", None, SumOf(rows=range(len(rows))) if rows else money.spent], look="total")
    ends = [
        Row(cells=[None, "Tổng kinh phí", None, money.ceiling], look="total"),
        Row(cells=[None, "Còn lại", None, money.available], look="total"),
    ]
    return Sheet(
        name="Kinh phí",
        title="TÌNH HÌNH SỬ DỤNG KINH PHÍ",
        lines=[*heads, "Đơn vị tính: đồng"],
        columns=[
            Column(title="Ngày", width=12, kind=Kind.DAY),
            Column(title="Nội dung chi", width=60),
            Column(title="Chứng từ", width=20, kind=Kind.CENTRE),
            Column(title="Số tiền", width=18, kind=Kind.MONEY),
        ],
        rows=[*rows, spent, *ends],
    )


def tenth(percent: Decimal | None) -> Decimal | None:
    return None if percent is None else percent.quantize(Decimal("0.1"))
