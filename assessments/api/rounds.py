from __future__ import annotations

from typing import Any

import django_filters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import exceptions, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.models import CriteriaSet, Round
from assessments.services.phases import Phases, RoundChanged, RoundRefused, RoundSettled, change_phases
from assessments.services.rounds import RoundExists, RoundIsOpen, add_units, edit_round, open_prepared, prepare_round
from isoportal.changes import IF_MATCH, ChangeAPI, NotNow, Stale
from isoportal.rows import LARGEST_ID, IdFilter
from isoportal.writes import IDEMPOTENCY_KEY, CreateAPI, Input
from plans.models import Plan
from units.access import allowed_units
from units.models import Unit
from units.permissions import Permission

DATES = tuple(Phases.__dataclass_fields__)
MOST_UNITS = 5000


class RoundRow(serializers.ModelSerializer[Round]):
    class Meta:
        model = Round
        fields = [
            "id",
            "unit",
            "criteria_set",
            "plan",
            "previous",
            "title",
            "year",
            "occasion",
            "state",
            *DATES,
            "second_assessor",
            "published_at",
            "version",
        ]
        read_only_fields = fields
        extra_kwargs = {"closes_at": {"help_text": "Half-open: a score at this very moment is too late."}}


class DatesInput(Input):
    opens_at = serializers.DateTimeField()
    closes_at = serializers.DateTimeField(help_text="Half-open: a score at this very moment is too late.")
    verify_opens_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    verify_closes_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    appeal_opens_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    appeal_closes_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    approve_by = serializers.DateField(required=False, allow_null=True, default=None)


class RoundInput(DatesInput):
    unit = serializers.IntegerField(min_value=1, max_value=LARGEST_ID, help_text="The province that holds it.")
    criteria_set = serializers.IntegerField(min_value=1, max_value=LARGEST_ID)
    plan = serializers.IntegerField(min_value=1, max_value=LARGEST_ID, required=False, allow_null=True, default=None)
    previous = serializers.IntegerField(
        min_value=1, max_value=LARGEST_ID, required=False, allow_null=True, default=None
    )
    title = serializers.CharField(max_length=200)
    year = serializers.IntegerField(min_value=2000, max_value=2100)
    occasion = serializers.ChoiceField(choices=Round.Occasion.choices, default=Round.Occasion.YEARLY)
    second_assessor = serializers.BooleanField(default=False)


class RoundChange(DatesInput):
    """Of a round that runs only the dates change, and the units read the `reason`."""

    title = serializers.CharField(max_length=200)
    year = serializers.IntegerField(min_value=2000, max_value=2100)
    second_assessor = serializers.BooleanField()
    reason = serializers.CharField(max_length=2000, help_text="Owed once the round runs.")


class UnitsInput(Input):
    units = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_ID), min_length=1, max_length=MOST_UNITS
    )


class UnitOutcome(serializers.Serializer[Any]):
    unit = serializers.IntegerField(read_only=True)
    outcome = serializers.ChoiceField(choices=["added", "already", "outside", "ended"], read_only=True)


class UnitOutcomes(serializers.Serializer[Any]):
    results = UnitOutcome(many=True, read_only=True)


class RoundFilter(django_filters.FilterSet):
    unit = IdFilter()
    criteria_set = IdFilter()
    year = django_filters.NumberFilter(min_value=1900, max_value=2200)
    state = django_filters.ChoiceFilter(choices=Round.State.choices)

    class Meta:
        model = Round
        fields: list[str] = []


def refused(error: RoundRefused) -> exceptions.APIException:
    if isinstance(error, RoundChanged):
        return Stale()
    if isinstance(error, RoundSettled | RoundIsOpen | RoundExists):
        return NotNow(str(error))
    return exceptions.ValidationError({error.field or "non_field_errors": [str(error)]})


