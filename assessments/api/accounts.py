"""How the totals of a sheet came about, for programs: the tree of arithmetic under each."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.contexts.accounts import account_data
from assessments.contexts.result import assessment_result
from assessments.contexts.sheet import visible_stages
from assessments.models import Assessment


class AccountNode(serializers.Serializer[Any]):
    code = serializers.CharField(allow_blank=True, help_text="Of the group or criterion; empty for the sheet.")
    node = serializers.CharField(help_text="sheet, group, criterion, bonus or deduction.")
    points = serializers.CharField(allow_null=True, help_text="With all its decimals; null where nothing is scored.")
    maximum = serializers.CharField()
    weight = serializers.CharField(help_text="How often the node above counts the points.")
    light = serializers.CharField(allow_blank=True)
    not_applicable = serializers.BooleanField()
    steps = serializers.ListField(
        child=serializers.DictField(), help_text="What was done with the terms, in its order, with its numbers."
    )
    terms = serializers.ListField(child=serializers.DictField(), help_text="Nodes of the same form.")


class SheetAccounts(serializers.Serializer[Any]):
    assessment = serializers.IntegerField()
    own = AccountNode(help_text="Of the unit's own scores.")
    verified = AccountNode(allow_null=True, help_text="Null until the preliminary result is told.")
    final = AccountNode(allow_null=True, help_text="Of what stands; null until the preliminary result is told.")


class AccountAction:
    """The arithmetic of a sheet, as a part of the assessments' resource."""

    allowed: Any
    caller: Any
    kwargs: Any

    @extend_schema(
        summary="How the totals came about",
        description="Every number with the terms it is made of, down to the answers. Numbers are texts.",
        responses=SheetAccounts,
    )
    @action(detail=True, methods=["get"], filter_backends=[], pagination_class=None)
    def account(self, request: Request, pk: int) -> Response:
        sheet: Assessment = get_object_or_404(self.allowed().with_sheet_head(), pk=self.kwargs["pk"])
        result = assessment_result(sheet, stages=visible_stages(self.caller, sheet))
        told = {"own": result.outcome, "verified": result.verified, "final": result.final}
        trees = {name: account_data(outcome.account) if outcome else None for name, outcome in told.items()}
        return Response({"assessment": sheet.pk, **trees})
