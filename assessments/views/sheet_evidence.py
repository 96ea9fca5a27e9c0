"""The files of one row of a sheet: a page of its own, and the same inside the sheet."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from assessments import services
from assessments.forms.evidence import DetachForm, RowEvidenceForm
from assessments.models import Assessment, Criterion
from assessments.services.evidence import FilesRefused, attach_evidence, detach_evidence
from assessments.views.score_rows import context_of, load_criterion, load_sheet, require_entry, row_address, row_values
from plans.models import Evidence
from plans.services.evidence import EvidenceRefused, keep_all
from units.http import UserRequest
from units.models import Unit


def _owner(assessment: Assessment, criterion: Criterion) -> Unit:
    return assessment.round.unit if criterion.scored_by == Criterion.ScoredBy.PROVINCE else assessment.unit


def _show(
    request: UserRequest,
    assessment: Assessment,
    criterion: Criterion,
    form: RowEvidenceForm | None = None,
    *,
    status: int = HTTPStatus.OK,
    changed: bool = False,
) -> HttpResponse:
    values = row_values(context_of(request, assessment), criterion)
    line = values["line"]
    if form is None and criterion.pk in values["sheet"].enterable:
        attached = [each.pk for each in line.files]
        offered = Evidence.objects.kept().filter(unit=_owner(assessment, criterion)).exclude(pk__in=attached)
        form = RowEvidenceForm(evidence_of=offered, initial={"version": line.version})
    template = "assessments/_evidence_panel.html" if request.htmx else "assessments/evidence.html"
    return render(request, template, values | {"form": form, "changed": changed and request.htmx}, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def row_evidence(request: UserRequest, pk: int, criterion_pk: int) -> HttpResponse:
    """POST attaches: 422 with the reason where a file is not taken, 409 where somebody changed the row meanwhile; files
    that were kept stay chosen."""
    assessment = load_sheet(request, pk)
    criterion = load_criterion(assessment, criterion_pk)
    if request.method != "POST":
        return _show(request, assessment, criterion)
    require_entry(request, assessment, criterion)
    owner = _owner(assessment, criterion)
    offered = Evidence.objects.kept().filter(unit=owner)
    form = RowEvidenceForm(request.POST, request.FILES, evidence_of=offered)
    if not form.is_valid():
        return _show(request, assessment, criterion, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        files = keep_all(
            unit=owner, files=form.cleaned_data["files"], earlier=form.cleaned_data["earlier"], by=request.user
        )
    except EvidenceRefused as refused:
        form.add_error("files", str(refused))
        return _show(request, assessment, criterion, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        attach_evidence(
            assessment=assessment,
            criterion=criterion,
            files=files,
            expected_version=form.cleaned_data["version"],
            by=request.user,
        )
    except (services.ActRefused, FilesRefused, services.NotInThisSheet, services.StaleScore) as refused:
        data = request.POST.copy()
        data.setlist("earlier", [str(each.pk) for each in files])
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if isinstance(refused, services.StaleScore):
            data["version"] = str(refused.stored.version)
            status = HTTPStatus.CONFLICT
        form.data = data
        form.add_error(None, str(refused))
        return _show(request, assessment, criterion, form, status=status)
    if not request.htmx:
        messages.success(request, _("The files are attached to criterion %(code)s.") % {"code": criterion.code})
        return redirect(row_address(assessment, criterion))
    return _show(request, load_sheet(request, pk), criterion, changed=True)


@login_required
@require_POST
def row_evidence_remove(request: UserRequest, pk: int, criterion_pk: int, evidence_pk: int) -> HttpResponse:
    assessment = load_sheet(request, pk)
    criterion = load_criterion(assessment, criterion_pk)
    require_entry(request, assessment, criterion)
    file = get_object_or_404(Evidence.objects.filter(unit=_owner(assessment, criterion)), pk=evidence_pk)
    form = DetachForm(request.POST)
    try:
        if not form.is_valid():
            raise services.NotInThisSheet
        version = form.cleaned_data["version"]
        detach_evidence(
            assessment=assessment, criterion=criterion, file=file, expected_version=version, by=request.user
        )
    except (services.ActRefused, services.NotInThisSheet, services.StaleScore) as refused:
        messages.warning(request, str(refused))
    if not request.htmx:
        return redirect("assessments:evidence", pk=pk, criterion_pk=criterion_pk)
    return _show(request, load_sheet(request, pk), criterion, changed=True)
