from __future__ import annotations

from collections import defaultdict
from typing import Any

import django_filters
from django.db import IntegrityError
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import exceptions, serializers

from isoportal.changes import IF_MATCH, ChangeAPI, NotNow, Stale
from isoportal.rows import IdFilter, Row, columns_of
from isoportal.writes import Input
from plans.api.parts import described
from plans.models import Deliverable, Task, TaskDependency, TaskPerformer, TaskTarget
from plans.services.content import NotOnTheDesk, StaleTask, edit_task
from plans.services.preparing import ForeignTask
from units.permissions import Permission

PerformerPart = described(TaskPerformer, "text", "unit", "role", "as_written")
TargetPart = described(TaskTarget, "text", "kinds", "role", "as_of")
DependencyPart = described(TaskDependency, "predecessor", "lag_days")
DeliverablePart = described(Deliverable, "id", "title", "handed_over_on", "evidence")
# What a task is given with besides its columns, and in what order.
PARTS = (
    ("performers", PerformerPart, "order"),
    ("targets", TargetPart, "pk"),
    ("dependencies", DependencyPart, "pk"),
    ("deliverables", DeliverablePart, "order"),
)


class TaskRow(serializers.ModelSerializer[Task]):
    performers = PerformerPart(many=True, read_only=True)
    targets = TargetPart(many=True, read_only=True, help_text="Groups of units that the task was given to.")
    dependencies = DependencyPart(
        source="preceding", many=True, read_only=True, help_text="The tasks after whose end it begins."
    )
    deliverables = DeliverablePart(many=True, read_only=True)

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
            "parent",
            "weight",
            "target_quantity",
            "quantity_unit",
            "origin",
            "is_cancelled",
            "version",
            "performers",
            "targets",
            "dependencies",
            "deliverables",
        ]
        read_only_fields = fields
        extra_kwargs = {
            "period_text": {"help_text": "The period in the words of the document."},
            "end": {"help_text": "Last day, inclusive; null where the words give none."},
            "parent": {"help_text": "The task it is a part of; only tasks without parts are reported on."},
            "weight": {"help_text": "Its share among its siblings; null counts as 1."},
            "origin": {"help_text": "A task that arose later is no part of the issued paper."},
        }


def add_parts(tasks: list[Row]) -> None:
    """What each task is given with: one query for each kind of part, for all of them."""
    ids = [task["id"] for task in tasks]
    for name, part, order in PARTS:
        own, _renamed = columns_of(part)
        rows = defaultdict(list)
        model: type[Model] = part.Meta.model
        for row in model._default_manager.filter(task__in=ids).order_by(order).values("task", *own):
            rows[row.pop("task")].append(row)
        for task in tasks:
            task[name] = rows[task["id"]]


class TaskFilter(django_filters.FilterSet):
    plan = IdFilter()
    parent = IdFilter(help_text="The parts of this task.")
    origin = django_filters.ChoiceFilter(choices=Task.Origin.choices)
    is_cancelled = django_filters.BooleanFilter()
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
        add_parts(rows)

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
