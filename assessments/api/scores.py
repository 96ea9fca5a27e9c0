from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import exceptions, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from assessments import scoring, services
from assessments.contexts import refusal_text
from assessments.models import Assessment, Criterion, Score
from assessments.services.rows import ReasonOwed
from assessments.services.scores import enter_score
from isoportal.changes import IF_MATCH, TAGS, NotNow, PreconditionRequired, Stale
from isoportal.rows import IdFilter, ListAPI, Row, columns_of
from isoportal.writes import Input
from units.permissions import Permission


class ScoreRow(serializers.ModelSerializer[Score]):
    answer = serializers.DictField(read_only=True, help_text="What was entered, by the criterion's kind of scoring.")

    class Meta:
        model = Score
        fields = [
            "id",
            "assessment",
            "criterion",
            "stage",
            "answer",
            "points",
            "light",
            "explanation",
            "version",
            "by",
            "at",
        ]
        read_only_fields = fields
        extra_kwargs = {
            "stage": {"help_text": "What assessors gave is shown to the unit once its preliminary result is told."},
            "explanation": {"help_text": "The unit's explanation; of the other stages the reason."},
        }


class ScoreDetail(ScoreRow):
    evidence = serializers.ListField(child=serializers.IntegerField(), read_only=True, help_text="Ids of files.")

    class Meta(ScoreRow.Meta):
        fields = [*ScoreRow.Meta.fields, "evidence"]
        read_only_fields = fields


class ScoreFilter(django_filters.FilterSet):
    assessment = IdFilter()
    criterion = IdFilter()
    unit = IdFilter(field_name="assessment__unit")
    round = IdFilter(field_name="assessment__round")
    stage = django_filters.ChoiceFilter(choices=Score.Stage.choices)
    light = django_filters.ChoiceFilter(choices=Score.Light.choices)
    at = django_filters.IsoDateTimeFromToRangeFilter()

    class Meta:
        model = Score
        fields: list[str] = []


def _files_of(score: int) -> list[int]:
    links = Score.evidence.through.objects.filter(score=score).order_by("pk")
    return list(links.values_list("evidence", flat=True))


@extend_schema_view(list=extend_schema(summary="Scores"), retrieve=extend_schema(summary="One score with its files"))
class ScoreAPI(ListAPI):
    """Scores of single criteria: the units' own and, where the caller may see them, those of the assessors."""

    queryset = Score.objects.all()
    serializer_class = ScoreRow
    detail_serializer_class = ScoreDetail
    filterset_class = ScoreFilter
    ordering_fields = ("id", "at")

    def allowed(self) -> QuerySet[Score]:
        return Score.objects.allowed_to(self.caller, Permission.ASSESSMENT_VIEW)

    def parts(self, row: Row) -> Row:
        return {"evidence": _files_of(row["id"])}


class ScoreInput(Input):
    answer = serializers.DictField(default=dict, help_text="By the criterion's kind of scoring; {} clears the row.")
    explanation = serializers.CharField(default="", allow_blank=True, max_length=2000)


CRITERION = OpenApiParameter(
    name="criterion", location=OpenApiParameter.PATH, required=True, type=int, description="Id of a criterion."
)


def _given_version(request: Request) -> int:
    """The version named by If-Match: that of the row as it was read, 0 where there was none."""
    given = request.headers.get("If-Match")
    if given is None:
        raise PreconditionRequired
    tags = [found["tag"] for found in TAGS.finditer(given) if not found.group().startswith("W/")]
    if len(tags) != 1 or not (tags[0].isascii() and tags[0].isdigit() and len(tags[0]) < 10):
        raise Stale
    return int(tags[0])


class SheetScores:
    """The unit's own rows of a sheet, by criterion: read and saved with the version that was read."""

    caller: Any
    kwargs: Any
    allowed: Any

    @extend_schema(
        methods=["GET"],
        summary="The unit's own score of one criterion",
        parameters=[CRITERION],
        responses={200: ScoreDetail},
    )
    @extend_schema(
        methods=["PUT"],
        summary="Save the unit's own score of one criterion",
        description='If-Match names the version that was read, `"0"` where there is no score yet. Saving what is '
        "stored already changes nothing.",
        request=ScoreInput,
        parameters=[CRITERION, IF_MATCH],
        responses={200: ScoreDetail},
    )
    @action(detail=True, methods=["get", "put"], url_path="scores/<int:criterion>", url_name="score")
    def scores(self, request: Request, pk: int, criterion: int) -> Response:
        sheet = get_object_or_404(
            self.allowed().select_related("unit", "round__unit", "round__criteria_set"), pk=self.kwargs["pk"]
        )
        criteria = Criterion.objects.exclude(scoring=Criterion.Scoring.GROUP)
        found = get_object_or_404(criteria.filter(criteria_set=sheet.round.criteria_set_id), pk=criterion)
        if request.method == "PUT":
            self._save(request, sheet, found)
        return self._row(sheet, found)

    def _save(self, request: Request, sheet: Assessment, criterion: Criterion) -> None:
        version = _given_version(request)
        body = ScoreInput(data=request.data)
        body.is_valid(raise_exception=True)
        save = enter_score if criterion.scored_by == Criterion.ScoredBy.PROVINCE else services.save_score
        try:
            save(assessment=sheet, criterion=criterion, expected_version=version, by=self.caller, **body.validated_data)
        except scoring.InvalidAnswer as error:
            raise exceptions.ValidationError({"answer": [refusal_text(error)]}) from error
        except ReasonOwed as error:
            raise exceptions.ValidationError({"explanation": [str(error)]}) from error
        except services.StaleScore as error:
            raise Stale(str(error)) from error
        except services.NotInThisSheet as error:
            raise exceptions.NotFound(str(error)) from error
        except services.ActRefused as error:
            raise NotNow(str(error)) from error

    def _row(self, sheet: Assessment, criterion: Criterion) -> Response:
        own, renamed = columns_of(ScoreRow)
        rows = Score.objects.filter(assessment=sheet, criterion=criterion, stage=Score.Stage.SELF)
        row = rows.values(*own, **renamed).first()
        if row is None:
            row = dict.fromkeys(own) | {
                "assessment": sheet.pk,
                "criterion": criterion.pk,
                "stage": Score.Stage.SELF.value,
                "answer": {},
                "light": "",
                "explanation": "",
                "version": 0,
                "evidence": [],
            }
        else:
            row["evidence"] = _files_of(row["id"])
        return Response(row, headers={"ETag": f'"{row["version"]}"'})
