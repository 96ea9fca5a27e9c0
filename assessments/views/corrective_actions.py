"""The list of corrective actions, raising one or many, and one with its way from raised to closed."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.contexts.corrective_actions import action_page, action_row, ageing, holds_for, may_raise
from assessments.forms.corrective_actions import (
    BelowForm,
    CancelForm,
    CheckForm,
    CorrectiveActionFilter,
    PlanForm,
    RaiseForm,
    ReportForm,
    raising_units,
)
from assessments.models import Assessment, CorrectiveAction, Criterion, Finding
from assessments.permissions import CORRECTION_OPEN, RESULT_SHOWN, CorrectionAct
from assessments.services import correcting
from assessments.services import corrective_actions as raising
from plans.models import Evidence
from plans.services.evidence import EvidenceRefused, keep_all
from plans.views.evidence import status_of
from units.access import allowed_units, get_allowed
from units.http import UserRequest
from units.permissions import Permission

PER_PAGE = 25
SORTS = {"due": "due_on", "raised": "raised_at", "unit": "unit__name", "number": "number"}
FORMS: dict[str, Any] = {"plan": PlanForm, "report": ReportForm, "check": CheckForm, "cancel": CancelForm}
NEEDS = {
    "plan": CorrectionAct.PLAN,
    "report": CorrectionAct.REPORT,
    "check": CorrectionAct.EFFECTIVE,
    "cancel": CorrectionAct.CANCEL,
}
DONE = {
    "plan": gettext_lazy("The plan is saved."),
    "report": gettext_lazy("It is reported as done. Those who check it are told."),
    "check": gettext_lazy("The check is recorded, and the unit is told."),
    "cancel": gettext_lazy("The corrective action is cancelled."),
}


def load_action(request: UserRequest, pk: int) -> CorrectiveAction:
    actions = CorrectiveAction.objects.select_related(
        "unit", "assessment__round", "criterion", "finding__visit__inspection", "raised_by"
    )
    return get_allowed(actions, request.user, Permission.ASSESSMENT_VIEW, pk=pk)


@login_required
@require_safe
def corrective_action_list(request: UserRequest) -> HttpResponse:
    today = timezone.localdate()
    visible = CorrectiveAction.objects.allowed_to(request.user, Permission.ASSESSMENT_VIEW)
    found = CorrectiveActionFilter(request.GET, queryset=visible, request=request)
    sort = request.GET.get("sort", "")
    name = SORTS.get(sort.lstrip("-"), "due_on")
    column = F(name)
    # What has no day yet comes last either way.
    order = column.desc(nulls_last=True) if sort.startswith("-") else column.asc(nulls_last=True)
    rows = found.qs.select_related("unit", "criterion").order_by(order, "pk")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    waiting = visible.filter(state__in=CORRECTION_OPEN).only("state", "raised_at", "due_on", "closed_at")
    waiting_rows = [action_row(each, today=today) for each in waiting.order_by()]
    context = {
        "filter": found,
        "page": page,
        "rows": [action_row(each, today=today) for each in page],
        "ageing": ageing(waiting_rows),
        "late": sum(row.is_late for row in waiting_rows),
        "may_raise": raising_units(request.user).exists(),
        "report_unit": allowed_units(request.user, Permission.REPORT_VIEW).order_by("path").first(),
    }
    return render(request, "assessments/corrective_actions/list.html", context)


def _number(request: UserRequest, name: str) -> int:
    """An id from the address; 0, which nothing has, for anything else."""
    key = request.GET.get(name, "")
    return int(key) if key.isascii() and key.isdigit() and len(key) < 19 else 0


def _subject(request: UserRequest) -> dict[str, Any]:
    """?assessment=&criterion= or ?finding=: what it is raised from; 404 where that is not visible."""
    if "finding" in request.GET:
        findings = Finding.objects.select_related("visit__unit", "visit__inspection")
        finding = get_allowed(findings, request.user, Permission.ASSESSMENT_VIEW, pk=_number(request, "finding"))
        return {"finding": finding, "unit": finding.visit.unit, "title": finding.text[:300]}
    if "assessment" in request.GET:
        sheets = Assessment.objects.with_sheet_head()
        sheet = get_allowed(sheets, request.user, Permission.ASSESSMENT_VIEW, pk=_number(request, "assessment"))
        criteria = Criterion.objects.exclude(scoring=Criterion.Scoring.GROUP)
        criterion = get_object_or_404(
            criteria, pk=_number(request, "criterion"), criteria_set=sheet.round.criteria_set_id
        )
        title = f"{criterion.code} {criterion.title}"[:300]
        return {"assessment": sheet, "criterion": criterion, "unit": sheet.unit, "title": title}
    return {"unit": None, "title": ""}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def corrective_action_new(request: UserRequest) -> HttpResponse:
    subject = _subject(request)
    if subject["unit"] and not may_raise(request.user, subject["unit"]):
        raise PermissionDenied
    if not subject["unit"] and not raising_units(request.user).exists():
        raise PermissionDenied
    of = {name: subject[name] for name in ("assessment", "criterion", "finding") if name in subject}
    if of and (existing := CorrectiveAction.objects.filter(**of).exclude(state="cancelled").first()):
        messages.info(request, str(raising.AlreadyRaised(existing)))
        return redirect("assessments:corrective_action", pk=existing.pk)
    form = RaiseForm(
        request.POST if request.method == "POST" else None,
        user=None if subject["unit"] else request.user,
        initial={"title": subject["title"]},
    )
    status: int = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                action = _raise(request, of, form.cleaned_data)
            except raising.CorrectionRefused as refused:
                form.add_error(None, str(refused))
            else:
                said = _("%(number)s is raised. The unit is told.") % {"number": action.reference}
                messages.success(request, said)
                return redirect("assessments:corrective_action", pk=action.pk)
    sheet = subject.get("assessment")
    context = subject | {"form": form, "not_told": sheet is not None and sheet.state not in RESULT_SHOWN}
    return render(request, "assessments/corrective_actions/new.html", context, status=status)


def _raise(request: UserRequest, of: dict[str, Any], data: dict[str, Any]) -> CorrectiveAction:
    if "finding" in of:
        return raising.raise_from_finding(**of, **data, by=request.user)
    if "assessment" in of:
        return raising.raise_from_score(**of, **data, by=request.user)
    return raising.raise_by_hand(**data, by=request.user)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sheet_corrections(request: UserRequest, pk: int) -> HttpResponse:
    """Raise for every result of a sheet below so many per cent; what was done is shown row by row."""
    sheets = Assessment.objects.with_sheet_head()
    sheet = get_allowed(sheets, request.user, Permission.ASSESSMENT_VIEW, pk=pk)
    if not may_raise(request.user, sheet.unit):
        raise PermissionDenied
    told = sheet.state in RESULT_SHOWN
    form = BelowForm(request.POST if request.method == "POST" else None)
    rows = None
    status: int = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                rows = raising.raise_below(assessment=sheet, by=request.user, **form.cleaned_data)
                status = HTTPStatus.OK
            except raising.CorrectionRefused as refused:
                form.add_error(None, str(refused))
                status = HTTPStatus.CONFLICT
    context = {"assessment": sheet, "form": form, "rows": rows, "told": told}
    context["new"] = sum(row.is_new for row in rows or ())
    return render(request, "assessments/corrective_actions/sheet.html", context, status=status)


@login_required
@require_safe
def corrective_action(request: UserRequest, pk: int) -> HttpResponse:
    return show(request, load_action(request, pk))


def show(request: UserRequest, action: CorrectiveAction, status: int = HTTPStatus.OK, refused=None) -> HttpResponse:
    """One corrective action; a form that was refused comes back in `refused` with what was typed."""
    page = action_page(action=action, user=request.user)
    forms = {act: form_of(action, act) for act, needs in NEEDS.items() if needs in page.may}
    act, form = refused or ("", None)
    if act:
        forms[act] = form
    context = {"page": page, "action": action, "forms": forms, "opened": act}
    context["sees_finding"] = may_see_visit(request, action)
    return render(request, "assessments/corrective_actions/detail.html", context, status=status)


def may_see_visit(request: UserRequest, action: CorrectiveAction) -> bool:
    findings = Finding.objects.allowed_to(request.user, Permission.ASSESSMENT_VIEW)
    return action.finding_id is not None and findings.filter(pk=action.finding_id).exists()


def form_of(action: CorrectiveAction, act: str, given: tuple[Any, ...] = ()) -> Any:
    initial: dict[str, Any] = {"version": action.version}
    common: dict[str, Any] = {"initial": initial, "auto_id": f"{act}_%s"}
    if act == "plan":
        initial |= {name: getattr(action, name) for name in ("cause", "correction", "owner", "due_on")}
        initial["measure"] = action.action
    if act == "report":
        initial["done_on"] = timezone.localdate()
    if act in {"report", "check"}:
        common["evidence_of"] = Evidence.objects.kept().filter(unit=action.unit)
    return FORMS[act](*given, **common)


@login_required
@require_POST
def corrective_action_act(request: UserRequest, pk: int, act: str) -> HttpResponse:
    action = load_action(request, pk)
    if act not in FORMS:
        raise Http404
    if not holds_for(request.user, NEEDS[act], action.unit):
        raise PermissionDenied
    form = form_of(action, act, (request.POST, request.FILES))
    status: int = HTTPStatus.UNPROCESSABLE_ENTITY
    if form.is_valid():
        try:
            carry_out(request, action, act, dict(form.cleaned_data))
        except EvidenceRefused as refused:
            form.add_error("files", str(refused))
            status = status_of(refused)
        except (correcting.StaleCorrectiveAction, correcting.WrongCorrectionState) as refused:
            form.add_error(None, str(refused))
            status = HTTPStatus.CONFLICT
        except raising.CorrectionRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, str(DONE[act]))
            return redirect("assessments:corrective_action", pk=pk)
        # Sent again, it goes on top of what happened meanwhile, which the page now shows.
        form.data = form.data.copy()
        form.data["version"] = str(CorrectiveAction.objects.values_list("version", flat=True).get(pk=pk))
    return show(request, load_action(request, pk), status, refused=(act, form))


def carry_out(request: UserRequest, action: CorrectiveAction, act: str, data: dict[str, Any]) -> None:
    by = request.user
    data["expected_version"] = data.pop("version")
    files, earlier = data.pop("files", []), list(data.pop("earlier", []))
    if files or earlier:
        data["evidence"] = keep_all(unit=action.unit, files=files, earlier=earlier, by=by)
    services: dict[str, Callable[..., Any]] = {
        "plan": correcting.plan_correction,
        "report": correcting.report_correction,
        "check": correcting.check_correction,
        "cancel": correcting.cancel_correction,
    }
    services[act](action=action, by=by, **data)
