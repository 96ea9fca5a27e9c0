from __future__ import annotations

from typing import Any

import django_filters
import orjson
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import exceptions, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from isoportal.rest import Renderer
from isoportal.rows import IdFilter
from isoportal.writes import IDEMPOTENCY_KEY, CreateAPI, Input
from plans import services
from plans.models import DueReport, Evidence, ProgressUpdate, Task
from units.access import allowed_units
from units.permissions import Permission


class Conflict(exceptions.APIException):
    status_code = 409
    default_code = "conflict"


class ProgressUpdateRow(serializers.ModelSerializer[ProgressUpdate]):
    class Meta:
        model = ProgressUpdate
        fields = [
            "id",
            "task",
            "unit",
            "percent",
            "quantity_done",
            "note",
            "by",
            "at",
            "due_report",
            "state",
            "submitted_by",
            "submitted_at",
            "decided_by",
            "decided_at",
            "decision_note",
        ]
        read_only_fields = fields
        extra_kwargs = {
            "percent": {"help_text": "0 to 100."},
            "state": {"help_text": "Only accepted values count in the progress of the task and the plan."},
        }


class ProgressUpdateInput(Input):
    task = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    unit = serializers.IntegerField(min_value=1, max_value=2**63 - 1, help_text="The unit that reports.")
    percent = serializers.IntegerField(min_value=0, max_value=100)
    note = serializers.CharField(default="", allow_blank=True, max_length=4000, help_text="What was done.")
    quantity_done = serializers.IntegerField(min_value=0, max_value=2**31 - 1, allow_null=True, default=None)
    due_report = serializers.IntegerField(
        min_value=1,
        max_value=2**63 - 1,
        allow_null=True,
        default=None,
        help_text="The due report it answers; without it, the one that is due.",
    )
    evidence = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        max_length=20,
        default=list,
        help_text="Files of the unit.",
    )
    submit = serializers.BooleanField(default=True, help_text="False keeps a draft that only the unit sees.")


class AcceptInput(Input):
    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        min_length=1,
        max_length=services.MOST_AT_ONCE,
        help_text="Progress updates to accept, each for itself.",
    )


class AcceptResult(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    code = serializers.CharField(help_text="accepted, or why not: already_decided, own_report, sent_again, …")
    detail = serializers.CharField(help_text="The reason in the language of the caller, empty where it was accepted.")


class ReturnInput(Input):
    note = serializers.CharField(max_length=2000, help_text="What the unit is to correct.")


class ProgressUpdateFilter(django_filters.FilterSet):
    task = IdFilter()
    plan = IdFilter(field_name="task__plan")
    unit = IdFilter()
    state = django_filters.ChoiceFilter(choices=ProgressUpdate.State.choices)
    due_report = IdFilter()
    period = IdFilter(field_name="due_report__period")
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
        due_report, evidence = self._attached(data)
        try:
            update = services.report_progress(
                task=task,
                unit=unit,
                percent=data["percent"],
                note=data["note"],
                quantity_done=data["quantity_done"],
                due_report=due_report,
                evidence=evidence,
                submit=data["submit"],
                by=user,
            )
        except services.MayNotReport as error:
            raise exceptions.PermissionDenied(str(error)) from error
        except services.NotAPerformer as error:
            raise exceptions.ValidationError({"unit": [str(error)]}) from error
        except (services.ProgressRefused, services.PlanIsClosed) as error:
            raise exceptions.ValidationError({"task": [str(error)]}) from error
        return update.pk

    def _attached(self, data: dict[str, Any]) -> tuple[DueReport | None, list[Evidence]]:
        """The due report and the files that are named, as far as the caller sees them."""
        due_report = None
        if data["due_report"] is not None:
            due_report = (
                DueReport.objects.allowed_to(self.caller, Permission.PLAN_VIEW).filter(pk=data["due_report"]).first()
            )
            if due_report is None:
                raise exceptions.ValidationError({"due_report": [_("There is nothing with this id.")]})
        visible = Evidence.objects.allowed_to(self.caller, Permission.PLAN_VIEW)
        evidence = list(visible.filter(pk__in=data["evidence"]))
        if len(evidence) != len(set(data["evidence"])):
            raise exceptions.ValidationError({"evidence": [_("There is nothing with this id.")]})
        return due_report, evidence

    @extend_schema(
        summary="Accept progress updates",
        description="Accept up to 200 updates, each for itself: one that is refused keeps no other back.",
        request=AcceptInput,
        responses={200: AcceptResult(many=True)},
        parameters=[IDEMPOTENCY_KEY],
    )
    @action(detail=False, methods=["post"], filterset_class=None, pagination_class=None)
    def accept(self, request: Request) -> Response:
        given = AcceptInput(data=request.data)
        given.is_valid(raise_exception=True)

        def answer() -> tuple[int, Any]:
            outcomes = services.accept_many(ids=given.validated_data["ids"], by=self.caller)
            return 200, [{"id": each.pk, "code": each.code or "accepted", "detail": each.refused} for each in outcomes]

        status, body, headers = self.once(request, answer)
        return Response(body, status=status, headers=headers)

    @extend_schema(
        summary="Return a progress update",
        request=ReturnInput,
        responses={200: ProgressUpdateRow},
        parameters=[IDEMPOTENCY_KEY],
    )
    @action(detail=True, methods=["post"], url_path="return", url_name="return", filterset_class=None)
    def send_back(self, request: Request, pk: int) -> Response:
        given = ReturnInput(data=request.data)
        given.is_valid(raise_exception=True)
        update = get_object_or_404(self.allowed(), pk=pk)

        def answer() -> tuple[int, Any]:
            try:
                services.return_progress(update=update, note=given.validated_data["note"], by=self.caller)
            except (services.MayNotDecide, services.OwnReport) as error:
                raise exceptions.PermissionDenied(str(error)) from error
            except (services.ProgressRefused, services.PlanIsClosed) as error:
                raise Conflict(str(error)) from error
            return 200, orjson.loads(Renderer().render(self.row(pk)))

        status, body, headers = self.once(request, answer)
        return Response(body, status=status, headers=headers)
