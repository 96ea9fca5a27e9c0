"""Load the two seed plans, the units they name and the demo accounts. Running it again changes nothing."""

from __future__ import annotations

import datetime
import os
import secrets
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from assessments.models import Assessment, CriteriaSet, Round
from assessments.services import open_assessment, open_round, save_score
from budgets.services import open_budget, spend
from plans.document import read_document
from plans.models import Plan, Task
from plans.services import AlreadyImported, accept_progress, assign_unit, import_document, issue_plan, report_progress
from units.models import Membership, Unit, User
from units.permissions import Role
from units.services import create_person, create_unit, grant_role

SEEDS = settings.BASE_DIR / "plans" / "data"
PASSWORD_FILE = settings.VAR_DIR / "demo-password"
LAST_DAY_OF_TTH = datetime.date(2024, 12, 31)


@dataclass(frozen=True)
class Account:
    username: str
    role: Role
    full_name: str
    position: str


PROVINCE_ACCOUNTS = [
    Account("admin", Role.ADMINISTRATOR, "Quản trị (DEMO)", "Quản trị hệ thống"),
    Account("officer", Role.PROGRAMME_OFFICER, "Chuyên viên (DEMO)", "Chuyên viên chương trình"),
    Account("assessor", Role.ASSESSOR, "Người thẩm định (DEMO)", "Thành viên Tổ chuyên môn giúp việc"),
    Account("leader", Role.LEADER, "Lãnh đạo (DEMO)", "Thành viên Ban Chỉ đạo"),
    Account("finance", Role.FINANCE, "Kế toán (DEMO)", "Chuyên viên Sở Tài chính"),
]
DISTRICT_ACCOUNTS = [
    Account("district", Role.UNIT_OFFICER, "Thư ký ISO huyện (DEMO)", "Chuyên viên, thư ký ISO"),
    Account("head", Role.UNIT_HEAD, "Lãnh đạo UBND huyện (DEMO)", "Phó Chủ tịch"),
    Account("observer", Role.OBSERVER, "Quan sát viên (DEMO)", "Cán bộ theo dõi"),
]
COMMUNE_ACCOUNTS = [Account("commune", Role.UNIT_OFFICER, "Thư ký ISO xã (DEMO)", "Công chức, thư ký ISO")]

# District level of tỉnh Thừa Thiên Huế from 1/7/2021 to 31/12/2024. The list of units in units/data begins in 2025.
TTH_DISTRICTS = [
    ("474", "UBND thành phố Huế", "Huế"),
    ("476", "UBND huyện Phong Điền", "Phong Điền"),
    ("477", "UBND huyện Quảng Điền", "Quảng Điền"),
    ("478", "UBND huyện Phú Vang", "Phú Vang"),
    ("479", "UBND thị xã Hương Thủy", "Hương Thủy"),
    ("480", "UBND thị xã Hương Trà", "Hương Trà"),
    ("481", "UBND huyện A Lưới", "A Lưới"),
    ("482", "UBND huyện Phú Lộc", "Phú Lộc"),
    ("483", "UBND huyện Nam Đông", "Nam Đông"),
]

# A sheet half filled in, so that the page shows something: made up, and named DEMO by its round.
DEMO_ANSWERS: dict[str, dict[str, object]] = {
    "1.1": {"days_late": 0},
    "1.2": {"value": True},
    "1.3": {"level": 2},
    "1.4": {"value": True},
    "2.1": {"done": 109, "of": 118},
    "2.2": {"level": 2},
    "2.3": {"count": 4},
    "2.4": {"done": 27, "of": 30},
    "3.1": {"done": 26, "of": 30},
    "3.2": {"percent": "96.4"},
}


