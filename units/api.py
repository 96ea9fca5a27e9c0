from __future__ import annotations

from datetime import date

import django_filters
from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from isoportal.rows import IdFilter, ListAPI
from units.access import allowed_units
from units.models import Unit, UnitQuerySet
from units.permissions import Permission


class UnitRow(serializers.ModelSerializer[Unit]):
    class Meta:
        model = Unit
        fields = ["id", "kind", "code", "name", "short_name", "place", "parent", "valid_from", "valid_to"]
        read_only_fields = fields
        extra_kwargs = {
            "code": {"help_text": "Official code, zero-padded. Not an identity: a later unit may bear the same one."},
            "valid_from": {"help_text": "First day; null: before the list of units begins."},
            "valid_to": {"help_text": "Last day; null: still."},
        }


class UnitFilter(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(choices=Unit.Kind.choices)
    code = django_filters.CharFilter()
    parent = IdFilter()
    valid_on = django_filters.DateFilter(method="on_day", help_text="Units that exist on this day.")
    search = django_filters.CharFilter(method="by_name", help_text="A part of the name.")

    class Meta:
        model = Unit
        fields: list[str] = []

    def on_day(self, queryset: UnitQuerySet, name: str, day: date) -> UnitQuerySet:
        return queryset.valid_on(day)

    def by_name(self, queryset: UnitQuerySet, name: str, text: str) -> UnitQuerySet:
        return queryset.filter(Q(name__icontains=text) | Q(short_name__icontains=text))


@extend_schema_view(list=extend_schema(summary="Units"), retrieve=extend_schema(summary="One unit"))
class UnitAPI(ListAPI):
    """Organisations in the dated tree: People's Committees, departments, committees."""

    queryset = Unit.objects.all()
    serializer_class = UnitRow
    filterset_class = UnitFilter
    ordering_fields = ("id", "name", "code")

    def allowed(self) -> QuerySet[Unit]:
        return allowed_units(self.request.user, Permission.UNIT_VIEW)
