from __future__ import annotations

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from assessments.api.criteria_drafts import CriteriaChange, CriteriaDrafts, CriteriaInput
from assessments.models import CriteriaSet, Criterion
from isoportal.changes import IF_MATCH, ChangeAPI
from isoportal.rows import IdFilter, ListAPI
from isoportal.writes import IDEMPOTENCY_KEY, CreateAPI
from units.permissions import Permission


class CriteriaSetRow(serializers.ModelSerializer[CriteriaSet]):
    standard_code = serializers.CharField(
        source="standard.code", read_only=True, help_text='For example "TCVN ISO 9001".'
    )
    standard_edition = serializers.CharField(source="standard.edition", read_only=True)
    policy = serializers.DictField(read_only=True, help_text="Rounding, caps, grades, knock-outs, ties.")

    class Meta:
        model = CriteriaSet
        fields = [
            "id",
            "unit",
            "slug",
            "version",
            "title",
            "title_en",
            "note",
            "standard_code",
            "standard_edition",
            "scale",
            "status",
            "policy",
            "size",
            "maximum",
            "based_on",
            "published_at",
            "retired_at",
            "revision",
        ]
        read_only_fields = fields
        extra_kwargs = {
            "unit": {"help_text": "The province whose set it is; null where it came with the portal."},
            "revision": {"help_text": "Counts the changes of a draft: its ETag."},
        }


class CriteriaSetFilter(django_filters.FilterSet):
    unit = IdFilter()
    slug = django_filters.CharFilter()
    scale = django_filters.ChoiceFilter(choices=CriteriaSet.Scale.choices)
    status = django_filters.ChoiceFilter(choices=CriteriaSet.Status.choices)
    standard = django_filters.CharFilter(field_name="standard__code")

    class Meta:
        model = CriteriaSet
        fields: list[str] = []


@extend_schema_view(
    list=extend_schema(summary="Criteria sets"),
    retrieve=extend_schema(summary="One criteria set"),
    create=extend_schema(
        summary="Begin a draft",
        description="The next version of `based_on`, or a new set with `title`, `standard` and `scale`.",
        request=CriteriaInput,
        responses={201: CriteriaSetRow},
        parameters=[IDEMPOTENCY_KEY],
    ),
    partial_update=extend_schema(
        summary="Change the title, the note or the policy of a draft",
        request=CriteriaChange,
        responses={200: CriteriaSetRow},
        parameters=[IF_MATCH],
    ),
)
class CriteriaSetAPI(CriteriaDrafts, ChangeAPI, CreateAPI):
    """Versions of sets of criteria: those that came with the portal, and those of the provinces where the caller sees
    assessments. Drafts are for those who edit criteria there."""

    queryset = CriteriaSet.objects.all()
    serializer_class = CriteriaSetRow
    filterset_class = CriteriaSetFilter
    input_serializer_class = CriteriaInput
    change_serializer_class = CriteriaChange
    change_permission = Permission.CRITERIA_EDIT
    tag_field = "revision"
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
