from __future__ import annotations

from collections import defaultdict

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from isoportal.rows import IdFilter, ListAPI, Row, columns_of
from plans.api.parts import described
from plans.models import (
    Task,
    TaskPerformer,
)
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
