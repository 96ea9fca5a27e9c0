"""The sheet page: the result, and what the person may do with it now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from assessments.contexts.result import AssessmentResult, assessment_result
from assessments.models import Assessment, Round


@dataclass(frozen=True, kw_only=True)
class SheetContext:
    """`may_score`: the person scores for this unit and the round is open, so the fields take entries."""

    result: AssessmentResult
    state: str
    may_score: bool
    may_report: bool


def round_state(round_: Round, now: datetime) -> str:
    """planned, open or closed: open over [opens_at, closes_at)."""
    if now < round_.opens_at:
        return "planned"
    return "open" if now < round_.closes_at else "closed"


def sheet_context(assessment: Assessment, *, scores: bool, reports: bool, now: datetime) -> SheetContext:
    """`scores` and `reports`: whether the person holds these permissions in the unit of the sheet."""
    state = round_state(assessment.round, now)
    return SheetContext(
        result=assessment_result(assessment), state=state, may_score=scores and state == "open", may_report=reports
    )
