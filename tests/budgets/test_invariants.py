"""Any sequence of acts leaves the money as a plain account of it would."""

from __future__ import annotations

import pytest
from django.db.models import Sum
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from budgets import services
from budgets.contexts import execution
from tests.factories.budgets import BudgetFactory
from tests.factories.units import MembershipFactory
from units.permissions import Role

pytestmark = pytest.mark.django_db

acts = st.lists(
    st.one_of(
        st.tuples(st.just("spend"), st.integers(1, 60)),
        st.tuples(st.just("reverse"), st.integers(0, 9)),
        st.tuples(st.just("ceiling"), st.integers(1, 200)),
    ),
    max_size=20,
)


def attempt(act, **kwargs):
    """What `act` returns, or its refusal."""
    try:
        return act(**kwargs)
    except services.MoneyRefused as refused:
        return refused


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=acts)
def test_any_sequence_of_acts_keeps_the_books(db, acts):
    budget = BudgetFactory(ceiling=100)
    person = MembershipFactory(unit=budget.plan.unit, role=Role.FINANCE).user
    ceiling, spent, rows, taken_back = 100, 0, [], set()

    for act, value in acts:
        if act == "spend":
            entry = attempt(
                services.spend, budget=budget, amount=value, spent_on=timezone.localdate(), description="Chi", by=person
            )
            if spent + value <= ceiling:
                spent += value
                rows.append(entry)
            else:
                assert isinstance(entry, services.NotEnoughMoney)
                assert entry.available == ceiling - spent
        elif act == "reverse" and rows:
            entry = rows[value % len(rows)]
            reversal = attempt(services.reverse, entry=entry, reason="Hủy", by=person)
            assert isinstance(reversal, services.AlreadyReversed) == (entry.pk in taken_back)
            spent -= 0 if entry.pk in taken_back else entry.amount
            taken_back.add(entry.pk)
        elif act == "ceiling":
            changed = attempt(services.set_ceiling, plan=budget.plan, amount=value, reason="Điều chỉnh", by=person)
            assert isinstance(changed, services.CeilingBelowSpent) == (value < spent)
            ceiling = ceiling if value < spent else value

        budget.refresh_from_db()
        assert (budget.ceiling, budget.spent) == (ceiling, spent)

    assert (budget.entries.aggregate(sum=Sum("amount"))["sum"] or 0) == spent
    money = execution(plan=budget.plan, user=person)
    assert (money.ceiling, money.spent, money.available) == (ceiling, spent, ceiling - spent)
    assert len(money.entries) == len(rows) + len(taken_back)
    assert (money.entries[0].running if money.entries else 0) == spent
    assert min((entry.running for entry in money.entries), default=0) >= 0
