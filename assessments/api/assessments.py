from __future__ import annotations

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from assessments.api.accounts import AccountAction
from assessments.api.appeals import Appealing
from assessments.api.diagnosis import DiagnosisAction
from assessments.api.scores import SheetScores
from assessments.api.submission import Submission
from assessments.api.verification import Verifying
from assessments.contexts.seen import result_seen
from assessments.models import Assessment
from isoportal.rows import IdFilter, ListAPI, Row
from units.permissions import Permission

RESULT = ("verified_scored", "verified_total", "final_total", "final_groups", "grade")
TOLD = "What assessors gave: null until the preliminary result is told, but for those who assess, manage or approve."


class AssessmentRow(serializers.ModelSerializer[Assessment]):
    group_totals = serializers.DictField(read_only=True, help_text="Total by the code of each group.")

    class Meta:
        model = Assessment
        fields = [
            "id",
            "round",
            "unit",
            "state",
            "scored",
            "of",
            "total",
            "group_totals",
            "green",
            "yellow",
            "red",
            "submitted_at",
            "late",
            *RESULT,
            "version",
            "updated_at",
        ]
        read_only_fields = fields
        completed = RESULT
        extra_kwargs = {
            "total": {"help_text": "The unit's own. Two decimals as text; null for a set of traffic lights."},
            "of": {"help_text": "How many criteria the sheet has; 0 until the first is scored."},
            "late": {"help_text": "Submitted after the round's own dates, under an extension."},
            "verified_total": {"help_text": TOLD},
            "verified_scored": {"help_text": TOLD},
            "final_total": {"help_text": TOLD},
            "final_groups": {"help_text": TOLD},
            "grade": {"help_text": TOLD},
        }


class AssessmentFilter(django_filters.FilterSet):
    round = IdFilter()
    unit = IdFilter()
    state = django_filters.ChoiceFilter(choices=Assessment.State.choices)
    late = django_filters.BooleanFilter()
    year = django_filters.NumberFilter(field_name="round__year", min_value=1900, max_value=2200)
    updated_at = django_filters.IsoDateTimeFromToRangeFilter()

    class Meta:
        model = Assessment
        fields: list[str] = []


@extend_schema_view(list=extend_schema(summary="Assessments"), retrieve=extend_schema(summary="One assessment"))
class AssessmentAPI(AccountAction, Appealing, DiagnosisAction, SheetScores, Submission, Verifying, ListAPI):
    """Units' sheets with their totals."""

    queryset = Assessment.objects.all()
    serializer_class = AssessmentRow
    filterset_class = AssessmentFilter
    ordering_fields = ("id", "updated_at")

    def allowed(self) -> QuerySet[Assessment]:
        return Assessment.objects.allowed_to(self.caller, Permission.ASSESSMENT_VIEW)

    def complete(self, rows: list[Row]) -> None:
        """What the assessors gave, of the sheets of which the caller sees it. One query."""
        ids = [row["id"] for row in rows]
        seen = result_seen(self.caller, Assessment.objects.filter(pk__in=ids)).values("id", *RESULT)
        told = {each.pop("id"): each for each in seen}
        for row in rows:
            row |= told.get(row["id"], dict.fromkeys(RESULT))
