"""Money when many act at once. Each test has its control: the same race without the guard must break the rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from budgets import services
from budgets.models import Budget, LedgerEntry
from tests.factories.budgets import BudgetFactory, LedgerEntryFactory
from tests.factories.units import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(acts: Iterable[Callable[[], object]]) -> list[object]:
    """What each of `acts` returns, or its refusal, when all start together, each on a connection of its own."""
    acts = list(acts)
    start = Barrier(len(acts), timeout=30)

    def run(act):
        try:
            start.wait()
            return act()
        except services.MoneyRefused as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def of_kind(outcomes: list[object], kind: type) -> list[object]:
    return [outcome for outcome in outcomes if type(outcome) is kind]


def assert_reconciled(budget: Budget) -> None:
    """The ledger's sum is what the budget says is spent, and neither above the total nor below nothing."""
    budget = Budget.objects.get(pk=budget.pk)
    in_ledger = LedgerEntry.objects.filter(budget=budget).aggregate(sum=Sum("amount"))["sum"] or 0
    assert in_ledger == budget.spent
    assert 0 <= budget.spent <= budget.ceiling


def spending(budget: Budget, by, amount: int = 10, **kwargs) -> Callable[[], object]:
    return lambda: services.spend(
        budget=budget, amount=amount, spent_on=timezone.localdate(), description="Chi", by=by, **kwargs
    )


def test_sixty_spend_at_once_and_ten_fit():
    budget, person = BudgetFactory(ceiling=100), UserFactory()

    outcomes = at_once([spending(budget, person)] * 60)

    assert len(of_kind(outcomes, LedgerEntry)) == 10
    assert len(of_kind(outcomes, services.NotEnoughMoney)) == 50
    assert {refused.available for refused in of_kind(outcomes, services.NotEnoughMoney)} == {0}
    assert budget.entries.count() == 10
    assert_reconciled(budget)
    assert Budget.objects.get().spent == 100


def test_control_without_the_guard_the_same_race_overspends():
    budget, person = BudgetFactory(ceiling=100), UserFactory()
    have_read = Barrier(60, timeout=30)

    def naive():
        seen = Budget.objects.get(pk=budget.pk)
        have_read.wait()
        if seen.available < 10:
            raise services.NotEnoughMoney(available=seen.available)
        seen.spent += 10
        seen.save(update_fields=["spent"])
        return LedgerEntry.objects.create(
            budget=seen, amount=10, spent_on=timezone.localdate(), description="Chi", by=person
        )

    outcomes = at_once([naive] * 60)

    assert len(of_kind(outcomes, LedgerEntry)) > 10
    assert Budget.objects.get().spent <= 100, "the stored total still looks right"
    with pytest.raises(AssertionError):
        assert_reconciled(budget)


def test_money_freed_while_others_spend_is_spent_once():
    budget, person = BudgetFactory(ceiling=100), UserFactory()
    entries = LedgerEntryFactory.create_batch(10, budget=budget, amount=10, by=person)

    def reversing(entry):
        return lambda: services.reverse(entry=entry, reason="Hủy", by=person)

    outcomes = at_once(
        # Each spending is reversed by two people at once, while twenty others wait for the money.
        [reversing(entry) for entry in entries for _ in range(2)] + [spending(budget, person)] * 20
    )

    assert len(of_kind(outcomes, services.AlreadyReversed)) == 10
    assert budget.entries.filter(amount=-10).count() == 10
    spent_again = budget.entries.filter(amount=10).count() - 10
    assert spent_again + len(of_kind(outcomes, services.NotEnoughMoney)) == 20
    assert spent_again <= 10
    assert_reconciled(budget)


def test_control_without_the_guard_a_reversal_and_a_spending_lose_each_other():
    budget, person = BudgetFactory(ceiling=100), UserFactory()
    entry = LedgerEntryFactory(budget=budget, amount=40, by=person)
    have_read = Barrier(2, timeout=30)

    def naive(amount, **kwargs):
        seen = Budget.objects.get(pk=budget.pk)
        have_read.wait()
        seen.spent += amount
        seen.save(update_fields=["spent"])
        return LedgerEntry.objects.create(
            budget=seen, amount=amount, spent_on=timezone.localdate(), description="Chi", by=person, **kwargs
        )

    outcomes = at_once([lambda: naive(-40, reverses=entry, reason="Hủy"), lambda: naive(10)])

    assert len(of_kind(outcomes, LedgerEntry)) == 2
    with pytest.raises(AssertionError):
        assert_reconciled(budget)


def test_the_total_is_lowered_while_others_spend():
    budget, person = BudgetFactory(ceiling=300), UserFactory()

    def lowering(amount):
        return lambda: services.set_ceiling(plan=budget.plan, amount=amount, reason="Giảm", by=person)

    acts = [act for step in range(10) for act in (spending(budget, person), lowering(150 - 10 * step))] * 2
    outcomes = at_once(acts)

    budget.refresh_from_db()
    lowered = of_kind(outcomes, Budget)
    refused = of_kind(outcomes, services.CeilingBelowSpent)
    assert len(lowered) + len(refused) == 20
    assert len(of_kind(outcomes, LedgerEntry)) + len(of_kind(outcomes, services.NotEnoughMoney)) == 20
    assert all(refusal.spent > 60 for refusal in refused)
    assert budget.ceiling in {each.ceiling for each in lowered} | {300}
    assert_reconciled(budget)


def test_a_form_sent_twice_at_once_is_one_spending():
    budget, person = BudgetFactory(ceiling=100), UserFactory()
    key = uuid4()

    outcomes = at_once([spending(budget, person, amount=60, key=key)] * 8)

    assert len({entry.pk for entry in of_kind(outcomes, LedgerEntry)}) == 1
    assert len(of_kind(outcomes, LedgerEntry)) == 8
    assert_reconciled(budget)
    assert Budget.objects.get().spent == 60


def test_a_ledger_opened_twice_at_once_is_one():
    budget = BudgetFactory(ceiling=100)
    plan = budget.plan
    Budget.objects.all().delete()

    outcomes = at_once([lambda: services.open_budget(plan=plan, by=None)] * 8)

    assert len(of_kind(outcomes, Budget)) == 1
    assert len(of_kind(outcomes, services.AlreadyOpen)) == 7
