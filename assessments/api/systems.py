from __future__ import annotations

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from assessments.models import Declaration, Qms, QmsStep
from isoportal.rows import IdFilter, ListAPI, Row, columns_of
from plans.api.parts import described
from units.permissions import Permission

StepPart = described(
    QmsStep, "id", "kind", "planned_on", "done_on", "document", "note", "nonconformities", "by", "at", "version"
)


class SystemRow(serializers.ModelSerializer[Qms]):
    standard_code = serializers.CharField(source="standard.code", read_only=True)
    standard_edition = serializers.CharField(source="standard.edition", read_only=True)

    class Meta:
        model = Qms
        fields = [
            "id",
            "unit",
            "standard",
            "standard_code",
            "standard_edition",
            "phase",
            "scope",
            "updated_at",
            "version",
        ]
        read_only_fields = fields
        extra_kwargs = {"phase": {"help_text": "Follows from the steps that are done."}}


class SystemDetail(SystemRow):
    steps = StepPart(many=True, read_only=True)

    class Meta(SystemRow.Meta):
        fields = [*SystemRow.Meta.fields, "steps"]
        read_only_fields = fields


class SystemFilter(django_filters.FilterSet):
    unit = IdFilter()
    standard = IdFilter()
    phase = django_filters.ChoiceFilter(choices=Qms.Phase.choices)
    updated_at = django_filters.IsoDateTimeFromToRangeFilter()

    class Meta:
        model = Qms
        fields: list[str] = []


@extend_schema_view(
    list=extend_schema(summary="Quality management systems"),
    retrieve=extend_schema(summary="One quality management system with its steps"),
)
class SystemAPI(ListAPI):
    """Each unit's quality management system by an edition of a standard."""

    queryset = Qms.objects.all()
    serializer_class = SystemRow
    detail_serializer_class = SystemDetail
    filterset_class = SystemFilter
    ordering_fields = ("id", "updated_at")

    def allowed(self) -> QuerySet[Qms]:
        return Qms.objects.allowed_to(self.caller, Permission.ASSESSMENT_VIEW)

    def parts(self, row: Row) -> Row:
        own, renamed = columns_of(StepPart)
        return {"steps": list(QmsStep.objects.filter(qms=row["id"]).order_by("pk").values(*own, **renamed))}


class DeclarationRow(serializers.ModelSerializer[Declaration]):
    system = serializers.IntegerField(source="qms_id", read_only=True)
    unit = serializers.IntegerField(source="qms__unit_id", read_only=True)
    superseded_by = serializers.IntegerField(
        source="successor__pk", read_only=True, allow_null=True, help_text="Null for the one in force."
    )

    class Meta:
        model = Declaration
        fields = [
            "id",
            "system",
            "unit",
            "number",
            "declared_on",
            "signer",
            "scope",
            "reason",
            "supersedes",
            "superseded_by",
            "file",
            "by",
            "at",
        ]
        read_only_fields = fields


class DeclarationFilter(django_filters.FilterSet):
    unit = IdFilter(field_name="qms__unit")
    system = IdFilter(field_name="qms")
    in_force = django_filters.BooleanFilter(field_name="successor", lookup_expr="isnull")
    declared_on = django_filters.DateFromToRangeFilter()

    class Meta:
        model = Declaration
        fields: list[str] = []


@extend_schema_view(
    list=extend_schema(summary="Declarations of conformity"),
    retrieve=extend_schema(summary="One declaration of conformity"),
)
class DeclarationAPI(ListAPI):
    """What heads of units declared (công bố), and declared again when the scope changed."""

    queryset = Declaration.objects.all()
    serializer_class = DeclarationRow
    filterset_class = DeclarationFilter
    ordering_fields = ("id", "declared_on")

    def allowed(self) -> QuerySet[Declaration]:
        return Declaration.objects.allowed_to(self.caller, Permission.ASSESSMENT_VIEW)
