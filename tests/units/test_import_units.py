"""The official list of units, read into the dated tree."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.management import CommandError, call_command

from activity.models import AuditEvent
from tests.factories.units import UnitFactory
from units.models import Unit
from units.services import BadUnitsFile, import_units
from units.services.territories import committee_name

pytestmark = pytest.mark.django_db
HEAD = "level,code,name,kind,parent_code,valid_from,valid_to"


def read(*rows: str):
    return import_units(lines=[HEAD, *rows], by=None)


@pytest.mark.parametrize(
    ("territory", "kind", "name", "place"),
    [
        ("Tỉnh Bắc Giang", "", "UBND tỉnh Bắc Giang", "Bắc Giang"),
        ("Bắc Ninh", "tỉnh", "UBND tỉnh Bắc Ninh", "Bắc Ninh"),
        ("Thị Xã Việt Yên", "", "UBND thị xã Việt Yên", "Việt Yên"),
        ("Thành phố Huế", "", "UBND thành phố Huế", "Huế"),
        ("Xã Đại Sơn", "xã", "UBND xã Đại Sơn", "Đại Sơn"),
        ("Xa\u0303  Đại Sơn", "xã", "UBND xã Đại Sơn", "Đại Sơn"),
    ],
)
def test_a_territory_is_governed_by_its_peoples_committee(territory, kind, name, place):
    assert committee_name(territory, kind) == (name, place)


def test_the_shipped_list_makes_both_trees_of_the_province(django_assert_max_num_queries):
    with django_assert_max_num_queries(40):
        call_command("import_units", verbosity=0)

    old = Unit.objects.get(kind="province", code="24", valid_to=date(2025, 6, 30))
    new = Unit.objects.get(kind="province", code="24", valid_from=date(2025, 7, 1))
    district = Unit.objects.get(kind="district", code="223")
    assert (old.name, new.name, district.name) == ("UBND tỉnh Bắc Giang", "UBND tỉnh Bắc Ninh", "UBND huyện Hiệp Hòa")
    assert district.parent == old
    assert Unit.objects.filter(parent=district).count() > 10
    assert set(new.children.values_list("kind", flat=True)) == {"commune"}
    assert new.children.count() == 99
    assert all(
        unit.path == (unit.parent.path if unit.parent else "") + f"{unit.pk:08d}/"
        for unit in Unit.objects.select_related("parent")
    )


def test_a_second_run_changes_nothing(django_assert_max_num_queries):
    call_command("import_units", verbosity=0)
    before = list(Unit.objects.order_by("pk").values())
    events = AuditEvent.objects.count()

    call_command("import_units", verbosity=0)

    assert list(Unit.objects.order_by("pk").values()) == before
    assert AuditEvent.objects.count() == events


def test_the_province_before_it_was_renamed_may_stand_beside(db):
    before = UnitFactory(
        kind=Unit.Kind.PROVINCE, name="UBND tỉnh Thừa Thiên Huế", code="46", valid_to=date(2024, 12, 31)
    )

    read("province,46,Thành phố Huế,,,2025-01-01,", "district,474,Quận Thuận Hóa,,46,,2025-06-30")

    assert Unit.objects.get(code="474").parent.name == "UBND thành phố Huế"
    before.refresh_from_db()
    assert before.children.count() == 0


def test_a_known_unit_gets_the_name_and_last_day_of_the_list():
    read("province,24,Tỉnh Bắc Giang,,,,")

    result = read("province,24,Tỉnh Bắc Giang,,,,2025-06-30")

    assert (result.created, result.changed) == (0, 1)
    assert Unit.objects.get().valid_to == date(2025, 6, 30)
    assert AuditEvent.objects.filter(action="units.imported").count() == 2


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        (["village,1,Xóm,,,,"], 2),
        (["province,,Tỉnh A,,,,"], 2),
        (["province,x1,Tỉnh A,,,,"], 2),
        (["province,1,,,,,"], 2),
        (["province,1,Tỉnh A,,,2025-13-01,"], 2),
        (["province,1,Tỉnh A,,,2025-02-01,2025-01-01"], 2),
        (["province,1,Tỉnh A,,2,,"], 2),
        (["province,1,Tỉnh A"], 2),
        (["province,1,Tỉnh A,,,,,,"], 2),
        (["province,1,Tỉnh A,,,,", "province,1,Tỉnh B,,,,"], 3),
        (["province,1,Tỉnh A,,,,2024-12-31", "commune,2,Xã B,,1,2025-07-01,"], 3),
        (["province,1,Tỉnh A,,,,", "commune,2,Xã B,,9,,"], 3),
        (["province,1,Tỉnh " + "A" * 200 + ",,,,"], 2),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_written(rows, line):
    with pytest.raises(BadUnitsFile) as raised:
        read(*rows)

    assert raised.value.errors[0][0] == line
    assert not Unit.objects.exists()


def test_a_unit_is_not_moved_by_the_list():
    read("province,1,Tỉnh A,,,,", "province,2,Tỉnh B,,,,", "district,3,Huyện C,,1,,")

    with pytest.raises(BadUnitsFile):
        read("district,3,Huyện C,,2,,")


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\xff\xfe\x00", None])
def test_the_command_says_in_one_line_what_is_wrong(tmp_path, content):
    path = tmp_path / "units.csv"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(CommandError) as raised:
        call_command("import_units", path)

    assert "\n" not in str(raised.value)
