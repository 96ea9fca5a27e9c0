"""Where the two assessors of a sheet differ, side by side, for the chair of their team."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from assessments.contexts.lines import ScoreLine
from assessments.contexts.result import AssessmentResult, assessment_result
from assessments.contexts.verification import (
    assignments_of,
    both_finished,
    differences,
    is_blind,
    manages,
    settles,
)
from assessments.models import Assessment, Score
from assessments.permissions import ACTS, Act
from units.models import User


@dataclass(frozen=True, kw_only=True)
class DifferencePage:
    """`lines`: the criteria in which the two differ, their entry column that of the decision. `open`: how many are not
    decided. `may_decide`: the person is the chair and the result is not told yet."""

    assessment: Assessment
    result: AssessmentResult
    lines: Sequence[ScoreLine]
    first: str
    second: str
    is_ready: bool
    may_decide: bool
    may_tell: bool

    @property
    def open(self) -> int:
        return sum(not line.final.is_scored for line in self.lines)


def sees_differences(user: User, assessment: Assessment) -> bool:
    """The assessors, once they are no longer kept apart, the chair and who manages the round."""
    assignments = assignments_of(assessment)
    mine = any(each.assessor_id == user.pk for each in assignments)
    if is_blind(assessment, assignments) and mine:
        return False
    return mine or settles(user, assessment, assignments) or manages(user, assessment)


def difference_page(assessment: Assessment, *, user: User) -> DifferencePage:
    """Seven queries. While the assessors are at work there is nothing to see."""
    assignments = assignments_of(assessment)
    ready = both_finished(assessment, assignments)
    every = frozenset(each.value for each in Score.Stage)
    stages = every if ready else frozenset({Score.Stage.SELF.value})
    result = assessment_result(assessment, stages=stages, entry=Score.Stage.FINAL)
    differing = {each.criterion.pk for each in differences(assessment)} if ready else set()
    names = {each.place: str(each.assessor) for each in assignments}
    at_work = assessment.state in ACTS[Act.DECIDE_DIFFERENCE].states
    chair = settles(user, assessment, assignments)
    return DifferencePage(
        assessment=assessment,
        result=result,
        lines=[line for line in result.every_line if line.criterion_id in differing],
        first=names.get(1, ""),
        second=names.get(2, ""),
        is_ready=ready,
        may_decide=ready and at_work and chair,
        may_tell=ready and at_work and (chair or any(each.assessor_id == user.pk for each in assignments[:1])),
    )


def with_entry(line: ScoreLine, entry: Mapping[str, Any], note: str = "") -> ScoreLine:
    """The line with `entry` in its fields: what was typed, or what is proposed."""
    return replace(line, entry=entry, note=note)
