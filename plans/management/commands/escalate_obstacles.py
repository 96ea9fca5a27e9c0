from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from activity.origin import Origin, acting_from
from plans.jobs.escalation import escalate_overdue


class Command(BaseCommand):
    help = "Send obstacles up one level that nobody answered by their day. Running it again changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        with acting_from(Origin(channel="timer")):
            sent = escalate_overdue()
        self.stdout.write(f"{len(sent)} escalated")
