from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from plans.forms.structure import DeliverableForm, HandOverForm
from plans.models import Deliverable, Evidence, Task, TaskPerformer
from plans.permissions import OPEN
from plans.services import deliverables
from plans.services.evidence import EvidenceRefused, keep_all
from plans.services.standing import PlanIsClosed
from plans.views.evidence import status_of
from plans.views.structure import number_of
from plans.views.tasks import load_task
from units.access import allowed_units, holds_in
from units.http import UserRequest
from units.models import Unit, UnitQuerySet
from units.permissions import Permission


@login_required
@require_http_methods(["GET", "POST"])
def task_deliverables(request: UserRequest, pk: int) -> HttpResponse:
    """The products of a task, as its officers put them down."""
    task = load_task(request, pk, Permission.PLAN_EDIT if request.method == "POST" else None)
    may_edit = request.method == "POST" or holds_in(request.user, Permission.PLAN_EDIT, task.plan.unit)
    removing = request.POST.get("remove", "")
    adding = request.method == "POST" and not removing
    form = DeliverableForm(request.POST) if adding else DeliverableForm(initial=_offered(task))
    refusal = ""
    try:
        if removing:
            deliverables.remove_deliverable(deliverable=_one(task, removing), by=request.user)
            return _done(request, task, _("Removed."))
        if adding and form.is_valid():
            deliverables.add_deliverable(task=task, title=form.cleaned_data["title"], by=request.user)
            return _done(request, task, _("Added."))
    except deliverables.DeliverableWithoutTitle as refused:
        form.add_error("title", str(refused))
    except (deliverables.HandedOverAlready, PlanIsClosed) as refused:
        refusal = str(refused)
    is_open = task.plan.status in OPEN
    context = {
        "task": task,
        "plan": task.plan,
        "rows": list(task.deliverables.select_related("evidence__unit")),
        "form": form,
        "refusal": refusal,
        "may_edit": may_edit and is_open,
        "may_hand_over": is_open and units_handing_over(request, task).exists(),
    }
    return render(request, "plans/task_deliverables.html", context, status=422 if refusal or form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def hand_over(request: UserRequest, pk: int, deliverable_pk: int) -> HttpResponse:
    """Whoever performs the task says that a product was handed over, with the file that shows it."""
    task = load_task(request, pk)
    chosen = _one(task, str(deliverable_pk))
    units = units_handing_over(request, task)
    if not units.exists():
        raise PermissionDenied
    posted = request.method == "POST"
    form = HandOverForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        units=units,
        evidence_of=Evidence.objects.kept().filter(unit__in=units),
    )
    status = 200
    if posted and form.is_valid():
        data = form.cleaned_data
        try:
            kept = keep_all(unit=data["unit"], files=data["files"], earlier=data["earlier"], by=request.user)
            evidence = kept[0] if kept else None
            deliverables.hand_over(deliverable=chosen, on=data["on"], evidence=evidence, by=request.user)
        except deliverables.HandedOverInTheFuture as refused:
            form.add_error("on", str(refused))
        except EvidenceRefused as refused:
            form.add_error("files", str(refused))
            status = status_of(refused)
        except (deliverables.HandedOverAlready, PlanIsClosed) as refused:
            form.add_error(None, str(refused))
        else:
            return _done(request, task, _("Handed over: %(title)s.") % {"title": chosen.title})
    if form.errors and status == 200:
        status = 422
    context = {"task": task, "plan": task.plan, "chosen": chosen, "form": form}
    return render(request, "plans/deliverable.html", context, status=status)


def units_handing_over(request: UserRequest, task: Task) -> UnitQuerySet:
    """The units for which the person may hand over: those that perform the task, the plan's own for its officers."""
    performing = TaskPerformer.objects.performing().filter(task=task).values("unit")
    reached = allowed_units(request.user, Permission.TASK_REPORT)
    own = allowed_units(request.user, Permission.PLAN_EDIT).filter(pk=task.plan.unit_id)
    rule = Q(pk__in=reached.filter(pk__in=performing).values("pk")) | Q(pk__in=own.values("pk"))
    return Unit.objects.filter(rule).order_by("kind", "name")


def _one(task: Task, given: str) -> Deliverable:
    """The deliverable of this task; 404 for another's."""
    return get_object_or_404(Deliverable.objects.select_related("task__plan__unit"), pk=number_of(given), task=task)


def _offered(task: Task) -> dict[str, str]:
    """What the document says is to be handed over, until it is put down."""
    words = " ".join(task.deliverable.split())[:300]
    return {} if not words or task.deliverables.filter(title=words).exists() else {"title": words}


def _done(request: UserRequest, task: Task, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("plans:task_deliverables", pk=task.pk)
