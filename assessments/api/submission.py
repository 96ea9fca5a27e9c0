from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from assessments import services
from assessments.services.submission import SheetIncomplete, submit_sheet
from isoportal.changes import NotNow
from isoportal.writes import Input


class SubmitInput(Input):
    difficulties = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=8000,
        help_text="Difficulties and proposals; absent: as stored.",
    )
    version = serializers.IntegerField(
        required=False,
        min_value=1,
        help_text="Of the sheet as it was read: 409 if its state changed since.",
    )


class Submission:
    """Submitting a sheet, as the head of its unit."""

    caller: Any
    kwargs: Any
    allowed: Any
    row: Any

    @extend_schema(
        summary="Submit a sheet to the assessors",
        description="409 where the sheet is not complete, its time is over or it is submitted already.",
        request=SubmitInput,
    )
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, pk: int) -> Response:
        sheet = get_object_or_404(self.allowed(), pk=self.kwargs["pk"])
        body = SubmitInput(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        if given.get("version", sheet.version) != sheet.version:
            raise NotNow(_("The sheet changed after you read it. Read it again."))
        try:
            submit_sheet(assessment=sheet, difficulties=given.get("difficulties"), by=self.caller)
        except PermissionDenied as error:
            raise exceptions.PermissionDenied from error
        except SheetIncomplete as error:
            raise NotNow(str(error)) from error
        except services.ActRefused as error:
            raise NotNow(str(error)) from error
        return Response(self.row(sheet.pk))
