"""Báo cáo tiến độ đợt đánh giá: how many sheets are where, and each unit's line, as the round's page counts them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from django.utils import timezone

from assessments.contexts.rounds import (
    Grid,
    PhaseLine,
    Progress,
    grid_of,
    phases_of,
    progress_of,
    sheet_lines,
    with_lines,
)
from assessments.models import Assessment, Round
from reports.contexts import paper
from reports.contexts.blocks import Annex, Block, Heading, Table, cell, paragraph, row
from reports.contexts.paper import Paper
from reports.contexts.report import Column, DocumentReport, Kind, Row, Sheet
from units.access import holds_in
from units.models import Unit, User
from units.permissions import Permission

# The words of documents: Vietnamese whatever the reader's language.
STATES = {
    Assessment.State.SCORING: "Đang tự chấm",
    Assessment.State.HEAD_REVIEW: "Chờ thủ trưởng đơn vị",
    Assessment.State.SUBMITTED: "Đã nộp",
    Assessment.State.RETURNED: "Trả lại để bổ sung",
    Assessment.State.VERIFYING: "Đang thẩm định",
    Assessment.State.PRELIMINARY: "Có kết quả sơ bộ",
    Assessment.State.APPEALED: "Đang phúc tra",
    Assessment.State.PROPOSED: "Trình phê duyệt",
    Assessment.State.APPROVED: "Đã phê duyệt",
    Assessment.State.PUBLISHED: "Đã công bố",
}
KINDS = {
    Unit.Kind.PROVINCE: "Cấp tỉnh",
    Unit.Kind.DISTRICT: "Cấp huyện",
    Unit.Kind.COMMUNE: "Cấp xã",
    Unit.Kind.DEPARTMENT: "Sở, ban, ngành",
    Unit.Kind.BRANCH: "Chi cục, đơn vị thuộc sở",
    Unit.Kind.COMMITTEE: "Ban Chỉ đạo",
    Unit.Kind.WORKING_GROUP: "Tổ giúp việc",
    Unit.Kind.EXTERNAL: "Ngoài tỉnh",
}
PHASES = {"self_score": "Tự chấm điểm", "verify": "Thẩm định", "appeal": "Giải trình, phúc tra"}
LATE = {"": "", "self_score": "Quá hạn nộp", "verify": "Quá hạn thẩm định"}


@dataclass(frozen=True, kw_only=True)
class UnitLine:
    """`verified` and `assessors` are None and empty for who does not see the side of those who assess."""

    unit_id: int
    unit: str
    kind: str
    state: str
    scored: int
    of: int
    verified: int | None
    assessors: Sequence[str]
    late: str
    extended: str
    changed_on: date

    @property
    def verdict(self) -> str:
        return "; ".join(filter(None, (self.state, self.late, self.extended)))


@dataclass(frozen=True, kw_only=True)
class RoundProgressReport(DocumentReport):
    print_template: ClassVar[str] = "reports/document_print.html"

    round_id: int
    as_of: date
    grid: Grid
    progress: Progress
    lines: Sequence[UnitLine]

    @property
    def sheets(self) -> Sequence[Sheet]:
        heads = [self.title, f"Tính đến ngày {paper.written_day(self.as_of)}"]
        return [self._grid_sheet(heads), self._unit_sheet(heads)]

    def _grid_sheet(self, heads: Sequence[str]) -> Sheet:
        rows = [
            Row(cells=[STATES[Assessment.State(each.state)], *(one.count for one in each.cells), each.total.count])
            for each in self.grid.rows
        ]
        total = Row(cells=["Tổng cộng", *(one.count for one in self.grid.totals), self.grid.total], look="total")
        return Sheet(
            name="Tổng hợp",
            title="SỐ PHIẾU THEO TRẠNG THÁI VÀ LOẠI ĐƠN VỊ",
            lines=heads,
            columns=[
                Column(title="Trạng thái", width=30),
                *(Column(title=KINDS[Unit.Kind(kind)], width=16, kind=Kind.WHOLE) for kind, _name in self.grid.kinds),
                Column(title="Tổng số", width=12, kind=Kind.WHOLE),
            ],
            rows=[*rows, total],
        )

    def _unit_sheet(self, heads: Sequence[str]) -> Sheet:
        return Sheet(
            name="Đơn vị",
            title="TIẾN ĐỘ CỦA CÁC ĐƠN VỊ",
            lines=heads,
            columns=[
                Column(title="TT", width=6, kind=Kind.CENTRE),
                Column(title="Đơn vị", width=36),
                Column(title="Loại", width=20),
                Column(title="Trạng thái", width=24),
                Column(title="Đã chấm", width=10, kind=Kind.WHOLE),
                Column(title="Đã thẩm định", width=12, kind=Kind.WHOLE),
                Column(title="Số tiêu chí", width=10, kind=Kind.WHOLE),
                Column(title="Người thẩm định", width=32),
                Column(title="Quá hạn", width=18),
                Column(title="Gia hạn", width=30),
                Column(title="Thay đổi gần nhất", width=14, kind=Kind.DAY),
            ],
            rows=[
                Row(
                    cells=[
                        place,
                        line.unit,
                        line.kind,
                        line.state,
                        line.scored,
                        line.verified,
                        line.of,
                        ", ".join(line.assessors) or None,
                        line.late or None,
                        line.extended or None,
                        line.changed_on,
                    ]
                )
                for place, line in enumerate(self.lines, start=1)
            ],
        )


def round_progress_report(round_: Round, *, user: User) -> RoundProgressReport:
    """As far as `user`, who may see the round, may see its sheets now. Seven queries."""
    now = timezone.now()
    as_of = timezone.localdate(now)
    inside = holds_in(user, Permission.ASSESSMENT_VIEW, round_.unit)
    sheets = Assessment.objects.allowed_to(user, Permission.ASSESSMENT_VIEW).filter(round=round_)
    found = sheet_lines(with_lines(sheets).order_by("unit__kind", "unit__name", "pk"), now=now, inside=inside)
    lines = [
        UnitLine(
            unit_id=each.sheet.unit_id,
            unit=each.sheet.unit.name,
            kind=KINDS[Unit.Kind(each.sheet.unit.kind)],
            state=STATES[Assessment.State(each.sheet.state)],
            scored=each.sheet.scored,
            of=each.sheet.of,
            verified=each.sheet.verified_scored if each.may_see_verified else None,
            assessors=[one.name for one in each.assessors],
            late=LATE[each.late_phase],
            extended=f"Gia hạn đến {timezone.localtime(each.extended_until):%H:%M ngày %d/%m/%Y}"
            if each.extended_until
            else "",
            changed_on=timezone.localtime(each.sheet.updated_at).date(),
        )
        for each in found
    ]
    grid, progress = grid_of(sheets), progress_of(sheets, now)
    return RoundProgressReport(
        title=f"Báo cáo tiến độ {round_.title}",
        abstract=paper.balanced(f"Tiến độ {round_.title}"),
        status_line=f"Số liệu tính đến ngày {paper.written_day(as_of)}",
        file_name=paper.file_safe(f"Tiến độ - {round_.title} - {as_of.day}-{as_of.month}-{as_of.year}"),
        made_at=now,
        scope={Permission.ASSESSMENT_VIEW.value: sorted(line.unit_id for line in lines)},
        paper=_paper(round_.unit, as_of),
        blocks=_blocks(progress, grid, phases_of(round_, now), as_of),
        annexes=_list(lines),
        round_id=round_.pk,
        as_of=as_of,
        grid=grid,
        progress=progress,
        lines=lines,
    )


def _blocks(progress: Progress, grid: Grid, phases: Sequence[PhaseLine], as_of: date) -> list[Block]:
    head = [
        row(
            *(
                cell(text, "centre")
                for text in ("Trạng thái", *(KINDS[Unit.Kind(kind)] for kind, _name in grid.kinds), "Tổng số")
            )
        )
    ]
    body = [
        row(
            STATES[Assessment.State(each.state)],
            *(cell(one.count, "centre") for one in each.cells),
            cell(each.total.count, "centre"),
        )
        for each in grid.rows
    ]
    totals = [*(one.count for one in grid.totals), grid.total]
    body.append(row("Tổng cộng", *(cell(count, "centre") for count in totals), look="total"))
    return [
        Heading(text="I. THỜI GIAN CỦA ĐỢT ĐÁNH GIÁ"),
        *(paragraph(_said_of(line)) for line in phases),
        Heading(text="II. TÌNH HÌNH CHUNG"),
        paragraph(
            f"Đến ngày {paper.written_day(as_of)}, trong {paper.count(progress.sheets)} phiếu có "
            f"{paper.count(progress.begun)} phiếu đã bắt đầu chấm, {paper.count(progress.submitted)} phiếu đã nộp, "
            f"{paper.count(progress.verified)} phiếu đã thẩm định xong, {paper.count(progress.settled)} phiếu đã được "
            f"phê duyệt; {paper.count(progress.late)} phiếu quá hạn nộp."
        ),
        Heading(text="III. SỐ PHIẾU THEO TRẠNG THÁI VÀ LOẠI ĐƠN VỊ"),
        Table(widths=[None, *([24.0] * len(grid.kinds)), 20.0], head=head, rows=body),
        paragraph("Danh sách đơn vị tại Phụ lục kèm theo."),
    ]


def _said_of(line: PhaseLine) -> str:
    if line.opens is None or line.closes is None:
        return f"{PHASES[line.phase]}: từ khi đơn vị nộp phiếu."
    opens, closes = timezone.localtime(line.opens), timezone.localtime(line.closes)
    return f"{PHASES[line.phase]}: từ {opens:%H:%M ngày %d/%m/%Y} đến trước {closes:%H:%M ngày %d/%m/%Y}."


def _list(lines: Sequence[UnitLine]) -> list[Annex]:
    if not lines:
        return []
    titles = ("TT", "Đơn vị", "Trạng thái", "Đã chấm", "Đã thẩm định", "Người thẩm định", "Thay đổi gần nhất")
    rows = [
        row(
            cell(place, "centre"),
            line.unit,
            line.verdict,
            cell(f"{line.scored}/{line.of}", "centre"),
            cell("–" if line.verified is None else f"{line.verified}/{line.of}", "centre"),
            ", ".join(line.assessors),
            cell(paper.written_day(line.changed_on), "centre"),
        )
        for place, line in enumerate(lines, start=1)
    ]
    head = [row(*(cell(title, "centre") for title in titles))]
    table = Table(widths=[10.0, None, 55.0, 20.0, 22.0, 48.0, 26.0], head=head, rows=rows, dense=True)
    return [Annex(label="Phụ lục", title=["DANH SÁCH ĐƠN VỊ VÀ TIẾN ĐỘ"], blocks=[table], landscape=True)]


def _paper(unit: Unit, as_of: date) -> Paper:
    above = unit.parent if unit.parent_id else None
    return Paper(
        parent_organ=paper.parent_organ(unit.name, above),
        organ=unit.name,
        organ_lines=paper.organ_lines(unit.name),
        symbol_tail="",
        place=unit.place,
        month=paper.written_month(as_of.month),
        year=as_of.year,
        recipients=(),
        authorities=(),
        office_lines=(),
    )
