"""Lists of the API: pages, order, filters, and what they cost."""

from __future__ import annotations

import orjson
import pytest
from django.core.management import call_command
from django.test import Client

from tests.factories.plans import PlanFactory, TaskFactory, TaskPerformerFactory
from tests.factories.units import UnitFactory
from tests.factories.world import make_world
from units.permissions import Role

pytestmark = pytest.mark.django_db
LISTS = [
    "units",
    "plans",
    "legal-bases",
    "pilot-units",
    "tasks",
    "progress-updates",
    "criteria-sets",
    "criteria",
    "rounds",
    "assessments",
    "scores",
    "report-jobs",
]


def get(client: Client, url: str):
    response = client.get(url)
    return response, orjson.loads(response.content)


@pytest.fixture
def officer(cast, client) -> Client:
    client.force_login(cast[Role.PROGRAMME_OFFICER])
    return client


@pytest.mark.parametrize("name", LISTS)
def test_pages_follow_each_other_without_a_gap_or_a_row_twice(client, name):
    world = make_world()
    client.force_login(world.cast[Role.PROGRAMME_OFFICER])
    _response, whole = get(client, f"/api/v1/{name}/?page_size=200")

    rows, url = [], f"/api/v1/{name}/?page_size=1"
    while url:
        response, page = get(client, url)
        assert response.status_code == 200
        rows += page["results"]
        url = page["next"]

    assert rows == whole["results"]
    assert rows


@pytest.mark.parametrize("ordering", ["title", "-title", "created_at", "-id"])
def test_rows_of_equal_value_are_told_apart_by_id(officer, cast, ordering):
    for title in ("B", "A", "A", "A", "C"):
        PlanFactory(unit=cast.a, title=title)

    seen, url = [], f"/api/v1/plans/?page_size=2&ordering={ordering}"
    while url:
        _response, page = get(officer, url)
        seen += [row["id"] for row in page["results"]]
        url = page["next"]

    assert len(seen) == len(set(seen)) == 5


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("page_size=0", "page_size"),
        ("page_size=201", "page_size"),
        ("page_size=-1", "page_size"),
        ("page_size=1e9", "page_size"),
        ("page_size=1000000000", "page_size"),
        ("page_size=٣", "page_size"),
        ("ordering=unit__secret", "ordering"),
        ("ordering=created_by__password", "ordering"),
        ("created_by__password__startswith=p", "created_by__password__startswith"),
        ("colour=red", "colour"),
        ("cursor=nonsense", "cursor"),
        ("cursor=WyJ4IiwgIm5hbiJd", "cursor"),
        ("cursor=W251bGwsIG51bGxd", "cursor"),
        ("cursor=WzEsIDFlOTld", "cursor"),
        ("unit=x", "unit"),
        ("unit=99999999999999999999", "unit"),
        ("status=nothing", "status"),
        ("unit=1&unit=2", "unit"),
    ],
)
def test_a_parameter_that_cannot_be_used_is_named(officer, query, parameter):
    response, problem = get(officer, f"/api/v1/plans/?{query}")

    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert problem["code"] == "invalid"
    assert list(problem["errors"]) == [parameter]


def test_filters_give_what_they_say(officer, cast):
    issued, draft = PlanFactory(unit=cast.a, status="issued"), PlanFactory(unit=cast.b, status="draft")

    by_status = get(officer, "/api/v1/plans/?status=issued")[1]["results"]
    by_unit = get(officer, f"/api/v1/plans/?unit={cast.b.pk}")[1]["results"]

    assert [row["id"] for row in by_status] == [issued.pk]
    assert [row["id"] for row in by_unit] == [draft.pk]


def test_a_filter_does_not_tell_whether_a_foreign_id_exists(client, cast):
    client.force_login(cast["sibling"])

    answers = [get(client, f"/api/v1/plans/?unit={pk}") for pk in (cast.a.pk, 999_999)]

    assert [(response.status_code, body["results"]) for response, body in answers] == [(200, []), (200, [])]


def test_units_are_given_as_of_a_day(officer, cast):
    old = UnitFactory(parent=cast.province, valid_to="2025-06-30")

    on_the_last_day = get(officer, "/api/v1/units/?as_of=2025-06-30")[1]["results"]
    after = get(officer, "/api/v1/units/?as_of=2025-07-01")[1]["results"]

    assert old.pk in {row["id"] for row in on_the_last_day}
    assert old.pk not in {row["id"] for row in after}


@pytest.mark.parametrize(
    ("name", "queries"),
    [
        ("units", 4),
        ("plans", 5),
        ("legal-bases", 4),
        ("pilot-units", 4),
        ("tasks", 8),
        ("progress-updates", 4),
        ("criteria-sets", 4),
        ("criteria", 4),
        ("rounds", 4),
        ("assessments", 5),
        ("scores", 4),
        ("report-jobs", 3),
    ],
)
@pytest.mark.parametrize("rows", [1, 3])
def test_a_list_costs_the_same_for_one_row_and_for_three(client, django_assert_num_queries, name, queries, rows):
    """Three of the queries are the session, its person and the roles of the person."""
    world = make_world()
    person = world.cast[Role.PROGRAMME_OFFICER]
    client.force_login(person)

    with django_assert_num_queries(queries):
        response = client.get(f"/api/v1/{name}/?page_size={rows}")

    assert 1 <= len(orjson.loads(response.content)["results"]) <= rows


def test_a_plan_is_given_with_all_its_parts(officer, cast, django_assert_num_queries):
    plan = PlanFactory(unit=cast.a)
    for order in range(3):
        TaskPerformerFactory(task=TaskFactory(plan=plan, order=order), unit=cast.a)

    with django_assert_num_queries(16):
        _response, row = get(officer, f"/api/v1/plans/{plan.pk}/")

    assert [task["performers"][0]["unit"] for task in row["tasks"]] == [cast.a.pk] * 3
    assert {"standards", "legal_bases", "passages", "funding", "responsibilities", "recipients"} <= row.keys()


def test_a_row_has_exactly_the_fields_that_the_schema_documents(client, tmp_path):
    world = make_world()
    client.force_login(world.cast[Role.UNIT_OFFICER])
    schema = orjson.loads(client.get("/api/v1/schema/", HTTP_ACCEPT="application/json").content)

    for name in LISTS:
        page = schema["paths"][f"/api/v1/{name}/"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        listed = schema["components"]["schemas"][page["$ref"].rpartition("/")[2]]["properties"]["results"]["items"]
        documented = schema["components"]["schemas"][listed["$ref"].rpartition("/")[2]]["properties"]
        row = get(client, f"/api/v1/{name}/?page_size=1")[1]["results"][0]
        assert row.keys() == documented.keys(), name


def test_the_schema_is_made_without_a_warning(tmp_path):
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(tmp_path / "schema.yml"))

    assert "openapi: 3.1" in (tmp_path / "schema.yml").read_text()
