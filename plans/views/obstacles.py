"""The list of obstacles, raising one, and one obstacle with everything that was said of it."""

from __future__ import annotations

from collections.abc import Callable
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
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from plans.contexts.obstacles import ageing, level_counts, obstacle_page, obstacle_row
from plans.filters import ObstacleFilter
from plans.forms.obstacles import AnswerForm, DirectForm, RaiseForm, WordForm, raising_units, tasks_to_speak_of
from plans.models import Evidence, Obstacle, Plan, Task
from plans.permissions import OPEN, ObstacleAct
from plans.services import obstacles as services
from plans.services.arising import NobodyPerforms, TaskWithoutTitle
from plans.services.evidence import EvidenceRefused, keep_all
from plans.services.progress import OutsideThePlan
from plans.services.standing import PlanIsClosed
from plans.views.evidence import status_of
from units.access import allowed_units, get_allowed, holds_in
from units.http import UserRequest
from units.permissions import Permission

PER_PAGE = 25
SORTS = {"due": "due_on", "raised": "raised_at", "level": "level", "unit": "unit__name", "number": "number"}
REFUSED = (services.ObstacleRefused, PlanIsClosed, NobodyPerforms, TaskWithoutTitle, OutsideThePlan)
DONE = {
    ObstacleAct.NOTE: gettext_lazy("The note is saved."),
    ObstacleAct.ANSWER: gettext_lazy("The answer is sent to the unit."),
    ObstacleAct.DIRECT: gettext_lazy("The direction is given, and its task is in the plan."),
    ObstacleAct.ESCALATE: gettext_lazy("The obstacle is passed on to the level above."),
    ObstacleAct.REOPEN: gettext_lazy("The obstacle is open again."),
    ObstacleAct.CLOSE: gettext_lazy("The obstacle is closed."),
}
LABELS = {
    ObstacleAct.NOTE: gettext_lazy("Note"),
    ObstacleAct.ESCALATE: gettext_lazy("Why it goes to the level above"),
    ObstacleAct.REOPEN: gettext_lazy("Why the answer does not help"),
    ObstacleAct.CLOSE: gettext_lazy("How it ended"),
}


def load_obstacle(request: UserRequest, pk: int) -> Obstacle:
    obstacles = Obstacle.objects.select_related("plan__unit", "task", "unit", "raised_by")
    return get_allowed(obstacles, request.user, Permission.PLAN_VIEW, pk=pk)


