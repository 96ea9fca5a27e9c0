"""Where units report: what is due, one due report, drafts to check and send."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from plans import services
from plans.contexts.due import due_items, due_of, own_units
from plans.forms.progress import PERCENTS, DueReportForm
from plans.models import DueReport, Evidence, Plan, ProgressUpdate, ReportingPeriod
from plans.views.entry import save_entry
from units.access import get_allowed, holds
from units.http import UserRequest
from units.permissions import Permission

PLANS_SHOWN = 30
ROUND_FIGURES = frozenset(value for value, _label in PERCENTS)


@login_required
@require_safe
def progress_home(request: UserRequest) -> HttpResponse:
    units = own_units(request.user)
    accepts = holds(request.user, Permission.PROGRESS_ACCEPT)
    waiting = ProgressUpdate.objects.allowed_to(request.user, Permission.PROGRESS_ACCEPT).waiting()
    with_periods = Plan.objects.allowed_to(request.user, Permission.PLAN_VIEW).filter(
        Exists(ReportingPeriod.objects.filter(plan=OuterRef("pk")))
    )
    context = {
        "units": units,
        "due": due_of(units) if units else None,
        "accepts": accepts,
        "waiting": waiting.count() if accepts else 0,
        "plans": list(with_periods.select_related("unit")[:PLANS_SHOWN]),
    }
    return render(request, "plans/progress_home.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def due_report(request: UserRequest, pk: int) -> HttpResponse:
    reports = DueReport.objects.select_related("period", "task__plan__unit", "unit")
    report = get_allowed(reports, request.user, Permission.PLAN_VIEW, Permission.TASK_REPORT, pk=pk)
    (item,) = due_items(DueReport.objects.filter(pk=report.pk), now=timezone.now())
    own_files = Evidence.objects.kept().filter(unit=report.unit)
    if request.method == "POST":
        form = DueReportForm(request.POST, request.FILES, evidence_of=own_files, task=report.task)
        if form.is_valid() and (
            update := save_entry(request, form, task=report.task, unit=report.unit, due_report=report)
        ):
            messages.success(request, said_of(update))
            return redirect("plans:progress")
    else:
        form = DueReportForm(initial=written(item.draft), evidence_of=own_files, task=report.task)
    context = {
        "item": item,
        "report": report,
        "task": report.task,
        "plan": report.task.plan,
        "form": form,
        "files": list(item.draft.evidence.select_related("unit", "uploaded_by")) if item.draft else [],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "plans/progress_entry.html", context, status=status)


def said_of(update: ProgressUpdate) -> str:
    is_draft = update.state == ProgressUpdate.State.DRAFT
    words = _("Draft saved: %(unit)s, %(percent)s%%.") if is_draft else _("Sent: %(unit)s, %(percent)s%%.")
    return words % {"unit": update.unit.label, "percent": update.percent}


def written(draft: ProgressUpdate | None) -> dict:
    """What a draft says, as the form shows it."""
    if draft is None:
        return {}
    percent = "percent" if draft.percent in ROUND_FIGURES else "exact"
    return {
        percent: draft.percent,
        "quantity_done": draft.quantity_done,
        "note": draft.note,
        "earlier": [each.pk for each in draft.evidence.all()],
    }


@login_required
@require_POST
def submit_drafts(request: UserRequest) -> HttpResponse:
    """Send the drafts that were chosen; each that cannot be sent is told by itself."""
    ids = [int(pk) for pk in request.POST.getlist("id") if pk.isascii() and pk.isdigit() and len(pk) < 19]
    outcomes = services.submit_many(ids=ids, by=request.user)
    sent = [each for each in outcomes if not each.refused]
    if sent:
        words = ngettext("%(count)s report sent.", "%(count)s reports sent.", len(sent))
        messages.success(request, words % {"count": len(sent)})
    for each in outcomes:
        if each.refused and each.update:
            messages.warning(request, f"{each.update.task}: {each.refused}")
    if not outcomes:
        messages.warning(request, _("Choose at least one draft to send."))
    return redirect("plans:progress")
