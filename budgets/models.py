"""What it costs: a plan's money and the ledger of what was spent of it. Whole đồng throughout."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from budgets.words import MAXIMUM
from plans.models import Plan
from units.access import UnitScopedQuerySet
from units.models import User


class BudgetQuerySet(UnitScopedQuerySet["Budget"]):
    unit_path = "plan__unit"


BudgetManager = models.Manager.from_queryset(BudgetQuerySet)


class Budget(models.Model):
    """A plan's total and what is spent of it. `spent` is kept by conditional UPDATE and equals the ledger's sum."""

    plan = models.OneToOneField(Plan, on_delete=models.PROTECT, related_name="budget", verbose_name=_("plan"))
    ceiling = models.BigIntegerField(_("total"))
    spent = models.BigIntegerField(_("spent"), default=0)

    objects = BudgetManager()

    class Meta:
        verbose_name = _("budget")
        verbose_name_plural = _("budgets")
        constraints = [
            models.CheckConstraint(condition=Q(ceiling__range=(1, MAXIMUM)), name="budget_ceiling_can_be_written"),
            models.CheckConstraint(condition=Q(spent__gte=0), name="budget_spent_not_negative"),
            models.CheckConstraint(condition=Q(spent__lte=F("ceiling")), name="budget_spent_within_ceiling"),
        ]

    def __str__(self) -> str:
        return f"{self.plan}"

    @property
    def available(self) -> int:
        return self.ceiling - self.spent


class LedgerEntryQuerySet(UnitScopedQuerySet["LedgerEntry"]):
    unit_path = "budget__plan__unit"

    def delete(self) -> NoReturn:
        raise LedgerIsAppendOnly

    def update(self, **kwargs: Any) -> NoReturn:
        raise LedgerIsAppendOnly


LedgerEntryManager = models.Manager.from_queryset(LedgerEntryQuerySet)


class LedgerIsAppendOnly(TypeError):
    """A programming error: rows of the ledger are never changed or deleted."""


class LedgerEntry(models.Model):
    """A spending, or the reversal of one. Rows are never changed or deleted: a mistake is reversed by another row.

    A reversal repeats the description and voucher of what it reverses, carries the amount with a minus and says why.
    `key` is made with the form: the same form sent twice is one spending.
    """

    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="entries", verbose_name=_("budget"))
    amount = models.BigIntegerField(_("amount"))
    spent_on = models.DateField(_("day"))
    description = models.CharField(_("what for"), max_length=300)
    voucher = models.CharField(_("voucher"), max_length=60, blank=True)
    reverses = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="reversed_by",
        verbose_name=_("reverses"),
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    key = models.UUIDField(null=True, blank=True, editable=False)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), auto_now_add=True)

    objects = LedgerEntryManager()

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reverses=None, amount__gt=0) | Q(reverses__isnull=False, amount__lt=0) & ~Q(reason=""),
                name="ledger_spends_or_reverses",
            ),
            models.CheckConstraint(
                condition=Q(amount__range=(-MAXIMUM, MAXIMUM)), name="ledger_amount_within_what_can_be_written"
            ),
            models.UniqueConstraint(fields=["budget", "key"], name="ledger_form_counts_once"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.description}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise LedgerIsAppendOnly
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise LedgerIsAppendOnly
