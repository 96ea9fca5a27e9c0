"""The totals stored with a sheet: worked out from its scores, always in the transaction that changed one of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.utils import timezone

from assessments import scoring
from assessments.contexts.result import restated, sheet_rules
from assessments.models import Assessment, Criterion, Score


def _from_rows(assessment: Assessment) -> dict[str, scoring.Result]:
    rows = assessment.scores.filter(stage=Score.Stage.SELF).values_list("criterion__code", "points", "light")
    return {code: scoring.Result(points=points, light=light) for code, points, light in rows}


def _from_answers(assessment: Assessment, rules: list[scoring.Rule]) -> dict[str, scoring.Result]:
    by_code = {rule.code: rule for rule in rules}
    rows = assessment.scores.filter(stage=Score.Stage.SELF).values_list("criterion__code", "answer")
    return {code: restated(by_code[code], answer) for code, answer in rows}


def _rules(criteria_set_id: int) -> list[scoring.Rule]:
    return sheet_rules(list(Criterion.objects.filter(criteria_set=criteria_set_id).order_by("order")))


def _fields(totals: scoring.Totals) -> dict[str, Any]:
    return {
        "scored": totals.scored,
        "total": totals.points,
        "green": totals.green,
        "yellow": totals.yellow,
        "red": totals.red,
        "group_totals": {
            group.code: {
                "points": None if group.points is None else f"{group.points:.2f}",
                "scored": group.scored,
                "green": group.green,
                "yellow": group.yellow,
                "red": group.red,
            }
            for group in totals.groups
        },
    }


def store_totals(assessment: Assessment) -> None:
    """Write the totals of the scores as they are now. The caller holds the lock of the assessment's row."""
    fields = _fields(scoring.totals(_rules(assessment.round.criteria_set_id), _from_rows(assessment)))
    for name, value in fields.items():
        setattr(assessment, name, value)
    assessment.updated_at = timezone.now()
    Assessment.objects.filter(pk=assessment.pk).update(**fields, updated_at=assessment.updated_at)


@transaction.atomic
def recompute_totals(*, assessment: Assessment) -> Assessment:
    """Store the totals anew, e.g. after a restore. Points stay as they are: they were right when they were given."""
    locked = Assessment.objects.select_for_update(of=("self",)).select_related("round").get(pk=assessment.pk)
    store_totals(locked)
    return locked


def totals_apart() -> Iterator[tuple[Assessment, str, Any, Any]]:
    """Every stored number that differs from the one the answers give again: sheet, name, stored, recomputed."""
    rules: dict[int, list[scoring.Rule]] = {}
    for assessment in Assessment.objects.select_related("round", "unit").order_by("pk").iterator(chunk_size=500):
        set_id = assessment.round.criteria_set_id
        if set_id not in rules:
            rules[set_id] = _rules(set_id)
        own = rules[set_id]
        results = _from_answers(assessment, own)
        stored_rows = _from_rows(assessment)
        for code, result in results.items():
            row = stored_rows[code]
            if (row.points, row.light) != (result.points, result.light):
                yield assessment, f"score {code}", row.points or row.light, result.points or result.light
        for name, value in _fields(scoring.totals(own, results)).items():
            stored = getattr(assessment, name)
            if stored != value and not _same_blank(name, stored, value):
                yield assessment, name, stored, value


def _same_blank(name: str, stored: Any, value: Any) -> bool:
    """A sheet nobody has touched has no group totals yet, which says the same as groups without a score."""
    return name == "group_totals" and stored == {} and all(group["scored"] == 0 for group in value.values())
