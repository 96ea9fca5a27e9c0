"""Criteria sets as files: Excel and JSON, out of any version and into a draft."""

from __future__ import annotations

from http import HTTPStatus

import orjson
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assessments.contexts.criteria_content import as_document, content_of
from assessments.forms.criteria import FileForm
from assessments.renderers import criteria_workbook
from assessments.services import criteria as services
from assessments.services.criteria import workbook
from assessments.views.criteria.pages import load_draft, seen_by
from units.http import UserRequest

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@login_required
@require_safe
def export(request: UserRequest, pk: int, kind: str) -> HttpResponse:
    found = get_object_or_404(seen_by(request.user), pk=pk)
    content = content_of(found)
    if kind == "xlsx":
        response = HttpResponse(criteria_workbook.render(content, version=found.version), content_type=XLSX)
    elif kind == "json":
        document = as_document(content, slug=found.slug, version=found.version)
        response = HttpResponse(orjson.dumps(document, option=orjson.OPT_INDENT_2), content_type="application/json")
    else:
        raise Http404
    response["Content-Disposition"] = f'attachment; filename="{found.slug}-{found.version}.{kind}"'
    return response


@login_required
@require_http_methods(["GET", "POST"])
def upload(request: UserRequest, pk: int) -> HttpResponse:
    """POST with a file shows what it would change; POST with what was shown changes it."""
    draft = load_draft(request, pk)
    form, checked, status, error = FileForm(), None, HTTPStatus.OK, ""
    if "confirmation" in request.POST:
        try:
            workbook.take_file(draft=draft, confirmation=request.POST["confirmation"], by=request.user)
        except services.CriteriaRefused as refused:
            error, status = str(refused), HTTPStatus.CONFLICT
        else:
            messages.success(request, _("The draft now says what the file says."))
            return redirect("assessments:criteria_edit", pk=pk)
    elif request.method == "POST":
        form = FileForm(request.POST, request.FILES)
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                checked = workbook.check_file(draft=draft, name=file.name, data=file.read(), by=request.user)
            except services.CriteriaRefused as refused:
                form.add_error("file", str(refused))
        if form.errors or (checked and checked.problems):
            status = HTTPStatus.UNPROCESSABLE_ENTITY
    values = {
        "criteria_set": draft,
        "form": form,
        "checked": checked,
        "error": error,
        "confirmation": checked.confirmation(request.user) if checked and checked.changes else "",
    }
    return render(request, "assessments/criteria/upload.html", values, status=status)
