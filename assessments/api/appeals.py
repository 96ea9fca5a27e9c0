from __future__ import annotations

from collections.abc import Callable
from typing import Any

import django_filters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import exceptions, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from assessments import scoring
from assessments.contexts.appeals import appeals_seen
from assessments.contexts.wording import refusal_text
from assessments.forms.appeals import OUTCOMES
from assessments.models import Appeal, Assessment, Criterion
from assessments.services import appeals as services
from assessments.services.rows import NotInThisSheet, StaleScore
from assessments.services.standing import ActRefused
from isoportal.changes import NotNow, Stale
from isoportal.rows import IdFilter, Row
from isoportal.writes import IDEMPOTENCY_KEY, CreateAPI, Input
from plans.models import Evidence
from units.permissions import Permission

LARGEST = 2**63 - 1


class AppealRow(serializers.ModelSerializer[Appeal]):
    class Meta:
        model = Appeal
        fields = [
            "id",
            "assessment",
            "criterion",
            "state",
            "text",
            "outcome",
            "raised_by",
            "raised_at",
            "decided_by",
            "decided_at",
            "version",
        ]
        read_only_fields = fields
        extra_kwargs = {"state": {"help_text": "What is not sent, or withdrawn, is seen by the unit alone."}}


class AppealDetail(AppealRow):
    evidence = serializers.ListField(child=serializers.IntegerField(), read_only=True, help_text="Ids of files.")

    class Meta(AppealRow.Meta):
        fields = [*AppealRow.Meta.fields, "evidence"]
        read_only_fields = fields


class AppealInput(Input):
    assessment = serializers.IntegerField(min_value=1, max_value=LARGEST)
    criterion = serializers.IntegerField(min_value=1, max_value=LARGEST)
    text = serializers.CharField(max_length=8000, help_text="What the unit asks to be changed, and why.")
    evidence = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST), default=list, max_length=20
    )


class DecideInput(Input):
    state = serializers.ChoiceField(choices=[(state.value, state.value) for state in OUTCOMES])
    outcome = serializers.CharField(max_length=8000, help_text="Outcome and reason, which the unit reads.")
    answer = serializers.JSONField(
        required=False, default=None, allow_null=True, help_text="The new result, unless rejected."
    )
    version = serializers.IntegerField(min_value=1, max_value=LARGEST, help_text="Of the appeal as read.")

    def validate_answer(self, value: Any) -> Any:
        if value is not None and not isinstance(value, dict):
            raise serializers.ValidationError(_("The answer does not have the form of this criterion."))
        return value


class AppealVersion(Input):
    version = serializers.IntegerField(min_value=1, max_value=LARGEST, help_text="Of the appeal as read.")


class AppealFilter(django_filters.FilterSet):
    assessment = IdFilter()
    criterion = IdFilter()
    unit = IdFilter(field_name="assessment__unit")
    round = IdFilter(field_name="assessment__round")
    state = django_filters.ChoiceFilter(choices=Appeal.State.choices)
    raised_at = django_filters.IsoDateTimeFromToRangeFilter()

    class Meta:
        model = Appeal
        fields: list[str] = []


def done(service: Callable[..., Any], **given: Any) -> Any:
    """What the service answers; its refusals as the API says them."""
    try:
        return service(**given)
    except PermissionDenied as error:
        raise exceptions.PermissionDenied from error
    except scoring.InvalidAnswer as error:
        raise exceptions.ValidationError({"answer": [refusal_text(error)]}) from error
    except NotInThisSheet as error:
        raise exceptions.ValidationError({"criterion": [str(error)]}) from error
    except (services.AppealChanged, StaleScore) as error:
        raise Stale(str(error)) from error
    except ActRefused as error:
        raise NotNow(str(error)) from error


