"""The appeals of a sheet: the unit writes and sends them, those who decide answer."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import scoring
from assessments.contexts import refusal_text
from assessments.contexts.appeals import appeal_page, appeals_seen
from assessments.contexts.differences import with_entry
from assessments.contexts.standing import holds_for
from assessments.contexts.verification import assignments_of, decides
from assessments.forms.appeals import OUTCOMES, AppealForm, OutcomeForm
from assessments.models import Appeal, Assessment, Criterion
from assessments.permissions import Act
from assessments.services import appeals as services
from assessments.services.rows import NotInThisSheet, StaleScore
from assessments.services.standing import ActRefused
from assessments.views.score_rows import context_of
from assessments.views.sheet_tabs import page_values
from plans.models import Evidence
from plans.services.evidence import EvidenceRefused, keep_all
from plans.views.evidence import status_of
from units.access import get_allowed
from units.http import UserRequest
from units.permissions import Permission

UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY


def _sheet(request: UserRequest, pk: int, act: Act | None = None) -> Assessment:
    """404 where the person may not see the sheet, 403 where the act is not theirs."""
    sheets = Assessment.objects.with_sheet_head()
    assessment = get_allowed(sheets, request.user, Permission.ASSESSMENT_VIEW, pk=pk)
    if act is not None and not holds_for(request.user, act, assessment):
        raise PermissionDenied
    return assessment


def _appeal(request: UserRequest, pk: int) -> Appeal:
    found = appeals_seen(request.user).select_related(
        "criterion", "decided_by", "assessment__unit", "assessment__round__unit", "assessment__round__criteria_set"
    )
    return get_object_or_404(found, pk=pk)


def _render(request: UserRequest, assessment: Assessment, status: int = 200, **values: Any) -> HttpResponse:
    page = appeal_page(assessment, user=request.user, now=timezone.now())
    typed = values.get("typed")
    lines = {row.appeal.pk: row.line for row in page.rows}
    if typed and values["bad"] in lines:
        lines[values["bad"]] = with_entry(lines[values["bad"]], *typed)
    outcomes = [(state.value, state.label) for state in OUTCOMES]
    values["tabs"] = page_values(context_of(request, assessment), "appeals")["tabs"]
    values |= {"page": page, "outcomes": outcomes, "rows": [(row, lines[row.appeal.pk]) for row in page.rows]}
    return render(request, "assessments/verification/appeals.html", values, status=status)


@login_required
@require_safe
def appeals(request: UserRequest, pk: int) -> HttpResponse:
    return _render(request, _sheet(request, pk))


def _own_files(assessment: Assessment) -> Any:
    return Evidence.objects.kept().filter(unit=assessment.unit)


def _form_page(
    request: UserRequest, assessment: Assessment, criterion: Criterion, form: AppealForm, status: int, **values: Any
) -> HttpResponse:
    page = appeal_page(assessment, user=request.user, now=timezone.now())
    line = next((each for each in page.result.every_line if each.criterion_id == criterion.pk), None)
    values |= {"page": page, "line": line, "form": form, "criterion": criterion}
    return render(request, "assessments/verification/appeal_form.html", values, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def appeal_new(request: UserRequest, pk: int, criterion_pk: int) -> HttpResponse:
    """Write an appeal on one criterion, with evidence."""
    assessment = _sheet(request, pk, Act.WRITE_APPEAL)
    criteria = Criterion.objects.exclude(scoring=Criterion.Scoring.GROUP)
    criterion = get_object_or_404(criteria, criteria_set=assessment.round.criteria_set_id, pk=criterion_pk)
    form = AppealForm(request.POST or None, request.FILES or None, evidence_of=_own_files(assessment))
    status: int = UNPROCESSABLE if request.method == "POST" else HTTPStatus.OK
    if request.method == "POST" and form.is_valid():
        try:
            services.write_appeal(
                assessment=assessment,
                criterion=criterion,
                text=form.cleaned_data["text"],
                evidence=keep_all(unit=assessment.unit, by=request.user, **_files(form)),
                by=request.user,
            )
        except EvidenceRefused as refused:
            form.add_error("files", str(refused))
            status = status_of(refused)
        except (ActRefused, NotInThisSheet) as error:
            form.add_error(None, str(error))
        else:
            said = _("The appeal on %(code)s is written. The unit's head sends it with the others.")
            messages.success(request, said % {"code": criterion.code})
            return redirect("assessments:appeals", pk=pk)
    return _form_page(request, assessment, criterion, form, status)


def _files(form: AppealForm) -> dict[str, Any]:
    return {"files": form.cleaned_data["files"], "earlier": list(form.cleaned_data["earlier"])}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def appeal_edit(request: UserRequest, pk: int) -> HttpResponse:
    """Change an appeal that is not sent; 409 where somebody changed it meanwhile."""
    appeal = _appeal(request, pk)
    assessment = appeal.assessment
    if not holds_for(request.user, Act.WRITE_APPEAL, assessment):
        raise PermissionDenied
    initial = {"text": appeal.text, "version": appeal.version, "earlier": list(appeal.evidence.all())}
    form = AppealForm(request.POST or None, request.FILES or None, evidence_of=_own_files(assessment), initial=initial)
    status: int = UNPROCESSABLE if request.method == "POST" else HTTPStatus.OK
    if request.method == "POST" and form.is_valid():
        try:
            services.change_appeal(
                appeal=appeal,
                text=form.cleaned_data["text"],
                evidence=keep_all(unit=assessment.unit, by=request.user, **_files(form)),
                expected_version=form.cleaned_data["version"] or 0,
                by=request.user,
            )
        except EvidenceRefused as refused:
            form.add_error("files", str(refused))
            status = status_of(refused)
        except services.AppealChanged as error:
            form.add_error(None, str(error))
            return _form_page(request, assessment, appeal.criterion, form, HTTPStatus.CONFLICT, stored=error.stored)
        except ActRefused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The appeal on %(code)s is changed.") % {"code": appeal.criterion.code})
            return redirect("assessments:appeals", pk=assessment.pk)
    return _form_page(request, assessment, appeal.criterion, form, status, appeal=appeal)


def _version(request: UserRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


@login_required
@require_POST
def appeal_withdraw(request: UserRequest, pk: int) -> HttpResponse:
    appeal = _appeal(request, pk)
    try:
        services.withdraw_appeal(appeal=appeal, expected_version=_version(request), by=request.user)
    except ActRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The appeal on %(code)s is withdrawn.") % {"code": appeal.criterion.code})
    return redirect("assessments:appeals", pk=appeal.assessment_id)


@login_required
@require_POST
def appeals_send(request: UserRequest, pk: int) -> HttpResponse:
    assessment = _sheet(request, pk, Act.APPEAL)
    try:
        sent = services.send_appeals(assessment=assessment, by=request.user)
    except ActRefused as error:
        messages.error(request, str(error))
    else:
        said = ngettext("%(count)d appeal is sent.", "%(count)d appeals are sent.", len(sent)) % {"count": len(sent)}
        messages.success(request, said)
    return redirect("assessments:appeals", pk=pk)


@login_required
@require_POST
def appeals_close(request: UserRequest, pk: int) -> HttpResponse:
    assessment = _sheet(request, pk)
    try:
        services.close_appeals(assessment=assessment, by=request.user)
    except ActRefused as error:
        messages.error(request, str(error))
    else:
        said = _("The appeals of %(unit)s are closed, and the unit is told.")
        messages.success(request, said % {"unit": assessment.unit.label})
    return redirect("assessments:appeals", pk=pk)


@login_required
@require_POST
def appeal_decide(request: UserRequest, pk: int) -> HttpResponse:
    """Uphold, wholly or in part, or reject: 422 with what is wrong, 409 where it was decided meanwhile."""
    appeal = _appeal(request, pk)
    assessment = appeal.assessment
    if not decides(request.user, assessment, assignments_of(assessment)):
        raise PermissionDenied
    form = OutcomeForm(request.POST, criterion=appeal.criterion)
    status = UNPROCESSABLE
    if form.is_valid():
        try:
            services.decide_appeal(
                appeal=appeal,
                state=form.cleaned_data["state"],
                outcome=form.cleaned_data["explanation"],
                answer=form.changed,
                expected_version=form.expected_version,
                by=request.user,
            )
        except scoring.InvalidAnswer as error:
            said = refusal_text(error)
        except (services.AppealChanged, StaleScore) as error:
            said, status = str(error), HTTPStatus.CONFLICT
        except ActRefused as error:
            said = str(error)
        else:
            messages.success(request, _("The appeal on %(code)s is decided.") % {"code": appeal.criterion.code})
            return redirect("assessments:appeals", pk=assessment.pk)
    else:
        said = _("Choose the outcome: upheld, upheld in part or rejected.") if "state" in form.errors else ""
        said = said or " ".join(str(each) for errors in form.errors.values() for each in errors)
    typed = (form.answer, request.POST.get("explanation", ""))
    chosen = request.POST.get("state", "")
    return _render(request, assessment, status, error=said, bad=appeal.pk, typed=typed, chosen=chosen)
