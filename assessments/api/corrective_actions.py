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

from assessments.models import Assessment, CorrectiveAction, CorrectiveStep, Criterion, Finding
from assessments.services import correcting
from assessments.services import corrective_actions as raising
from isoportal.changes import IF_MATCH, TAGS, NotNow, PreconditionRequired, Stale, TaggedAPI
from isoportal.rows import IdFilter, Row, columns_of
from isoportal.writes import IDEMPOTENCY_KEY, CreateAPI, Input
from plans.api.parts import described
from plans.models import Evidence
from units.access import allowed_units
from units.permissions import Permission

LARGEST = 2**63 - 1
StepPart = described(CorrectiveStep, "id", "kind", "text", "by", "at")


class CorrectiveActionRow(serializers.ModelSerializer[CorrectiveAction]):
    class Meta:
        model = CorrectiveAction
        fields = [
            "id",
            "unit",
            "year",
            "number",
            "source",
            "assessment",
            "criterion",
            "finding",
            "title",
            "correction",
            "cause",
            "action",
            "owner",
            "due_on",
            "state",
            "done_on",
            "result",
            "raised_by",
            "raised_at",
            "closed_at",
            "updated_at",
            "version",
        ]
        read_only_fields = fields
        extra_kwargs = {"number": {"help_text": "Counts within the unit and year."}}


class CorrectiveActionDetail(CorrectiveActionRow):
    steps = StepPart(many=True, read_only=True)
    evidence = serializers.ListField(child=serializers.IntegerField(), read_only=True, help_text="Ids of files.")

    class Meta(CorrectiveActionRow.Meta):
        fields = [*CorrectiveActionRow.Meta.fields, "steps", "evidence"]
        read_only_fields = fields


def _id(help_text: str) -> serializers.IntegerField:
    return serializers.IntegerField(
        min_value=1, max_value=LARGEST, required=False, allow_null=True, default=None, help_text=help_text
    )


class RaiseInput(Input):
    """From a low result (`assessment` and `criterion`), from a `finding`, or by hand for a `unit`."""

    unit = _id("By hand: the unit; then `title` is needed.")
    assessment = _id("From a low result, with `criterion`.")
    criterion = _id("A criterion of the sheet's set.")
    finding = _id("From a finding of an inspection.")
    title = serializers.CharField(max_length=300, default="", allow_blank=True, help_text="What is wrong.")
    due_on = serializers.DateField(required=False, allow_null=True, default=None)

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        ways = [data["unit"] is not None, data["assessment"] is not None, data["finding"] is not None]
        if sum(ways) != 1 or (data["assessment"] is None) != (data["criterion"] is None):
            raise serializers.ValidationError(_("Give either a unit, or a sheet with a criterion, or a finding."))
        return data


Files = serializers.ListField(
    child=serializers.IntegerField(min_value=1, max_value=LARGEST), default=list, max_length=20
)


class PlanInput(Input):
    cause = serializers.CharField(max_length=8000)
    correction = serializers.CharField(max_length=8000, default="", allow_blank=True)
    action = serializers.CharField(max_length=8000, help_text="Against the cause.", source="measure")
    owner = serializers.CharField(max_length=200)
    due_on = serializers.DateField()


class DoneInput(Input):
    done_on = serializers.DateField()
    result = serializers.CharField(max_length=8000)
    explanation = serializers.CharField(max_length=8000, default="", allow_blank=True)
    evidence = Files


class CheckInput(Input):
    effective = serializers.BooleanField()
    text = serializers.CharField(max_length=8000, help_text="What was looked at, and why it is decided so.")
    evidence = Files


class CancelInput(Input):
    text = serializers.CharField(max_length=8000, help_text="Why.")


class CorrectiveActionFilter(django_filters.FilterSet):
    unit = IdFilter()
    assessment = IdFilter()
    criterion = IdFilter()
    finding = IdFilter()
    source = django_filters.ChoiceFilter(choices=CorrectiveAction.Source.choices)
    state = django_filters.ChoiceFilter(choices=CorrectiveAction.State.choices)
    due_on = django_filters.DateFromToRangeFilter()
    updated_at = django_filters.IsoDateTimeFromToRangeFilter()

    class Meta:
        model = CorrectiveAction
        fields: list[str] = []


def done(service: Callable[..., Any], **given: Any) -> Any:
    """What the service answers; its refusals as the API says them."""
    try:
        return service(**given)
    except PermissionDenied as error:
        raise exceptions.PermissionDenied from error
    except correcting.StaleCorrectiveAction as error:
        raise Stale(str(error)) from error
    except (correcting.WrongCorrectionState, raising.AlreadyRaised, raising.ResultNotTold) as error:
        raise NotNow(str(error)) from error
    except raising.CorrectionRefused as error:
        raise exceptions.ValidationError({"non_field_errors": [str(error)]}) from error


def _nothing(*names: str) -> exceptions.ValidationError:
    return exceptions.ValidationError({name: [_("There is nothing with this id.")] for name in names})


