from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from assessments.contexts.ranking import INSIDERS, places_of
from assessments.models import Assessment, Round
from assessments.permissions import RESULT_SHOWN
from isoportal.rows import IdFilter, ListAPI, Row
from units.access import allowed_units
from units.permissions import Permission


class RankingRow(serializers.ModelSerializer[Assessment]):
    unit_name = serializers.CharField(source="unit.name", read_only=True)
    round_state = serializers.CharField(source="round.state", read_only=True, help_text="Published: the places stand.")
    place = serializers.IntegerField(
        source="rank",
        read_only=True,
        allow_null=True,
        help_text="Within the ranking group; null: not finished, or a condition is not met. Worked out from the "
        "results as they are now until the round is published.",
    )
    final_groups = serializers.DictField(read_only=True, help_text="By the code of each group of criteria.")
    knocked_out = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = Assessment
        fields = [
            "id",
            "round",
            "round_state",
            "unit",
            "unit_name",
            "state",
            "ranking_group",
            "place",
            "final_total",
            "final_groups",
            "final_green",
            "final_yellow",
            "final_red",
            "total",
            "grade",
            "knocked_out",
        ]
        read_only_fields = fields
        extra_kwargs = {
            "final_total": {"help_text": "Two decimals as text; null for traffic lights, and while nothing is told."},
            "total": {"help_text": "What the unit gave itself."},
        }


class RankingFilter(django_filters.FilterSet):
    round = IdFilter(required=True, help_text="The round whose ranking is asked for.")
    unit = IdFilter()
    ranking_group = django_filters.CharFilter()
    grade = django_filters.CharFilter()

    class Meta:
        model = Assessment
        fields: list[str] = []


BLANK: Row = {
    "final_total": None,
    "final_groups": {},
    "final_green": 0,
    "final_yellow": 0,
    "final_red": 0,
    "grade": "",
    "knocked_out": [],
}


@extend_schema_view(list=extend_schema(summary="The ranking of a round"), retrieve=extend_schema(summary="One place"))
class RankingAPI(ListAPI):
    """The units of a round with their places. Published: for everybody who sees the round. Before that: for those who
    manage, assess or approve it, as a draft; to others nothing is told."""

    queryset = Assessment.objects.all()
    serializer_class = RankingRow
    filterset_class = RankingFilter
    ordering_fields = ("id",)

    def allowed(self) -> QuerySet[Assessment]:
        seen = Round.objects.allowed_to(self.caller, Permission.ASSESSMENT_VIEW).order_by()
        inside = Q()
        for permission in INSIDERS:
            inside |= Q(unit__in=allowed_units(self.caller, permission))
        shown = seen.filter(Q(state=Round.State.PUBLISHED) | inside)
        return Assessment.objects.filter(Exists(shown.filter(pk=OuterRef("round_id"))))

    def complete(self, rows: list[Row]) -> None:
        """The places of a draft, and nothing of a sheet whose result is not told: the same queries for any page."""
        drafts = {row["round"] for row in rows if row["round_state"] != Round.State.PUBLISHED}
        places: dict[int, Any] = {}
        for round_ in Round.objects.filter(pk__in=drafts).select_related("criteria_set"):
            places |= places_of(round_)
        for row in rows:
            if row["round"] in drafts and (found := places.get(row["id"])):
                row["place"] = found.place
            if row["state"] not in RESULT_SHOWN:
                row |= BLANK
