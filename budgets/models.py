"""What it costs: a plan's money and the ledger of what was spent of it. Whole đồng throughout."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

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


LedgerEntryManager = models.Manager.from_queryset(LedgerEntryQuerySet)


class LedgerEntry(models.Model):
    """A spending, or the reversal of one. Rows are never changed or deleted: a mistake is reversed by another row."""

    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="entries")
    amount = models.BigIntegerField(_("amount"))
    spent_on = models.DateField(_("day"))
    description = models.CharField(_("what for"), max_length=300)
    voucher = models.CharField(_("voucher"), max_length=60, blank=True)
    reverses = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="reversed_by")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = LedgerEntryManager()

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        ordering = ["-spent_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reverses=None, amount__gt=0) | Q(reverses__isnull=False, amount__lt=0),
                name="ledger_spends_or_reverses",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.description}"
