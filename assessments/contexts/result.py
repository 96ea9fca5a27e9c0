"""The result of one assessment as every face shows it. Points, lights and totals; words in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from assessments import scoring
from assessments.contexts.controls import Control, controls_of
from assessments.contexts.rules import restated, rules_of, stored_result
from assessments.contexts.wording import answer_text, arithmetic_text, plain_number
from assessments.models import Assessment, CriteriaSet, Criterion, Score
from isoportal.templatetags.formats import in_vietnamese


@dataclass(frozen=True, kw_only=True)
class ScoreLine:
    """One criterion with its score. Not scored: `points` None, `light` "" and `answer_text` "". Version 0: never saved.

    `kind` is a value of Criterion.Scoring. `answer` is as stored, `entry` what the fields show: the same, but for a
    refused entry what was typed.
    """

    criterion_id: int
    code: str
    title: str
    kind: str
    maximum: Decimal | None
    rule: str
    evidence: str
    parameters: Mapping[str, Any]
    sdg: str = ""
    answer: Mapping[str, Any] = field(default_factory=dict)
    entry: Mapping[str, Any] = field(default_factory=dict)
    answer_text: str = ""
    arithmetic: str = ""
    points: Decimal | None = None
    light: str = ""
    explanation: str = ""
    version: int = 0
    by: str = ""
    at: datetime | None = None

    @property
    def is_scored(self) -> bool:
        return self.points is not None or self.light != ""

    @property
    def controls(self) -> Sequence[Control]:
        return controls_of(self.kind, self.entry, self.parameters)

    @property
    def counted(self) -> str:
        """What a ratio counts over what, where the criterion says so."""
        return "{done} / {of}".format(**self.parameters) if {"done", "of"} <= set(self.parameters) else ""


@dataclass(frozen=True, kw_only=True)
class GroupResult:
    """A group (of ISO 18091: a quadrant). `points` None while nothing in it is scored; `running` adds up the groups."""

    code: str
    title: str
    maximum: Decimal
    points: Decimal | None
    running: Decimal
    scored: int
    of: int
    green: int
    yellow: int
    red: int
    lines: Sequence[ScoreLine]

    @property
    def missing(self) -> int:
        return self.of - self.scored

    @property
    def addends(self) -> Sequence[Decimal]:
        return [line.points for line in self.lines if line.points is not None]


@dataclass(frozen=True, kw_only=True)
class AssessmentResult:
    """A unit's sheet. `scale` is "points" or "rag"; `reachable` the maximum of what is scored, `maximum` of everything.

    `total` is None while nothing is scored, and always None for traffic lights.
    """

    assessment_id: int
    round_id: int
    title: str
    year: int
    unit: str
    unit_id: int
    unit_path: str
    province: str
    criteria_set_id: int
    criteria_set: str
    criteria_version: int
    criteria_note: str
    standard: str
    scale: str
    opens_at: datetime
    closes_at: datetime
    updated_at: datetime
    groups: Sequence[GroupResult]
    total: Decimal | None
    maximum: Decimal
    reachable: Decimal
    scored: int
    of: int
    green: int
    yellow: int
    red: int

    @property
    def lines(self) -> Sequence[ScoreLine]:
        return [line for group in self.groups for line in group.lines]

    @property
    def missing(self) -> int:
        return self.of - self.scored

    @property
    def unreached(self) -> Decimal:
        """The maximum of what is not scored yet."""
        return self.maximum - self.reachable

    @property
    def is_points(self) -> bool:
        return self.scale == CriteriaSet.Scale.POINTS

    @property
    def first_missing(self) -> ScoreLine | None:
        return next((line for line in self.lines if not line.is_scored), None)


def title_of(thing: CriteriaSet | Criterion) -> str:
    """The title in the reader's language, Vietnamese where there is no other."""
    return thing.title if in_vietnamese() else thing.title_en or thing.title


def _entry(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """The answer as the reader writes it: with a decimal comma in Vietnamese."""
    decimals = {name: plain_number(Decimal(answer[name])) for name in ("percent", "points") if name in answer}
    if isinstance(answer.get("value"), str):
        decimals["value"] = plain_number(Decimal(answer["value"]))
    return {**answer, **decimals}


def score_line(criterion: Criterion, rule: scoring.Rule, score: Score | None) -> ScoreLine:
    result = restated(rule, score.answer) if score else scoring.Result()
    return ScoreLine(
        criterion_id=criterion.pk,
        code=criterion.code,
        title=title_of(criterion),
        kind=criterion.scoring,
        maximum=criterion.max_score,
        rule=criterion.rule,
        evidence=criterion.evidence,
        parameters=criterion.parameters,
        sdg=criterion.sdg,
        answer=score.answer if score else {},
        entry=_entry(score.answer) if score else {},
        answer_text=answer_text(result),
        arithmetic=arithmetic_text(result),
        points=score.points if score else None,
        light=score.light if score else "",
        explanation=score.explanation if score else "",
        version=score.version if score else 0,
        by=str(score.by) if score else "",
        at=score.at if score else None,
    )


def assessment_result(assessment: Assessment) -> AssessmentResult:
    """The sheet with its sums: two queries when `assessment` came from `with_sheet_head()`."""
    round_ = assessment.round
    criteria = list(Criterion.objects.filter(criteria_set=round_.criteria_set_id).order_by("order"))
    scores = {
        score.criterion_id: score for score in assessment.scores.filter(stage=Score.Stage.SELF).select_related("by")
    }
    by_code = {criterion.code: criterion for criterion in criteria}
    sheet_rules = rules_of(round_.criteria_set, criteria, kind=assessment.unit.kind)
    rules = sheet_rules.rules
    results = {criterion.code: stored_result(score) for criterion in criteria if (score := scores.get(criterion.pk))}
    totals = sheet_rules.outcome(results)
    groups, running = [], Decimal(0)
    for each in totals.groups:
        running += each.points or 0
        lines = [
            score_line(by_code[rule.code], rule, scores.get(by_code[rule.code].pk))
            for rule in rules
            if rule.group == each.code
        ]
        groups.append(
            GroupResult(
                code=each.code,
                title=title_of(by_code[each.code]) if each.code else "",
                maximum=each.maximum,
                points=each.points,
                running=running,
                scored=each.scored,
                of=each.of,
                green=each.green,
                yellow=each.yellow,
                red=each.red,
                lines=lines,
            )
        )
    return AssessmentResult(
        assessment_id=assessment.pk,
        round_id=round_.pk,
        title=round_.title,
        year=round_.year,
        unit=assessment.unit.name,
        unit_id=assessment.unit_id,
        unit_path=assessment.unit.path,
        province=round_.unit.name,
        criteria_set_id=round_.criteria_set_id,
        criteria_set=title_of(round_.criteria_set),
        criteria_version=round_.criteria_set.version,
        criteria_note=round_.criteria_set.note,
        standard=str(round_.criteria_set.standard),
        scale=round_.criteria_set.scale,
        opens_at=round_.opens_at,
        closes_at=round_.closes_at,
        updated_at=assessment.updated_at,
        groups=groups,
        total=totals.total,
        maximum=totals.maximum,
        reachable=totals.reachable,
        scored=totals.scored,
        of=totals.of,
        green=totals.green,
        yellow=totals.yellow,
        red=totals.red,
    )
