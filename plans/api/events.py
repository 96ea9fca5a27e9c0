from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import exceptions, serializers

from isoportal.rows import LARGEST_ID, IdFilter, ListAPI, Row
from isoportal.writes import IDEMPOTENCY_KEY, CreateAPI, Input
from plans.api.parts import described
from plans.models import Conclusion, Event, Invitation, Plan, Task
from plans.services import events as services
from plans.services.standing import PlanIsClosed
from units.permissions import Permission

ConclusionPart = described(Conclusion, "id", "order", "text", "unit", "due_on", "task")


class EventRow(serializers.ModelSerializer[Event]):
    class Meta:
        model = Event
        fields = [
            "id",
            "plan",
            "task",
            "kind",
            "title",
            "place",
            "starts_at",
            "ends_at",
            "agenda",
            "state",
            "cancelled_because",
            "minutes",
            "sequence",
            "version",
            "created_at",
            "updated_at",
        ]
        read_only_fields = fields
        extra_kwargs = {
            "sequence": {"help_text": "How often it was moved or cancelled, as calendars count (RFC 5545)."}
        }


class EventWhole(EventRow):
    conclusions = ConclusionPart(many=True, read_only=True)

    class Meta(EventRow.Meta):
        fields = [*EventRow.Meta.fields, "conclusions"]
        read_only_fields = fields


class EventInput(Input):
    plan = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)
    task = serializers.IntegerField(min_value=1, max_value=LARGEST_ID, required=False, allow_null=True, default=None)
    kind = serializers.ChoiceField(choices=Event.Kind.choices)
    title = serializers.CharField(max_length=300)
    place = serializers.CharField(max_length=300, allow_blank=True, default="")
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    agenda = serializers.CharField(max_length=20_000, allow_blank=True, default="", help_text="One point a line.")


class EventFilter(django_filters.FilterSet):
    plan = IdFilter()
    task = IdFilter()
    kind = django_filters.ChoiceFilter(choices=Event.Kind.choices)
    state = django_filters.ChoiceFilter(choices=Event.State.choices)
    starts_at = django_filters.IsoDateTimeFromToRangeFilter()

    class Meta:
        model = Event
        fields: list[str] = []


@extend_schema_view(
    list=extend_schema(summary="Events"),
    retrieve=extend_schema(summary="One event with its conclusions"),
    create=extend_schema(
        summary="Plan an event",
        description="A planned event of a plan or of one of its tasks. Nobody is told before units are invited.",
        request=EventInput,
        responses={201: EventWhole},
        parameters=[IDEMPOTENCY_KEY],
    ),
)
class EventAPI(CreateAPI):
    """Trainings, conferences, study visits, inspection visits and meetings. An invited unit sees the event too."""

    queryset = Event.objects.all()
    serializer_class = EventRow
    detail_serializer_class = EventWhole
    input_serializer_class = EventInput
    filterset_class = EventFilter
    ordering_fields = ("id", "starts_at", "updated_at")

    def allowed(self) -> QuerySet[Event]:
        return Event.objects.allowed_to(self.caller, Permission.PLAN_VIEW)

    def parts(self, row: Row) -> Row:
        names = ("id", "order", "text", "unit", "due_on", "task")
        return {"conclusions": list(Conclusion.objects.filter(event=row["id"]).order_by("order").values(*names))}

    def act(self, data: dict[str, Any]) -> int:
        user = self.caller
        plan = Plan.objects.allowed_to(user, Permission.PLAN_VIEW).filter(pk=data["plan"]).first()
        task = Task.objects.filter(pk=data["task"], plan=plan).first() if data["task"] and plan else None
        wrong = [name for name, found in (("plan", plan), ("task", task)) if data[name] and found is None]
        if wrong or plan is None:
            raise exceptions.ValidationError({name: [_("There is nothing with this id.")] for name in wrong})
        if not Plan.objects.allowed_to(user, Permission.PLAN_EDIT).filter(pk=plan.pk).exists():
            raise exceptions.PermissionDenied
        try:
            event = services.plan_event(by=user, **data | {"plan": plan, "task": task})
        except services.EndsBeforeItStarts as error:
            raise exceptions.ValidationError({"ends_at": [str(error)]}) from error
        except PlanIsClosed as error:
            raise exceptions.ValidationError({"plan": [str(error)]}) from error
        return event.pk


class InvitationRow(serializers.ModelSerializer[Invitation]):
    class Meta:
        model = Invitation
        fields = ["id", "event", "unit", "seats", "attended", "names", "updated_at"]
        read_only_fields = fields
        extra_kwargs = {"attended": {"help_text": "Null until somebody counted, which is not 0."}}


class InvitationFilter(django_filters.FilterSet):
    event = IdFilter()
    unit = IdFilter()
    plan = IdFilter(field_name="event__plan")

    class Meta:
        model = Invitation
        fields: list[str] = []


@extend_schema_view(
    list=extend_schema(summary="Invitations to events"), retrieve=extend_schema(summary="One unit's invitation")
)
class InvitationAPI(ListAPI):
    """Which units are invited to which events, and how many of their people came."""

    queryset = Invitation.objects.all()
    serializer_class = InvitationRow
    filterset_class = InvitationFilter

    def allowed(self) -> QuerySet[Invitation]:
        return Invitation.objects.allowed_to(self.caller, Permission.PLAN_VIEW)
