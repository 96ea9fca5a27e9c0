"""A plan's money as pages and reports say it: worked out once. A total that nobody gave is None, never 0."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Case, F, QuerySet, Sum, Value, When, Window
from django.db.models.functions import Coalesce

from budgets.models import LedgerEntry
from budgets.words import amount_in_words
from plans.models import Funding, Plan
from units.permissions import Permission

if TYPE_CHECKING:
    from units.models import User


def share_of(spent: int | None, ceiling: int | None) -> Decimal | None:
    """What is spent of a total, 0 to 100."""
    return Decimal(spent or 0) * 100 / ceiling if ceiling else None


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One row of the ledger. A reversal's `amount` is negative; `running` is what was spent up to and with this row."""

    pk: int
    day: date
    description: str
    voucher: str
    amount: int
    running: int
    reason: str
    by: str
    at: datetime
    reverses: int | None
    reversed_by: int | None

    @property
    def is_reversal(self) -> bool:
        return self.reverses is not None

    @property
    def can_be_reversed(self) -> bool:
        return self.reverses is None and self.reversed_by is None


@dataclass(frozen=True, kw_only=True)
class Balance:
    """Whole đồng. `ceiling` is what the plan was given: its ledger's total, the document's while that is not open."""

    ceiling: int | None
    spent: int | None
    is_open: bool

    @property
    def available(self) -> int | None:
        return None if self.ceiling is None else self.ceiling - (self.spent or 0)

    @property
    def share(self) -> Decimal | None:
        return share_of(self.spent, self.ceiling)


@dataclass(frozen=True, kw_only=True)
class PlanBalance(Balance):
    """One row of the list of plans."""

    plan: Plan


@dataclass(frozen=True, kw_only=True)
class Execution(Balance):
    """How a plan's money is used. `documented` is the total in the document's own words, `entries` the newest first."""

    documented: int | None
    source: str
    text: str
    entries: Sequence[Entry]

    @property
    def in_words(self) -> str:
        """The total in Vietnamese words, "" where there is none."""
        return "" if self.ceiling is None else amount_in_words(self.ceiling)

    @property
    def documented_in_words(self) -> str:
        return "" if self.documented is None else amount_in_words(self.documented)

    @property
    def was_adjusted(self) -> bool:
        return self.documented is not None and self.ceiling != self.documented


@dataclass(frozen=True, kw_only=True)
class Totals:
    """Sums over plans, whole đồng. None where not one of them has a total."""

    ceiling: int | None
    spent: int | None

    @property
    def available(self) -> int | None:
        return None if self.ceiling is None else self.ceiling - (self.spent or 0)

    @property
    def share(self) -> Decimal | None:
        return share_of(self.spent, self.ceiling)


def with_money(plans: QuerySet[Plan]) -> QuerySet[Plan]:
    """Plans with `money_ceiling`, `money_spent`, `money_left` and `ledger`, to be shown, sorted and summed by them."""
    return plans.annotate(
        ledger=F("budget__pk"),
        money_ceiling=Coalesce("budget__ceiling", "funding__amount"),
        # Of a total whose ledger is not open yet nothing is spent; where there is no total there is nothing to say.
        money_spent=Case(
            When(budget__isnull=False, then="budget__spent"), When(funding__amount__isnull=False, then=Value(0))
        ),
        money_left=F("money_ceiling") - F("money_spent"),
    )


def plan_balances(plans: Iterable[Any]) -> list[PlanBalance]:
    """Rows for plans annotated by `with_money`. No query."""
    return [
        PlanBalance(plan=plan, ceiling=plan.money_ceiling, spent=plan.money_spent, is_open=plan.ledger is not None)
        for plan in plans
    ]


def totals(plans: QuerySet[Plan]) -> Totals:
    """Sums over plans annotated by `with_money`. One query."""
    sums = plans.order_by().aggregate(ceiling=Sum("money_ceiling"), spent=Sum("money_spent"))
    return Totals(**{name: None if value is None else int(value) for name, value in sums.items()})


def ledger(plan: Plan) -> QuerySet[LedgerEntry]:
    """The plan's ledger, newest first, each row with what was spent up to and with it (`running`)."""
    return (
        LedgerEntry.objects.filter(budget__plan=plan)
        .annotate(running=Window(Sum("amount"), order_by="pk"))
        .select_related("by", "reversed_by")
        .order_by("-pk")
    )


def entries(rows: Iterable[Any]) -> list[Entry]:
    """Rows of `ledger` as values. No query."""
    return [
        Entry(
            pk=row.pk,
            day=row.spent_on,
            description=row.description,
            voucher=row.voucher,
            amount=row.amount,
            running=int(row.running),
            reason=row.reason,
            by=str(row.by),
            at=row.at,
            reverses=row.reverses_id,
            reversed_by=row.reversed_by.pk if hasattr(row, "reversed_by") else None,
        )
        for row in rows
    ]


def execution(*, plan: Plan, user: User, page: Iterable[LedgerEntry] | None = None) -> Execution | None:
    """How the plan's money is used, or None when `user` may not see it. Two queries.

    `page`: only these rows of `ledger`, in place of all.
    """
    found: Any = (
        with_money(Plan.objects.allowed_to(user, Permission.BUDGET_VIEW)).select_related("funding").filter(pk=plan.pk)
    ).first()
    if found is None:
        return None
    funding: Funding | None = getattr(found, "funding", None)
    return Execution(
        ceiling=found.money_ceiling,
        spent=found.money_spent,
        is_open=found.ledger is not None,
        documented=funding.amount if funding else None,
        source=funding.source if funding else "",
        text=funding.text if funding else "",
        entries=entries(ledger(plan) if page is None else page),
    )
