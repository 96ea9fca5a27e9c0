from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from units.services import BadUnitsFile, import_units

SHIPPED = Path(__file__).resolve().parents[2] / "data" / "admin_units.csv"


class Command(BaseCommand):
    help = (
        "Read the official list of administrative units from a CSV file into the tree of units: adds and corrects, "
        "never removes. All or nothing; running it again changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file", nargs="?", type=Path, default=SHIPPED, help="default: the list shipped with isoportal"
        )

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            lines = file.read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{file}: cannot be read as UTF-8 text ({error})") from error
        try:
            result = import_units(lines=lines, by=None)
        except BadUnitsFile as error:
            (line, words), more = error.errors[0], len(error.errors) - 1
            rest = f" (and {more} more)" if more else ""
            raise CommandError(f"{file}, line {line}: {words}{rest}. Nothing was imported.") from error
        self.stdout.write(f"{result.created} added, {result.changed} corrected, {result.unchanged} unchanged")
