from __future__ import annotations

import pytest

from activity.services import record
from plans.models import Plan
from plans.services import PlanIsClosed, require_open
from tests.factories.plans import PlanFactory
from tests.factories.units import UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("status", ["draft", "submitted", "returned", "issued"])
def test_what_lives_is_open(status):
    plan = PlanFactory(status=status)

    assert require_open(plan).status == status


@pytest.mark.parametrize("status", ["closed", "cancelled"])
def test_nothing_happens_under_a_closed_or_cancelled_plan(status):
    plan, leader = PlanFactory(), UserFactory(full_name="Trần Văn Đóng")
    stale = Plan.objects.get(pk=plan.pk)
    Plan.objects.filter(pk=plan.pk).update(status=status)
    record(by=leader, action=f"plans.{status}", target=plan, changes={"status": ["issued", status]})

    with pytest.raises(PlanIsClosed) as refused:
        require_open(stale)

    assert refused.value.plan.status == status
    assert refused.value.step.by == leader
    assert "Trần Văn Đóng" in str(refused.value)


def test_a_plan_of_which_nobody_knows_who_closed_it_is_closed_all_the_same():
    plan = PlanFactory(status="closed")

    with pytest.raises(PlanIsClosed) as refused:
        require_open(plan)

    assert refused.value.step.by is None
    assert str(refused.value) == str(refused.value).strip() != ""
