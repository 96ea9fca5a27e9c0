"""When the units of a plan report, and who has: settings and periods of a plan, the completeness board, one cell."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from plans.access import rights_on
from plans.contexts.completeness import SIGNS, WORDS, Board, completeness
from plans.contexts.due import due_items
from plans.forms.reporting import AskForm, ExceptionForm, ReportingForm
from plans.models import DueReport, Plan, ProgressUpdate, ReportingPeriod
from plans.services import PlanIsClosed
from plans.services import reporting as services
from units.access import allowed_units, get_allowed, holds
from units.http import UserRequest
from units.permissions import Permission

REFUSED = (services.ReportingRefused, PlanIsClosed)


@login_required
@require_http_methods(["GET", "POST"])
def plan_reporting(request: UserRequest, pk: int) -> HttpResponse:
    """How often units report, the periods there are, a period of one's own choosing."""
    plan = get_allowed(
        Plan.objects.select_related("unit"), request.user, Permission.PLAN_VIEW, Permission.PLAN_EDIT, pk=pk
    )
    asks = request.POST.get("act") == "ask"
    form = ReportingForm(
        request.POST if request.method == "POST" and not asks else None,
        initial={"reporting": plan.reporting, "days": plan.reporting_days},
    )
    ask_form = AskForm(request.POST if asks else None, auto_id="ask_%s")
    chosen = ask_form if asks else form
    if request.method == "POST" and chosen.is_valid():
        try:
            said = ask(request, plan, ask_form) if asks else set_up(request, plan, form)
        except REFUSED as refused:
            chosen.add_error(None, str(refused))
        else:
            messages.success(request, said)
            return redirect("plans:reporting", pk=plan.pk)
    periods = plan.periods.annotate(
        total=Count("due_reports", filter=Q(due_reports__task__is_cancelled=False)),
        accepted=Count("due_reports", filter=Q(due_reports__latest__state=ProgressUpdate.State.ACCEPTED)),
    ).order_by("-start", "-pk")
    context = {"plan": plan, "form": form, "ask_form": ask_form, "periods": list(periods)}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if chosen.errors else HTTPStatus.OK
    return render(request, "plans/plan_reporting.html", context, status=status)


def set_up(request: UserRequest, plan: Plan, form: ReportingForm) -> str:
    services.set_reporting(plan=plan, by=request.user, **form.cleaned_data)
    made = services.make_periods(plan=plan, by=request.user)
    if not made.reports:
        return _("Saved. Nothing new is due.")
    words = ngettext("Saved. %(count)s new report is due.", "Saved. %(count)s new reports are due.", made.reports)
    return words % {"count": made.reports}


def ask(request: UserRequest, plan: Plan, form: AskForm) -> str:
    period = services.ask_for_reports(plan=plan, by=request.user, **form.cleaned_data)
    return _("The units were asked for: %(period)s.") % {"period": period}


@login_required
@require_POST
def period_lock(request: UserRequest, pk: int, lock: bool) -> HttpResponse:
    periods = ReportingPeriod.objects.select_related("plan__unit")
    period = get_allowed(periods, request.user, Permission.PLAN_VIEW, Permission.PLAN_EDIT, pk=pk)
    act = services.lock_period if lock else services.unlock_period
    try:
        act(period=period, by=request.user)
    except PlanIsClosed as closed:
        messages.error(request, str(closed))
    else:
        said = _("%(period)s is locked.") if lock else _("%(period)s is open again.")
        messages.success(request, said % {"period": period})
    return redirect("plans:reporting", pk=period.plan_id)


@login_required
@require_safe
def board(request: UserRequest) -> HttpResponse:
    """Units by periods of the plan asked for, else of the latest that has periods."""
    plans = Plan.objects.allowed_to(request.user, Permission.PLAN_VIEW).filter(
        Exists(ReportingPeriod.objects.filter(plan=OuterRef("pk")))
    )
    asked = request.GET.get("plan", "")
    if asked:
        known = asked.isascii() and asked.isdigit() and len(asked) < 19
        plan: Plan | None = get_object_or_404(
            Plan.objects.allowed_to(request.user, Permission.PLAN_VIEW).select_related("unit"),
            pk=int(asked) if known else 0,
        )
    else:
        plan = plans.select_related("unit").first()
    context: dict[str, object] = {"plans": list(plans[:100]), "plan": plan}
    if plan is not None:
        page = request.GET.get("page", "1")
        rights = rights_on(plan, request.user)
        shown = completeness(
            plan=plan,
            user=request.user,
            page=int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
            only_late=request.GET.get("late") == "1",
        )
        context |= {
            "board": shown,
            "rows": rows_of(shown),
            "totals": list(zip(shown.periods, shown.totals, strict=True)),
            "key": [(state, SIGNS[state], word) for state, word in WORDS.items()],
            "may_edit": Permission.PLAN_EDIT in rights,
            "may_see_reports": Permission.REPORT_VIEW in rights and holds(request.user, Permission.REPORT_REQUEST),
        }
    return render(request, "plans/progress_board.html", context)


def rows_of(board: Board) -> list[tuple[str, list[tuple[str, str, str, str, str]]]]:
    """(unit, its cells as (state, sign, figures, word, address)): plain words, since there are thousands of them."""
    words = {state: str(word) for state, word in WORDS.items()} | {"": ""}
    addresses = [reverse("plans:board_cell", args=[period.pk, 0]).removesuffix("0/") for period in board.periods]
    return [
        (
            row.unit,
            [
                (cell.state, cell.sign, f"{cell.accepted}/{cell.total}", words[cell.state], f"{address}{row.unit_id}/")
                for cell, address in zip(row.cells, addresses, strict=True)
            ],
        )
        for row in board.rows
    ]


@login_required
@require_http_methods(["GET", "POST"])
def board_cell(request: UserRequest, pk: int, unit_pk: int) -> HttpResponse:
    """What one unit owes in one period; POST lets it report after the period was locked."""
    periods = ReportingPeriod.objects.select_related("plan__unit", "locked_by")
    period = get_allowed(periods, request.user, Permission.PLAN_VIEW, pk=pk)
    unit = get_object_or_404(allowed_units(request.user, Permission.PLAN_VIEW), pk=unit_pk)
    may_edit = Permission.PLAN_EDIT in rights_on(period.plan, request.user)
    form = ExceptionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if not may_edit:
            raise PermissionDenied
        if form.is_valid():
            try:
                services.open_for_unit(
                    period=period, unit=unit, until=form.until, reason=form.cleaned_data["reason"], by=request.user
                )
            except services.MomentPassed as refused:
                form.add_error("last_day", str(refused))
            except REFUSED as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, _("%(unit)s may report again.") % {"unit": unit.label})
                return redirect("plans:board_cell", pk=period.pk, unit_pk=unit.pk)
    items = due_items(DueReport.objects.owed().filter(period=period, unit=unit), now=timezone.now())
    context = {
        "period": period,
        "plan": period.plan,
        "unit": unit,
        "items": items,
        "exception": next((item.report for item in items if item.report.open_until), None),
        "form": form if may_edit and period.locked_at and items else None,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "plans/progress_cell.html", context, status=status)
