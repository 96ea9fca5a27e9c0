"""What moves when a task moves: the tasks that wait for it are pushed back, as far as they must be and no further."""

from __future__ import annotations

import calendar as months
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from plans.contexts.content import PlanContent
from plans.contexts.holidays import WorkCalendar
from plans.contexts.structure import Node, Structure
from plans.document.periods import is_whole_months, period_words
from plans.models import Amendment, Plan, Task

Days = tuple[date | None, date | None]


@dataclass(frozen=True, slots=True)
class Move:
    """A task's days before and after, both included, and the words its paper then says."""

    node: Node
    old: Days
    new: Days
    old_text: str
    new_text: str


@dataclass(frozen=True, slots=True)
class Shift:
    """The task itself first, then the tasks that follow it. `too_early`: what the task would no longer wait for."""

    moves: tuple[Move, ...]
    too_early: tuple[Node, ...]

    @property
    def task(self) -> Move:
        return self.moves[0]

    @property
    def followers(self) -> tuple[Move, ...]:
        return self.moves[1:]

    @property
    def mark(self) -> str:
        """Tells one shift from another: what a person confirmed is what is done, or nothing is."""
        told = ";".join(f"{each.node.task_id}:{each.old}:{each.new}" for each in self.moves)
        return hashlib.sha256(told.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Periods:
    """The days and words of the tasks of a plan: those of its draft amendment where there is one."""

    days: Mapping[int, Days]
    texts: Mapping[int, str]

    @classmethod
    def of(cls, plan: Plan) -> Periods:
        """Two queries."""
        rows = Task.objects.filter(plan=plan).values_list("pk", "start", "end", "period_text")
        days: dict[int, Days] = {}
        texts: dict[int, str] = {}
        for pk, start, end, text in rows:
            days[pk], texts[pk] = (start, end), text
        draft = Amendment.objects.filter(plan=plan, status=Amendment.Status.DRAFT).first()
        for task in PlanContent.from_json(draft.content).tasks if draft else ():
            if task.id in days:
                days[task.id], texts[task.id] = (task.start, task.end), task.period_text
        return cls(days, texts)


def shift(*, task: Task, start: date | None, end: date | None) -> Shift:
    """What giving `task` these days would move. Five queries.

    A task that waits begins on the first working day after the ones before it have ended and the days between have
    passed; one written in whole months moves by whole months. It keeps its length. What begins late enough, is
    cancelled, or names no day stays.
    """
    structure, periods = Structure.of(task.plan), Periods.of(task.plan)
    work = WorkCalendar.of(task.plan.unit)
    new: dict[int, Days] = {task.pk: (start, end)}
    for task_id in _in_order(structure, task.pk):
        if task_id == task.pk or structure.nodes[task_id].is_cancelled:
            continue
        ends = [
            before + timedelta(days=1 + link.lag)
            for link in structure.before(task_id)
            if link.predecessor in new and (before := new[link.predecessor][1])
        ]
        moved = _pushed(periods.days[task_id], max(ends), work) if ends else None
        if moved:
            new[task_id] = moved
    waits = [
        structure.nodes[link.predecessor]
        for link in structure.before(task.pk)
        if start and (before := periods.days[link.predecessor][1]) and start <= before + timedelta(days=link.lag)
    ]
    moves = [
        Move(
            structure.nodes[task_id],
            periods.days[task_id],
            days,
            periods.texts[task_id],
            period_words(*days),
        )
        for task_id, days in new.items()
    ]
    return Shift(tuple(moves), tuple(waits))


def _in_order(structure: Structure, start: int) -> Iterable[int]:
    """Everything that waits for `start`, each task after all it waits for."""
    following: dict[int, list[int]] = {}
    for link in structure.links:
        following.setdefault(link.predecessor, []).append(link.task)
    seen: set[int] = set()
    last_first: list[int] = []
    waiting: list[tuple[int, bool]] = [(start, False)]
    while waiting:
        at, is_done = waiting.pop()
        if is_done:
            last_first.append(at)
        elif at not in seen:
            seen.add(at)
            waiting.append((at, True))
            waiting += [(each, False) for each in following.get(at, ())]
    return reversed(last_first)


def _pushed(days: Days, earliest: date, work: WorkCalendar) -> Days | None:
    """The days of a task that may not begin before `earliest`; None where it does not anyway."""
    start, end = days
    if start is None:
        return (None, work.next_working_day(earliest)) if end and end < earliest else None
    if start >= earliest:
        return None
    if end and is_whole_months(start, end):
        count = (end.year - start.year) * 12 + end.month - start.month
        first = earliest if earliest.day == 1 else _month_later(earliest, 1)
        last = _month_later(first, count)
        return first, last.replace(day=months.monthrange(last.year, last.month)[1])
    begins = work.next_working_day(earliest)
    return begins, (begins + (end - start) if end else None)


def _month_later(day: date, count: int) -> date:
    """The first day of the month `count` months after that of `day`."""
    place = day.year * 12 + day.month - 1 + count
    return date(place // 12, place % 12 + 1, 1)
