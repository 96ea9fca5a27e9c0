"""Findings of a visit and their files; the signatures under its minutes."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.forms.inspection import FindingForm, SignForm, VersionForm
from assessments.models import ChecklistItem, Criterion, Finding, InspectionMember, Visit
from assessments.permissions import VisitAct
from assessments.services.findings import StaleFinding, add_finding, edit_finding, remove_finding
from assessments.services.inspections import InspectionRefused
from assessments.services.minutes import sign_minutes
from assessments.services.visits import StaleVisit
from assessments.views.inspections import over_version, refuse, status_of
from assessments.views.visits import load_visit, too_late
from plans.models import Evidence
from plans.services.evidence import EvidenceRefused, keep_all
from plans.views.evidence import Damaged, damaged, guarded, open_checked
from units.access import get_allowed
from units.http import UserRequest
from units.permissions import Permission


def load_finding(request: UserRequest, pk: int, act: VisitAct | None = None) -> tuple[Finding, Visit]:
    findings = Finding.objects.select_related("criterion", "by")
    finding = get_allowed(findings, request.user, Permission.ASSESSMENT_VIEW, pk=pk)
    return finding, load_visit(request, finding.visit_id, act)


def criteria_for(visit: Visit):
    """Those of the inspection's set and those asked after in this visit."""
    asked = visit.checklist.filter(criterion__isnull=False).values("criterion")
    found = Criterion.objects.filter(pk__in=asked)
    if visit.inspection.criteria_set_id:
        of_set = Criterion.objects.filter(criteria_set=visit.inspection.criteria_set_id)
        found |= of_set.exclude(scoring=Criterion.Scoring.GROUP)
    return found.order_by("criteria_set", "order")


def from_item(request: UserRequest, visit: Visit) -> dict[str, Any]:
    """?item=: the question that failed, written up as a finding."""
    key = request.GET.get("item", "")
    if not (key.isascii() and key.isdigit() and len(key) < 19):
        return {}
    item = visit.checklist.filter(pk=int(key)).first()
    if item is None:
        return {}
    kind = Finding.Kind.MAJOR if item.result == ChecklistItem.Result.FAILS else Finding.Kind.MINOR
    return {"kind": kind, "text": item.note, "criterion": item.criterion_id}


@login_required
@require_http_methods(["GET", "POST"])
def finding_new(request: UserRequest, pk: int) -> HttpResponse:
    visit = load_visit(request, pk, VisitAct.FIND)
    if request.method != "POST" and (answer := too_late(request, visit, VisitAct.FIND)):
        return answer
    return _finding_form(request, visit, None, from_item(request, visit))


@login_required
@require_http_methods(["GET", "POST"])
def finding_edit(request: UserRequest, pk: int) -> HttpResponse:
    finding, visit = load_finding(request, pk, VisitAct.FIND)
    if request.method != "POST" and (answer := too_late(request, visit, VisitAct.FIND)):
        return answer
    names = ("kind", "text", "clause", "criterion", "due_on", "version")
    initial = {name: getattr(finding, name) for name in names}
    return _finding_form(request, visit, finding, initial | {"earlier": list(finding.evidence.all())})


def _finding_form(request: UserRequest, visit: Visit, finding: Finding | None, initial: dict[str, Any]) -> HttpResponse:
    posted = request.method == "POST"
    form = FindingForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        initial=initial,
        criteria=criteria_for(visit),
        evidence_of=Evidence.objects.kept().filter(unit=visit.inspection.unit),
    )
    stored = None
    if posted and form.is_valid():
        data = form.cleaned_data
        try:
            owner = visit.inspection.unit
            files = keep_all(unit=owner, files=data["files"], earlier=data["earlier"], by=request.user)
            if finding is None:
                add_finding(visit=visit, files=files, by=request.user, **form.values)
            else:
                edit_finding(
                    finding=finding,
                    files=files,
                    expected_version=data["version"] or 0,
                    by=request.user,
                    **form.values,
                )
        except EvidenceRefused as refused:
            form.add_error("files", str(refused))
        except StaleFinding as stale:
            refuse(form, stale)
            over_version(form, stale.stored.version)
            stored = stale.stored
        except InspectionRefused as refused:
            refuse(form, refused)
        else:
            messages.success(request, _("The finding is saved."))
            return redirect("assessments:visit_findings", pk=visit.pk)
    context = {"form": form, "visit": visit, "inspection": visit.inspection, "finding": finding, "stored": stored}
    status = HTTPStatus.CONFLICT if stored else status_of(form)
    return render(request, "assessments/inspections/finding.html", context, status=status)


@login_required
@require_POST
def finding_remove(request: UserRequest, pk: int) -> HttpResponse:
    finding, visit = load_finding(request, pk, VisitAct.FIND)
    form = VersionForm(request.POST)
    try:
        version = form.cleaned_data["version"] if form.is_valid() else 0
        remove_finding(finding=finding, expected_version=version, by=request.user)
    except InspectionRefused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, _("The finding is taken off."))
    return redirect("assessments:visit_findings", pk=visit.pk)


@login_required
@require_safe
@cache_control(private=True, no_store=True)
def finding_file(request: UserRequest, pk: int, evidence_pk: int) -> HttpResponse | FileResponse:
    """A file of a finding, for whoever reads the finding: it belongs to the unit that inspects."""
    finding, _visit = load_finding(request, pk)
    evidence = get_object_or_404(Evidence.objects.kept(), pk=evidence_pk)
    if not finding.evidence.filter(pk=evidence.pk).exists():
        raise Http404
    try:
        file = open_checked(evidence)
    except Damaged:
        return damaged(request, evidence)
    return guarded(FileResponse(file, as_attachment=True, filename=evidence.name, content_type=evidence.media_type))


@login_required
@require_http_methods(["GET", "POST"])
def visit_sign(request: UserRequest, pk: int) -> HttpResponse:
    visit = load_visit(request, pk, VisitAct.SIGN)
    if request.method != "POST" and (answer := too_late(request, visit, VisitAct.SIGN)):
        return answer
    posted = request.method == "POST"
    head = visit.inspection.members.filter(place=InspectionMember.Place.HEAD).first()
    initial = {
        "signed_by_team": head.name if head else "",
        "signed_by_unit": visit.hosts.split("\n")[0].split(",")[0].strip(),
        "opinion": visit.opinion,
        "version": visit.version,
    }
    form = SignForm(request.POST if posted else None, request.FILES if posted else None, initial=initial)
    stored = None
    if posted and form.is_valid():
        data = form.cleaned_data
        try:
            copies = keep_all(unit=visit.unit, files=data["files"], by=request.user)
            sign_minutes(
                visit=visit,
                signed_by_team=data["signed_by_team"],
                signed_by_unit=data["signed_by_unit"],
                signed_on=data["signed_on"],
                opinion=data["opinion"],
                signed_copy=copies[0] if copies else None,
                expected_version=data["version"],
                by=request.user,
            )
        except EvidenceRefused as refused:
            form.add_error("files", str(refused))
        except StaleVisit as stale:
            refuse(form, stale)
            over_version(form, stale.visit.version)
            stored = stale.visit
        except InspectionRefused as refused:
            refuse(form, refused)
        else:
            messages.success(request, _("The signatures are recorded, and the unit is told."))
            return redirect("assessments:visit_minutes", pk=pk)
    context = {"form": form, "visit": visit, "inspection": visit.inspection, "stored": stored}
    status = HTTPStatus.CONFLICT if stored else status_of(form)
    return render(request, "assessments/inspections/sign.html", context, status=status)