class Command(BaseCommand):
    help = "Load the two seed plans, the units they name and the demo accounts; running it again changes nothing."

    @transaction.atomic
    def handle(self, *args: object, **options: object) -> None:
        if settings.PRODUCTION:
            raise CommandError("Demo accounts are not for production. Make real ones in /admin/.")
        call_command("import_units", settings.BASE_DIR / "units" / "data" / "admin_units.csv", stdout=StringIO())
        call_command("load_criteria", stdout=StringIO())
        hue, bac_giang = self.make_provinces()
        password = read_password()
        people = self.make_people(hue, bac_giang, password)
        officer = people["officer"]
        pilot = self.import_seed("kh-231-thua-thien-hue-2023.txt", unit=hue, by=officer)
        if pilot.status == Plan.Status.DRAFT:
            issue_plan(plan=pilot, by=officer)
        yearly = self.import_seed(
            "kh-bcd-bac-giang-2024.txt",
            unit=Unit.objects.get(parent=bac_giang, name="Ban Chỉ đạo ISO tỉnh"),
            by=officer,
        )
        self.run_yearly_plan(yearly, bac_giang, people)
        self.open_rounds(hue, bac_giang, people)
        self.stdout.write(f"Demo accounts, password of all: {password}")
        for account in [*PROVINCE_ACCOUNTS, *DISTRICT_ACCOUNTS, *COMMUNE_ACCOUNTS]:
            self.stdout.write(f"  {account.username:10} {account.role.value:18} {account.full_name}")

    def make_provinces(self) -> tuple[Unit, Unit]:
        """Both provinces as their documents have them, with the bodies that the documents name."""
        hue = unit_under(
            None,
            Unit.Kind.PROVINCE,
            "UBND tỉnh Thừa Thiên Huế",
            code="46",
            place="Thừa Thiên Huế",
            valid_to=LAST_DAY_OF_TTH,
        )
        for code, name, place in TTH_DISTRICTS:
            unit_under(
                hue,
                Unit.Kind.DISTRICT,
                name,
                code=code,
                place=place,
                valid_from=datetime.date(2021, 7, 1),
                valid_to=LAST_DAY_OF_TTH,
            )
        unit_under(hue, Unit.Kind.COMMITTEE, "Ban chỉ đạo 19 tỉnh", short_name="BCĐ 19")
        unit_under(hue, Unit.Kind.DEPARTMENT, "Sở Khoa học và Công nghệ", short_name="Sở KH&CN")
        unit_under(hue, Unit.Kind.DEPARTMENT, "Sở Tài chính")
        bac_giang = Unit.objects.get(kind=Unit.Kind.PROVINCE, code="24", valid_from=None)
        committee = unit_under(bac_giang, Unit.Kind.COMMITTEE, "Ban Chỉ đạo ISO tỉnh")
        department = unit_under(bac_giang, Unit.Kind.DEPARTMENT, "Sở Khoa học và Công nghệ", short_name="Sở KH&CN")
        unit_under(department, Unit.Kind.BRANCH, "Chi cục Tiêu chuẩn Đo lường Chất lượng", short_name="Chi cục TCĐLCL")
        unit_under(committee, Unit.Kind.WORKING_GROUP, "Tổ chuyên môn giúp việc")
        return hue, bac_giang

    def make_people(self, hue: Unit, bac_giang: Unit, password: str) -> dict[str, User]:
        """Province accounts act in both provinces; the others have one place in each tree where there is one."""
        hiep_hoa = Unit.objects.get(kind=Unit.Kind.DISTRICT, code="223", valid_from=None)
        quang_dien = Unit.objects.get(kind=Unit.Kind.DISTRICT, code="477", parent=hue)
        thang = Unit.objects.get(kind=Unit.Kind.COMMUNE, code="07840", parent=hiep_hoa)
        places = [
            (PROVINCE_ACCOUNTS, [hue, bac_giang]),
            (DISTRICT_ACCOUNTS, [quang_dien, hiep_hoa]),
            (COMMUNE_ACCOUNTS, [thang]),
        ]
        people = {}
        for accounts, units in places:
            for account in accounts:
                people[account.username] = person(account, units, password)
        return people

    def import_seed(self, name: str, *, unit: Unit, by: User) -> Plan:
        text = (SEEDS / name).read_text(encoding="utf-8")
        try:
            return import_document(document=read_document(text), unit=unit, by=by, text=text)
        except AlreadyImported as known:
            return known.plan

    def run_yearly_plan(self, plan: Plan, province: Unit, people: dict[str, User]) -> None:
        """Assign the units that the document names as groups; a few made-up reports and spendings, each marked DEMO."""
        training, communes = Task.objects.filter(plan=plan, number__in=["3", "4"]).order_by("order")
        if training.performers.filter(as_written=False).exists():
            return
        officer = people["officer"]
        districts = Unit.objects.filter(parent=province, kind=Unit.Kind.DISTRICT).valid_on(datetime.date(2024, 2, 1))
        for district in districts.order_by("code"):
            assign_unit(task=training, unit=district, by=officer)
        hiep_hoa = Unit.objects.get(kind=Unit.Kind.DISTRICT, code="223", valid_from=None)
        for commune in Unit.objects.filter(parent=hiep_hoa, kind=Unit.Kind.COMMUNE).order_by("code"):
            assign_unit(task=communes, unit=commune, by=officer)
        visit = Task.objects.get(plan=plan, number="2")
        for unit in Unit.objects.filter(performs__task=visit):
            sent = report_progress(
                task=visit,
                unit=unit,
                percent=100,
                note="DEMO: số liệu minh họa, đã tổ chức đoàn học tập.",
                by=officer,
            )
            accept_progress(update=sent, by=people["admin"])
        sent = report_progress(
            task=training,
            unit=districts.order_by("code")[0],
            percent=60,
            note="DEMO: số liệu minh họa, đã cử cán bộ tập huấn.",
            by=officer,
        )
        accept_progress(update=sent, by=people["admin"])
        budget = open_budget(plan=plan, by=people["finance"])
        spend(
            budget=budget,
            amount=12_500_000,
            spent_on=datetime.date(2024, 5, 20),
            description="DEMO: chi đoàn học tập kinh nghiệm",
            voucher="DEMO-01",
            by=people["finance"],
        )

    def open_rounds(self, hue: Unit, bac_giang: Unit, people: dict[str, User]) -> None:
        """One round of each kind, open until the end of the year, so that a sheet can be tried."""
        points = CriteriaSet.objects.get(slug="iso9001-example", version=1)
        lights = CriteriaSet.objects.get(slug="iso18091-2019", version=1)
        today = datetime.datetime.now(tz=datetime.UTC)
        closes = datetime.datetime(today.year + 1, 1, 1, tzinfo=datetime.timezone(datetime.timedelta(hours=7)))
        district = people["district"]
        for province, criteria_set, title in [
            (bac_giang, points, "Chấm điểm HTQLCL theo TCVN ISO 9001 (DEMO)"),
            (bac_giang, lights, "Chẩn đoán theo TCVN ISO 18091 (DEMO)"),
            (hue, lights, "Chẩn đoán theo TCVN ISO 18091 (DEMO)"),
        ]:
            if Round.objects.filter(unit=province, criteria_set=criteria_set).exists():
                continue
            round_ = open_round(
                unit=province,
                criteria_set=criteria_set,
                title=title,
                year=today.year,
                opens_at=today - datetime.timedelta(days=30),
                closes_at=closes,
                by=people["officer"],
            )
            for unit in Unit.objects.filter(parent=province, kind=Unit.Kind.DISTRICT).order_by("code"):
                open_assessment(round=round_, unit=unit, by=people["officer"])
        sheet = Assessment.objects.get(round__criteria_set=points, unit__code="223")
        if sheet.scored == 0:
            for criterion in points.criteria.filter(code__in=DEMO_ANSWERS):
                save_score(
                    assessment=sheet,
                    criterion=criterion,
                    answer=DEMO_ANSWERS[criterion.code],
                    explanation="",
                    expected_version=0,
                    by=district,
                )


