from __future__ import annotations

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from isoportal.rows import IdFilter, ListAPI, Row, columns_of
from plans.api.parts import described
from plans.models import PilotPhase, PilotUnit
from units.permissions import Permission

PilotPhasePart = described(PilotPhase, "phase", "since", "note", "at")


class PilotUnitRow(serializers.ModelSerializer[PilotUnit]):
    class Meta:
        model = PilotUnit
        fields = [
            "id",
            "plan",
            "unit",
            "task",
            "phase",
            "survey_score",
            "survey_note",
            "surveyed_on",
            "decision",
            "decided_on",
            "version",
            "updated_at",
        ]
        read_only_fields = fields
        extra_kwargs = {
            "task": {"help_text": "The task by which it was surveyed."},
            "survey_score": {"help_text": "0 to 100 points; null where the survey gave none."},
            "decision": {"help_text": "The document by which it was chosen."},
        }


class PilotUnitWhole(PilotUnitRow):
    phases = PilotPhasePart(many=True, read_only=True)

    class Meta(PilotUnitRow.Meta):
        fields = [*PilotUnitRow.Meta.fields, "phases"]
        read_only_fields = fields


class PilotUnitFilter(django_filters.FilterSet):
    plan = IdFilter()
    unit = IdFilter()
    phase = django_filters.ChoiceFilter(choices=PilotUnit.Phase.choices)
    updated_since = django_filters.IsoDateTimeFilter(field_name="updated_at", lookup_expr="gte")

    class Meta:
        model = PilotUnit
        fields: list[str] = []


@extend_schema_view(
    list=extend_schema(summary="Pilot units"), retrieve=extend_schema(summary="One pilot unit with its phases")
)
class PilotUnitAPI(ListAPI):
    """Units that a survey looked at and that pilot a standard under a plan, each with its phase."""

    queryset = PilotUnit.objects.all()
    serializer_class = PilotUnitRow
    detail_serializer_class = PilotUnitWhole
    filterset_class = PilotUnitFilter
    ordering_fields = ("id", "updated_at")

    def allowed(self) -> QuerySet[PilotUnit]:
        return PilotUnit.objects.allowed_to(self.caller, Permission.PLAN_VIEW)

    def parts(self, row: Row) -> Row:
        own, _renamed = columns_of(PilotPhasePart)
        return {"phases": list(PilotPhase.objects.filter(pilot=row["id"]).order_by("since", "pk").values(*own))}
