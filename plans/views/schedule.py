from __future__ import annotations

from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from plans.contexts import plan_progress
from plans.contexts.holidays import WorkCalendar
from plans.contexts.schedule import schedule_page
from plans.contexts.structure import Structure
from plans.forms.schedule import ScheduleFilter
from plans.models import Plan
from plans.views.plans import day_asked
from units.access import allowed_units, get_allowed
from units.http import UserRequest
from units.permissions import Permission


def with_query(query: QueryDict, **changes: str | date | None) -> str:
    """The address of the same page with some of its query changed; None takes a name out."""
    query = query.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = str(value)
    return f"?{query.urlencode()}"


@login_required
@require_safe
def plan_schedule(request: UserRequest, pk: int) -> HttpResponse:
    plan = get_allowed(Plan.objects.select_related("unit"), request.user, Permission.PLAN_VIEW, pk=pk)
    form = ScheduleFilter(request.GET, plan=plan, units=allowed_units(request.user, Permission.PLAN_VIEW))
    asked = form.asked()
    progress = plan_progress(plan=plan, user=request.user, as_of=day_asked(request))
    shown = [
        task.task_id
        for task in progress.tasks
        if (not asked["state"] or task.state == asked["state"])
        and (asked["unit"] is None or any(each.unit_id == asked["unit"].pk for each in task.performers))
    ]
    page = schedule_page(
        progress,
        Structure.of(plan),
        calendar=WorkCalendar.of(plan.unit),
        by=asked["by"],
        begins=asked["begins"],
        shown=frozenset(shown),
    )
    views = [
        {"label": label, "url": with_query(request.GET, by=by, begins=None), "current": asked["by"] == by}
        for by, label in (("month", _("By month")), ("week", _("By week")))
    ]
    context = {
        "plan": plan,
        "page": page,
        "gantt": page.gantt if page else None,
        "count": len(shown),
        "total": len(progress.tasks),
        "as_of": progress.as_of,
        "form": form,
        "views": views,
        "before_url": with_query(request.GET, begins=page.before) if page and page.before else "",
        "after_url": with_query(request.GET, begins=page.after) if page and page.after else "",
    }
    return render(request, "plans/schedule.html", context)
