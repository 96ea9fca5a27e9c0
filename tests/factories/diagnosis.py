"""Diagnoses by traffic lights: sheets with lights worked out by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from assessments.models import Assessment, Competence, CriteriaSet, Criterion, Round, Score
from assessments.services.totals import recompute_totals
from plans.models import Standard
from units.models import Unit, User

LIGHTS = {"x": "green", "v": "yellow", "d": "red"}


def give_lights(
    sheet: Assessment, lights: dict[str, str], *, by: User, stage: str = Score.Stage.SELF, reason: str = ""
) -> Assessment:
    """`lights` by code as letters: {"1.1": "d"}."""
    criteria = {each.code: each for each in sheet.round.criteria_set.criteria.all()}
    for code, letter in lights.items():
        light = LIGHTS[letter]
        Score.objects.create(
            assessment=sheet,
            criterion=criteria[code],
            stage=stage,
            answer={"light": light},
            light=light,
            explanation=reason,
            by=by,
        )
    return recompute_totals(assessment=sheet)


def add_parts(criteria_set: CriteriaSet, code: str, kinds: list[tuple[str, dict[str, Any]]]) -> Criterion:
    """Make an indicator the worst of new sub-indicators: each a kind of scoring with its parameters."""
    indicator = Criterion.objects.get(criteria_set=criteria_set, code=code)
    Criterion.objects.filter(pk=indicator.pk).update(scoring=Criterion.Scoring.ROLL_UP)
    for number, (kind, parameters) in enumerate(kinds, start=1):
        Criterion.objects.create(
            criteria_set=criteria_set,
            parent=indicator,
            order=indicator.order * 100 + number,
            code=f"{code}.{number}",
            title=f"Câu hỏi {number}",
            scoring=kind,
            parameters=parameters,
        )
    return Criterion.objects.get(pk=indicator.pk)


def next_version(criteria_set: CriteriaSet, *, renamed: dict[str, str] | None = None) -> CriteriaSet:
    """A copy whose criteria continue those of `criteria_set`; `renamed`: new codes by old ones."""
    version = CriteriaSet.objects.create(
        slug=criteria_set.slug,
        version=criteria_set.version + 1,
        title=criteria_set.title,
        standard=criteria_set.standard,
        scale=criteria_set.scale,
        status=CriteriaSet.Status.PUBLISHED,
        size=criteria_set.size,
        policy=criteria_set.policy,
        based_on=criteria_set,
    )
    made: dict[int | None, Criterion | None] = {None: None}
    for each in criteria_set.criteria.order_by("order"):
        made[each.pk] = Criterion.objects.create(
            criteria_set=version,
            parent=made[each.parent_id],
            order=each.order,
            code=(renamed or {}).get(each.code, each.code),
            title=each.title,
            scoring=each.scoring,
            parameters=each.parameters,
            sdg=each.sdg,
            predecessor=each,
        )
    return version


def small_set() -> CriteriaSet:
    """One quadrant with one indicator."""
    standard, _created = Standard.objects.get_or_create(code="TCVN ISO 18091", edition="2020")
    criteria_set = CriteriaSet.objects.create(
        slug="lights",
        title="Bộ chỉ số",
        standard=standard,
        scale=CriteriaSet.Scale.RAG,
        status=CriteriaSet.Status.PUBLISHED,
        size=1,
    )
    group = Criterion.objects.create(criteria_set=criteria_set, order=1, code="I", title="Nhóm", scoring="group")
    Criterion.objects.create(
        criteria_set=criteria_set, parent=group, order=2, code="1.1", title="Chỉ số", scoring="rag", sdg="16"
    )
    return criteria_set


def one_diagnosis(*, holder: Unit, unit: Unit, criteria_set: CriteriaSet, by: User, mark: str) -> dict[str, Any]:
    """A sheet with one red light, its words marked."""
    round_, _created = Round.objects.get_or_create(
        unit=holder,
        criteria_set=criteria_set,
        year=2026,
        defaults={
            "title": f"{mark}diagnosis" if holder == unit and holder.name.endswith("Khác") else "Đợt chẩn đoán",
            "opens_at": datetime(2026, 1, 1, tzinfo=UTC),
            "closes_at": datetime(2099, 1, 1, tzinfo=UTC),
            "created_by": by,
        },
    )
    sheet = Assessment.objects.create(round=round_, unit=unit, of=1, scored=1, red=1)
    indicator = Criterion.objects.get(criteria_set=criteria_set, code="1.1")
    give_lights(sheet, {"1.1": "d"}, by=by, reason=f"{mark}why red")
    Competence.objects.create(assessment=sheet, criterion=indicator, kind="shared", note=f"{mark}shared", by=by)
    return {"diagnosis": sheet, "indicator": indicator}