@extend_schema_view(
    list=extend_schema(summary="Appeals"),
    retrieve=extend_schema(summary="One appeal with its evidence"),
    create=extend_schema(
        summary="Write an appeal on a criterion",
        description="A draft: the unit's head sends all drafts of a sheet at once.",
        request=AppealInput,
        responses={201: AppealDetail},
        parameters=[IDEMPOTENCY_KEY],
    ),
)
class AppealAPI(CreateAPI):
    """What units ask to be looked at again once their preliminary result is told."""

    queryset = Appeal.objects.all()
    serializer_class = AppealRow
    detail_serializer_class = AppealDetail
    input_serializer_class = AppealInput
    filterset_class = AppealFilter
    ordering_fields = ("id", "raised_at")

    def allowed(self) -> QuerySet[Appeal]:
        return appeals_seen(self.caller)

    def parts(self, row: Row) -> Row:
        files = Evidence.objects.kept().filter(appeals=row["id"]).order_by("pk").values_list("pk", flat=True)
        return {"evidence": list(files)}

    def act(self, data: dict[str, Any]) -> int:
        sheets = Assessment.objects.allowed_to(self.caller, Permission.ASSESSMENT_VIEW)
        sheet = sheets.select_related("round", "unit").filter(pk=data["assessment"]).first()
        criterion = Criterion.objects.filter(pk=data["criterion"]).first() if sheet else None
        own = Evidence.objects.kept().filter(pk__in=data["evidence"])
        files = list(own.filter(unit=sheet.unit)) if sheet else []
        found = {
            "assessment": sheet is not None,
            "criterion": criterion is not None and sheet is not None and _of(sheet, criterion),
            "evidence": len(files) == len(set(data["evidence"])),
        }
        if wrong := [name for name, is_there in found.items() if not is_there]:
            raise exceptions.ValidationError({name: [_("There is nothing with this id.")] for name in wrong})
        made = done(
            services.write_appeal,
            assessment=sheet,
            criterion=criterion,
            text=data["text"],
            evidence=files,
            by=self.caller,
        )
        return int(made.pk)

    def _appeal(self) -> Appeal:
        appeal: Appeal = get_object_or_404(
            self.allowed().select_related("assessment__unit", "assessment__round__unit"), pk=self.kwargs["pk"]
        )
        return appeal

    @extend_schema(summary="Decide an appeal", request=DecideInput, responses={200: AppealDetail})
    @action(detail=True, methods=["post"])
    def decide(self, request: Request, pk: int) -> Response:
        """By the chair of the assessors' team, or who manages the round; nobody of the unit."""
        appeal = self._appeal()
        body = DecideInput(data=request.data)
        body.is_valid(raise_exception=True)
        given = dict(body.validated_data)
        done(services.decide_appeal, appeal=appeal, expected_version=given.pop("version"), by=self.caller, **given)
        return Response(self.row(appeal.pk))

    @extend_schema(summary="Withdraw an appeal", request=AppealVersion, responses={200: AppealDetail})
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: int) -> Response:
        appeal = self._appeal()
        body = AppealVersion(data=request.data)
        body.is_valid(raise_exception=True)
        version = body.validated_data["version"]
        done(services.withdraw_appeal, appeal=appeal, expected_version=version, by=self.caller)
        return Response(self.row(appeal.pk))


def _of(sheet: Assessment, criterion: Criterion) -> bool:
    return criterion.criteria_set_id == sheet.round.criteria_set_id


class Appealing:
    """What concerns all appeals of a sheet, as acts of the resource `assessments`."""

    caller: Any
    kwargs: Any
    allowed: Any
    row: Any

    @extend_schema(summary="Send the appeals that the unit has written", request=None)
    @action(detail=True, methods=["post"], url_path="send-appeals")
    def send_appeals(self, request: Request, pk: int) -> Response:
        """All drafts at once, by the head of the unit."""
        sheet = get_object_or_404(self.allowed(), pk=self.kwargs["pk"])
        done(services.send_appeals, assessment=sheet, by=self.caller)
        return Response(self.row(sheet.pk))

    @extend_schema(summary="Close the appeals of a sheet", request=None)
    @action(detail=True, methods=["post"], url_path="close-appeals")
    def close_appeals(self, request: Request, pk: int) -> Response:
        """Once all are decided: the preliminary result stands again, and the unit is told."""
        sheet = get_object_or_404(self.allowed(), pk=self.kwargs["pk"])
        done(services.close_appeals, assessment=sheet, by=self.caller)
        return Response(self.row(sheet.pk))
