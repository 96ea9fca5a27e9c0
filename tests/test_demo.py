"""The demo loads once, and running it again changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import override_settings

from plans.models import Plan
from units.access import allowed_units
from units.models import User
from units.permissions import Permission

pytestmark = pytest.mark.django_db


def load() -> str:
    out = StringIO()
    call_command("demo", stdout=out)
    return out.getvalue()


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[str]:
    """What the first load said: each test below begins with its rows."""
    folder = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch, override_settings(MEDIA_ROOT=folder / "media"):
        patch.delenv("DEMO_PASSWORD", raising=False)
        patch.setattr("isoportal.demo.people.PASSWORD_FILE", folder / "demo-password")
        with django_db_blocker.unblock(), transaction.atomic():
            yield load()
            transaction.set_rollback(True)


@pytest.fixture
def demo(loaded, db) -> str:
    return loaded


def test_the_demo_loads_both_seed_plans_and_is_idempotent(demo):
    rows = count_rows()
    hashes = list(User.objects.order_by("pk").values_list("password", flat=True))

    again = load()

    assert demo == again
    assert count_rows() == rows
    assert list(User.objects.order_by("pk").values_list("password", flat=True)) == hashes
    assert set(Plan.objects.values_list("symbol", "number")) == {("KH-UBND", "231"), ("KH-BCĐ", "")}


def test_every_demo_account_reaches_the_units_of_its_place(demo):
    reach = {
        user.username: set(allowed_units(user, Permission.UNIT_VIEW).values_list("name", flat=True))
        for user in User.objects.all()
    }

    province = {"UBND tỉnh Bắc Giang", "UBND tỉnh Thừa Thiên Huế", "Ban Chỉ đạo ISO tỉnh"}
    for username in ("admin", "officer", "assessor", "leader", "finance"):
        assert province <= reach[username]
    for username in ("district", "head", "observer"):
        assert reach[username] == {"UBND huyện Hiệp Hòa", "UBND huyện Quảng Điền"}
    assert reach["commune"] == {"UBND thị trấn Thắng"}


def test_the_given_password_opens_every_account(demo, monkeypatch):
    monkeypatch.setenv("DEMO_PASSWORD", "Mot-mat-khau-khac")

    load()

    assert all(user.check_password("Mot-mat-khau-khac") for user in User.objects.exclude(username="demo-units"))


def test_the_demo_refuses_production(db, settings):
    settings.PRODUCTION = True
    rows = count_rows()

    with pytest.raises(CommandError):
        load()

    assert count_rows() == rows


def count_rows() -> dict[str, int]:
    return {model._meta.label: model.objects.count() for model in apps.get_models() if not model._meta.proxy}
