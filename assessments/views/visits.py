"""One visit on its page with its three tabs, and the forms that move it on."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assessments.contexts.visit_page import visit_page
from assessments.contexts.visits import holds_for_visit, may_visit
from assessments.forms.inspection import CancelVisitForm, HoldForm, MoveForm, VisitMinutesForm
from assessments.models import Visit
from assessments.permissions import VisitAct
from assessments.services.inspections import InspectionClosed, InspectionRefused
from assessments.services.minutes import draw_up_minutes, write_minutes
from assessments.services.visits import NotInThisVisitState, StaleVisit, cancel_visit, hold_visit, move_visit
from assessments.views.inspections import over_version, refuse, status_of
from units.access import get_allowed
from units.http import UserRequest
from units.permissions import Permission

ONE_VISIT = Visit.objects.select_related("unit", "inspection__unit", "inspection__criteria_set", "signed_copy")


def load_visit(request: UserRequest, pk: int, act: VisitAct | None = None) -> Visit:
    """404 where the person does not see the visit, 403 where they have not the right to do `act`."""
    visit = get_allowed(ONE_VISIT, request.user, Permission.ASSESSMENT_VIEW, pk=pk)
    if act and not holds_for_visit(request.user, act, visit):
        raise PermissionDenied
    return visit


def too_late(request: UserRequest, visit: Visit, act: VisitAct) -> HttpResponse | None:
    """Back to the visit with a word, where its state does not take the act any more."""
    if may_visit(request.user, act, visit):
        return None
    closed = visit.inspection.closed_at is not None
    messages.warning(request, str(InspectionClosed() if closed else NotInThisVisitState(visit)))
    return redirect("assessments:visit", pk=visit.pk)


@login_required
@require_safe
def visit_detail(request: UserRequest, pk: int, tab: str = "checklist") -> HttpResponse:
    return show(request, load_visit(request, pk), tab)


def show(request: UserRequest, visit: Visit, tab: str, status: int = HTTPStatus.OK, **refused: Any) -> HttpResponse:
    """The page of one visit; a form that was refused comes back in `refused` with what was typed."""
    page = visit_page(visit, request.user, tab)
    context = {
        "page": page,
        "visit": visit,
        "inspection": visit.inspection,
        "tabs": tabs_of(page),
        "tab": tab,
        "minutes_form": VisitMinutesForm(initial=_minutes_of(visit)) if VisitAct.WRITE in page.may else None,
        **refused,
    }
    return render(request, "assessments/inspections/visit.html", context, status=status)


def tabs_of(page) -> list[dict[str, Any]]:
    pk = page.visit.pk
    names = [
        ("checklist", _("Checklist"), "assessments:visit", page.questions),
        ("findings", _("Findings"), "assessments:visit_findings", page.finding_count),
        ("minutes", _("Minutes"), "assessments:visit_minutes", None),
    ]
    return [
        {"label": label, "url": reverse(name, args=[pk]), "current": key == page.tab, "count": count}
        for key, label, name, count in names
    ]


def _minutes_of(visit: Visit) -> dict[str, Any]:
    return {name: getattr(visit, name) for name in ("conclusion", "requests", "opinion", "version")}


def change(request: UserRequest, visit: Visit, form, template: str, save: Callable[[], Visit], done: str):
    """One form that changes a visit: 409 with what is stored where somebody was faster, 422 where it is refused."""
    stored = None
    if form.is_bound and form.is_valid():
        try:
            save()
        except StaleVisit as stale:
            refuse(form, stale)
            over_version(form, stale.visit.version)
            stored = stale.visit
        except InspectionRefused as refused:
            refuse(form, refused)
        else:
            messages.success(request, done)
            return redirect("assessments:visit", pk=visit.pk)
    context = {"form": form, "visit": visit, "inspection": visit.inspection, "stored": stored}
    status = HTTPStatus.CONFLICT if stored else status_of(form)
    return render(request, f"assessments/inspections/{template}.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def visit_move(request: UserRequest, pk: int) -> HttpResponse:
    visit = load_visit(request, pk, VisitAct.MOVE)
    if request.method != "POST" and (answer := too_late(request, visit, VisitAct.MOVE)):
        return answer
    initial = {name: getattr(visit, name) for name in ("planned_on", "form", "place", "version")}
    form = MoveForm(request.POST if request.method == "POST" else None, initial=initial)

    def save() -> Visit:
        data = dict(form.cleaned_data)
        return move_visit(visit=visit, expected_version=data.pop("version"), by=request.user, **data)

    return change(request, visit, form, "move", save, _("The visit is moved, and the unit is told."))


@login_required
@require_http_methods(["GET", "POST"])
def visit_cancel(request: UserRequest, pk: int) -> HttpResponse:
    visit = load_visit(request, pk, VisitAct.CANCEL)
    if request.method != "POST" and (answer := too_late(request, visit, VisitAct.CANCEL)):
        return answer
    form = CancelVisitForm(request.POST if request.method == "POST" else None, initial={"version": visit.version})

    def save() -> Visit:
        data = form.cleaned_data
        return cancel_visit(visit=visit, reason=data["reason"], expected_version=data["version"], by=request.user)

    return change(request, visit, form, "cancel", save, _("The visit is cancelled, and the unit is told."))


@login_required
@require_http_methods(["GET", "POST"])
def visit_hold(request: UserRequest, pk: int) -> HttpResponse:
    visit = load_visit(request, pk, VisitAct.HOLD)
    if request.method != "POST" and (answer := too_late(request, visit, VisitAct.HOLD)):
        return answer
    names = ("starts_at", "ends_at", "place", "hosts", "version")
    initial = {name: getattr(visit, name) for name in names}
    form = HoldForm(request.POST if request.method == "POST" else None, initial=initial)

    def save() -> Visit:
        data = dict(form.cleaned_data)
        return hold_visit(visit=visit, expected_version=data.pop("version"), by=request.user, **data)

    return change(request, visit, form, "hold", save, _("The visit is recorded as held."))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def visit_minutes(request: UserRequest, pk: int) -> HttpResponse:
    """POST keeps what is written; with the button `draw_up` the minutes are drawn up."""
    if request.method != "POST":
        return show(request, load_visit(request, pk), "minutes")
    visit = load_visit(request, pk, VisitAct.WRITE)
    form, stored = VisitMinutesForm(request.POST), None
    if form.is_valid():
        data = dict(form.cleaned_data)
        version = data.pop("version")
        save = draw_up_minutes if "draw_up" in request.POST else write_minutes
        try:
            save(visit=visit, expected_version=version, by=request.user, **data)
        except StaleVisit as stale:
            refuse(form, stale)
            over_version(form, stale.visit.version)
            stored = stale.visit
        except InspectionRefused as refused:
            refuse(form, refused)
        else:
            told = _("The minutes are drawn up, and the unit is told.") if "draw_up" in request.POST else _("Saved.")
            messages.success(request, told)
            return redirect("assessments:visit_minutes", pk=pk)
    status = HTTPStatus.CONFLICT if stored else HTTPStatus.UNPROCESSABLE_ENTITY
    return show(request, load_visit(request, pk), "minutes", status, minutes_form=form, stored=stored)
