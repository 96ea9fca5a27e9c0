"""Pilot units of a plan: the survey, the choice, and each unit's way."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from plans.contexts.pilots import pilots_of, pilots_of_unit, row_of
from plans.forms.pilots import ChooseForm, PhaseForm, SurveyForm
from plans.models import PilotUnit, Plan
from plans.permissions import OPEN
from plans.services import OutsideThePlan, PlanIsClosed
from plans.services.pilots import (
    PilotChanged,
    PilotRefused,
    choose_pilots,
    end_with_units,
    record_survey,
    set_phase,
)
from units.access import allowed_units, get_allowed, holds_in
from units.http import UserRequest
from units.permissions import Permission

REFUSED = (PilotRefused, OutsideThePlan, PlanIsClosed)


def load_plan(request: UserRequest, pk: int, then: Permission | None = None) -> Plan:
    return get_allowed(Plan.objects.select_related("unit"), request.user, Permission.PLAN_VIEW, then, pk=pk)


@login_required
@require_safe
def pilot_list(request: UserRequest, pk: int) -> HttpResponse:
    """Asked for by the plan's page (htmx) it is the panel of that page."""
    plan = load_plan(request, pk)
    found = pilots_of(plan, request.user, on=timezone.localdate())
    context = {
        "plan": plan,
        "found": found,
        "is_open": plan.status in OPEN,
        "whole_side": holds_in(request.user, Permission.PLAN_VIEW, plan.unit),
    }
    return render(request, "pilots/list.html#panel" if request.htmx else "pilots/list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def pilot_survey(request: UserRequest, pk: int) -> HttpResponse:
    plan = load_plan(request, pk, Permission.PLAN_EDIT)
    initial = {}
    if known := PilotUnit.objects.filter(plan=plan, unit=given_id(request.GET.get("unit"))).first():
        initial = {"unit": known.unit_id, "score": known.survey_score, "note": known.survey_note}
    form = SurveyForm(request.POST if request.method == "POST" else None, plan=plan, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            pilot = record_survey(plan=plan, by=request.user, **form.cleaned_data)
        except REFUSED as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The survey of %(unit)s is saved.") % {"unit": pilot.unit.label})
            return redirect("plans:pilots", pk=pk)
    context = {"plan": plan, "form": form, "title": _("Record a survey")}
    return render(request, "pilots/survey.html", context, status=status_of(form))


def given_id(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None


def status_of(form) -> HTTPStatus:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


@login_required
@require_http_methods(["GET", "POST"])
def pilot_choose(request: UserRequest, pk: int) -> HttpResponse:
    plan = load_plan(request, pk, Permission.PLAN_EDIT)
    rows = pilots_of(plan, request.user, on=timezone.localdate()).undecided
    form = ChooseForm(request.POST if request.method == "POST" else None, plan=plan, rows=rows)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            chosen = choose_pilots(
                plan=plan,
                units=form.chosen(),
                decision=data["decision"],
                decided_on=data["decided_on"],
                by=request.user,
            )
        except REFUSED as refused:
            form.add_error(None, str(refused))
        else:
            said = ngettext("%(count)d unit is chosen and told.", "%(count)d units are chosen and told.", len(chosen))
            messages.success(request, said % {"count": len(chosen)})
            return redirect("plans:pilots", pk=pk)
    ticked = {str(value) for value in form["units"].value() or ()}
    context = {
        "plan": plan,
        "form": form,
        "rows": [(row, str(row.pilot.unit_id) in ticked) for row in rows],
    }
    return render(request, "pilots/choose.html", context, status=status_of(form))


@login_required
@require_POST
def pilot_end(request: UserRequest, pk: int) -> HttpResponse:
    plan = load_plan(request, pk, Permission.PLAN_EDIT)
    ended = end_with_units(plan=plan, by=request.user)
    said = ngettext("%(count)d pilot ended with its unit.", "%(count)d pilots ended with their units.", len(ended))
    messages.success(request, said % {"count": len(ended)})
    return redirect("plans:pilots", pk=pk)


@login_required
@require_http_methods(["GET", "POST"])
def pilot_detail(request: UserRequest, pk: int) -> HttpResponse:
    """One unit's way: its track, its history, and for the plan's own side the next phase."""
    pilots = PilotUnit.objects.allowed_to(request.user, Permission.PLAN_VIEW).select_related(
        "unit", "plan__unit", "task"
    )
    pilot = get_object_or_404(pilots, pk=pk)
    may_change = holds_in(request.user, Permission.PLAN_EDIT, pilot.plan.unit)
    row = row_of(pilot, on=timezone.localdate())
    moves = may_change and bool(row.next_phases) and pilot.plan.status != Plan.Status.CANCELLED
    form, status = (PhaseForm(row=row) if moves else None), HTTPStatus.OK
    if request.method == "POST":
        if not may_change:
            raise PermissionDenied
        given = request.POST.copy()
        form = PhaseForm(given, row=row)
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                set_phase(pilot=pilot, by=request.user, **form.cleaned_data)
            except PilotChanged as changed:
                form.add_error(None, str(changed))
                given["version"] = str(changed.pilot.version)
                row, status = row_of(changed.pilot, on=timezone.localdate()), HTTPStatus.CONFLICT
            except REFUSED as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, _("The phase is saved."))
                return redirect("plans:pilot", pk=pk)
    context = {"plan": pilot.plan, "row": row, "pilot": row.pilot, "form": form, "may_change": may_change}
    return render(request, "pilots/detail.html", context, status=status)


@login_required
@require_safe
def unit_pilots(request: UserRequest, pk: int) -> HttpResponse:
    """The panel of a unit's page."""
    unit = get_object_or_404(allowed_units(request.user, Permission.PLAN_VIEW), pk=pk)
    rows = pilots_of_unit(unit, request.user, on=timezone.localdate())
    return render(request, "pilots/unit.html", {"unit": unit, "rows": rows})