@login_required
@require_safe
def obstacle_list(request: UserRequest) -> HttpResponse:
    today = timezone.localdate()
    visible = Obstacle.objects.allowed_to(request.user, Permission.PLAN_VIEW)
    found = ObstacleFilter(request.GET, queryset=visible, request=request)
    sort = request.GET.get("sort", "")
    name = SORTS.get(sort.lstrip("-"), "due_on")
    sign = "-" if sort.startswith("-") else ""
    rows = found.qs.select_related("plan", "task", "unit").order_by(f"{sign}{name}", "pk")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    waiting = visible.exclude(state=Obstacle.State.CLOSED).only("level", "state", "raised_at", "due_on", "closed_at")
    context = {
        "filter": found,
        "page": page,
        "rows": [obstacle_row(each, today=today) for each in page],
        "levels": level_counts(visible, today=today),
        "ageing": ageing(obstacle_row(each, today=today) for each in waiting.order_by()),
        "may_raise": tasks_to_speak_of(request.user).exists(),
        "report_unit": allowed_units(request.user, Permission.REPORT_VIEW).order_by("path").first(),
    }
    return render(request, "plans/obstacle_list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def obstacle_new(request: UserRequest) -> HttpResponse:
    plan, task = asked_for(request)
    if plan is None:
        return choose(request)
    if not raising_units(request.user, task=task, plan=plan).exists():
        raise PermissionDenied
    if request.method != "POST":
        return render(
            request,
            "plans/obstacle_new.html",
            {"form": RaiseForm(user=request.user, plan=plan, task=task), "plan": plan, "task": task},
        )
    form = RaiseForm(request.POST, request.FILES, user=request.user, plan=plan, task=task)
    status: int = HTTPStatus.UNPROCESSABLE_ENTITY
    if form.is_valid():
        data = form.cleaned_data
        try:
            evidence = keep_all(unit=data["unit"], files=data["files"], earlier=data["earlier"], by=request.user)
            obstacle = services.raise_obstacle(
                plan=plan,
                task=task or data.get("task"),
                evidence=evidence,
                by=request.user,
                **{name: data[name] for name in ("unit", "title", "text", "proposal", "level")},
            )
        except EvidenceRefused as refused:
            form.add_error("files", str(refused))
            status = status_of(refused)
        except REFUSED as refused:
            form.add_error(None, str(refused))
        else:
            said = _("%(number)s is raised. The answer is due by %(day)s.")
            day = obstacle.due_on.strftime("%d/%m/%Y")
            messages.success(request, said % {"number": obstacle.reference, "day": day})
            return redirect("plans:obstacle", pk=obstacle.pk)
    return render(request, "plans/obstacle_new.html", {"form": form, "plan": plan, "task": task}, status=status)


def choose(request: UserRequest) -> HttpResponse:
    """Nothing was said of the task: offer those there are."""
    tasks = tasks_to_speak_of(request.user).select_related("plan").order_by("plan", "order")
    page = Paginator(tasks, PER_PAGE).get_page(request.GET.get("page"))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
    return render(request, "plans/obstacle_choose.html", {"page": page}, status=status)


def asked_for(request: UserRequest) -> tuple[Plan | None, Task | None]:
    """?task= or ?plan=: what the obstacle is raised on, 404 where it is not visible."""
    if key := request.GET.get("task", ""):
        tasks = Task.objects.select_related("plan__unit")
        task = get_allowed(tasks, request.user, Permission.PLAN_VIEW, pk=number_in(key))
        return task.plan, task
    if key := request.GET.get("plan", ""):
        plans = Plan.objects.select_related("unit")
        return get_allowed(plans, request.user, Permission.PLAN_VIEW, pk=number_in(key)), None
    return None, None


def number_in(key: str) -> int:
    """An id from the address; 0, which nothing has, for anything else."""
    return int(key) if key.isascii() and key.isdigit() and len(key) < 19 else 0


@login_required
@require_safe
def obstacle_detail(request: UserRequest, pk: int) -> HttpResponse:
    return show(request, load_obstacle(request, pk))


def show(request: UserRequest, obstacle: Obstacle, status: int = HTTPStatus.OK, refused=None) -> HttpResponse:
    """The page of one obstacle; a form that was refused comes back in `refused` with what was typed."""
    page = obstacle_page(obstacle=obstacle, user=request.user)
    act, form = refused or (None, None)
    forms = {each: form_of(request, obstacle, each, page.records) for each in page.may if each != act}
    if act is not None:
        forms[act] = form
    context = {
        "page": page,
        "obstacle": obstacle,
        "forms": {each.value: shown for each, shown in forms.items()},
        "opened": act.value if act else "",
        "sees_plan": Plan.objects.allowed_to(request.user, Permission.PLAN_VIEW).filter(pk=obstacle.plan_id).exists(),
    }
    return render(request, "plans/obstacle_detail.html", context, status=status)


def form_of(request: UserRequest, obstacle: Obstacle, act: ObstacleAct, records: bool, given=()):
    common: dict[str, Any] = {"initial": {"version": obstacle.version}, "auto_id": f"{act}_%s"}
    if act in {ObstacleAct.ANSWER, ObstacleAct.DIRECT, ObstacleAct.NOTE}:
        common["evidence_of"] = Evidence.objects.kept().filter(unit=sender(request, obstacle))
    if act == ObstacleAct.ANSWER:
        return AnswerForm(*given, records=records, **common)
    if act == ObstacleAct.DIRECT:
        return DirectForm(*given, obstacle=obstacle, records=records, **common)
    with_files, optional = act == ObstacleAct.NOTE, act == ObstacleAct.CLOSE
    return WordForm(*given, label=LABELS[act], with_files=with_files, optional=optional, **common)


def sender(request: UserRequest, obstacle: Obstacle):
    """The unit for which the person sends files: the plan's for who answers, else the one that raised it."""
    answers = holds_in(request.user, Permission.OBSTACLE_ANSWER, obstacle.plan.unit)
    return obstacle.plan.unit if answers else obstacle.unit


@login_required
@require_POST
def obstacle_act(request: UserRequest, pk: int, act: ObstacleAct) -> HttpResponse:
    obstacle = load_obstacle(request, pk)
    page = obstacle_page(obstacle=obstacle, user=request.user)
    form = form_of(request, obstacle, act, page.records, (request.POST, request.FILES))
    status: int = HTTPStatus.UNPROCESSABLE_ENTITY
    if form.is_valid():
        try:
            carry_out(request, obstacle, act, dict(form.cleaned_data))
        except services.MayNotAct:
            raise PermissionDenied from None
        except EvidenceRefused as refused:
            form.add_error("files", str(refused))
            status = status_of(refused)
        except (services.ObstacleChanged, services.NotInThisState) as refused:
            form.add_error(None, str(refused))
            status = HTTPStatus.CONFLICT
        except REFUSED as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, str(DONE[act]))
            return redirect("plans:obstacle", pk=pk)
        # Sent again, it goes on top of what happened meanwhile, which the page now shows.
        form.data = form.data.copy()
        form.data["version"] = str(Obstacle.objects.values_list("version", flat=True).get(pk=pk))
    elif act not in page.may:
        raise PermissionDenied
    return show(request, load_obstacle(request, pk), status, refused=(act, form))


