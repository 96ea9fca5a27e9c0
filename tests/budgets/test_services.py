from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from activity.models import AuditEvent
from budgets import services
from budgets.models import Budget, LedgerEntry, LedgerIsAppendOnly
from budgets.words import MAXIMUM
from tests.factories.budgets import BudgetFactory, FundedPlanFactory, LedgerEntryFactory
from tests.factories.units import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return UserFactory()


def last_event() -> AuditEvent:
    return AuditEvent.objects.latest("pk")


# -- The total -------------------------------------------------------------------------------------------------------
def test_a_ledger_is_opened_with_the_total_of_the_document(person):
    plan = FundedPlanFactory(amount=84_000_000)

    budget = services.open_budget(plan=plan, by=person)

    assert (budget.ceiling, budget.spent, budget.available) == (84_000_000, 0, 84_000_000)
    event = last_event()
    assert (event.action, event.by, event.unit_path) == ("budgets.opened", person, plan.unit.path)
    assert event.changes == {"ceiling": [None, 84_000_000]}


@pytest.mark.parametrize("amount", [None, 0])
def test_a_document_without_a_figure_opens_no_ledger(person, amount):
    plan = FundedPlanFactory(amount=amount)

    with pytest.raises(services.NoAmount):
        services.open_budget(plan=plan, by=person)

    assert not Budget.objects.exists()


def test_a_plan_without_a_word_on_money_opens_no_ledger(person):
    plan = FundedPlanFactory(amount=5)
    plan.funding.delete()

    with pytest.raises(services.NoAmount):
        services.open_budget(plan=plan, by=person)


def test_a_ledger_is_opened_once(person):
    plan = FundedPlanFactory(amount=5)
    services.open_budget(plan=plan, by=person)

    with pytest.raises(services.AlreadyOpen):
        services.open_budget(plan=plan, by=person)

    assert AuditEvent.objects.filter(action="budgets.opened").count() == 1


def test_a_decision_gives_the_total_that_the_document_lacks(person):
    plan = FundedPlanFactory(amount=None)

    budget = services.set_ceiling(plan=plan, amount=60_000_000, reason=" 29/QĐ-KHCN ", by=person)

    assert budget.ceiling == 60_000_000
    event = last_event()
    assert (event.action, event.reason) == ("budgets.ceiling_changed", "29/QĐ-KHCN")
    assert event.changes == {"ceiling": [None, 60_000_000]}
    plan.funding.refresh_from_db()
    assert plan.funding.amount is None, "what the document says is not rewritten"


def test_a_total_is_changed_with_before_and_after(person):
    budget = BudgetFactory(ceiling=100)

    changed = services.set_ceiling(plan=budget.plan, amount=70, reason="Điều chỉnh", by=person)

    assert (changed.pk, changed.ceiling) == (budget.pk, 70)
    assert last_event().changes == {"ceiling": [100, 70]}


@pytest.mark.parametrize(("amount", "allowed"), [(31, True), (30, True), (29, False)])
def test_a_total_is_never_below_what_is_spent(person, amount, allowed):
    budget = LedgerEntryFactory(amount=30).budget

    if allowed:
        assert services.set_ceiling(plan=budget.plan, amount=amount, reason="Giảm", by=person).ceiling == amount
    else:
        with pytest.raises(services.CeilingBelowSpent) as refused:
            services.set_ceiling(plan=budget.plan, amount=amount, reason="Giảm", by=person)
        assert refused.value.spent == 30
        assert "30" in str(refused.value)
        budget.refresh_from_db()
        assert budget.ceiling == 100
        assert last_event().action == "budgets.spent"


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_a_total_needs_its_reason(person, reason):
    with pytest.raises(services.NoReason):
        services.set_ceiling(plan=FundedPlanFactory(), amount=5, reason=reason, by=person)


@pytest.mark.parametrize("amount", [-1, 0, MAXIMUM + 1])
def test_amounts_are_whole_dong_that_can_be_written(person, amount):
    budget = BudgetFactory(ceiling=MAXIMUM)

    with pytest.raises(services.AmountOutOfRange):
        services.set_ceiling(plan=budget.plan, amount=amount, reason="QĐ", by=person)
    with pytest.raises(services.AmountOutOfRange):
        LedgerEntryFactory(budget=budget, amount=amount)


# -- Spending --------------------------------------------------------------------------------------------------------
def test_a_spending_is_entered_and_written_down(person):
    budget = BudgetFactory(ceiling=100)

    entry = services.spend(
        budget=budget, amount=40, spent_on=date(2024, 10, 8), description="Tập huấn", voucher="PC 118", by=person
    )

    budget.refresh_from_db()
    assert (budget.spent, budget.available) == (40, 60)
    assert str(entry) == "40 Tập huấn"
    assert (entry.amount, entry.spent_on, entry.description, entry.voucher, entry.by) == (
        40,
        date(2024, 10, 8),
        "Tập huấn",
        "PC 118",
        person,
    )
    event = last_event()
    assert (event.action, event.unit_path) == ("budgets.spent", budget.plan.unit.path)
    assert event.changes == {"spent": [0, 40], "entry": entry.pk, "description": "Tập huấn"}


@pytest.mark.parametrize(("amount", "allowed"), [(69, True), (70, True), (71, False)])
def test_more_than_is_left_is_refused(amount, allowed):
    budget = LedgerEntryFactory(amount=30).budget

    if allowed:
        LedgerEntryFactory(budget=budget, amount=amount)
    else:
        with pytest.raises(services.NotEnoughMoney) as refused:
            LedgerEntryFactory(budget=budget, amount=amount)
        assert refused.value.available == 70
        assert "70" in str(refused.value)
        assert LedgerEntry.objects.count() == 1
        assert AuditEvent.objects.filter(action="budgets.spent").count() == 1

    budget.refresh_from_db()
    assert budget.spent == (30 + amount if allowed else 30)


