from __future__ import annotations

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import exceptions, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from isoportal.rows import IdFilter, ListAPI, Row
from isoportal.writes import Input
from plans.api.parts import described
from plans.models import ChasedItem, ChasingLetter
from plans.services.chasing import AnsweredBefore, ChasingRefused
from plans.services.letters import log_reply
from units.access import holds_in
from units.permissions import Permission


class AlreadyAnswered(exceptions.APIException):
    status_code = 409
    default_code = "already_answered"


ITEM = ("kind", "reference", "times", "title", "source", "due_on")
ItemPart = described(ChasedItem, *ITEM)


class ChasingLetterRow(serializers.ModelSerializer[ChasingLetter]):
    number = serializers.IntegerField(
        source="register_number.number", read_only=True, allow_null=True, help_text="Null for a draft."
    )
    symbol = serializers.CharField(source="run.symbol", read_only=True, help_text="What follows the number.")

    class Meta:
        model = ChasingLetter
        fields = [
            "id",
            "run",
            "unit",
            "addressee",
            "number",
            "symbol",
            "times",
            "state",
            "respond_by",
            "sent_at",
            "read_at",
            "reply",
            "reply_document",
            "replied_at",
            "updated_at",
        ]
        read_only_fields = fields
        extra_kwargs = {
            "unit": {"help_text": "The unit that sends it."},
            "addressee": {"help_text": "The late unit."},
            "times": {"help_text": "For the n-th time about the same things."},
            "respond_by": {"help_text": "The last day to answer, included."},
        }


class ChasingLetterWhole(ChasingLetterRow):
    items = ItemPart(many=True, read_only=True)

    class Meta(ChasingLetterRow.Meta):
        fields = [*ChasingLetterRow.Meta.fields, "items"]
        read_only_fields = fields


class ReplyInput(Input):
    reply = serializers.CharField(default="", allow_blank=True, max_length=10_000)
    document = serializers.CharField(
        default="", allow_blank=True, max_length=200, help_text="Number, symbol and date of the unit's own letter."
    )


class ChasingLetterAPIFilter(django_filters.FilterSet):
    run = IdFilter()
    unit = IdFilter()
    addressee = IdFilter()
    state = django_filters.ChoiceFilter(choices=ChasingLetter.State.choices)
    sent_at = django_filters.IsoDateTimeFromToRangeFilter()

    class Meta:
        model = ChasingLetter
        fields: list[str] = []


@extend_schema_view(
    list=extend_schema(summary="Chasing letters"), retrieve=extend_schema(summary="One chasing letter with its things")
)
class ChasingLetterAPI(ListAPI):
    """Letters that urge late units: those of the caller's units, and those sent to them."""

    queryset = ChasingLetter.objects.all()
    serializer_class = ChasingLetterRow
    detail_serializer_class = ChasingLetterWhole
    filterset_class = ChasingLetterAPIFilter
    ordering = "-id"
    ordering_fields = ("id", "updated_at")

    def allowed(self) -> QuerySet[ChasingLetter]:
        return ChasingLetter.objects.allowed_to(self.caller, Permission.PLAN_VIEW)

    def parts(self, row: Row) -> Row:
        return {"items": list(ChasedItem.objects.filter(letter=row["id"]).order_by("order").values(*ITEM))}

    @extend_schema(
        summary="Reply to a chasing letter",
        description="By the late unit, or by the office that has its reply on paper. Once; 409 when there is one.",
        request=ReplyInput,
        responses={200: ChasingLetterWhole},
    )
    @action(detail=True, methods=["post"], filterset_class=None)
    def reply(self, request: Request, pk: int) -> Response:
        letter = self.allowed().select_related("unit", "addressee", "replied_by").filter(pk=pk).first()
        if letter is None:
            raise exceptions.NotFound
        may = holds_in(self.caller, Permission.CHASE, letter.unit)
        if not (may or holds_in(self.caller, Permission.TASK_REPORT, letter.addressee)):
            raise exceptions.PermissionDenied
        given = ReplyInput(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            log_reply(letter=letter, **given.validated_data, by=self.caller)
        except AnsweredBefore as error:
            raise AlreadyAnswered(str(error)) from error
        except ChasingRefused as error:
            raise exceptions.ValidationError({"reply": [str(error)]}) from error
        return Response(self.row(letter.pk))
