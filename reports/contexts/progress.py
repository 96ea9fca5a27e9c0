"""Báo cáo tiến độ thực hiện kế hoạch: how far a plan has come, as far as the one who asks may see it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import timezone

from budgets.contexts import Execution, execution
from plans.contexts import PlanProgress, TaskProgress, plan_progress
from plans.models import Plan, SignatureLine, TaskPerformer
from reports.contexts import paper
from reports.contexts.paper import Paper
from reports.contexts.report import Cell, Column, Kind, Report, Row, Scope, Sheet, SumOf
from units.models import Unit, User
from units.permissions import Permission

MAX_YEARS = 5
VERDICTS = {
    "done": "Hoàn thành",
    "running": "Đang thực hiện",
    "due": "Sắp đến hạn",
    "late": "Quá hạn",
    "not_due": f"Chưa đến thời gian thực{paper.NO_BREAK}hiện",
    "undated": f"Không nêu thời{paper.NO_BREAK}hạn",
    "cancelled": "Đã hủy",
    "": "",
}
NUMERALS = ("I", "II", "III", "IV", "V")
ROLES = {"lead": "chủ trì", "support": "phối hợp", "execute": "thực hiện", "direct": "chỉ đạo"}


@dataclass(frozen=True, kw_only=True)
class Month:
    """A cell of the schedule: `planned` in the task's period, `past` when it is over as of the report's day."""

    planned: bool
    past: bool


@dataclass(frozen=True, kw_only=True)
class TaskLine:
    """A task in the words of the document. `months` holds twelve for each year of the report's `years`."""

    task: TaskProgress
    number: str
    verdict: str
    performers: Sequence[str]
    months: Sequence[Sequence[Month]]

    @property
    def percent(self) -> str:
        return paper.decimal(self.task.percent)

    @property
    def deadline(self) -> str:
        return paper.written_day(self.task.end) if self.task.end else ""

    @property
    def quoted(self) -> str:
        return self.task.title.rstrip(". ")

    @property
    def said_on(self) -> str:
        return paper.written_day(timezone.localtime(self.task.at).date()) if self.task.at else ""


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """One year of the annex."""

    label: str
    year: int
    rows: Sequence[tuple[TaskLine, Sequence[Month]]]
    months: Sequence[int] = tuple(range(1, 13))


