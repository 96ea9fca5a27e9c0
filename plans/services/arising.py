"""Tasks that arise beside an issued plan: from the conclusion of a meeting or a direction on an obstacle.

They are followed like every task of the plan, but they are no part of its paper: an issued paper changes by an
amendment alone, and printing it leaves them out.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from activity.services import record
from plans.models import Plan, Task, TaskPerformer
from plans.services.progress import OutsideThePlan
from plans.services.standing import require_open
from plans.services.told import reporters_of
from units.models import Unit, User

# What the number of such a task begins with, as offices number conclusions (kết luận) and directions (chỉ đạo).
PREFIXES: dict[str, str] = {Task.Origin.CONCLUSION: "KL", Task.Origin.DIRECTION: "CĐ"}


class TaskWithoutTitle(Exception):
    def __str__(self) -> str:
        return _("Say in words what is to be done.")


class NobodyPerforms(Exception):
    def __str__(self) -> str:
        return _("Name at least one unit that is to do it.")


@transaction.atomic
def add_arising_task(
    *,
    plan: Plan,
    title: str,
    performers: Sequence[tuple[Unit, str]],
    due_on: date | None,
    origin: str,
    by: User | None,
    period_text: str = "",
) -> Task:
    """A new last task of `plan`, numbered "KL-1", "KL-2" … (conclusions) or "CĐ-1" … (directions).

    `performers` are (unit, role of `TaskPerformer.Role`); a unit named twice in a role counts once. `due_on` is the
    last day, in Asia/Ho_Chi_Minh. Those who report for the units are told. Raises PlanIsClosed, TaskWithoutTitle,
    NobodyPerforms, OutsideThePlan.
    """
    prefix = PREFIXES[origin]
    plan = require_open(plan)  # locked: two that arise at once take different numbers and places
    if not (title := title.strip()):
        raise TaskWithoutTitle
    named = list(dict.fromkeys((unit, str(role)) for unit, role in performers))
    if not any(role != TaskPerformer.Role.DIRECT for _unit, role in named):
        raise NobodyPerforms
    for unit, _role in named:
        if not unit.path.startswith(plan.reach):
            raise OutsideThePlan(unit)
    task = Task.objects.create(
        plan=plan,
        order=_next_order(plan),
        number=_next_number(plan, prefix),
        title=title,
        period_text=period_text.strip(),
        end=due_on,
        origin=origin,
    )
    TaskPerformer.objects.bulk_create(
        TaskPerformer(task=task, order=order, unit=unit, role=role, text=unit.label, as_written=False)
        for order, (unit, role) in enumerate(named)
    )
    record(
        by=by,
        action="plans.task_arose",
        target=task,
        unit_path=plan.unit.path,
        changes={
            "number": [None, task.number],
            "title": [None, title],
            "due_on": [None, due_on.isoformat() if due_on else None],
            "performers": [None, [unit.label for unit, _role in named]],
        },
        notify=reporters_of(unit for unit, role in named if role != TaskPerformer.Role.DIRECT),
    )
    return task


def _next_order(plan: Plan) -> int:
    last: int | None = plan.tasks.aggregate(last=Max("order"))["last"]
    return 0 if last is None else last + 1


def _next_number(plan: Plan, prefix: str) -> str:
    """One more than the highest given, whether or not the task that bore it is still there."""
    given = plan.tasks.filter(number__startswith=f"{prefix}-").values_list("number", flat=True)
    counted = [int(rest) for number in given if (rest := number.removeprefix(f"{prefix}-")).isdigit()]
    return f"{prefix}-{max(counted, default=0) + 1}"
