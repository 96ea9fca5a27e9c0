from __future__ import annotations

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from isoportal.rows import IdFilter, ListAPI, Row
from plans.contexts.reporting import state_of_due_report
from plans.models import DueReport, ReportingPeriod
from units.permissions import Permission


class ReportingPeriodRow(serializers.ModelSerializer[ReportingPeriod]):
    class Meta:
        model = ReportingPeriod
        fields = ["id", "plan", "kind", "title", "start", "end", "due_on", "locked_at", "created_at", "updated_at"]
        read_only_fields = fields
        extra_kwargs = {"due_on": {"help_text": "The last day to report, in Asia/Ho_Chi_Minh."}}


class ReportingPeriodFilter(django_filters.FilterSet):
    plan = IdFilter()
    kind = django_filters.ChoiceFilter(choices=ReportingPeriod.Kind.choices)
    due_on = django_filters.DateFromToRangeFilter()

    class Meta:
        model = ReportingPeriod
        fields: list[str] = []


@extend_schema_view(
    list=extend_schema(summary="Reporting periods"), retrieve=extend_schema(summary="One reporting period")
)
class ReportingPeriodAPI(ListAPI):
    """The months, quarters and other times in which the units of a plan report."""

    queryset = ReportingPeriod.objects.all()
    serializer_class = ReportingPeriodRow
    filterset_class = ReportingPeriodFilter
    ordering_fields = ("id", "start", "due_on")

    def allowed(self) -> QuerySet[ReportingPeriod]:
        return ReportingPeriod.objects.allowed_to(self.caller, Permission.PLAN_VIEW)


STATES = ["not_due", "due", "overdue", "submitted", "returned", "accepted"]


class DueReportRow(serializers.ModelSerializer[DueReport]):
    state = serializers.ChoiceField(
        choices=STATES,
        read_only=True,
        help_text="As of the moment of the answer.",
    )

    class Meta:
        model = DueReport
        fields = ["id", "period", "task", "unit", "latest", "open_until", "state"]
        read_only_fields = fields
        completed = ("state",)
        extra_kwargs = {
            "latest": {"help_text": "The last progress update that was sent for it."},
            "open_until": {"help_text": "Until this moment the unit may report although the period is locked."},
        }


class DueReportFilter(django_filters.FilterSet):
    period = IdFilter()
    plan = IdFilter(field_name="period__plan")
    task = IdFilter()
    unit = IdFilter()

    class Meta:
        model = DueReport
        fields: list[str] = []


@extend_schema_view(list=extend_schema(summary="Due reports"), retrieve=extend_schema(summary="One due report"))
class DueReportAPI(ListAPI):
    """What each unit owes on each task for each period, and what became of it."""

    queryset = DueReport.objects.all()
    serializer_class = DueReportRow
    filterset_class = DueReportFilter

    def allowed(self) -> QuerySet[DueReport]:
        return DueReport.objects.allowed_to(self.caller, Permission.PLAN_VIEW).owed()

    def complete(self, rows: list[Row]) -> None:
        """One query for the days and the states of a whole page."""
        now = timezone.now()
        known = DueReport.objects.select_related("period", "latest").in_bulk([row["id"] for row in rows])
        for row in rows:
            row["state"] = state_of_due_report(known[row["id"]], now=now)
