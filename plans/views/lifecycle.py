"""One page an act: it says what will happen, asks what it needs, and does it."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from plans import services
from plans.contexts.lifecycle import ACT_WORDS, open_matters
from plans.forms.lifecycle import ActForm, CloseForm, IssueForm, ReasonForm
from plans.models import Plan
from plans.permissions import ACTS, Act
from plans.services.evidence import EvidenceRefused, keep_evidence
from units.access import get_allowed
from units.http import UserRequest
from units.models import User
from units.permissions import Permission

DOES: dict[Act, Callable[..., Plan]] = {
    Act.SUBMIT: services.submit_plan,
    Act.RETURN: services.return_plan,
    Act.ISSUE: services.issue_plan,
    Act.CLOSE: services.close_plan,
    Act.CANCEL: services.cancel_plan,
}
FORMS: dict[Act, type[ActForm]] = {
    Act.SUBMIT: ActForm,
    Act.RETURN: ReasonForm,
    Act.ISSUE: IssueForm,
    Act.CLOSE: CloseForm,
    Act.CANCEL: ReasonForm,
}


def given(plan: Plan, form: ActForm, by: User) -> dict[str, Any]:
    """What the form gives the service; a file that was sent is kept first, so that nobody waits for it at a lock."""
    data = dict(form.cleaned_data)
    if file := data.pop("file", None):
        data["signed_file"] = keep_evidence(unit=plan.unit, file=file, title=str(plan), by=by)
    return data


@login_required
@require_http_methods(["GET", "POST"])
def plan_act(request: UserRequest, pk: int, act: Act) -> HttpResponse:
    plans = Plan.objects.select_related("unit")
    plan = get_allowed(plans, request.user, Permission.PLAN_VIEW, ACTS[act].permission, pk=pk)
    more: dict[str, Any] = {}
    context = {"plan": plan, "act": act, "words": ACT_WORDS[act], "possible": plan.status in ACTS[act].states}
    if act is Act.CLOSE:
        context["matters"] = matters = open_matters(plan, on=timezone.localdate())
        more["unfinished"] = bool(matters)
    if request.method != "POST":
        return render(request, "plans/plan_act.html", context | {"form": FORMS[act](plan=plan, **more)})
    sent = request.POST.copy()
    form = FORMS[act](sent, request.FILES, plan=plan, **more)
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    if not context["possible"]:
        form.is_valid()
        form.add_error(None, str(services.NotPossibleNow(plan, act)))
        status = HTTPStatus.CONFLICT
    elif form.is_valid():
        try:
            DOES[act](plan=plan, by=request.user, **given(plan, form, request.user))
        except EvidenceRefused as refused:
            form.add_error("file", str(refused))
        except services.PlanRefused as refused:
            form.add_error(None, str(refused))
            if isinstance(refused, services.NotPossibleNow | services.PlanChanged):
                status = HTTPStatus.CONFLICT
                # They are told; what they typed stays, and they may decide again on the plan as it is now.
                sent["version"] = str(refused.plan.version)
                context["possible"] = refused.plan.status in ACTS[act].states
        else:
            messages.success(request, ACT_WORDS[act].done)
            return redirect("plans:detail", pk=plan.pk)
    return render(request, "plans/plan_act.html", context | {"form": form}, status=status)