@pytest.mark.parametrize(("days", "allowed"), [(0, True), (1, False)])
def test_money_is_not_spent_on_a_day_to_come(days, allowed):
    day = timezone.localdate() + timedelta(days=days)

    if allowed:
        assert LedgerEntryFactory(spent_on=day).spent_on == day
    else:
        with pytest.raises(services.SpentInTheFuture):
            LedgerEntryFactory(spent_on=day)


def test_the_same_form_sent_twice_is_one_spending():
    key = uuid4()
    first = LedgerEntryFactory(amount=60, key=key)

    second = LedgerEntryFactory(budget=first.budget, amount=60, key=key)

    assert second == first
    first.budget.refresh_from_db()
    assert first.budget.spent == 60
    assert AuditEvent.objects.filter(action="budgets.spent").count() == 1


# -- Reversing -------------------------------------------------------------------------------------------------------
def test_a_spending_is_reversed_by_a_row_of_its_own(person):
    entry = LedgerEntryFactory(amount=30, spent_on=date(2024, 10, 8), voucher="PC 118")

    reversal = services.reverse(entry=entry, reason="Ghi nhầm", by=person)

    entry.budget.refresh_from_db()
    assert entry.budget.spent == 0
    assert list(entry.budget.entries.order_by("pk").values_list("amount", flat=True)) == [30, -30]
    assert (reversal.reverses, reversal.spent_on, reversal.reason) == (entry, timezone.localdate(), "Ghi nhầm")
    assert (reversal.description, reversal.voucher) == (entry.description, "PC 118")
    event = last_event()
    assert (event.action, event.reason) == ("budgets.reversed", "Ghi nhầm")
    assert event.changes["spent"] == [30, 0]


def test_a_spending_is_reversed_once(person):
    entry = LedgerEntryFactory()
    reversal = services.reverse(entry=entry, reason="Ghi nhầm", by=person)

    with pytest.raises(services.AlreadyReversed):
        services.reverse(entry=entry, reason="Ghi nhầm", by=person)
    with pytest.raises(services.CannotReverseReversal):
        services.reverse(entry=reversal, reason="Ghi nhầm", by=person)

    assert AuditEvent.objects.filter(action="budgets.reversed").count() == 1
    assert LedgerEntry.objects.count() == 2


def test_a_reversal_needs_its_reason(person):
    with pytest.raises(services.NoReason):
        services.reverse(entry=LedgerEntryFactory(), reason=" ", by=person)


def test_every_refusal_speaks_in_the_persons_language(person):
    refusals = [
        services.AmountOutOfRange(),
        services.NotEnoughMoney(available=5),
        services.CeilingBelowSpent(spent=5),
        services.NoAmount(),
        services.AlreadyOpen(),
        services.NoReason(),
        services.SpentInTheFuture(),
        services.AlreadyReversed(),
        services.CannotReverseReversal(),
    ]

    assert len({str(refusal) for refusal in refusals}) == len(refusals)


# -- What the database itself holds ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "change", [{"spent": -1}, {"spent": 101}, {"ceiling": 0}, {"ceiling": MAXIMUM + 1}, {"ceiling": 9, "spent": 10}]
)
def test_the_database_refuses_a_wrong_budget(change):
    budget = BudgetFactory(ceiling=100)

    with pytest.raises(IntegrityError), transaction.atomic():
        Budget.objects.filter(pk=budget.pk).update(**change)


@pytest.mark.parametrize("wrong", ["negative", "positive reversal", "reversal without reason", "second reversal"])
def test_the_database_refuses_a_wrong_row(person, wrong):
    entry = LedgerEntryFactory(amount=30)
    row = LedgerEntry(budget=entry.budget, amount=-30, spent_on=entry.spent_on, description="x", by=person)
    if wrong != "negative":
        row.reverses = entry
        row.reason = "" if wrong == "reversal without reason" else "Ghi nhầm"
    if wrong == "positive reversal":
        row.amount = 30
    if wrong == "second reversal":
        services.reverse(entry=entry, reason="Ghi nhầm", by=person)

    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_rows_of_the_ledger_are_never_changed_or_deleted():
    entry = LedgerEntryFactory()

    for act in (
        entry.save,
        entry.delete,
        LedgerEntry.objects.all().delete,
        lambda: LedgerEntry.objects.update(amount=1),
        entry.budget.entries.all().delete,
    ):
        with pytest.raises(LedgerIsAppendOnly):
            act()

    assert LedgerEntry.objects.get().amount == 10


# -- The proof -------------------------------------------------------------------------------------------------------
def test_check_ledgers_proves_that_each_budget_equals_its_ledger(capsys, person):
    services.reverse(entry=LedgerEntryFactory(amount=30), reason="Ghi nhầm", by=person)
    LedgerEntryFactory(amount=40)
    BudgetFactory()

    call_command("check_ledgers")

    assert capsys.readouterr().out.count("\n") == 1


@pytest.mark.parametrize("spent", [0, 41])
def test_check_ledgers_names_the_plan_that_differs(spent):
    LedgerEntryFactory()
    entry = LedgerEntryFactory(amount=40)
    Budget.objects.filter(pk=entry.budget_id).update(spent=spent)

    with pytest.raises(CommandError) as failed:
        call_command("check_ledgers")

    message = str(failed.value)
    assert "\n" not in message
    assert f"plan {entry.budget.plan_id}: spent {spent}, ledger 40" in message
    assert message.startswith("1 budget")
