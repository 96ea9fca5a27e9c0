"""The tasks of a plan as bars by month or by week.

A plan's own page shows whole years at once (`schedule`); the page of the schedule shows a span of its choosing, one
page of columns after the other (`schedule_page`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.urls import reverse
from django.utils.translation import gettext as _

from plans.contexts.bars import WEEK, Axis, Span, monday_of, months, weeks
from plans.contexts.holidays import WorkCalendar
from plans.contexts.progress import PlanProgress, TaskProgress
from plans.contexts.structure import Structure

MAX_YEARS = 5
LONGEST_LABEL = 90
MONTHS_A_PAGE = 24
WEEKS_A_PAGE = 27  # half a year, whichever day it begins on


@dataclass(frozen=True, slots=True)
class Cell:
    """One column of one task; `classes` as the Gantt component wants them."""

    classes: str = ""
    week: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    url: str
    cells: tuple[Cell, ...]
    state: str = ""
    depth: int = 0
    is_cancelled: bool = False
    arose: bool = False
    after: str = ""


@dataclass(frozen=True, slots=True)
class Gantt:
    caption: str
    months: tuple[Span, ...]
    quarters: tuple[tuple[str, int], ...]
    rows: tuple[Row, ...]
    today: date | None
    by: str = "month"

    @property
    def days_off(self) -> list[tuple[date, str]]:
        """The holidays in the columns shown."""
        return [each for span in self.months for each in span.off]


@dataclass(frozen=True, slots=True)
class SchedulePage:
    """One page of columns, and the first days of the pages before and after it where the plan goes on there."""

    gantt: Gantt
    before: date | None
    after: date | None


def schedule(progress: PlanProgress, structure: Structure | None = None) -> Gantt | None:
    """Whole calendar years from the first day named to the last, five at most; None where no task names any day."""
    if (named := _named(progress)) is None:
        return None
    first, last = named[0].year, named[1].year
    last = min(last, first + MAX_YEARS - 1)
    axis = months(date(first, 1, 1), 12 * (last - first + 1), today=progress.as_of)
    years = str(first) if first == last else f"{first}–{last}"
    caption = _("Schedule by month, %(years)s") % {"years": years}
    return _gantt(progress, progress.tasks, axis, structure, caption=caption)


def schedule_page(
    progress: PlanProgress,
    structure: Structure,
    *,
    calendar: WorkCalendar,
    by: str = "month",
    begins: date | None = None,
    shown: frozenset[int] | None = None,
) -> SchedulePage | None:
    """The page of columns in which `begins` lies, that of the plan's first day without it; None where no task names any
    day. `shown`: the tasks to show, all without it. No query."""
    if (named := _named(progress)) is None:
        return None
    first, last = named
    if by == "week":
        origin, step = monday_of(first), WEEKS_A_PAGE * WEEK
        start = origin + ((_inside(begins, first, last) - origin) // step) * step
        count = min(WEEKS_A_PAGE, (last - start) // WEEK + 1)
        axis = weeks(start, count, today=progress.as_of, calendar=calendar)
        caption = _("Schedule by week, %(first)s to %(last)s")
        before, after = start - step, start + step
    else:
        year = first.year + (_inside(begins, first, last).year - first.year) // 2 * 2
        count = MONTHS_A_PAGE if last.year > year else 12
        axis = months(date(year, 1, 1), count, today=progress.as_of, calendar=calendar)
        caption = _("Schedule by month, %(first)s to %(last)s")
        before, after = date(year - 2, 1, 1), date(year + 2, 1, 1)
    told = caption % {"first": _told(axis.first, by), "last": _told(axis.last, by)}
    tasks = [task for task in progress.tasks if shown is None or task.task_id in shown]
    gantt = _gantt(progress, tasks, axis, structure, caption=told, by=by)
    return SchedulePage(gantt, before if axis.first > first else None, after if axis.last < last else None)


def _told(day: date, by: str) -> str:
    return f"{day.day}/{day.month}/{day.year}" if by == "week" else f"{day.month}/{day.year}"


def _named(progress: PlanProgress) -> tuple[date, date] | None:
    days = [day for task in progress.tasks for day in (task.start, task.end) if day]
    return (min(days), max(days)) if days else None


def _inside(day: date | None, first: date, last: date) -> date:
    return first if day is None else min(max(day, first), last)


def _gantt(
    progress: PlanProgress,
    tasks: Iterable[TaskProgress],
    axis: Axis,
    structure: Structure | None,
    *,
    caption: str,
    by: str = "month",
) -> Gantt:
    ground = Ground.of(axis, progress.as_of)
    by_id = {task.task_id: task for task in tasks}
    ordered = [by_id[each] for each in structure.nodes if each in by_id] if structure else list(by_id.values())
    told = structure.told() if structure else {}
    rows = tuple(_row(task, ground, structure, told.get(task.task_id, "")) for task in ordered)
    today = progress.as_of if any(span.is_now for span in axis.spans) else None
    return Gantt(caption, axis.spans, axis.groups, rows, today, by)


@dataclass(frozen=True, slots=True)
class Ground:
    """What every row lies on: its empty cells, and which columns have gone by."""

    axis: Axis
    blank: tuple[Cell, ...]
    gone: tuple[bool, ...]

    @classmethod
    def of(cls, axis: Axis, today: date) -> Ground:
        """Today's cell says in which quarter of the column today lies, 1 to 4."""
        empty, blank = Cell(), []
        for span in axis.spans:
            days = (span.last - span.first).days + 1
            blank.append(Cell("now", (today - span.first).days * 4 // days + 1) if span.is_now else empty)
        return cls(axis, tuple(blank), tuple(span.last < today for span in axis.spans))

    def cells(self, task: TaskProgress) -> tuple[Cell, ...]:
        """A task that names one end only is drawn in the column of that end."""
        start, end = task.start or task.end, task.end or task.start
        if start is None or end is None:
            return self.blank
        first, last = self.axis.place(start), self.axis.place(end)
        shown = range(max(first, 0), min(last, len(self.blank) - 1) + 1)
        cells = list(self.blank)
        for place in shown:
            under = cells[place]
            past = self.gone[place] and not task.is_late
            cells[place] = _bar(
                task.is_late, past, task.is_cancelled, place == first, place == last, under.classes, under.week
            )
        return tuple(cells)


@lru_cache(maxsize=256)
def _bar(late: bool, past: bool, void: bool, opens: bool, closes: bool, under: str, week: int | None) -> Cell:
    looks = {
        "on": True,
        "late": late,
        "past": past and not void,
        "void": void,
        "from": opens,
        "to": closes,
        under: bool(under),
    }
    return Cell(" ".join(name for name, wanted in looks.items() if wanted), week)


def _row(task: TaskProgress, ground: Ground, structure: Structure | None, after: str) -> Row:
    label = f"{task.number}. {task.title}" if task.number else task.title
    label = label if len(label) <= LONGEST_LABEL else label[: LONGEST_LABEL - 1].rsplit(" ", 1)[0] + "…"
    node = structure.nodes.get(task.task_id) if structure else None
    return Row(
        label=label,
        url=reverse("plans:task", args=[task.task_id]),
        cells=ground.cells(task),
        depth=node.depth if node else 0,
        is_cancelled=task.is_cancelled,
        arose=node.arose if node else False,
        after=after,
    )
