"""Notifications in the API: it knows what they are about, so it stands at the top, as the inbox does."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from activity.models import Notification
from activity.services import mark_read
from isoportal.rows import ListAPI
from isoportal.targets import notifications_of


class NotificationRow(serializers.ModelSerializer[Notification]):
    action = serializers.CharField(source="event.action", read_only=True, help_text="What was done.")
    target_model = serializers.CharField(source="event.target_model", read_only=True)
    target_id = serializers.CharField(source="event.target_id", read_only=True)
    target_name = serializers.CharField(source="event.target_name", read_only=True)
    by = serializers.IntegerField(source="event.by_id", read_only=True, allow_null=True, help_text="Null: the portal.")
    at = serializers.DateTimeField(source="event.at", read_only=True)

    class Meta:
        model = Notification
        fields = ["id", "action", "target_model", "target_id", "target_name", "by", "at", "read_at"]
        read_only_fields = fields


class NotificationFilter(django_filters.FilterSet):
    unread = django_filters.BooleanFilter(field_name="read_at", lookup_expr="isnull")
    at = django_filters.IsoDateTimeFromToRangeFilter(field_name="event__at")

    class Meta:
        model = Notification
        fields: list[str] = []


@extend_schema_view(
    list=extend_schema(summary="One's own notifications"), retrieve=extend_schema(summary="One notification")
)
class NotificationAPI(ListAPI):
    """What others did that concerns the caller, as far as they may (still) see what it is about."""

    queryset = Notification.objects.all()
    serializer_class = NotificationRow
    filterset_class = NotificationFilter
    ordering = "-id"

    def allowed(self) -> QuerySet[Notification]:
        return notifications_of(self.caller)

    @extend_schema(summary="Mark a notification as read", request=None, responses={200: NotificationRow})
    @action(detail=True, methods=["post"], filterset_class=None)
    def read(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Marking it again changes nothing."""
        row = get_object_or_404(notifications_of(self.caller), pk=self.kwargs["pk"])
        mark_read(notification=row, by=self.caller)
        return Response(self.row(row.pk))
