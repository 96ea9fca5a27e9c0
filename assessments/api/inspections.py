"""Inspections, their visits and what these found. A unit reads the findings of a visit once its minutes are out."""

from __future__ import annotations

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from assessments.models import Finding, Inspection, Visit
from assessments.permissions import MINUTES_OUT
from isoportal.rows import IdFilter, ListAPI, Row
from units.access import allowed_units
from units.permissions import Permission

WRITTEN = ("conclusion", "requests", "opinion")


class InspectionRow(serializers.ModelSerializer[Inspection]):
    class Meta:
        model = Inspection
        fields = [
            "id",
            "unit",
            "criteria_set",
            "title",
            "year",
            "decision",
            "decided_on",
            "starts_on",
            "ends_on",
            "purpose",
            "closed_at",
            "created_at",
            "version",
        ]
        read_only_fields = fields


class VisitRow(serializers.ModelSerializer[Visit]):
    class Meta:
        model = Visit
        fields = [
            "id",
            "inspection",
            "unit",
            "form",
            "state",
            "planned_on",
            "starts_at",
            "ends_at",
            "place",
            "hosts",
            *WRITTEN,
            "signed_by_team",
            "signed_by_unit",
            "signed_on",
            "version",
            "updated_at",
        ]
        read_only_fields = fields
        extra_kwargs = {
            name: {"help_text": "Empty for the visited unit until the minutes are drawn up."} for name in WRITTEN
        }


class FindingRow(serializers.ModelSerializer[Finding]):
    class Meta:
        model = Finding
        fields = ["id", "visit", "order", "kind", "clause", "criterion", "text", "due_on", "at", "version"]
        read_only_fields = fields


class InspectionFilter(django_filters.FilterSet):
    unit = IdFilter()
    year = django_filters.NumberFilter()
    closed = django_filters.BooleanFilter(field_name="closed_at", lookup_expr="isnull", exclude=True)

    class Meta:
        model = Inspection
        fields: list[str] = []


class VisitFilter(django_filters.FilterSet):
    inspection = IdFilter()
    unit = IdFilter()
    form = django_filters.ChoiceFilter(choices=Visit.Form.choices)
    state = django_filters.ChoiceFilter(choices=Visit.State.choices)
    planned_on = django_filters.DateFromToRangeFilter()

    class Meta:
        model = Visit
        fields: list[str] = []


class FindingFilter(django_filters.FilterSet):
    visit = IdFilter()
    inspection = IdFilter(field_name="visit__inspection")
    unit = IdFilter(field_name="visit__unit")
    kind = django_filters.ChoiceFilter(choices=Finding.Kind.choices)
    due_on = django_filters.DateFromToRangeFilter()

    class Meta:
        model = Finding
        fields: list[str] = []


@extend_schema_view(list=extend_schema(summary="Inspections"), retrieve=extend_schema(summary="One inspection"))
class InspectionAPI(ListAPI):
    """Inspections that the caller's units hold, or that visit them."""

    queryset = Inspection.objects.all()
    serializer_class = InspectionRow
    filterset_class = InspectionFilter
    ordering_fields = ("id", "year", "starts_on")

    def allowed(self) -> QuerySet[Inspection]:
        return Inspection.objects.allowed_to(self.caller, Permission.ASSESSMENT_VIEW)


@extend_schema_view(list=extend_schema(summary="Inspection visits"), retrieve=extend_schema(summary="One visit"))
class VisitAPI(ListAPI):
    """Visits of inspections. What the team writes is empty for the visited unit until the minutes are drawn up."""

    queryset = Visit.objects.all()
    serializer_class = VisitRow
    filterset_class = VisitFilter
    ordering_fields = ("id", "planned_on")

    def allowed(self) -> QuerySet[Visit]:
        return Visit.objects.allowed_to(self.caller, Permission.ASSESSMENT_VIEW)

    def complete(self, rows: list[Row]) -> None:
        hidden = [row for row in rows if row["state"] not in MINUTES_OUT]
        if not hidden:
            return
        held = Inspection.objects.filter(unit__in=allowed_units(self.caller, Permission.ASSESSMENT_VIEW))
        own = set(held.filter(pk__in={row["inspection"] for row in hidden}).values_list("pk", flat=True))
        for row in hidden:
            if row["inspection"] not in own:
                row |= dict.fromkeys(WRITTEN, "")


@extend_schema_view(list=extend_schema(summary="Findings"), retrieve=extend_schema(summary="One finding"))
class FindingAPI(ListAPI):
    """What visits found. A unit reads the findings of a visit once its minutes are drawn up."""

    queryset = Finding.objects.all()
    serializer_class = FindingRow
    filterset_class = FindingFilter
    ordering_fields = ("id", "at")

    def allowed(self) -> QuerySet[Finding]:
        return Finding.objects.allowed_to(self.caller, Permission.ASSESSMENT_VIEW)
