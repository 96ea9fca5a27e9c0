"""Pages of rounds."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from assessments.contexts import round_state
from assessments.models import Assessment, Round
from assessments.views.ordering import PAGE_SIZE, in_order
from units.access import get_allowed
from units.http import UserRequest
from units.permissions import Permission


@login_required
@require_safe
def round_detail(request: UserRequest, pk: int) -> HttpResponse:
    rounds = Round.objects.select_related("unit", "criteria_set__standard")
    round_ = get_allowed(rounds, request.user, Permission.ASSESSMENT_VIEW, pk=pk)
    sheets = Assessment.objects.allowed_to(request.user, Permission.ASSESSMENT_VIEW).filter(round=round_)
    rows = in_order(sheets.select_related("unit"), request.GET.get("sort", ""), ("unit__name",))
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    values = {"round": round_, "state": round_state(round_, timezone.now()), "page": page}
    return render(request, "assessments/round.html", values)
