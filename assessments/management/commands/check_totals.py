from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assessments.models import Assessment
from assessments.services import totals_apart


class Command(BaseCommand):
    help = "Prove that every stored score and total equals the one worked out again from the answers; exits 1 if not."

    def handle(self, *args: Any, **options: Any) -> None:
        apart = 0
        for assessment, name, stored, recomputed in totals_apart():
            apart += 1
            self.stderr.write(f"assessment {assessment.pk}: {name} is {stored}, recomputed {recomputed}")
        if apart:
            raise CommandError(f"{apart} stored numbers differ from the recomputed ones.")
        self.stdout.write(f"{Assessment.objects.count()} sheets: stored totals equal recomputed ones.")
