from __future__ import annotations

from datetime import date

import django_filters
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from units.models import Unit, UnitQuerySet


class UnitFilter(django_filters.FilterSet):
    """The same three questions on the page and in the API."""

    search = django_filters.CharFilter(method="by_name", label=_("Name"))
    kind = django_filters.ChoiceFilter(choices=Unit.Kind.choices, label=_("Kind of unit"), empty_label=_("All"))
    as_of = django_filters.DateFilter(
        method="on_day", label=_("As of"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    class Meta:
        model = Unit
        fields: list[str] = []

    def by_name(self, queryset: UnitQuerySet, name: str, text: str) -> UnitQuerySet:
        return queryset.filter(Q(name__icontains=text) | Q(short_name__icontains=text) | Q(code=text))

    def on_day(self, queryset: UnitQuerySet, name: str, day: date) -> UnitQuerySet:
        return queryset.valid_on(day)
