"""Tổng quan hệ thống quản lý chất lượng: how far the units are, by phase and kind of unit, and what is overdue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from django.utils import timezone

from assessments.contexts.systems import SystemRow, system_rows
from assessments.models import Obligation, Qms, QmsStep
from reports.contexts import paper
from reports.contexts.blocks import Annex, Block, Heading, Table, cell, paragraph, row
from reports.contexts.corrective_actions import unit_paper
from reports.contexts.report import Column, DocumentReport, Kind, Row, Sheet, SumOf
from units.models import Unit, User
from units.permissions import Permission

# The words of documents: Vietnamese whatever the reader's language.
PHASES = {
    Qms.Phase.ESTABLISHING: "Đang xây dựng",
    Qms.Phase.APPLYING: "Đang áp dụng",
    Qms.Phase.DECLARED: "Đã công bố",
    Qms.Phase.MAINTAINED: "Đang duy trì",
    Qms.Phase.ENDED: "Đã kết thúc",
}
OBLIGATIONS = {"": "", Obligation.Kind.MANDATORY: "Bắt buộc", Obligation.Kind.ENCOURAGED: "Khuyến khích"}
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
STEPS = {
    QmsStep.Kind.ESTABLISH: "Xây dựng",
    QmsStep.Kind.APPLY: "Đưa vào áp dụng",
    QmsStep.Kind.INTERNAL_AUDIT: "Đánh giá nội bộ",
    QmsStep.Kind.MANAGEMENT_REVIEW: "Xem xét của lãnh đạo",
    QmsStep.Kind.DECLARE: "Công bố",
    QmsStep.Kind.REDECLARE: "Công bố lại",
    QmsStep.Kind.MAINTAIN: "Duy trì",
    QmsStep.Kind.IMPROVE: "Cải tiến",
    QmsStep.Kind.END: "Kết thúc",
}


@dataclass(frozen=True, kw_only=True)
class SystemLine:
    unit_id: int
    unit: str
    kind: str
    standard: str
    phase: str
    obligation: str
    last_audit: date | None
    last_review: date | None
    declaration: str
    declared_on: date | None
    next_due: str
    next_due_on: date | None
    overdue: tuple[tuple[str, date], ...]


@dataclass(frozen=True, kw_only=True)
class KindCount:
    """How many systems of one kind of unit are in each phase; how many have something overdue."""

    kind: str
    counts: tuple[int, ...]
    late: int

    @property
    def total(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True, kw_only=True)
class QmsReport(DocumentReport):
    print_template: ClassVar[str] = "reports/document_print.html"

    unit_id: int
    as_of: date
    lines: Sequence[SystemLine]
    kinds: Sequence[KindCount]

    @property
    def sheets(self) -> Sequence[Sheet]:
        heads = [self.title, f"Tính đến ngày {paper.written_day(self.as_of)}"]
        return [self._count_sheet(heads), self._line_sheet(heads)]

    def _count_sheet(self, heads: Sequence[str]) -> Sheet:
        rows = [Row(cells=[each.kind, *each.counts, each.total, each.late]) for each in self.kinds]
        every = SumOf(rows=range(len(rows)))
        return Sheet(
            name="Tổng hợp",
            title="HỆ THỐNG QUẢN LÝ CHẤT LƯỢNG THEO LOẠI ĐƠN VỊ VÀ GIAI ĐOẠN",
            lines=heads,
            columns=[
                Column(title="Loại đơn vị", width=30),
                *(Column(title=name, width=15, kind=Kind.WHOLE) for name in PHASES.values()),
                Column(title="Tổng số", width=12, kind=Kind.WHOLE),
                Column(title="Có việc quá hạn", width=14, kind=Kind.WHOLE),
            ],
            rows=[*rows, Row(cells=["Tổng cộng", *[every] * (len(PHASES) + 2)], look="total")],
        )

    def _line_sheet(self, heads: Sequence[str]) -> Sheet:
        rows = [
            Row(
                cells=[
                    line.unit,
                    line.kind,
                    line.standard,
                    line.phase,
                    line.obligation,
                    line.last_audit,
                    line.last_review,
                    line.declaration,
                    line.declared_on,
                    line.next_due,
                    line.next_due_on,
                    "; ".join(name for name, _day in line.overdue),
                ]
            )
            for line in self.lines
        ]
        return Sheet(
            name="Danh sách",
            title="DANH SÁCH HỆ THỐNG QUẢN LÝ CHẤT LƯỢNG",
            lines=heads,
            columns=[
                Column(title="Đơn vị", width=32),
                Column(title="Loại đơn vị", width=22),
                Column(title="Tiêu chuẩn", width=22),
                Column(title="Giai đoạn", width=16, kind=Kind.CENTRE),
                Column(title="Nghĩa vụ", width=14, kind=Kind.CENTRE),
                Column(title="Đánh giá nội bộ gần nhất", width=14, kind=Kind.DAY),
                Column(title="Xem xét của lãnh đạo gần nhất", width=14, kind=Kind.DAY),
                Column(title="Số công bố", width=18),
                Column(title="Ngày công bố", width=12, kind=Kind.DAY),
                Column(title="Việc đến hạn", width=24),
                Column(title="Thời hạn", width=12, kind=Kind.DAY),
                Column(title="Quá hạn", width=30),
            ],
            rows=rows,
        )


def qms_report(unit: Unit, *, user: User) -> QmsReport:
    """The systems of `unit` and of the units below it, as of today. Four queries."""
    now = timezone.now()
    as_of = timezone.localdate(now)
    seen = Qms.objects.allowed_to(user, Permission.ASSESSMENT_VIEW).filter(unit__path__startswith=unit.path)
    rows = system_rows(seen.order_by("unit__path", "standard", "pk"), today=as_of)
    lines = [_line(each) for each in rows]
    kinds = _kinds(rows)
    return QmsReport(
        title=f"Tổng quan hệ thống quản lý chất lượng của {unit.label}",
        abstract=paper.balanced("Tình hình xây dựng, áp dụng, duy trì và cải tiến hệ thống quản lý chất lượng"),
        status_line=f"Số liệu tính đến ngày {paper.written_day(as_of)}",
        file_name=paper.file_safe(f"Tổng quan HTQLCL - {unit.label} - {as_of.day}-{as_of.month}-{as_of.year}"),
        made_at=now,
        scope={Permission.ASSESSMENT_VIEW.value: sorted({unit.pk} | {line.unit_id for line in lines})},
        paper=unit_paper(unit, as_of),
        blocks=_blocks(lines, kinds, as_of),
        annexes=_list(lines),
        unit_id=unit.pk,
        as_of=as_of,
        lines=lines,
        kinds=kinds,
    )


def _line(each: SystemRow) -> SystemLine:
    due, declaration = each.next_due, each.declaration
    return SystemLine(
        unit_id=each.qms.unit_id,
        unit=each.qms.unit.label,
        kind=KINDS[Unit.Kind(each.qms.unit.kind)],
        standard=str(each.qms.standard),
        phase=PHASES[Qms.Phase(each.qms.phase)],
        obligation=OBLIGATIONS[each.obligation],
        last_audit=each.last_audit,
        last_review=each.last_review,
        declaration=declaration.number if declaration else "",
        declared_on=declaration.declared_on if declaration else None,
        next_due=STEPS[QmsStep.Kind(due.kind)] if due else "",
        next_due_on=due.due_on if due else None,
        overdue=tuple((STEPS[QmsStep.Kind(late.kind)], late.due_on) for late in each.overdue),
    )


def _kinds(rows: Sequence[SystemRow]) -> list[KindCount]:
    phases = Counter((each.qms.unit.kind, each.qms.phase) for each in rows)
    late = Counter(each.qms.unit.kind for each in rows if each.is_late)
    present = {each.qms.unit.kind for each in rows}
    return [
        KindCount(kind=name, counts=tuple(phases[kind, phase] for phase in PHASES), late=late[kind])
        for kind, name in KINDS.items()
        if kind in present
    ]


def _blocks(lines: Sequence[SystemLine], kinds: Sequence[KindCount], as_of: date) -> list[Block]:
    if not lines:
        told = f"Đến ngày {paper.written_day(as_of)} chưa có hệ thống quản lý chất lượng nào được ghi nhận."
        return [Heading(text="I. TÌNH HÌNH CHUNG"), paragraph(told)]
    late = sum(bool(line.overdue) for line in lines)
    declared = sum(bool(line.declaration) for line in lines)
    head = [row(*(cell(text, "centre") for text in ("Loại đơn vị", *PHASES.values(), "Tổng số", "Quá hạn")))]
    body = [
        row(each.kind, *(cell(count, "centre") for count in (*each.counts, each.total, each.late))) for each in kinds
    ]
    sums = [sum(each.counts[place] for each in kinds) for place in range(len(PHASES))]
    body.append(row("Tổng cộng", *(cell(count, "centre") for count in (*sums, len(lines), late)), look="total"))
    return [
        Heading(text="I. TÌNH HÌNH CHUNG"),
        paragraph(
            f"Đến ngày {paper.written_day(as_of)} có {paper.count(len(lines))} hệ thống quản lý chất lượng được ghi "
            f"nhận, trong đó {paper.count(declared)} có công bố đang có hiệu lực, {paper.count(late)} có việc quá hạn "
            "(đánh giá nội bộ, xem xét của lãnh đạo hoặc việc đã lên kế hoạch)."
        ),
        Heading(text="II. THEO LOẠI ĐƠN VỊ VÀ GIAI ĐOẠN"),
        Table(widths=[None, 18, 18, 18, 18, 18, 15, 15], head=head, rows=body),
        *([paragraph("Danh sách hệ thống có việc quá hạn tại Phụ lục kèm theo.")] if late else []),
    ]


def _list(lines: Sequence[SystemLine]) -> list[Annex]:
    """What is overdue, one by one, the longest first."""
    late = sorted(
        ((day, name, line) for line in lines for name, day in line.overdue), key=lambda each: (each[0], each[2].unit)
    )
    if not late:
        return []
    titles = ("Đơn vị", "Tiêu chuẩn", "Giai đoạn", "Nghĩa vụ", "Việc quá hạn", "Thời hạn")
    rows = [
        row(
            line.unit,
            line.standard,
            cell(line.phase, "centre"),
            cell(line.obligation, "centre"),
            name,
            cell(paper.written_day(day), "centre"),
        )
        for day, name, line in late
    ]
    head = [row(*(cell(text, "centre") for text in titles))]
    table = Table(widths=[None, 45, 30, 28, 45, 26], head=head, rows=rows, dense=True)
    return [Annex(label="Phụ lục", title=["DANH SÁCH VIỆC QUÁ HẠN"], blocks=[table], landscape=True)]
