"""The thread about one criterion of a sheet: a page of its own, and the same inside the sheet."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from assessments import services
from assessments.forms.evidence import CommentForm
from assessments.models import Assessment, Criterion
from assessments.services.comments import comment
from assessments.views.score_rows import context_of, load_criterion, load_sheet, row_values
from units.http import UserRequest


def _show(
    request: UserRequest,
    assessment: Assessment,
    criterion: Criterion,
    form: CommentForm | None = None,
    *,
    status: int = HTTPStatus.OK,
    changed: bool = False,
) -> HttpResponse:
    values = row_values(context_of(request, assessment), criterion)
    thread = assessment.comments.filter(criterion=criterion).select_related("by")
    values |= {"thread": thread, "changed": changed and request.htmx}
    values["form"] = form or (CommentForm() if values["sheet"].may_comment else None)
    template = "assessments/_comments_panel.html" if request.htmx else "assessments/comments.html"
    return render(request, template, values, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def row_comments(request: UserRequest, pk: int, criterion_pk: int) -> HttpResponse:
    assessment = load_sheet(request, pk)
    criterion = load_criterion(assessment, criterion_pk)
    if request.method != "POST":
        return _show(request, assessment, criterion)
    if not context_of(request, assessment).may_comment:
        raise PermissionDenied
    form = CommentForm(request.POST)
    if not form.is_valid():
        return _show(request, assessment, criterion, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        comment(assessment=assessment, criterion=criterion, text=form.cleaned_data["text"], by=request.user)
    except services.ActRefused as refused:
        form.add_error("text", str(refused))
        return _show(request, assessment, criterion, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if not request.htmx:
        return redirect("assessments:comments", pk=pk, criterion_pk=criterion_pk)
    return _show(request, assessment, criterion, changed=True)
