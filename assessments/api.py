from __future__ import annotations

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from assessments.models import Assessment, CriteriaSet, Criterion, Round, Score
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
