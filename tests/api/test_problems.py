"""Whatever goes wrong under /api/ is a problem (RFC 9457), in the caller's language, and never a fault of ours."""

from __future__ import annotations

import orjson
import pytest
from django.test import Client

from tests.factories.world import make_world
from units.permissions import Role

pytestmark = pytest.mark.django_db
UPDATES = "/api/v1/progress-updates/"


@pytest.fixture
def officer(cast, client) -> Client:
    client.force_login(cast[Role.UNIT_OFFICER])
    return client


def check(response, status: int, code: str) -> dict:
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    problem = orjson.loads(response.content)
    assert {"type", "title", "status", "code", "detail"} <= problem.keys()
    assert (problem["status"], problem["code"]) == (status, code)
    return problem


@pytest.mark.parametrize(
    ("method", "url", "headers", "status", "code"),
    [
        ("get", "/api/v1/nothing/", {}, 404, "not_found"),
        ("get", "/api/v2/plans/", {}, 404, "not_found"),
        ("get", "/api/v1/plans", {}, 404, "not_found"),
        ("get", "/api/v1/plans/0/", {}, 404, "not_found"),
        ("get", "/api/v1/plans/99999999999999999999999999/", {}, 404, "not_found"),
        ("get", "/api/v1/plans/abc/", {}, 404, "not_found"),
        ("put", "/api/v1/plans/", {}, 405, "method_not_allowed"),
        ("delete", "/api/v1/plans/1/", {}, 405, "method_not_allowed"),
        ("trace", "/api/v1/plans/", {}, 405, "method_not_allowed"),
        ("get", "/api/v1/plans/", {"Accept": "text/html"}, 406, "not_acceptable"),
        ("get", "/api/v1/schema/", {"Accept": "text/html"}, 406, "not_acceptable"),
    ],
)
def test_wrong_addresses_and_methods_are_problems(officer, method, url, headers, status, code):
    check(getattr(officer, method)(url, headers=headers), status, code)


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        (b"task=1", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
        (b"{}", "application/json; charset=utf-16", 415, "unsupported_media_type"),
        (b"{", "application/json", 400, "parse_error"),
        (b"\xff\xfe", "application/json", 400, "parse_error"),
        (b'{"percent": NaN}', "application/json", 400, "parse_error"),
        (b'{"note": "\\ud800"}', "application/json", 400, "parse_error"),
        (b'{"note": "\\u0000"}', "application/json", 400, "parse_error"),
        pytest.param(b"[" * 100_000, "application/json", 400, "parse_error", id="deep"),
        pytest.param(b"[" * 900 + b"]" * 900, "application/json", 400, "parse_error", id="nested"),
        (b"[]", "application/json", 400, "invalid"),
        (b"null", "application/json", 400, "invalid"),
        (b'{"by": 1}', "application/json", 400, "invalid"),
        (b'{"task": 1, "unit": 1, "percent": 1e400}', "application/json", 400, "parse_error"),
        (b'{"task": 99999999999999999999, "unit": 1, "percent": 1}', "application/json", 400, "invalid"),
        pytest.param(b'"' + b"x" * 2_600_000 + b'"', "application/json", 413, "too_large", id="large"),
    ],
)
def test_bodies_that_cannot_be_read_are_problems(officer, body, content_type, status, code):
    check(officer.post(UPDATES, body, content_type=content_type), status, code)


def test_an_unknown_field_is_named(officer):
    response = officer.post(UPDATES, {"is_superuser": True}, content_type="application/json")

    assert list(check(response, 400, "invalid")["errors"]) == ["is_superuser"]


@pytest.mark.parametrize("person", ["anonymous", Role.UNIT_OFFICER])
def test_errors_speak_the_callers_language(client, cast, person):
    if person != "anonymous":
        client.force_login(cast[person])
    url = "/api/v1/plans/1/"

    said = [
        orjson.loads(client.get(url, headers={"Accept-Language": language}).content)["detail"]
        for language in ("vi", "en")
    ]

    assert said[0] != said[1]


def test_too_many_requests_are_told_when_to_come_back(officer, monkeypatch):
    monkeypatch.setattr("rest_framework.throttling.UserRateThrottle.THROTTLE_RATES", {"user": "2/minute"})

    answers = [officer.get("/api/v1/units/") for _each in range(3)]

    check(answers[2], 429, "throttled")
    assert 0 < int(answers[2]["Retry-After"]) <= 60


def test_a_fault_of_ours_is_a_problem_too(client, cast, monkeypatch):
    client.force_login(cast[Role.UNIT_OFFICER])
    client.raise_request_exception = False
    monkeypatch.setattr("units.api.UnitAPI.complete", lambda self, rows: 1 / 0)

    check(client.get("/api/v1/units/"), 500, "error")


def test_a_foreign_row_and_one_that_never_was_answer_alike(client):
    world = make_world()
    client.force_login(world.cast["sibling"])

    foreign = client.get(f"/api/v1/plans/{world['a']['plan'].pk}/")
    never = client.get("/api/v1/plans/999999/")

    assert (foreign.status_code, foreign.content) == (never.status_code, never.content)
