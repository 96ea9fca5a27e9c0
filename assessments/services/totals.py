"""The totals stored with a sheet: worked out from its scores, always in the transaction that changed one of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from assessments import scoring
from assessments.contexts.rules import (
    STANDS,
    SheetRules,
    known_rules,
    restated,
    result_of,
    standing_results,
    standing_scores,
)
from assessments.models import Assessment, Score

Stage = Score.Stage
Results = Mapping[str, scoring.Result]
# Whose totals a change at a stage moves. A second opinion moves none: the chair's decision does.
MOVES: Mapping[str, frozenset[str]] = {
    Stage.SELF: frozenset({"self"}),
    Stage.VERIFIED: frozenset({"verified", "final"}),
    Stage.SECOND: frozenset(),
    Stage.APPEAL: frozenset({"final"}),
    Stage.FINAL: frozenset({"final"}),
}
# From the rows of which stages each total is summed.
COUNTED: Mapping[str, Collection[str]] = {"self": [Stage.SELF], "verified": [Stage.VERIFIED], "final": STANDS}
LIGHTS = ("green", "yellow", "red")


def _groups(outcome: scoring.Outcome) -> dict[str, dict[str, Any]]:
    return {
        group.code: {
            "points": None if group.points is None else f"{group.points:f}",
            "scored": group.scored,
            **{light: getattr(group, light) for light in LIGHTS},
        }
        for group in outcome.groups
    }


def _lights(outcome: scoring.Outcome, prefix: str = "") -> dict[str, int]:
    return {f"{prefix}{light}": getattr(outcome, light) for light in LIGHTS}


def _fields(stage: str, outcome: scoring.Outcome) -> dict[str, Any]:
    """The fields of a sheet that tell the totals of `stage`: "self", "verified" or "final"."""
    if stage == "self":
        own = {"scored": outcome.scored, "of": outcome.of, "total": outcome.total, "group_totals": _groups(outcome)}
        return own | _lights(outcome)
    told = {
        f"{stage}_scored": outcome.scored,
        f"{stage}_total": outcome.total,
        f"{stage}_groups": _groups(outcome),
    }
    if stage == "verified":
        return told
    # A grade is given to a whole sheet only: who leaves out what would knock it out has none.
    graded = {
        "grade": outcome.grade if outcome.is_complete else "",
        "knocked_out": [each.reason or each.code for each in outcome.lowered_by] if outcome.is_complete else [],
    }
    return told | _lights(outcome, "final_") | graded


def _rules(assessment: Assessment) -> SheetRules:
    return known_rules(assessment.round.criteria_set, kind=assessment.unit.kind)


def _scores(assessment: Assessment) -> list[Score]:
    return list(assessment.scores.select_related("criterion"))


def _results(assessment: Assessment, rules: SheetRules, moved: Collection[str]) -> dict[str, Results]:
    """What counts at each stage of `moved`, by code: columns alone, every save of a row asks for them. One query."""
    scores = assessment.scores.filter(stage__in={each for stage in moved for each in COUNTED[stage]})
    rows = scores.values_list("criterion", "stage", "answer", "points", "light")
    given = [
        (rules.codes[criterion], stage, result_of(answer, points, light))
        for criterion, stage, answer, points, light in rows
        if criterion in rules.codes
    ]
    return {
        each: standing_results(given) if each == "final" else {code: one for code, stage, one in given if stage == each}
        for each in moved
    }


def _by_stage(scores: Iterable[Score]) -> dict[str, dict[str, Score]]:
    """The rows that count at "self", "verified" and "final", by the code of their criterion."""
    scores = list(scores)
    return {
        "self": {score.criterion.code: score for score in scores if score.stage == Stage.SELF},
        "verified": {score.criterion.code: score for score in scores if score.stage == Stage.VERIFIED},
        "final": standing_scores(scores),
    }


def store_totals(assessment: Assessment, *stages: str) -> None:
    """Write the totals as the scores are now: what a change at `stages` moves, without them all. The caller holds the
    lock of the assessment's row (see `services.standing.locked`)."""
    moved = {each for stage in stages or MOVES for each in MOVES[stage]}
    if not moved:
        return
    rules = _rules(assessment)
    results = _results(assessment, rules, moved)
    fields: dict[str, Any] = {}
    for stage in sorted(moved):
        fields |= _fields(stage, rules.outcome(results[stage]))
    for name, value in fields.items():
        setattr(assessment, name, value)
    assessment.updated_at = timezone.now()
    Assessment.objects.filter(pk=assessment.pk).update(**fields, updated_at=assessment.updated_at)


@transaction.atomic
def recompute_totals(*, assessment: Assessment) -> Assessment:
    """Store the totals anew, e.g. after a restore. Points stay as they are: they were right when they were given."""
    locked = (
        Assessment.objects.select_for_update(of=("self",))
        .select_related("unit", "round__criteria_set")
        .get(pk=assessment.pk)
    )
    store_totals(locked)
    return locked


def totals_apart() -> Iterator[tuple[Assessment, str, Any, Any]]:
    """Every stored number that differs from the one the answers give again: sheet, name, stored, recomputed."""
    rules: dict[tuple[int, str], SheetRules] = {}
    sheets = Assessment.objects.select_related("round__criteria_set", "unit").order_by("pk")
    for assessment in sheets.iterator(chunk_size=500):
        key = assessment.round.criteria_set_id, assessment.unit.kind
        if key not in rules:
            rules[key] = _rules(assessment)
        yield from _apart(assessment, rules[key])


def _apart(assessment: Assessment, rules: SheetRules) -> Iterator[tuple[Assessment, str, Any, Any]]:
    by_code = {rule.code: rule for rule in rules.rules}
    scores = [score for score in _scores(assessment) if score.criterion.code in by_code]
    again = {score.pk: restated(by_code[score.criterion.code], score.answer) for score in scores}
    for score in scores:
        result = again[score.pk]
        if (score.points, score.light) != (result.points, result.light):
            name = f"{score.stage} score {score.criterion.code}"
            yield assessment, name, score.points or score.light, result.points or result.light
    for stage, rows in _by_stage(scores).items():
        outcome = rules.outcome({code: again[score.pk] for code, score in rows.items()})
        for name, value in _fields(stage, outcome).items():
            stored = getattr(assessment, name)
            if stored != value and not _untouched(assessment, stage, outcome):
                yield assessment, name, stored, value


def _untouched(assessment: Assessment, stage: str, outcome: scoring.Outcome) -> bool:
    """A stage at which nobody has scored has no totals yet, which says the same as groups without a score."""
    scored, groups = {
        "self": (assessment.scored, assessment.group_totals),
        "verified": (assessment.verified_scored, assessment.verified_groups),
        "final": (assessment.final_scored, assessment.final_groups),
    }[stage]
    return outcome.scored == 0 and scored == 0 and groups == {}
