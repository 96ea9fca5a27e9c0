"""Lịch thực hiện kế hoạch: the tasks of a plan as bars by month or week, for a wall or to go on with in Excel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from plans.contexts import PlanProgress, TaskProgress, plan_progress
from plans.contexts.bars import WEEK, Axis, monday_of, months, weeks
from plans.contexts.structure import Structure
from plans.models import Plan
from reports.contexts import paper as words
from reports.contexts.blocks import BLANK, BLANK_DAY, Annex, Cell, Row, Run, Table, cell, paragraph, row
from reports.contexts.paper import Paper
from reports.contexts.printed_plan import paper_of
from reports.contexts.report import Column, DocumentReport, Kind, Sheet
from reports.contexts.report import Row as SheetRow
from units.models import User

PAST, AHEAD = "●", "○"
MAX_YEARS = 5
# How many columns a sheet of paper takes beside the words: whole years, or half years of weeks.
COLUMNS = {("month", "a4"): 12, ("month", "a3"): 24, ("week", "a4"): 27, ("week", "a3"): 53}
# Millimetres: who performs it, its period, one column; the words of the task take what is left.
WIDTHS = {
    ("month", "a4"): (42.0, 30.0, 7.5),
    ("month", "a3"): (48.0, 34.0, 8.0),
    ("week", "a4"): (32.0, 24.0, 5.2),
    ("week", "a3"): (36.0, 26.0, 4.5),
}
LEGEND = "Ghi chú: ô nền xám là thời gian theo kế hoạch; ● đã qua; ○ hiện tại và chưa đến (tính đến ngày {day})."


@dataclass(frozen=True, kw_only=True)
class Line:
    """A task: its words, and whether each column is its time."""

    number: str
    title: str
    performers: Sequence[str]
    period: str
    planned: Sequence[bool]


@dataclass(frozen=True, kw_only=True)
class Page:
    """As many columns as one sheet of paper takes. `gone`: whether each of them is over."""

    caption: str
    groups: Sequence[tuple[str, int]]
    columns: Sequence[str]
    gone: Sequence[bool]
    lines: Sequence[Line]

    def marks(self, line: Line) -> list[str]:
        return [
            (PAST if over else AHEAD) if wanted else "" for wanted, over in zip(line.planned, self.gone, strict=True)
        ]


@dataclass(frozen=True, kw_only=True)
class ScheduleReport(DocumentReport):
    print_template = "reports/schedule_print.html"

    plan_id: int
    as_of: date
    by: str
    pages: Sequence[Page]

    @property
    def sheets(self) -> Sequence[Sheet]:
        return [self._sheet(page) for page in self.pages]

    def _sheet(self, page: Page) -> Sheet:
        return Sheet(
            name=page.caption.replace("/", "."),  # no sheet of a workbook has a slash in its name
            title=f"LỊCH THỰC HIỆN {page.caption.upper()}",
            lines=[self.title, f"Tính đến ngày {words.written_day(self.as_of)}; ● đã qua, ○ hiện tại và chưa đến"],
            columns=[
                Column(title="TT", width=6, kind=Kind.CENTRE),
                Column(title="Nội dung công việc", width=52),
                Column(title="Thực hiện", width=34),
                Column(title="Thời gian thực hiện", width=22),
                *(Column(title=title, width=5 if self.by == "week" else 6, kind=Kind.CENTRE) for title in page.columns),
            ],
            rows=[
                SheetRow(
                    cells=[
                        line.number or None,
                        line.title,
                        "; ".join(line.performers) or None,
                        line.period or None,
                        *(mark or None for mark in page.marks(line)),
                    ]
                )
                for line in page.lines
            ],
        )


def schedule_report(plan: Plan, *, user: User, by: str = "month", paper: str = "a4") -> ScheduleReport:
    """As far as `user`, who may see `plan`, may see how far its tasks are. `by`: month or week; `paper`: a4 or a3."""
    today = timezone.localdate()
    progress = plan_progress(plan=plan, user=user, as_of=today)
    structure = Structure.of(plan)
    pages = [_page(axis, by, progress, structure) for axis in _axes(progress, by, COLUMNS[by, paper])]
    name = f"{plan.number}/{plan.symbol}" if plan.number else plan.title
    head = paper_of(plan)
    return ScheduleReport(
        title=f"Lịch thực hiện {(plan.kind or 'Kế hoạch').lower()} {name}",
        file_name=words.file_safe(f"Lịch thực hiện {name}"),
        made_at=timezone.now(),
        paper=head,
        annexes=[_annex(page, plan, head, by, paper, today) for page in pages],
        plan_id=plan.pk,
        as_of=today,
        by=by,
        pages=pages,
    )


def _axes(progress: PlanProgress, by: str, count: int) -> Iterator[Axis]:
    """Whole years where by month, from the first week named where by week; five years at most."""
    days = [day for task in progress.tasks for day in (task.start, task.end) if day]
    if not days:
        return
    first, last = min(days), max(days)
    last = min(last, date(first.year + MAX_YEARS - 1, 12, 31))
    if by == "week":
        begins = monday_of(first)
        while begins <= last:
            yield weeks(begins, min(count, (last - begins).days // 7 + 1), today=progress.as_of)
            begins += count * WEEK
        return
    for year in range(first.year, last.year + 1, count // 12):
        yield months(date(year, 1, 1), min(count, 12 * (last.year - year + 1)), today=progress.as_of)


def _page(axis: Axis, by: str, progress: PlanProgress, structure: Structure) -> Page:
    told = structure.told()
    tasks = {task.task_id: task for task in progress.tasks}
    first, last = axis.first, axis.last
    if by == "week":
        caption = f"từ {words.written_day(first)} đến {words.written_day(last)}"
    else:
        caption = f"năm {first.year}" if first.year == last.year else f"năm {first.year} - {last.year}"
    return Page(
        caption=caption,
        groups=axis.groups,
        columns=[str(span.number) for span in axis.spans],
        gone=[span.last < progress.as_of for span in axis.spans],
        lines=[
            _line(tasks[node_id], structure, axis, told.get(node_id, ""))
            for node_id in structure.nodes
            if node_id in tasks
        ],
    )


def _line(task: TaskProgress, structure: Structure, axis: Axis, after: str) -> Line:
    node = structure.nodes[task.task_id]
    title = f"{'– ' * node.depth}{task.title}"
    notes = [word for word, wanted in (("đã hủy", node.is_cancelled), ("phát sinh", node.arose)) if wanted]
    if task.is_late:
        notes.append("quá hạn")
    if after:
        notes.append(after)
    start, end = task.start or task.end, task.end or task.start
    planned = [False] * len(axis.spans)
    if start and end and not node.is_cancelled:
        for place in range(max(axis.place(start), 0), min(axis.place(end), len(planned) - 1) + 1):
            planned[place] = True
    return Line(
        number=task.number,
        title=f"{title} ({'; '.join(notes)})" if notes else title,
        performers=[each.text for each in task.written_performers],
        period=task.period_text,
        planned=planned,
    )


def _annex(page: Page, plan: Plan, head: Paper, by: str, size: str, today: date) -> Annex:
    unit = "tuần" if by == "week" else "tháng"
    who, when, column = WIDTHS[by, size]
    widths: list[float | None] = [9.0, None, who, when, *([column] * len(page.columns))]
    heads = [
        Row(
            cells=[
                *(cell(text, rows=3) for text in ("TT", "Nội dung công việc", "Thực hiện", "Thời gian")),
                cell(f"Thời gian thực hiện ({unit})", columns=len(page.columns)),
            ]
        ),
        Row(cells=[cell(label, columns=span) for label, span in page.groups]),
        Row(cells=[cell(title, look="month") for title in page.columns]),
    ]
    rows = [
        row(
            cell(line.number, "centre"),
            line.title,
            cell("\n".join(f"- {name}" for name in line.performers)),
            cell(line.period, "centre"),
            *(_mark(mark) for mark in page.marks(line)),
        )
        for line in page.lines
    ]
    table = Table(widths=widths, head=heads, rows=rows, dense=True)
    legend = paragraph(LEGEND.format(day=words.written_day(today)), look="legend")
    return Annex(
        label="LỊCH THỰC HIỆN",
        title=[words.upper(page.caption)],
        reference=_reference(plan, head),
        blocks=[table, legend],
        landscape=True,
        sheet=size,
    )


def _mark(mark: str) -> Cell:
    return cell(mark, look="month-planned" if mark else "month")


def _reference(plan: Plan, head: Paper) -> list[Run]:
    """(Kèm theo Kế hoạch số … ngày … tháng … năm … của …), with places left blank for what the paper lacks."""
    return [
        Run(f"(Kèm theo {(plan.kind or 'Kế hoạch').capitalize()} số "),
        Run(head.number) if head.number else Run("", BLANK),
        Run(f"/{head.symbol_tail} ngày "),
        Run(head.day) if head.day else Run("", BLANK_DAY),
        Run(" tháng "),
        Run(head.month) if head.month else Run("", BLANK_DAY),
        Run(" năm "),
        Run(str(head.year)) if head.year else Run("", BLANK_DAY),
        Run(f" của {head.organ})"),
    ]
