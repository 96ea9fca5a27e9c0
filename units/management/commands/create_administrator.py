from __future__ import annotations

import secrets
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from units.models import Unit, User
from units.permissions import Role
from units.services import create_person


class Command(BaseCommand):
    help = (
        "Make the first administrator of a province, who makes all other accounts in /admin/. Prints a password, shown "
        "this once, to be changed after the first login. Units must be there: import_units."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", help="the user name to log in with")
        parser.add_argument("--unit", required=True, metavar="CODE", help="official code of the province, such as 24")
        parser.add_argument("--name", default="", help="the person's full name")
        parser.add_argument("--email", default="", help="the person's address at work, to recover the password")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.filter(username=options["user"]).exists():
            raise CommandError(f"There is a person with the user name {options['user']!r} already.")
        # A code is not an identity: of the units that bear it, the one that lasts longest is meant.
        found = Unit.objects.filter(kind=Unit.Kind.PROVINCE, code=options["unit"])
        unit = found.filter(valid_to=None).first() or found.order_by("-valid_to").first()
        if unit is None:
            raise CommandError(f"There is no province with the code {options['unit']!r}. Run import_units first.")
        password = secrets.token_urlsafe(12)
        person = create_person(
            username=options["user"],
            full_name=options["name"],
            email=options["email"],
            password=password,
            unit=unit,
            role=Role.ADMINISTRATOR,
            by=None,
        )
        self.stdout.write(f"{person.username} administers {unit.name}. Password: {password}")
