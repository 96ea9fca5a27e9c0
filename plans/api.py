from __future__ import annotations

from collections import defaultdict
from typing import Any

import django_filters
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import exceptions, serializers

from isoportal.rows import IdFilter, ListAPI, Row, columns_of
from isoportal.writes import IDEMPOTENCY_KEY, CreateAPI, Input
from plans import services
from plans.models import (
    Funding,
    LegalBasis,
    Passage,
    Plan,
    ProgressUpdate,
    Recipient,
    Responsibility,
    SignatureLine,
    Standard,
    Task,
    TaskPerformer,
)
from units.access import allowed_units
from units.permissions import Permission


def described(model_: type[Model], *fields_: str) -> type[serializers.ModelSerializer[Any]]:
    """The serializer of a part of a plan: its name and its columns are all there is to say."""
    meta = type("Meta", (), {"model": model_, "fields": list(fields_), "read_only_fields": list(fields_)})
    return type(f"{model_.__name__}Part", (serializers.ModelSerializer,), {"Meta": meta})


StandardPart = described(Standard, "code", "edition", "title")
PerformerPart = described(TaskPerformer, "text", "unit", "role", "as_written")
LegalBasisPart = described(LegalBasis, "text")
PassagePart = described(Passage, "kind", "text")
FundingPart = described(Funding, "text", "source", "amount")
RecipientPart = described(Recipient, "text", "purpose")
SignatureLinePart = described(SignatureLine, "kind", "text")


class Words(serializers.ListField):
    child = serializers.CharField()


class ResponsibilityPart(serializers.ModelSerializer[Responsibility]):
    duties = Words(read_only=True)

    class Meta:
        model = Responsibility
        fields = ["body", "duties", "unit"]
        read_only_fields = fields


class TaskRow(serializers.ModelSerializer[Task]):
    performers = PerformerPart(many=True, read_only=True)

    class Meta:
        model = Task
        fields = [
            "id",
            "plan",
            "order",
            "number",
            "title",
            "period_text",
            "start",
            "end",
            "quantity",
            "deliverable",
            "performers",
        ]
        read_only_fields = fields
        extra_kwargs = {
            "period_text": {"help_text": "The period in the words of the document."},
            "end": {"help_text": "Last day, inclusive; null where the words give none."},
        }


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


def add_performers(tasks: list[Row]) -> None:
    """Who performs each task, in one query for all of them."""
    own, _renamed = columns_of(PerformerPart)
    performers = defaultdict(list)
    for row in (
        TaskPerformer.objects.filter(task__in=[task["id"] for task in tasks]).order_by("order").values("task", *own)
    ):
        performers[row.pop("task")].append(row)
    for task in tasks:
        task["performers"] = performers[task["id"]]


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


@extend_schema_view(
    list=extend_schema(summary="Plans"), retrieve=extend_schema(summary="One plan with all its parts, tasks included")
)
class PlanAPI(ListAPI):
    """Plans and decisions that a People's Committee or its ISO steering committee issues."""

    queryset = Plan.objects.all()
    serializer_class = PlanRow
    detail_serializer_class = PlanWhole
    filterset_class = PlanFilter
    ordering_fields = ("id", "created_at", "title")

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
        own, _renamed = columns_of(FundingPart)
        parts["funding"] = Funding.objects.filter(plan=row["id"]).values(*own).first()
        own, _renamed = columns_of(TaskRow)
        parts["tasks"] = list(Task.objects.filter(plan=row["id"]).order_by("order").values(*own))
        add_performers(parts["tasks"])
        return parts


class TaskFilter(django_filters.FilterSet):
    plan = IdFilter()
    unit = IdFilter(field_name="performers__unit", distinct=True, help_text="Tasks that this unit performs.")
    start = django_filters.DateFromToRangeFilter()
    end = django_filters.DateFromToRangeFilter()

    class Meta:
        model = Task
        fields: list[str] = []


@extend_schema_view(list=extend_schema(summary="Tasks"), retrieve=extend_schema(summary="One task"))
class TaskAPI(ListAPI):
    """Numbered tasks of plans, their periods as written and as days, and who performs them."""

    queryset = Task.objects.all()
    serializer_class = TaskRow
    filterset_class = TaskFilter
    ordering_fields = ("id", "order")

    def allowed(self) -> QuerySet[Task]:
        return Task.objects.allowed_to(self.caller, Permission.PLAN_VIEW)

    def complete(self, rows: list[Row]) -> None:
        add_performers(rows)


class ProgressUpdateRow(serializers.ModelSerializer[ProgressUpdate]):
    class Meta:
        model = ProgressUpdate
        fields = ["id", "task", "unit", "percent", "note", "by", "at"]
        read_only_fields = fields
        extra_kwargs = {"percent": {"help_text": "0 to 100."}}


class ProgressUpdateInput(Input):
    task = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    unit = serializers.IntegerField(min_value=1, max_value=2**63 - 1, help_text="The unit that reports.")
    percent = serializers.IntegerField(min_value=0, max_value=100)
    note = serializers.CharField(default="", allow_blank=True, max_length=4000, help_text="What was done.")


class ProgressUpdateFilter(django_filters.FilterSet):
    task = IdFilter()
    plan = IdFilter(field_name="task__plan")
    unit = IdFilter()
    at = django_filters.IsoDateTimeFromToRangeFilter()

    class Meta:
        model = ProgressUpdate
        fields: list[str] = []


@extend_schema_view(
    list=extend_schema(summary="Progress updates"),
    retrieve=extend_schema(summary="One progress update"),
    create=extend_schema(
        summary="Report progress",
        description="Append what a unit has come to with a task. Nothing is overwritten: every report stays.",
        request=ProgressUpdateInput,
        responses={201: ProgressUpdateRow},
        parameters=[IDEMPOTENCY_KEY],
    ),
)
class ProgressUpdateAPI(CreateAPI):
    """How far units have come with tasks; append-only."""

    queryset = ProgressUpdate.objects.all()
    serializer_class = ProgressUpdateRow
    input_serializer_class = ProgressUpdateInput
    filterset_class = ProgressUpdateFilter
    ordering = "-id"
    ordering_fields = ("id", "at")

    def allowed(self) -> QuerySet[ProgressUpdate]:
        return ProgressUpdate.objects.allowed_to(self.caller, Permission.PLAN_VIEW)

    def act(self, data: dict[str, Any]) -> int:
        user = self.caller
        task = Task.objects.allowed_to(user, Permission.PLAN_VIEW).filter(pk=data["task"]).first()
        unit = allowed_units(user, Permission.UNIT_VIEW).filter(pk=data["unit"]).first()
        if task is None or unit is None:
            wrong = [name for name, found in (("task", task), ("unit", unit)) if found is None]
            raise exceptions.ValidationError({name: [_("There is nothing with this id.")] for name in wrong})
        try:
            update = services.report_progress(task=task, unit=unit, percent=data["percent"], note=data["note"], by=user)
        except services.MayNotReport as error:
            raise exceptions.PermissionDenied(str(error)) from error
        except services.NotAPerformer as error:
            raise exceptions.ValidationError({"unit": [str(error)]}) from error
        return update.pk
