from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from budgets import services
from budgets.contexts import Execution, entries, execution, ledger, plan_balances, totals, with_money
from budgets.filters import BudgetFilter, in_order
from budgets.forms import CeilingForm, ReverseForm, SpendForm
from budgets.models import Budget, LedgerEntry
from isoportal.templatetags import formats
from plans.models import Plan
from units.access import get_allowed
from units.http import UserRequest
from units.permissions import Permission

PLANS_A_PAGE = 25
ENTRIES_A_PAGE = 50


@login_required
@require_safe
def budget_list(request: UserRequest) -> HttpResponse:
    plans = with_money(Plan.objects.allowed_to(request.user, Permission.BUDGET_VIEW)).select_related("unit")
    found = BudgetFilter(request.GET or None, queryset=plans)
    page = Paginator(in_order(found.qs, request.GET.get("sort", "")), PLANS_A_PAGE).get_page(request.GET.get("page"))
    context = {"filter": found, "page": page, "rows": plan_balances(page), "totals": totals(found.qs)}
    return render(request, "budgets/list.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def plan_money(request: UserRequest, pk: int) -> HttpResponse:
    """The plan's ledger; POST enters a spending."""
    then = Permission.BUDGET_SPEND if request.method == "POST" else None
    plan = _plan(request, pk, then)
    form = SpendForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            budget = Budget.objects.get(plan=plan)
            entry = services.spend(budget=budget, by=request.user, **form.cleaned_data)
        except Budget.DoesNotExist:
            form.add_error(None, _("Open the ledger of this plan first."))
        except services.MoneyRefused as error:
            form.add_error(error.field, str(error))
        else:
            messages.success(request, _("Entered: %(amount)s") % {"amount": formats.money(entry.amount)})
            return redirect("budgets:plan", pk=plan.pk)
    return _show(request, plan, form)


def _show(request: UserRequest, plan: Plan, form: SpendForm) -> HttpResponse:
    page = Paginator(ledger(plan), ENTRIES_A_PAGE).get_page(request.GET.get("page"))
    money = _money(request, plan, page)
    context = {
        "plan": plan,
        "money": money,
        "figures": _figures(money),
        "page": page,
        "form": form,
        "may_spend": Plan.objects.allowed_to(request.user, Permission.BUDGET_SPEND).filter(pk=plan.pk).exists(),
    }
    return render(request, "budgets/plan.html", context, status=422 if form.errors else 200)


def _figures(balance: Execution) -> list[dict[str, str]]:
    share = formats.percent(balance.share) if balance.share is not None else ""
    return [
        {"value": formats.money(balance.ceiling), "label": _("Granted"), "note": balance.in_words},
        {"value": formats.money(balance.spent), "label": _("Spent"), "note": share},
        {"value": formats.money(balance.available), "label": pgettext("money", "Left"), "note": ""},
    ]


@login_required
@require_safe
def plan_panel(request: UserRequest, pk: int) -> HttpResponse:
    """The part of the plan's page that tells of its money: a fragment."""
    return render(request, "budgets/panel.html", {"plan_pk": pk, "money": _money(request, Plan(pk=pk), ())})


@login_required
@require_POST
def open_budget(request: UserRequest, pk: int) -> HttpResponse:
    plan = _plan(request, pk, Permission.BUDGET_SPEND)
    try:
        budget = services.open_budget(plan=plan, by=request.user)
    except services.NoAmount as error:
        messages.warning(request, str(error))
        return redirect("budgets:ceiling", pk=plan.pk)
    except services.MoneyRefused as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("Ledger opened with %(amount)s") % {"amount": formats.money(budget.ceiling)})
    return redirect("budgets:plan", pk=plan.pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ceiling(request: UserRequest, pk: int) -> HttpResponse:
    plan = _plan(request, pk, Permission.BUDGET_SPEND)
    form = CeilingForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            budget = services.set_ceiling(plan=plan, by=request.user, **form.cleaned_data)
        except services.MoneyRefused as error:
            form.add_error(error.field, str(error))
        else:
            messages.success(request, _("The total is now %(amount)s") % {"amount": formats.money(budget.ceiling)})
            return redirect("budgets:plan", pk=plan.pk)
    context = {"plan": plan, "form": form, "money": _money(request, plan, ())}
    return render(request, "budgets/ceiling.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def reverse_entry(request: UserRequest, pk: int, entry_pk: int) -> HttpResponse:
    plan = _plan(request, pk, Permission.BUDGET_SPEND)  # by its own id: a foreign key lets an overlong number through
    entry = get_object_or_404(LedgerEntry.objects.select_related("budget__plan"), budget__plan=plan.pk, pk=entry_pk)
    form = ReverseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.reverse(entry=entry, by=request.user, **form.cleaned_data)
        except services.MoneyRefused as error:
            form.add_error(error.field, str(error))
        else:
            messages.success(request, _("Reversed: %(amount)s is free again") % {"amount": formats.money(entry.amount)})
            return redirect("budgets:plan", pk=pk)
    [row] = entries(ledger(entry.budget.plan).filter(pk=entry.pk))
    context = {"plan": entry.budget.plan, "entry": row, "form": form}
    return render(request, "budgets/reverse.html", context, status=422 if form.errors else 200)


def _plan(request: UserRequest, pk: int, then: Permission | None) -> Plan:
    return get_allowed(Plan.objects.select_related("unit"), request.user, Permission.BUDGET_VIEW, then, pk=pk)


def _money(request: UserRequest, plan: Plan, page: Iterable[LedgerEntry]) -> Execution:
    if (money := execution(plan=plan, user=request.user, page=page)) is None:
        raise Http404
    return money
