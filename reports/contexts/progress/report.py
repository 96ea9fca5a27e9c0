"""The value of a progress report, and how it comes about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from budgets.contexts import Execution, execution
from plans.contexts import PlanProgress, plan_progress
from plans.models import Plan, SignatureLine, TaskPerformer
from reports.contexts import paper
from reports.contexts.obstacles import ObstacleLine, obstacle_sheet, plan_obstacles
from reports.contexts.paper import Paper
from reports.contexts.progress.lines import Schedule, TaskLine, task_line, years_of
from reports.contexts.progress.sheets import money_sheet, task_sheet, unit_sheet
from reports.contexts.report import Report, Scope, Sheet
from units.models import Unit, User
from units.permissions import Permission

NUMERALS = ("I", "II", "III", "IV", "V")


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
    obstacles: Sequence[ObstacleLine] = ()

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
    def obstacles_count(self) -> str:
        return paper.count(len(self.obstacles))

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
        sheets = [task_sheet(self, lines), unit_sheet(self, lines)]
        if self.obstacles:
            sheets.append(obstacle_sheet(self.obstacles, lines))
        return [*sheets, money_sheet(lines, self.money)] if self.money else sheets


def progress_report(plan: Plan, *, user: User) -> ProgressReport:
    """As of today, for `user`, who may see `plan`. About fifteen queries, however large the plan is."""
    now = timezone.now()
    as_of = timezone.localdate(now)
    progress = plan_progress(plan=plan, user=user, as_of=as_of)
    money = execution(plan=plan, user=user)
    obstacles = plan_obstacles(plan, user=user, as_of=as_of)
    years = years_of(progress)
    counted = {each.unit_id: each.unit_name for task in progress.tasks for each in task.performers if each.expected}
    reported = {each.unit_id for task in progress.tasks for each in task.performers if each.percent is not None}
    kind = plan.kind.capitalize() or "Kế hoạch"
    name = f"{plan.number}/{plan.symbol}" if plan.number else about(plan.title)
    seen = {pk for pk in counted if pk} | {each.scope_unit for each in obstacles}
    scope: Scope = {Permission.PLAN_VIEW.value: sorted(seen)}
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
        obstacles=obstacles,
    )


def about(title: str) -> str:
    """The title inside a sentence: "Hoạt động của …" loses its capital, "ISO …" and "TCVN …" keep theirs."""
    return title[:1].lower() + title[1:] if title[1:2].islower() or title[1:2] == " " else title


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
