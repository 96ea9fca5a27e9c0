"""The tree of units and one unit."""

from __future__ import annotations

from datetime import date

import pytest

from tests.factories.units import UnitFactory
from units.permissions import Role

pytestmark = pytest.mark.django_db


def names(response) -> list[str]:
    return [unit.name for unit in response.context["units"]]


def test_the_tree_begins_with_what_has_nobody_above_it(client, cast):
    client.force_login(cast[Role.LEADER])

    response = client.get("/units/")

    assert names(response) == [cast.province.name]
    assert response.context["units"][0].below == 3


def test_a_unit_officer_sees_their_own_unit_and_nothing_below(client, cast):
    client.force_login(cast[Role.UNIT_OFFICER])

    response = client.get("/units/")

    assert names(response) == [cast.a.name]
    assert response.context["units"][0].below == 0


@pytest.mark.parametrize("htmx", [False, True])
def test_the_level_below_a_unit_comes_as_a_page_or_as_a_fragment(client, cast, htmx):
    client.force_login(cast[Role.LEADER])

    response = client.get(f"/units/?under={cast.province.pk}", headers={"HX-Request": "true"} if htmx else {})

    shown = response.content.decode()
    places = [shown.index(f">{unit.name}</") for unit in (cast.a, cast.b, cast.department)]
    assert places == sorted(places)
    assert (b"<html" in response.content) != htmx


@pytest.mark.parametrize("under", ["foreign", "nothing"])
def test_what_lies_outside_ones_reach_has_no_level(client, cast, under):
    client.force_login(cast[Role.LEADER])
    key = cast.foreign.pk if under == "foreign" else 999_999

    assert client.get(f"/units/?under={key}").status_code == 404


def test_the_tree_is_shown_as_it_stood_on_a_day(client, cast):
    client.force_login(cast[Role.LEADER])
    UnitFactory(parent=cast.province, name="UBND huyện Cũ", valid_to=date(2025, 6, 30))

    then = client.get(f"/units/?under={cast.province.pk}&as_of=2025-06-30")
    now = client.get(f"/units/?under={cast.province.pk}")

    assert "UBND huyện Cũ" in names(then)
    assert "UBND huyện Cũ" not in names(now)


def test_people_of_a_dissolved_province_see_its_last_day(client, cast):
    type(cast.province).objects.filter(pk=cast.province.pk).update(valid_to=date(2025, 6, 30))
    client.force_login(cast[Role.LEADER])

    response = client.get("/units/")

    assert (names(response), response.context["day"]) == ([cast.province.name], date(2025, 6, 30))


def test_units_are_found_by_name_and_kind(client, cast):
    client.force_login(cast[Role.LEADER])

    by_name = client.get("/units/", {"search": "A1"}).context["page"]
    by_kind = client.get("/units/", {"kind": "district"}).context["page"]

    assert [unit.name for unit in by_name] == [cast.a1.name]
    assert [unit.name for unit in by_kind] == [cast.a.name, cast.b.name]


@pytest.mark.parametrize("query", ["as_of=tomorrow", "kind=village"])
def test_filters_that_cannot_be_used_are_said(client, cast, query):
    client.force_login(cast[Role.LEADER])

    response = client.get(f"/units/?{query}")

    assert response.status_code == 422
    assert response.context["filter"].form.errors


@pytest.mark.parametrize("below", [1, 3])
def test_the_list_costs_the_same_for_one_unit_and_for_three(client, cast, django_assert_num_queries, below):
    for _each in range(below):
        UnitFactory(parent=cast.b)
    client.force_login(cast[Role.LEADER])
    client.get("/units/")

    with django_assert_num_queries(7):
        client.get(f"/units/?under={cast.b.pk}")


@pytest.mark.parametrize(
    ("person", "sees_people"),
    [
        (Role.UNIT_HEAD, True),
        (Role.OBSERVER, True),
        (Role.ADMINISTRATOR, True),
        (Role.LEADER, False),
        (Role.FINANCE, False),
    ],
)
def test_who_has_a_role_is_shown_to_the_unit_and_to_who_manages_accounts(client, cast, person, sees_people):
    client.force_login(cast[person])

    response = client.get(f"/units/{cast.a.pk}/")

    assert (cast[Role.UNIT_OFFICER].full_name in response.content.decode()) == sees_people
