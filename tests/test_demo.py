"""The demo loads once, and running it again changes nothing."""

from __future__ import annotations

from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from plans.models import Plan
from units.access import allowed_units
from units.models import User
from units.permissions import Permission

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(settings, tmp_path, monkeypatch):
    monkeypatch.delenv("DEMO_PASSWORD", raising=False)
    monkeypatch.setattr("isoportal.demo.people.PASSWORD_FILE", tmp_path / "demo-password")

    def load() -> str:
        out = StringIO()
        call_command("demo", stdout=out)
        return out.getvalue()

    return load


def test_the_demo_loads_both_seed_plans_and_is_idempotent(demo):
    first = demo()
    rows = count_rows()
    hashes = list(User.objects.order_by("pk").values_list("password", flat=True))

    again = demo()

    assert first == again
    assert count_rows() == rows
    assert list(User.objects.order_by("pk").values_list("password", flat=True)) == hashes
    assert set(Plan.objects.values_list("symbol", "number")) == {("KH-UBND", "231"), ("KH-BCĐ", "")}


def test_every_demo_account_reaches_the_units_of_its_place(demo):
    demo()

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
    demo()
    monkeypatch.setenv("DEMO_PASSWORD", "Mot-mat-khau-khac")

    demo()

    assert all(user.check_password("Mot-mat-khau-khac") for user in User.objects.exclude(username="demo-units"))


def test_the_demo_refuses_production(demo, settings):
    settings.PRODUCTION = True

    with pytest.raises(CommandError):
        demo()

    assert not User.objects.exists()


def count_rows() -> dict[str, int]:
    return {model._meta.label: model.objects.count() for model in apps.get_models() if not model._meta.proxy}
