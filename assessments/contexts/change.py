"""What a decision may change in a settled sheet: the criterion, what stands for it, and the fields of a new answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from assessments.contexts.controls import Control, controls_of
from assessments.contexts.lines import title_of
from assessments.contexts.rules import applying, rule_of, standing_scores, stored_result
from assessments.contexts.wording import answer_text
from assessments.models import Assessment, Criterion


@dataclass(frozen=True, kw_only=True)
class ChangeLine:
    """`points`, `light` and `answer_text` are what stands now; `entry` fills the fields."""

    criterion_id: int
    code: str
    title: str
    kind: str
    maximum: Decimal | None
    parameters: Mapping[str, Any]
    entry: Mapping[str, Any]
    answer_text: str
    points: Decimal | None
    light: str
    reason: str
    counted: str = ""

    @property
    def controls(self) -> Sequence[Control]:
        return controls_of(self.kind, self.entry, self.parameters)


def criteria_of(assessment: Assessment) -> list[Criterion]:
    """The scored criteria of the sheet in their order. One query."""
    criteria = Criterion.objects.filter(criteria_set=assessment.round.criteria_set_id).order_by("order")
    return [each for each in applying(criteria, assessment.unit.kind) if each.scoring != Criterion.Scoring.GROUP]


def change_line(assessment: Assessment, criterion: Criterion, entry: Mapping[str, Any] | None = None) -> ChangeLine:
    """One query. `entry`: what was typed, else what stands."""
    rows = assessment.scores.filter(criterion=criterion).select_related("criterion")
    stands = standing_scores(rows).get(criterion.code)
    result = stored_result(stands, rule_of(criterion, "")) if stands else None
    return ChangeLine(
        criterion_id=criterion.pk,
        code=criterion.code,
        title=title_of(criterion),
        kind=criterion.scoring,
        maximum=criterion.max_score,
        parameters=criterion.parameters,
        entry=entry if entry is not None else (stands.answer if stands else {}),
        answer_text=answer_text(result) if result else "",
        points=stands.points if stands else None,
        light=stands.light if stands else "",
        reason=stands.explanation if stands else "",
    )
