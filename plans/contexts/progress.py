"""How far the tasks of plans have come and what is late, as of a day, as far as one person may see it.

The rules, decided here once for pages, reports and the API:

- A unit's progress on a task is its last update before the end of the day `as_of` in Asia/Ho_Chi_Minh.
- A task's progress is the mean of the percents of the units that reported. A unit that has said nothing counts as
  blank, not as zero: it is told by "`reported` of `expected` units", and nobody having reported makes `percent` None.
- A task is done when every unit that performs it is at 100, late when its last day has passed and it is not done.
- Only units that the person reaches are counted, and of the units assigned by an officer only those are named. Where
  a task is performed by units of which they reach none, its progress is not theirs to know: `state` is "" and
  `percent` None.
- A plan's progress is the mean of its tasks' progress, tasks without any left out.

Means are exact Decimals; whoever shows them rounds half up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from plans.models import Plan, ProgressUpdate, Task, TaskPerformer
from plans.period import due_moment
from units.access import allowed_units
from units.permissions import Permission

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from units.models import User

DUE_SOON_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class PerformerProgress:
    """One performer of a task. `percent`, `note`, `by` and `at` are the unit's last word, None or "" without one.

    `unit_id` None: a body that is no unit. `reached`: a unit whose reports the person may see; `expected`: one that is
    to report as well.
    """

    text: str
    role: str
    as_written: bool
    unit_id: int | None = None
    unit_name: str = ""
    reached: bool = False
    expected: bool = False
    percent: int | None = None
    note: str = ""
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskProgress:
    """One task as of a day. `state` is one of the status vocabulary of kind "task": not_due (does not begin yet),
    running, due (ends within a week), late, done, undated (the document gives no last day); "" where it is not the
    person's to know.

    `late_days` is 0 unless late. `note`, `note_unit` and `at` are the latest update of any unit counted.
    """

    task_id: int
    number: str
    title: str
    group: str
    quantity: str
    deliverable: str
    details: tuple[str, ...]
    period_text: str
    start: date | None
    end: date | None
    performers: tuple[PerformerProgress, ...]
    percent: Decimal | None
    reported: int
    expected: int
    state: str
    late_days: int
    note: str
    note_unit: str
    at: datetime | None

    @property
    def is_late(self) -> bool:
        return self.state == "late"

    @property
    def written_performers(self) -> list[PerformerProgress]:
        """Those that the document itself names."""
        return [each for each in self.performers if each.as_written]

    @property
    def assigned_performers(self) -> list[PerformerProgress]:
        """Those that an officer assigned for a group the document names."""
        return [each for each in self.performers if not each.as_written]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanProgress:
    """All tasks of a plan in the order of the document, and their sums."""

    plan_id: int
    as_of: date
    tasks: tuple[TaskProgress, ...]
    percent: Decimal | None
    reported: int
    expected: int
    done: int
    late: int


def mean(percents: Iterable[int | Decimal]) -> Decimal | None:
    """The exact mean; None of nothing, since blank is not zero."""
    values = [Decimal(each) for each in percents]
    return sum(values, Decimal(0)) / len(values) if values else None


def plan_progress(*, plan: Plan, user: User | AnonymousUser, as_of: date) -> PlanProgress:
    """The progress of one plan. Four queries, however many tasks, units and updates it has,
    and one for the roles of `user` where nobody asked for them before.

    Whether `user` may see the plan itself is asked by whoever loads it (`Plan.objects.allowed_to`).
    """
    return plans_progress(plans=[plan], user=user, as_of=as_of)[plan.pk]


def plans_progress(*, plans: Sequence[Plan], user: User | AnonymousUser, as_of: date) -> dict[int, PlanProgress]:
    """The progress of several plans by their id, in the same four queries."""
    tasks = list(Task.objects.filter(plan__in=plans).order_by("plan_id", "order"))
    performers: dict[int, list[TaskPerformer]] = defaultdict(list)
    for performer in TaskPerformer.objects.filter(task__in=tasks).select_related("unit").order_by("task_id", "order"):
        performers[performer.task_id].append(performer)
    reached = set(
        allowed_units(user, Permission.PLAN_VIEW).filter(performs__task__plan__in=plans).values_list("pk", flat=True)
    )
    updates = {
        (update.task_id, update.unit_id): update
        for update in ProgressUpdate.objects.allowed_to(user, Permission.PLAN_VIEW)
        .filter(task__in=tasks)
        .latest_per_unit(before=due_moment(as_of))
        .select_related("by", "unit")
    }
    by_plan: dict[int, list[TaskProgress]] = {plan.pk: [] for plan in plans}
    for task in tasks:
        rows = [_performer(each, reached, updates) for each in performers[task.pk]]
        by_plan[task.plan_id].append(_task(task, rows, as_of))
    return {plan_id: _plan(plan_id, rows, as_of) for plan_id, rows in by_plan.items()}


def _performer(
    performer: TaskPerformer, reached: set[int], updates: dict[tuple[int, int], ProgressUpdate]
) -> PerformerProgress:
    unit = performer.unit
    if unit is None:
        return PerformerProgress(text=performer.text, role=performer.role, as_written=performer.as_written)
    expected = unit.pk in reached and performer.role != TaskPerformer.Role.DIRECT
    update = updates.get((performer.task_id, unit.pk)) if expected else None
    return PerformerProgress(
        text=performer.text,
        role=performer.role,
        as_written=performer.as_written,
        unit_id=unit.pk,
        unit_name=unit.label,
        reached=unit.pk in reached,
        expected=expected,
        percent=update.percent if update else None,
        note=update.note if update else "",
        by=str(update.by) if update else "",
        at=update.at if update else None,
    )


def _task(task: Task, performers: list[PerformerProgress], as_of: date) -> TaskProgress:
    counted = {each.unit_id: each for each in performers if each.expected}
    percents = [each.percent for each in counted.values() if each.percent is not None]
    done = bool(counted) and len(percents) == len(counted) and all(percent == 100 for percent in percents)
    performing = any(each.unit_id and each.role != TaskPerformer.Role.DIRECT for each in performers)
    hidden = performing and not counted
    state = "" if hidden else state_of(start=task.start, end=task.end, done=done, as_of=as_of)
    said = [(each.at, each) for each in counted.values() if each.at]
    newest = max(said, key=lambda pair: pair[0])[1] if said else None
    return TaskProgress(
        task_id=task.pk,
        number=task.number,
        title=task.title,
        group=task.group,
        quantity=task.quantity,
        deliverable=task.deliverable,
        details=tuple(task.details),
        period_text=task.period_text,
        start=task.start,
        end=task.end,
        performers=tuple(each for each in performers if each.as_written or each.reached),
        percent=mean(percents),
        reported=len(percents),
        expected=len(counted),
        state=state,
        late_days=(as_of - task.end).days if state == "late" and task.end else 0,
        note=newest.note if newest else "",
        note_unit=newest.unit_name if newest else "",
        at=newest.at if newest else None,
    )


def state_of(*, start: date | None, end: date | None, done: bool, as_of: date) -> str:
    """Where a task stands on the day `as_of`; its last day still belongs to it."""
    if done:
        return "done"
    if end is None:
        return "undated"
    if end < as_of:
        return "late"
    if start is not None and start > as_of:
        return "not_due"
    return "due" if (end - as_of).days < DUE_SOON_DAYS else "running"


def _plan(plan_id: int, tasks: list[TaskProgress], as_of: date) -> PlanProgress:
    return PlanProgress(
        plan_id=plan_id,
        as_of=as_of,
        tasks=tuple(tasks),
        percent=mean(task.percent for task in tasks if task.percent is not None),
        reported=sum(task.reported for task in tasks),
        expected=sum(task.expected for task in tasks),
        done=sum(task.state == "done" for task in tasks),
        late=sum(task.state == "late" for task in tasks),
    )
