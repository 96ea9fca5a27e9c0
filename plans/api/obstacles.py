from __future__ import annotations

from typing import Any

import django_filters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import exceptions, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from isoportal.rows import IdFilter, Row, columns_of
from isoportal.writes import IDEMPOTENCY_KEY, CreateAPI, Input
from plans.api.parts import described
from plans.models import Evidence, Obstacle, ObstacleStep, Plan, Task
from plans.services import obstacles as services
from plans.services.standing import PlanIsClosed
from units.access import allowed_units
from units.models import Unit
from units.permissions import Permission

StepPart = described(ObstacleStep, "id", "kind", "level", "text", "document", "task", "by", "at")
LARGEST = 2**63 - 1


class ObstacleRow(serializers.ModelSerializer[Obstacle]):
    class Meta:
        model = Obstacle
        fields = [
            "id",
            "plan",
            "task",
            "unit",
            "year",
            "number",
            "title",
            "text",
            "proposal",
            "level",
            "state",
            "due_on",
            "raised_by",
            "raised_at",
            "closed_at",
            "updated_at",
            "version",
        ]
        read_only_fields = fields
        extra_kwargs = {
            "level": {"help_text": "Who answers: 1 the unit, 2 standing body, 3 steering committee, 4 UBND tỉnh."},
            "due_on": {"help_text": "The last day to answer; after it the obstacle goes up one level."},
        }


class ObstacleDetail(ObstacleRow):
    steps = StepPart(many=True, read_only=True)
    evidence = serializers.ListField(child=serializers.IntegerField(), read_only=True, help_text="Ids of files.")

    class Meta(ObstacleRow.Meta):
        fields = [*ObstacleRow.Meta.fields, "steps", "evidence"]
        read_only_fields = fields


class ObstacleInput(Input):
    plan = serializers.IntegerField(min_value=1, max_value=LARGEST)
    task = serializers.IntegerField(min_value=1, max_value=LARGEST, required=False, allow_null=True, default=None)
    unit = serializers.IntegerField(min_value=1, max_value=LARGEST, help_text="The unit that raises it.")
    title = serializers.CharField(max_length=200)
    text = serializers.CharField(max_length=8000)
    proposal = serializers.CharField(default="", allow_blank=True, max_length=8000)
    level = serializers.IntegerField(
        min_value=1, max_value=2, default=2, help_text="1 the unit's own head, 2 the standing body."
    )
    evidence = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST), default=list, max_length=20
    )


class AnswerInput(Input):
    text = serializers.CharField(max_length=8000)
    document = serializers.CharField(default="", allow_blank=True, max_length=200)
    version = serializers.IntegerField(
        required=False, default=None, allow_null=True, min_value=1, max_value=LARGEST, help_text="As last read."
    )


class CloseInput(Input):
    text = serializers.CharField(default="", allow_blank=True, max_length=8000, help_text="How it ended.")
    version = serializers.IntegerField(
        required=False, default=None, allow_null=True, min_value=1, max_value=LARGEST, help_text="As last read."
    )


class ObstacleFilter(django_filters.FilterSet):
    plan = IdFilter()
    task = IdFilter()
    unit = IdFilter()
    level = django_filters.NumberFilter(min_value=1, max_value=4)
    state = django_filters.ChoiceFilter(choices=Obstacle.State.choices)
    due_on = django_filters.DateFromToRangeFilter()
    updated_at = django_filters.IsoDateTimeFromToRangeFilter()

    class Meta:
        model = Obstacle
        fields: list[str] = []


class Conflict(exceptions.APIException):
    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"


@extend_schema_view(
    list=extend_schema(summary="Obstacles"),
    retrieve=extend_schema(summary="One obstacle with what was said of it"),
    create=extend_schema(
        summary="Raise an obstacle",
        description="It is numbered within its plan and year, and whoever answers at its level is told.",
        request=ObstacleInput,
        responses={201: ObstacleDetail},
        parameters=[IDEMPOTENCY_KEY],
    ),
)
class ObstacleAPI(CreateAPI):
    """What stands in the way of tasks: raised by units, answered by level, closed only after an answer."""

    queryset = Obstacle.objects.all()
    serializer_class = ObstacleRow
    detail_serializer_class = ObstacleDetail
    input_serializer_class = ObstacleInput
    filterset_class = ObstacleFilter
    ordering_fields = ("id", "due_on", "raised_at", "updated_at")

    def allowed(self) -> QuerySet[Obstacle]:
        return Obstacle.objects.allowed_to(self.caller, Permission.PLAN_VIEW)

    def parts(self, row: Row) -> Row:
        own, renamed = columns_of(StepPart)
        steps = ObstacleStep.objects.filter(obstacle=row["id"]).order_by("pk").values(*own, **renamed)
        files = Evidence.objects.kept().filter(obstacles=row["id"]).order_by("pk").values_list("pk", flat=True)
        return {"steps": list(steps), "evidence": list(files)}

    def act(self, data: dict[str, Any]) -> int:
        user = self.caller
        plan = Plan.objects.allowed_to(user, Permission.PLAN_VIEW).filter(pk=data["plan"]).first()
        task = Task.objects.allowed_to(user, Permission.PLAN_VIEW).filter(pk=data["task"]).first()
        unit = allowed_units(user, Permission.UNIT_VIEW).filter(pk=data["unit"]).first()
        files = list(Evidence.objects.kept().filter(unit__in=_own(user), pk__in=data["evidence"]))
        found = {
            "plan": plan is not None,
            "task": task is not None or data["task"] is None,
            "unit": unit is not None,
            "evidence": len(files) == len(set(data["evidence"])),
        }
        if wrong := [name for name, is_there in found.items() if not is_there]:
            raise exceptions.ValidationError({name: [_("There is nothing with this id.")] for name in wrong})
        given = {name: data[name] for name in ("title", "text", "proposal", "level")}
        try:
            made = services.raise_obstacle(plan=plan, task=task, unit=unit, evidence=files, by=user, **given)  # type: ignore[arg-type]
        except services.MayNotRaise as error:
            raise exceptions.PermissionDenied(str(error)) from error
        except PlanIsClosed as error:
            raise Conflict(str(error)) from error
        except services.ObstacleRefused as error:
            raise exceptions.ValidationError({"non_field_errors": [str(error)]}) from error
        return made.pk

    @extend_schema(summary="Answer an obstacle", request=AnswerInput, responses={200: ObstacleDetail})
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, pk: int) -> Response:
        return self._step(request, AnswerInput, services.answer_obstacle)

    @extend_schema(summary="Close an obstacle that was answered", request=CloseInput, responses={200: ObstacleDetail})
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: int) -> Response:
        return self._step(request, CloseInput, services.close_obstacle)

    def _step(self, request: Request, shape: type[Input], service: Any) -> Response:
        obstacle = get_object_or_404(self.allowed(), pk=self.kwargs["pk"])
        given = shape(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            service(obstacle=obstacle, by=self.caller, **given.validated_data)
        except services.MayNotAct as error:
            raise PermissionDenied(str(error)) from error
        except (services.ObstacleChanged, services.NotInThisState) as error:
            raise Conflict(str(error)) from error
        except services.ObstacleRefused as error:
            raise exceptions.ValidationError({"non_field_errors": [str(error)]}) from error
        return Response(self.row(obstacle.pk))


def _own(user: Any) -> QuerySet[Unit]:
    return allowed_units(user, Permission.TASK_REPORT)
