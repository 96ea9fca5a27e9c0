"""Who may see what, among as many units as the country has."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from bench.pair import Pair
from units.access import allowed_units
from units.models import Membership, Unit, User
from units.permissions import Permission, Role

PROVINCES, UNITS_EACH = 34, 117  # 34 provinces and 3,978 units below them


def make_country() -> User:
    """The country's tree, and an officer of the first province."""
    count = 0

    def unit(parent: Unit | None, kind: Unit.Kind) -> Unit:
        nonlocal count
        count += 1
        path = f"{parent.path if parent else ''}{count:08d}/"
        return Unit(pk=count, parent=parent, path=path, kind=kind, name=f"Unit {count}")

    provinces = [unit(None, Unit.Kind.PROVINCE) for _ in range(PROVINCES)]
    below = [unit(province, Unit.Kind.COMMUNE) for province in provinces for _ in range(UNITS_EACH)]
    Unit.objects.bulk_create([*provinces, *below])
    officer = User.objects.create(username="bench")
    Membership.objects.create(user=officer, unit=provinces[0], role=Role.PROGRAMME_OFFICER)
    return officer


def pairs() -> Iterator[Pair]:
    officer = make_country()
    prefix = Membership.objects.get(user=officer).unit.path

    def ours() -> list[int]:
        return sorted(allowed_units(officer, Permission.UNIT_VIEW).values_list("pk", flat=True))

    def plain() -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT id FROM units_unit WHERE path LIKE %s", [prefix + "%"])
            return sorted(pk for (pk,) in cursor.fetchall())

    yield Pair("units of an officer among 4,000, against one LIKE", ours, plain, target=4)
