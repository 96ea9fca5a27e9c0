from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from activity.origin import Origin, acting_from
from plans.jobs.periods import make_due_reports


class Command(BaseCommand):
    help = (
        "Make the reporting periods of all issued plans and what is due of each unit in them, as the timer does every "
        "day. Running it again adds only what is missing."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        with acting_from(Origin(channel="command")):
            changed = make_due_reports()
        self.stdout.write(f"{changed} plans got new due reports")
