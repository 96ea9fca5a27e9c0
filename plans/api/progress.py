from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import exceptions, serializers

from isoportal.rows import IdFilter
from isoportal.writes import IDEMPOTENCY_KEY, CreateAPI, Input
from plans import services
from plans.models import (
    ProgressUpdate,
    Task,
)
from units.access import allowed_units
from units.permissions import Permission


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
        except (services.ProgressRefused, services.PlanIsClosed) as error:
            raise exceptions.ValidationError({"task": [str(error)]}) from error
        return update.pk
