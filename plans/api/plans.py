from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from isoportal.changes import IF_MATCH, ChangeAPI, NotNow, Stale
from isoportal.rows import IdFilter, Row, columns_of
from isoportal.writes import Input
from plans.api.parts import described
from plans.api.tasks import TaskRow, add_parts
from plans.contexts.legal import outdated
from plans.models import (
    Funding,
    LegalBasis,
    LegalDocument,
    Passage,
    Plan,
    Recipient,
    Responsibility,
    SignatureLine,
    Standard,
    Task,
)
from plans.services.content import NotOnTheDesk, StaleContent, edit_head
from units.permissions import Permission

StandardPart = described(Standard, "code", "edition", "title")
PassagePart = described(Passage, "kind", "text")
FundingPart = described(Funding, "text", "source", "amount")
RecipientPart = described(Recipient, "text", "purpose")
SignatureLinePart = described(SignatureLine, "kind", "text")


class Words(serializers.ListField):
    child = serializers.CharField()


class OutdatedPart(serializers.Serializer[Any]):
    """Why a citation needs a look: its document was replaced, or it has ended."""

    state = serializers.ChoiceField(choices=["replaced", "ended"], read_only=True)
    since = serializers.DateField(read_only=True, allow_null=True)
    successor = serializers.IntegerField(
        read_only=True, allow_null=True, help_text="The legal basis that holds in its place now."
    )


class LegalBasisPart(serializers.ModelSerializer[LegalBasis]):
    outdated = OutdatedPart(read_only=True, allow_null=True)

    class Meta:
        model = LegalBasis
        fields = ["text", "document", "outdated"]
        read_only_fields = fields
        extra_kwargs = {"document": {"help_text": "The register's record that the citation means."}}


def add_outdated(bases: list[Row], on: date) -> None:
    """What is to be said of each citation on the day `on`: one query for all of them."""
    ids = {row["document"] for row in bases} - {None}
    documents = LegalDocument.objects.filter(pk__in=ids).select_related("replaced_by__replaced_by").in_bulk()
    for row in bases:
        said = outdated(documents.get(row["document"]), on)
        row["outdated"] = said and {
            "state": said.state,
            "since": said.since,
            "successor": said.successor.pk if said.successor else None,
        }


class ResponsibilityPart(serializers.ModelSerializer[Responsibility]):
    duties = Words(read_only=True)

    class Meta:
        model = Responsibility
        fields = ["body", "duties", "unit"]
        read_only_fields = fields


class PlanRow(serializers.ModelSerializer[Plan]):
    standards = StandardPart(many=True, read_only=True)

    class Meta:
        model = Plan
        fields = [
            "id",
            "unit",
            "status",
            "number",
            "symbol",
            "kind",
            "place",
            "issue_year",
            "issue_month",
            "issue_day",
            "issuer",
            "title",
            "signer_name",
            "standards",
            "created_at",
            "issued_at",
            "version",
        ]
        read_only_fields = fields
        extra_kwargs = {"issue_day": {"help_text": "The date is in parts: a draft may lack its day, or all of it."}}


class PlanWhole(PlanRow):
    legal_bases = LegalBasisPart(many=True, read_only=True)
    passages = PassagePart(many=True, read_only=True)
    tasks = TaskRow(many=True, read_only=True)
    funding = FundingPart(read_only=True, allow_null=True)
    responsibilities = ResponsibilityPart(many=True, read_only=True)
    recipients = RecipientPart(many=True, read_only=True)
    signature_lines = SignatureLinePart(many=True, read_only=True)

    class Meta(PlanRow.Meta):
        fields = [
            *PlanRow.Meta.fields,
            "legal_bases",
            "passages",
            "tasks",
            "funding",
            "responsibilities",
            "recipients",
            "signature_lines",
        ]
        read_only_fields = fields


PARTS: dict[str, type[serializers.ModelSerializer[Any]]] = {
    "legal_bases": LegalBasisPart,
    "passages": PassagePart,
    "responsibilities": ResponsibilityPart,
    "recipients": RecipientPart,
    "signature_lines": SignatureLinePart,
}


