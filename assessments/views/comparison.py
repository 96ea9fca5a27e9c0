"""Comparing: round with round, a unit with its group and with itself over the years, all units by all criteria."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from assessments.contexts.comparison import compared_lines, compared_units, criterion_pairs, earlier_of
from assessments.contexts.heat_map import heat_map, scored_criteria, standing_values
from assessments.contexts.ranking import sees_ranking
from assessments.contexts.trend import sheets_before, trend_of
from assessments.models import Assessment, Round
from units.access import allowed_units, holds_in
from units.http import UserRequest
from units.models import Unit
from units.permissions import Permission

PER_PAGE = 50


class CompareForm(forms.Form):
    round = forms.ModelChoiceField(label=_("Round"), queryset=Round.objects.none(), empty_label=None)
    before = forms.ModelChoiceField(
        label=_("Compared with"), queryset=Round.objects.none(), required=False, empty_label=_("no round")
    )
    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none(), required=False, empty_label=_("All"))

    def __init__(self, *args, rounds, units, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["round"].queryset = rounds
        self.fields["before"].queryset = rounds
        self.fields["unit"].queryset = units


def _id(request: UserRequest, name: str) -> int | None:
    """The id in the query, None where there is none; what is no id is nobody's."""
    given = request.GET.get(name, "")
    if not given:
        return None
    if not (given.isascii() and given.isdigit() and len(given) < 19):
        raise Http404
    return int(given)


@login_required
@require_safe
def compare(request: UserRequest) -> HttpResponse:
    seen = Round.objects.allowed_to(request.user, Permission.ASSESSMENT_VIEW)
    rounds = list(seen.select_related("criteria_set__standard", "unit").order_by("-year", "-opens_at", "pk"))
    wanted, chosen, before_id = _id(request, "round"), _id(request, "unit"), _id(request, "before")
    by_pk = {each.pk: each for each in rounds}
    if (wanted and wanted not in by_pk) or (before_id and before_id not in by_pk):
        raise Http404
    if not rounds:
        return render(request, "assessments/compare.html", {"rounds": rounds})
    round_ = by_pk[wanted] if wanted else rounds[0]
    asked = "before" in request.GET
    before = by_pk[before_id] if before_id else None if asked else earlier_of(round_, rounds)
    visible = Assessment.objects.allowed_to(request.user, Permission.ASSESSMENT_VIEW).select_related("unit")
    after_sheets = visible.filter(round=round_).defer("frozen").order_by("unit__name", "pk")
    before_sheets = list(visible.filter(round=before).defer("frozen")) if before else []
    units = Unit.objects.filter(pk__in=after_sheets.order_by().values("unit")).order_by("name")
    query = {"round": round_.pk, "before": before.pk if before else "", "unit": chosen or ""}
    values: dict[str, Any] = {
        "rounds": rounds,
        "round": round_,
        "before": before,
        "form": CompareForm(query, rounds=seen, units=units),
        "is_points": round_.criteria_set.maximum is not None,
        "may_report": holds_in(request.user, Permission.REPORT_VIEW, round_.unit),
    }
    criteria = scored_criteria(round_.criteria_set_id)
    if chosen:
        sheet = get_object_or_404(after_sheets, unit=chosen)
        values |= _one_unit(request, sheet, round_, before, before_sheets, criteria)
    else:
        cut = Paginator(after_sheets, PER_PAGE).get_page(request.GET.get("page"))
        sheets = list(cut)
        values |= {
            "page": cut,
            "units": compared_units(sheets, before_sheets, rounds=(round_, before)),
            "heat": heat_map(sheets, criteria, standing_values(sheets), scale=round_.criteria_set.scale),
        }
    return render(request, "assessments/compare.html", values)


def _one_unit(
    request: UserRequest,
    sheet: Assessment,
    round_: Round,
    before: Round | None,
    before_sheets: list[Assessment],
    criteria: list[Any],
) -> dict[str, Any]:
    earlier = sheets_before([sheet], before_sheets)[sheet.pk]
    was = earlier[0] if len(earlier) == 1 else None
    group: list[Assessment] = []
    if sees_ranking(request.user, round_):
        group = list(
            Assessment.objects.filter(round=round_, ranking_group=sheet.ranking_group).only("pk", "round_id", "state")
        )
    values = standing_values([sheet, *([was] if was else []), *group])
    old = scored_criteria(before.criteria_set_id) if before and before.criteria_set_id != round_.criteria_set_id else []
    pairs = criterion_pairs(old or (criteria if before else []), criteria)
    return {
        "sheet": sheet,
        "was": was,
        "arranged": [each.unit.name for each in earlier if each.unit_id != sheet.unit_id],
        "lines": compared_lines(
            pairs, values[was.pk] if was else {}, values[sheet.pk], [values[each.pk] for each in group]
        ),
        "group_size": len(group),
        "trend": trend_of(sheet.unit, request.user),
    }


@login_required
@require_safe
def unit_trend(request: UserRequest, pk: int) -> HttpResponse:
    """The panel of a unit's page: its results over the years."""
    unit = get_object_or_404(allowed_units(request.user, Permission.ASSESSMENT_VIEW), pk=pk)
    return render(request, "assessments/unit_trend.html", {"unit": unit, "trend": trend_of(unit, request.user)})
