from __future__ import annotations

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from assessments.models import Decision
from isoportal.rows import IdFilter, ListAPI, Row
from units.permissions import Permission


class DecisionRow(serializers.ModelSerializer[Decision]):
    changes = serializers.ListField(
        child=serializers.DictField(),
        read_only=True,
        help_text="What a change gave another result, and what an approval left out. What was frozen before a change "
        "is told by its SHA-256.",
    )

    class Meta:
        model = Decision
        fields = [
            "id",
            "round",
            "kind",
            "number",
            "decided_on",
            "signer",
            "text",
            "changes",
            "file",
            "digest",
            "by",
            "at",
        ]
        read_only_fields = fields
        extra_kwargs = {"digest": {"help_text": "SHA-256 over those of the sheets, as they stood with the decision."}}


class DecisionFilter(django_filters.FilterSet):
    round = IdFilter()
    kind = django_filters.ChoiceFilter(choices=Decision.Kind.choices)
    number = django_filters.CharFilter()
    at = django_filters.IsoDateTimeFromToRangeFilter()

    class Meta:
        model = Decision
        fields: list[str] = []


@extend_schema_view(
    list=extend_schema(summary="Decisions on results"), retrieve=extend_schema(summary="One decision on results")
)
class DecisionAPI(ListAPI):
    """The numbered decisions that approved, published or changed the results of rounds. A unit reads those of rounds
    that are published."""

    queryset = Decision.objects.all()
    serializer_class = DecisionRow
    filterset_class = DecisionFilter
    ordering_fields = ("id", "decided_on", "at")

    def allowed(self) -> QuerySet[Decision]:
        return Decision.objects.allowed_to(self.caller, Permission.ASSESSMENT_VIEW)

    def complete(self, rows: list[Row]) -> None:
        for row in rows:
            row["changes"] = [_told(each) for each in row["changes"]]


def _told(change: Row) -> Row:
    """Without what was frozen before, which is a whole sheet."""
    told = {name: value for name, value in change.items() if name != "former"}
    if former := change.get("former"):
        told["former_sha256"] = former["digest"]
    return told
