"""What may be done with a plan's money. Amounts are whole đồng, 1 to 10^15.

Every change happens under the budget's row: locked first, so that what is read is what is written over, then written by
a conditional UPDATE, so that more than there is cannot be spent even by code that forgets the lock. On SQLite the
IMMEDIATE transaction is the lock.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from activity.services import record
from budgets.models import Budget, LedgerEntry
from budgets.words import MAXIMUM
from isoportal.templatetags.formats import money
from plans.models import Funding, Plan

if TYPE_CHECKING:
    from units.models import User


class MoneyRefused(Exception):
    """Why the money stays as it is. `field` names the argument to correct."""

    field: str | None = None


class AmountOutOfRange(MoneyRefused):
    field = "amount"

    def __str__(self) -> str:
        return _("Enter a whole number of đồng from 1 to %(maximum)s.") % {"maximum": money(MAXIMUM)}


class NotEnoughMoney(MoneyRefused):
    field = "amount"

    def __init__(self, *, available: int) -> None:
        self.available = available
        super().__init__(available)

    def __str__(self) -> str:
        return _("Only %(available)s is left. Enter less, or raise the total first.") % {
            "available": money(self.available)
        }


class CeilingBelowSpent(MoneyRefused):
    field = "amount"

    def __init__(self, *, spent: int) -> None:
        self.spent = spent
        super().__init__(spent)

    def __str__(self) -> str:
        return _("%(spent)s is already spent: the total cannot be lower.") % {"spent": money(self.spent)}


class NoAmount(MoneyRefused):
    field = "amount"

    def __str__(self) -> str:
        return _("The document gives no figure. Enter the total and the decision that grants it.")


class AlreadyOpen(MoneyRefused):
    def __str__(self) -> str:
        return _("The ledger of this plan is already open.")


class NoReason(MoneyRefused):
    field = "reason"

    def __str__(self) -> str:
        return _("Say why, or name the decision.")


class SpentInTheFuture(MoneyRefused):
    field = "spent_on"

    def __str__(self) -> str:
        return _("The day is still to come. Enter the day on which the money was spent.")


class AlreadyReversed(MoneyRefused):
    def __str__(self) -> str:
        return _("This spending is already reversed.")


class CannotReverseReversal(MoneyRefused):
    def __str__(self) -> str:
        return _("A reversal cannot be reversed. Enter the spending again.")


@transaction.atomic
def open_budget(*, plan: Plan, by: User | None) -> Budget:
    """Open the ledger with the total that the plan's document gives.

    Raises NoAmount where the document gives none (then `set_ceiling` does it, with a reason), AlreadyOpen.
    """
    amount = Funding.objects.filter(plan=plan).values_list("amount", flat=True).first()
    if not amount:
        raise NoAmount
    _check_amount(amount)
    budget, created = Budget.objects.get_or_create(plan=plan, defaults={"ceiling": amount})
    if not created:
        raise AlreadyOpen
    _record("budgets.opened", budget, by=by, changes={"ceiling": [None, amount]})
    return budget


@transaction.atomic
def set_ceiling(*, plan: Plan, amount: int, reason: str, by: User | None) -> Budget:
    """Give the plan the total `amount` by a decision; opens the ledger where there is none yet.

    Raises AmountOutOfRange, NoReason, CeilingBelowSpent.
    """
    _check_amount(amount)
    reason = _checked_reason(reason)
    budget, created = Budget.objects.get_or_create(plan=plan, defaults={"ceiling": amount})
    before = None
    if not created:
        budget = _hold(budget)
        before = budget.ceiling
        if not Budget.objects.filter(pk=budget.pk, spent__lte=amount).update(ceiling=amount):
            raise CeilingBelowSpent(spent=budget.spent)
        budget.refresh_from_db()
    _record("budgets.ceiling_changed", budget, by=by, changes={"ceiling": [before, amount]}, reason=reason)
    return budget


@transaction.atomic
def spend(
    *,
    budget: Budget,
    amount: int,
    spent_on: date,
    description: str,
    voucher: str = "",
    key: UUID | None = None,
    by: User,
) -> LedgerEntry:
    """Enter a spending. The same `key` twice is the same spending: the second call returns the first's entry.

    Raises AmountOutOfRange, SpentInTheFuture, NotEnoughMoney.
    """
    _check_amount(amount)
    if spent_on > timezone.localdate():
        raise SpentInTheFuture
    budget = _hold(budget)
    if key and (entry := LedgerEntry.objects.filter(budget=budget, key=key).first()):
        return entry
    within = Budget.objects.filter(pk=budget.pk, spent__lte=F("ceiling") - amount)
    if not within.update(spent=F("spent") + amount):
        raise NotEnoughMoney(available=budget.available)
    entry = LedgerEntry.objects.create(
        budget=budget, amount=amount, spent_on=spent_on, description=description, voucher=voucher, key=key, by=by
    )
    changes = {"spent": [budget.spent, budget.spent + amount], "entry": entry.pk, "description": description}
    _record("budgets.spent", budget, by=by, changes=changes)
    return entry


@transaction.atomic
def reverse(*, entry: LedgerEntry, reason: str, by: User) -> LedgerEntry:
    """Take a spending back by a row of its own, dated today; the money is free again.

    Raises NoReason, CannotReverseReversal, AlreadyReversed.
    """
    reason = _checked_reason(reason)
    if entry.reverses_id:
        raise CannotReverseReversal
    budget = _hold(entry.budget)
    if LedgerEntry.objects.filter(reverses=entry).exists():
        raise AlreadyReversed
    Budget.objects.filter(pk=budget.pk).update(spent=F("spent") - entry.amount)
    reversal = LedgerEntry.objects.create(
        budget=budget,
        amount=-entry.amount,
        spent_on=timezone.localdate(),
        description=entry.description,
        voucher=entry.voucher,
        reverses=entry,
        reason=reason,
        by=by,
    )
    changes = {
        "spent": [budget.spent, budget.spent - entry.amount],
        "entry": reversal.pk,
        "reverses": entry.pk,
        "description": entry.description,
    }
    _record("budgets.reversed", budget, by=by, changes=changes, reason=reason)
    return reversal


def _hold(budget: Budget) -> Budget:
    """The row as it is now, nobody else's until the transaction ends."""
    return Budget.objects.select_for_update(of=("self",)).select_related("plan__unit").get(pk=budget.pk)


def _check_amount(amount: int) -> None:
    if not 1 <= amount <= MAXIMUM:
        raise AmountOutOfRange


def _checked_reason(reason: str) -> str:
    if not (reason := reason.strip()):
        raise NoReason
    return reason


def _record(action: str, budget: Budget, *, by: User | None, changes: dict[str, object], reason: str = "") -> None:
    record(by=by, action=action, target=budget, changes=changes, reason=reason, unit_path=budget.plan.unit.path)
