"""Where officers accept and return what units sent."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from plans import services
from plans.contexts.due import accepted_of
from plans.filters import ReviewFilter
from plans.forms.review import DecisionForm
from plans.models import ProgressUpdate
from units.access import get_allowed, holds, holds_in
from units.http import UserRequest
from units.permissions import Permission

PER_PAGE = 200
HISTORY_SHOWN = 12


@login_required
@require_http_methods(["GET", "POST"])
def review(request: UserRequest) -> HttpResponse:
    """The queue of what waits; POST accepts what was chosen and says of each what became of it."""
    if not holds(request.user, Permission.PROGRESS_ACCEPT):
        raise PermissionDenied
    outcomes = []
    if request.method == "POST":
        ids = [int(pk) for pk in request.POST.getlist("id") if pk.isascii() and pk.isdigit() and len(pk) < 19]
        outcomes = services.accept_many(ids=ids, by=request.user)
        if not ids:
            messages.warning(request, _("Choose at least one report to accept."))
    waiting = ProgressUpdate.objects.allowed_to(request.user, Permission.PROGRESS_ACCEPT).waiting()
    found = ReviewFilter(request.GET, queryset=waiting, request=request)
    rows = found.qs.select_related("task__plan", "unit", "by", "submitted_by", "due_report__period")
    page = Paginator(rows.prefetch_related("evidence").order_by("submitted_at", "pk"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    accepted = accepted_of(page.object_list)
    context = {
        "filter": found,
        "page": page,
        "rows": [(update, accepted.get((update.task_id, update.unit_id)), is_own(update, request)) for update in page],
        "outcomes": outcomes,
        "accepted_count": sum(not each.refused for each in outcomes),
    }
    return render(request, "plans/progress_review.html", context)


def is_own(update: ProgressUpdate, request: UserRequest) -> bool:
    return request.user.pk in {update.by_id, update.submitted_by_id}


@login_required
@require_http_methods(["GET", "POST"])
def progress_update(request: UserRequest, pk: int) -> HttpResponse:
    """One report with its evidence, what went before, and the decision on it."""
    updates = ProgressUpdate.objects.select_related(
        "task__plan__unit", "unit", "by", "submitted_by", "decided_by", "due_report__period"
    )
    then = Permission.PROGRESS_ACCEPT if request.method == "POST" else None
    update = get_allowed(updates, request.user, Permission.PLAN_VIEW, then, pk=pk)
    form = DecisionForm(request.POST or None)
    status = HTTPStatus.OK
    if request.method == "POST":
        status = decide(request, update, form)
        if status == HTTPStatus.FOUND:
            query = f"?{request.GET.urlencode()}" if request.GET else ""
            return redirect(reverse("plans:review") + query)
        update.refresh_from_db()
    others = updates.filter(task=update.task, unit=update.unit).exclude(pk=update.pk)
    waits = ProgressUpdate.objects.waiting().filter(pk=update.pk).exists()
    context = {
        "update": update,
        "task": update.task,
        "plan": update.task.plan,
        "before": accepted_of([update]).get((update.task_id, update.unit_id)),
        "files": list(update.evidence.select_related("unit", "uploaded_by")),
        "earlier": list(others.filter(pk__lt=update.pk).exclude(state=ProgressUpdate.State.DRAFT)[:HISTORY_SHOWN]),
        "waits": waits,
        "is_own": is_own(update, request),
        "may_decide": waits
        and not is_own(update, request)
        and holds_in(request.user, Permission.PROGRESS_ACCEPT, update.unit),
        "form": form,
    }
    return render(request, "plans/progress_update.html", context, status=status)


def decide(request: UserRequest, update: ProgressUpdate, form: DecisionForm) -> HTTPStatus:
    """302 when it is done, 409 when somebody else was faster, 422 when something is missing."""
    if not form.is_valid():
        return HTTPStatus.UNPROCESSABLE_ENTITY
    note, act = form.cleaned_data["note"], request.POST.get("act")
    try:
        if act == "accept":
            services.accept_progress(update=update, note=note, by=request.user)
            said = _("Accepted: %(unit)s, %(percent)s%%.")
        elif act == "return":
            services.return_progress(update=update, note=note, by=request.user)
            said = _("Returned to %(unit)s.")
        else:
            form.add_error(None, _("Choose whether to accept or to return the report."))
            return HTTPStatus.UNPROCESSABLE_ENTITY
    except services.NoteMissing as refused:
        form.add_error("note", str(refused))
        return HTTPStatus.UNPROCESSABLE_ENTITY
    except (services.ProgressRefused, services.PlanIsClosed) as refused:
        form.add_error(None, str(refused))
        return HTTPStatus.CONFLICT
    messages.success(request, said % {"unit": update.unit.label, "percent": update.percent})
    return HTTPStatus.FOUND
