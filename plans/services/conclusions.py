"""Conclusions of an event, and the tasks they become."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from activity.services import record
from plans.models import Conclusion, Event, Plan, Task, TaskPerformer
from plans.permissions import EventAct
from plans.services.arising import NobodyPerforms, add_arising_task
from plans.services.events import require_begun, require_state
from plans.services.progress import OutsideThePlan
from plans.services.standing import require_open
from units.models import Unit, User


class NothingConcluded(Exception):
    def __str__(self) -> str:
        return _("Write down what was concluded.")


class ConclusionIsTask(Exception):
    """The conclusion has become a task, which says from now on what is to be done."""

    def __init__(self, task: Task) -> None:
        self.task = task

    def __str__(self) -> str:
        return _("This conclusion is task %(number)s already. Look there.") % {"number": self.task.number}


class ConclusionChanged(Exception):
    def __init__(self, conclusion: Conclusion) -> None:
        self.conclusion = conclusion

    def __str__(self) -> str:
        return _("Somebody else has changed this conclusion meanwhile: “%(text)s”. Compare, then save again.") % {
            "text": self.conclusion.text
        }


@transaction.atomic
def add_conclusion(
    *, event: Event, text: str, by: User, unit: Unit | None = None, due_on: date | None = None
) -> Conclusion:
    """Raises PlanIsClosed, NotBegunYet, NotInThisState, NothingConcluded, OutsideThePlan."""
    plan = require_open(event.plan)
    event = Event.objects.select_for_update(of=("self",)).get(pk=event.pk)
    text = _checked(plan, event, text, unit)
    last: int | None = event.conclusions.aggregate(last=Max("order"))["last"]
    made = Conclusion.objects.create(
        event=event, order=1 if last is None else last + 1, text=text, unit=unit, due_on=due_on
    )
    _note(plan, event, "plans.conclusion_added", by, None, made)
    return made


@transaction.atomic
def edit_conclusion(
    *, conclusion: Conclusion, text: str, unit: Unit | None, due_on: date | None, version: int, by: User
) -> Conclusion:
    """Raises PlanIsClosed, NotInThisState, NothingConcluded, OutsideThePlan, ConclusionIsTask, ConclusionChanged."""
    plan = require_open(conclusion.event.plan)
    event = Event.objects.get(pk=conclusion.event_id)
    text = _checked(plan, event, text, unit)
    before = Conclusion.objects.select_related("unit", "task").get(pk=conclusion.pk)
    won = Conclusion.objects.filter(pk=conclusion.pk, version=version, task=None).update(
        text=text, unit=unit, due_on=due_on, version=F("version") + 1
    )
    if not won:
        raise ConclusionIsTask(before.task) if before.task else ConclusionChanged(before)
    after = Conclusion.objects.select_related("unit").get(pk=conclusion.pk)
    _note(plan, event, "plans.conclusion_changed", by, before, after)
    return after


@transaction.atomic
def remove_conclusion(*, conclusion: Conclusion, by: User) -> None:
    """Raises PlanIsClosed, NotInThisState, ConclusionIsTask."""
    plan = require_open(conclusion.event.plan)
    event = Event.objects.get(pk=conclusion.event_id)
    require_state(event, EventAct.CONCLUDE)
    locked = Conclusion.objects.select_for_update(of=("self",)).select_related("task", "unit").get(pk=conclusion.pk)
    if locked.task:
        raise ConclusionIsTask(locked.task)
    _note(plan, event, "plans.conclusion_removed", by, locked, None)
    locked.delete()


@transaction.atomic
def conclusion_to_task(*, conclusion: Conclusion, by: User) -> Task:
    """The task that a conclusion becomes, once. Its unit leads it; its words and its day are the conclusion's.

    Raises PlanIsClosed, NotInThisState, ConclusionIsTask, NobodyPerforms.
    """
    plan = require_open(conclusion.event.plan)
    event = Event.objects.get(pk=conclusion.event_id)
    require_state(event, EventAct.GIVE_TASK)
    locked = Conclusion.objects.select_for_update(of=("self",)).select_related("task", "unit").get(pk=conclusion.pk)
    if locked.task:
        raise ConclusionIsTask(locked.task)
    if locked.unit is None:
        raise NobodyPerforms
    task = add_arising_task(
        plan=plan,
        title=locked.text,
        performers=[(locked.unit, TaskPerformer.Role.LEAD)],
        due_on=locked.due_on,
        origin=Task.Origin.CONCLUSION,
        by=by,
    )
    Conclusion.objects.filter(pk=locked.pk).update(task=task, version=F("version") + 1)
    return task


def _checked(plan: Plan, event: Event, text: str, unit: Unit | None) -> str:
    require_state(event, EventAct.CONCLUDE)
    require_begun(event)
    if not (text := text.strip()):
        raise NothingConcluded
    if unit is not None and not unit.path.startswith(plan.reach):
        raise OutsideThePlan(unit)
    return text


def _note(plan: Plan, event: Event, action: str, by: User, before: Conclusion | None, after: Conclusion | None) -> None:
    def said(row: Conclusion | None) -> dict[str, str | None]:
        if row is None:
            return dict.fromkeys(("conclusion", "unit", "due_on"))
        return {
            "conclusion": row.text,
            "unit": row.unit.label if row.unit else None,
            "due_on": row.due_on.isoformat() if row.due_on else None,
        }

    was, now = said(before), said(after)
    record(
        by=by,
        action=action,
        target=event,
        unit_path=plan.unit.path,
        changes={name: [was[name], now[name]] for name in was if was[name] != now[name]},
    )
