from __future__ import annotations

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from activity.services import record
from plans.models import ProgressUpdate, Task, TaskPerformer
from units.access import allowed_units
from units.models import Membership, Unit, User
from units.permissions import Permission, Role


class NotAPerformer(Exception):
    def __init__(self, unit: Unit) -> None:
        self.unit = unit

    def __str__(self) -> str:
        return _("%(unit)s does not perform this task, so it has nothing to report on it.") % {"unit": self.unit}


class MayNotReport(Exception):
    def __init__(self, unit: Unit) -> None:
        self.unit = unit

    def __str__(self) -> str:
        return _("You cannot report for %(unit)s. Ask its ISO officer to do it.") % {"unit": self.unit}


class PercentOutOfRange(Exception):
    def __str__(self) -> str:
        return _("Give the progress as a whole number from 0 to 100.")


class AlreadyPerforms(Exception):
    def __init__(self, unit: Unit) -> None:
        self.unit = unit

    def __str__(self) -> str:
        return _("%(unit)s already performs this task.") % {"unit": self.unit}


class OutsideThePlan(Exception):
    def __init__(self, unit: Unit) -> None:
        self.unit = unit

    def __str__(self) -> str:
        return _("%(unit)s does not belong to the province of this plan.") % {"unit": self.unit}


@transaction.atomic
def report_progress(*, task: Task, unit: Unit, percent: int, note: str, by: User) -> ProgressUpdate:
    """Say how far `unit` has come with `task`: a new row, never a changed one. Tells the programme officers over the
    plan's unit. Page, htmx row and API all end here.

    `percent` is 0 to 100. Raises NotAPerformer, MayNotReport, PercentOutOfRange.
    """
    if not 0 <= percent <= 100:
        raise PercentOutOfRange
    if not TaskPerformer.objects.performing().filter(task=task, unit=unit).exists():
        raise NotAPerformer(unit)
    if not allowed_units(by, Permission.TASK_REPORT).filter(pk=unit.pk).exists():
        raise MayNotReport(unit)
    before = ProgressUpdate.objects.filter(task=task, unit=unit).first()
    update = ProgressUpdate.objects.create(task=task, unit=unit, percent=percent, note=note.strip(), by=by)
    record(
        by=by,
        action="plans.progress_reported",
        target=task,
        unit_path=unit.path,
        changes={
            "unit": [None, unit.label],
            "percent": [before.percent if before else None, percent],
            "note": [before.note if before else "", update.note],
        },
        notify=_officers_over(task.plan.unit),
    )
    return update


@transaction.atomic
def assign_unit(*, task: Task, unit: Unit, by: User | None, role: str = TaskPerformer.Role.EXECUTE) -> TaskPerformer:
    """Let a unit report on a task whose document names only a group ("UBND cấp xã trên địa bàn tỉnh").

    The words of the document stay as they are. Raises AlreadyPerforms, OutsideThePlan.
    """
    if unit.path.split("/", 1)[0] != task.plan.unit.path.split("/", 1)[0]:
        raise OutsideThePlan(unit)
    Task.objects.select_for_update().get(pk=task.pk)
    if task.performers.filter(unit=unit).exists():
        raise AlreadyPerforms(unit)
    last = task.performers.aggregate(last=Max("order"))["last"]
    performer = TaskPerformer.objects.create(
        task=task,
        unit=unit,
        role=role,
        text=unit.label,
        order=0 if last is None else last + 1,
        as_written=False,
    )
    record(
        by=by,
        action="plans.unit_assigned",
        target=task,
        unit_path=task.plan.unit.path,
        changes={"unit": [None, unit.label], "role": [None, str(role)]},
        notify=_reporters_of(unit),
    )
    return performer


def _officers_over(unit: Unit) -> list[int]:
    """A programme officer's role reaches down the tree, so those of every unit above count."""
    steps = unit.path.split("/")[:-1]
    paths = ["".join(f"{step}/" for step in steps[: depth + 1]) for depth in range(len(steps))]
    held = Membership.objects.current().filter(role=Role.PROGRAMME_OFFICER, unit__path__in=paths, user__is_active=True)
    return list(held.values_list("user_id", flat=True))


def _reporters_of(unit: Unit) -> list[int]:
    held = Membership.objects.current().filter(
        unit=unit, role__in=[Role.UNIT_OFFICER, Role.UNIT_HEAD], user__is_active=True
    )
    return list(held.values_list("user_id", flat=True))
