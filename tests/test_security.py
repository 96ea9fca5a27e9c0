"""What protects every page: headers, CSRF, sessions, lock-out, redirects, and settings that refuse to be careless."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.urls import reverse

from tests.factories.units import MembershipFactory
from tests.factories.world import make_world
from tests.test_permissions import ROUTES, ask
from units.permissions import Role

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"
PASSWORD = "mot-mat-khau-that-dai"


@pytest.fixture
def person(cast):
    user = cast[Role.UNIT_OFFICER]
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client: Client, login: str, password: str = PASSWORD, **extra: str):
    return client.post(LOGIN, {"login": login, "password": password}, **extra)


# -- Headers -----------------------------------------------------------------------------------------------------------
def test_every_answer_carries_the_headers_that_protect_it():
    world = make_world()
    world.put_files()
    client = Client()
    wrong = []
    for route in ROUTES:
        response = ask(client, world, route, Role.UNIT_OFFICER, "GET")
        b"".join(response.streaming_content) if response.streaming else response.content
        policy = response.headers.get("Content-Security-Policy", "")
        good = {
            "policy": ("script-src 'self'" in policy and "frame-ancestors 'none'" in policy) or "sandbox" in policy,
            "nothing inline": "unsafe" not in policy,
            "sniffing": response.headers.get("X-Content-Type-Options") == "nosniff",
            "framing": response.headers.get("X-Frame-Options") == "DENY",
            "referrer": response.headers.get("Referrer-Policy") == "same-origin",
            "request id": bool(response.headers.get("X-Request-ID")),
            "no sharing": "Access-Control-Allow-Origin" not in response.headers,
        }
        wrong += [f"{route.name}: {name}" for name, kept in good.items() if not kept]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("given", "is_kept"),
    [
        ("abcdef-0123456789", True),
        ("short", False),
        ("x" * 65, False),
        ('"><script>alert(1)', False),
        ("a b c d e f", False),
    ],
)
def test_a_request_id_is_said_back_if_it_is_plain(client, given, is_kept):
    response = client.get("/livez", headers={"X-Request-ID": given})

    assert (response["X-Request-ID"] == given) == is_kept
    assert response["X-Request-ID"].replace("-", "").isalnum()


# -- CSRF --------------------------------------------------------------------------------------------------------------
def test_every_unsafe_request_to_a_page_needs_the_csrf_token():
    world = make_world()
    client = Client(enforce_csrf_checks=True)
    pages = [route for route in ROUTES if not route.name.startswith("api") and route.post.status != 405]
    answers = {route.name: ask(client, world, route, Role.ADMINISTRATOR, "POST").status_code for route in pages}

    assert len(answers) > 20
    assert {name: status for name, status in answers.items() if status != 403} == {}


def test_a_foreign_origin_is_refused_even_with_the_token(person):
    client = Client(enforce_csrf_checks=True)
    client.get(LOGIN)
    token = client.cookies[settings.CSRF_COOKIE_NAME].value

    foreign = sign_in(client, person.username, headers={"Origin": "https://evil.example", "X-CSRFToken": token})
    own = sign_in(client, person.username, headers={"Origin": "http://testserver", "X-CSRFToken": token})

    assert (foreign.status_code, own.status_code) == (403, 302)


# -- Sessions ----------------------------------------------------------------------------------------------------------
def test_signing_in_gives_a_new_session_key(client, person):
    client.get(LOGIN)
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key

    sign_in(client, person.username)

    assert client.session[SESSION_KEY] == str(person.pk)
    assert client.session.session_key != session.session_key


def test_signing_out_ends_the_session(client, person):
    sign_in(client, person.username)
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.post("/accounts/logout/")
    client.cookies[settings.SESSION_COOKIE_NAME] = key

    assert client.get("/units/").status_code == 302


@pytest.mark.parametrize("login", ["username", "email"])
def test_one_signs_in_by_name_or_by_address(client, person, login):
    assert sign_in(client, getattr(person, login))["Location"] == "/"


@pytest.mark.parametrize(
    "target",
    ["//evil.example/", "https://evil.example/", "https:evil.example", "/\\evil.example", "javascript:alert(1)"],
)
def test_signing_in_leads_nowhere_else(client, person, target):
    response = client.post(f"{LOGIN}?next={target}", {"login": person.username, "password": PASSWORD, "next": target})

    assert response.status_code == 302
    assert "evil" not in response["Location"]
    assert "javascript" not in response["Location"]


def test_signing_in_leads_back_to_where_one_was_going(client, person):
    assert client.get("/units/")["Location"] == f"{LOGIN}?next=/units/"
    assert sign_in(client, person.username).status_code == 302


@pytest.mark.parametrize("header", ["HTTP_HOST", "HTTP_X_FORWARDED_HOST"])
def test_a_forged_host_is_not_believed(client, header):
    response = client.get(LOGIN, **{header: "evil.example"})

    assert b"evil.example" not in response.content
    assert response.status_code == (400 if header == "HTTP_HOST" else 200)


# -- Lock-out ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("way", ["username", "email", "mixed", "administration"])
def test_ten_failures_lock_every_way_in(person, way):
    client = Client()
    logins = {"email": [person.email], "mixed": [person.username, person.email]}.get(way, [person.username])
    url = LOGIN if way != "administration" else client.get("/admin/")["Location"]
    for attempt in range(10):
        if way == "administration":
            url = client.get("/admin/login/")["Location"]
        client.post(url, {"login": logins[attempt % len(logins)], "password": "wrong"})

    answers = [sign_in(client, login) for login in {*logins, person.username}]

    assert [response.status_code for response in answers] == [429] * len(answers)
    assert client.get("/units/").status_code == 302


def test_the_lock_is_of_one_person_at_one_address(person):
    for _attempt in range(11):
        sign_in(Client(), person.username, "wrong")
    other = MembershipFactory().user
    other.set_password(PASSWORD)
    other.save()

    assert sign_in(Client(), other.username).status_code == 302
    assert sign_in(Client(), person.username, REMOTE_ADDR="192.0.2.7").status_code == 302


def test_a_forged_address_does_not_pick_the_lock(person):
    for attempt in range(11):
        sign_in(Client(), person.username, "wrong", headers={"X-Forwarded-For": f"192.0.2.{attempt}"})

    assert sign_in(Client(), person.username, headers={"X-Forwarded-For": "192.0.2.99"}).status_code == 429


def test_a_session_that_is_open_outlives_the_lock(client, person):
    client.force_login(person)
    for _attempt in range(11):
        sign_in(Client(), person.username, "wrong")

    assert client.get("/units/").status_code == 200


def test_a_wrong_name_and_a_wrong_password_are_told_alike(person):
    said = []
    for login in (person.username, "nobody-at-all"):
        page = sign_in(Client(), login, "wrong")
        said.append((page.status_code, page.context["form"].errors.as_json()))

    assert said[0] == said[1]


def test_nobody_signs_up(client):
    response = client.post(reverse("account_signup"), {"username": "x", "password1": PASSWORD, "password2": PASSWORD})

    assert response.status_code == 200
    assert b"<form" not in response.content.split(b"<main")[1].split(b"</main")[0]


# -- Settings ----------------------------------------------------------------------------------------------------------
GOOD = {
    "DJANGO_ENV": "production",
    "SECRET_KEY": "kN8vX2qLz7Rb4Tj9Wm1Pc6Yd3Hf5Gs0AeUiOoZxCvBnM-kN8vX2qLz7Rb4Tj9",
    "ALLOWED_HOSTS": "iso.example.gov.vn",
}
PRINT = "from isoportal import settings as s; print([getattr(s, n) for n in {names!r}])"
FLAGS = {
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
    "SESSION_COOKIE_HTTPONLY": True,
    "CSRF_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Lax",
    "SECURE_SSL_REDIRECT": True,
    "SECURE_HSTS_SECONDS": 31_536_000,
    "DEBUG": False,
}


def run_settings(tmp_path, changed: dict[str, str | None]) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    given = {name: value for name, value in {**GOOD, **changed}.items() if value is not None}
    code = PRINT.format(names=tuple(FLAGS))
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**kept, **given, "VAR_DIR": str(tmp_path)},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"SECRET_KEY": None}, "SECRET_KEY"),
        ({"SECRET_KEY": "development-only-key-never-used-in-production"}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"SECRET_KEY": "a" * 60}, "SECRET_KEY"),
        ({"DEBUG": "1"}, "DEBUG"),
        ({"ALLOWED_HOSTS": None}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({"DJANGO_ENV": "prod"}, "DJANGO_ENV"),
    ],
)
def test_production_refuses_to_start_carelessly(tmp_path, changed, name):
    result = run_settings(tmp_path, changed)

    assert result.returncode != 0
    assert "ImproperlyConfigured" in result.stderr
    assert name in result.stderr.splitlines()[-1]


def test_production_flags_its_cookies_and_asks_for_tls(tmp_path):
    result = run_settings(tmp_path, {})

    assert result.stdout.strip() == str(list(FLAGS.values())), result.stderr
