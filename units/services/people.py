"""Accounts and roles. An account is never deleted: it is disabled, so that what its person did keeps its author."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from activity.services import record
from units.models import Membership, Unit, User
from units.permissions import Role
from units.services.tree import as_json


class RoleAlreadyHeld(Exception):
    def __str__(self) -> str:
        return _("This person holds this role in this unit on some of these days already.")


class RoleEndsBeforeItBegins(Exception):
    def __str__(self) -> str:
        return _("The last day of a role cannot lie before its first one.")


class CannotDisableOneself(Exception):
    """An administrator who locks themselves out could not undo it."""

    def __str__(self) -> str:
        return _("You cannot disable your own account. Another administrator can do it.")


def place_of(user: User) -> str:
    """The path of the unit in whose log what happens to an account is written: that of the person's first role."""
    first = Membership.objects.current().filter(user=user).order_by("pk").values_list("unit__path", flat=True).first()
    return first or ""


@transaction.atomic
def create_person(
    *,
    username: str,
    by: User | None,
    password: str | None = None,
    full_name: str = "",
    email: str = "",
    position: str = "",
    unit: Unit | None = None,
    role: Role | None = None,
) -> User:
    """An account, with its first role in `unit`. Without a password the person sets one by "forgotten password"."""
    user = User(username=username, full_name=full_name, email=email, position=position)
    user.set_password(password)
    user.save()
    record(
        by=by,
        action="units.person_created",
        target=user,
        unit_path=unit.path if unit else "",
        changes={"username": [None, username], "full_name": [None, full_name]},
    )
    if unit and role:
        grant_role(user=user, unit=unit, role=role, by=by)
    return user


@transaction.atomic
def update_person(*, user: User, by: User | None, **values: str) -> User:
    """Correct `full_name`, `email` or `position`."""
    if unknown := values.keys() - {"full_name", "email", "position"}:
        raise TypeError(f"A person's {', '.join(sorted(unknown))} is not changed here")
    user = User.objects.select_for_update().get(pk=user.pk)
    changes = {field: [getattr(user, field), value] for field, value in values.items() if getattr(user, field) != value}
    if changes:
        for field, (_before, after) in changes.items():
            setattr(user, field, after)
        user.save(update_fields=list(changes))
        record(by=by, action="units.person_changed", target=user, unit_path=place_of(user), changes=changes)
    return user


def _set_active(user: User, active: bool, by: User | None, reason: str) -> User:
    if User.objects.filter(pk=user.pk, is_active=not active).update(is_active=active):
        record(
            by=by,
            action="units.person_enabled" if active else "units.person_disabled",
            target=user,
            unit_path=place_of(user),
            changes={"is_active": [not active, active]},
            reason=reason,
        )
    user.is_active = active
    return user


@transaction.atomic
def disable_person(*, user: User, by: User | None, reason: str = "") -> User:
    """From the next request on neither the person's sessions nor their tokens are accepted."""
    if by and by.pk == user.pk:
        raise CannotDisableOneself
    return _set_active(user, False, by, reason)


@transaction.atomic
def enable_person(*, user: User, by: User | None, reason: str = "") -> User:
    return _set_active(user, True, by, reason)


def check_role_is_free(
    *, user: User, unit: Unit, role: Role, valid_from: date | None = None, valid_to: date | None = None
) -> None:
    """Raises what `grant_role` would raise."""
    if valid_from and valid_to and valid_to < valid_from:
        raise RoleEndsBeforeItBegins
    held = Membership.objects.filter(user=user, unit=unit, role=role)
    if valid_from:
        held = held.filter(Q(valid_to=None) | Q(valid_to__gte=valid_from))
    if valid_to:
        held = held.filter(Q(valid_from=None) | Q(valid_from__lte=valid_to))
    if held.exists():
        raise RoleAlreadyHeld


@transaction.atomic
def grant_role(
    *,
    user: User,
    unit: Unit,
    role: Role,
    by: User | None,
    committee_title: str = "",
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Membership:
    """Give `user` a role in `unit` for some days (both inclusive, None: open). Raises RoleAlreadyHeld where they
    overlap days on which the role is held, RoleEndsBeforeItBegins."""
    # The person's row is the lock: two grants at once must not both find the days free.
    User.objects.select_for_update().get(pk=user.pk)
    check_role_is_free(user=user, unit=unit, role=role, valid_from=valid_from, valid_to=valid_to)
    membership = Membership.objects.create(
        user=user, unit=unit, role=role, committee_title=committee_title, valid_from=valid_from, valid_to=valid_to
    )
    changes: dict[str, list[Any]] = {
        "person": [None, str(user)],
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
