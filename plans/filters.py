"""What lists of plans can be narrowed by: the same on the page and in the API."""

from __future__ import annotations

import django_filters
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from plans.document.spelling import fold, tidy
from plans.models import Event, Plan, Standard
from units.models import Unit
from units.permissions import Permission


def _issuing_units(request):
    """Units whose plans the person may see: a choice never names another."""
    return Unit.objects.filter(pk__in=_visible(request).values("unit")).order_by("name")


def _standards(request):
    return Standard.objects.filter(plans__in=_visible(request)).distinct()


def _visible(request):
    if request is None:
        return Plan.objects.none()
    return Plan.objects.allowed_to(request.user, Permission.PLAN_VIEW).order_by()


class PlanFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Number or words"), method="search")
    year = django_filters.NumberFilter(label=_("Year"), field_name="issue_year")
    standard = django_filters.ModelChoiceFilter(
        label=_("Standard"), field_name="standards", queryset=_standards, empty_label=_("All")
    )
    status = django_filters.ChoiceFilter(label=_("Status"), choices=Plan.Status.choices, empty_label=_("All"))
    unit = django_filters.ModelChoiceFilter(label=_("Unit"), queryset=_issuing_units, empty_label=_("All"))

    class Meta:
        model = Plan
        fields = ["q", "year", "standard", "status", "unit"]

    def search(self, queryset, name, value):
        """Every word, with or without its marks, in any order."""
        for word in tidy(fold(value)).split():
            queryset = queryset.filter(search_text__contains=word)
        return queryset

    def offer_years(self):
        """Let the page offer the years there are instead of a free number. One query."""
        years = self.queryset.order_by("-issue_year").values_list("issue_year", flat=True).distinct()
        choices = [("", _("All")), *((year, str(year)) for year in years if year)]
        self.form.fields["year"].widget = forms.Select(choices=choices)


def _plans_with_events(request):
    if request is None:
        return Plan.objects.none()
    seen = Event.objects.allowed_to(request.user, Permission.PLAN_VIEW)
    return _visible(request).filter(pk__in=seen.values("plan")).order_by("-issue_year", "title")


class EventFilter(django_filters.FilterSet):
    """`since` and `until` are days in Asia/Ho_Chi_Minh: events that are on in any part of them."""

    q = django_filters.CharFilter(label=_("Title or place"), method="search")
    plan = django_filters.ModelChoiceFilter(label=_("Plan"), queryset=_plans_with_events, empty_label=_("All"))
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=Event.Kind.choices, empty_label=_("All"))
    state = django_filters.ChoiceFilter(label=_("State"), choices=Event.State.choices, empty_label=_("All"))
    since = django_filters.DateFilter(
        label=_("From"), field_name="ends_at", lookup_expr="date__gte", widget=forms.DateInput({"type": "date"})
    )
    until = django_filters.DateFilter(
        label=_("To"), field_name="starts_at", lookup_expr="date__lte", widget=forms.DateInput({"type": "date"})
    )

    class Meta:
        model = Event
        fields = ["q", "plan", "kind", "state", "since", "until"]

    def search(self, queryset, name, value):
        """Every word, in any order; with its marks, since an event keeps no folded text."""
        for word in value.split():
            queryset = queryset.filter(Q(title__icontains=word) | Q(place__icontains=word))
        return queryset
