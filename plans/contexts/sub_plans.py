"""Which units carry out a plan with a plan of their own, and which have not issued theirs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from plans.models import PilotUnit, Plan, TaskPerformer
from units.access import allowed_units, holds_in
from units.models import Unit
from units.permissions import Permission

if TYPE_CHECKING:
    from units.models import User

ISSUED = frozenset({Plan.Status.ISSUED, Plan.Status.CLOSED})
# What a list of units may be narrowed to.
MISSING, NOT_ISSUED, DONE = "missing", "not_issued", "issued"


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit that performs tasks of the plan (`numbers`) or pilots it, and its plan; None where it has begun none."""

    unit: Unit
    numbers: list[str]
    is_pilot: bool
    plan: Plan | None
    may_start: bool

    @property
    def is_issued(self) -> bool:
        return self.plan is not None and self.plan.status in ISSUED


@dataclass(frozen=True, slots=True)
class SubPlans:
    """`rows` are all units the person may know of, in their order; the counts are of them."""

    rows: list[UnitRow]

    @property
    def is_expected(self) -> bool:
        """Whether units are known to plan their part: one has begun, or one pilots. Most plans need no plans below."""
        return any(row.plan is not None or row.is_pilot for row in self.rows)

    @property
    def issued(self) -> int:
        return sum(row.is_issued for row in self.rows)

    @property
    def not_issued(self) -> int:
        return len(self.rows) - self.issued

    @property
    def missing(self) -> int:
        return sum(row.plan is None for row in self.rows)

    def narrowed(self, state: str) -> list[UnitRow]:
        if state == MISSING:
            return [row for row in self.rows if row.plan is None]
        if state == NOT_ISSUED:
            return [row for row in self.rows if not row.is_issued]
        if state == DONE:
            return [row for row in self.rows if row.is_issued]
        return self.rows


def sub_plans_of(plan: Plan, user: User) -> SubPlans:
    """The plan's own side sees every unit, a unit sees itself. Five queries for any number of units."""
    numbers: dict[int, list[str]] = {}
    performing = TaskPerformer.objects.performing().filter(task__plan=plan, task__is_cancelled=False)
    for unit_id, number in performing.order_by("task__order", "pk").values_list("unit", "task__number"):
        if number not in (known := numbers.setdefault(unit_id, [])):
            known.append(number)
    not_pilots = [PilotUnit.Phase.SURVEYED, PilotUnit.Phase.NOT_CHOSEN]
    pilots = set(PilotUnit.objects.filter(plan=plan).exclude(phase__in=not_pilots).values_list("unit", flat=True))
    plans: dict[int, Plan] = {}
    for each in Plan.objects.filter(parent=plan).order_by("pk"):
        # A cancelled plan counts only while the unit has no other.
        if each.unit_id not in plans or plans[each.unit_id].status == Plan.Status.CANCELLED:
            plans[each.unit_id] = each
    ids = (numbers.keys() | pilots | plans.keys()) - {plan.unit_id}
    units = Unit.objects.filter(pk__in=ids).order_by("kind", "name", "pk")
    if not holds_in(user, Permission.PLAN_VIEW, plan.unit):
        units = units.filter(pk__in=allowed_units(user, Permission.PLAN_VIEW))
    return SubPlans(
        [
            UnitRow(
                unit=unit,
                numbers=numbers.get(unit.pk, []),
                is_pilot=unit.pk in pilots,
                plan=(own := plans.get(unit.pk)),
                may_start=(own is None or own.status == Plan.Status.CANCELLED)
                and (unit.pk in numbers or unit.pk in pilots)
                and holds_in(user, Permission.PLAN_EDIT, unit),
            )
            for unit in units
        ]
    )