@extend_schema_view(
    list=extend_schema(summary="Corrective actions"),
    retrieve=extend_schema(summary="One corrective action with what happened to it"),
    create=extend_schema(
        summary="Raise a corrective action",
        description="It is numbered within its unit and year, and the unit is told.",
        request=RaiseInput,
        responses={201: CorrectiveActionDetail},
        parameters=[IDEMPOTENCY_KEY],
    ),
)
class CorrectiveActionAPI(CreateAPI, TaggedAPI):
    """What is corrected after a low result, a finding or of a unit's own accord; closed only once it was found
    effective by somebody outside the unit."""

    queryset = CorrectiveAction.objects.all()
    serializer_class = CorrectiveActionRow
    detail_serializer_class = CorrectiveActionDetail
    input_serializer_class = RaiseInput
    filterset_class = CorrectiveActionFilter
    ordering_fields = ("id", "raised_at", "updated_at")

    def allowed(self) -> QuerySet[CorrectiveAction]:
        return CorrectiveAction.objects.allowed_to(self.caller, Permission.ASSESSMENT_VIEW)

    def parts(self, row: Row) -> Row:
        own, renamed = columns_of(StepPart)
        steps = CorrectiveStep.objects.filter(corrective_action=row["id"]).order_by("pk").values(*own, **renamed)
        files = Evidence.objects.kept().filter(corrective_actions=row["id"]).order_by("pk")
        return {"steps": list(steps), "evidence": list(files.values_list("pk", flat=True))}

    def act(self, data: dict[str, Any]) -> int:
        common = {"title": data["title"], "due_on": data["due_on"], "by": self.caller}
        if data["finding"] is not None:
            findings = Finding.objects.allowed_to(self.caller, Permission.ASSESSMENT_VIEW)
            if (finding := findings.filter(pk=data["finding"]).first()) is None:
                raise _nothing("finding")
            return int(done(raising.raise_from_finding, finding=finding, **common).pk)
        if data["unit"] is not None:
            unit = allowed_units(self.caller, Permission.ASSESSMENT_VIEW).filter(pk=data["unit"]).first()
            if unit is None:
                raise _nothing("unit")
            return int(done(raising.raise_by_hand, unit=unit, **common).pk)
        sheets = Assessment.objects.allowed_to(self.caller, Permission.ASSESSMENT_VIEW)
        sheet = sheets.select_related("round").filter(pk=data["assessment"]).first()
        criterion = Criterion.objects.filter(pk=data["criterion"]).first() if sheet else None
        if sheet is None or criterion is None or criterion.criteria_set_id != sheet.round.criteria_set_id:
            raise _nothing("criterion" if sheet else "assessment")
        return int(done(raising.raise_from_score, assessment=sheet, criterion=criterion, **common).pk)

    def _step(self, request: Request, shape: type[Input], service: Callable[..., Any]) -> Response:
        """The service with what was sent, on the row that If-Match names."""
        found = get_object_or_404(self.allowed().select_related("unit"), pk=self.kwargs["pk"])
        given = shape(data=request.data)
        given.is_valid(raise_exception=True)
        data = dict(given.validated_data)
        if (tags := request.headers.get("If-Match")) is None:
            raise PreconditionRequired
        if str(found.version) not in {each["tag"] for each in TAGS.finditer(tags) if each.group()[:2] != "W/"}:
            raise Stale
        if "evidence" in data:
            files = list(Evidence.objects.kept().filter(unit=found.unit, pk__in=data["evidence"]))
            if len(files) != len(set(data["evidence"])):
                raise _nothing("evidence")
            data["evidence"] = files
        done(service, action=found, expected_version=found.version, by=self.caller, **data)
        return self.tagged(self.row(found.pk))

    @extend_schema(
        summary="Plan a corrective action",
        request=PlanInput,
        responses={200: CorrectiveActionDetail},
        parameters=[IF_MATCH],
    )
    @action(detail=True, methods=["post"])
    def plan(self, request: Request, pk: int) -> Response:
        """Cause, action against it, who does it and until when: by the unit."""
        return self._step(request, PlanInput, correcting.plan_correction)

    @extend_schema(
        summary="Report a corrective action as done",
        request=DoneInput,
        responses={200: CorrectiveActionDetail},
        parameters=[IF_MATCH],
    )
    @action(detail=True, methods=["post"])
    def report(self, request: Request, pk: int) -> Response:
        """With evidence, or an explanation why there is none; those who check are told."""
        return self._step(request, DoneInput, correcting.report_correction)

    @extend_schema(
        summary="Check whether a corrective action worked",
        request=CheckInput,
        responses={200: CorrectiveActionDetail},
        parameters=[IF_MATCH],
    )
    @action(detail=True, methods=["post"])
    def check(self, request: Request, pk: int) -> Response:
        """Effective closes it; without effect it is planned again. Nobody of the unit itself."""
        return self._step(request, CheckInput, correcting.check_correction)

    @extend_schema(
        summary="Cancel a corrective action",
        request=CancelInput,
        responses={200: CorrectiveActionDetail},
        parameters=[IF_MATCH],
    )
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: int) -> Response:
        return self._step(request, CancelInput, correcting.cancel_correction)
