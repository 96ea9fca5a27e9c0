"""The breakdown of a plan's tasks: what is a part of what, how much it weighs, how many it is to reach."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from activity.models import AuditEvent
from activity.services import record
from plans.contexts.structure import DEEPEST, Node, Structure
from plans.models import ProgressUpdate, Task
from plans.services.standing import require_open
from units.models import User


class OfAnotherPlan(Exception):
    def __str__(self) -> str:
        return _("Choose a task of the same plan.")


class PartOfItself(Exception):
    """The task would stand under itself; `way` leads from it down to the one chosen."""

    def __init__(self, way: list[Node]) -> None:
        self.way = way

    def __str__(self) -> str:
        return _("A task cannot be a part of itself: %(way)s. Choose a task that is not below it.") % {
            "way": " → ".join(node.short for node in self.way)
        }


class TooDeep(Exception):
    def __str__(self) -> str:
        return _("Tasks have at most %(levels)d levels. Choose a task that stands higher.") % {"levels": DEEPEST}


class WholeIsReportedOn(Exception):
    """Reports of units would no longer count, since the progress of a task with parts is theirs."""

    def __init__(self, whole: Node) -> None:
        self.whole = whole

    def __str__(self) -> str:
        return _(
            "Units have reported on task %(task)s itself, and a task with parts is reported on through its parts. "
            "Choose another task, or make a new one above both."
        ) % {"task": self.whole.short}


class WholeIsCancelled(Exception):
    def __init__(self, whole: Node) -> None:
        self.whole = whole

    def __str__(self) -> str:
        return _("Task %(task)s is cancelled. Choose another one.") % {"task": self.whole.short}


class WeightNotPositive(Exception):
    def __str__(self) -> str:
        return _("Give a weight above zero, or leave it empty to count as 1.")


class TaskChangedMeanwhile(Exception):
    """Somebody else saved the task after it was opened. `stored` is the task as it is now."""

    def __init__(self, stored: Task) -> None:
        self.stored = stored
        event = (
            AuditEvent.objects.filter(target_model=Task._meta.label_lower, target_id=str(stored.pk))
            .select_related("by")
            .order_by("-pk")
            .first()
        )
        self.by = event.by if event else None
        self.at = event.at if event else stored.updated_at

    def __str__(self) -> str:
        moment = date_format(timezone.localtime(self.at), "H:i j/n/Y")
        if self.by is None:
            return _(
                "This task was changed at %(moment)s, after you opened it. Look at both values and save again."
            ) % {"moment": moment}
        return _(
            "%(person)s changed this task at %(moment)s, after you opened it. Look at both values and save again."
        ) % {"person": self.by, "moment": moment}


@transaction.atomic
def place_task(
    *,
    task: Task,
    parent: Task | None,
    weight: Decimal | None,
    target_quantity: int | None,
    quantity_unit: str,
    expected: int,
    by: User | None,
) -> Task:
    """Say what `task` is a part of, its share among its siblings, and the quantity it is to reach.

    `expected` is the version of the task that was shown. Raises PlanIsClosed, OfAnotherPlan, PartOfItself, TooDeep,
    WholeIsReportedOn, WholeIsCancelled, WeightNotPositive, TaskChangedMeanwhile.
    """
    plan = require_open(task.plan)  # locked: two moves at once cannot close a circle
    if weight is not None and weight <= 0:
        raise WeightNotPositive
    if parent is not None:
        _check_place(Structure.of(plan), task, parent)
    before = Task.objects.get(pk=task.pk)
    changed = Task.objects.filter(pk=task.pk, version=expected).update(
        parent=parent,
        weight=weight,
        target_quantity=target_quantity,
        quantity_unit=quantity_unit.strip(),
        version=F("version") + 1,
        updated_at=timezone.now(),
    )
    if not changed:
        raise TaskChangedMeanwhile(before)
    after = Task.objects.select_related("parent", "plan__unit").get(pk=task.pk)
    changes = {
        name: [_plain(getattr(before, name)), _plain(getattr(after, name))]
        for name in ("weight", "target_quantity", "quantity_unit")
        if getattr(before, name) != getattr(after, name)
    }
    if before.parent_id != after.parent_id:
        changes["part_of"] = [str(before.parent or ""), str(after.parent or "")]
    if changes:
        record(by=by, action="plans.task_placed", target=after, unit_path=plan.unit.path, changes=changes)
    return after


def _check_place(structure: Structure, task: Task, parent: Task) -> None:
    if parent.pk not in structure.nodes or task.pk not in structure.nodes:
        raise OfAnotherPlan
    whole = structure.nodes[parent.pk]
    line = [whole, *structure.above(parent.pk)]
    ids = [node.task_id for node in line]
    if task.pk in ids:
        way = line[: ids.index(task.pk) + 1]
        raise PartOfItself([*way[::-1], structure.nodes[task.pk]])
    if len(line) + 1 + structure.height(task.pk) > DEEPEST:
        raise TooDeep
    if whole.is_cancelled:
        raise WholeIsCancelled(whole)
    if not structure.is_whole(parent.pk) and ProgressUpdate.objects.filter(task=parent).exists():
        raise WholeIsReportedOn(whole)


def _plain(value: object) -> object:
    return str(value) if isinstance(value, Decimal) else value
