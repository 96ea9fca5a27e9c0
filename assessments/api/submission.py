from __future__ import annotations

from collections.abc import Callable
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
from assessments.services.submission import SheetIncomplete, send_to_head, submit_sheet, take_back
from isoportal.changes import NotNow
from isoportal.writes import Input


class ReadInput(Input):
    version = serializers.IntegerField(
        required=False,
        min_value=1,
        help_text="Of the sheet as it was read: 409 if its state changed since.",
    )


class SubmitInput(ReadInput):
    difficulties = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=8000,
        help_text="Difficulties and proposals; absent: as stored.",
    )


class TakeBackInput(ReadInput):
    note = serializers.CharField(
        required=False, allow_blank=True, max_length=2000, help_text="What those who score it are to mend."
    )


class Submission:
    """From those who score a sheet to the head of their unit, and from the head to the assessors."""

    caller: Any
    kwargs: Any
    allowed: Any
    row: Any

    @extend_schema(
        summary="Hand a sheet to the head of the unit",
        description="It need not be complete. 409 where it is not being scored, or its time is over.",
        request=SubmitInput,
    )
    @action(detail=True, methods=["post"], url_path="send-to-head")
    def send_to_head(self, request: Request, pk: int) -> Response:
        return self._hand_on(request, SubmitInput, send_to_head)

    @extend_schema(
        summary="Give a sheet from the head back to those who score it",
        description="409 where the head does not have it, or its time is over.",
        request=TakeBackInput,
    )
    @action(detail=True, methods=["post"], url_path="take-back")
    def take_back(self, request: Request, pk: int) -> Response:
        return self._hand_on(request, TakeBackInput, take_back)

    @extend_schema(
        summary="Submit a sheet to the assessors",
        description="409 where the sheet is not complete, its time is over or it is submitted already.",
        request=SubmitInput,
    )
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, pk: int) -> Response:
        return self._hand_on(request, SubmitInput, submit_sheet)

    def _hand_on(self, request: Request, input_class: type[ReadInput], act: Callable[..., Any]) -> Response:
        sheet = get_object_or_404(self.allowed(), pk=self.kwargs["pk"])
        body = input_class(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        if given.pop("version", sheet.version) != sheet.version:
            raise NotNow(_("The sheet changed after you read it. Read it again."))
        try:
            act(assessment=sheet, by=self.caller, **given)
        except PermissionDenied as error:
            raise exceptions.PermissionDenied from error
        except (SheetIncomplete, services.ActRefused) as error:
            raise NotNow(str(error)) from error
        return Response(self.row(sheet.pk))
