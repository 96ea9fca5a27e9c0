"""What waits for what: a task begins when the ones before it have ended."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from activity.services import record
from plans.contexts.structure import Node, Structure
from plans.models import Task, TaskDependency
from plans.services.standing import require_open
from plans.services.structure import OfAnotherPlan
from units.models import User

LONGEST_LAG = 366  # days


class WaitsForItself(Exception):
    """The dependency would close a circle; `circle` begins and ends with the same task."""

    def __init__(self, circle: list[Node]) -> None:
        self.circle = circle

    def __str__(self) -> str:
        return _("Tasks would wait for each other in a circle: %(circle)s. Remove one of these dependencies first.") % {
            "circle": " → ".join(node.short for node in self.circle)
        }


class WaitsForItsWhole(Exception):
    def __str__(self) -> str:
        return _("A task cannot wait for what it is a part of, nor for its own parts.")


class AlreadyWaits(Exception):
    def __str__(self) -> str:
        return _("This task waits for that one already.")


class LagOutOfRange(Exception):
    def __str__(self) -> str:
        return _("Give the days between as a whole number from 0 to %(most)d.") % {"most": LONGEST_LAG}


@transaction.atomic
def add_dependency(*, task: Task, predecessor: Task, lag_days: int = 0, by: User | None) -> TaskDependency:
    """`task` begins when `predecessor` has ended, `lag_days` days later. Dates stay as they are.

    Raises PlanIsClosed, OfAnotherPlan, WaitsForItself, WaitsForItsWhole, AlreadyWaits, LagOutOfRange.
    """
    plan = require_open(task.plan)  # locked: two dependencies at once cannot close a circle
    if not 0 <= lag_days <= LONGEST_LAG:
        raise LagOutOfRange
    structure = Structure.of(plan)
    if predecessor.pk not in structure.nodes or task.pk not in structure.nodes:
        raise OfAnotherPlan
    if circle := structure.way(task.pk, predecessor.pk):
        raise WaitsForItself([structure.nodes[each] for each in [*circle, task.pk]])
    family = {node.task_id for node in [*structure.above(task.pk), *structure.below(task.pk)]}
    if predecessor.pk in family:
        raise WaitsForItsWhole
    if any(link.predecessor == predecessor.pk for link in structure.before(task.pk)):
        raise AlreadyWaits
    dependency = TaskDependency.objects.create(task=task, predecessor=predecessor, lag_days=lag_days)
    record(
        by=by,
        action="plans.dependency_added",
        target=task,
        unit_path=plan.unit.path,
        changes={"predecessor": [None, str(predecessor)], "lag_days": [None, lag_days]},
    )
    return dependency


@transaction.atomic
def remove_dependency(*, dependency: TaskDependency, by: User | None) -> None:
    """The task waits for the other no longer. Removing twice changes nothing. Raises PlanIsClosed."""
    task, predecessor = dependency.task, dependency.predecessor
    plan = require_open(task.plan)
    gone, _kinds = TaskDependency.objects.filter(pk=dependency.pk).delete()
    if gone:
        record(
            by=by,
            action="plans.dependency_removed",
            target=task,
            unit_path=plan.unit.path,
            changes={"predecessor": [str(predecessor), None], "lag_days": [dependency.lag_days, None]},
        )
