"""Plans of units under a province's plan: begun from it, or imported and linked to it."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import F, Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from activity.services import record
from plans.models import LegalBasis, Passage, PilotUnit, Plan, Task, TaskPerformer
from plans.services.citations import link_citations
from plans.services.standing import locked, require_open
from plans.services.told import officers_over
from units.models import Unit, User


class SubPlanRefused(Exception):
    """Why a plan was not put under another."""


class SubPlanExists(SubPlanRefused):
    """`plan` is the unit's plan under that plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def __str__(self) -> str:
        return _("%(unit)s has a plan under this one already: %(plan)s.") % {
            "unit": self.plan.unit.label,
            "plan": self.plan,
        }


class NotInvolved(SubPlanRefused):
    def __init__(self, unit: Unit) -> None:
        self.unit = unit

    def __str__(self) -> str:
        said = _("%(unit)s performs no task of this plan and does not pilot it, so it has nothing to plan under it.")
        return said % {"unit": self.unit.label}


class NotAParent(SubPlanRefused):
    """A plan is not under itself, under what is under it, or under a plan of its own unit or another province."""

    def __str__(self) -> str:
        return _(
            "A plan cannot be put under this one: choose the plan of another unit of the province that it carries out."
        )


# Words of the draft: an administrative document is Vietnamese.
_TITLE = "Triển khai thực hiện {name}"
_BASIS = "Căn cứ {name}{day}{issuer} về {title};"


@transaction.atomic
def start_sub_plan(*, parent: Plan, unit: Unit, by: User | None) -> Plan:
    """A draft of `unit` that carries out `parent`, filled with the tasks the unit performs and citing the parent. The
    officers over the parent are told.

    Raises PlanIsClosed, NotInvolved, SubPlanExists.
    """
    parent = require_open(parent)  # locked: two that begin at once make one draft
    if unit.pk == parent.unit_id or not is_involved(parent, unit):
        raise NotInvolved(unit)
    _require_none(parent, unit)
    today = timezone.localdate()
    plan = Plan.objects.create(
        unit=unit,
        parent=parent,
        kind="KẾ HOẠCH",
        title=_TITLE.format(name=_called(parent)),
        issuer=unit.name[:200],
        place=unit.place,
        issue_year=today.year,
        created_by=by,
    )
    plan.standards.set(parent.standards.all())
    Passage.objects.create(plan=plan, order=0, kind=Passage.Kind.ORGAN, text=unit.name.upper())
    LegalBasis.objects.create(plan=plan, order=0, text=_citation(parent))
    tasks = _copy_tasks(parent, plan, unit)
    link_citations(plan=plan, by=by)
    record(
        by=by,
        action="plans.sub_plan_started",
        target=plan,
        unit_path=unit.path,
        changes={"parent": [None, str(parent)], "tasks": [None, tasks], "status": [None, plan.status]},
        notify=officers_over(parent.unit),
    )
    return plan


@transaction.atomic
def put_under(*, plan: Plan, parent: Plan | None, by: User | None) -> Plan:
    """Say which plan `plan` carries out, or with None that it carries out none. It is no part of the paper, so an
    issued plan may be put under another as well.

    Raises PlanIsClosed, NotAParent, NotInvolved, SubPlanExists.
    """
    if parent is not None:
        parent = require_open(parent)
    now = locked(plan)
    if parent is not None:
        _require_fitting(now, parent)
        if not is_involved(parent, now.unit):
            raise NotInvolved(now.unit)
        _require_none(parent, now.unit, but=now)
    if now.parent_id == (parent.pk if parent else None):
        return now
    before = now.parent
    Plan.objects.filter(pk=now.pk).update(parent=parent, version=F("version") + 1, updated_at=timezone.now())
    now.refresh_from_db()
    record(
        by=by,
        action="plans.put_under",
        target=now,
        unit_path=now.unit.path,
        changes={"parent": [str(before or ""), str(parent or "")]},
        notify=officers_over(parent.unit) if parent else [],
    )
    return now


def is_involved(parent: Plan, unit: Unit) -> bool:
    """Whether `unit` carries out something of `parent`: performs a task or pilots it."""
    performs = TaskPerformer.objects.performing().filter(task__plan=parent, task__is_cancelled=False, unit=unit)
    pilots = PilotUnit.objects.filter(plan=parent, unit=unit).exclude(
        phase__in=[PilotUnit.Phase.SURVEYED, PilotUnit.Phase.NOT_CHOSEN]
    )
    return performs.exists() or pilots.exists()


def _require_none(parent: Plan, unit: Unit, but: Plan | None = None) -> None:
    others = Plan.objects.filter(parent=parent, unit=unit).exclude(status=Plan.Status.CANCELLED)
    if but is not None:
        others = others.exclude(pk=but.pk)
    if found := others.select_related("unit").first():
        raise SubPlanExists(found)


def _require_fitting(plan: Plan, parent: Plan) -> None:
    if parent.unit_id == plan.unit_id or parent.unit.root_path != plan.unit.root_path:
        raise NotAParent
    step: Plan | None = parent
    while step is not None:
        if step.pk == plan.pk:
            raise NotAParent
        step = step.parent


def _called(plan: Plan) -> str:
    kind = plan.kind.capitalize() or "Kế hoạch"
    return f"{kind} số {plan}" if plan.number else f"{kind} {_lowered(plan.title)}"


def _citation(parent: Plan) -> str:
    day: date | None = parent.issue_date
    return _BASIS.format(
        name=_called(parent) if parent.number else (parent.kind.capitalize() or "Kế hoạch"),
        day=f" ngày {day.day:02d}/{day.month:02d}/{day.year}" if day else "",
        issuer=f" của {parent.issuer or parent.unit.name}",
        title=_lowered(parent.title),
    )


def _lowered(title: str) -> str:
    return title[:1].lower() + title[1:] if title[1:2].islower() else title


def _copy_tasks(parent: Plan, plan: Plan, unit: Unit) -> int:
    performed = Q(performers__unit=unit) & ~Q(performers__role=TaskPerformer.Role.DIRECT)
    tasks = Task.objects.filter(performed, plan=parent, is_cancelled=False).distinct().order_by("order")
    last = plan.tasks.aggregate(last=Max("order"))["last"]
    start = 0 if last is None else last + 1
    copied = Task.objects.bulk_create(
        Task(
            plan=plan,
            order=start + place,
            number=str(place + 1),
            title=task.title,
            period_text=task.period_text,
            start=task.start,
            end=task.end,
            deliverable=task.deliverable,
            target_quantity=task.target_quantity,
            quantity_unit=task.quantity_unit,
        )
        for place, task in enumerate(tasks)
    )
    TaskPerformer.objects.bulk_create(
        TaskPerformer(task=task, order=0, text=unit.name, unit=unit, role=TaskPerformer.Role.EXECUTE) for task in copied
    )
    return len(copied)
