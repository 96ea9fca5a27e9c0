"""The lights of one sheet: those the unit gave, or those that stand, with what its sub-indicators say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from assessments import scoring
from assessments.contexts.lines import title_of
from assessments.contexts.rules import SheetRules, rules_of, standing_scores, stored_result
from assessments.contexts.wording import answer_text, arithmetic_text
from assessments.models import Assessment, Competence, Criterion, Score

NOTHING = scoring.Result()


@dataclass(frozen=True, kw_only=True)
class Part:
    """A sub-indicator: `answer_text` is its light in words or the value that was measured, `arithmetic` how the light
    follows from it."""

    criterion_id: int
    code: str
    title: str
    kind: str
    light: str
    answer_text: str
    arithmetic: str
    rule: str
    evidence: str
    reason: str
    is_scored: bool


@dataclass(frozen=True, kw_only=True)
class Said:
    """What an indicator was given. `worst`: what its sub-indicators give, "" where it has none or they are not all
    scored; `overridden`: another light was set by hand."""

    light: str
    answer_text: str
    arithmetic: str
    reason: str
    by: str
    at: datetime | None
    overridden: bool
    worst: str
    is_scored: bool


@dataclass(frozen=True, kw_only=True)
class SheetLights:
    rules: SheetRules
    results: Mapping[str, scoring.Result]
    rows: Mapping[str, Score]
    competences: Mapping[int, Competence]

    @property
    def groups(self) -> Sequence[Criterion]:
        return [each for each in self.rules.criteria if each.scoring == Criterion.Scoring.GROUP]

    def _below(self, parent: Criterion) -> list[Criterion]:
        return [each for each in self.rules.criteria if each.parent_id == parent.pk]

    def indicators(self, group: Criterion) -> Sequence[Criterion]:
        return [each for each in self._below(group) if each.scoring != Criterion.Scoring.GROUP]

    def light(self, code: str) -> str:
        return self.results.get(code, NOTHING).light

    def said(self, criterion: Criterion) -> Said:
        result, row = self.results.get(criterion.code, NOTHING), self.rows.get(criterion.code)
        step = next((step for step in result.steps if step.name in {"override", "worst"}), None)
        by_hand = step is not None and step.name == "override"
        worst = "" if step is None else step.values["instead"] if by_hand else step.values["light"]
        return Said(
            light=result.light,
            answer_text=answer_text(result),
            arithmetic=arithmetic_text(result),
            reason=row.explanation if row else "",
            by=str(row.by) if row else "",
            at=row.at if row else None,
            overridden=by_hand,
            worst=worst,
            is_scored=result.is_scored,
        )

    def parts(self, criterion: Criterion) -> Sequence[Part]:
        found = []
        for part in self._below(criterion):
            said = self.said(part)
            found.append(
                Part(
                    criterion_id=part.pk,
                    code=part.code,
                    title=title_of(part),
                    kind=part.scoring,
                    light=said.light,
                    answer_text=said.answer_text,
                    arithmetic=said.arithmetic,
                    rule=part.rule,
                    evidence=part.evidence,
                    reason=said.reason,
                    is_scored=said.is_scored,
                )
            )
        return found


def sheet_lights(assessment: Assessment, *, standing: bool) -> SheetLights:
    """Three queries. `standing`: of each criterion the decision, else the appeal's outcome, else what was verified."""
    round_ = assessment.round
    criteria = Criterion.objects.filter(criteria_set=round_.criteria_set_id).order_by("order")
    rules = rules_of(round_.criteria_set, criteria, kind=assessment.unit.kind)
    scores = assessment.scores.select_related("by", "criterion")
    if standing:
        rows = standing_scores(scores.exclude(stage__in=[Score.Stage.SELF, Score.Stage.SECOND]))
    else:
        rows = {score.criterion.code: score for score in scores.filter(stage=Score.Stage.SELF)}
    by_code = {rule.code: rule for rule in rules.rules}
    results = {code: stored_result(row, by_code[code]) for code, row in rows.items() if code in by_code}
    return SheetLights(
        rules=rules,
        results=scoring.roll_up(rules.rules, results),
        rows=rows,
        competences={each.criterion_id: each for each in assessment.competences.all()},
    )
