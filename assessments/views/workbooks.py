"""Pages of scoring workbooks: download, send back, look at what would change, agree."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import services
from assessments.contexts.standing import may
from assessments.contexts.workbooks import upload_page, visible_uploads, workbook, workbooks
from assessments.forms.workbook import WorkbookForm, WorkbooksForm
from assessments.models import Assessment, AssessmentQuerySet, Round
from assessments.permissions import Act
from assessments.renderers.scoring_workbook import bundle, writing
from assessments.services.workbook_files import WorkbookRefused
from assessments.services.workbook_taking import SheetMovedOn, UploadNotTaken, take_upload
from assessments.services.workbooks import act_of, check_upload, drop_upload
from units.access import allowed_units, get_allowed, holds_in
from units.http import UserRequest
from units.models import Unit
from units.permissions import Permission

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _check(request: UserRequest, target: Round | Assessment, form: WorkbookForm | WorkbooksForm) -> HttpResponse | None:
    """To the dry run; None where the file is refused, which the form then says."""
    if not form.is_valid():
        return None
    file = form.cleaned_data["file"]
    try:
        upload = check_upload(target=target, data=file.read(), name=file.name, by=request.user)
    except WorkbookRefused as refused:
        form.add_error("file", str(refused))
        return None
    if upload.state == upload.State.TAKEN:
        messages.info(request, _("This very file was taken already. This is its result."))
    return redirect("assessments:workbook_upload", upload.pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sheet_workbook(request: UserRequest, pk: int) -> HttpResponse:
    """One sheet's workbook: download, and POST it filled in."""
    assessment = get_allowed(Assessment.objects.with_sheet_head(), request.user, Permission.ASSESSMENT_VIEW, pk=pk)
    act = act_of(request.user, assessment)
    form, status = WorkbookForm(), HTTPStatus.OK
    if request.method == "POST":
        if act is None:
            raise PermissionDenied
        form = WorkbookForm(request.POST, request.FILES)
        if response := _check(request, assessment, form):
            return response
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    takes = act is not None and may(request.user, act, assessment, timezone.now())
    values = {"sheet": assessment, "form": form, "takes": takes, "for_unit": act == Act.SCORE_FOR_UNIT}
    return render(request, "assessments/workbooks/sheet.html", values, status=status)


@login_required
@require_safe
def workbook_file(request: UserRequest, pk: int) -> HttpResponse:
    assessment = get_allowed(Assessment.objects.with_sheet_head(), request.user, Permission.ASSESSMENT_VIEW, pk=pk)
    made = workbook(assessment)
    response = HttpResponse(writing.render(made), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{made.file_name}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _sheets(request: UserRequest, round_: Round) -> AssessmentQuerySet:
    """The sheets of the round that the person may see, those under one unit where `?under=` names it."""
    sheets = Assessment.objects.allowed_to(request.user, Permission.ASSESSMENT_VIEW).filter(round=round_)
    under = request.GET.get("under", "")
    if under:
        known = under.isascii() and under.isdigit() and len(under) < 19
        units = allowed_units(request.user, Permission.ASSESSMENT_VIEW)
        unit = get_object_or_404(units, pk=int(under) if known else 0)
        sheets = sheets.filter(unit__path__startswith=unit.path)
    return sheets


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def round_workbooks(request: UserRequest, pk: int) -> HttpResponse:
    """All workbooks of a round that one may see, as a zip; POST those that came back."""
    round_ = get_allowed(
        Round.objects.select_related("unit", "criteria_set"), request.user, Permission.ASSESSMENT_VIEW, pk=pk
    )
    scored = Assessment.objects.allowed_to(request.user, Permission.ASSESSMENT_SCORE).filter(round=round_)
    manages = holds_in(request.user, Permission.ROUND_MANAGE, round_.unit)
    sends = manages or scored.exists()
    form, status = WorkbooksForm(), HTTPStatus.OK
    if request.method == "POST":
        if not sends:
            raise PermissionDenied
        form = WorkbooksForm(request.POST, request.FILES)
        if response := _check(request, round_, form):
            return response
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    sheets = _sheets(request, round_)
    districts = Unit.objects.filter(kind=Unit.Kind.DISTRICT, pk__in=sheets.values("unit"))
    values = {
        "round": round_,
        "form": form,
        "sends": sends,
        "for_unit": manages,
        "count": sheets.count(),
        "districts": list(districts.order_by("path")[:100]),
        "uploads": list(visible_uploads(request.user).filter(round=round_).select_related("by")[:10]),
    }
    return render(request, "assessments/workbooks/round.html", values, status=status)


@login_required
@require_safe
def workbooks_file(request: UserRequest, pk: int) -> HttpResponse | StreamingHttpResponse:
    round_ = get_allowed(Round.objects.all(), request.user, Permission.ASSESSMENT_VIEW, pk=pk)
    sheets = list(_sheets(request, round_).with_sheet_head().order_by("unit__path"))
    if not sheets:
        messages.info(request, _("There is no sheet in this round that you may see."))
        return redirect("assessments:workbooks", pk)
    response = StreamingHttpResponse(bundle.stream(workbooks(sheets)), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="Phieu-cham-diem-{round_.year}-{round_.pk}.zip"'
    response["Cache-Control"] = "private, no-store"
    return response


def _shown(request: UserRequest, pk: int, status: HTTPStatus = HTTPStatus.OK, error: str = "") -> HttpResponse:
    upload = get_object_or_404(
        visible_uploads(request.user).select_related("round__unit", "assessment__unit", "by"), pk=pk
    )
    place = request.GET.get("file", "")
    page = upload_page(upload, int(place) if place.isascii() and place.isdigit() and len(place) < 6 else None)
    values: dict[str, Any] = {"upload": upload, "page": page, "error": error, "mine": upload.by_id == request.user.pk}
    return render(request, "assessments/workbooks/upload.html", values, status=status)


@login_required
@require_safe
def upload_detail(request: UserRequest, pk: int) -> HttpResponse:
    """The dry run, and after it the result."""
    return _shown(request, pk)


@login_required
@require_POST
def upload_take(request: UserRequest, pk: int) -> HttpResponse:
    """Write what the dry run showed: 409 with the renewed dry run where somebody was faster."""
    upload = get_object_or_404(visible_uploads(request.user), pk=pk)
    try:
        taken = take_upload(upload=upload, by=request.user, overwrite=request.POST.getlist("overwrite"))
    except SheetMovedOn as refused:
        return _shown(request, pk, HTTPStatus.CONFLICT, str(refused))
    except (UploadNotTaken, services.ActRefused) as refused:
        return _shown(request, pk, HTTPStatus.UNPROCESSABLE_ENTITY, str(refused))
    written = sum(file.get("written", 0) for file in taken.report)
    words = ngettext("%(count)s row was saved.", "%(count)s rows were saved.", written)
    messages.success(request, words % {"count": written})
    return redirect("assessments:workbook_upload", taken.pk)


@login_required
@require_POST
def upload_drop(request: UserRequest, pk: int) -> HttpResponse:
    upload = get_object_or_404(visible_uploads(request.user).select_related("round"), pk=pk)
    drop_upload(upload=upload, by=request.user)
    messages.info(request, _("Nothing of the file was saved."))
    if upload.assessment_id:
        return redirect("assessments:workbook", upload.assessment_id)
    return redirect("assessments:workbooks", upload.round_id)
