"""What every page of the shell shows of the person: where they may go, and as whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Count, IntegerField, Value, When
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from units.models import Membership, Unit, UnitQuerySet
from units.permissions import GRANTS, Permission, Role

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, kw_only=True)
class Place:
    """One entry of the rail. `permission` None: for everybody who is signed in."""

    url_name: str
    prefixes: tuple[str, ...]
    label: _StrPromise
    icon: str
    permission: Permission | None = None
    on_tabbar: bool = False
    count_name: str = ""  # the page that answers with the number beside it
    short: _StrPromise | str = ""  # for the phone bar, where the label is too long


PLACES: list[tuple[_StrPromise | str, list[Place]]] = [
    (
        "",
        [
            Place(
                url_name="home",
                prefixes=(),
                label=_("Today"),
                short=pgettext_lazy("phone bar", "Today"),
                icon="house",
                on_tabbar=True,
            ),
            Place(
                url_name="activity:inbox",
                prefixes=("/activity/inbox/", "/activity/preferences/"),
                label=_("Inbox"),
                icon="bell",
                count_name="activity:unread_count",
            ),
        ],
    ),
    (
        _("Programme"),
        [
            Place(
                url_name="plans:list",
                prefixes=("/plans/", "/tasks/"),
                label=_("Plans"),
                icon="clipboard-list",
                permission=Permission.PLAN_VIEW,
                on_tabbar=True,
            ),
            Place(
                url_name="plans:progress",
                prefixes=("/progress/",),
                label=_("Progress"),
                icon="list-checks",
                permission=Permission.PLAN_VIEW,
            ),
            Place(
                url_name="plans:events",
                prefixes=("/events/", "/conclusions/"),
                label=_("Events"),
                icon="calendar-days",
                permission=Permission.PLAN_VIEW,
            ),
            Place(
                url_name="plans:legal_list",
                prefixes=("/legal-bases/",),
                label=_("Legal bases"),
                icon="book-open",
                permission=Permission.PLAN_VIEW,
            ),
            Place(
                url_name="plans:obstacles",
                prefixes=("/obstacles/",),
                label=_("Obstacles"),
                icon="construction",
                permission=Permission.PLAN_VIEW,
            ),
            Place(
                url_name="plans:chasing",
                prefixes=("/chasing/",),
                label=_("Chasing"),
                icon="mail-warning",
                permission=Permission.PLAN_VIEW,
            ),
            Place(
                url_name="plans:calendar",
                prefixes=("/calendar/",),
                label=_("Calendar"),
                icon="calendar",
                permission=Permission.PLAN_VIEW,
            ),
            Place(
                url_name="budgets:list",
                prefixes=("/budgets/",),
                label=_("Money"),
                icon="wallet",
                permission=Permission.BUDGET_VIEW,
            ),
        ],
    ),
    (
        _("Assessment"),
        [
            Place(
                url_name="assessments:list",
                prefixes=("/assessments/",),
                label=_("ISO 9001 scoring"),
                short=pgettext_lazy("phone bar", "Scoring"),
                icon="clipboard-check",
                permission=Permission.ASSESSMENT_VIEW,
                on_tabbar=True,
            ),
            Place(
                url_name="assessments:round_list",
                prefixes=("/rounds/", "/extensions/", "/compare/", "/workbook-uploads/"),
                label=_("Rounds"),
                icon="calendar-range",
                permission=Permission.ASSESSMENT_VIEW,
            ),
            Place(
                url_name="assessments:verification",
                prefixes=("/verification/", "/appeals/"),
                label=_("Verification"),
                icon="badge-check",
                permission=Permission.ASSESSMENT_VERIFY,
            ),
            Place(
                url_name="assessments:inspection_list",
                prefixes=("/inspections/", "/visits/", "/findings/"),
                label=_("Inspections"),
                icon="search-check",
                permission=Permission.ASSESSMENT_VIEW,
            ),
            Place(
                url_name="assessments:diagnosis_list",
                prefixes=("/diagnosis/",),
                label=_("ISO 18091 diagnosis"),
                icon="compass",
                permission=Permission.ASSESSMENT_VIEW,
            ),
            Place(
                url_name="assessments:corrective_actions",
                prefixes=("/corrective-actions/",),
                label=_("Corrective actions"),
                icon="wrench",
                permission=Permission.ASSESSMENT_VIEW,
            ),
            Place(
                url_name="assessments:systems",
                prefixes=("/systems/", "/obligations/"),
                label=_("Quality management systems"),
                icon="shield-check",
                permission=Permission.ASSESSMENT_VIEW,
            ),
            Place(
                url_name="assessments:criteria_list",
                prefixes=("/criteria/",),
                label=_("Criteria sets"),
                icon="scale",
                permission=Permission.ASSESSMENT_VIEW,
            ),
        ],
    ),
    (
        _("General"),
        [
            Place(
                url_name="units:list",
                prefixes=("/units/",),
                label=_("Units"),
                icon="building-2",
                permission=Permission.UNIT_VIEW,
            ),
            Place(
                url_name="reports:list",
                prefixes=("/reports/",),
                label=_("Reports"),
                icon="chart-column",
                permission=Permission.REPORT_VIEW,
                on_tabbar=True,
            ),
            Place(
                url_name="activity:list",
                prefixes=(),
                label=_("Log"),
                icon="history",
                permission=Permission.AUDIT_VIEW,
            ),
        ],
    ),
]


# The order in which a tree shows what stands side by side: bodies of the province before its districts and communes.
RANK = Case(
    *(When(kind=kind, then=Value(rank)) for rank, kind in enumerate(Unit.Kind.values)), output_field=IntegerField()
)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """The rail and the phone bar, from the roles the person holds: worked out where a template shows them, which the
    part of a page that answers a save does not."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"nav": [], "nav_place": "", "person_role": ""}
    return {
        "nav": SimpleLazyObject(lambda: _rail(user.held_roles, request.path)),
        "nav_place": SimpleLazyObject(lambda: " · ".join(dict.fromkeys(m.unit.label for m in user.held_roles))),
        "person_role": SimpleLazyObject(
            lambda: ", ".join(dict.fromkeys(str(m.get_role_display()) for m in user.held_roles))
        ),
    }


