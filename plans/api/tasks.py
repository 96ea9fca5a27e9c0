from __future__ import annotations

from collections import defaultdict
from typing import Any

import django_filters
from django.db import IntegrityError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import exceptions, serializers

from isoportal.changes import IF_MATCH, ChangeAPI, NotNow, Stale
from isoportal.rows import IdFilter, Row, columns_of
from isoportal.writes import Input
from plans.api.parts import described
from plans.models import (
    Task,
    TaskPerformer,
)
from plans.services.content import NotOnTheDesk, StaleTask, edit_task
from plans.services.preparing import ForeignTask
from units.permissions import Permission

PerformerPart = described(TaskPerformer, "text", "unit", "role", "as_written")


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
            "version",
            "performers",
        ]
        read_only_fields = fields
        extra_kwargs = {
            "period_text": {"help_text": "The period in the words of the document."},
            "end": {"help_text": "Last day, inclusive; null where the words give none."},
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


class TaskFilter(django_filters.FilterSet):
    plan = IdFilter()
    unit = IdFilter(field_name="performers__unit", distinct=True, help_text="Tasks that this unit performs.")
    start = django_filters.DateFromToRangeFilter()
    end = django_filters.DateFromToRangeFilter()

    class Meta:
        model = Task
        fields: list[str] = []


class TaskChange(Input):
    """Fields of a task in a draft; a new period gives the days it names unless days are sent with it."""

    number = serializers.CharField(max_length=20, allow_blank=True)
    title = serializers.CharField(max_length=4000)
    group = serializers.CharField(max_length=1000, allow_blank=True)
    period_text = serializers.CharField(max_length=500, allow_blank=True)
    start = serializers.DateField(allow_null=True)
    end = serializers.DateField(allow_null=True)
    quantity = serializers.CharField(max_length=200, allow_blank=True)
    deliverable = serializers.CharField(max_length=4000, allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs.get("start") and attrs.get("end") and attrs["start"] > attrs["end"]:
            raise exceptions.ValidationError({"start": [_("The first day lies after the last day.")]})
        return attrs


@extend_schema_view(
    list=extend_schema(summary="Tasks"),
    retrieve=extend_schema(summary="One task"),
    partial_update=extend_schema(
        summary="Change a task of a draft",
        description="The paragraph or table row of the plan that prints the task changes with it.",
        request=TaskChange,
        responses={200: TaskRow},
        parameters=[IF_MATCH],
    ),
)
class TaskAPI(ChangeAPI):
    """Numbered tasks of plans, their periods as written and as days, and who performs them."""

    queryset = Task.objects.all()
    serializer_class = TaskRow
    filterset_class = TaskFilter
    ordering_fields = ("id", "order")
    change_serializer_class = TaskChange
    change_permission = Permission.PLAN_EDIT

    def allowed(self) -> QuerySet[Task]:
        return Task.objects.allowed_to(self.caller, Permission.PLAN_VIEW)

    def complete(self, rows: list[Row]) -> None:
        add_performers(rows)

    def may_change(self, pk: int) -> bool:
        return Task.objects.allowed_to(self.caller, self.change_permission).filter(pk=pk).exists()

    def change(self, pk: int, data: dict[str, Any], version: int) -> None:
        try:
            edit_task(
                task=Task.objects.select_related("plan").get(pk=pk), expected_version=version, by=self.caller, **data
            )
        except StaleTask as stale:
            raise Stale(str(stale)) from stale
        except (NotOnTheDesk, ForeignTask) as refused:
            raise NotNow(str(refused)) from refused
        except IntegrityError as wrong:
            raise exceptions.ValidationError({"start": [_("The first day lies after the last day.")]}) from wrong
