"""What still works while Redis or the database does not."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from isoportal.home import today
from units.permissions import Role

DEAD = "redis://127.0.0.1:1/0"


@pytest.fixture
def no_redis(settings):
    """A cache of which nobody answers."""
    settings.CACHES = {"default": {"BACKEND": "isoportal.cache.DispensableRedisCache", "LOCATION": DEAD}}


def test_without_redis_nothing_is_kept_and_nobody_waits(no_redis):
    cache.set("a", 1)

    assert cache.get("a", "nothing") == "nothing"
    assert cache.add("lock", 1)  # a lock that could not be had would stop whoever waits for it
    assert not cache.delete("a")


@pytest.mark.django_db
def test_without_redis_people_sign_in_and_programs_read(cast, no_redis, client):
    person = cast[Role.PROGRAMME_OFFICER]
    person.set_password("a-long-password")
    person.save()

    signed_in = client.post(reverse("account_login"), {"login": person.username, "password": "a-long-password"})

    assert signed_in.status_code == 302
    assert client.get("/api/v1/units/").status_code == 200
    assert client.post(reverse("account_reset_password"), {"email": "a@example.vn"}).status_code == 302


@pytest.mark.django_db
def test_without_the_database_a_page_asks_to_come_back(cast, monkeypatch):
    def is_down(**_said):
        raise OperationalError

    monkeypatch.setattr(today, "what_to_do", is_down)
    client = Client(raise_request_exception=False)
    client.force_login(cast[Role.PROGRAMME_OFFICER])

    response = client.get("/")

    assert response.status_code == 503
    assert response.headers["Retry-After"] == "10"


def test_without_the_database_a_program_is_told_in_its_own_form(monkeypatch):
    def is_down(*_given, **_said):
        raise OperationalError

    monkeypatch.setattr("isoportal.api.UnknownAddress.dispatch", is_down)

    response = Client(raise_request_exception=False).get("/api/nothing/")

    assert response.status_code == 503
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "unavailable"