def _rail(memberships: Sequence[Membership], path: str) -> list[dict[str, Any]]:
    held = frozenset[Permission]().union(*(GRANTS[Role(m.role)] for m in memberships))
    nav = []
    for title, places in PLACES:
        items = [
            {
                "url": (url := reverse(place.url_name)),
                "label": place.label,
                "short": place.short,
                "icon": place.icon,
                "count_url": reverse(place.count_name) if place.count_name else "",
                "current": path == url or path.startswith(place.prefixes or ("\0",)),
                "on_tabbar": place.on_tabbar,
            }
            for place in places
            if place.permission is None or place.permission in held
        ]
        if items:
            nav.append({"title": title, "items": items})
    return nav


def branches(units: UnitQuerySet, within: UnitQuerySet) -> list[Unit]:
    """`units` in the order of the administrative levels, each with `below`: how many units of `within` stand directly
    under it. Two queries for any number of units."""
    found = list(units.annotate(rank=RANK).order_by("rank", "code", "name", "pk"))
    counted = (
        within.filter(parent__in=[unit.pk for unit in found]).order_by().values_list("parent").annotate(n=Count("pk"))
    )
    below = dict(counted)
    for unit in found:
        unit.below = below.get(unit.pk, 0)  # type: ignore[attr-defined]
    return found


def ancestors(unit: Unit, within: UnitQuerySet | None = None) -> list[Unit]:
    """From the root down to the unit above `unit`, those of `within` if given: one query."""
    ids = [int(step) for step in unit.path.split("/")[:-2]]
    units = Unit.objects.all() if within is None else within
    return sorted(units.filter(pk__in=ids), key=lambda above: len(above.path))
