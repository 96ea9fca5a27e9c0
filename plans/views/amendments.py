"""Amendments of an issued plan: the draft in the editor, its issue, and the versions side by side."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from plans.access import rights_on
from plans.contexts.content import PlanContent, content_of
from plans.contexts.versions import compared, versions_of
from plans.forms.amending import AmendmentIssueForm, AmendmentReasonForm
from plans.models import Amendment, Plan
from plans.permissions import ACTS, Act
from plans.services.amending import (
    AmendmentRefused,
    DraftExists,
    StaleAmendment,
    cancel_amendment,
    draft_amendment,
    issue_amendment,
    save_amendment_content,
)
from plans.services.evidence import EvidenceRefused, keep_evidence
from plans.services.preparing import ForeignTask, UnknownUnit
from plans.views.editing import editor
from units.access import get_allowed
from units.http import UserRequest
from units.permissions import Permission


def load(request: UserRequest, pk: int, then: Permission | None = None) -> Plan:
    return get_allowed(Plan.objects.select_related("unit"), request.user, Permission.PLAN_VIEW, then, pk=pk)


@login_required
@require_http_methods(["GET", "POST"])
def plan_amend(request: UserRequest, pk: int) -> HttpResponse:
    """The draft of an amendment in the editor; where there is none, what begins one."""
    plan = load(request, pk, Permission.PLAN_EDIT)
    draft = plan.amendments.filter(status=Amendment.Status.DRAFT).first()
    if draft is None:
        return _begin(request, plan)
    amendment = draft
    seen = request.POST.get("seen", "")

    def save(content: PlanContent, version: int) -> None:
        save_amendment_content(
            amendment=amendment,
            content=content,
            expected_version=version,
            by=request.user,
            seen=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else None,
        )

    context = {
        "plan": plan,
        "amendment": amendment,
        "plan_moved_on": amendment.based_on != plan.version,
        "here": reverse("plans:amend", args=[pk]),
        "back": reverse("plans:amendments", args=[pk]),
    }
    base = PlanContent.from_json(amendment.content)
    return editor(request, plan=plan, base=base, version=amendment.version, save=save, context=context)


def _begin(request: UserRequest, plan: Plan) -> HttpResponse:
    form = AmendmentReasonForm(request.POST or None)
    possible = plan.status in ACTS[Act.AMEND].states
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                draft_amendment(plan=plan, reason=form.cleaned_data["reason"], by=request.user)
            except DraftExists as working:
                messages.warning(request, str(working))
                return redirect("plans:amend", pk=plan.pk)
            except AmendmentRefused as refused:
                form.add_error(None, str(refused))
            else:
                return redirect("plans:amend", pk=plan.pk)
    context = {"plan": plan, "form": form, "possible": possible}
    return render(request, "plans/amendment_new.html", context, status=status)


@login_required
@require_safe
def plan_amendments(request: UserRequest, pk: int) -> HttpResponse:
    """All amendments of a plan, the draft with what it would change, and two versions side by side."""
    plan = load(request, pk)
    rights = rights_on(plan, request.user)
    versions = versions_of(plan)
    by_key = {version.key: version for version in versions}
    after = by_key.get(request.GET.get("to", ""), versions[-1])
    before = by_key.get(request.GET.get("from", ""), versions[max(versions.index(after) - 1, 0)])
    others = plan.amendments.exclude(status=Amendment.Status.ISSUED).select_related("created_by").order_by("-order")
    may_edit = Permission.PLAN_EDIT in rights
    draft = next((each for each in others if each.status == Amendment.Status.DRAFT), None) if may_edit else None
    context = {
        "plan": plan,
        "versions": versions,
        "before": before,
        "after": after,
        "changes": compared(before.content, after.content) if before is not after else [],
        "cancelled": [each for each in others if each.status == Amendment.Status.CANCELLED] if may_edit else [],
        "draft": draft,
        "draft_changes": compared(content_of(plan), PlanContent.from_json(draft.content)) if draft else [],
        "moved_on": draft is not None and draft.based_on != plan.version,
        "may_amend": may_edit and plan.status in ACTS[Act.AMEND].states,
        "may_issue": Permission.PLAN_ISSUE in rights,
    }
    return render(request, "plans/amendment_list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def amendment_issue(request: UserRequest, pk: int) -> HttpResponse:
    plan = load(request, pk, Permission.PLAN_ISSUE)
    amendment = get_object_or_404(plan.amendments.filter(status=Amendment.Status.DRAFT))
    changes = compared(content_of(plan), PlanContent.from_json(amendment.content))
    initial = {"symbol": amendment.symbol or plan.symbol, "signer_name": plan.signer_name, "version": amendment.version}
    sent = request.POST.copy() if request.method == "POST" else None
    form = AmendmentIssueForm(sent, request.FILES or None, initial=initial)
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            data = dict(form.cleaned_data)
            file = data.pop("file")
            try:
                kept = keep_evidence(unit=plan.unit, file=file, by=request.user) if file else None
                issue_amendment(amendment=amendment, by=request.user, file=kept, **data)
            except EvidenceRefused as refused:
                form.add_error("file", str(refused))
            except (AmendmentRefused, ForeignTask, UnknownUnit) as refused:
                form.add_error(None, str(refused))
                if isinstance(refused, StaleAmendment) and sent is not None:
                    sent["version"] = str(refused.amendment.version)
                    status = HTTPStatus.CONFLICT
            else:
                messages.success(request, _("The amendment is issued and the plan is as it says."))
                return redirect("plans:amendments", pk=plan.pk)
    context = {"plan": plan, "amendment": amendment, "form": form, "changes": changes}
    return render(request, "plans/amendment_issue.html", context, status=status)


@login_required
@require_POST
def amendment_cancel(request: UserRequest, pk: int) -> HttpResponse:
    plan = load(request, pk, Permission.PLAN_EDIT)
    amendment = get_object_or_404(plan.amendments.filter(status=Amendment.Status.DRAFT))
    try:
        cancel_amendment(amendment=amendment, by=request.user, reason=request.POST.get("reason", "")[:2000])
    except AmendmentRefused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, _("The draft of the amendment is given up. The plan stays as it is."))
    return redirect("plans:amendments", pk=plan.pk)
