from __future__ import annotations

import json

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from plans import services
from plans.access import rights_on
from plans.contexts import plan_progress
from plans.contexts.breakdown import breakdown
from plans.contexts.events import task_events
from plans.contexts.explanation import explain_task
from plans.forms import AssignForm, ProgressForm
from plans.models import ProgressUpdate, Task, TaskPerformer
from plans.permissions import OPEN
from plans.views.entry import save_entry
from plans.views.plans import day_asked
from plans.views.progress import said_of
from units.access import allowed_units, get_allowed
from units.http import UserRequest
from units.models import UnitQuerySet
from units.permissions import Permission

UPDATES_SHOWN = 200


def load_task(request: UserRequest, pk: int, then: Permission | None = None) -> Task:
    return get_allowed(Task.objects.select_related("plan__unit"), request.user, Permission.PLAN_VIEW, then, pk=pk)


def reporting_units(request: UserRequest, task: Task) -> UnitQuerySet:
    """The units that perform the task and for which the person may report."""
    performing = TaskPerformer.objects.performing().filter(task=task)
    units = allowed_units(request.user, Permission.TASK_REPORT).filter(pk__in=performing.values("unit"))
    return units.order_by("name")


def task_context(request: UserRequest, task: Task, form: ProgressForm | None = None, assign: AssignForm | None = None):
    progress = plan_progress(plan=task.plan, user=request.user, as_of=day_asked(request))
    shown = next(each for each in progress.tasks if each.task_id == task.pk)
    takes_reports = not (shown.part_ids or shown.is_cancelled) and task.plan.status in OPEN
    units = reporting_units(request, task) if takes_reports else []
    may_assign = Permission.PLAN_EDIT in rights_on(task.plan, request.user)
    updates = (
        ProgressUpdate.objects.allowed_to(request.user, Permission.PLAN_VIEW)
        .filter(task=task)
        .select_related("unit", "by", "decided_by", "due_report__period")
        .prefetch_related("evidence")[:UPDATES_SHOWN]
    )
    return {
        "task": task,
        "plan": task.plan,
        "progress": shown,
        "explanation": explain_task(shown, progress),
        "as_of": progress.as_of,
        "updates": list(updates),
        "form": form or (ProgressForm(units=units, task=task) if units else None),
        "assign_form": assign or (AssignForm(task=task, auto_id="assign_%s") if may_assign else None),
        "breakdown": breakdown(task),
        "may_edit": may_assign and task.plan.status in OPEN,
        "task_events": task_events(task=task, user=request.user),
        "may_plan_event": may_assign and task.plan.status in OPEN,
    }


@login_required
@require_http_methods(["GET", "POST"])
def task_detail(request: UserRequest, pk: int) -> HttpResponse:
    if request.method == "POST":
        return report(request, load_task(request, pk, Permission.TASK_REPORT))
    return render(request, "plans/task_detail.html", task_context(request, load_task(request, pk)))


def report(request: UserRequest, task: Task) -> HttpResponse:
    form = ProgressForm(request.POST, request.FILES, units=reporting_units(request, task), task=task)
    template = "plans/task_detail.html#progress" if request.htmx else "plans/task_detail.html"
    if form.is_valid() and (update := save_entry(request, form, task=task, unit=form.cleaned_data["unit"])):
        said = said_of(update)
        if not request.htmx:
            messages.success(request, said)
            return redirect("plans:task", pk=task.pk)
        response = render(request, template, task_context(request, task))
        response["HX-Trigger"] = json.dumps({"toast": {"text": said, "tone": "ok"}})
        return response
    return render(request, template, task_context(request, task, form=form), status=422)


@login_required
@require_POST
def task_assign(request: UserRequest, pk: int) -> HttpResponse:
    task = load_task(request, pk, Permission.PLAN_EDIT)
    form = AssignForm(request.POST, task=task, auto_id="assign_%s")
    if form.is_valid():
        try:
            services.assign_unit(task=task, by=request.user, **form.cleaned_data)
        except (services.AlreadyPerforms, services.OutsideThePlan, services.PlanIsClosed) as refused:
            form.add_error("unit", str(refused))
        else:
            messages.success(request, _("%(unit)s now reports on this task.") % {"unit": form.cleaned_data["unit"]})
            return redirect("plans:task", pk=task.pk)
    return render(request, "plans/task_detail.html", task_context(request, task, assign=form), status=422)
