from __future__ import annotations

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from assessments.models import Round
from isoportal.rows import IdFilter, ListAPI
from units.permissions import Permission


class RoundRow(serializers.ModelSerializer[Round]):
    class Meta:
        model = Round
        fields = ["id", "unit", "criteria_set", "title", "year", "opens_at", "closes_at"]
        read_only_fields = fields
        extra_kwargs = {"closes_at": {"help_text": "Half-open: a score at this very moment is too late."}}


class RoundFilter(django_filters.FilterSet):
    unit = IdFilter()
    criteria_set = IdFilter()
    year = django_filters.NumberFilter(min_value=1900, max_value=2200)

    class Meta:
        model = Round
        fields: list[str] = []


@extend_schema_view(list=extend_schema(summary="Rounds"), retrieve=extend_schema(summary="One round"))
class RoundAPI(ListAPI):
    """A province's assessments of its units by one criteria set in one year."""

    queryset = Round.objects.all()
    serializer_class = RoundRow
    filterset_class = RoundFilter
    ordering_fields = ("id", "year", "opens_at", "closes_at")

    def allowed(self) -> QuerySet[Round]:
        return Round.objects.allowed_to(self.caller, Permission.ASSESSMENT_VIEW)