def carry_out(request: UserRequest, obstacle: Obstacle, act: ObstacleAct, data: dict) -> None:
    by = request.user
    files, earlier = data.pop("files", []), data.pop("earlier", [])
    if files or earlier:
        data["evidence"] = keep_all(unit=sender(request, obstacle), files=files, earlier=earlier, by=by)
    if act == ObstacleAct.DIRECT:
        data["performers"] = in_order_given(request, list(data.pop("units")))
        services.direct_obstacle(obstacle=obstacle, by=by, **data)
    elif act == ObstacleAct.ANSWER:
        services.answer_obstacle(obstacle=obstacle, by=by, **data)
    else:
        acts: dict[ObstacleAct, Callable[..., Any]] = {
            ObstacleAct.NOTE: services.note_obstacle,
            ObstacleAct.ESCALATE: services.escalate_obstacle,
            ObstacleAct.REOPEN: services.reopen_obstacle,
            ObstacleAct.CLOSE: services.close_obstacle,
        }
        acts[act](obstacle=obstacle, by=by, **data)


def in_order_given(request: UserRequest, units: list) -> list:
    """As they were chosen: the first leads."""
    place = {key: index for index, key in enumerate(request.POST.getlist("units"))}
    return sorted(units, key=lambda unit: place.get(str(unit.pk), 0))


@login_required
@require_safe
def obstacle_panel(request: UserRequest) -> HttpResponse:
    """What stands in the way of a task or a plan: a part of their pages, asked for by its address."""
    plan, task = asked_for(request)
    if plan is None:
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    today = timezone.localdate()
    seen = Obstacle.objects.allowed_to(request.user, Permission.PLAN_VIEW).filter(plan=plan)
    rows = (seen.filter(task=task) if task else seen).select_related("unit", "task", "plan").order_by("-pk")
    may_raise = plan.status in OPEN and raising_units(request.user, task=task, plan=plan).exists()
    context = {
        "rows": [obstacle_row(each, today=today) for each in rows[:PER_PAGE]],
        "plan": plan,
        "task": task,
        "may_raise": may_raise,
    }
    return render(request, "plans/_obstacles.html", context)
