"""Pages of sheets: the list, one sheet, one row of it."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assessments import scoring, services
from assessments.contexts import SheetContext, answer_text, refusal_text, sheet_context
from assessments.filters import AssessmentFilter
from assessments.forms import ScoreForm
from assessments.models import Assessment, Criterion
from assessments.views.ordering import PAGE_SIZE, in_order
from units.access import get_allowed
from units.http import UserRequest
from units.permissions import Permission


@login_required
@require_safe
def assessment_list(request: UserRequest) -> HttpResponse:
    sheets = Assessment.objects.allowed_to(request.user, Permission.ASSESSMENT_VIEW)
    filtered = AssessmentFilter(request.GET, queryset=sheets, request=request)
    filtered.offer_years()
    rows = in_order(filtered.qs.with_sheet_head(), request.GET.get("sort", ""), ("-round__year", "unit__name"))
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "assessments/assessment_list.html", {"filter": filtered, "page": page})


def _context(request: UserRequest, assessment: Assessment) -> SheetContext:
    return sheet_context(assessment, user=request.user, now=timezone.now())


@login_required
@require_safe
def sheet(request: UserRequest, pk: int) -> HttpResponse:
    assessment = get_allowed(Assessment.objects.with_sheet_head(), request.user, Permission.ASSESSMENT_VIEW, pk=pk)
    return render(request, "assessments/sheet.html", {"sheet": _context(request, assessment)})


def row_values(context: SheetContext, criterion: Criterion) -> dict[str, Any]:
    """The line of a criterion, its groups from the top down, and the roll-up it is a part of: as the row's templates
    want them."""
    by_code = {group.code: group for group in context.result.groups}
    for group in context.result.groups:
        for line in group.lines:
            if criterion.pk in {line.criterion_id, *(part.criterion_id for part in line.parts)}:
                own = next(each for each in [line, *line.parts] if each.criterion_id == criterion.pk)
                above, groups = group, [group]
                while above := by_code.get(above.parent) if above.parent else None:
                    groups.append(above)
                values = {"sheet": context, "group": group, "groups": groups, "line": own}
                return values | {"above": line if own is not line else None}
    raise services.NotInThisSheet


def _with_entry(context: SheetContext, criterion: Criterion, form: ScoreForm) -> SheetContext:
    """The sheet with what was typed in the row that was not saved: nothing typed is lost."""

    def typed(line):
        line = replace(line, parts=[typed(part) for part in line.parts])
        if line.criterion_id != criterion.pk:
            return line
        return replace(line, entry=form.answer, note=form.data.get("explanation", ""))

    groups = [replace(group, lines=[typed(line) for line in group.lines]) for group in context.result.groups]
    return replace(context, result=replace(context.result, groups=groups))


def _refused(
    request: UserRequest,
    assessment: Assessment,
    criterion: Criterion,
    form: ScoreForm,
    *,
    status: HTTPStatus,
    error: str = "",
    conflict: services.StaleScore | None = None,
) -> HttpResponse:
    context = _with_entry(_context(request, assessment), criterion, form)
    values: dict[str, Any] = row_values(context, criterion) | {"error": error, "bad": criterion.pk}
    if conflict:
        values |= {
            "conflict": conflict,
            "stored_text": answer_text(conflict.stored.result),
            "mine_text": answer_text(conflict.mine.result),
        }
    template = "assessments/_saved.html" if request.htmx else "assessments/sheet.html"
    return render(request, template, values, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def score(request: UserRequest, pk: int, criterion_pk: int) -> HttpResponse:
    """One row. POST saves it: 422 with the row's error, 409 with both values where somebody else was there first."""
    then = Permission.ASSESSMENT_SCORE if request.method == "POST" else None
    assessment = get_allowed(
        Assessment.objects.with_sheet_head(), request.user, Permission.ASSESSMENT_VIEW, then, pk=pk
    )
    criterion = get_object_or_404(
        Criterion.objects.exclude(scoring=Criterion.Scoring.GROUP),
        criteria_set=assessment.round.criteria_set_id,
        pk=criterion_pk,
    )
    here = f"{reverse('assessments:sheet', args=[pk])}#c{criterion_pk}"
    if request.method != "POST":
        if not request.htmx:
            return redirect(here)
        return render(request, "assessments/_row.html", row_values(_context(request, assessment), criterion))

    form = ScoreForm(request.POST, criterion=criterion)
    if not form.is_valid():
        said = " ".join(str(each) for errors in form.errors.values() for each in errors)
        return _refused(request, assessment, criterion, form, status=HTTPStatus.UNPROCESSABLE_ENTITY, error=said)
    try:
        services.save_score(
            assessment=assessment,
            criterion=criterion,
            answer=form.answer,
            explanation=form.cleaned_data["explanation"],
            expected_version=form.expected_version,
            by=request.user,
        )
    except scoring.InvalidAnswer as error:
        said = refusal_text(error)
        return _refused(request, assessment, criterion, form, status=HTTPStatus.UNPROCESSABLE_ENTITY, error=said)
    except services.ActRefused as error:
        said = str(error)
        return _refused(request, assessment, criterion, form, status=HTTPStatus.UNPROCESSABLE_ENTITY, error=said)
    except services.StaleScore as error:
        return _refused(request, assessment, criterion, form, status=HTTPStatus.CONFLICT, conflict=error)
    if not request.htmx:
        messages.success(request, _("Criterion %(code)s is saved.") % {"code": criterion.code})
        return redirect(here)
    assessment = Assessment.objects.with_sheet_head().get(pk=pk)
    values = row_values(_context(request, assessment), criterion)
    return render(request, "assessments/_saved.html", values | {"whole_row": form.cleaned_data["clear"]})
