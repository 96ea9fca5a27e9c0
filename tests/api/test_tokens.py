"""Keys by which programs act as a person."""

from __future__ import annotations

import io
import json
import logging
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from activity.models import AuditEvent
from isoportal.logs import OriginFilter
from units.models import ApiToken
from units.permissions import Role
from units.services import create_token, disable_person, revoke_token

pytestmark = pytest.mark.django_db
URL = "/api/v1/units/"


@pytest.fixture
def made(cast) -> tuple[ApiToken, str]:
    return create_token(user=cast[Role.UNIT_OFFICER], expires_in=timedelta(days=1), by=None)


def get(key: str, **headers: str):
    return Client().get(URL, headers={"Authorization": f"Bearer {key}", **headers})


def test_a_key_opens_what_its_person_may_see(cast, made):
    response = get(made[1])

    assert [row["id"] for row in response.json()["results"]] == [cast.a.pk]


@pytest.mark.parametrize("trouble", ["expired", "revoked", "disabled", "unknown", "empty", "odd"])
def test_a_key_that_is_not_valid_answers_401(cast, made, trouble):
    token, key = made
    match trouble:
        case "expired":
            ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        case "revoked":
            revoke_token(token=token, by=None)
        case "disabled":
            disable_person(user=token.user, by=None)
        case "unknown":
            key = "iso_nothing"
        case "empty":
            key = ""
        case "odd":
            key = "é\udcff".encode("utf-8", "surrogateescape").decode("latin-1")

    response = get(key)

    assert (response.status_code, response.json()["code"]) == (401, "authentication_failed")
    assert response["WWW-Authenticate"] == 'Bearer realm="api"'


def test_a_read_only_key_does_not_write(cast):
    _token, key = create_token(user=cast[Role.UNIT_OFFICER], expires_in=timedelta(days=1), by=None, read_only=True)

    read = get(key)
    write = Client().post(
        "/api/v1/progress-updates/", "{}", content_type="application/json", headers={"Authorization": f"Bearer {key}"}
    )

    assert (read.status_code, write.status_code) == (200, 403)


def test_a_key_needs_no_csrf_token_and_a_session_does(cast, made):
    client = Client(enforce_csrf_checks=True)
    url = "/api/v1/progress-updates/"

    by_key = client.post(url, "{}", content_type="application/json", headers={"Authorization": f"Bearer {made[1]}"})
    client.force_login(cast[Role.UNIT_OFFICER])
    by_session = client.post(url, "{}", content_type="application/json")

    assert (by_key.status_code, by_session.status_code) == (400, 403)


def test_a_key_in_the_address_opens_nothing(made):
    assert Client().get(URL, {"token": made[1]}).status_code == 401


def test_only_the_digest_is_stored_and_the_key_is_in_no_log_and_no_audit(made, caplog):
    token, key = made
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(OriginFilter())
    logging.getLogger().addHandler(handler)
    caplog.set_level(logging.DEBUG)
    try:
        get(key)
        get(key + "x")
    finally:
        logging.getLogger().removeHandler(handler)

    secret = key[len(token.prefix) :]
    kept = json.dumps([list(ApiToken.objects.values()), list(AuditEvent.objects.values())], default=str)
    logged = stream.getvalue() + caplog.text + "".join(str(vars(record)) for record in caplog.records)
    assert logged
    assert secret not in kept
    assert secret not in logged


def test_use_is_noted_once_a_minute(made, django_assert_num_queries):
    token, key = made
    get(key)
    token.refresh_from_db()
    first = token.last_used_at

    with django_assert_num_queries(3):
        get(key)
    token.refresh_from_db()
    assert token.last_used_at == first

    ApiToken.objects.update(last_used_at=first - timedelta(minutes=2))
    get(key)
    token.refresh_from_db()
    assert token.last_used_at > first


def test_making_and_revoking_are_recorded(cast, made):
    token, _key = made
    revoke_token(token=token, by=cast[Role.ADMINISTRATOR], reason="Lost")
    revoke_token(token=token, by=cast[Role.ADMINISTRATOR])

    events = list(AuditEvent.objects.filter(target_model="units.apitoken").order_by("pk"))
    assert [(event.action, event.unit_path, event.reason) for event in events] == [
        ("units.token_created", cast.a.path, ""),
        ("units.token_revoked", cast.a.path, "Lost"),
    ]


def test_the_command_prints_a_key_that_works(cast):
    out = io.StringIO()
    call_command("create_token", cast[Role.UNIT_OFFICER].username, "--read-only", "--expires", "7", stdout=out)

    key = out.getvalue().strip()
    assert key.startswith("iso_")
    assert len(key) == len("iso_") + 43
    assert get(key).status_code == 200
    assert ApiToken.objects.get().read_only


@pytest.mark.parametrize(
    "arguments", [["nobody"], ["{}", "--expires", "0"], ["{}", "--expires", "100000"], ["{}", "--name", "x" * 81]]
)
def test_the_command_says_in_one_line_what_is_wrong(cast, arguments):
    username = cast[Role.UNIT_OFFICER].username

    with pytest.raises(CommandError) as raised:
        call_command("create_token", *(argument.format(username) for argument in arguments))

    assert "\n" not in str(raised.value)
    assert not ApiToken.objects.exists()
