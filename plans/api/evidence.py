from __future__ import annotations

from http import HTTPStatus
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import exceptions, serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from isoportal.rows import IdFilter, ListAPI
from isoportal.writes import Input
from plans.models import Evidence
from plans.services.evidence import EvidenceRefused, FileTooLarge, MayNotSend, NotStored, QuotaExceeded, keep_evidence
from units.access import allowed_units
from units.permissions import Permission


class EvidenceRow(serializers.ModelSerializer[Evidence]):
    class Meta:
        model = Evidence
        fields = ["id", "unit", "name", "title", "media_type", "size", "sha256", "uploaded_by", "uploaded_at"]
        read_only_fields = fields
        extra_kwargs = {"size": {"help_text": "Bytes."}, "sha256": {"help_text": "Of the file, in hexadecimal."}}


class EvidenceInput(Input):
    unit = serializers.IntegerField(min_value=1, max_value=2**63 - 1, help_text="The unit whose file it is.")
    title = serializers.CharField(default="", allow_blank=True, max_length=300, help_text="What it shows.")
    file = serializers.FileField(max_length=1000, allow_empty_file=True)


class EvidenceFilter(django_filters.FilterSet):
    unit = IdFilter()
    sha256 = django_filters.CharFilter(max_length=64)
    uploaded_at = django_filters.IsoDateTimeFromToRangeFilter()

    class Meta:
        model = Evidence
        fields: list[str] = []


class Refused(exceptions.APIException):
    status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    default_code = "file_refused"


class TooMuch(exceptions.APIException):
    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"


class NoRoom(exceptions.APIException):
    status_code = HTTPStatus.INSUFFICIENT_STORAGE
    default_code = "not_stored"


@extend_schema_view(
    list=extend_schema(summary="Files kept as evidence"),
    retrieve=extend_schema(summary="One file's particulars"),
    create=extend_schema(
        summary="Upload a file",
        description="As multipart/form-data. The same bytes again are the same file: a repeated request is harmless.",
        request={"multipart/form-data": EvidenceInput},
        responses={201: EvidenceRow},
    ),
)
class EvidenceAPI(ListAPI):
    """Files that show what was done; each is downloaded from /evidence/<id>/."""

    queryset = Evidence.objects.all()
    serializer_class = EvidenceRow
    filterset_class = EvidenceFilter
    ordering = "-id"
    ordering_fields = ("id", "uploaded_at")
    parser_classes = (MultiPartParser,)

    def allowed(self) -> QuerySet[Evidence]:
        return Evidence.objects.kept().allowed_to(self.caller, Permission.PLAN_VIEW)

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        given = EvidenceInput(data=dict(request.data.items()))
        given.is_valid(raise_exception=True)
        data = given.validated_data
        unit = allowed_units(self.caller, Permission.UNIT_VIEW).filter(pk=data["unit"]).first()
        if unit is None:
            raise exceptions.ValidationError({"unit": [_("There is nothing with this id.")]})
        try:
            kept = keep_evidence(unit=unit, file=data["file"], title=data["title"], by=self.caller)
        except MayNotSend as refused:
            raise exceptions.PermissionDenied(str(refused)) from refused
        except (FileTooLarge, QuotaExceeded) as refused:
            raise TooMuch(str(refused)) from refused
        except NotStored as refused:
            raise NoRoom(str(refused)) from refused
        except EvidenceRefused as refused:
            raise Refused(str(refused)) from refused
        place = f"{request.path}{kept.pk}/"
        return Response(self.row(kept.pk), status=HTTPStatus.CREATED, headers={"Location": place})
