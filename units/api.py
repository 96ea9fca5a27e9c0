from __future__ import annotations

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from isoportal.rows import IdFilter, ListAPI
from units.access import allowed_units
from units.filters import UnitFilter
from units.models import Unit
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


class UnitAPIFilter(UnitFilter):
    code = django_filters.CharFilter()
    parent = IdFilter()


@extend_schema_view(list=extend_schema(summary="Units"), retrieve=extend_schema(summary="One unit"))
class UnitAPI(ListAPI):
    """Organisations in the dated tree: People's Committees, departments, committees."""

    queryset = Unit.objects.all()
    serializer_class = UnitRow
    filterset_class = UnitAPIFilter
    ordering_fields = ("id", "name", "code")

    def allowed(self) -> QuerySet[Unit]:
        return allowed_units(self.caller, Permission.UNIT_VIEW)
