from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from plans.forms.shifting import MoveForm
from plans.models import Plan, Task
from plans.permissions import OPEN
from plans.services import shifting
from plans.services.amending import AmendmentRefused
from plans.services.content import NotOnTheDesk, StaleContent
from plans.services.standing import PlanIsClosed
from plans.services.writing import TaskHasReports
from plans.views.tasks import load_task
from units.http import UserRequest
from units.permissions import Permission

REFUSALS = (NotOnTheDesk, StaleContent, AmendmentRefused, PlanIsClosed, TaskHasReports)


@login_required
@require_http_methods(["GET", "POST"])
def task_dates(request: UserRequest, pk: int) -> HttpResponse:
    """New days for a task. What would move along is listed, old and new, before anything is written."""
    task = load_task(request, pk, Permission.PLAN_EDIT)
    by_amendment = task.plan.status == Plan.Status.ISSUED and task.origin == Task.Origin.PLAN
    posted = request.method == "POST"
    form = MoveForm(
        request.POST if posted else None,
        initial={"start": task.start, "end": task.end},
        asks_reason=by_amendment and not task.plan.amendments.filter(status="draft").exists(),
    )
    found = None
    if posted and form.is_valid():
        data = form.cleaned_data
        days = {"start": data["start"], "end": data["end"]}
        how = request.POST.get("do", "")
        try:
            if how in {"all", "alone"}:
                moved = shifting.move_task(
                    task=task,
                    follow=how == "all",
                    seen=request.POST.get("seen", ""),
                    reason=data.get("reason", ""),
                    by=request.user,
                    **days,
                )
                return _done(request, task, moved)
            found = shifting.preview_move(task=task, **days)
        except shifting.EndsBeforeItStarts as refused:
            form.add_error("end", str(refused))
        except shifting.ShiftChanged as refused:
            form.add_error(None, str(refused))
            found = refused.now
        except REFUSALS as refused:
            form.add_error(None, str(refused))
            found = shifting.preview_move(task=task, **days)
    context = {
        "task": task,
        "plan": task.plan,
        "form": form,
        "found": found,
        "by_amendment": by_amendment,
        "may_change": task.plan.status in OPEN,
    }
    return render(request, "plans/task_dates.html", context, status=422 if form.errors else 200)


def _done(request: UserRequest, task: Task, moved: shifting.Moved) -> HttpResponse:
    if moved.amendment is not None:
        messages.success(
            request, _("The draft amendment has the new dates of %(count)d tasks.") % {"count": len(moved.moves)}
        )
    else:
        messages.success(request, _("%(count)d tasks were moved.") % {"count": len(moved.moves)})
    return redirect("plans:task", pk=task.pk)
