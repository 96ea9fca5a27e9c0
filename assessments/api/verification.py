"""What assessors do with a sheet, as acts of the resource `assessments`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.models import Assessment, Criterion
from assessments.services.accepting import RowInput, RowOutcome, accept_rows, verify_rows
from assessments.services.returning import return_sheet, tell_result
from assessments.services.standing import ActRefused
from assessments.services.verification import begin_verification, finish_verification, resume_verification
from isoportal.changes import NotNow
from isoportal.writes import Input

MOST_ROWS = 500
LARGEST = 2**63 - 1


class VersionInput(Input):
    version = serializers.IntegerField(
        required=False, min_value=1, max_value=LARGEST, help_text="Of the sheet as read: 409 if its state changed."
    )


class SheetReturnInput(VersionInput):
    note = serializers.CharField(max_length=4000, help_text="What the unit is to complete.")
    until = serializers.DateTimeField(
        required=False, default=None, allow_null=True, help_text="Needed once self-scoring is over."
    )


class VerifiedRow(Input):
    criterion = serializers.IntegerField(min_value=1, max_value=LARGEST)
    answer = serializers.JSONField(help_text="By the criterion's kind of scoring; {} clears the row.")
    reason = serializers.CharField(
        default="", allow_blank=True, max_length=2000, help_text="Owed where the result is not the unit's own."
    )
    version = serializers.IntegerField(
        min_value=0, max_value=LARGEST, help_text="Of the row as read, 0 if never saved."
    )

    def validate_answer(self, value: Any) -> Any:
        if not isinstance(value, dict):
            raise serializers.ValidationError(_("The answer does not have the form of this criterion."))
        return value


class VerifyInput(Input):
    rows = VerifiedRow(many=True, allow_empty=False, max_length=MOST_ROWS)  # type: ignore[call-arg]  # of the list


class AcceptRowsInput(Input):
    criteria = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST),
        required=False,
        allow_null=True,
        default=None,
        max_length=MOST_ROWS,
        help_text="Absent: all that are not verified yet.",
    )


class RowResult(serializers.Serializer[Any]):
    criterion = serializers.IntegerField()
    done = serializers.BooleanField()
    detail = serializers.CharField(help_text="Why the row was refused, empty where it was saved.")


class RowResults(serializers.Serializer[Any]):
    results = RowResult(many=True)


def _told(outcomes: Sequence[RowOutcome]) -> Response:
    rows = [{"criterion": each.criterion.pk, "done": each.is_done, "detail": each.said} for each in outcomes]
    return Response({"results": rows})


class Verifying:
    """By the assessors of the sheet, or the chair of their team: whoever else sees it is answered 403."""

    caller: Any
    kwargs: Any
    allowed: Any
    row: Any

    def _sheet(self) -> Assessment:
        sheets = self.allowed().select_related("unit", "round__unit", "round__criteria_set")
        sheet: Assessment = get_object_or_404(sheets, pk=self.kwargs["pk"])
        return sheet

    def _done(self, service: Callable[..., Any], **given: Any) -> Any:
        try:
            return service(by=self.caller, **given)
        except PermissionDenied as error:
            raise exceptions.PermissionDenied(str(error) or None) from error
        except ActRefused as error:
            raise NotNow(str(error)) from error

    def _act(self, request: Request, service: Callable[..., Any], shape: type[Input] = VersionInput) -> Response:
        sheet = self._sheet()
        body = shape(data=request.data)
        body.is_valid(raise_exception=True)
        given = dict(body.validated_data)
        if given.pop("version", sheet.version) != sheet.version:
            raise NotNow(_("The sheet changed after you read it. Read it again."))
        self._done(service, assessment=sheet, **given)
        return Response(self.row(sheet.pk))

    @extend_schema(summary="Begin to verify a sheet", request=VersionInput)
    @action(detail=True, methods=["post"])
    def begin(self, request: Request, pk: int) -> Response:
        return self._act(request, begin_verification)

    @extend_schema(
        summary="Finish verifying a sheet",
        description="409 while a criterion has no result, or not the reason it owes.",
        request=VersionInput,
    )
    @action(detail=True, methods=["post"])
    def finish(self, request: Request, pk: int) -> Response:
        return self._act(request, finish_verification)

    @extend_schema(summary="Take a finished sheet up again", request=VersionInput)
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, pk: int) -> Response:
        return self._act(request, resume_verification)

    @extend_schema(summary="Return a sheet to its unit for completion", request=SheetReturnInput)
    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    def send_back(self, request: Request, pk: int) -> Response:
        return self._act(request, return_sheet, SheetReturnInput)

    @extend_schema(
        summary="Tell the unit its preliminary result",
        description="409 while rows are left, or differences of two assessors are not decided.",
        request=VersionInput,
    )
    @action(detail=True, methods=["post"], url_path="tell-result")
    def tell_result(self, request: Request, pk: int) -> Response:
        return self._act(request, tell_result)

    @extend_schema(
        summary="Verify many criteria",
        description="Each by itself: one that is refused keeps no other from being saved.",
        request=VerifyInput,
        responses={200: RowResults},
    )
    @action(detail=True, methods=["post"])
    def verify(self, request: Request, pk: int) -> Response:
        sheet = self._sheet()
        body = VerifyInput(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data["rows"]
        wanted = {each["criterion"] for each in given}
        criteria = Criterion.objects.filter(criteria_set=sheet.round.criteria_set_id).in_bulk(wanted)
        if wanted - criteria.keys():
            raise exceptions.ValidationError({"rows": [_("There is nothing with this id.")]})
        rows = [
            RowInput(
                criterion=criteria[each["criterion"]],
                answer=each["answer"],
                reason=each["reason"],
                expected_version=each["version"],
            )
            for each in given
        ]
        return _told(self._done(verify_rows, assessment=sheet, rows=rows))

    @extend_schema(
        summary="Accept criteria as the unit scored them", request=AcceptRowsInput, responses={200: RowResults}
    )
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, pk: int) -> Response:
        sheet = self._sheet()
        body = AcceptRowsInput(data=request.data)
        body.is_valid(raise_exception=True)
        return _told(self._done(accept_rows, assessment=sheet, criteria=body.validated_data["criteria"]))