class PlanFilter(django_filters.FilterSet):
    unit = IdFilter()
    status = django_filters.ChoiceFilter(choices=Plan.Status.choices)
    issue_year = django_filters.NumberFilter(min_value=1900, max_value=2200)
    number = django_filters.CharFilter()
    standard = django_filters.CharFilter(
        field_name="standards__code", distinct=True, help_text='For example "TCVN ISO 9001".'
    )

    class Meta:
        model = Plan
        fields: list[str] = []


class PlanChange(Input):
    """Fields of the head of a draft; its number is given when it is issued."""

    symbol = serializers.CharField(max_length=60, allow_blank=True)
    kind = serializers.CharField(max_length=60)
    place = serializers.CharField(max_length=120, allow_blank=True)
    issue_year = serializers.IntegerField(min_value=1900, max_value=2200, allow_null=True)
    issue_month = serializers.IntegerField(min_value=1, max_value=12, allow_null=True)
    issue_day = serializers.IntegerField(min_value=1, max_value=31, allow_null=True)
    issuer = serializers.CharField(max_length=200, allow_blank=True)
    title = serializers.CharField(max_length=4000)
    signer_name = serializers.CharField(max_length=120, allow_blank=True)


@extend_schema_view(
    list=extend_schema(summary="Plans"),
    retrieve=extend_schema(summary="One plan with all its parts, tasks included"),
    partial_update=extend_schema(
        summary="Change the head of a draft",
        description="An issued plan changes only by an amendment: it answers 409.",
        request=PlanChange,
        responses={200: PlanWhole},
        parameters=[IF_MATCH],
    ),
)
class PlanAPI(ChangeAPI):
    """Plans and decisions that a People's Committee or its ISO steering committee issues."""

    queryset = Plan.objects.all()
    serializer_class = PlanRow
    detail_serializer_class = PlanWhole
    filterset_class = PlanFilter
    ordering_fields = ("id", "created_at", "title")
    change_serializer_class = PlanChange
    change_permission = Permission.PLAN_EDIT

    def allowed(self) -> QuerySet[Plan]:
        return Plan.objects.allowed_to(self.caller, Permission.PLAN_VIEW)

    def complete(self, rows: list[Row]) -> None:
        standards = defaultdict(list)
        own, _renamed = columns_of(StandardPart)
        links = Plan.standards.through.objects.filter(plan__in=[row["id"] for row in rows]).order_by("standard__code")
        for plan, *values in links.values_list("plan", *(f"standard__{name}" for name in own)):
            standards[plan].append(dict(zip(own, values, strict=True)))
        for row in rows:
            row["standards"] = standards[row["id"]]

    def parts(self, row: Row) -> Row:
        parts: Row = {}
        for name, serializer in PARTS.items():
            own, _renamed = columns_of(serializer)
            parts[name] = list(serializer.Meta.model.objects.filter(plan=row["id"]).order_by("order").values(*own))  # type: ignore[attr-defined]
        add_outdated(parts["legal_bases"], timezone.localdate())
        own, _renamed = columns_of(FundingPart)
        parts["funding"] = Funding.objects.filter(plan=row["id"]).values(*own).first()
        own, _renamed = columns_of(TaskRow)
        parts["tasks"] = list(Task.objects.filter(plan=row["id"]).order_by("order").values(*own))
        add_parts(parts["tasks"])
        return parts

    def may_change(self, pk: int) -> bool:
        return Plan.objects.allowed_to(self.caller, self.change_permission).filter(pk=pk).exists()

    def change(self, pk: int, data: dict[str, Any], version: int) -> None:
        try:
            edit_head(plan=Plan.objects.get(pk=pk), expected_version=version, by=self.caller, **data)
        except StaleContent as stale:
            raise Stale from stale
        except NotOnTheDesk as refused:
            raise NotNow(str(refused)) from refused
