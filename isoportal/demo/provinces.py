"""Both provinces as their documents have them, with the bodies that the documents name."""

from __future__ import annotations

import datetime

from units.models import Unit
from units.services import create_unit

LAST_DAY_OF_TTH = datetime.date(2024, 12, 31)

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


def make_provinces() -> tuple[Unit, Unit]:
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