def unit_under(
    parent: Unit | None,
    kind: Unit.Kind,
    name: str,
    *,
    code: str = "",
    short_name: str = "",
    place: str = "",
    valid_from: datetime.date | None = None,
    valid_to: datetime.date | None = None,
) -> Unit:
    return Unit.objects.filter(parent=parent, kind=kind, name=name).first() or create_unit(
        parent=parent,
        kind=kind,
        name=name,
        code=code,
        short_name=short_name,
        place=place,
        valid_from=valid_from,
        valid_to=valid_to,
        by=None,
    )


def person(account: Account, units: list[Unit], password: str) -> User:
    user = User.objects.filter(username=account.username).first() or create_person(
        username=account.username,
        full_name=account.full_name,
        position=account.position,
        email=f"{account.username}@example.gov.vn",
        by=None,
    )
    if not user.check_password(password):
        user.set_password(password)
        user.save(update_fields=["password"])
    for unit in units:
        if not Membership.objects.filter(user=user, unit=unit, role=account.role).exists():
            grant_role(user=user, unit=unit, role=account.role, by=None)
    return user


def read_password() -> str:
    """DEMO_PASSWORD if set, else the random one of the first run, kept beside the database it opens."""
    if given := os.environ.get("DEMO_PASSWORD"):
        return given
    path = Path(PASSWORD_FILE)
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(9), encoding="utf-8")
    return path.read_text(encoding="utf-8").strip()
