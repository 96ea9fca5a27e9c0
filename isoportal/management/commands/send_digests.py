from __future__ import annotations

from argparse import ArgumentTypeError
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from activity.delivery import send_due
from activity.origin import Origin, acting_from
from isoportal.digests import make_all


def a_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError("give a day as YYYY-MM-DD") from error


class Command(BaseCommand):
    help = (
        "Remind everybody once of what is due: make the digests of today and send those that were asked for as mail. "
        "Run again, it makes none twice and sends only what was not sent yet. The timer does this each morning."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--day", type=a_day, help="another day than today, YYYY-MM-DD")
        parser.add_argument("--mail-only", action="store_true", help="make no digests, only send what waits")

    def handle(self, *args: Any, day: date | None, mail_only: bool, **options: Any) -> None:
        with acting_from(Origin(channel="command")):
            if not mail_only:
                made = make_all(day=day or timezone.localdate())
                self.stdout.write(f"{made.new} digests made, {made.already} there already")
            mail = send_due()
        self.stdout.write(f"{mail.sent} mails sent, {mail.failed} failed")
