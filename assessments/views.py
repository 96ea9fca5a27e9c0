"""Pages of assessment: they translate between HTTP and the services, and decide nothing."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from assessments.models import Assessment, CriteriaSet, Round
from units.access import get_allowed
from units.http import UserRequest
from units.permissions import Permission


@login_required
@require_safe
def assessment_list(request: UserRequest) -> HttpResponse:
    return render(request, "assessments/assessment_list.html")


@login_required
@require_safe
def sheet(request: UserRequest, pk: int) -> HttpResponse:
    assessment = get_allowed(Assessment.objects.all(), request.user, Permission.ASSESSMENT_VIEW, pk=pk)
    return render(request, "assessments/sheet.html", {"assessment": assessment})


@login_required
@require_POST
def save_score(request: UserRequest, pk: int, criterion_pk: int) -> HttpResponse:
    get_allowed(Assessment.objects.all(), request.user, Permission.ASSESSMENT_VIEW, Permission.ASSESSMENT_SCORE, pk=pk)
    return HttpResponse(status=204)


@login_required
@require_safe
def criteria_list(request: UserRequest) -> HttpResponse:
    return render(request, "assessments/criteria_list.html", {"sets": CriteriaSet.objects.all()})


@login_required
@require_safe
def criteria(request: UserRequest, pk: int) -> HttpResponse:
    return render(request, "assessments/criteria.html")


@login_required
@require_safe
def round_detail(request: UserRequest, pk: int) -> HttpResponse:
    get_allowed(Round.objects.all(), request.user, Permission.ASSESSMENT_VIEW, pk=pk)
    return render(request, "assessments/round.html")
