from __future__ import annotations

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from assessments.models import CriteriaSet, Criterion
from isoportal.rows import IdFilter, ListAPI
from units.permissions import Permission


class CriteriaSetRow(serializers.ModelSerializer[CriteriaSet]):
    standard_code = serializers.CharField(
        source="standard.code", read_only=True, help_text='For example "TCVN ISO 9001".'
    )
    standard_edition = serializers.CharField(source="standard.edition", read_only=True)

    class Meta:
        model = CriteriaSet
        fields = [
            "id",
            "slug",
            "version",
            "title",
            "title_en",
            "note",
            "standard_code",
            "standard_edition",
            "scale",
            "status",
            "published_at",
        ]
        read_only_fields = fields


class CriteriaSetFilter(django_filters.FilterSet):
    slug = django_filters.CharFilter()
    scale = django_filters.ChoiceFilter(choices=CriteriaSet.Scale.choices)
    status = django_filters.ChoiceFilter(choices=CriteriaSet.Status.choices)
    standard = django_filters.CharFilter(field_name="standard__code")

    class Meta:
        model = CriteriaSet
        fields: list[str] = []


@extend_schema_view(list=extend_schema(summary="Criteria sets"), retrieve=extend_schema(summary="One criteria set"))
class CriteriaSetAPI(ListAPI):
    """Versions of sets of criteria. They belong to no unit: whoever may see some assessment may read them all."""

    queryset = CriteriaSet.objects.all()
    serializer_class = CriteriaSetRow
    filterset_class = CriteriaSetFilter
    ordering_fields = ("id", "slug")

    def allowed(self) -> QuerySet[CriteriaSet]:
        return CriteriaSet.objects.allowed_to(self.caller, Permission.ASSESSMENT_VIEW)


class CriterionRow(serializers.ModelSerializer[Criterion]):
    parameters = serializers.DictField(read_only=True, help_text="The numbers of the rule, by the kind of scoring.")

    class Meta:
        model = Criterion
        fields = [
            "id",
            "criteria_set",
            "parent",
            "order",
            "code",
            "title",
            "title_en",
            "max_score",
            "scoring",
            "parameters",
            "rule",
            "evidence",
            "sdg",
        ]
        read_only_fields = fields


class CriterionFilter(django_filters.FilterSet):
    criteria_set = IdFilter()
    parent = IdFilter()
    scoring = django_filters.ChoiceFilter(choices=Criterion.Scoring.choices)

    class Meta:
        model = Criterion
        fields: list[str] = []


@extend_schema_view(list=extend_schema(summary="Criteria"), retrieve=extend_schema(summary="One criterion"))
class CriterionAPI(ListAPI):
    """Groups and scored criteria of a set, in its order."""

    queryset = Criterion.objects.all()
    serializer_class = CriterionRow
    filterset_class = CriterionFilter
    ordering_fields = ("id", "order")

    def allowed(self) -> QuerySet[Criterion]:
        sets = CriteriaSet.objects.allowed_to(self.caller, Permission.ASSESSMENT_VIEW)
        return Criterion.objects.filter(criteria_set__in=sets.order_by())
