"""Báo cáo khó khăn, vướng mắc: what stands in the way, how long it has waited, at which level; as far as the one who
asks may see it. The progress report has the same lines of one plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from plans.contexts.obstacles import BUCKETS, Ageing, AgeingRow, ageing, obstacle_row
from plans.models import Obstacle, ObstacleStep, Plan
from reports.contexts import paper
from reports.contexts.blocks import Annex, Block, Heading, Table, cell, paragraph, row
from reports.contexts.paper import Paper
from reports.contexts.report import Column, DocumentReport, Kind, Row, Sheet, SumOf
from units.access import allowed_units
from units.models import Unit, User
from units.permissions import Permission

# The words of documents: Vietnamese whatever the reader's language.
LEVELS = {
    Obstacle.Level.UNIT: "Đơn vị",
    Obstacle.Level.STANDING_BODY: "Cơ quan thường trực",
    Obstacle.Level.COMMITTEE: "Ban Chỉ đạo",
    Obstacle.Level.PEOPLES_COMMITTEE: "UBND tỉnh",
}
AGES = ("Đến 7 ngày", "8 - 15 ngày", "16 - 30 ngày", "Trên 30 ngày")
ANSWERS = frozenset({ObstacleStep.Kind.ANSWER, ObstacleStep.Kind.DIRECTION})


@dataclass(frozen=True, kw_only=True)
class ObstacleLine:
    """`answer` is the last that was said to the unit, "" where nobody has answered. `scope_unit` is the unit through
    which the one who asks sees it."""

    obstacle_id: int
    reference: str
    unit: str
    plan: str
    task: str
    task_number: str
    title: str
    text: str
    proposal: str
    level: str
    state: str
    raised_on: date
    due_on: date
    age: int
    days_late: int
    answer: str
    scope_unit: int

    @property
    def quoted(self) -> str:
        return self.title.rstrip(". ")

    @property
    def verdict_in_text(self) -> str:
        return self.verdict[:1].lower() + self.verdict[1:]

    @property
    def verdict(self) -> str:
        if self.state == Obstacle.State.ANSWERED:
            return "Đã trả lời"
        if self.days_late:
            return f"Quá hạn trả lời {self.days_late}{paper.NO_BREAK}ngày"
        return f"Chờ trả lời, hạn {paper.written_day(self.due_on)}"


@dataclass(frozen=True, kw_only=True)
class ObstacleReport(DocumentReport):
    print_template: ClassVar[str] = "reports/document_print.html"

    unit_id: int
    as_of: date
    lines: Sequence[ObstacleLine]
    ages: Sequence[AgeingRow]

    @property
    def sheets(self) -> Sequence[Sheet]:
        heads = [self.title, f"Tính đến ngày {paper.written_day(self.as_of)}"]
        return [self._age_sheet(heads), obstacle_sheet(self.lines, heads)]

    def _age_sheet(self, heads: Sequence[str]) -> Sheet:
        rows = [Row(cells=[each.name, *each.counts, each.total]) for each in self.ages]
        every = SumOf(rows=range(len(rows)))
        return Sheet(
            name="Tổng hợp",
            title="VƯỚNG MẮC THEO CẤP VÀ THỜI GIAN CHỜ",
            lines=heads,
            columns=[
                Column(title="Cấp giải quyết", width=30),
                *(Column(title=age, width=14, kind=Kind.WHOLE) for age in AGES),
                Column(title="Tổng số", width=12, kind=Kind.WHOLE),
            ],
            rows=[*rows, Row(cells=["Tổng cộng", *[every] * (len(BUCKETS) + 1)], look="total")],
        )


def obstacle_sheet(lines: Sequence[ObstacleLine], heads: Sequence[str]) -> Sheet:
    rows = [
        Row(
            cells=[
                line.reference,
                line.unit,
                line.plan,
                line.task,
                line.title,
                line.text,
                line.proposal,
                line.level,
                line.raised_on,
                line.due_on,
                line.age,
                line.verdict,
                line.answer,
            ]
        )
        for line in lines
    ]
    return Sheet(
        name="Vướng mắc",
        title="DANH SÁCH KHÓ KHĂN, VƯỚNG MẮC CHƯA KẾT THÚC",
        lines=heads,
        columns=[
            Column(title="Số", width=14, kind=Kind.CENTRE),
            Column(title="Đơn vị", width=26),
            Column(title="Kế hoạch", width=22),
            Column(title="Nhiệm vụ", width=36),
            Column(title="Vướng mắc", width=36),
            Column(title="Mô tả", width=48),
            Column(title="Đề xuất", width=36),
            Column(title="Cấp giải quyết", width=18, kind=Kind.CENTRE),
            Column(title="Ngày nêu", width=12, kind=Kind.DAY),
            Column(title="Hạn trả lời", width=12, kind=Kind.DAY),
            Column(title="Số ngày chờ", width=10, kind=Kind.WHOLE),
            Column(title="Tình trạng", width=22, kind=Kind.CENTRE),
            Column(title="Trả lời gần nhất", width=48),
        ],
        rows=rows,
    )


def plan_obstacles(plan: Plan, *, user: User, as_of: date) -> list[ObstacleLine]:
    """What is not closed under `plan`, as far as `user` sees it; the longest waiting first. Three queries."""
    return _lines(Obstacle.objects.filter(plan=plan), user=user, as_of=as_of)[0]


def obstacle_report(unit: Unit, *, user: User) -> ObstacleReport:
    """What is not closed of `unit`, of the units below it and of their plans, as of today. Four queries."""
    now = timezone.now()
    as_of = timezone.localdate(now)
    below = Obstacle.objects.filter(Q(unit__path__startswith=unit.path) | Q(plan__unit__path__startswith=unit.path))
    lines, ages = _lines(below, user=user, as_of=as_of)
    return ObstacleReport(
        title=f"Báo cáo khó khăn, vướng mắc trong thực hiện kế hoạch của {unit.label}",
        abstract=paper.balanced("Tình hình giải quyết khó khăn, vướng mắc trong thực hiện các kế hoạch áp dụng ISO"),
        status_line=f"Số liệu tính đến ngày {paper.written_day(as_of)}",
        file_name=paper.file_safe(f"Báo cáo vướng mắc - {unit.label} - {as_of.day}-{as_of.month}-{as_of.year}"),
        made_at=now,
        scope={Permission.PLAN_VIEW.value: sorted({unit.pk} | {line.scope_unit for line in lines})},
        paper=_paper(unit, as_of),
        blocks=_blocks(lines, ages, as_of),
        annexes=_list(lines),
        unit_id=unit.pk,
        as_of=as_of,
        lines=lines,
        ages=[
            AgeingRow(name=LEVELS[level], counts=each.counts)
            for level, each in zip(Obstacle.Level, ages.rows, strict=True)
        ],
    )


def _lines(obstacles: QuerySet[Obstacle, Obstacle], *, user: User, as_of: date) -> tuple[list[ObstacleLine], Ageing]:
    seen = Obstacle.objects.allowed_to(user, Permission.PLAN_VIEW).filter(pk__in=obstacles.order_by().values("pk"))
    rows = [
        obstacle_row(each, today=as_of)
        for each in seen.exclude(state=Obstacle.State.CLOSED)
        .select_related("unit", "plan__unit", "task")
        .prefetch_related(Prefetch("steps", ObstacleStep.objects.filter(kind__in=ANSWERS).order_by("pk")))
        .order_by("raised_at", "pk")
    ]
    mine = set(allowed_units(user, Permission.PLAN_VIEW).values_list("pk", flat=True)) if rows else set()
    lines = []
    for each in rows:
        obstacle = each.obstacle
        said = list(obstacle.steps.all())
        lines.append(
            ObstacleLine(
                obstacle_id=obstacle.pk,
                reference=obstacle.reference,
                unit=obstacle.unit.label,
                plan=str(obstacle.plan),
                task=str(obstacle.task) if obstacle.task else "",
                task_number=obstacle.task.number or f"“{obstacle.task.title}”" if obstacle.task else "",
                title=obstacle.title,
                text=obstacle.text,
                proposal=obstacle.proposal,
                level=LEVELS[Obstacle.Level(obstacle.level)],
                state=obstacle.state,
                raised_on=timezone.localtime(obstacle.raised_at).date(),
                due_on=obstacle.due_on,
                age=each.age,
                days_late=each.days_late if each.is_late else 0,
                answer=_answer(said[-1]) if said else "",
                scope_unit=obstacle.unit_id if obstacle.unit_id in mine else obstacle.plan.unit_id,
            )
        )
    return lines, ageing(rows)


def _answer(step: ObstacleStep) -> str:
    return f"{step.text} ({step.document})" if step.document else step.text


def _blocks(lines: Sequence[ObstacleLine], ages: Ageing, as_of: date) -> list[Block]:
    late = sum(bool(line.days_late) for line in lines)
    answered = sum(line.state == Obstacle.State.ANSWERED for line in lines)
    if not lines:
        told = f"Đến ngày {paper.written_day(as_of)} không có khó khăn, vướng mắc nào chưa giải quyết xong."
        return [Heading(text="I. TÌNH HÌNH CHUNG"), paragraph(told)]
    head = [row(*(cell(text, "centre") for text in ("Cấp giải quyết", *AGES, "Tổng số")))]
    body = [
        row(LEVELS[level], *(cell(count, "centre") for count in (*each.counts, each.total)))
        for level, each in zip(Obstacle.Level, ages.rows, strict=True)
    ]
    body.append(row("Tổng cộng", *(cell(count, "centre") for count in (*ages.totals, ages.total)), look="total"))
    return [
        Heading(text="I. TÌNH HÌNH CHUNG"),
        paragraph(
            f"Đến ngày {paper.written_day(as_of)} còn {paper.count(len(lines))} vướng mắc chưa giải quyết xong, trong "
            f"đó {paper.count(answered)} vướng mắc đã được trả lời, {paper.count(late)} vướng mắc quá hạn trả lời."
        ),
        Heading(text="II. VƯỚNG MẮC THEO CẤP GIẢI QUYẾT VÀ THỜI GIAN CHỜ"),
        Table(widths=[None, 24, 24, 24, 24, 20], head=head, rows=body),
        paragraph("Danh sách vướng mắc tại Phụ lục kèm theo."),
    ]


def _list(lines: Sequence[ObstacleLine]) -> list[Annex]:
    """One by one, the longest waiting first; across, since answers are long."""
    if not lines:
        return []
    titles = ("Số", "Nội dung, đơn vị", "Nhiệm vụ", "Cấp giải quyết", "Số ngày chờ", "Tình trạng", "Trả lời gần nhất")
    rows = [
        row(
            cell(line.reference, "centre"),
            f"{line.quoted}\n({line.unit})",
            line.task or line.plan,
            cell(line.level, "centre"),
            cell(line.age, "centre"),
            cell(line.verdict, "centre"),
            line.answer,
        )
        for line in lines
    ]
    head = [row(*(cell(text, "centre") for text in titles))]
    table = Table(widths=[27, None, 52, 26, 15, 30, 55], head=head, rows=rows, dense=True)
    return [Annex(label="Phụ lục", title=["DANH SÁCH VƯỚNG MẮC CHƯA GIẢI QUYẾT XONG"], blocks=[table], landscape=True)]


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
