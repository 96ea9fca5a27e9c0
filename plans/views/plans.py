from __future__ import annotations

from datetime import date

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from plans.access import rights_on
from plans.contexts import plan_progress, plans_progress, schedule
from plans.contexts.explanation import explain_plan
from plans.contexts.legal import cites_outdated
from plans.contexts.lifecycle import last_step, offers, steps_of
from plans.contexts.page import gaps, history, matrix
from plans.contexts.paper import read_paper
from plans.filters import PlanFilter
from plans.models import Funding, Passage, Plan
from plans.permissions import ACTS, EDITABLE, OPEN, Act
from units.access import get_allowed, holds, holds_in
from units.http import UserRequest
from units.permissions import Permission

PER_PAGE = 25
EARLIEST, LATEST = date(1900, 1, 1), date(2200, 12, 31)
SORTS = {
    "date": ("issue_year", "issue_month", "issue_day"),
    "title": ("search_text",),
    "unit": ("unit__name",),
    "status": ("status",),
}


def day_asked(request: UserRequest) -> date:
    """The day the page tells of: ?as_of=2024-10-22, else today in Asia/Ho_Chi_Minh."""
    try:
        day = date.fromisoformat(request.GET.get("as_of", ""))
    except ValueError:
        return timezone.localdate()
    # Every day counted with needs a day before and after it, in UTC as well.
    return day if EARLIEST <= day <= LATEST else timezone.localdate()


@login_required
@require_safe
def plan_list(request: UserRequest) -> HttpResponse:
    visible = Plan.objects.allowed_to(request.user, Permission.PLAN_VIEW)
    filtered = PlanFilter(request.GET, queryset=visible, request=request)
    filtered.offer_years()
    sort = request.GET.get("sort", "")
    names = SORTS.get(sort.lstrip("-"), SORTS["date"])
    sign = "" if sort and not sort.startswith("-") else "-"
    as_of = timezone.localdate()
    plans = filtered.qs.select_related("unit").prefetch_related("standards").annotate(outdated=cites_outdated(as_of))
    plans = plans.order_by(*(sign + n for n in names), "-pk")
    page = Paginator(plans, PER_PAGE).get_page(request.GET.get("page"))
    progress = plans_progress(plans=list(page.object_list), user=request.user, as_of=as_of)
    context = {
        "filter": filtered,
        "page": page,
        "rows": [(plan, progress[plan.pk]) for plan in page.object_list],
        "may_import": holds(request.user, Permission.PLAN_EDIT),
        "open_states": OPEN,
        "as_of": as_of,
    }
    return render(request, "plans/plan_list.html", context)


@login_required
@require_safe
def plan_detail(request: UserRequest, pk: int) -> HttpResponse:
    plans = Plan.objects.select_related("unit", "signed_file", "parent")
    plan = get_allowed(plans, request.user, Permission.PLAN_VIEW, pk=pk)
    as_of = day_asked(request)
    progress = plan_progress(plan=plan, user=request.user, as_of=as_of)
    rights = rights_on(plan, request.user)
    asked = request.GET.get("tab", "")
    tab = asked if asked in {"progress", "history", "source"} else ""
    funding = Funding.objects.filter(plan=plan).first()
    context = {
        "plan": plan,
        "progress": progress,
        "as_of": as_of,
        "as_of_given": "as_of" in request.GET,
        "standards": list(plan.standards.all()),
        "funding": funding,
        "offers": offers(plan, rights),
        "may_edit": plan.status in EDITABLE and Permission.PLAN_EDIT in rights,
        "may_amend": plan.status in ACTS[Act.AMEND].states and Permission.PLAN_EDIT in rights,
        "has_versions": plan.status in {Plan.Status.ISSUED, Plan.Status.CLOSED},
        "plan_is_open": plan.status in OPEN,
        "parent": parent_seen(plan, request.user),
        "may_put_under": Permission.PLAN_EDIT in rights,
        "last_step": last_step(plan) if tells_its_state(plan, request.user) else None,
        "may_see_money": Permission.BUDGET_VIEW in rights,
        "may_see_reports": Permission.REPORT_VIEW in rights,
        "tab": tab,
        "tabs": tabs_of(request, plan, progress, tab),
    }
    if tab == "progress":
        context |= {"explanation": explain_plan(progress), "may_set_reporting": Permission.PLAN_EDIT in rights}
    elif tab == "history":
        context["events"] = history(plan, request.user)
        context["steps"] = steps_of(plan) if holds_in(request.user, Permission.PLAN_VIEW, plan.unit) else []
    elif tab == "source":
        unrecognised = {number for line in plan.unrecognised_lines.all() for number in line.source_lines}
        lines = enumerate(plan.source_text.splitlines(), start=1)
        context["lines"] = [(number, line, number in unrecognised) for number, line in lines if line.strip()]
    elif not tab:
        context |= document_context(plan, progress, funding)
    return render(request, "plans/plan_detail.html", context)


def parent_seen(plan: Plan, user) -> Plan | None:
    """The plan that `plan` carries out, where `user` may see it."""
    if plan.parent is None:
        return None
    return Plan.objects.allowed_to(user, Permission.PLAN_VIEW).filter(pk=plan.parent.pk).first()


def tells_its_state(plan: Plan, user) -> bool:
    """Whether the page says on top how the plan came into its state: that it is over concerns everybody who may read
    it, that it is with those who decide, or back from them, its own side alone."""
    if plan.status in {Plan.Status.CLOSED, Plan.Status.CANCELLED}:
        return True
    waiting = plan.status in {Plan.Status.SUBMITTED, Plan.Status.RETURNED}
    return waiting and holds_in(user, Permission.PLAN_VIEW, plan.unit)


def document_context(plan: Plan, progress, funding: Funding | None) -> dict:
    paper = read_paper(plan, progress)
    kinds = [section.kind for section in paper.sections]
    return {
        "paper": paper,
        "gantt": schedule(progress),
        "matrix": matrix(progress),
        "gaps": gaps(plan, progress, amount=funding.amount if funding else None),
        "has_funding_section": "funding" in kinds,
        "recipients": list(plan.recipients.all()),
        "signature": list(plan.signature_lines.all()),
        "unrecognised": list(plan.unrecognised_lines.all()),
        "closing": [each for each in paper.passages if each.kind == Passage.Kind.CLOSING],
        "further": [each for each in paper.passages if each.kind != Passage.Kind.CLOSING],
    }


def tabs_of(request: UserRequest, plan: Plan, progress, current: str) -> list[dict]:
    tabs = [
        ("", _("Content"), None),
        ("progress", _("Progress"), len(progress.tasks)),
        ("history", _("History"), None),
        ("source", _("Source text"), None),
    ]
    query = request.GET.copy()
    items = []
    for name, label, count in tabs:
        query.pop("tab", None)
        if name:
            query["tab"] = name
        url = reverse("plans:detail", args=[plan.pk]) + (f"?{query.urlencode()}" if query else "")
        items.append({"label": label, "url": url, "count": count, "current": name == current})
    elsewhere = [
        {"label": _("Schedule"), "url": reverse("plans:schedule", args=[plan.pk])},
        {"label": _("Events"), "url": f"{reverse('plans:events')}?plan={plan.pk}"},
    ]
    return [*items[:2], *elsewhere, *items[2:]]
