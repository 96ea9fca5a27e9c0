"""What a criterion was given at one stage, as every face shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from assessments import scoring
from assessments.contexts.rules import restated
from assessments.contexts.wording import answer_text, arithmetic_text
from assessments.models import Score


@dataclass(frozen=True, kw_only=True)
class StageScore:
    """Not scored: `points` None, `light` "" and `answer_text` "". Version 0: never saved.

    `reason` is the unit's explanation, at the other stages the assessor's reason. `derived`: a light that follows from
    the sub-indicators and was not set by hand.
    """

    answer: Mapping[str, Any] = field(default_factory=dict)
    answer_text: str = ""
    arithmetic: str = ""
    points: Decimal | None = None
    light: str = ""
    not_applicable: bool = False
    derived: bool = False
    reason: str = ""
    by: str = ""
    at: datetime | None = None
    version: int = 0

    @property
    def is_scored(self) -> bool:
        return self.points is not None or self.light != "" or self.not_applicable

    def differs(self, other: StageScore) -> bool:
        """Whether both were scored, and not alike."""
        if not self.is_scored or not other.is_scored:
            return False
        return (self.points, self.light, self.not_applicable) != (other.points, other.light, other.not_applicable)


NOTHING = StageScore()


def stage_score(
    rule: scoring.Rule, score: Score | None, rolled: scoring.Result | None = None, *, in_words: bool = True
) -> StageScore:
    """`rolled`: of a roll-up, its light as it follows from its parts. `in_words`: with the answer and its arithmetic,
    else what counts alone."""
    if rule.kind is scoring.Kind.ROLL_UP and rolled is not None and not (score and score.answer):
        return StageScore(
            answer_text=answer_text(rolled) if in_words else "",
            arithmetic=arithmetic_text(rolled) if in_words else "",
            light=rolled.light,
            not_applicable=rolled.not_applicable,
            derived=True,
            reason=score.explanation if score else "",
            version=score.version if score else 0,
        )
    if score is None:
        return NOTHING
    if not in_words:
        skipped = score.answer.get("not_applicable") is True
        return StageScore(answer=score.answer, points=score.points, light=score.light, not_applicable=skipped)
    result = restated(rule, score.answer) if rolled is None or not rolled.steps else rolled
    return StageScore(
        answer=score.answer,
        answer_text=answer_text(result),
        arithmetic=arithmetic_text(result),
        points=score.points,
        light=score.light,
        not_applicable=score.answer.get("not_applicable") is True,
        reason=score.explanation,
        by=str(score.by),
        at=score.at,
        version=score.version,
    )
