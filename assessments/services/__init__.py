"""What may be done with criteria sets, rounds, sheets and scores. Page, API, command and demo all end here."""

from __future__ import annotations

from assessments.services.criteria import BUNDLED, CriteriaFileInvalid, load_criteria_set
from assessments.services.rounds import (
    AssessmentExists,
    CriteriaSetNotPublished,
    RoundExists,
    RoundOutOfOrder,
    UnitOutsideRound,
    open_assessment,
    open_round,
)
from assessments.services.scores import NotInThisSheet, RoundClosed, ScoreValue, StaleScore, save_score
from assessments.services.totals import recompute_totals, totals_apart

__all__ = [
    "BUNDLED",
    "AssessmentExists",
    "CriteriaFileInvalid",
    "CriteriaSetNotPublished",
    "NotInThisSheet",
    "RoundClosed",
    "RoundExists",
    "RoundOutOfOrder",
    "ScoreValue",
    "StaleScore",
    "UnitOutsideRound",
    "load_criteria_set",
    "open_assessment",
    "open_round",
    "recompute_totals",
    "save_score",
    "totals_apart",
]
