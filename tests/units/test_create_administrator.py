"""The way into an empty portal: a province's first administrator."""

from __future__ import annotations

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.factories.units import UnitFactory
from units.access import allowed_units
from units.models import Unit, User
from units.permissions import Permission

pytestmark = pytest.mark.django_db


def test_the_first_administrator_may_make_accounts_in_the_province_that_lasts(client):
    UnitFactory(kind=Unit.Kind.PROVINCE, code="24", name="UBND tỉnh cũ", valid_to=date(2025, 6, 30))
    new = UnitFactory(kind=Unit.Kind.PROVINCE, code="24", name="UBND tỉnh mới", valid_from=date(2025, 7, 1))
    out = StringIO()

    call_command("create_administrator", "root24", "--unit", "24", stdout=out)

    person = User.objects.get(username="root24")
    assert person.check_password(out.getvalue().split()[-1])
    assert list(allowed_units(person, Permission.ACCOUNT_MANAGE)) == [new]
    client.force_login(person)
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize(("name", "code"), [("taken", "24"), ("free", "99")])
def test_a_name_that_is_taken_and_a_code_that_is_unknown_make_nothing(name, code):
    UnitFactory(kind=Unit.Kind.PROVINCE, code="24")
    User.objects.create(username="taken")

    with pytest.raises(CommandError):
        call_command("create_administrator", name, "--unit", code)

    assert User.objects.count() == 1
