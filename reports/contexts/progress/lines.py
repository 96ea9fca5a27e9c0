"""The tasks of a plan as lines of its report, with their months."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from plans.contexts import PlanProgress, TaskProgress
from reports.contexts import paper

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
