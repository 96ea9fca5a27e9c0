"""Groups of units that documents give tasks to, and the units they mean on a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils import timezone

from plans.document.groups import kinds_named
from plans.models import DueReport, ProgressUpdate, Task, TaskPerformer, TaskTarget
from units.contexts import RANK
from units.models import Unit


@dataclass(frozen=True, slots=True)
class Offer:
    """A group that the document names for a task and that no target stands for yet."""

    text: str
    kinds: tuple[str, ...]
    role: str


@dataclass(frozen=True, slots=True)
class Resolution:
    """What resolving a group would do. `added`: units that are to perform the task now; `kept`: those that do already;
    `ended`: those that the group no longer means but that have reported, so that they stay; `dropped`: the same without
    reports, which are taken away."""

    as_of: date
    added: tuple[Unit, ...]
    kept: tuple[Unit, ...]
    ended: tuple[Unit, ...]
    dropped: tuple[Unit, ...]

    @property
    def total(self) -> int:
        """How many units the group means on the day."""
        return len(self.added) + len(self.kept)


def day_meant(task: Task) -> date:
    """The day whose units a task means: its last day, at the latest today; the plan's date where it has none."""
    today = timezone.localdate()
    return min(task.end or task.plan.issue_date or today, today)


def offers(task: Task) -> list[Offer]:
    """The groups among the performers the document names, without those that are targets already. Two queries."""
    known = {target.text for target in task.targets.all()}
    bodies = task.performers.filter(unit=None, as_written=True).order_by("order")
    return [
        Offer(text, kinds, body.role)
        for body in bodies
        if (text := body.text.strip()[:300]) not in known and (kinds := kinds_named(text))
    ]


def resolution(*, task: Task, text: str, kinds: Sequence[str], as_of: date) -> Resolution:
    """Which units of the plan's province the group means on `as_of`, and how that differs from who performs the task
    for it now. Four queries."""
    meant = Unit.objects.filter(path__startswith=task.plan.reach, kind__in=list(kinds)).valid_on(as_of)
    units = list(meant.annotate(rank=RANK).order_by("rank", "code", "name", "pk"))
    performers = list(
        TaskPerformer.objects.filter(task=task, unit__isnull=False).select_related("unit", "target").order_by("order")
    )
    performing = {performer.unit_id for performer in performers}
    ids = {unit.pk for unit in units}
    gone = [each for each in performers if each.target and each.target.text == text and each.unit_id not in ids]
    reported = _reported(task, [each.unit_id for each in gone if each.unit_id])
    return Resolution(
        as_of=as_of,
        added=tuple(unit for unit in units if unit.pk not in performing),
        kept=tuple(unit for unit in units if unit.pk in performing),
        ended=tuple(each.unit for each in gone if each.unit and each.unit_id in reported),
        dropped=tuple(each.unit for each in gone if each.unit and each.unit_id not in reported),
    )


def _reported(task: Task, units: list[int]) -> set[int]:
    """Those that have said something on the task, or that a report is open for."""
    if not units:
        return set()
    said = ProgressUpdate.objects.filter(task=task, unit__in=units).order_by().values_list("unit_id", flat=True)
    owed = DueReport.objects.filter(~Q(latest=None), task=task, unit__in=units).order_by()
    return set(said) | set(owed.values_list("unit_id", flat=True))


def targets_of(task: Task) -> list[tuple[TaskTarget, int]]:
    """The groups that units were assigned for, each with how many units perform for it. Two queries."""
    count: dict[int, int] = {}
    for target_id in TaskPerformer.objects.filter(task=task, target__isnull=False).values_list("target_id", flat=True):
        if target_id is not None:
            count[target_id] = count.get(target_id, 0) + 1
    return [(target, count.get(target.pk, 0)) for target in task.targets.all()]
