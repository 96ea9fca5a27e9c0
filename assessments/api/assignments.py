"""Who verifies what, and who has more time than the others: teams, assignments, extensions."""

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

from assessments.models import Assessment, Assignment, Extension, Round, Team
from assessments.services import teams as services
from assessments.services.extensions import (
    ExtensionOver,
    ExtensionRefused,
    NothingToExtend,
    NotOpenYet,
    end_extension,
    extend,
)
from assessments.services.phases import RoundRefused, RoundSettled
from isoportal.changes import NotNow
from isoportal.rows import LARGEST_ID, IdFilter, Row
from isoportal.writes import IDEMPOTENCY_KEY, CreateAPI, Input
from units.access import allowed_units, holders
from units.models import User
from units.permissions import Permission


class Id(serializers.IntegerField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=LARGEST_ID, **kwargs)


def _unknown(*names: str) -> exceptions.ValidationError:
    return exceptions.ValidationError({name: [_("There is nothing with this id.")] for name in names})


def _inside(user: User) -> QuerySet[Round]:
    """Rounds of which the person sees the side of those who assess."""
    units = allowed_units(user, Permission.ASSESSMENT_VIEW)
    return Round.objects.allowed_to(user, Permission.ASSESSMENT_VIEW).filter(unit__in=units).order_by()


def _managed(user: User, round_: Round) -> None:
    if not Round.objects.allowed_to(user, Permission.ROUND_MANAGE).filter(pk=round_.pk).exists():
        raise PermissionDenied


def _refused(error: Exception) -> exceptions.APIException:
    now = (
        RoundSettled,
        ExtensionOver,
        NothingToExtend,
        NotOpenYet,
        services.AlreadyFinished,
        services.AssignmentChanged,
    )
    if isinstance(error, now):
        return NotNow(str(error))
    return exceptions.ValidationError({getattr(error, "field", None) or "non_field_errors": [str(error)]})


REFUSED = (ExtensionRefused, RoundRefused, services.TeamRefused)


class ExtensionRow(serializers.ModelSerializer[Extension]):
    class Meta:
        model = Extension
        fields = ["id", "assessment", "phase", "until", "reason", "by", "at"]
        read_only_fields = fields
        extra_kwargs = {"until": {"help_text": "Half-open: what comes at this very moment is too late."}}


class ExtensionInput(Input):
    assessment = Id()
    phase = serializers.ChoiceField(choices=Round.Phase.choices)
    until = serializers.DateTimeField()
    reason = serializers.CharField(max_length=2000)


class EndExtensionInput(Input):
    reason = serializers.CharField(max_length=2000)


class ExtensionFilter(django_filters.FilterSet):
    assessment = IdFilter()
    round = IdFilter(field_name="assessment__round")
    phase = django_filters.ChoiceFilter(choices=Round.Phase.choices)

    class Meta:
        model = Extension
        fields: list[str] = []


@extend_schema_view(
    list=extend_schema(summary="Extensions"),
    retrieve=extend_schema(summary="One extension"),
    create=extend_schema(
        summary="Give a unit more time",
        request=ExtensionInput,
        responses={201: ExtensionRow},
        parameters=[IDEMPOTENCY_KEY],
    ),
)
class ExtensionAPI(CreateAPI):
    """More time for single units than the dates of the round give."""

    queryset = Extension.objects.all()
    serializer_class = ExtensionRow
    filterset_class = ExtensionFilter
    input_serializer_class = ExtensionInput
    ordering_fields = ("id", "until")

    def allowed(self) -> QuerySet[Extension]:
        sheets = Assessment.objects.allowed_to(self.caller, Permission.ASSESSMENT_VIEW).order_by()
        return Extension.objects.filter(assessment__in=sheets.values("pk"))

    def act(self, data: dict[str, Any]) -> int:
        sheets = Assessment.objects.allowed_to(self.caller, Permission.ASSESSMENT_VIEW).select_related("round")
        sheet = sheets.filter(pk=data["assessment"]).first()
        if sheet is None:
            raise _unknown("assessment")
        given = {name: data[name] for name in ("phase", "until", "reason")}
        try:
            return extend(assessments=[sheet], by=self.caller, **given)[0].pk
        except REFUSED as error:
            raise _refused(error) from error

    @extend_schema(
        summary="End an extension now",
        description="409 where it has ended already.",
        request=EndExtensionInput,
        responses={200: ExtensionRow},
        filters=False,
    )
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: int) -> Response:
        extension = get_object_or_404(self.allowed(), pk=pk)
        body = EndExtensionInput(data=request.data)
        body.is_valid(raise_exception=True)
        try:
            end_extension(extension=extension, by=self.caller, **body.validated_data)
        except REFUSED as error:
            raise _refused(error) from error
        return Response(self.row(extension.pk))


