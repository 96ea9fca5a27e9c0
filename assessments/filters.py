"""What lists of sheets can be narrowed by: the same on the page and in the API."""

from __future__ import annotations

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.models import Assessment, CriteriaSet, Round
from plans.models import Standard
from units.models import Unit
from units.permissions import Permission


def _visible(request):
    if request is None:
        return Assessment.objects.none()
    return Assessment.objects.allowed_to(request.user, Permission.ASSESSMENT_VIEW).order_by()


def _rounds(request):
    """Rounds of the sheets the person may see: a choice never names another."""
    return Round.objects.filter(pk__in=_visible(request).values("round"))


def _units(request):
    return Unit.objects.filter(pk__in=_visible(request).values("unit")).order_by("name")


def _standards(request):
    return Standard.objects.filter(pk__in=_visible(request).values("round__criteria_set__standard"))


class AssessmentFilter(django_filters.FilterSet):
    round = django_filters.ModelChoiceFilter(label=_("Round"), queryset=_rounds, empty_label=_("All"))
    year = django_filters.NumberFilter(label=_("Year"), field_name="round__year")
    standard = django_filters.ModelChoiceFilter(
        label=_("Standard"), field_name="round__criteria_set__standard", queryset=_standards, empty_label=_("All")
    )
    unit = django_filters.ModelChoiceFilter(label=_("Unit"), queryset=_units, empty_label=_("All"))

    state = django_filters.ChoiceFilter(label=_("State"), choices=Assessment.State.choices, empty_label=_("All"))

    class Meta:
        model = Assessment
        fields = ["round", "year", "standard", "unit", "state"]

    def offer_years(self):
        """Let the page offer the years there are instead of a free number. One query."""
        years = self.queryset.order_by("-round__year").values_list("round__year", flat=True).distinct()
        self.form.fields["year"].widget = forms.Select(choices=[("", _("All")), *((year, str(year)) for year in years)])


def _diagnosis_rounds(request):
    return _rounds(request).filter(criteria_set__scale=CriteriaSet.Scale.RAG)


def _diagnosis_standards(request):
    return _standards(request).filter(criteria_sets__scale=CriteriaSet.Scale.RAG).distinct()


class DiagnosisFilter(AssessmentFilter):
    """Sheets by traffic lights only: a choice never names a round by points."""

    round = django_filters.ModelChoiceFilter(label=_("Round"), queryset=_diagnosis_rounds, empty_label=_("All"))
    standard = django_filters.ModelChoiceFilter(
        label=_("Standard"),
        field_name="round__criteria_set__standard",
        queryset=_diagnosis_standards,
        empty_label=_("All"),
    )


def _visible_rounds(request):
    if request is None:
        return Round.objects.none()
    return Round.objects.allowed_to(request.user, Permission.ASSESSMENT_VIEW).order_by()


def _round_standards(request):
    return Standard.objects.filter(pk__in=_visible_rounds(request).values("criteria_set__standard"))


class RoundFilter(django_filters.FilterSet):
    year = django_filters.NumberFilter(label=_("Year"), field_name="year")
    standard = django_filters.ModelChoiceFilter(
        label=_("Standard"), field_name="criteria_set__standard", queryset=_round_standards, empty_label=_("All")
    )
    state = django_filters.ChoiceFilter(label=_("State"), choices=Round.State.choices, empty_label=_("All"))

    class Meta:
        model = Round
        fields = ["year", "standard", "state"]

    def offer_years(self):
        """One query."""
        years = self.queryset.order_by("-year").values_list("year", flat=True).distinct()
        self.form.fields["year"].widget = forms.Select(choices=[("", _("All")), *((year, str(year)) for year in years)])


class CriteriaSetFilter(django_filters.FilterSet):
    status = django_filters.ChoiceFilter(label=_("Status"), choices=CriteriaSet.Status.choices, empty_label=_("All"))
    standard = django_filters.ModelChoiceFilter(
        label=_("Standard"),
        queryset=lambda request: Standard.objects.filter(criteria_sets__isnull=False).distinct(),
        empty_label=_("All"),
    )
    own = django_filters.ChoiceFilter(
        label=_("Whose"),
        field_name="unit",
        lookup_expr="isnull",
        choices=[("false", _("The province's own")), ("true", _("Came with the portal"))],
        empty_label=_("All"),
        method="filter_own",
    )

    class Meta:
        model = CriteriaSet
        fields = ["status", "standard", "own"]

    def filter_own(self, queryset, name, value):
        return queryset.filter(unit__isnull=value == "true")
