"""Who is told of what: the people of units, by the roles they hold today."""

from __future__ import annotations

from collections.abc import Iterable

from units.models import Membership, Unit
from units.permissions import Role

REPORTING_ROLES = (Role.UNIT_OFFICER, Role.UNIT_HEAD)


def reporters_of(units: Iterable[Unit]) -> list[int]:
    """Those who report for any of `units`: one query."""
    held = Membership.objects.current().filter(unit__in=[unit.pk for unit in units], role__in=REPORTING_ROLES)
    return list(held.filter(user__is_active=True).order_by("user_id").values_list("user_id", flat=True).distinct())


def officers_over(unit: Unit) -> list[int]:
    """The programme officers of `unit` and of every unit above it, since their role reaches down the tree."""
    steps = unit.path.split("/")[:-1]
    paths = ["".join(f"{step}/" for step in steps[: depth + 1]) for depth in range(len(steps))]
    held = Membership.objects.current().filter(role=Role.PROGRAMME_OFFICER, unit__path__in=paths)
    return list(held.filter(user__is_active=True).order_by("user_id").values_list("user_id", flat=True).distinct())
