"""The plans of units under a plan: who has issued theirs, and starting or linking one."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from plans.contexts.sub_plans import DONE, MISSING, NOT_ISSUED, sub_plans_of
from plans.forms.sub_plans import ParentForm
from plans.models import Plan
from plans.permissions import OPEN
from plans.services import PlanIsClosed
from plans.services.sub_plans import SubPlanExists, SubPlanRefused, put_under, start_sub_plan
from units.access import allowed_units, get_allowed, holds_in
from units.http import UserRequest
from units.permissions import Permission


@login_required
@require_safe
def sub_plan_list(request: UserRequest, pk: int) -> HttpResponse:
    """Asked for by the plan's page (htmx) it is the panel of that page."""
    plan = get_allowed(Plan.objects.select_related("unit"), request.user, Permission.PLAN_VIEW, pk=pk)
    found = sub_plans_of(plan, request.user)
    state = request.GET.get("state", "")
    choices = [
        ("", _("All"), len(found.rows)),
        (NOT_ISSUED, _("Not issued yet"), found.not_issued),
        (MISSING, _("Not begun"), found.missing),
        (DONE, _("Issued"), found.issued),
    ]
    context = {
        "plan": plan,
        "found": found,
        "rows": found.narrowed(state),
        "state": state,
        "may_start": plan.status in OPEN,
        "whole_side": holds_in(request.user, Permission.PLAN_VIEW, plan.unit),
        "segments": [
            {"label": f"{label} ({count})", "url": f"?state={name}" if name else "?", "current": name == state}
            for name, label, count in choices
        ],
    }
    template = "sub_plans/list.html#panel" if request.htmx else "sub_plans/list.html"
    return render(request, template, context)


@login_required
@require_POST
def sub_plan_start(request: UserRequest, pk: int, unit_pk: int) -> HttpResponse:
    parent = get_allowed(Plan.objects.select_related("unit"), request.user, Permission.PLAN_VIEW, pk=pk)
    unit = get_object_or_404(allowed_units(request.user, Permission.PLAN_EDIT), pk=unit_pk)
    try:
        plan = start_sub_plan(parent=parent, unit=unit, by=request.user)
    except SubPlanExists as refused:
        messages.warning(request, str(refused))
        return redirect("plans:detail", pk=refused.plan.pk)
    except (SubPlanRefused, PlanIsClosed) as refused:
        messages.warning(request, str(refused))
        return redirect("plans:sub_plans", pk=pk)
    messages.success(request, _("The draft is made with the tasks your unit performs. Complete it, then submit it."))
    return redirect("plans:detail", pk=plan.pk)


@login_required
@require_http_methods(["GET", "POST"])
def plan_parent(request: UserRequest, pk: int) -> HttpResponse:
    plans = Plan.objects.select_related("unit", "parent")
    plan = get_allowed(plans, request.user, Permission.PLAN_VIEW, Permission.PLAN_EDIT, pk=pk)
    parents = Plan.objects.allowed_to(request.user, Permission.PLAN_VIEW).filter(status__in=OPEN)
    parents = parents.exclude(unit=plan.unit).exclude(parent=plan).select_related("unit").order_by("-issue_year", "pk")
    given = request.POST if request.method == "POST" else None
    form = ParentForm(given, parents=parents, initial={"parent": plan.parent_id})
    if request.method == "POST" and form.is_valid():
        try:
            put_under(plan=plan, parent=form.cleaned_data["parent"], by=request.user)
        except (SubPlanRefused, PlanIsClosed) as refused:
            form.add_error("parent", str(refused))
        else:
            messages.success(request, _("Saved which plan it carries out."))
            return redirect("plans:detail", pk=pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "sub_plans/parent.html", {"plan": plan, "form": form}, status=status)
