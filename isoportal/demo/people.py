"""The demo accounts, each with the right role in both provinces where it makes sense."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from units.models import Membership, Unit, User
from units.permissions import Role
from units.services import create_person, grant_role

PASSWORD_FILE = settings.VAR_DIR / "demo-password"


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
    Account("assessor2", Role.ASSESSOR, "Người thẩm định thứ hai (DEMO)", "Thành viên Tổ chuyên môn giúp việc"),
    Account("leader", Role.LEADER, "Lãnh đạo (DEMO)", "Thành viên Ban Chỉ đạo"),
    Account("finance", Role.FINANCE, "Kế toán (DEMO)", "Chuyên viên Sở Tài chính"),
]
DISTRICT_ACCOUNTS = [
    Account("district", Role.UNIT_OFFICER, "Thư ký ISO huyện (DEMO)", "Chuyên viên, thư ký ISO"),
    Account("head", Role.UNIT_HEAD, "Lãnh đạo UBND huyện (DEMO)", "Phó Chủ tịch"),
    Account("observer", Role.OBSERVER, "Quan sát viên (DEMO)", "Cán bộ theo dõi"),
]
COMMUNE_ACCOUNTS = [
    Account("commune", Role.UNIT_OFFICER, "Thư ký ISO xã (DEMO)", "Công chức, thư ký ISO"),
    Account("communehead", Role.UNIT_HEAD, "Lãnh đạo UBND xã (DEMO)", "Phó Chủ tịch"),
]
DEPARTMENT_ACCOUNTS = [Account("department", Role.UNIT_HEAD, "Lãnh đạo Sở (DEMO)", "Phó Giám đốc Sở")]
ACCOUNTS = [*PROVINCE_ACCOUNTS, *DISTRICT_ACCOUNTS, *COMMUNE_ACCOUNTS, *DEPARTMENT_ACCOUNTS]


def make_people(hue: Unit, bac_giang: Unit, password: str) -> dict[str, User]:
    """Province accounts act in both provinces; the others have one place in each tree where there is one."""
    hiep_hoa = Unit.objects.get(kind=Unit.Kind.DISTRICT, code="223", valid_from=None)
    quang_dien = Unit.objects.get(kind=Unit.Kind.DISTRICT, code="477", parent=hue)
    thang = Unit.objects.get(kind=Unit.Kind.COMMUNE, code="07840", parent=hiep_hoa)
    department = Unit.objects.get(kind=Unit.Kind.DEPARTMENT, parent=bac_giang, name="Sở Khoa học và Công nghệ")
    places = [
        (PROVINCE_ACCOUNTS, [hue, bac_giang]),
        (DISTRICT_ACCOUNTS, [quang_dien, hiep_hoa]),
        (COMMUNE_ACCOUNTS, [thang]),
        (DEPARTMENT_ACCOUNTS, [department]),
    ]
    people = {}
    for accounts, units in places:
        for account in accounts:
            people[account.username] = person(account, units, password)
    return people


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
