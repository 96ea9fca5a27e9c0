from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from units.models import User
from units.services import create_token

LONGEST = 730


class Command(BaseCommand):
    help = "Make a key by which a program acts as a person over the REST API, and print it. It is shown this once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", help="the person's user name")
        parser.add_argument("--read-only", action="store_true", help="the key cannot change anything")
        parser.add_argument("--expires", type=int, default=90, metavar="DAYS", help="days it is valid (default: 90)")
        parser.add_argument("--name", default="", help="what it is for, shown in lists")

    def handle(self, *args: Any, **options: Any) -> None:
        person = User.objects.filter(username=options["user"]).first()
        if person is None:
            raise CommandError(f"There is no person with the user name {options['user']!r}.")
        if not person.is_active:
            raise CommandError(f"The account {options['user']!r} is disabled.")
        if not 1 <= options["expires"] <= LONGEST:
            raise CommandError(f"--expires must be from 1 to {LONGEST} days.")
        if len(options["name"]) > 80:
            raise CommandError("--name may have 80 letters.")
        _token, key = create_token(
            user=person,
            expires_in=timedelta(days=options["expires"]),
            by=None,
            read_only=options["read_only"],
            name=options["name"],
        )
        self.stdout.write(key)
