"""The list of events, one event, and planning, changing, cancelling and holding it."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from plans.contexts.events import event_page, with_attendance
from plans.filters import EventFilter
from plans.forms.events import CancelEventForm, ConclusionForm, EventForm, MinutesForm, VersionForm, plans_to_add_to
from plans.forms.evidence import WithEvidence
from plans.models import Event, Evidence, Plan, Task
from plans.permissions import EventAct
from plans.services import events as services
from plans.services.standing import PlanIsClosed
from units.access import get_allowed
from units.http import UserRequest
from units.permissions import Permission

PER_PAGE = 25
REFUSED = (
    PlanIsClosed,
    services.EndsBeforeItStarts,
    services.TaskOfAnotherPlan,
    services.ReasonMissing,
    services.NotBegunYet,
    services.NotInThisState,
)


def load_event(request: UserRequest, pk: int, then: Permission | None = None) -> Event:
    events = Event.objects.select_related("plan__unit", "task", "created_by")
    return get_allowed(events, request.user, Permission.PLAN_VIEW, then, pk=pk)


@login_required
@require_safe
def event_list(request: UserRequest) -> HttpResponse:
    visible = Event.objects.allowed_to(request.user, Permission.PLAN_VIEW)
    found = EventFilter(request.GET, queryset=visible, request=request)
    rows = with_attendance(found.qs, request.user).select_related("plan").order_by("-starts_at", "-pk")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    may_plan = plans_to_add_to(request.user).exists()
    return render(request, "plans/event_list.html", {"filter": found, "page": page, "may_plan": may_plan})


@login_required
@require_safe
def event_detail(request: UserRequest, pk: int) -> HttpResponse:
    return show(request, load_event(request, pk))


def show(request: UserRequest, event: Event, status: int = HTTPStatus.OK, **forms) -> HttpResponse:
    """The page of one event; a form that was refused comes back in `forms` with what was typed."""
    page = event_page(event=event, user=request.user)
    context = {
        "page": page,
        "event": event,
        "minutes_form": MinutesForm(initial={"minutes": event.minutes, "version": event.version}),
        "conclusion_form": ConclusionForm(event=event, user=request.user, auto_id="conclusion_%s")
        if EventAct.CONCLUDE in page.may
        else None,
        "at_once": services.events_at_once(
            plan=event.plan, starts_at=event.starts_at, ends_at=event.ends_at, place=event.place, but=event
        )
        if EventAct.CHANGE in page.may
        else [],
        "materials": list(event.materials.select_related("unit", "uploaded_by")),
        "material_form": WithEvidence(evidence_of=Evidence.objects.kept().filter(unit=event.plan.unit))
        if EventAct.ADD_MATERIAL in page.may
        else None,
        **forms,
    }
    return render(request, "plans/event_detail.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def event_new(request: UserRequest) -> HttpResponse:
    plan, task = asked_for(request)
    if plan is None and not plans_to_add_to(request.user).exists():
        raise PermissionDenied
    given = request.POST if request.method == "POST" else None
    initial = {"task": task, "title": task.title[:300]} if task else {"kind": Event.Kind.MEETING}
    form = EventForm(given, initial=initial, user=request.user, plan=plan)
    if given is not None and form.is_valid():
        data = form.cleaned_data
        values = {name: data[name] for name in ("kind", "title", "starts_at", "ends_at", "place", "agenda")}
        try:
            event = services.plan_event(plan=plan or data["plan"], task=data.get("task"), by=request.user, **values)
        except REFUSED as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The event is planned. Now invite the units."))
            warn_of_others(request, event)
            return redirect("plans:event", pk=event.pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "plans/event_form.html", {"form": form, "plan": plan, "task": task}, status=status)


def asked_for(request: UserRequest) -> tuple[Plan | None, Task | None]:
    """?task= or ?plan=: what the event is planned for. 404 if not visible, 403 if the person may not plan there."""
    if key := request.GET.get("task", ""):
        task = get_allowed(
            Task.objects.select_related("plan__unit"),
            request.user,
            Permission.PLAN_VIEW,
            Permission.PLAN_EDIT,
            pk=number_in(key),
        )
        return task.plan, task
    if key := request.GET.get("plan", ""):
        plans = Plan.objects.select_related("unit")
        return get_allowed(plans, request.user, Permission.PLAN_VIEW, Permission.PLAN_EDIT, pk=number_in(key)), None
    return None, None


def number_in(key: str) -> int:
    """An id from the address; 0, which nothing has, for anything else."""
    return int(key) if key.isascii() and key.isdigit() and len(key) < 19 else 0


def warn_of_others(request: UserRequest, event: Event) -> None:
    others = services.events_at_once(
        plan=event.plan, starts_at=event.starts_at, ends_at=event.ends_at, place=event.place, but=event
    )
    if others:
        said = {"title": others[0].title, "place": others[0].place or _("place not given")}
        messages.warning(request, _("At the same time this plan has “%(title)s” (%(place)s).") % said)


@login_required
@require_http_methods(["GET", "POST"])
def event_edit(request: UserRequest, pk: int) -> HttpResponse:
    event = load_event(request, pk, Permission.PLAN_EDIT)
    given = request.POST if request.method == "POST" else None
    form = EventForm(given, initial=EventForm.values_of(event), user=request.user, plan=event.plan)
    stored, status = None, HTTPStatus.OK
    if given is not None and form.is_valid():
        values = dict(form.cleaned_data)
        version = values.pop("version") or 0
        try:
            after = services.edit_event(event=event, version=version, by=request.user, **values)
        except services.ChangedMeanwhile as changed:
            stored, status = changed.event, HTTPStatus.CONFLICT
            form.add_error(None, str(changed))
            form = with_version(form, stored.version)
        except REFUSED as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The event is saved."))
            warn_of_others(request, after)
            return redirect("plans:event", pk=pk)
    if form.errors and status == HTTPStatus.OK:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    context = {"form": form, "event": event, "plan": event.plan, "stored": stored}
    return render(request, "plans/event_form.html", context, status=status)


def with_version(form, version: int):
    """The refused form, to be saved again over the version that the person now has before their eyes."""
    form.data = form.data.copy()
    form.data["version"] = str(version)
    return form


@login_required
@require_http_methods(["GET", "POST"])
def event_cancel(request: UserRequest, pk: int) -> HttpResponse:
    event = load_event(request, pk, Permission.PLAN_EDIT)
    given = request.POST if request.method == "POST" else None
    form = CancelEventForm(given, initial={"version": event.version})
    if given is not None and form.is_valid():
        try:
            services.cancel_event(event=event, by=request.user, **form.cleaned_data)
        except services.ChangedMeanwhile as changed:
            form.add_error(None, str(changed))
            form = with_version(form, changed.event.version)
        except REFUSED as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The event is cancelled, and the invited units are told."))
            return redirect("plans:event", pk=pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "plans/event_cancel.html", {"form": form, "event": event}, status=status)


@login_required
@require_POST
def event_hold(request: UserRequest, pk: int) -> HttpResponse:
    event = load_event(request, pk, Permission.PLAN_EDIT)
    form = VersionForm(request.POST)
    version = form.cleaned_data["version"] if form.is_valid() else 0
    try:
        services.hold_event(event=event, version=version, by=request.user)
    except (services.ChangedMeanwhile, *REFUSED) as refused:
        return show(request, load_event(request, pk), HTTPStatus.UNPROCESSABLE_ENTITY, refused=str(refused))
    messages.success(request, _("The event is recorded as held."))
    return redirect("plans:event", pk=pk)


@login_required
@require_POST
def event_minutes(request: UserRequest, pk: int) -> HttpResponse:
    event = load_event(request, pk, Permission.PLAN_EDIT)
    form = MinutesForm(request.POST)
    stored, status = None, HTTPStatus.UNPROCESSABLE_ENTITY
    if form.is_valid():
        try:
            services.record_minutes(event=event, by=request.user, **form.cleaned_data)
        except services.ChangedMeanwhile as changed:
            stored, status = changed.event, HTTPStatus.CONFLICT
            form.add_error(None, str(changed))
            form = with_version(form, stored.version)
        except REFUSED as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The minutes are saved."))
            return redirect("plans:event", pk=pk)
    return show(request, load_event(request, pk), status, minutes_form=form, stored=stored)
