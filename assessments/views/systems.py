"""Quality management systems: the list, one with its life, the steps and declarations; who is obliged to have one."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.contexts.systems import may_edit, system_page, system_rows
from assessments.forms.systems import (
    BeginForm,
    DeclareForm,
    EndObligationForm,
    ObligationForm,
    PlanStepForm,
    StepForm,
    SystemFilter,
)
from assessments.models import Obligation, Qms
from assessments.services import systems as services
from assessments.services.declarations import declare
from assessments.services.obligations import ObligationRefused, end_obligation, set_obligation
from plans.models import Evidence
from plans.services.evidence import EvidenceRefused, keep_all
from plans.views.evidence import status_of
from units.access import allowed_units, get_allowed, holds, holds_in
from units.http import UserRequest
from units.models import Unit
from units.permissions import Permission

PER_PAGE = 25
FORMS: dict[str, Any] = {"plan": PlanStepForm, "record": StepForm, "declare": DeclareForm, "redeclare": DeclareForm}
DONE = {
    "plan": gettext_lazy("The step is planned."),
    "record": gettext_lazy("The step is recorded."),
    "declare": gettext_lazy("The declaration is recorded."),
    "redeclare": gettext_lazy("The declaration is recorded; it supersedes the one before."),
}


@login_required
@require_safe
def system_list(request: UserRequest) -> HttpResponse:
    visible = Qms.objects.allowed_to(request.user, Permission.ASSESSMENT_VIEW)
    found = SystemFilter(request.GET, queryset=visible, request=request)
    rows = system_rows(found.qs.order_by("unit__path", "standard"), today=timezone.localdate())
    shown = found.narrowed(rows)
    context = {
        "filter": found,
        "page": Paginator(shown, PER_PAGE).get_page(request.GET.get("page")),
        "late": sum(row.is_late for row in rows),
        "may_begin": holds(request.user, Permission.QMS_EDIT),
        "report_unit": allowed_units(request.user, Permission.REPORT_VIEW).order_by("path").first(),
    }
    return render(request, "assessments/systems/list.html", context)


@login_required
@require_safe
def unit_systems(request: UserRequest, pk: int) -> HttpResponse:
    """The systems of a unit: a part of its page, asked for by its address. Nothing where there is none to see."""
    unit = get_object_or_404(allowed_units(request.user, Permission.UNIT_VIEW), pk=pk)
    visible = Qms.objects.allowed_to(request.user, Permission.ASSESSMENT_VIEW).filter(unit=unit)
    rows = system_rows(visible, today=timezone.localdate())
    return render(request, "assessments/systems/_unit.html", {"rows": rows, "unit": unit})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def system_new(request: UserRequest) -> HttpResponse:
    if not holds(request.user, Permission.QMS_EDIT):
        raise PermissionDenied
    form = BeginForm(request.POST if request.method == "POST" else None, user=request.user)
    status: int = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                qms = services.begin_system(**form.cleaned_data, by=request.user)
            except services.SystemRefused as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, _("The system is begun. Plan and record its steps."))
                return redirect("assessments:system", pk=qms.pk)
    return render(request, "assessments/systems/new.html", {"form": form}, status=status)


def load_system(request: UserRequest, pk: int) -> Qms:
    return get_allowed(Qms.objects.select_related("unit", "standard"), request.user, Permission.ASSESSMENT_VIEW, pk=pk)


@login_required
@require_safe
def system(request: UserRequest, pk: int) -> HttpResponse:
    return show(request, load_system(request, pk))


def show(request: UserRequest, qms: Qms, status: int = HTTPStatus.OK, refused=None) -> HttpResponse:
    """One system; a form that was refused comes back in `refused` with what was typed."""
    page = system_page(qms=qms, user=request.user)
    acts = ["record", "plan", "redeclare" if page.row.declaration else "declare"] if page.may_edit else []
    forms = {act: form_of(qms, act) for act in acts}
    act, form = refused or ("", None)
    if act:
        forms[act] = form
    context = {"page": page, "qms": qms, "forms": forms, "opened": act}
    return render(request, "assessments/systems/detail.html", context, status=status)


def form_of(qms: Qms, act: str, given: tuple[Any, ...] = ()) -> Any:
    initial: dict[str, Any] = {"version": qms.version}
    common: dict[str, Any] = {"initial": initial, "auto_id": f"{act}_%s"}
    if act != "plan":
        common["evidence_of"] = Evidence.objects.kept().filter(unit=qms.unit)
    if act in {"declare", "redeclare"}:
        initial["scope"] = qms.scope
        common["again"] = act == "redeclare"
    return FORMS[act](*given, **common)


@login_required
@require_POST
def system_act(request: UserRequest, pk: int, act: str) -> HttpResponse:
    qms = load_system(request, pk)
    if act not in FORMS:
        raise Http404
    if not may_edit(request.user, qms.unit):
        raise PermissionDenied
    form = form_of(qms, act, (request.POST, request.FILES))
    status: int = HTTPStatus.UNPROCESSABLE_ENTITY
    if form.is_valid():
        try:
            carry_out(request, qms, act, dict(form.cleaned_data))
        except EvidenceRefused as refused:
            form.add_error("files", str(refused))
            status = status_of(refused)
        except (services.StaleSystem, services.SystemEnded) as refused:
            form.add_error(None, str(refused))
            status = HTTPStatus.CONFLICT
        except services.SystemRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, str(DONE[act]))
            return redirect("assessments:system", pk=pk)
        # Sent again, it goes on top of what happened meanwhile, which the page now shows.
        form.data = form.data.copy()
        form.data["version"] = str(Qms.objects.values_list("version", flat=True).get(pk=pk))
    return show(request, load_system(request, pk), status, refused=(act, form))


def carry_out(request: UserRequest, qms: Qms, act: str, data: dict[str, Any]) -> None:
    by = request.user
    data["expected_version"] = data.pop("version")
    files, earlier = data.pop("files", []), list(data.pop("earlier", []))
    kept = keep_all(unit=qms.unit, files=files, earlier=earlier, by=by) if files or earlier else []
    if act == "plan":
        services.plan_step(qms=qms, by=by, **data)
    elif act == "record":
        services.record_step(qms=qms, by=by, evidence=kept, **data)
    else:
        declare(qms=qms, by=by, file=kept[0] if kept else None, again=act == "redeclare", **data)


def _province(request: UserRequest) -> Unit | None:
    """The province whose rules the person keeps, None for who only reads them."""
    roots = {each.unit.root_path for each in request.user.held_roles}
    for province in Unit.objects.filter(path__in=roots).order_by("path"):
        if holds_in(request.user, Permission.ROUND_MANAGE, province):
            return province
    return None


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def obligations(request: UserRequest) -> HttpResponse:
    """Which kinds of units, and which single ones, must or should apply a standard, and since when."""
    province = _province(request)
    if request.method == "POST" and province is None:
        raise PermissionDenied
    form = None
    status: int = HTTPStatus.OK
    if province is not None:
        form = ObligationForm(request.POST if request.method == "POST" else None, province=province)
    if request.method == "POST" and province is not None and form is not None:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                set_obligation(province=province, by=request.user, **form.cleaned_data)
            except ObligationRefused as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, _("The rule is saved."))
                return redirect("assessments:obligations")
    rules = Obligation.objects.allowed_to(request.user, Permission.ASSESSMENT_VIEW).select_related("unit", "province")
    today = timezone.localdate()
    rows = [(rule, rule.valid_from <= today and (rule.valid_to is None or today <= rule.valid_to)) for rule in rules]
    context = {"rows": rows, "form": form, "province": province, "end_form": EndObligationForm()}
    return render(request, "assessments/systems/obligations.html", context, status=status)


@login_required
@require_POST
def obligation_end(request: UserRequest, pk: int) -> HttpResponse:
    rules = Obligation.objects.allowed_to(request.user, Permission.ASSESSMENT_VIEW).select_related("province")
    rule = get_object_or_404(rules, pk=pk)
    if not holds_in(request.user, Permission.ROUND_MANAGE, rule.province):
        raise PermissionDenied
    form = EndObligationForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Give the last day on which the rule holds."))
        return redirect("assessments:obligations")
    try:
        end_obligation(obligation=rule, by=request.user, **form.cleaned_data)
    except ObligationRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(
            request, _("The rule ends on %(day)s.") % {"day": form.cleaned_data["valid_to"].strftime("%d/%m/%Y")}
        )
    return redirect("assessments:obligations")
