"""Products that tasks are to hand over, and the files that show they were."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from activity.services import record
from plans.models import Deliverable, Evidence, Task
from plans.services.standing import require_open
from plans.services.told import officers_over
from units.models import User


class DeliverableWithoutTitle(Exception):
    def __str__(self) -> str:
        return _("Say what is to be handed over, for example “Báo cáo khảo sát”.")


class HandedOverAlready(Exception):
    def __init__(self, deliverable: Deliverable) -> None:
        self.deliverable = deliverable

    def __str__(self) -> str:
        day = self.deliverable.handed_over_on
        return _("This was handed over on %(day)s already.") % {
            "day": f"{day.day}/{day.month}/{day.year}" if day else ""
        }


class HandedOverInTheFuture(Exception):
    def __str__(self) -> str:
        return _("The day of handing over has not come yet. Give today or a day before.")


@transaction.atomic
def add_deliverable(*, task: Task, title: str, by: User | None) -> Deliverable:
    """A further product of the task. Raises PlanIsClosed, DeliverableWithoutTitle."""
    plan = require_open(task.plan)
    if not (title := title.strip()[:300]):
        raise DeliverableWithoutTitle
    last = task.deliverables.aggregate(last=Max("order"))["last"]
    deliverable = Deliverable.objects.create(task=task, order=0 if last is None else last + 1, title=title)
    _note(deliverable, plan.unit.path, by, "plans.deliverable_added", {"deliverable": [None, title]})
    return deliverable


@transaction.atomic
def hand_over(*, deliverable: Deliverable, on: date, evidence: Evidence | None, by: User) -> Deliverable:
    """The product was handed over on the day `on`; `evidence` shows it. Tells the programme officers over the plan.

    Raises PlanIsClosed, HandedOverAlready, HandedOverInTheFuture.
    """
    plan = require_open(deliverable.task.plan)
    if on > timezone.localdate():
        raise HandedOverInTheFuture
    changed = Deliverable.objects.filter(pk=deliverable.pk, handed_over_on=None).update(
        handed_over_on=on, evidence=evidence
    )
    deliverable = Deliverable.objects.select_related("task").get(pk=deliverable.pk)
    if not changed:
        raise HandedOverAlready(deliverable)
    changes: dict[str, list[object]] = {
        "deliverable": [None, deliverable.title],
        "handed_over_on": [None, on.isoformat()],
    }
    told = officers_over(plan.unit)
    _note(deliverable, plan.unit.path, by, "plans.deliverable_handed_over", changes, told)
    return deliverable


@transaction.atomic
def remove_deliverable(*, deliverable: Deliverable, by: User | None) -> None:
    """What was put down by mistake goes; what was handed over stays. Raises PlanIsClosed, HandedOverAlready."""
    plan = require_open(deliverable.task.plan)
    gone, _kinds = Deliverable.objects.filter(pk=deliverable.pk, handed_over_on=None).delete()
    if gone:
        changes: dict[str, list[object]] = {"deliverable": [deliverable.title, None]}
        _note(deliverable, plan.unit.path, by, "plans.deliverable_removed", changes)
    elif (now := Deliverable.objects.filter(pk=deliverable.pk).first()) is not None:
        raise HandedOverAlready(now)


def _note(
    deliverable: Deliverable,
    unit_path: str,
    by: User | None,
    action: str,
    changes: dict[str, list[object]],
    told: list[int] | None = None,
) -> None:
    record(by=by, action=action, target=deliverable.task, unit_path=unit_path, changes=changes, notify=told or [])
