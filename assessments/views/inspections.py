"""Pages of inspections: the list, planning one, its page, its team, the visits it plans."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.contexts.inspections import inspections_of, turnout_of, visit_lines, visits_of
from assessments.contexts.visits import inspects
from assessments.forms.inspection import (
    InspectionFilter,
    InspectionForm,
    TeamFormSet,
    VersionForm,
    VisitsForm,
    holders_of_inspections,
    members_of,
    team_people,
)
from assessments.models import Inspection, InspectionMember
from assessments.services.inspections import (
    InspectionClosed,
    InspectionRefused,
    StaleInspection,
    close_inspection,
    edit_inspection,
    plan_inspection,
    set_team,
)
from assessments.services.visits import add_visits
from assessments.views.ordering import PAGE_SIZE
from units.access import get_allowed, holds_in
from units.http import UserRequest
from units.permissions import Permission


def load_inspection(request: UserRequest, pk: int, then: Permission | None = None) -> Inspection:
    """404 where the person does not see the inspection, 403 where they may not do `then` for the unit that holds it."""
    inspections = Inspection.objects.select_related("unit", "plan", "criteria_set")
    return get_allowed(inspections, request.user, Permission.ASSESSMENT_VIEW, then, pk=pk)


def status_of(*forms) -> HTTPStatus:
    return HTTPStatus.UNPROCESSABLE_ENTITY if any(form.is_bound and form.errors for form in forms) else HTTPStatus.OK


def refuse(form, refused: InspectionRefused) -> None:
    """At the field that is to be mended, where the form has it."""
    form.add_error(refused.field if refused.field in form.fields else None, str(refused))


def over_version(form, version: int) -> None:
    """The refused form is saved again over the version that the person now has before their eyes."""
    form.data = form.data.copy()
    form.data["version"] = str(version)


def closed_already(request: UserRequest, inspection: Inspection) -> HttpResponse | None:
    if inspection.closed_at is None:
        return None
    messages.warning(request, str(InspectionClosed()))
    return redirect("assessments:inspection", pk=inspection.pk)


@login_required
@require_safe
def inspection_list(request: UserRequest) -> HttpResponse:
    rows = inspections_of(request.user)
    years = rows.order_by("-year").values_list("year", flat=True).distinct()
    form = InspectionFilter(request.GET, years=years)
    page = Paginator(form.narrow(rows).order_by("-year", "-starts_on", "-pk"), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    may_plan = holders_of_inspections(request.user).exists()
    context = {"form": form, "page": page, "may_plan": may_plan}
    return render(request, "assessments/inspections/list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def inspection_new(request: UserRequest) -> HttpResponse:
    units = holders_of_inspections(request.user)
    first = units.first()
    if first is None:
        raise PermissionDenied
    initial = {"unit": first, "year": timezone.localdate().year}
    form = InspectionForm(request.POST if request.method == "POST" else None, user=request.user, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            inspection = plan_inspection(unit=form.cleaned_data["unit"], by=request.user, **form.values)
        except InspectionRefused as refused:
            refuse(form, refused)
        else:
            messages.success(request, _("The inspection is planned. Now put its team together."))
            return redirect("assessments:inspection_team", pk=inspection.pk)
    return render(request, "assessments/inspections/form.html", {"form": form}, status=status_of(form))


@login_required
@require_http_methods(["GET", "POST"])
def inspection_edit(request: UserRequest, pk: int) -> HttpResponse:
    inspection = load_inspection(request, pk, Permission.INSPECT)
    if answer := closed_already(request, inspection):
        return answer
    given = request.POST if request.method == "POST" else None
    initial = InspectionForm.values_of(inspection)
    form = InspectionForm(given, user=request.user, inspection=inspection, initial=initial)
    stored = None
    if form.is_bound and form.is_valid():
        version = form.cleaned_data["version"] or 0
        try:
            edit_inspection(inspection=inspection, expected_version=version, by=request.user, **form.values)
        except StaleInspection as stale:
            refuse(form, stale)
            over_version(form, stale.stored.version)
            stored = stale.stored
        except InspectionRefused as refused:
            refuse(form, refused)
        else:
            messages.success(request, _("The inspection is saved."))
            return redirect("assessments:inspection", pk=pk)
    context = {"form": form, "inspection": inspection, "stored": stored}
    status = HTTPStatus.CONFLICT if stored else status_of(form)
    return render(request, "assessments/inspections/form.html", context, status=status)


@login_required
@require_safe
def inspection_detail(request: UserRequest, pk: int) -> HttpResponse:
    return show(request, load_inspection(request, pk))


def show(request: UserRequest, inspection: Inspection, status: int = HTTPStatus.OK, refused: str = "") -> HttpResponse:
    visits = visits_of(inspection, request.user)
    page = Paginator(visits.order_by("planned_on", "unit__name", "pk"), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "inspection": inspection,
        "members": list(inspection.members.all()),
        "turnout": turnout_of(visits),
        "page": page,
        "lines": visit_lines(list(page), request.user),
        "inspects": inspects(request.user, inspection),
        "may_report": holds_in(request.user, Permission.REPORT_REQUEST, inspection.unit),
        "refused": refused,
    }
    return render(request, "assessments/inspections/page.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def inspection_team(request: UserRequest, pk: int) -> HttpResponse:
    inspection = load_inspection(request, pk, Permission.INSPECT)
    if answer := closed_already(request, inspection):
        return answer
    stored = list(inspection.members.all())
    initial = [{"place": each.place, "user": each.user_id, "name": each.name, "office": each.office} for each in stored]
    if not initial:
        initial = [{"place": place} for place in (InspectionMember.Place.HEAD, InspectionMember.Place.SECRETARY)]
    given = request.POST if request.method == "POST" else None
    people = team_people(inspection)
    formset: Any = TeamFormSet(given, initial=initial, prefix="team", form_kwargs={"people": people})
    form = VersionForm(given, initial={"version": inspection.version})
    status = HTTPStatus.OK
    if given is not None:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        # Every line is read, changed or not: the team is sent as a whole.
        if formset.is_valid() and form.is_valid():
            try:
                set_team(
                    inspection=inspection,
                    members=members_of(formset),
                    expected_version=form.cleaned_data["version"],
                    by=request.user,
                )
            except StaleInspection as stale:
                refuse(form, stale)
                over_version(form, stale.stored.version)
                status = HTTPStatus.CONFLICT
            except InspectionRefused as refused:
                refuse(form, refused)
            else:
                messages.success(request, _("The team is saved."))
                return redirect("assessments:inspection", pk=pk)
    context = {
        "formset": formset,
        "form": form,
        "inspection": inspection,
        "members": stored if status == HTTPStatus.CONFLICT else [],
    }
    return render(request, "assessments/inspections/team.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def inspection_visits(request: UserRequest, pk: int) -> HttpResponse:
    inspection = load_inspection(request, pk, Permission.INSPECT)
    if answer := closed_already(request, inspection):
        return answer
    given = request.POST if request.method == "POST" else None
    form = VisitsForm(given, inspection=inspection, initial={"planned_on": inspection.starts_on})
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        try:
            visits = add_visits(
                inspection=inspection,
                units=form.chosen,
                form=data["form"],
                planned_on=data["planned_on"],
                by=request.user,
            )
        except InspectionRefused as refused:
            refuse(form, refused)
        else:
            said = ngettext(
                "%(count)s visit is planned, and the unit is told.",
                "%(count)s visits are planned, and the units are told.",
                len(visits),
            )
            messages.success(request, said % {"count": len(visits)})
            return redirect("assessments:inspection", pk=pk)
    context = {"form": form, "inspection": inspection}
    return render(request, "assessments/inspections/visits.html", context, status=status_of(form))


@login_required
@require_POST
def inspection_close(request: UserRequest, pk: int) -> HttpResponse:
    inspection = load_inspection(request, pk, Permission.INSPECT)
    form = VersionForm(request.POST)
    version = form.cleaned_data["version"] if form.is_valid() else 0
    try:
        close_inspection(inspection=inspection, expected_version=version, by=request.user)
    except InspectionRefused as refused:
        return show(request, load_inspection(request, pk), HTTPStatus.CONFLICT, str(refused))
    messages.success(request, _("The inspection is closed."))
    return redirect("assessments:inspection", pk=pk)
