"""A sheet's scoring workbook over the API: GET it, POST it filled in for a dry run, POST the agreement."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from assessments import services
from assessments.contexts.workbooks import visible_uploads, workbook
from assessments.models import Assessment, WorkbookUpload
from assessments.renderers.scoring_workbook import writing
from assessments.services.workbook_files import WorkbookRefused
from assessments.services.workbook_taking import SheetMovedOn, UploadNotTaken, take_upload
from assessments.services.workbooks import check_upload
from isoportal.writes import Input
from units.access import get_allowed
from units.models import User
from units.permissions import Permission

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Refused(exceptions.APIException):
    status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    default_code = "workbook_refused"


class MovedOn(exceptions.APIException):
    status_code = HTTPStatus.CONFLICT
    default_code = "sheet_moved_on"


class WorkbookInput(Input):
    file = serializers.FileField(max_length=1000, allow_empty_file=True, help_text="The .xlsx file, filled in.")


class TakeInput(Input):
    upload = serializers.IntegerField(min_value=1, max_value=2**63 - 1, help_text="The id that the dry run answered.")
    overwrite = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        default=list,
        max_length=2000,
        help_text="Criteria in conflict that take the workbook's value; the others keep what is stored.",
    )


class UploadRow(serializers.ModelSerializer[WorkbookUpload]):
    report = serializers.ListField(
        child=serializers.DictField(),
        read_only=True,
        help_text="Per file: changes, problems by cell, what became of it.",
    )

    class Meta:
        model = WorkbookUpload
        fields = ["id", "round", "assessment", "name", "sha256", "state", "report", "by", "at", "taken_at"]
        read_only_fields = fields


def _caller(request: Request) -> User:
    """Who asks: the permission class lets nobody in who is not signed in."""
    return request.user  # type: ignore[return-value]


def _sheet(request: Request, pk: int) -> Assessment:
    return get_allowed(Assessment.objects.with_sheet_head(), _caller(request), Permission.ASSESSMENT_VIEW, pk=pk)


class WorkbookAPI(APIView):
    """The scoring workbook of one sheet."""

    parser_classes = (MultiPartParser,)

    @extend_schema(summary="Download a sheet as a workbook", responses={(200, XLSX): OpenApiTypes.BINARY})
    def get(self, request: Request, pk: int) -> HttpResponse:
        made = workbook(_sheet(request, pk))
        response = HttpResponse(writing.render(made), content_type=XLSX)
        response["Content-Disposition"] = f'attachment; filename="{made.file_name}"'
        return response

    @extend_schema(
        summary="Check a workbook that was filled in",
        description="A dry run: nothing is saved. A file that was taken already answers with its first result.",
        request={"multipart/form-data": WorkbookInput},
        responses={201: UploadRow, 200: UploadRow},
    )
    def post(self, request: Request, pk: int) -> Response:
        sheet = _sheet(request, pk)
        given = WorkbookInput(data=dict(request.data.items()))
        given.is_valid(raise_exception=True)
        file = given.validated_data["file"]
        try:
            upload = check_upload(target=sheet, data=file.read(), name=file.name, by=_caller(request))
        except WorkbookRefused as refused:
            raise Refused(str(refused)) from refused
        fresh = upload.state == WorkbookUpload.State.CHECKED
        return Response(UploadRow(upload).data, status=HTTPStatus.CREATED if fresh else HTTPStatus.OK)


class WorkbookTakeAPI(APIView):
    """Agreeing to what a dry run showed."""

    parser_classes = (JSONParser,)

    @extend_schema(summary="Save what the dry run showed", request=TakeInput, responses={200: UploadRow})
    def post(self, request: Request, pk: int) -> Response:
        sheet = _sheet(request, pk)
        given = TakeInput(data=request.data)
        given.is_valid(raise_exception=True)
        data: dict[str, Any] = given.validated_data
        upload = get_object_or_404(visible_uploads(_caller(request)), assessment=sheet, pk=data["upload"])
        overwrite = [f"0:{criterion}" for criterion in data["overwrite"]]
        try:
            taken = take_upload(upload=upload, by=_caller(request), overwrite=overwrite)
        except SheetMovedOn as refused:
            raise MovedOn(str(refused)) from refused
        except (UploadNotTaken, services.ActRefused) as refused:
            raise Refused(str(refused)) from refused
        return Response(UploadRow(taken).data)
