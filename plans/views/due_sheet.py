"""Reporting on all that a unit owes by one workbook: download, look at every cell, agree."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from plans.contexts.due import own_units
from plans.contexts.due_sheet import due_sheet
from plans.forms.due_sheet import SheetForm
from plans.renderers import due_sheet as renderer
from plans.services import due_sheet as services
from units.access import allowed_units
from units.http import UserRequest
from units.permissions import Permission

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@login_required
@require_http_methods(["GET", "POST"])
def workbook(request: UserRequest) -> HttpResponse:
    """POST with a file shows what it would do; POST with what was shown does it."""
    form = SheetForm()
    checked, status = None, HTTPStatus.OK
    if "confirmation" in request.POST:
        try:
            updates = services.save_sheet(confirmation=request.POST["confirmation"], by=request.user)
        except (services.SheetRefused, services.RowRefused) as refused:
            messages.error(request, str(refused))
            status = HTTPStatus.CONFLICT
        else:
            words = ngettext("%(count)s row was saved.", "%(count)s rows were saved.", len(updates))
            messages.success(request, words % {"count": len(updates)})
            return redirect("plans:progress")
    elif request.method == "POST":
        form = SheetForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                checked = services.check_sheet(data=form.cleaned_data["file"].read(), by=request.user)
            except services.SheetRefused as refused:
                form.add_error("file", str(refused))
        if form.errors or (checked and checked.problems):
            status = HTTPStatus.UNPROCESSABLE_ENTITY
    context = {
        "units": own_units(request.user),
        "form": form,
        "checked": checked,
        "confirmation": checked.confirmation(request.user) if checked and not checked.problems else "",
    }
    return render(request, "plans/progress_workbook.html", context, status=status)


@login_required
@require_safe
def workbook_file(request: UserRequest, pk: int) -> HttpResponse:
    """The workbook of one unit: all it owes."""
    unit = get_object_or_404(allowed_units(request.user, Permission.TASK_REPORT), pk=pk)
    sheet = due_sheet(unit)
    if not sheet.rows:
        messages.info(request, _("%(unit)s owes no report that can be sent now.") % {"unit": unit.label})
        return redirect("plans:workbook")
    response = HttpResponse(renderer.render(sheet), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{sheet.file_name}"'
    return response
