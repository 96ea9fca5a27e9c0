"""Bảng theo dõi báo cáo: which units have reported for which periods, as the board on screen shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from django.utils import timezone

from plans.contexts.completeness import Board, BoardCell, completeness
from plans.models import Plan
from reports.contexts import paper
from reports.contexts.progress import paper_of
from reports.contexts.report import Column, Kind, Report, Row, Sheet
from units.models import User
from units.permissions import Permission

MOST_PAGES = 40


@dataclass(frozen=True, kw_only=True)
class CompletenessReport(Report):
    print_template: ClassVar[str] = ""  # a workbook alone

    board: Board
    plan_name: str

    @property
    def sheets(self) -> Sequence[Sheet]:
        day = timezone.localtime(self.made_at)
        lines = [self.plan_name, f"Tính đến {day:%H:%M} ngày {day.day}/{day.month}/{day.year}"]
        lines.append("Mỗi ô: số báo cáo đã tiếp nhận trên số phải nộp, trạng thái chậm nhất")
        if self.board.only_late:
            lines.append("Chỉ gồm đơn vị có báo cáo quá hạn")
        rows = [
            Row(cells=[place, row.unit, *(said(cell) for cell in row.cells)])
            for place, row in enumerate(self.board.rows, start=1)
        ]
        total = Row(
            cells=[None, "Đã tiếp nhận", *(f"{done}/{of}" if of else None for done, of in self.board.totals)],
            look="total",
        )
        return [
            Sheet(
                name="Theo dõi báo cáo",
                title="BẢNG THEO DÕI BÁO CÁO CỦA CÁC ĐƠN VỊ",
                lines=lines,
                columns=[
                    Column(title="TT", width=6, kind=Kind.CENTRE),
                    Column(title="Đơn vị", width=34),
                    *(
                        Column(title=f"{period.title}, hạn {period.due_on:%d/%m}", width=17, kind=Kind.CENTRE)
                        for period in self.board.periods
                    ),
                ],
                rows=[*rows, total] if rows else rows,
            )
        ]


def said(cell: BoardCell) -> str | None:
    return f"{cell.accepted}/{cell.total} {cell.word}" if cell.state else None


def completeness_report(plan: Plan, *, user: User, rows: str = "all", page: str = "1") -> CompletenessReport:
    """As `user`, who may see `plan`, sees the board now."""
    board = completeness(plan=plan, user=user, page=int(page), only_late=rows == "late")
    name = f"{plan.number}/{plan.symbol}" if plan.number else plan.title
    as_of = timezone.localdate(board.as_of)
    return CompletenessReport(
        title=f"Bảng theo dõi báo cáo {name}",
        file_name=paper.file_safe(f"Theo dõi báo cáo - {name} - {as_of.day}-{as_of.month}-{as_of.year}"),
        made_at=board.as_of,
        scope={Permission.PLAN_VIEW.value: sorted(row.unit_id for row in board.rows)},
        paper=paper_of(plan, as_of),
        board=board,
        plan_name=f"{plan.kind.capitalize() or 'Kế hoạch'} {name}",
    )