@dataclass(frozen=True, kw_only=True)
class ProgressReport(Report):
    """`units_expected` and `units_reported` count units, not tasks; `is_partial`: the plan has units that the one who
    asked does not see. `money` None: not theirs to see."""

    print_template = "reports/progress_print.html"

    plan_id: int
    plan_kind: str
    plan_number: str
    plan_symbol: str
    plan_day: str
    plan_month: str
    plan_year: str
    plan_about: str
    as_of: date
    progress: PlanProgress
    lines: Sequence[TaskLine]
    years: Sequence[int]
    units_expected: int
    units_reported: int
    unit_names: Sequence[str]
    is_partial: bool
    money: Execution | None

    @property
    def abstract(self) -> Sequence[str]:
        return paper.balanced(f"Tiến độ thực hiện {self.plan_kind} {self.plan_about}")

    @property
    def day(self) -> str:
        return paper.written_day(self.as_of)

    @property
    def units_silent(self) -> int:
        return self.units_expected - self.units_reported

    @property
    def states(self) -> Counter[str]:
        return Counter(line.task.state for line in self.lines)

    @property
    def general(self) -> str:
        """The state of the tasks in one sentence, each kind with its number, kinds without any left out."""
        states = self.states
        parts = [
            (states["done"], "đã hoàn thành"),
            (states["running"] + states["due"], "đang thực hiện"),
            (states["not_due"], "chưa đến thời gian thực hiện"),
            (states["undated"], "không nêu thời hạn"),
            (states["cancelled"], "đã hủy"),
            (states[""], "không thuộc phạm vi theo dõi của người lập báo cáo"),
        ]
        told = [f"{paper.count(number)} nhiệm vụ {words}" for number, words in parts if number]
        late = f"{paper.count(states['late'])} nhiệm vụ quá hạn" if states["late"] else "không có nhiệm vụ quá hạn"
        return f"Kế hoạch có {paper.count(len(self.lines))} nhiệm vụ: " + ", ".join([*told, late]) + "."

    @property
    def reporting(self) -> str:
        if not self.units_expected:
            return ""
        silent = f", {paper.count(self.units_silent)} đơn vị chưa báo cáo" if self.units_silent else ""
        return (
            f"Trong số {paper.count(self.units_expected)} đơn vị được giao báo cáo có "
            f"{paper.count(self.units_reported)} đơn vị đã báo cáo tiến độ{silent}."
        )

    @property
    def late(self) -> Sequence[TaskLine]:
        return [line for line in self.lines if line.task.is_late]

    @property
    def said(self) -> Sequence[TaskLine]:
        """Tasks on which somebody wrote something."""
        return [line for line in self.lines if line.task.note]

    @property
    def total(self) -> str:
        return paper.money(self.money.ceiling) if self.money and self.money.ceiling is not None else ""

    @property
    def spent(self) -> str:
        return paper.money(self.money.spent or 0) if self.money else ""

    @property
    def left(self) -> str:
        return paper.money(self.money.available) if self.money and self.money.available is not None else ""

    @property
    def share(self) -> str:
        return paper.decimal(self.money.share, 2) if self.money else ""

    @property
    def schedules(self) -> Sequence[Schedule]:
        """One annex a year; only where there are several are they numbered."""
        return [
            Schedule(
                label=f"Phụ lục {NUMERALS[place]}" if len(self.years) > 1 else "Phụ lục",
                year=year,
                rows=[(line, line.months[place]) for line in self.lines],
            )
            for place, year in enumerate(self.years)
        ]

    @property
    def sheets(self) -> Sequence[Sheet]:
        lines = [self.title, f"Tính đến ngày {self.day}"]
        if self.is_partial:
            lines.append("Phạm vi: " + ", ".join(self.unit_names))
        sheets = [self._task_sheet(lines), self._unit_sheet(lines)]
        return [*sheets, self._money_sheet(lines, self.money)] if self.money else sheets

    def _task_sheet(self, lines: Sequence[str]) -> Sheet:
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
            for line in self.lines
        ]
        every = SumOf(rows=range(len(rows)))
        blank: list[Cell] = [None] * 12
        blank[1], blank[6], blank[7], blank[8] = "Tổng cộng", tenth(self.progress.percent), every, every
        return Sheet(
            name="Tiến độ",
            title="TIẾN ĐỘ THỰC HIỆN NHIỆM VỤ",
            lines=lines,
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

    def _unit_sheet(self, lines: Sequence[str]) -> Sheet:
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
            for line in self.lines
            for each in line.task.performers
            if each.expected
        ]
        return Sheet(
            name="Theo đơn vị",
            title="TIẾN ĐỘ CỦA TỪNG ĐƠN VỊ",
            lines=lines,
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

    @staticmethod
    def _money_sheet(lines: Sequence[str], money: Execution) -> Sheet:
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
            lines=[*lines, "Đơn vị tính: đồng"],
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


def progress_report(plan: Plan, *, user: User) -> ProgressReport:
    """As of today, for `user`, who may see `plan`. About a dozen queries, however large the plan is."""
    now = timezone.now()
    as_of = timezone.localdate(now)
    progress = plan_progress(plan=plan, user=user, as_of=as_of)
    money = execution(plan=plan, user=user)
    years = years_of(progress)
    counted = {each.unit_id: each.unit_name for task in progress.tasks for each in task.performers if each.expected}
    reported = {each.unit_id for task in progress.tasks for each in task.performers if each.percent is not None}
    kind = plan.kind.capitalize() or "Kế hoạch"
    name = f"{plan.number}/{plan.symbol}" if plan.number else about(plan.title)
    scope: Scope = {Permission.PLAN_VIEW.value: sorted(pk for pk in counted if pk)}
    if money:
        scope[Permission.BUDGET_VIEW.value] = [plan.unit_id]
    return ProgressReport(
        title=f"Báo cáo tiến độ thực hiện {kind} {name}".strip(),
        file_name=paper.file_safe(f"Báo cáo tiến độ - {kind} {name} - {as_of.day}-{as_of.month}-{as_of.year}"),
        made_at=now,
        scope=scope,
        paper=paper_of(plan, as_of),
        plan_id=plan.pk,
        plan_kind=kind,
        plan_number=plan.number,
        plan_symbol=plan.symbol,
        plan_day=f"{plan.issue_day:02d}" if plan.issue_day else "",
        plan_month=paper.written_month(plan.issue_month) if plan.issue_month else "",
        plan_year=str(plan.issue_year or ""),
        plan_about=about(plan.title),
        as_of=as_of,
        progress=progress,
        lines=[task_line(task, place, years, as_of) for place, task in enumerate(progress.tasks, start=1)],
        years=years,
        units_expected=len(counted),
        units_reported=len(reported),
        unit_names=sorted(counted.values()),
        is_partial=any(
            each.unit_id and not each.expected and each.role != TaskPerformer.Role.DIRECT
            for task in progress.tasks
            for each in task.performers
        ),
        money=money,
    )


def about(title: str) -> str:
    """The title inside a sentence: "Hoạt động của …" loses its capital, "ISO …" and "TCVN …" keep theirs."""
    return title[:1].lower() + title[1:] if title[1:2].islower() or title[1:2] == " " else title


def task_line(task: TaskProgress, place: int, years: Sequence[int], as_of: date) -> TaskLine:
    verdict = VERDICTS[task.state]
    return TaskLine(
        task=task,
        number=task.number or str(place),
        verdict=f"{verdict} {task.late_days}{paper.NO_BREAK}ngày" if task.is_late else verdict,
        performers=[each.text for each in task.written_performers],
        months=[[month(task, year, number, as_of) for number in range(1, 13)] for year in years],
    )


def month(task: TaskProgress, year: int, number: int, as_of: date) -> Month:
    start, end = task.start or task.end, task.end or task.start
    at = (year, number)
    planned = bool(start and end and (start.year, start.month) <= at <= (end.year, end.month))
    return Month(planned=planned, past=at < (as_of.year, as_of.month))


def years_of(progress: PlanProgress) -> list[int]:
    """The calendar years in which tasks run, five at most; none where no task names a day."""
    days = [day for task in progress.tasks for day in (task.start, task.end) if day]
    if not days:
        return []
    first, last = min(days).year, max(days).year
    return list(range(first, min(last, first + MAX_YEARS - 1) + 1))


def paper_of(plan: Plan, as_of: date) -> Paper:
    """The organ that issued the plan reports on it; the lines of its signature stand as in the plan, unsigned."""
    organ = plan.issuer or plan.unit.name
    above: Unit | None = plan.unit.parent if plan.unit.kind == Unit.Kind.COMMITTEE else plan.unit
    lines = list(plan.signature_lines.all())
    return Paper(
        parent_organ=paper.parent_organ(organ, above),
        organ=organ,
        organ_lines=paper.organ_lines(organ),
        symbol_tail=plan.symbol.partition("-")[2],
        place=plan.place or plan.unit.place,
        month=paper.written_month(as_of.month),
        year=as_of.year,
        recipients=paper.recipient_lines([(each.text, each.purpose) for each in plan.recipients.all()]),
        authorities=[line.text for line in lines if line.kind == SignatureLine.Kind.AUTHORITY],
        office_lines=paper.office_lines(
            next((line.text for line in lines if line.kind == SignatureLine.Kind.OFFICE), "")
        ),
    )
