"""The tasks of a plan as bars by month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from plans.contexts.progress import PlanProgress, TaskProgress

MAX_YEARS = 5


@dataclass(frozen=True, slots=True)
class Month:
    year: int
    number: int
    is_now: bool = False

    @property
    def quarter_start(self) -> bool:
        return self.number % 3 == 1


@dataclass(frozen=True, slots=True)
class Cell:
    """One month of one task; `classes` as the Gantt component wants them."""

    classes: str = ""
    week: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    url: str
    cells: tuple[Cell, ...]
    state: str = ""


@dataclass(frozen=True, slots=True)
class Gantt:
    caption: str
    months: tuple[Month, ...]
    quarters: tuple[tuple[str, int], ...]
    rows: tuple[Row, ...]
    today: date | None


def schedule(progress: PlanProgress) -> Gantt | None:
    """Whole calendar years from the first day named to the last, five at most; None where no task names any day."""
    days = [day for task in progress.tasks for day in (task.start, task.end) if day]
    if not days:
        return None
    first, last = min(days).year, max(days).year
    last = min(last, first + MAX_YEARS - 1)
    now = (progress.as_of.year, progress.as_of.month)
    months = tuple(
        Month(year, number, (year, number) == now) for year in range(first, last + 1) for number in range(1, 13)
    )
    quarters = tuple(
        (_("Quarter %(number)s") % {"number": roman} if first == last else f"{roman}/{year}", 3)
        for year in range(first, last + 1)
        for roman in ("I", "II", "III", "IV")
    )
    years = str(first) if first == last else f"{first}–{last}"
    return Gantt(
        caption=_("Schedule by month, %(years)s") % {"years": years},
        months=months,
        quarters=quarters,
        rows=tuple(_row(task, months, progress.as_of) for task in progress.tasks),
        today=progress.as_of if any(month.is_now for month in months) else None,
    )


def _row(task: TaskProgress, months: tuple[Month, ...], as_of: date) -> Row:
    label = f"{task.number}. {task.title}" if task.number else task.title
    label = label if len(label) <= 90 else label[:89].rsplit(" ", 1)[0] + "…"
    cells = tuple(_cell(task, month, as_of) for month in months)
    return Row(label=label, url=reverse("plans:task", args=[task.task_id]), cells=cells)


def _cell(task: TaskProgress, month: Month, as_of: date) -> Cell:
    """A task that names one end only is drawn in the month of that end."""
    start, end = task.start or task.end, task.end or task.start
    week = min(4, (as_of.day - 1) // 8 + 1) if month.is_now else None
    classes = ["now"] if month.is_now else []
    at = (month.year, month.number)
    if start is None or end is None or not (start.year, start.month) <= at <= (end.year, end.month):
        return Cell(" ".join(classes), week)
    looks = {
        "on": True,
        "late": task.is_late,
        "past": not task.is_late and at < (as_of.year, as_of.month),
        "from": at == (start.year, start.month),
        "to": at == (end.year, end.month),
    }
    return Cell(" ".join([*(name for name, wanted in looks.items() if wanted), *classes]), week)
