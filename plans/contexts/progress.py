"""How far the tasks of plans have come and what is late, as of a day, as far as one person may see it.

The rules, decided here once for pages, reports and the API:

- A unit's progress on a task is what was accepted last of what it had sent before the end of the day `as_of` in
  Asia/Ho_Chi_Minh. What waits for acceptance stands beside it (`waiting`) and counts nowhere.
- A task's progress is the mean of the percents of its units. A unit without an accepted value counts as blank, not as
  zero: it is told by "`reported` of `expected` units", and none having one makes `percent` None.
- A task with parts is not reported on: its progress is the mean of its parts', each with its weight (none is 1).
- A plan's progress is the mean of its top tasks', each with its weight, tasks without any left out.
- A cancelled task is left out of all of it.
- A task is done when every unit that performs it is at 100, or all its parts are done; late when its last day has
  passed and it is not done.
- Only units that the person reaches are counted, and of the units assigned by an officer only those are named. Where
  a task is performed by units of which they reach none, its progress is not theirs to know: `state` is "" and
  `percent` None.

Means are exact Decimals; whoever shows them rounds half up. `plans.contexts.explanation` says each in words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
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
ONE = Decimal(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class PerformerProgress:
    """One performer of a task. `percent`, `quantity`, `note`, `by` and `at` are the unit's last accepted word, None or
    "" without one.

    `state` is what became of the last one it sent: "", submitted, returned or accepted. `waiting` is the percent that
    awaits acceptance, `waiting_at` when it was sent; `returned` the officer's note where the last one was returned.
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
    quantity: int | None = None
    note: str = ""
    by: str = ""
    at: datetime | None = None
    state: str = ""
    waiting: int | None = None
    waiting_at: datetime | None = None
    returned: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskProgress:
    """One task as of a day. `state` is one of the status vocabulary of kind "task": not_due (does not begin yet),
    running, due (ends within a week), late, done, undated (the document gives no last day), cancelled; "" where it is
    not the person's to know.

    `reported` of `expected` units have an accepted value, `waiting` units one that awaits acceptance; of a task with
    parts all three are the sums of its parts. `late_days` is 0 unless late. `note`, `note_unit` and `at` are the latest
    accepted update of any unit counted.
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
    waiting: int = 0
    parent_id: int | None = None
    part_ids: tuple[int, ...] = ()
    weight: Decimal | None = None
    target_quantity: int | None = None
    quantity_done: int | None = None
    quantity_unit: str = ""

    @property
    def is_late(self) -> bool:
        return self.state == "late"

    @property
    def is_cancelled(self) -> bool:
        return self.state == "cancelled"

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
    """All tasks of a plan in the order of the document, and their sums; a task with parts adds nothing to `reported`,
    `expected` and `waiting`, which its parts hold."""

    plan_id: int
    as_of: date
    tasks: tuple[TaskProgress, ...]
    percent: Decimal | None
    reported: int
    expected: int
    done: int
    late: int
    waiting: int = 0


def mean(percents: Iterable[int | Decimal]) -> Decimal | None:
    """The exact mean; None of nothing, since blank is not zero."""
    return weighted_mean((each, ONE) for each in percents)


def weighted_mean(pairs: Iterable[tuple[int | Decimal | None, Decimal | None]]) -> Decimal | None:
    """The exact mean of (value, weight); a weight of None is 1, a value of None is left out, None of nothing."""
    known = [(Decimal(value), ONE if weight is None else weight) for value, weight in pairs if value is not None]
    if not known:
        return None
    return sum((value * weight for value, weight in known), Decimal(0)) / sum((weight for _, weight in known))


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
    updates: dict[tuple[int, int], list[ProgressUpdate]] = defaultdict(list)
    for update in (
        ProgressUpdate.objects.allowed_to(user, Permission.PLAN_VIEW)
        .filter(task__in=tasks)
        .standing(before=due_moment(as_of))
        .select_related("by", "unit")
    ):
        updates[update.task_id, update.unit_id].append(update)
    by_plan: dict[int, list[Task]] = {plan.pk: [] for plan in plans}
    for task in tasks:
        by_plan[task.plan_id].append(task)
    return {
        plan_id: _plan(plan_id, _roll_up(rows, performers, reached, updates, as_of), as_of)
        for plan_id, rows in by_plan.items()
    }


def _roll_up(
    tasks: list[Task],
    performers: dict[int, list[TaskPerformer]],
    reached: set[int],
    updates: dict[tuple[int, int], list[ProgressUpdate]],
    as_of: date,
) -> list[TaskProgress]:
    """From the leaves up: a task is worked out once all its parts are."""
    own_ids = {task.pk for task in tasks}
    parts: dict[int | None, list[Task]] = defaultdict(list)
    for task in tasks:
        parts[task.parent_id if task.parent_id in own_ids else None].append(task)
    known: dict[int, TaskProgress] = {}

    def of(task: Task, above_is_cancelled: bool) -> TaskProgress:
        cancelled = task.is_cancelled or above_is_cancelled
        own = [of(part, cancelled) for part in parts[task.pk]]
        counts = not (own or cancelled)
        rows = [_performer(each, reached, updates, counts=counts) for each in performers[task.pk]]
        leaf = _task(task, rows, as_of)
        known[task.pk] = _cancelled(leaf) if cancelled else _whole(leaf, own, as_of) if own else leaf
        return known[task.pk]

    for task in parts[None]:
        of(task, above_is_cancelled=False)
    return [known[task.pk] for task in tasks]


def _performer(
    performer: TaskPerformer,
    reached: set[int],
    updates: dict[tuple[int, int], list[ProgressUpdate]],
    *,
    counts: bool,
) -> PerformerProgress:
    unit = performer.unit
    if unit is None:
        return PerformerProgress(text=performer.text, role=performer.role, as_written=performer.as_written)
    expected = counts and unit.pk in reached and performer.role != TaskPerformer.Role.DIRECT
    sent = updates.get((performer.task_id, unit.pk), []) if expected else []
    last = max(sent, key=lambda each: each.pk, default=None)
    update = next((each for each in sent if each.state == ProgressUpdate.State.ACCEPTED), None)
    waits = last is not None and last.state == ProgressUpdate.State.SUBMITTED
    return PerformerProgress(
        text=performer.text,
        role=performer.role,
        as_written=performer.as_written,
        unit_id=unit.pk,
        unit_name=unit.label,
        reached=unit.pk in reached,
        expected=expected,
        percent=update.percent if update else None,
        quantity=update.quantity_done if update else None,
        note=update.note if update else "",
        by=str(update.by) if update else "",
        at=update.at if update else None,
        state=last.state if last else "",
        waiting=last.percent if last and waits else None,
        waiting_at=last.submitted_at if last and waits else None,
        returned=last.decision_note if last and last.state == ProgressUpdate.State.RETURNED else "",
    )


def _task(task: Task, performers: list[PerformerProgress], as_of: date) -> TaskProgress:
    counted = {each.unit_id: each for each in performers if each.expected}
    percents = [each.percent for each in counted.values() if each.percent is not None]
    quantities = [each.quantity for each in counted.values() if each.quantity is not None]
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
        late_days=_late_days(task.end, state, as_of),
        note=newest.note if newest else "",
        note_unit=newest.unit_name if newest else "",
        at=newest.at if newest else None,
        waiting=sum(each.waiting is not None for each in counted.values()),
        parent_id=task.parent_id,
        weight=task.weight,
        target_quantity=task.target_quantity,
        quantity_done=sum(quantities) if quantities else None,
        quantity_unit=task.quantity_unit,
    )


def _whole(task: TaskProgress, parts: list[TaskProgress], as_of: date) -> TaskProgress:
    """A task that is the sum of its parts."""
    counted = [part for part in parts if not part.is_cancelled]
    known = [part for part in counted if part.state]
    done = bool(counted) and all(part.state == "done" for part in counted)
    state = state_of(start=task.start, end=task.end, done=done, as_of=as_of) if known or not counted else ""
    newest = max((part for part in counted if part.at), key=lambda part: (part.at, part.task_id), default=None)
    return replace(
        task,
        percent=weighted_mean((part.percent, part.weight) for part in counted),
        reported=sum(part.reported for part in counted),
        expected=sum(part.expected for part in counted),
        waiting=sum(part.waiting for part in counted),
        state=state,
        late_days=_late_days(task.end, state, as_of),
        note=newest.note if newest else "",
        note_unit=newest.note_unit if newest else "",
        at=newest.at if newest else None,
        part_ids=tuple(part.task_id for part in parts),
    )


def _cancelled(task: TaskProgress) -> TaskProgress:
    return replace(task, percent=None, state="cancelled", late_days=0)


def _late_days(end: date | None, state: str, as_of: date) -> int:
    return (as_of - end).days if state == "late" and end else 0


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
    leaves = [task for task in tasks if not task.part_ids]
    return PlanProgress(
        plan_id=plan_id,
        as_of=as_of,
        tasks=tuple(tasks),
        percent=weighted_mean(
            (task.percent, task.weight) for task in tasks if task.parent_id is None and not task.is_cancelled
        ),
        reported=sum(task.reported for task in leaves),
        expected=sum(task.expected for task in leaves),
        done=sum(task.state == "done" for task in tasks),
        late=sum(task.state == "late" for task in tasks),
        waiting=sum(task.waiting for task in leaves),
    )
