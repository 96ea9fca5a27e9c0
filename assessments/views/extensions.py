"""More time for single units: giving it, and ending it early."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from assessments.contexts.deadlines import PHASE_NAMES
from assessments.contexts.rounds import sheet_lines, with_lines
from assessments.forms.round import EndExtensionForm, ExtendForm
from assessments.models import Assessment, Extension, Round
from assessments.services.extensions import DONE_WITH, ExtensionRefused, end_extension, extend
from assessments.services.phases import RoundRefused
from assessments.views.rounds import load_round, status_of
from units.access import holds_in
from units.http import UserRequest
from units.permissions import Permission

REFUSED = (ExtensionRefused, RoundRefused)


@login_required
@require_http_methods(["GET", "POST"])
def round_extend(request: UserRequest, pk: int) -> HttpResponse:
    """More time for one unit or several. `?sheet=` ticks one, `?late=1` those that are late."""
    round_ = load_round(request, pk, Permission.ROUND_MANAGE)
    now = timezone.now()
    sheets = Assessment.objects.filter(round=round_).exclude(state__in=DONE_WITH)
    lines = sheet_lines(with_lines(sheets).order_by("unit__kind", "unit__name", "pk"), now=now, inside=True)
    late = [line.sheet.pk for line in lines if line.late_phase]
    wanted = request.GET.get("sheet", "")
    ticked = [int(wanted)] if wanted.isascii() and wanted.isdigit() and len(wanted) < 19 else []
    initial: dict[str, Any] = {
        "units": ticked or (late if request.GET.get("late") else []),
        "phase": Round.Phase.SELF_SCORE,
    }
    initial["until"] = timezone.localtime(now + timedelta(days=3)).replace(hour=17, minute=0)
    form = ExtendForm(request.POST if request.method == "POST" else None, sheets=sheets, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = extend(
                assessments=list(data["units"]),
                phase=data["phase"],
                until=data["until"],
                reason=data["reason"],
                by=request.user,
            )
        except REFUSED as refused:
            form.add_error(None, str(refused))
        else:
            said = ngettext("%(count)d unit has more time.", "%(count)d units have more time.", len(made))
            messages.success(request, said % {"count": len(made)})
            return redirect("assessments:round", pk=pk)
    chosen = {str(value) for value in form["units"].value() or ()}
    running = Extension.objects.filter(assessment__round=round_, until__gt=now)
    running = running.select_related("assessment__unit", "by").order_by("until", "assessment__unit__name")
    context = {
        "round": round_,
        "form": form,
        "rows": [(line, str(line.sheet.pk) in chosen) for line in lines],
        "late": len(late),
        "late_url": f"?{urlencode({'late': 1})}",
        "running": [(each, PHASE_NAMES[Round.Phase(each.phase)]) for each in running],
    }
    return render(request, "assessments/rounds/extend.html", context, status=status_of(form))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def extension_end(request: UserRequest, pk: int) -> HttpResponse:
    """Ends one unit's extension now, with a reason."""
    sheets = Assessment.objects.allowed_to(request.user, Permission.ASSESSMENT_VIEW).order_by()
    extensions = Extension.objects.select_related("assessment__unit", "assessment__round__unit")
    extension = get_object_or_404(extensions, pk=pk, assessment__in=sheets.values("pk"))
    round_ = extension.assessment.round
    if not holds_in(request.user, Permission.ROUND_MANAGE, round_.unit):
        raise PermissionDenied
    form = EndExtensionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            end_extension(extension=extension, by=request.user, **form.cleaned_data)
        except REFUSED as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The extension has ended. The unit is told."))
            return redirect("assessments:round_extend", pk=round_.pk)
    phase = PHASE_NAMES[Round.Phase(extension.phase)]
    context = {"extension": extension, "phase": phase, "round": round_, "form": form}
    return render(request, "assessments/rounds/extension_end.html", context, status=status_of(form))
