from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from plans.contexts.content import content_of
from plans.models import Plan
from plans.permissions import EDITABLE
from units.access import get_allowed
from units.http import UserRequest
from units.permissions import Permission


@login_required
@require_http_methods(["GET", "POST"])
def plan_edit(request: UserRequest, pk: int) -> HttpResponse:
    plan = get_allowed(
        Plan.objects.select_related("unit"), request.user, Permission.PLAN_VIEW, Permission.PLAN_EDIT, pk=pk
    )
    if plan.status not in EDITABLE:
        messages.warning(request, _("This plan is no longer a draft: it changes only by an amendment."))
        return redirect("plans:detail", pk=plan.pk)
    return render(request, "plans/plan_edit.html", {"plan": plan, "content": content_of(plan)})
