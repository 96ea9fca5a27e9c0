"""Who may do what where. Every list, page, endpoint, export and report asks here, and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q
from django.shortcuts import get_object_or_404

from units.models import Membership, Unit, UnitQuerySet, User
from units.permissions import GRANTS, SUBTREE_ROLES, Permission, Role

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

M = TypeVar("M", bound=models.Model, covariant=True)


def allowed_units(user: User | AnonymousUser, permission: Permission) -> UnitQuerySet:
    """The units in which `user` holds `permission` today: a queryset, to be used inside another query.

    A role of a province reaches over its unit's whole subtree, a role of a unit over that unit alone. A unit that has
    ended stays within reach of its people: its plans and sheets are still theirs to read. The first question about a
    person costs one query, the next ones none.
    """
    if not user.is_authenticated or not user.is_active:
        return Unit.objects.none()
    rule = Q()
    for membership in user.held_roles:
        role = Role(membership.role)
        if permission in GRANTS[role]:
            path = membership.unit.path
            # A subtree is one prefix of the path: an index answers it, whatever the depth of the tree.
            rule |= Q(path__startswith=path) if role in SUBTREE_ROLES else Q(path=path)
    return Unit.objects.filter(rule) if rule else Unit.objects.none()


def roots_of(user: User | AnonymousUser, permission: Permission) -> set[str]:
    """The paths of the provinces in which `user` holds `permission` somewhere: for what a whole province shares."""
    if not user.is_authenticated or not user.is_active:
        return set()
    return {each.unit.root_path for each in user.held_roles if permission in GRANTS[Role(each.role)]}


def holds(user: User | AnonymousUser, permission: Permission) -> bool:
    """Whether `user` holds `permission` in any unit at all: for what belongs to no unit."""
    if not user.is_authenticated or not user.is_active:
        return False
    return any(permission in GRANTS[Role(membership.role)] for membership in user.held_roles)


def holds_in(user: User | AnonymousUser, permission: Permission, unit: Unit) -> bool:
    """Whether `unit` is among `allowed_units(user, permission)`, without asking the database again."""
    if not user.is_authenticated or not user.is_active:
        return False
    return any(
        permission in GRANTS[Role(each.role)]
        and (unit.path.startswith(each.unit.path) if each.role in SUBTREE_ROLES else unit.path == each.unit.path)
        for each in user.held_roles
    )


def holders(permission: Permission, unit: Unit) -> set[int]:
    """The people who hold `permission` in `unit` today by their office: whom to tell. Administrators apart, whose right
    is for emergencies, it is the inverse of `allowed_units`. One query."""
    roles = {role for role in Role if permission in GRANTS[role]} - {Role.ADMINISTRATOR}
    steps = unit.path.split("/")[:-1]
    above = ["".join(f"{step}/" for step in steps[: depth + 1]) for depth in range(len(steps))]
    held = Membership.objects.current().filter(
        Q(role__in=roles & SUBTREE_ROLES, unit__path__in=above) | Q(role__in=roles - SUBTREE_ROLES, unit=unit),
        user__is_active=True,
    )
    return set(held.values_list("user_id", flat=True))


class UnitScopedQuerySet(models.QuerySet[M]):
    """A queryset of things that belong to a unit; `unit_path` says how to reach it."""

    unit_path = "unit"

    def allowed_to(self, user: User | AnonymousUser, permission: Permission) -> Self:
        return self.filter(**{f"{self.unit_path}__in": allowed_units(user, permission)})


def get_allowed(
    queryset: UnitScopedQuerySet[M], user: User, view: Permission, then: Permission | None = None, **lookup: Any
) -> M:
    """The one object, 404 if `user` may not see it, 403 if they may see it but not do `then`."""
    obj = get_object_or_404(queryset.allowed_to(user, view), **lookup)
    if then and not queryset.allowed_to(user, then).filter(pk=obj.pk).exists():
        raise PermissionDenied
    return obj
