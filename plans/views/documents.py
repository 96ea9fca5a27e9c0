from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from plans import services
from plans.contexts.reading import reading_of
from plans.document import read_document
from plans.forms import DocumentForm
from units.access import allowed_units
from units.http import UserRequest
from units.models import Unit
from units.permissions import Permission


@login_required
@require_http_methods(["GET", "POST"])
def plan_import(request: UserRequest) -> HttpResponse:
    """First the document is read and shown beside its text, then the draft is saved: two posts of one form."""
    units = allowed_units(request.user, Permission.PLAN_EDIT).order_by("path")
    if not units.exists():
        raise PermissionDenied
    if request.method != "POST":
        return render(request, "plans/plan_import.html", {"form": DocumentForm(units=units)})
    form = DocumentForm(request.POST, request.FILES, units=units)
    if not form.is_valid():
        return render(request, "plans/plan_import.html", {"form": form}, status=422)
    text = form.cleaned_data["text"]
    document = read_document(text)
    unit = form.cleaned_data["unit"] or within(units, services.find_unit_for(document))
    context = {"form": form, "document": document, "unit": unit, "text": text, "reading": reading_of(document)}
    if request.POST.get("step") == "save":
        if unit is None:
            form.add_error("unit", _("The document does not say which of your units issues it. Choose the unit."))
            return render(request, "plans/plan_import.html", context, status=422)
        try:
            plan = services.import_document(document=document, unit=unit, by=request.user, text=text)
        except services.AlreadyImported as known:
            form.add_error(None, str(known))
            return render(request, "plans/plan_import.html", {**context, "known": known.plan}, status=422)
        messages.success(request, _("The draft is saved. Check it against the paper."))
        return redirect("plans:edit", pk=plan.pk)
    return render(request, "plans/plan_import.html", context)


def within(units, unit: Unit | None) -> Unit | None:
    return units.filter(pk=unit.pk).first() if unit else None
