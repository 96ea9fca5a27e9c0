"""Whom a plan may give work: a body of the province everybody in it, a district or commune itself and what is below."""

from __future__ import annotations

import pytest

from plans.services import OutsideThePlan, assign_unit
from plans.services.arising import add_arising_task
from plans.services.invitations import invite_units
from tests.factories.events import EventFactory
from tests.factories.plans import PlanFactory, TaskFactory
from units.permissions import Role

pytestmark = pytest.mark.django_db
WORKERS = ("a", "a1", "b", "department")


@pytest.mark.parametrize(
    ("owner", "reached"),
    [
        ("province", {"a", "a1", "b", "department"}),
        ("department", {"a", "a1", "b", "department"}),
        ("a", {"a", "a1"}),
        ("a1", {"a1"}),
    ],
)
@pytest.mark.parametrize("worker", [*WORKERS, "foreign"])
def test_work_is_given_within_the_plans_reach(cast, owner, reached, worker):
    plan = PlanFactory(unit=getattr(cast, owner), status="issued")
    unit, by = getattr(cast, worker), cast[Role.ADMINISTRATOR]
    acts = [
        lambda: assign_unit(task=TaskFactory(plan=plan), unit=unit, by=by),
        lambda: invite_units(event=EventFactory(plan=plan), units=[unit], by=by),
        lambda: add_arising_task(
            plan=plan, title="Việc", performers=[(unit, "execute")], due_on=None, origin="direction", by=by
        ),
    ]

    for act in acts:
        if worker in reached:
            assert act()
        else:
            with pytest.raises(OutsideThePlan):
                act()
