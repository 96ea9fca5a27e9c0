"""The pages on which an officer says how a task hangs together with the others, and who performs it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from plans.contexts.breakdown import breakdown
from plans.contexts.structure import Structure
from plans.contexts.targets import day_meant, offers, resolution, targets_of
from plans.document.groups import kinds_named
from plans.forms.structure import DependencyForm, PlaceForm, RoleForm, TargetForm
from plans.models import Task, TaskDependency, TaskPerformer
from plans.permissions import EDITABLE, OPEN
from plans.services import dependencies, performers, structure, targets
from plans.services.standing import PlanIsClosed
from plans.views.tasks import load_task
from units.http import UserRequest
from units.permissions import Permission


def number_of(given: str) -> int:
    """The id that a form gives; 0, which no row has, for anything else."""
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else 0


@login_required
@require_http_methods(["GET", "POST"])
def task_structure(request: UserRequest, pk: int) -> HttpResponse:
    task = load_task(request, pk, Permission.PLAN_EDIT)
    found = Structure.of(task.plan)
    form = PlaceForm(request.POST if request.method == "POST" else None, task=task, structure=found)
    stored = None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            structure.place_task(task=task, expected=data.pop("version"), by=request.user, **data)
        except structure.TaskChangedMeanwhile as refused:
            form.add_error(None, str(refused))
            stored = refused.stored
            form.data = {**request.POST.dict(), "version": str(stored.version)}
        except (structure.PartOfItself, structure.TooDeep) as refused:
            form.add_error("parent", str(refused))
        except (structure.OfAnotherPlan, structure.WholeIsReportedOn, structure.WholeIsCancelled) as refused:
            form.add_error("parent", str(refused))
        except structure.WeightNotPositive as refused:
            form.add_error("weight", str(refused))
        except PlanIsClosed as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Saved."))
            return redirect("plans:task", pk=task.pk)
    context = {"task": task, "plan": task.plan, "form": form, "stored": stored, "breakdown": breakdown(task, found)}
    return render(request, "plans/task_structure.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def task_dependencies(request: UserRequest, pk: int) -> HttpResponse:
    task = load_task(request, pk, Permission.PLAN_EDIT)
    found = Structure.of(task.plan)
    removed = request.POST.get("remove", "") if request.method == "POST" else ""
    form = DependencyForm(
        request.POST if request.method == "POST" and not removed else None, task=task, structure=found
    )
    refusal = ""
    try:
        if removed:
            dependency = get_object_or_404(
                TaskDependency.objects.select_related("task__plan", "predecessor"),
                pk=number_of(removed),
                task=task,
            )
            dependencies.remove_dependency(dependency=dependency, by=request.user)
            messages.success(request, _("The task waits for it no longer."))
            return redirect("plans:task_dependencies", pk=task.pk)
        if request.method == "POST" and form.is_valid():
            dependencies.add_dependency(task=task, by=request.user, **form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect("plans:task_dependencies", pk=task.pk)
    except (dependencies.WaitsForItself, dependencies.WaitsForItsWhole, dependencies.AlreadyWaits) as refused:
        form.add_error("predecessor", str(refused))
    except structure.OfAnotherPlan as refused:
        form.add_error("predecessor", str(refused))
    except dependencies.LagOutOfRange as refused:
        form.add_error("lag_days", str(refused))
    except PlanIsClosed as refused:
        refusal = str(refused)
    context = {
        "task": task,
        "plan": task.plan,
        "form": form,
        "refusal": refusal,
        "breakdown": breakdown(task, found),
        "may_change": task.plan.status in OPEN,
    }
    return render(request, "plans/task_dependencies.html", context, status=422 if form.errors or refusal else 200)


@login_required
@require_http_methods(["GET", "POST"])
def task_performers(request: UserRequest, pk: int) -> HttpResponse:
    task = load_task(request, pk, Permission.PLAN_EDIT)
    refusal = ""
    if request.method == "POST":
        performer = get_object_or_404(
            TaskPerformer.objects.select_related("task__plan", "unit"),
            pk=number_of(request.POST.get("performer", "")),
            task=task,
        )
        form = RoleForm(request.POST)
        try:
            if "remove" in request.POST:
                performers.remove_performer(performer=performer, by=request.user)
                said = _("%(unit)s no longer performs this task.")
            elif form.is_valid():
                performers.change_role(performer=performer, role=form.cleaned_data["role"], by=request.user)
                said = _("%(unit)s has the new role.")
            else:
                said = ""
                refusal = _("Choose a role.")
        except (performers.WordOfTheDocument, performers.PerformerHasReported, performers.RoleTaken) as refused:
            refusal = str(refused)
        except PlanIsClosed as refused:
            refusal = str(refused)
        else:
            if said:
                messages.success(request, said % {"unit": performer.unit or performer.text})
                return redirect("plans:task_performers", pk=task.pk)
    rows = list(task.performers.select_related("unit", "target"))
    context = {
        "task": task,
        "plan": task.plan,
        "rows": rows,
        "refusal": refusal,
        "roles": TaskPerformer.Role.choices,
        "may_change": task.plan.status in OPEN,
        "paper_is_open": task.plan.status in EDITABLE,
    }
    return render(request, "plans/task_performers.html", context, status=422 if refusal else 200)


@login_required
@require_http_methods(["GET", "POST"])
def task_targets(request: UserRequest, pk: int) -> HttpResponse:
    """Choosing a group shows what it means before anything is written: the units new, kept, ended."""
    task = load_task(request, pk, Permission.PLAN_EDIT)
    form = TargetForm(request.POST) if request.method == "POST" else TargetForm(initial=_asked(request, task))
    found = None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            if "assign" in request.POST:
                _target, done = targets.resolve_target(task=task, by=request.user, **data)
                messages.success(request, _("%(count)d units were added.") % {"count": len(done.added)})
                return redirect("plans:task_targets", pk=task.pk)
            found = resolution(task=task, text=data["text"], kinds=data["kinds"], as_of=data["as_of"])
            if not found.total:
                raise targets.NobodyMeant(data["as_of"])
        except targets.NobodyMeant as refused:
            found = None
            form.add_error("as_of", str(refused))
        except targets.NoKindChosen as refused:
            form.add_error("kinds", str(refused))
        except PlanIsClosed as refused:
            form.add_error(None, str(refused))
    context = {
        "task": task,
        "plan": task.plan,
        "form": form,
        "found": found,
        "offers": offers(task),
        "targets": targets_of(task),
        "may_change": task.plan.status in OPEN,
    }
    return render(request, "plans/task_targets.html", context, status=422 if form.errors else 200)


def _asked(request: UserRequest, task: Task) -> dict:
    """The group the page was opened for; without one the first that the document names."""
    text = request.GET.get("text", "")[:300]
    known = task.targets.filter(text=text).first() if text else None
    if known:
        return {"text": known.text, "kinds": known.kinds, "role": known.role, "as_of": day_meant(task)}
    offered = next((each for each in offers(task) if not text or each.text == text), None)
    if offered:
        return {"text": offered.text, "kinds": offered.kinds, "role": offered.role, "as_of": day_meant(task)}
    return {"text": text, "kinds": kinds_named(text), "as_of": day_meant(task)}
