"""Accounts and roles. An account is never deleted: it is disabled, so that what its person did keeps its author."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import Q

from activity.services import record
from units.models import Membership, Unit, User
from units.permissions import Role
from units.services.tree import as_json


class RoleAlreadyHeld(Exception):
    """The person holds this role in this unit on some of these days already."""


class RoleEndsBeforeItBegins(Exception):
    """The last day lies before the first one."""


class CannotDisableOneself(Exception):
    """An administrator who locks themselves out could not undo it."""


def place_of(person: User) -> str:
    """The path of the unit in whose log what happens to an account is written: that of the person's first role."""
    first = Membership.objects.current().filter(user=person).order_by("pk").values_list("unit__path", flat=True).first()
    return first or ""


@transaction.atomic
def create_person(
    *,
    username: str,
    unit: Unit,
    role: Role,
    by: User | None,
    password: str | None = None,
    full_name: str = "",
    email: str = "",
    position: str = "",
) -> User:
    """An account with its first role. Without a password the person sets one by the mail "forgotten password"."""
    person = User(username=username, full_name=full_name, email=email, position=position)
    person.set_password(password)
    person.save()
    Membership.objects.create(user=person, unit=unit, role=role)
    record(
        by=by,
        action="units.person_created",
        target=person,
        unit_path=unit.path,
        changes={"username": [None, username], "role": [None, str(role)], "unit": [None, unit.name]},
    )
    return person


@transaction.atomic
def update_person(*, person: User, by: User | None, **values: str) -> User:
    """Correct `full_name`, `email` or `position`."""
    if unknown := values.keys() - {"full_name", "email", "position"}:
        raise TypeError(f"A person's {', '.join(sorted(unknown))} is not changed here")
    person = User.objects.select_for_update().get(pk=person.pk)
    changes = {
        field: [getattr(person, field), value] for field, value in values.items() if getattr(person, field) != value
    }
    if changes:
        for field, (_before, after) in changes.items():
            setattr(person, field, after)
        person.save(update_fields=list(changes))
        record(by=by, action="units.person_changed", target=person, unit_path=place_of(person), changes=changes)
    return person


def _set_active(person: User, active: bool, by: User | None, reason: str) -> User:
    if User.objects.filter(pk=person.pk, is_active=not active).update(is_active=active):
        record(
            by=by,
            action="units.person_enabled" if active else "units.person_disabled",
            target=person,
            unit_path=place_of(person),
            changes={"is_active": [not active, active]},
            reason=reason,
        )
    person.is_active = active
    return person


@transaction.atomic
def disable_person(*, person: User, by: User | None, reason: str = "") -> User:
    """From the next request on neither the person's sessions nor their tokens are accepted."""
    if by and by.pk == person.pk:
        raise CannotDisableOneself
    return _set_active(person, False, by, reason)


@transaction.atomic
def enable_person(*, person: User, by: User | None, reason: str = "") -> User:
    return _set_active(person, True, by, reason)


@transaction.atomic
def grant_role(
    *,
    person: User,
    unit: Unit,
    role: Role,
    by: User | None,
    committee_title: str = "",
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Membership:
    """Give `person` a role in `unit` for some days (both inclusive, None: open). Raises RoleAlreadyHeld where they
    overlap days on which the role is held, RoleEndsBeforeItBegins."""
    if valid_from and valid_to and valid_to < valid_from:
        raise RoleEndsBeforeItBegins
    # The person's row is the lock: two grants at once must not both find the days free.
    User.objects.select_for_update().get(pk=person.pk)
    held = Membership.objects.filter(user=person, unit=unit, role=role)
    if valid_from:
        held = held.filter(Q(valid_to=None) | Q(valid_to__gte=valid_from))
    if valid_to:
        held = held.filter(Q(valid_from=None) | Q(valid_from__lte=valid_to))
    if held.exists():
        raise RoleAlreadyHeld
    membership = Membership.objects.create(
        user=person, unit=unit, role=role, committee_title=committee_title, valid_from=valid_from, valid_to=valid_to
    )
    changes = {
        "person": [None, str(person)],
        "role": [None, str(role)],
        "valid_from": [None, valid_from],
        "valid_to": [None, valid_to],
    }
    record(by=by, action="units.role_granted", target=membership, unit_path=unit.path, changes=as_json(changes))
    return membership


@transaction.atomic
def end_role(*, membership: Membership, on: date, by: User | None, reason: str = "") -> Membership:
    """Make `on` the last day of a role. Raises RoleEndsBeforeItBegins."""
    membership = Membership.objects.select_related("unit").select_for_update(of=("self",)).get(pk=membership.pk)
    if membership.valid_from and on < membership.valid_from:
        raise RoleEndsBeforeItBegins
    before, membership.valid_to = membership.valid_to, on
    if before == on:
        return membership
    membership.save(update_fields=["valid_to"])
    record(
        by=by,
        action="units.role_ended",
        target=membership,
        unit_path=membership.unit.path,
        changes=as_json({"valid_to": [before, on]}),
        reason=reason,
    )
    return membership
