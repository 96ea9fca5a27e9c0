from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.contexts.diagnosis import Diagnosis, diagnosis_of
from assessments.contexts.pairing import diagnoses
from assessments.models import Competence


class IndicatorPart(serializers.Serializer[Any]):
    criterion = serializers.IntegerField()
    code = serializers.CharField()
    light = serializers.CharField(allow_blank=True)


class IndicatorRow(serializers.Serializer[Any]):
    criterion = serializers.IntegerField()
    code = serializers.CharField()
    title = serializers.CharField()
    sdg = serializers.ListField(child=serializers.IntegerField(), help_text="Goals, for orientation only.")
    before = serializers.CharField(allow_null=True, allow_blank=True, help_text="Null: nothing to compare with.")
    light = serializers.CharField(allow_blank=True, help_text="green, yellow or red; empty while there is none.")
    change = serializers.CharField(allow_blank=True, help_text="up, down or same; empty where it is not known.")
    overridden = serializers.BooleanField(help_text="Set by hand instead of the worst of the sub-indicators.")
    worst = serializers.CharField(allow_blank=True)
    reason = serializers.CharField(allow_blank=True)
    competence = serializers.CharField(allow_blank=True, help_text=f"{', '.join(Competence.Kind.values)} or empty.")
    competence_note = serializers.CharField(allow_blank=True)
    parts = IndicatorPart(many=True)


class LightCounts(serializers.Serializer[Any]):
    green = serializers.IntegerField()
    yellow = serializers.IntegerField()
    red = serializers.IntegerField()
    missing = serializers.IntegerField()


class QuadrantRow(serializers.Serializer[Any]):
    code = serializers.CharField()
    title = serializers.CharField()
    before = LightCounts(allow_null=True)
    counts = LightCounts()
    indicators = IndicatorRow(many=True)


class DiagnosisRow(serializers.Serializer[Any]):
    assessment = serializers.IntegerField()
    before = serializers.IntegerField(allow_null=True, help_text="The assessment it is compared with.")
    basis = serializers.CharField(help_text="self: the unit's own lights; standing: those that were verified.")
    up = serializers.IntegerField()
    down = serializers.IntegerField()
    same = serializers.IntegerField()
    quadrants = QuadrantRow(many=True)


def _counts(counts: Any) -> dict[str, int]:
    return {"green": counts.green, "yellow": counts.yellow, "red": counts.red, "missing": counts.missing}


def _row(told: Diagnosis) -> dict[str, Any]:
    return {
        "assessment": told.taken.assessment_id,
        "before": told.before.assessment_id if told.before else None,
        "basis": told.taken.basis,
        "up": told.up,
        "down": told.down,
        "same": told.same,
        "quadrants": [
            {
                "code": quadrant.code,
                "title": quadrant.title,
                "before": _counts(quadrant.before) if told.before else None,
                "counts": _counts(quadrant.counts),
                "indicators": [_indicator(line) for line in quadrant.lines],
            }
            for quadrant in told.quadrants
        ],
    }


def _indicator(line: Any) -> dict[str, Any]:
    return {
        "criterion": line.criterion_id,
        "code": line.code,
        "title": line.title,
        "sdg": list(line.goals),
        "before": line.before,
        "light": line.light,
        "change": line.change,
        "overridden": line.overridden,
        "worst": line.worst,
        "reason": line.reason,
        "competence": line.competence,
        "competence_note": line.competence_note,
        "parts": [{"criterion": part.criterion_id, "code": part.code, "light": part.light} for part in line.parts],
    }


class DiagnosisAction:
    """The diagnosis of a sheet by traffic lights, as a part of the assessments' resource."""

    caller: Any

    @extend_schema(
        summary="The diagnosis by ISO 18091",
        description="Quadrants with every indicator before and after. A sheet by points has none: 404.",
        responses=DiagnosisRow,
    )
    @action(detail=True, methods=["get"], filter_backends=[], pagination_class=None)
    def diagnosis(self, request: Request, pk: int) -> Response:
        sheet = diagnoses(self.caller).with_sheet_head().select_related("round__plan").filter(pk=pk).first()
        if sheet is None:
            raise Http404
        return Response(_row(diagnosis_of(sheet, user=self.caller)))
