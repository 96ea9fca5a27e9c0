from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from isoportal.changes import TaggedAPI
from isoportal.rows import IdFilter, Row
from plans.contexts.content import PlanContent
from plans.contexts.diff import diff
from plans.models import Amendment, Plan
from units.permissions import Permission


class ChangePart(serializers.Serializer[Any]):
    """One thing that the amendment changes; `of` names it, `field` is blank where it came or went as a whole."""

    kind = serializers.ChoiceField(choices=["added", "removed", "changed", "moved"])
    part = serializers.CharField()
    of = serializers.CharField()
    field = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()


class AmendmentRow(serializers.ModelSerializer[Amendment]):
    class Meta:
        model = Amendment
        fields = [
            "id",
            "plan",
            "order",
            "status",
            "number",
            "symbol",
            "issued_on",
            "signer_name",
            "reason",
            "created_at",
            "issued_at",
            "version",
        ]
        read_only_fields = fields


class AmendmentWhole(AmendmentRow):
    changes = ChangePart(many=True, read_only=True, help_text="Blank while it is a draft.")

    class Meta(AmendmentRow.Meta):
        fields = [*AmendmentRow.Meta.fields, "changes"]
        read_only_fields = fields


class AmendmentFilter(django_filters.FilterSet):
    plan = IdFilter()
    status = django_filters.ChoiceFilter(choices=Amendment.Status.choices)

    class Meta:
        model = Amendment
        fields: list[str] = []


@extend_schema_view(
    list=extend_schema(summary="Amendments"), retrieve=extend_schema(summary="One amendment with what it changed")
)
class AmendmentAPI(TaggedAPI):
    """Documents that change issued plans. Drafts are seen by those who may edit the plan alone."""

    queryset = Amendment.objects.all()
    serializer_class = AmendmentRow
    detail_serializer_class = AmendmentWhole
    filterset_class = AmendmentFilter
    ordering_fields = ("id", "created_at")

    def allowed(self) -> QuerySet[Amendment]:
        seen = Plan.objects.allowed_to(self.caller, Permission.PLAN_VIEW).order_by()
        edited = Plan.objects.allowed_to(self.caller, Permission.PLAN_EDIT).order_by()
        issued = Q(status=Amendment.Status.ISSUED)
        return Amendment.objects.filter(plan__in=seen).filter(issued | Q(plan__in=edited))

    def parts(self, row: Row) -> Row:
        if row["status"] != Amendment.Status.ISSUED:
            return {"changes": []}
        before, content = Amendment.objects.filter(pk=row["id"]).values_list("before", "content").get()
        changes = diff(PlanContent.from_json(before), PlanContent.from_json(content))
        names = ("kind", "part", "of", "field", "before", "after")
        return {"changes": [{name: getattr(change, name) for name in names} for change in changes]}
