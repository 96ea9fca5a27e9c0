"""Who may see what, among as many units as the country has, and what a page of them costs over the API."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import orjson
from django.db import connection
from rest_framework import generics, pagination, renderers
from rest_framework.test import APIRequestFactory, force_authenticate

from bench.pair import Pair
from units.access import allowed_units
from units.api import UnitAPI, UnitRow
from units.models import Membership, Unit, UnitQuerySet, User
from units.permissions import Permission, Role

PROVINCES, UNITS_EACH = 34, 117  # 34 provinces and 3,978 units below them
PAGE = 200  # the largest


class PlainPages(pagination.PageNumberPagination):
    page_size = PAGE


class PlainAPI(generics.ListAPIView[Unit]):
    """What the framework's tutorial would write: a serializer for each row."""

    serializer_class = UnitRow
    pagination_class = PlainPages
    filter_backends = ()
    renderer_classes = (renderers.JSONRenderer,)

    def get_queryset(self) -> UnitQuerySet:
        return allowed_units(self.request.user, Permission.UNIT_VIEW).order_by("pk")


def asking(view: Callable[..., Any], person: User, **query: int) -> Callable[[], int]:
    """Asks `view` for a page as `person` and says how many rows came."""

    def ask() -> int:
        request = APIRequestFactory().get("/", query)
        force_authenticate(request, user=person)
        return len(orjson.loads(view(request).render().content)["results"])

    return ask


our_view = UnitAPI.as_view({"get": "list"}, throttle_classes=())
plain_view = PlainAPI.as_view(throttle_classes=())


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
    yield Pair(
        "a page of 200 units over the API, against a serializer per row",
        asking(our_view, officer, page_size=PAGE),
        asking(plain_view, officer),
        target=0.25,
    )
