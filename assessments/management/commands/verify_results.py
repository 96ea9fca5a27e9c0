from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q

from assessments.contexts.integrity import faults
from assessments.models import Assessment, Decision, Round
from assessments.permissions import SETTLED


class Command(BaseCommand):
    help = (
        "Recomputes the SHA-256 of every approved sheet, compares what was frozen with the stored rows and the digests "
        "of the decisions; exits with 1 if anything does not fit."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--round", type=int, help="only the round with this id")

    def handle(self, *args: Any, **options: Any) -> None:
        decided = Q(pk__in=Decision.objects.values("round"))
        settled = Q(pk__in=Assessment.objects.filter(state__in=SETTLED).order_by().values("round"))
        wanted = [each for each in Round.objects.filter(decided | settled) if options["round"] in (None, each.pk)]
        if options["round"] and not wanted:
            raise CommandError(f"Round {options['round']} has no approved results.")
        found = 0
        for round_ in wanted:
            for fault in faults(round_):
                found += 1
                self.stderr.write(str(fault))
        if found:
            raise CommandError(f"{found} faults")
        self.stdout.write(f"{len(wanted)} rounds: the approved results are as they were frozen.")
