"""Plans with money, and what was spent of it."""

from __future__ import annotations

import factory
from django.utils import timezone

from budgets import services
from budgets.models import Budget, LedgerEntry
from plans.models import Funding, Plan
from tests.factories.units import UnitFactory, UserFactory


class FundedPlanFactory(factory.django.DjangoModelFactory):
    """A draft plan whose document gives `amount` (None: no figure)."""

    class Meta:
        model = Plan
        skip_postgeneration_save = True

    unit = factory.SubFactory(UnitFactory)
    kind = "Kế hoạch"
    symbol = "KH-BCĐ"
    title = factory.Sequence("Hoạt động của Ban Chỉ đạo ISO tỉnh năm {}".format)
    issue_year = 2024

    @factory.post_generation
    def amount(plan, create, extracted, **kwargs):
        Funding.objects.create(plan=plan, amount=extracted, source="Ngân sách tỉnh", text="Kinh phí thực hiện")


class BudgetFactory(factory.django.DjangoModelFactory):
    """An open ledger with a total of `ceiling`. The service opens it, as everywhere."""

    class Meta:
        model = Budget

    ceiling = 100

    @classmethod
    def _create(cls, model_class, *, ceiling, plan=None, **kwargs):
        plan = plan or FundedPlanFactory(amount=ceiling, **kwargs)
        return services.set_ceiling(plan=plan, amount=ceiling, reason="29/QĐ-KHCN", by=None)


class LedgerEntryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = LedgerEntry

    budget = factory.SubFactory(BudgetFactory)
    amount = 10
    spent_on = factory.LazyFunction(timezone.localdate)
    description = factory.Sequence("Tập huấn {}".format)
    by = factory.SubFactory(UserFactory)

    @classmethod
    def _create(cls, model_class, **kwargs):
        return services.spend(**kwargs)
