"""What is late of whom, as of a day: tasks not finished and reports not sent, one item for each unit that owes it.

Only issued plans count, and only those in which the one who asks may chase. A unit that has sent 100 % and waits for
the officer is not late: it has done its part.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from plans.models import ChasedItem, DueReport, Plan, ProgressUpdate, Task, TaskPerformer
from plans.period import due_moment
from units.permissions import Permission

if TYPE_CHECKING:
    from units.models import Unit, User

Kind = ChasedItem.Kind
MONTHS_WITH_ZERO = 2


@dataclass(frozen=True, kw_only=True)
class LateItem:
    """One late thing of one unit. `reference` names it for good ("due_report:17"); `title` and `source` are the
    words of the letter, so they are Vietnamese; `plan_id` is None for what is no plan's."""

    kind: str
    reference: str
    unit: Unit
    title: str
    source: str
    due_on: date
    late_days: int
    plan_id: int | None = None

    @property
    def key(self) -> str:
        """Names the item in a form: a task is owed by several units."""
        return f"{self.reference}@{self.unit.pk}"


def late_items(*, user: User, as_of: date, plan: Plan | None = None) -> list[LateItem]:
    """Tasks and reports of the plans in which `user` may chase, the longest overdue first. Four queries."""
    plans = Plan.objects.allowed_to(user, Permission.CHASE).filter(status=Plan.Status.ISSUED)
    if plan is not None:
        plans = plans.filter(pk=plan.pk)
    chased = plans.order_by().values("pk")
    return in_order([*_late_tasks(chased, as_of), *_late_reports(chased, as_of)])


def in_order(items: Iterable[LateItem]) -> list[LateItem]:
    return sorted(items, key=lambda each: (each.unit.path, each.due_on, each.reference))


def _late_tasks(plans: object, as_of: date) -> list[LateItem]:
    parts = Task.objects.filter(parent=OuterRef("task"), is_cancelled=False)
    owed = list(
        TaskPerformer.objects.performing()
        .filter(task__plan__in=plans, task__end__lt=as_of, task__is_cancelled=False)
        .filter(Q(task__parent=None) | Q(task__parent__is_cancelled=False))
        .filter(~Exists(parts))
        .select_related("task__plan", "unit")
        .order_by("task_id", "unit_id")
    )
    finished = {
        (update.task_id, update.unit_id)
        for update in ProgressUpdate.objects.filter(task__in={each.task_id for each in owed}, percent=100)
        .standing(before=due_moment(as_of))
        .exclude(state=ProgressUpdate.State.RETURNED)
    }
    found: dict[tuple[int, int | None], LateItem] = {}
    for each in owed:
        task, unit = each.task, each.unit
        if unit is None or task.end is None or (task.pk, unit.pk) in finished:
            continue
        found[task.pk, unit.pk] = LateItem(
            kind=Kind.TASK,
            reference=f"task:{task.pk}",
            unit=unit,
            title=_task_words(task),
            source=source_of(task.plan),
            due_on=task.end,
            late_days=(as_of - task.end).days,
            plan_id=task.plan_id,
        )
    return list(found.values())


def _late_reports(plans: object, as_of: date) -> list[LateItem]:
    """Reports whose day has passed and that were not sent, or sent and returned."""
    owed = (
        DueReport.objects.filter(period__plan__in=plans, period__due_on__lt=as_of, task__is_cancelled=False)
        .filter(Q(latest=None) | Q(latest__state=ProgressUpdate.State.RETURNED))
        .select_related("period__plan", "task", "unit")
        .order_by("pk")
    )
    return [
        LateItem(
            kind=Kind.REPORT,
            reference=f"due_report:{each.pk}",
            unit=each.unit,
            title=f"{_report_words(each.period.title)}: {_task_words(each.task, begins=False)}",
            source=source_of(each.period.plan),
            due_on=each.period.due_on,
            late_days=(as_of - each.period.due_on).days,
            plan_id=each.period.plan_id,
        )
        for each in owed
    ]


def _task_words(task: Task, *, begins: bool = True) -> str:
    word = "Nhiệm vụ" if begins else "nhiệm vụ"
    number = f" {task.number.rstrip('. ')}" if task.number else ""
    return f"{word}{number} “{task.title.rstrip('.; ')}”"


def _report_words(period: str) -> str:
    """ "Báo cáo quý IV/2024"; an officer may have named the period as a report already."""
    return period if period.casefold().startswith("báo cáo") else f"Báo cáo {_lowered(period)}"


def _lowered(title: str) -> str:
    return title[:1].lower() + title[1:]


def source_of(plan: Plan) -> str:
    """The plan as letters cite it: "Kế hoạch số 05/KH-BCĐ ngày 16/02/2024", blanks left out."""
    number = f" số {plan.number}/{plan.symbol}" if plan.number else ""
    day = plan.issue_date
    dated = f" ngày {day.day:02d}/{written_month(day.month)}/{day.year}" if day else ""
    return f"{plan.kind.capitalize() or 'Kế hoạch'}{number}{dated}" if number else f"Kế hoạch {plan.title}"[:300]


def written_month(month: int) -> str:
    """January and February with a zero before them, the others without (NĐ 30/2020/NĐ-CP)."""
    return f"{month:02d}" if month <= MONTHS_WITH_ZERO else str(month)


def written_date(day: date) -> str:
    """As letters write a deadline: 05/7/2024."""
    return f"{day.day:02d}/{written_month(day.month)}/{day.year}"