@extend_schema_view(
    list=extend_schema(summary="Rounds"),
    retrieve=extend_schema(summary="One round"),
    create=extend_schema(
        summary="Prepare a round",
        description="Units see it only once it was given units and opened.",
        request=RoundInput,
        responses={201: RoundRow},
        parameters=[IDEMPOTENCY_KEY],
    ),
    partial_update=extend_schema(
        summary="Change a round",
        description="All of it while it is being prepared; once it runs its dates, with a reason; then nothing.",
        request=RoundChange,
        responses={200: RoundRow},
        parameters=[IF_MATCH],
    ),
)
class RoundAPI(ChangeAPI, CreateAPI):
    """A province's assessments of its units by one criteria set in one year."""

    queryset = Round.objects.all()
    serializer_class = RoundRow
    filterset_class = RoundFilter
    input_serializer_class = RoundInput
    change_serializer_class = RoundChange
    change_permission = Permission.ROUND_MANAGE
    ordering_fields = ("id", "year", "opens_at", "closes_at")

    def allowed(self) -> QuerySet[Round]:
        return Round.objects.allowed_to(self.caller, Permission.ASSESSMENT_VIEW)

    def may_change(self, pk: int) -> bool:
        return Round.objects.allowed_to(self.caller, Permission.ROUND_MANAGE).filter(pk=pk).exists()

    def act(self, data: dict[str, Any]) -> int:
        user = self.caller
        found = {
            "unit": allowed_units(user, Permission.ASSESSMENT_VIEW).filter(pk=data["unit"]).first(),
            "criteria_set": CriteriaSet.objects.allowed_to(user, Permission.ASSESSMENT_VIEW)
            .filter(pk=data["criteria_set"])
            .first(),
            "plan": Plan.objects.allowed_to(user, Permission.PLAN_VIEW).filter(pk=data["plan"]).first(),
            "previous": self.allowed().filter(pk=data["previous"]).first(),
        }
        if wrong := [name for name, row in found.items() if data[name] is not None and row is None]:
            raise exceptions.ValidationError({name: [_("There is nothing with this id.")] for name in wrong})
        values = {name: value for name, value in data.items() if name not in DATES}
        phases = Phases(**{name: data[name] for name in DATES})
        try:
            return prepare_round(by=user, phases=phases, **values | found).pk
        except RoundRefused as error:
            raise refused(error) from error

    def change(self, pk: int, data: dict[str, Any], version: int) -> None:
        round_ = self._round(pk)
        dates = {name: data.get(name, getattr(round_, name)) for name in DATES}
        own = {name: value for name, value in data.items() if name not in (*DATES, "reason")}
        given: dict[str, Any] = {"round": round_, "phases": Phases(**dates), "expected_version": version}
        try:
            if round_.state == Round.State.PREPARING:
                edit_round(by=self.caller, **given, **own)
            elif own:
                raise RoundIsOpen
            else:
                change_phases(by=self.caller, reason=data.get("reason", ""), **given)
        except RoundRefused as error:
            raise refused(error) from error

    def _round(self, pk: int) -> Round:
        return get_object_or_404(self.allowed().select_related("unit", "criteria_set"), pk=pk)

    def _managed(self, pk: int) -> Round:
        round_ = self._round(pk)
        if not self.may_change(round_.pk):
            raise PermissionDenied
        return round_

    @extend_schema(summary="Give a round its units", request=UnitsInput, responses={200: UnitOutcomes}, filters=False)
    @action(detail=True, methods=["post"])
    def units(self, request: Request, pk: int) -> Response:
        """What became of each unit. Units that are in the round already stay as they are."""
        round_ = self._managed(pk)
        given = UnitsInput(data=request.data)
        given.is_valid(raise_exception=True)
        wanted = list(dict.fromkeys(given.validated_data["units"]))
        seen = allowed_units(self.caller, Permission.UNIT_VIEW).filter(pk__in=wanted).in_bulk()
        if len(seen) < len(wanted):
            raise exceptions.ValidationError({"units": [_("There is nothing with this id.")]})
        units: list[Unit] = [seen[each] for each in wanted]
        try:
            results = add_units(round=round_, units=units, by=self.caller)
        except RoundRefused as error:
            raise refused(error) from error
        return Response({"results": [{"unit": each.unit.pk, "outcome": each.outcome} for each in results]})

    @extend_schema(summary="Open a prepared round", request=None, responses={200: RoundRow}, filters=False)
    @action(detail=True, methods=["post"])
    def open(self, request: Request, pk: int) -> Response:
        """The units see their sheets and are told."""
        try:
            open_prepared(round=self._managed(pk), by=self.caller)
        except RoundRefused as error:
            raise refused(error) from error
        return self.tagged(self.row(pk))
