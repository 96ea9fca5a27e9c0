"""Accounts and roles: each change is recorded, nothing is deleted."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from activity.models import AuditEvent
from tests.factories.units import MembershipFactory, UserFactory
from units.models import Membership, User
from units.permissions import Role
from units.services import (
    CannotDisableOneself,
    RoleAlreadyHeld,
    RoleEndsBeforeItBegins,
    create_person,
    disable_person,
    enable_person,
    end_role,
    grant_role,
    update_person,
    update_unit,
)

pytestmark = pytest.mark.django_db


def last_event() -> AuditEvent:
    return AuditEvent.objects.latest("pk")


def test_a_new_person_has_an_account_and_a_first_role(cast):
    by = cast[Role.ADMINISTRATOR]

    person = create_person(username="moi", full_name="Người Mới", unit=cast.a, role=Role.UNIT_HEAD, by=by)

    assert not person.has_usable_password()
    assert (person.memberships.get().unit, last_event().action) == (cast.a, "units.role_granted")
    created = AuditEvent.objects.get(action="units.person_created")
    assert (created.by, created.unit_path) == (by, cast.a.path)


def test_particulars_are_corrected_and_the_rest_is_not(cast):
    person = cast[Role.UNIT_OFFICER]

    update_person(user=person, by=cast[Role.ADMINISTRATOR], position="Chuyên viên")
    with pytest.raises(TypeError):
        update_person(user=person, by=None, is_superuser="1")

    assert User.objects.get(pk=person.pk).position == "Chuyên viên"
    assert last_event().changes == {"position": ["", "Chuyên viên"]}


def test_a_disabled_persons_session_ends_and_comes_back_with_the_account(cast, client):
    person, by = cast[Role.UNIT_OFFICER], cast[Role.ADMINISTRATOR]
    client.force_login(person)
    before = client.get("/units/").status_code

    disable_person(user=person, by=by, reason="Chuyển công tác")
    during = client.get("/units/").status_code
    disable_person(user=person, by=by)
    enable_person(user=person, by=by)

    assert (before, during) == (200, 302)
    assert list(AuditEvent.objects.order_by("pk").values_list("action", "reason"))[-2:] == [
        ("units.person_disabled", "Chuyển công tác"),
        ("units.person_enabled", ""),
    ]


def test_nobody_disables_themselves(cast):
    with pytest.raises(CannotDisableOneself):
        disable_person(user=cast[Role.ADMINISTRATOR], by=cast[Role.ADMINISTRATOR])


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "is_free"),
    [
        (None, None, False),
        (date(2026, 1, 31), None, False),
        (None, date(2026, 1, 1), False),
        (date(2026, 2, 1), None, True),
        (None, date(2025, 12, 31), True),
        (date(2026, 1, 10), date(2026, 1, 10), False),
    ],
)
def test_a_role_is_held_once_on_any_day(cast, valid_from, valid_to, is_free):
    person = UserFactory()
    MembershipFactory(user=person, unit=cast.a, valid_from=date(2026, 1, 1), valid_to=date(2026, 1, 31))
    asked = {"user": person, "unit": cast.a, "role": Role.UNIT_OFFICER, "valid_from": valid_from, "valid_to": valid_to}

    if is_free:
        assert grant_role(**asked, by=None).pk
    else:
        with pytest.raises(RoleAlreadyHeld):
            grant_role(**asked, by=None)


def test_a_role_ends_on_its_last_day_and_not_before_its_first(cast):
    membership = MembershipFactory(unit=cast.a, valid_from=date(2026, 1, 1))

    end_role(membership=membership, on=date(2026, 6, 30), by=None, reason="Nghỉ hưu")
    with pytest.raises(RoleEndsBeforeItBegins):
        end_role(membership=membership, on=date(2025, 12, 31), by=None)

    assert Membership.objects.get(pk=membership.pk).valid_to == date(2026, 6, 30)
    assert (last_event().changes, last_event().reason) == ({"valid_to": [None, "2026-06-30"]}, "Nghỉ hưu")


def test_a_unit_is_corrected_and_its_history_is_not(cast):
    update_unit(unit=cast.a, by=None, name="UBND huyện Á", valid_to=date(2026, 1, 1))
    with pytest.raises(TypeError):
        update_unit(unit=cast.a, by=None, parent=None)

    assert last_event().changes == {"name": ["UBND huyện A", "UBND huyện Á"], "valid_to": [None, "2026-01-01"]}


# -- The administration ------------------------------------------------------------------------------------------------
@pytest.fixture
def admin(cast, client) -> Client:
    client.force_login(cast[Role.ADMINISTRATOR])
    return client


def test_the_administration_writes_through_the_services(admin, cast):
    made = admin.post(
        "/admin/units/user/add/",
        {
            "username": "moi",
            "full_name": "Người Mới",
            "email": "moi@example.gov.vn",
            "unit": cast.a.pk,
            "role": Role.UNIT_HEAD,
            "password": "mot-mat-khau-dai",
        },
    )
    person = User.objects.get(username="moi")
    role = admin.post("/admin/units/membership/add/", {"user": person.pk, "unit": cast.b.pk, "role": Role.OBSERVER})
    unit = admin.post("/admin/units/unit/add/", {"parent": cast.province.pk, "kind": "department", "name": "Sở Mới"})

    assert [response.status_code for response in (made, role, unit)] == [302, 302, 302]
    assert person.check_password("mot-mat-khau-dai")
    actions = AuditEvent.objects.filter(by=cast[Role.ADMINISTRATOR]).order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["units.person_created", "units.role_granted", "units.role_granted", "units.created"]


def test_the_administration_says_what_is_wrong(admin, cast):
    person = cast[Role.UNIT_OFFICER]
    twice = admin.post(
        "/admin/units/membership/add/", {"user": person.pk, "unit": cast.a.pk, "role": Role.UNIT_OFFICER}
    )
    own = admin.post(f"/admin/units/user/{cast[Role.ADMINISTRATOR].pk}/change/", {"full_name": "x"})
    weak = admin.post(
        "/admin/units/user/add/", {"username": "y", "unit": cast.a.pk, "role": Role.UNIT_HEAD, "password": "1234567890"}
    )

    assert [list(response.context["adminform"].form.errors) for response in (twice, own, weak)] == [
        ["__all__"],
        ["is_active"],
        ["password"],
    ]
    assert User.objects.get(pk=cast[Role.ADMINISTRATOR].pk).is_active


def test_an_administrator_reaches_their_own_province_alone(admin, cast):
    people = admin.get("/admin/units/user/").content.decode()
    foreign = admin.get(f"/admin/units/user/{cast['foreign'].pk}/change/")
    into = admin.post(
        "/admin/units/membership/add/",
        {"user": cast[Role.UNIT_OFFICER].pk, "unit": cast.foreign.pk, "role": Role.ADMINISTRATOR},
    )

    assert cast["sibling"].username in people
    assert cast["foreign"].username not in people
    assert (foreign.status_code, into.status_code) == (302, 200)
    assert not Membership.objects.filter(unit=cast.foreign, role=Role.ADMINISTRATOR).exists()
