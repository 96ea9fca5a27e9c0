"""Handing a sheet on: its summary, to the head, back from the head, to the assessors."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from assessments import services
from assessments.contexts.changes_seen import changed_since_looked
from assessments.forms.submission import SubmitForm, TakeBackForm
from assessments.models import Assessment
from assessments.services.submission import SheetChanged, SheetIncomplete, send_to_head, submit_sheet, take_back
from assessments.views.score_rows import context_of, load_sheet
from units.http import UserRequest
from units.permissions import Permission

SEEN = "%Y-%m-%dT%H:%M:%S.%f%z"


def _show(
    request: UserRequest, assessment: Assessment, form: SubmitForm | None = None, *, status: int = HTTPStatus.OK
) -> HttpResponse:
    seen = assessment.updated_at.strftime(SEEN)
    values = {
        "sheet": context_of(request, assessment),
        "form": form or SubmitForm(initial={"difficulties": assessment.difficulties, "seen": seen}),
        "back_form": TakeBackForm(),
        "seen": seen,
        "changes": changed_since_looked(assessment, request.user),
    }
    return render(request, "assessments/submit.html", values, status=status)


def _refused(request: UserRequest, pk: int, form: SubmitForm, refused: Exception) -> HttpResponse:
    """The summary as it is now, with what was typed and why it did not go."""
    form.add_error(None, str(refused))
    conflict = isinstance(refused, SheetChanged | services.WrongState)
    status = HTTPStatus.CONFLICT if conflict else HTTPStatus.UNPROCESSABLE_ENTITY
    return _show(request, load_sheet(request, pk), form, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def submit(request: UserRequest, pk: int) -> HttpResponse:
    """The summary before the sheet is handed on; POST submits it, as the head of the unit."""
    then = Permission.ASSESSMENT_SUBMIT if request.method == "POST" else Permission.ASSESSMENT_SCORE
    assessment = load_sheet(request, pk, then)
    if request.method != "POST":
        return _show(request, assessment)
    form = SubmitForm(request.POST)
    if not form.is_valid():
        return _show(request, assessment, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    given = form.cleaned_data
    try:
        submit_sheet(assessment=assessment, difficulties=given["difficulties"], seen=given["seen"], by=request.user)
    except (services.ActRefused, SheetIncomplete) as refused:
        return _refused(request, pk, form, refused)
    messages.success(request, _("The sheet is submitted. The assessors are told."))
    return redirect("assessments:sheet", pk=pk)


@login_required
@require_POST
def send(request: UserRequest, pk: int) -> HttpResponse:
    assessment = load_sheet(request, pk, Permission.ASSESSMENT_SCORE)
    form = SubmitForm(request.POST)
    if not form.is_valid():
        return _show(request, assessment, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        send_to_head(assessment=assessment, difficulties=form.cleaned_data["difficulties"], by=request.user)
    except services.ActRefused as refused:
        return _refused(request, pk, form, refused)
    messages.success(request, _("The sheet is with the head of the unit, who is told."))
    return redirect("assessments:sheet", pk=pk)


@login_required
@require_POST
def back(request: UserRequest, pk: int) -> HttpResponse:
    assessment = load_sheet(request, pk, Permission.ASSESSMENT_SCORE)
    form = TakeBackForm(request.POST)
    note = form.cleaned_data["note"] if form.is_valid() else ""
    try:
        take_back(assessment=assessment, note=note, by=request.user)
    except services.ActRefused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, _("The sheet is open for scoring again. Those who score are told."))
    return redirect("assessments:sheet", pk=pk)
