"""Báo cáo hành động khắc phục: what is not settled, by unit and age, what is overdue; and one by one. As far as the one
who asks may see it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from django.utils import timezone

from assessments.contexts.corrective_actions import BUCKETS, action_row, bucket_of
from assessments.models import CorrectiveAction
from assessments.permissions import CORRECTION_OPEN
from reports.contexts import paper
from reports.contexts.blocks import Annex, Block, Heading, Table, cell, paragraph, row
from reports.contexts.paper import Paper
from reports.contexts.report import Column, DocumentReport, Kind, Row, Sheet, SumOf
from units.models import Unit, User
from units.permissions import Permission

State, Source = CorrectiveAction.State, CorrectiveAction.Source
# The words of documents: Vietnamese whatever the reader's language.
STATES = {
    State.RAISED: "Mới lập",
    State.PLANNED: "Đã có kế hoạch",
    State.DONE: "Đã làm, chờ kiểm tra",
    State.CLOSED: "Đã đóng",
    State.CANCELLED: "Đã hủy",
}
SOURCES = {
    Source.SCORE: "Kết quả chấm điểm",
    Source.FINDING: "Kiểm tra",
    Source.INTERNAL: "Đánh giá nội bộ, tự phát hiện",
}
AGES = ("Đến 30 ngày", "31 - 60 ngày", "61 - 90 ngày", "Trên 90 ngày")


@dataclass(frozen=True, kw_only=True)
class CorrectionLine:
    action_id: int
    unit_id: int
    reference: str
    unit: str
    source: str
    title: str
    cause: str
    action: str
    owner: str
    raised_on: date
    due_on: date | None
    done_on: date | None
    state: str
    age: int
    days_late: int

    @property
    def is_open(self) -> bool:
        return self.state in CORRECTION_OPEN

    @property
    def verdict(self) -> str:
        if self.days_late:
            return f"Quá hạn {self.days_late}{paper.NO_BREAK}ngày"
        return STATES[State(self.state)]


@dataclass(frozen=True, kw_only=True)
class UnitAges:
    """How many of a unit are not settled, by age; how many are overdue, how many were closed."""

    unit: str
    counts: tuple[int, ...]
    late: int
    closed: int

    @property
    def total(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True, kw_only=True)
class CorrectionReport(DocumentReport):
    print_template: ClassVar[str] = "reports/document_print.html"

    unit_id: int
    as_of: date
    lines: Sequence[CorrectionLine]
    units: Sequence[UnitAges]

    @property
    def sheets(self) -> Sequence[Sheet]:
        heads = [self.title, f"Tính đến ngày {paper.written_day(self.as_of)}"]
        return [self._unit_sheet(heads), self._line_sheet(heads)]

    def _unit_sheet(self, heads: Sequence[str]) -> Sheet:
        rows = [Row(cells=[each.unit, *each.counts, each.total, each.late, each.closed]) for each in self.units]
        every = SumOf(rows=range(len(rows)))
        return Sheet(
            name="Tổng hợp",
            title="HÀNH ĐỘNG KHẮC PHỤC THEO ĐƠN VỊ VÀ THỜI GIAN TỒN ĐỌNG",
            lines=heads,
            columns=[
                Column(title="Đơn vị", width=34),
                *(Column(title=age, width=14, kind=Kind.WHOLE) for age in AGES),
                Column(title="Chưa kết thúc", width=14, kind=Kind.WHOLE),
                Column(title="Quá hạn", width=12, kind=Kind.WHOLE),
                Column(title="Đã đóng", width=12, kind=Kind.WHOLE),
            ],
            rows=[*rows, Row(cells=["Tổng cộng", *[every] * (len(BUCKETS) + 3)], look="total")],
        )

    def _line_sheet(self, heads: Sequence[str]) -> Sheet:
        rows = [
            Row(
                cells=[
                    line.reference,
                    line.unit,
                    line.source,
                    line.title,
                    line.cause,
                    line.action,
                    line.owner,
                    line.raised_on,
                    line.due_on,
                    line.done_on,
                    line.age,
                    line.verdict,
                ]
            )
            for line in self.lines
        ]
        return Sheet(
            name="Danh sách",
            title="DANH SÁCH HÀNH ĐỘNG KHẮC PHỤC",
            lines=heads,
            columns=[
                Column(title="Số", width=14, kind=Kind.CENTRE),
                Column(title="Đơn vị", width=26),
                Column(title="Nguồn", width=22),
                Column(title="Điều chưa đạt", width=40),
                Column(title="Nguyên nhân", width=40),
                Column(title="Hành động", width=40),
                Column(title="Người thực hiện", width=22),
                Column(title="Ngày lập", width=12, kind=Kind.DAY),
                Column(title="Thời hạn", width=12, kind=Kind.DAY),
                Column(title="Ngày hoàn thành", width=12, kind=Kind.DAY),
                Column(title="Số ngày", width=10, kind=Kind.WHOLE),
                Column(title="Tình trạng", width=22, kind=Kind.CENTRE),
            ],
            rows=rows,
        )


def correction_report(unit: Unit, *, user: User) -> CorrectionReport:
    """Those of `unit` and of the units below it that are not cancelled, as of today. One query."""
    now = timezone.now()
    as_of = timezone.localdate(now)
    seen = CorrectiveAction.objects.allowed_to(user, Permission.ASSESSMENT_VIEW).filter(
        unit__path__startswith=unit.path
    )
    actions = seen.exclude(state=State.CANCELLED).select_related("unit").order_by("raised_at", "pk")
    lines = [_line(each, as_of) for each in actions]
    units = _units(lines)
    return CorrectionReport(
        title=f"Báo cáo hành động khắc phục của {unit.label}",
        abstract=paper.balanced("Tình hình thực hiện hành động khắc phục sau đánh giá, kiểm tra"),
        status_line=f"Số liệu tính đến ngày {paper.written_day(as_of)}",
        file_name=paper.file_safe(f"Báo cáo khắc phục - {unit.label} - {as_of.day}-{as_of.month}-{as_of.year}"),
        made_at=now,
        scope={Permission.ASSESSMENT_VIEW.value: sorted({unit.pk} | {line.unit_id for line in lines})},
        paper=unit_paper(unit, as_of),
        blocks=_blocks(lines, units, as_of),
        annexes=_list([line for line in lines if line.is_open]),
        unit_id=unit.pk,
        as_of=as_of,
        lines=lines,
        units=units,
    )


def _line(action: CorrectiveAction, as_of: date) -> CorrectionLine:
    shown = action_row(action, today=as_of)
    return CorrectionLine(
        action_id=action.pk,
        unit_id=action.unit_id,
        reference=action.reference,
        unit=action.unit.label,
        source=SOURCES[Source(action.source)],
        title=action.title,
        cause=action.cause,
        action=action.action,
        owner=action.owner,
        raised_on=timezone.localtime(action.raised_at).date(),
        due_on=action.due_on,
        done_on=action.done_on,
        state=action.state,
        age=shown.age,
        days_late=shown.days_late if shown.is_late else 0,
    )


def _units(lines: Sequence[CorrectionLine]) -> list[UnitAges]:
    names = {line.unit_id: line.unit for line in lines}
    ages: dict[int, Counter[int]] = {key: Counter() for key in names}
    late: Counter[int] = Counter()
    closed: Counter[int] = Counter()
    for line in lines:
        if line.is_open:
            ages[line.unit_id][bucket_of(line.age)] += 1
        late[line.unit_id] += bool(line.days_late)
        closed[line.unit_id] += line.state == State.CLOSED
    found = [
        UnitAges(
            unit=name,
            counts=tuple(ages[key][place] for place in range(len(BUCKETS))),
            late=late[key],
            closed=closed[key],
        )
        for key, name in names.items()
    ]
    return sorted(found, key=lambda each: (-each.late, -each.total, each.unit))


def _blocks(lines: Sequence[CorrectionLine], units: Sequence[UnitAges], as_of: date) -> list[Block]:
    open_ = sum(line.is_open for line in lines)
    late = sum(bool(line.days_late) for line in lines)
    waiting = sum(line.state == State.DONE for line in lines)
    closed = sum(line.state == State.CLOSED for line in lines)
    if not lines:
        told = f"Đến ngày {paper.written_day(as_of)} không có hành động khắc phục nào."
        return [Heading(text="I. TÌNH HÌNH CHUNG"), paragraph(told)]
    titles = ("Đơn vị", *AGES, "Chưa kết thúc", "Quá hạn", "Đã đóng")
    head = [row(*(cell(text, "centre") for text in titles))]
    body = [
        row(each.unit, *(cell(count, "centre") for count in (*each.counts, each.total, each.late, each.closed)))
        for each in units
    ]
    sums = [sum(each.counts[place] for each in units) for place in range(len(BUCKETS))]
    body.append(row("Tổng cộng", *(cell(count, "centre") for count in (*sums, open_, late, closed)), look="total"))
    return [
        Heading(text="I. TÌNH HÌNH CHUNG"),
        paragraph(
            f"Đến ngày {paper.written_day(as_of)} có {paper.count(len(lines))} hành động khắc phục, trong đó "
            f"{paper.count(closed)} đã đóng sau khi kiểm tra có hiệu lực, {paper.count(waiting)} đã làm xong chờ kiểm "
            f"tra, {paper.count(late)} quá hạn."
        ),
        Heading(text="II. THEO ĐƠN VỊ VÀ THỜI GIAN TỒN ĐỌNG"),
        Table(widths=[None, 18, 18, 18, 18, 18, 16, 16], head=head, rows=body),
        *([paragraph("Danh sách hành động khắc phục chưa kết thúc tại Phụ lục kèm theo.")] if open_ else []),
    ]


def _list(lines: Sequence[CorrectionLine]) -> list[Annex]:
    """What is not settled one by one, the oldest first; across, since causes are long."""
    if not lines:
        return []
    titles = ("Số", "Điều chưa đạt, đơn vị", "Nguyên nhân", "Hành động, người thực hiện", "Thời hạn", "Tình trạng")
    rows = [
        row(
            cell(line.reference, "centre"),
            f"{line.title}\n({line.unit})",
            line.cause,
            f"{line.action}\n({line.owner})" if line.owner else line.action,
            cell(paper.written_day(line.due_on) if line.due_on else "", "centre"),
            cell(line.verdict, "centre"),
        )
        for line in lines
    ]
    head = [row(*(cell(text, "centre") for text in titles))]
    table = Table(widths=[24, None, 55, 60, 24, 30], head=head, rows=rows, dense=True)
    title = ["DANH SÁCH HÀNH ĐỘNG KHẮC PHỤC CHƯA KẾT THÚC"]
    return [Annex(label="Phụ lục", title=title, blocks=[table], landscape=True)]


def unit_paper(unit: Unit, as_of: date) -> Paper:
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
