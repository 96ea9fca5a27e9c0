from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assessments.services import BUNDLED, CriteriaFileInvalid, load_criteria_set


class Command(BaseCommand):
    help = (
        "Load criteria sets from their JSON files (each names its CSV), without arguments the two that come with the "
        "portal. The same content stays the same version; changed content becomes a new published version."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="*", type=Path, help="JSON files that describe a criteria set")

    def handle(self, *args: Any, **options: Any) -> None:
        for path in options["files"] or BUNDLED:
            try:
                criteria_set = load_criteria_set(path=path, by=None)
            except CriteriaFileInvalid as error:
                raise CommandError(str(error)) from error
            self.stdout.write(f"{criteria_set.slug} v{criteria_set.version}: {criteria_set.size} criteria")
