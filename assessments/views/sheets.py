"""Pages of sheets: the list, and one sheet with its tabs."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from assessments.contexts.corrective_actions import may_raise
from assessments.contexts.standing import is_own, may
from assessments.contexts.verifying import verifying_bar
from assessments.filters import AssessmentFilter
from assessments.models import Assessment
from assessments.permissions import RESULT_SHOWN, Act
from assessments.views.ordering import PAGE_SIZE, in_order
from assessments.views.score_rows import context_of, load_sheet, row_values
from assessments.views.sheet_tabs import TABS, page_values
from units.http import UserRequest
from units.permissions import Permission

__all__ = ["assessment_list", "row_values", "sheet"]


@login_required
@require_safe
def assessment_list(request: UserRequest) -> HttpResponse:
    sheets = Assessment.objects.allowed_to(request.user, Permission.ASSESSMENT_VIEW)
    filtered = AssessmentFilter(request.GET, queryset=sheets, request=request)
    filtered.offer_years()
    rows = in_order(filtered.qs.with_sheet_head(), request.GET.get("sort", ""), ("-round__year", "unit__name"))
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "assessments/assessment_list.html", {"filter": filtered, "page": page})


@login_required
@require_safe
def sheet(request: UserRequest, pk: int) -> HttpResponse:
    """`tab`: scoring, differences, evidence, appeals or history; anything else is scoring."""
    assessment = load_sheet(request, pk)
    asked = request.GET.get("tab", "")
    tab = asked if asked in TABS else "scores"
    now = timezone.now()
    bar = verifying_bar(assessment, user=request.user, now=now)
    values = page_values(context_of(request, assessment), tab) | {"verifying": bar}
    values["may_correct"] = assessment.state in RESULT_SHOWN and may_raise(request.user, assessment.unit)
    values["may_change"] = may(request.user, Act.CHANGE_RESULT, assessment, now) and not is_own(
        request.user, assessment
    )
    return render(request, "assessments/sheet.html", values)
