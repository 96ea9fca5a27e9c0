"""Load the two seed plans, the units they name and the demo accounts. Running it again changes nothing."""

from __future__ import annotations

from io import StringIO

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from isoportal.demo.execution import run_day
from isoportal.demo.follow_up import follow_up
from isoportal.demo.people import ACCOUNTS, make_people, read_password
from isoportal.demo.plans import import_seed, run_yearly_plan
from isoportal.demo.provinces import make_provinces
from isoportal.demo.rounds import open_rounds
from plans.models import Plan
from plans.services import issue_plan
from units.models import Unit


class Command(BaseCommand):
    help = "Load the two seed plans, the units they name and the demo accounts; running it again changes nothing."

    @transaction.atomic
    def handle(self, *args: object, **options: object) -> None:
        if settings.PRODUCTION:
            raise CommandError("Demo accounts are not for production. Make real ones in /admin/.")
        call_command("import_units", settings.BASE_DIR / "units" / "data" / "admin_units.csv", stdout=StringIO())
        call_command("load_criteria", stdout=StringIO())
        hue, bac_giang = make_provinces()
        password = read_password()
        people = make_people(hue, bac_giang, password)
        officer = people["officer"]
        pilot = import_seed("kh-231-thua-thien-hue-2023.txt", unit=hue, by=officer)
        if pilot.status == Plan.Status.DRAFT:
            issue_plan(plan=pilot, by=officer)
        yearly = import_seed(
            "kh-bcd-bac-giang-2024.txt",
            unit=Unit.objects.get(parent=bac_giang, name="Ban Chỉ đạo ISO tỉnh"),
            by=officer,
        )
        run_yearly_plan(yearly, bac_giang, people)
        run_day(pilot=pilot, yearly=yearly, people=people)
        open_rounds(hue, bac_giang, people, pilot)
        follow_up(bac_giang, people)
        self.stdout.write(f"Demo accounts, password of all: {password}")
        for account in ACCOUNTS:
            self.stdout.write(f"  {account.username:11} {account.role.value:18} {account.full_name}")
