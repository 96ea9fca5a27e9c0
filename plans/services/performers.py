"""Who performs a task beside what its document says: roles, and units that an officer assigned."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from activity.services import record
from plans.models import DueReport, Plan, ProgressUpdate, Task, TaskPerformer
from plans.permissions import EDITABLE
from plans.services.standing import require_open
from plans.services.told import reporters_of
from units.models import User


class WordOfTheDocument(Exception):
    """The performer stands in the issued paper."""

    def __str__(self) -> str:
        return _("The issued document names this performer. Change it by an amendment.")


class PerformerHasReported(Exception):
    def __init__(self, performer: TaskPerformer) -> None:
        self.performer = performer

    def __str__(self) -> str:
        return _("%(unit)s has reported on this task, and nothing reported is lost. Give it another role instead.") % {
            "unit": self.performer.unit or self.performer.text
        }


class RoleTaken(Exception):
    def __init__(self, performer: TaskPerformer) -> None:
        self.performer = performer

    def __str__(self) -> str:
        return _("%(unit)s has this role on this task already.") % {"unit": self.performer.unit or self.performer.text}


@transaction.atomic
def change_role(*, performer: TaskPerformer, role: str, by: User | None) -> TaskPerformer:
    """Another role of `TaskPerformer.Role`. What the document of an issued plan says changes by an amendment alone.

    Tells those who report for the unit. Raises PlanIsClosed, WordOfTheDocument, RoleTaken.
    """
    role = TaskPerformer.Role(role)
    plan = require_open(performer.task.plan)
    performer = (
        TaskPerformer.objects.select_for_update(of=("self",)).select_related("task", "unit").get(pk=performer.pk)
    )
    was = performer.role
    if role == was:
        return performer
    if performer.as_written and plan.status not in EDITABLE:
        raise WordOfTheDocument
    others = TaskPerformer.objects.filter(task=performer.task, unit=performer.unit, role=role)
    if performer.unit_id and others.exclude(pk=performer.pk).exists():
        raise RoleTaken(performer)
    performer.role = role
    performer.save(update_fields=["role"])
    _note(plan, performer, by, "plans.role_changed", {"role": [str(was), str(role)]})
    return performer


@transaction.atomic
def remove_performer(*, performer: TaskPerformer, by: User | None) -> None:
    """Take back a unit that an officer assigned and that has not reported.

    Tells those who report for the unit. Raises PlanIsClosed, WordOfTheDocument, PerformerHasReported.
    """
    plan = require_open(performer.task.plan)
    if performer.as_written:
        raise WordOfTheDocument
    if performer.unit_id and has_reported(performer.task, [performer.unit_id]):
        raise PerformerHasReported(performer)
    DueReport.objects.filter(task=performer.task, unit=performer.unit, latest=None).delete()
    gone, _kinds = TaskPerformer.objects.filter(pk=performer.pk).delete()
    if gone:
        _note(plan, performer, by, "plans.performer_removed", {"role": [str(performer.role), None]})


def has_reported(task: Task, units: list[int]) -> set[int]:
    """Those of `units` (ids) that have said anything on the task, drafts included: one query."""
    said = ProgressUpdate.objects.filter(task=task, unit__in=units).order_by()
    return set(said.values_list("unit_id", flat=True).distinct())


def _note(plan: Plan, performer: TaskPerformer, by: User | None, action: str, changes: dict[str, list[object]]) -> None:
    if performer.as_written:
        Plan.objects.filter(pk=plan.pk).update(version=plan.version + 1)  # the row is locked
    record(
        by=by,
        action=action,
        target=performer.task,
        unit_path=plan.unit.path,
        changes={"performer": [None, performer.text], **changes},
        notify=reporters_of([performer.unit]) if performer.unit else [],
    )
