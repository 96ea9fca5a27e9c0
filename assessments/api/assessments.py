from __future__ import annotations

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from assessments.models import Assessment, Score
from isoportal.rows import IdFilter, ListAPI
from units.permissions import Permission


class AssessmentRow(serializers.ModelSerializer[Assessment]):
    group_totals = serializers.DictField(read_only=True, help_text="Total by the code of each group.")

    class Meta:
        model = Assessment
        fields = ["id", "round", "unit", "scored", "total", "group_totals", "green", "yellow", "red", "updated_at"]
        read_only_fields = fields
        extra_kwargs = {"total": {"help_text": "Two decimals as text; null for a set of traffic lights."}}


class AssessmentFilter(django_filters.FilterSet):
    round = IdFilter()
    unit = IdFilter()
    year = django_filters.NumberFilter(field_name="round__year", min_value=1900, max_value=2200)
    updated_at = django_filters.IsoDateTimeFromToRangeFilter()

    class Meta:
        model = Assessment
        fields: list[str] = []


@extend_schema_view(list=extend_schema(summary="Assessments"), retrieve=extend_schema(summary="One assessment"))
class AssessmentAPI(ListAPI):
    """Units' sheets with their totals."""

    queryset = Assessment.objects.all()
    serializer_class = AssessmentRow
    filterset_class = AssessmentFilter
    ordering_fields = ("id", "updated_at")

    def allowed(self) -> QuerySet[Assessment]:
        return Assessment.objects.allowed_to(self.caller, Permission.ASSESSMENT_VIEW)


class ScoreRow(serializers.ModelSerializer[Score]):
    answer = serializers.DictField(read_only=True, help_text="What was entered, by the criterion's kind of scoring.")

    class Meta:
        model = Score
        fields = [
            "id",
            "assessment",
            "criterion",
            "answer",
            "points",
            "light",
            "explanation",
            "version",
            "by",
            "at",
        ]
        read_only_fields = fields


class ScoreFilter(django_filters.FilterSet):
    assessment = IdFilter()
    criterion = IdFilter()
    unit = IdFilter(field_name="assessment__unit")
    round = IdFilter(field_name="assessment__round")
    light = django_filters.ChoiceFilter(choices=Score.Light.choices)
    at = django_filters.IsoDateTimeFromToRangeFilter()

    class Meta:
        model = Score
        fields: list[str] = []


@extend_schema_view(list=extend_schema(summary="Scores"), retrieve=extend_schema(summary="One score"))
class ScoreAPI(ListAPI):
    """Units' own scores of single criteria."""

    queryset = Score.objects.all()
    serializer_class = ScoreRow
    filterset_class = ScoreFilter
    ordering_fields = ("id", "at")

    def allowed(self) -> QuerySet[Score]:
        return Score.objects.allowed_to(self.caller, Permission.ASSESSMENT_VIEW)
