from __future__ import annotations

from datetime import date
from http import HTTPStatus

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Max
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from units.access import allowed_units
from units.contexts import ancestors, branches
from units.filters import UnitFilter
from units.http import UserRequest
from units.models import Membership, UnitQuerySet
from units.permissions import Permission

ROWS = 50


@login_required
@require_safe
def unit_list(request: UserRequest) -> HttpResponse:
    """The tree as it stood on a day, one level at a time; with a name or a kind, a flat list of what fits.

    `?under=` gives the level below one unit, as a page or as the fragment that htmx puts in its place.
    """
    reach = allowed_units(request.user, Permission.UNIT_VIEW)
    asked = request.GET.copy()
    today = timezone.localdate()
    asked.setdefault("as_of", _day_to_show(reach, today).isoformat())
    found = UnitFilter(asked, reach)
    if not found.form.is_valid():
        return render(request, "units/unit_list.html", {"filter": found}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    day = found.form.cleaned_data["as_of"] or today
    context = {"filter": found, "day": day, "chosen_for_them": "as_of" not in request.GET and day != today}
    if found.form.cleaned_data["search"] or found.form.cleaned_data["kind"]:
        units = found.qs.select_related("parent").order_by("name", "pk")
        page = Paginator(units, ROWS).get_page(request.GET.get("page"))
        return render(request, "units/unit_list.html", context | {"page": page})
    return render(request, *_tree(request, reach, day, context))


def _day_to_show(reach: UnitQuerySet, today: date) -> date:
    """Today, or the last day of the tree where all of it has ended: a dissolved province is still somebody's work."""
    roots = reach.exclude(parent__in=reach.values("pk"))
    if roots.valid_on(today).exists():
        return today
    last = roots.filter(valid_to__lt=today).aggregate(day=Max("valid_to"))["day"]
    return last or today


def _tree(request: UserRequest, reach: UnitQuerySet, day: date, context: dict) -> tuple[str, dict]:
    standing = reach.valid_on(day)
    given = request.GET.get("under", "")
    # An id has 19 digits at most; int() refuses thousands of them in its own way.
    under = get_object_or_404(reach, pk=int(given[:20])) if given.isascii() and given.isdigit() else None
    # A root is what has nobody above it, or nobody whom this person may see.
    level = standing.filter(parent=under) if under else standing.exclude(parent__in=reach.values("pk"))
    context |= {"under": under, "units": branches(level, standing)}
    return "units/unit_list.html#branch" if request.htmx and under else "units/unit_list.html", context


@login_required
@require_safe
def unit_detail(request: UserRequest, pk: int) -> HttpResponse:
    reach = allowed_units(request.user, Permission.UNIT_VIEW)
    unit = get_object_or_404(reach.select_related("parent"), pk=pk)
    today = timezone.localdate()
    knows_people = (
        Membership.objects.current().filter(user=request.user, unit=unit).exists()
        or allowed_units(request.user, Permission.ACCOUNT_MANAGE).filter(pk=unit.pk).exists()
    )
    people = Membership.objects.filter(unit=unit).select_related("user").order_by("role", "user__full_name", "pk")
    standing = reach.valid_on(today) if unit.valid_to is None or unit.valid_to >= today else reach
    context = {
        "unit": unit,
        "is_past": unit.valid_to is not None and unit.valid_to < today,
        "is_to_come": unit.valid_from is not None and unit.valid_from > today,
        "above": ancestors(unit),
        "reached_above": ancestors(unit, reach),
        "below": branches(standing.filter(parent=unit), standing),
        "people": people if knows_people else None,
        "today": today,
    }
    return render(request, "units/unit_detail.html", context)
