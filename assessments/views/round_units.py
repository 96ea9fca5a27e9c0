"""Pages on which the units of a round are chosen."""

from __future__ import annotations

from collections import Counter
from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from assessments.forms.round import ChooseUnitsForm, OneUnitForm
from assessments.models import Assessment, Round
from assessments.services.phases import RoundRefused
from assessments.services.rounds import UnitResult, add_units, remove_unit, untouched
from assessments.views.rounds import OPEN, load_round, status_of
from units.http import UserRequest
from units.models import Unit
from units.permissions import Permission

OUTCOMES = {
    "added": (gettext_lazy("Added"), "ok", "circle-check"),
    "already": (gettext_lazy("In the round already"), "", "check"),
    "outside": (gettext_lazy("Not of this province"), "bad", "circle-x"),
    "ended": (gettext_lazy("No longer in operation"), "bad", "circle-x"),
    "left_out": (gettext_lazy("Left out"), "", "ban"),
}


@login_required
@require_http_methods(["GET", "POST"])
def round_units(request: UserRequest, pk: int) -> HttpResponse:
    """GET with a choice shows which units it means; POST adds them, but for those that were ticked to be left out, and
    tells of each what became of it."""
    round_ = load_round(request, pk, Permission.ROUND_MANAGE)
    one = OneUnitForm(request.POST if "unit" in request.POST else None, round_=round_)
    sent = request.POST if request.method == "POST" and not one.is_bound else request.GET
    chosen = any(name in sent for name in ("kinds", "as_of"))
    form = ChooseUnitsForm(sent if chosen else None, round_=round_, initial={"as_of": timezone.localdate()})
    preview: list[Unit] = []
    results: list[UnitResult] = []
    status = HTTPStatus.OK
    if form.is_bound and form.is_valid():
        preview = list(form.found())
    if request.method == "POST":
        try:
            if one.is_bound and one.is_valid():
                results = add_units(round=round_, units=[one.cleaned_data["unit"]], by=request.user)
            elif form.is_bound and form.is_valid():
                left = set(request.POST.getlist("leave"))
                wanted = [unit for unit in preview if str(unit.pk) not in left]
                results = add_units(round=round_, units=wanted, as_of=form.cleaned_data["as_of"], by=request.user)
                results += [UnitResult(unit=unit, outcome="left_out") for unit in preview if str(unit.pk) in left]
        except RoundRefused as refused:
            messages.error(request, str(refused))
            return redirect("assessments:round", pk=pk)
        if not results:
            status = HTTPStatus.UNPROCESSABLE_ENTITY if status_of(form) == HTTPStatus.OK else status_of(form)
        preview = []
    return _show(request, round_, form, OneUnitForm(round_=round_) if results else one, preview, results, status)


def _show(request, round_: Round, form, one, preview, results, status) -> HttpResponse:
    there = Assessment.objects.filter(round=round_).select_related("unit").order_by("unit__kind", "unit__name", "pk")
    in_it = {sheet.unit_id for sheet in there}
    removable = set(untouched(Assessment.objects.filter(round=round_)).values_list("pk", flat=True))
    counted = Counter(result.outcome for result in results)
    context = {
        "round": round_,
        "form": form,
        "one": one,
        "preview": [(unit, unit.pk in in_it) for unit in preview],
        "new": sum(unit.pk not in in_it for unit in preview),
        "known": sum(unit.pk in in_it for unit in preview),
        "asked": form.is_bound and form.is_valid() and request.method == "GET",
        "results": [(result.unit, *OUTCOMES[result.outcome]) for result in results],
        "added": counted["added"],
        "sheets": [(sheet, sheet.pk in removable) for sheet in there],
        "is_open": round_.state in OPEN,
        "is_preparing": round_.state == Round.State.PREPARING,
    }
    return render(request, "assessments/rounds/units.html", context, status=status)


@login_required
@require_POST
def round_unit_remove(request: UserRequest, pk: int, sheet_pk: int) -> HttpResponse:
    round_ = load_round(request, pk, Permission.ROUND_MANAGE)
    sheet = get_object_or_404(Assessment.objects.select_related("unit", "round__unit"), pk=sheet_pk, round=round_)
    try:
        remove_unit(assessment=sheet, by=request.user)
    except RoundRefused as refused:
        messages.error(request, f"{sheet.unit.label}: {refused}")
    else:
        messages.success(request, _("%(unit)s is no longer in the round.") % {"unit": sheet.unit.label})
    return redirect("assessments:round_units", pk=pk)
