from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import exceptions, negotiation, serializers
from rest_framework.decorators import action
from rest_framework.request import Request

from isoportal.writes import IDEMPOTENCY_KEY, CreateAPI, Input
from reports import services
from reports.jobs import FileDamaged, open_checked
from reports.models import ReportJob
from reports.registry import KINDS, InvalidParams
from reports.renderers import FORMATS

KIND_CHOICES = [(slug, kind.title) for slug, kind in KINDS.items()]
FORMAT_CHOICES = [(slug, format.label) for slug, format in FORMATS.items()]


class ReportJobRow(serializers.ModelSerializer[ReportJob]):
    kind = serializers.ChoiceField(choices=KIND_CHOICES, read_only=True)
    format = serializers.ChoiceField(choices=FORMAT_CHOICES, read_only=True)
    params = serializers.DictField(read_only=True)

    class Meta:
        model = ReportJob
        fields = [
            "id",
            "kind",
            "format",
            "params",
            "title",
            "state",
            "progress",
            "step",
            "requested_at",
            "started_at",
            "finished_at",
            "error_code",
            "sha256",
            "size",
        ]
        read_only_fields = fields
        extra_kwargs = {
            "progress": {"help_text": "0 to 100."},
            "sha256": {"help_text": "Of the file, in hexadecimal; blank until it is done."},
            "size": {"help_text": "Of the file, in bytes."},
        }


class ReportJobInput(Input):
    kind = serializers.ChoiceField(choices=KIND_CHOICES)
    format = serializers.ChoiceField(choices=FORMAT_CHOICES)
    params = serializers.DictField(
        help_text="What the report is about, and in which formats it is made. "
        + "; ".join(f"`{kind.slug}`: `{kind.expected}`, {', '.join(kind.formats)}" for kind in KINDS.values())
        + "."
    )


class ReportJobFilter(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(choices=KIND_CHOICES)
    format = django_filters.ChoiceFilter(choices=FORMAT_CHOICES)
    state = django_filters.ChoiceFilter(choices=ReportJob.State.choices)
    requested_at = django_filters.IsoDateTimeFromToRangeFilter()

    class Meta:
        model = ReportJob
        fields: list[str] = []


class AnyAccept(negotiation.DefaultContentNegotiation):
    """A file is what it is, whatever the client says it accepts; errors are JSON."""

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class Gone(exceptions.APIException):
    status_code = HTTPStatus.GONE
    default_detail = _("The file is no longer as it was made, so it is not given out. Request the report again.")
    default_code = "file_damaged"


@extend_schema_view(
    list=extend_schema(summary="Report jobs of the caller"),
    retrieve=extend_schema(summary="One report job"),
    create=extend_schema(
        summary="Request a report",
        description="Put a report into the queue. While the same request is under way its job is given again. Ask for "
        "the job until its state is `done`, then fetch its file.",
        request=ReportJobInput,
        responses={202: ReportJobRow},
        parameters=[IDEMPOTENCY_KEY],
    ),
)
class ReportJobAPI(CreateAPI):
    """Reports that the caller requested, and their files."""

    queryset = ReportJob.objects.all()
    serializer_class = ReportJobRow
    input_serializer_class = ReportJobInput
    filterset_class = ReportJobFilter
    lookup_value_converter = "uuid"
    ordering = "-requested_at"
    ordering_fields = ("requested_at",)
    created_status = HTTPStatus.ACCEPTED

    def allowed(self) -> QuerySet[ReportJob]:
        return ReportJob.objects.of(self.caller)

    def act(self, data: dict[str, Any]) -> UUID:
        try:
            job = services.request_report(**data, by=self.caller)
        except InvalidParams as error:
            raise exceptions.ValidationError(
                {"params": [_("Give %(expected)s and nothing else.") % {"expected": KINDS[data["kind"]].expected}]}
            ) from error
        except services.FormatNotOffered as error:
            raise exceptions.ValidationError({"format": [str(error)]}) from error
        except Http404 as error:
            raise exceptions.ValidationError({"params": [_("There is nothing with this id.")]}) from error
        except services.TooManyActive as error:
            raise exceptions.Throttled(
                wait=services.RETRY_AFTER,
                detail=str(_("Too many reports are under way. Wait until one of them has ended.")),
            ) from error
        return job.pk

    @extend_schema(
        summary="The file of a report that is done",
        responses={(200, format.content_type): OpenApiTypes.BINARY for format in FORMATS.values()},
    )
    @action(detail=True, methods=["get"], filterset_class=None, content_negotiation_class=AnyAccept)
    def file(self, request: Request, pk: UUID) -> FileResponse:
        job = get_object_or_404(self.allowed(), pk=pk, state=ReportJob.State.DONE)
        if not services.may_download(job=job, user=self.caller):
            raise Http404
        try:
            content = open_checked(job)
        except FileDamaged as error:
            raise Gone from error
        response = FileResponse(
            content,
            as_attachment=True,
            filename=f"{job.file_name or job.kind}.{job.format}",
            content_type=FORMATS[job.format].content_type,
        )
        response.headers["Cache-Control"] = "private, no-store"
        return response
