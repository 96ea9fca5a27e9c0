from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from activity.origin import Origin, acting_from
from plans.jobs.tidying import tidy_evidence


class Command(BaseCommand):
    help = "Remove what broken uploads and withdrawn files left on the disk, if it is older than a day."

    def handle(self, *args: Any, **options: Any) -> None:
        with acting_from(Origin(channel="timer")):
            removed = tidy_evidence()
        self.stdout.write(f"{removed['drafts']} drafts, {removed['files']} files removed")
