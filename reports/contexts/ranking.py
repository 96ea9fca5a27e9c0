"""Kết quả xếp loại: the ranking of a round with its grades counted, as a draft or by the decision that published it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.utils import timezone, translation

from assessments.contexts.ranking import RankingRow, RankingTable, ranking_rows, ranking_table
from assessments.models import Decision, Round
from reports.contexts import paper
from reports.contexts.assessment import paper_of
from reports.contexts.blocks import Annex, Block, Heading, Table, cell, paragraph, row
from reports.contexts.report import Cell, Column, DocumentReport, Kind, Row, Sheet
from units.models import User
from units.permissions import Permission

LONGEST = 1500  # rows that a document prints; a workbook has them all
WHY = {"unfinished": "Chưa xếp hạng: chưa có kết quả", "knocked_out": "Không xếp hạng"}


@dataclass(frozen=True, kw_only=True)
class RankingReport(DocumentReport):
    round_title: str
    table: RankingTable
    rows: Sequence[RankingRow]
    basis: str

    @property
    def sheets(self) -> Sequence[Sheet]:
        state = "Dự thảo" if self.table.is_draft else self.basis
        return [self._ranking_sheet([self.round_title, state]), self._grade_sheet([self.round_title, state])]

    def _ranking_sheet(self, lines: Sequence[str]) -> Sheet:
        table = self.table
        scores = [Column(title="Tổng điểm", width=11, kind=Kind.SCORE)]
        scores += [Column(title=f"{code}. {title}", width=14, kind=Kind.SCORE) for code, title in table.columns]
        lights = [Column(title=light, width=9, kind=Kind.WHOLE) for light in ("Xanh", "Vàng", "Đỏ")]
        return Sheet(
            name="Xếp loại",
            title="KẾT QUẢ XẾP LOẠI",
            lines=[*lines, rule_of(table)],
            columns=[
                Column(title="Nhóm", width=18),
                Column(title="Hạng", width=8, kind=Kind.WHOLE),
                Column(title="Đơn vị", width=40),
                *(scores if table.is_points else lights),
                Column(title="Xếp loại", width=14, kind=Kind.CENTRE),
                Column(title="Chênh so với tự chấm", width=12, kind=Kind.SCORE if table.is_points else Kind.WHOLE),
                Column(title="Ghi chú", width=44),
            ],
            rows=[Row(cells=self._cells(each)) for each in self.rows],
        )

    def _cells(self, each: RankingRow) -> list[Cell]:
        told = each.why != "unfinished"
        lights: list[Cell] = [each.green, each.yellow, each.red] if told else [None, None, None]
        scores: list[Cell] = [each.total, *each.groups]
        return [
            self.table.group_titles.get(each.group, each.group),
            each.place,
            each.unit,
            *(scores if self.table.is_points else lights),
            each.grade,
            each.difference,
            note_of(each),
        ]

    def _grade_sheet(self, lines: Sequence[str]) -> Sheet:
        titles = list(dict.fromkeys(grade.title for group in self.table.groups for grade in group.grades))
        rows = []
        for group in self.table.groups:
            counted = {grade.title: grade.units for grade in group.grades}
            rows.append(Row(cells=[group.title, group.units, *(counted.get(title, 0) for title in titles)]))
        return Sheet(
            name="Tổng hợp",
            title="TỔNG HỢP XẾP LOẠI",
            lines=lines,
            columns=[
                Column(title="Nhóm xếp hạng", width=30),
                Column(title="Số đơn vị", width=12, kind=Kind.WHOLE),
                *(Column(title=title, width=14, kind=Kind.WHOLE) for title in titles),
            ],
            rows=rows,
        )


def ranking_report(round_: Round, *, user: User) -> RankingReport:
    """What `user`, who may see the ranking of the round, is told now. Four queries more than the ranking itself."""
    now = timezone.now()
    with translation.override("vi"):
        table = ranking_table(round_)
        rows = ranking_rows(round_, table)
    decision = round_.decisions.filter(kind=Decision.Kind.PUBLICATION).first() if not table.is_draft else None
    basis = _basis(decision)
    return RankingReport(
        title=f"Kết quả xếp loại: {round_.title}",
        file_name=paper.file_safe(f"Kết quả xếp loại - {round_.title}{' - dự thảo' if table.is_draft else ''}"),
        made_at=now,
        scope={Permission.ASSESSMENT_VIEW.value: [round_.unit_id]},
        paper=replace(paper_of(round_.unit, now), is_draft=table.is_draft),
        abstract=("Kết quả xếp loại", *paper.balanced(round_.title)),
        status_line=_status(table, now=f"{timezone.localtime(now):%H:%M}", day=timezone.localdate(now)),
        blocks=_body(table, rows, basis),
        annexes=_annexes(table, rows),
        round_title=round_.title,
        table=table,
        rows=rows,
        basis=basis,
    )


def _status(table: RankingTable, *, now: str, day: date) -> str:
    return f"Dự thảo, số liệu lúc {now} ngày {day:%d/%m/%Y}" if table.is_draft else ""


def _basis(decision: Decision | None) -> str:
    if decision is None:
        return ""
    signer = f", người ký: {decision.signer}" if decision.signer else ""
    return f"Quyết định số {decision.number} ngày {paper.written_day(decision.decided_on)}{signer}"


def rule_of(table: RankingTable) -> str:
    if table.is_points:
        ties = f" Khi bằng điểm, xét lần lượt: {', '.join(table.tie_breaks)}." if table.tie_breaks else ""
        return f"Xếp hạng theo tổng điểm trong từng nhóm; bằng điểm thì đồng hạng.{ties}"
    return (
        "ISO 18091 không có tổng điểm và không xếp hạng: thứ tự theo số chỉ số xanh, sau đó theo số chỉ số vàng là "
        "cách tổng hợp riêng của cổng."
    )


def note_of(each: RankingRow) -> str:
    return "; ".join([*([WHY[each.why]] if each.why else []), *each.knocked_out])


def _body(table: RankingTable, rows: Sequence[RankingRow], basis: str) -> list[Block]:
    placed = sum(1 for each in rows if each.place is not None)
    told = f"Đợt đánh giá có {paper.count(len(rows))} đơn vị, trong đó {paper.count(placed)} đơn vị được xếp hạng"
    blocks: list[Block] = [Heading(text="I. TỔNG HỢP")]
    if basis:
        blocks.append(paragraph(f"Kết quả được công bố theo {basis}."))
    blocks.append(paragraph(f"{told}, {paper.count(len(rows) - placed)} đơn vị chưa hoặc không được xếp hạng."))
    if table.grades:
        titles = list(dict.fromkeys(grade.title for group in table.groups for grade in group.grades))
        head = [row(*(cell(text, "centre") for text in ("Nhóm xếp hạng", "Số đơn vị", *titles)))]
        body = []
        for group in table.groups:
            counted = {grade.title: grade.units for grade in group.grades}
            numbers = (group.units, *(counted.get(title, 0) for title in titles))
            body.append(row(group.title, *(cell(number, "centre") for number in numbers)))
        blocks.append(Table(widths=[None, 20, *[20] * len(titles)], head=head, rows=body))
    blocks.append(paragraph(rule_of(table), look="note"))
    for group in table.groups:
        first = [each for each in rows if each.group == group.code and each.place == 1]
        if first:
            names = ", ".join(each.unit for each in first)
            blocks.append(paragraph(f"Đứng đầu nhóm {group.title}: {names}."))
    blocks.append(paragraph("Kết quả của từng đơn vị tại Phụ lục kèm theo."))
    return blocks


def _annexes(table: RankingTable, rows: Sequence[RankingRow]) -> list[Annex]:
    """A table for each ranking group, across."""
    if not rows:
        return []
    lights = ["Xanh", "Vàng", "Đỏ"]
    codes = [code for code, _title in table.columns]
    columns = ["Tổng điểm", *codes] if table.is_points else lights
    titles = ["Hạng", "Đơn vị", *columns, "Xếp loại", "Chênh so với tự chấm", "Ghi chú"]
    head = [row(*(cell(text, "centre") for text in titles))]
    blocks: list[Block] = []
    printed = rows[:LONGEST]
    for group in table.groups:
        body = [
            row(
                cell(each.place or "–", "centre"),
                each.unit,
                *(cell(text, "number" if table.is_points else "centre") for text in _numbers(table, each)),
                cell(each.grade, "centre"),
                cell(_difference(each), "number"),
                note_of(each),
            )
            for each in printed
            if each.group == group.code
        ]
        if body:
            each_width = min(14, 96 / max(len(codes), 1))  # the groups share what the names leave
            widths = [13, None, 17, *[each_width] * len(codes)] if table.is_points else [13, None, 15, 15, 15]
            blocks.append(paragraph(f"{group.title} ({group.units} đơn vị)", look="caption"))
            blocks.append(Table(widths=[*widths, 20, 18, 36], head=head, rows=body, dense=True))
    if len(rows) > LONGEST:
        blocks.append(paragraph(f"Chỉ in {LONGEST} dòng đầu; bảng đầy đủ ở tệp Excel.", look="note"))
    if table.is_points and table.columns:
        legend = "; ".join(f"{code}: {title}" for code, title in table.columns)
        blocks.append(paragraph(f"Ghi chú: {legend}.", look="note"))
    return [Annex(label="Phụ lục", title=["KẾT QUẢ XẾP LOẠI"], blocks=blocks, landscape=True)]


def _numbers(table: RankingTable, each: RankingRow) -> list[str]:
    if table.is_points:
        return [paper.points(each.total), *(paper.points(points) for points in each.groups)]
    return ["", "", ""] if each.why == "unfinished" else [str(each.green), str(each.yellow), str(each.red)]


def _difference(each: RankingRow) -> str:
    if each.difference is None:
        return ""
    sign = "+" if each.difference > 0 else ""
    return f"{sign}{each.difference}" if isinstance(each.difference, int) else f"{sign}{paper.points(each.difference)}"
