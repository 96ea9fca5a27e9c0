from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import F, Sum, Value
from django.db.models.functions import Coalesce

from budgets.models import Budget


class Command(BaseCommand):
    help = "Prove that what each budget says is spent equals the sum of its ledger. Exits non-zero where one does not."

    def handle(self, *args: Any, **options: Any) -> None:
        summed = Budget.objects.annotate(ledger=Coalesce(Sum("entries__amount"), Value(0))).order_by("pk")
        wrong = [
            f"plan {plan}: spent {spent}, ledger {int(ledger)}"
            for plan, spent, ledger in summed.exclude(ledger=F("spent")).values_list("plan_id", "spent", "ledger")
        ]
        if wrong:
            raise CommandError(f"{len(wrong)} budget(s) differ from their ledger: {'; '.join(wrong)}")
        self.stdout.write(f"{summed.count()} budget(s), each equal to its ledger.")
