"""Pages of criteria sets."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from assessments.contexts import criteria_tree
from assessments.models import CriteriaSet
from units.http import UserRequest
from units.permissions import Permission


@login_required
@require_safe
def criteria_list(request: UserRequest) -> HttpResponse:
    sets = (
        CriteriaSet.objects.allowed_to(request.user, Permission.ASSESSMENT_VIEW)
        .select_related("standard")
        .order_by("standard__code", "slug", "-version")
    )
    return render(request, "assessments/criteria_list.html", {"sets": sets})


@login_required
@require_safe
def criteria(request: UserRequest, pk: int) -> HttpResponse:
    sets = CriteriaSet.objects.allowed_to(request.user, Permission.ASSESSMENT_VIEW).select_related("standard")
    criteria_set = get_object_or_404(sets, pk=pk)
    versions = sets.filter(slug=criteria_set.slug).order_by("-version")
    values = {"criteria_set": criteria_set, "groups": criteria_tree(criteria_set), "versions": versions}
    return render(request, "assessments/criteria.html", values)
