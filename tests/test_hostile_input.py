"""What a hostile or broken client may send to any route: whatever it is, the answer is never one of 5xx.

The tests matter most on PostgreSQL (`make services`), which refuses texts and numbers that SQLite takes.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.db import transaction
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from isoportal.api import router
from isoportal.rows import CursorPagination, parameters_of
from plans.models import Plan
from tests.factories.world import World, make_world
from tests.test_permissions import ROUTES, Route, value_of
from units.permissions import Role

HUGE = "9" * 30
VALUES = [
    "a%00",
    HUGE,
    f"-{HUGE}",
    "9" * 5000,  # more digits than int() reads
    "1e309",
    "%ff%ed%a0%80",  # neither UTF-8 nor, as a lone surrogate, any character
    "--a",
    "0001-01-01",
    "9999-12-31",
    "9999-12-31T23:59:59-23:59",
    "0001-01-01T00:00:00%2B14:00",
    "%C2%B2",  # isdigit() and yet no number
]
# The parameters that pages and Django's administration read, and the fields that their forms send.
NAMES = [
    "action",
    "as_of",
    "assessment",
    "day",
    "e",
    "format",
    "is_active__exact",
    "kind",
    "kind__exact",
    "lang",
    "language",
    "next",
    "o",
    "p",
    "page",
    "person",
    "plan",
    "q",
    "role",
    "role__exact",
    "round",
    "search",
    "sort",
    "standard",
    "status",
    "tab",
    "task",
    "under",
    "unit",
    "year",
]
FIELDS = [
    "amount",
    "clear",
    "code",
    "committee_title",
    "count",
    "days_late",
    "description",
    "done",
    "email",
    "exact",
    "explanation",
    "format",
    "full_name",
    "issue_date",
    "items",
    "key",
    "kind",
    "level",
    "light",
    "login",
    "name",
    "new_password1",
    "note",
    "number",
    "of",
    "oldpassword",
    "overwrite",
    "parent",
    "password",
    "password1",
    "percent",
    "place",
    "plan",
    "position",
    "reason",
    "role",
    "short_name",
    "signer_name",
    "spent_on",
    "step",
    "text",
    "unit",
    "user",
    "username",
    "valid_from",
    "valid_to",
    "value",
    "version",
    "voucher",
]
# Where one wrong parameter would hide the next, each is sent by itself.
ALONE = {
    "activity:list": ["action", "day", "page", "person"],
    "units:list": ["as_of", "kind", "page", "search", "under"],
    "admin:units_membership_changelist": ["role__exact", "q", "p", "o", "unit"],
}
NO_FORM = {HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.UNSUPPORTED_MEDIA_TYPE}
CURSORS = ['["a\\u0000",1]', "[1e999,1]", f"[{HUGE},{HUGE}]", '["9999-12-31T23:59:59-23:59",1]', "[[],{}]"]
KEYS = [HUGE, "9" * 5000, "0", "%00", "%ff", "a" * 5000]


@pytest.fixture(scope="module")
def made_once(django_db_setup, django_db_blocker) -> Iterator[World]:
    """The world of all the tests below: each changes it inside a transaction of its own that is taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


@pytest.fixture
def world(made_once, db) -> World:
    return made_once


@pytest.fixture
def administrator(world) -> Client:
    """Who gets furthest."""
    client = Client(raise_request_exception=False)
    world.sign_in(client, Role.ADMINISTRATOR)
    return client


def status_of(client: Client, method: str, url: str, *body: Any, **more: Any) -> int:
    with transaction.atomic():
        status: int = getattr(client, method)(url, *body, **more).status_code
        transaction.set_rollback(True)
    return status


def address_of(world: World, route: Route) -> str:
    if route.name == "api-unknown":
        return "/api/v1/nothing/"
    return reverse(route.name, kwargs={name: value_of(world, said) for name, said in route.kwargs.items()})


@contextmanager
def noticing_parameters() -> Iterator[list[bool]]:
    """Grows whenever a request is asked for its query string."""
    asked: list[bool] = []
    own = WSGIRequest.GET.func

    def noticed(request: WSGIRequest) -> QueryDict:
        asked.append(True)
        return own(request)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WSGIRequest, "GET", property(noticed))
        yield asked


def reads_parameters(client: Client, url: str) -> bool:
    """Whether the page looks at its parameters at all: the others answer every query alike."""
    with noticing_parameters() as asked:
        status_of(client, "get", f"{url}?q=a")
    return bool(asked)


def queries_of(route: Route) -> list[str]:
    alone = [f"{name}={value}" for name in ALONE.get(route.name, ()) for value in VALUES]
    return alone or ["&".join(f"{name}={value}" for name in NAMES) for value in VALUES]


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_no_parameter_field_or_id_brings_a_page_down(world, administrator, route):
    url = address_of(world, route)
    queries = queries_of(route)
    if not reads_parameters(administrator, url):
        del queries[1:]
    calls: list[tuple[Any, ...]] = [("get", f"{url}?{query}") for query in queries]
    bodies = ["&".join(f"{name}={value}" for name in FIELDS) for value in VALUES]
    posts = [("post", url, body, "application/x-www-form-urlencoded") for body in bodies]
    # A page that takes no form does not look at what is in it either.
    calls += posts[:1] if status_of(administrator, *posts[0]) in NO_FORM else posts
    for said in route.kwargs.values():
        before, own, after = url.rpartition(str(value_of(world, said)))
        assert own
        calls += [("get", f"{before}{key}{after}") for key in KEYS]

    failed = [call for call in calls if status_of(administrator, *call) >= 500]

    assert failed == []


def test_the_walk_knows_who_reads_parameters(administrator):
    """The control of the test above."""
    assert reads_parameters(administrator, reverse("plans:list"))
    assert reads_parameters(administrator, "/api/v1/plans/")
    assert not reads_parameters(administrator, reverse("livez"))


@pytest.mark.parametrize(("name", "view"), [(name, view) for name, view, _basename in router.registry])
def test_no_filter_or_cursor_brings_a_list_of_the_api_down(administrator, name, view):
    names = (CursorPagination.parameters | parameters_of(view.filterset_class)) - {"ordering"}
    queries = [f"{each}={value}" for each in sorted(names) for value in VALUES]
    for ordering in view.ordering_fields:
        for cursor in CURSORS:
            queries.append(f"ordering={ordering}&cursor={urlsafe_b64encode(cursor.encode()).decode()}")

    answers = {query: status_of(administrator, "get", f"/api/v1/{name}/?{query}") for query in queries}

    assert {query: status for query, status in answers.items() if status not in {200, 400}} == {}


@pytest.mark.parametrize(
    "query", ["tasks/?start_after=2024-01-01", "tasks/?end_before=2024-01-01", "scores/?at_after=2024-01-01T00:00:00Z"]
)
def test_the_ends_of_a_range_are_parameters(administrator, query):
    assert administrator.get(f"/api/v1/{query}").status_code == 200


def test_a_null_character_in_an_address_is_refused_before_any_query(administrator, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert administrator.get("/plans/?q=%00").status_code == 400
        assert administrator.get("/reports/files/%00/").status_code == 400


def test_a_paper_with_a_day_that_no_calendar_has_can_be_read(world, administrator):
    plan = world["a"]["plan"]
    Plan.objects.filter(pk=plan.pk).update(issue_year=2024, issue_month=2, issue_day=31)

    assert administrator.get(reverse("plans:detail", args=[plan.pk])).status_code == 200