class TeamRow(serializers.ModelSerializer[Team]):
    members = serializers.ListField(child=serializers.IntegerField(), read_only=True, help_text="Ids of people.")

    class Meta:
        model = Team
        fields = ["id", "round", "title", "chair", "members"]
        read_only_fields = fields
        completed = ("members",)


class TeamInput(Input):
    round = Id()
    title = serializers.CharField(max_length=200)
    chair = Id(required=False, allow_null=True, default=None)
    members = serializers.ListField(child=Id(), min_length=1, max_length=200)


class TeamFilter(django_filters.FilterSet):
    round = IdFilter()

    class Meta:
        model = Team
        fields: list[str] = []


@extend_schema_view(
    list=extend_schema(summary="Teams of assessors"),
    retrieve=extend_schema(summary="One team of assessors"),
    create=extend_schema(
        summary="Set up a team of assessors",
        request=TeamInput,
        responses={201: TeamRow},
        parameters=[IDEMPOTENCY_KEY],
    ),
)
class TeamAPI(CreateAPI):
    """Who may be given sheets of a round to verify. Units do not see them."""

    queryset = Team.objects.all()
    serializer_class = TeamRow
    filterset_class = TeamFilter
    input_serializer_class = TeamInput

    def allowed(self) -> QuerySet[Team]:
        return Team.objects.filter(round__in=_inside(self.caller).values("pk"))

    def complete(self, rows: list[Row]) -> None:
        members: dict[int, list[int]] = {row["id"]: [] for row in rows}
        through = Team.members.through.objects.filter(team__in=members).order_by("user_id")
        for team_id, user_id in through.values_list("team_id", "user_id"):
            members[team_id].append(user_id)
        for row in rows:
            row["members"] = members[row["id"]]

    def act(self, data: dict[str, Any]) -> int:
        round_ = _inside(self.caller).select_related("unit").filter(pk=data["round"]).first()
        if round_ is None:
            raise _unknown("round")
        _managed(self.caller, round_)
        # Who is no assessor there is not told from who does not exist.
        people = User.objects.filter(pk__in=holders(Permission.ASSESSMENT_VERIFY, round_.unit)).in_bulk()
        if any(pk not in people for pk in data["members"]):
            raise _unknown("members")
        if data["chair"] and data["chair"] not in people:
            raise _unknown("chair")
        try:
            return services.make_team(
                round=round_,
                title=data["title"],
                chair=people.get(data["chair"]),
                members=[people[pk] for pk in dict.fromkeys(data["members"])],
                by=self.caller,
            ).pk
        except REFUSED as error:
            raise _refused(error) from error


class AssignmentRow(serializers.ModelSerializer[Assignment]):
    class Meta:
        model = Assignment
        fields = ["id", "assessment", "place", "assessor", "team", "finished_at", "at"]
        read_only_fields = fields


class AssignmentInput(Input):
    assessment = Id()
    place = serializers.IntegerField(min_value=1, max_value=2, default=1)
    assessor = Id()
    expected = Id(
        required=False, allow_null=True, default=None, help_text="Who has the place now; null where nobody has."
    )
    reason = serializers.CharField(
        max_length=2000, allow_blank=True, default="", help_text="Owed where somebody had the place."
    )


class AssignmentFilter(django_filters.FilterSet):
    round = IdFilter(field_name="assessment__round")
    assessment = IdFilter()
    assessor = IdFilter()
    team = IdFilter()

    class Meta:
        model = Assignment
        fields: list[str] = []


@extend_schema_view(
    list=extend_schema(summary="Assignments"),
    retrieve=extend_schema(summary="One assignment"),
    create=extend_schema(
        summary="Give a place of a sheet to an assessor",
        description="Whoever had it loses it and is told. Nobody gets a unit in which they hold an office.",
        request=AssignmentInput,
        responses={201: AssignmentRow},
        parameters=[IDEMPOTENCY_KEY],
    ),
)
class AssignmentAPI(CreateAPI):
    """Which assessor verifies which sheet. Units do not see it."""

    queryset = Assignment.objects.all()
    serializer_class = AssignmentRow
    filterset_class = AssignmentFilter
    input_serializer_class = AssignmentInput

    def allowed(self) -> QuerySet[Assignment]:
        return Assignment.objects.filter(assessment__round__in=_inside(self.caller).values("pk"))

    def act(self, data: dict[str, Any]) -> int:
        sheets = Assessment.objects.filter(round__in=_inside(self.caller).values("pk"))
        sheet = sheets.select_related("round__unit", "unit").filter(pk=data["assessment"]).first()
        if sheet is None:
            raise _unknown("assessment")
        _managed(self.caller, sheet.round)
        assessor = User.objects.filter(pk=data["assessor"], assessor_teams__round=sheet.round).first()
        if assessor is None:
            raise _unknown("assessor")
        given = {name: data[name] for name in ("place", "expected", "reason")}
        try:
            return services.assign(assessment=sheet, assessor=assessor, by=self.caller, **given).pk
        except REFUSED as error:
            raise _refused(error) from error
