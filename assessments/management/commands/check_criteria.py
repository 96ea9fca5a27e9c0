from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assessments.services.criteria import changed_since_published


class Command(BaseCommand):
    help = "Prove that every published criteria set still says what it said when it was published; exits 1 if not."

    def handle(self, *args: Any, **options: Any) -> None:
        apart = 0
        for version, found in changed_since_published():
            apart += 1
            self.stderr.write(f"{version.slug} v{version.version}: digest {version.digest}, recomputed {found}")
        if apart:
            raise CommandError(f"{apart} published criteria sets changed after publication.")
        self.stdout.write("Every published criteria set says what it said.")
