"""What may be done with criteria sets, rounds, sheets and scores. Page, API, command and demo all end here."""

from __future__ import annotations

from assessments.services.criteria import BUNDLED, CriteriaFileInvalid, load_criteria_set
from assessments.services.phases import RoundOutOfOrder
from assessments.services.rounds import (
    AssessmentExists,
    CriteriaSetNotPublished,
    RoundExists,
    UnitOutsideRound,
    open_assessment,
    open_round,
)
from assessments.services.rows import NotInThisSheet, ScoreValue, StaleScore
from assessments.services.scores import save_score
from assessments.services.standing import ActRefused, PhaseClosed, WrongState
from assessments.services.totals import recompute_totals, totals_apart

__all__ = [
    "BUNDLED",
    "ActRefused",
    "AssessmentExists",
    "CriteriaFileInvalid",
    "CriteriaSetNotPublished",
    "NotInThisSheet",
    "PhaseClosed",
    "RoundExists",
    "RoundOutOfOrder",
    "ScoreValue",
    "StaleScore",
    "UnitOutsideRound",
    "WrongState",
    "load_criteria_set",
    "open_assessment",
    "open_round",
    "recompute_totals",
    "save_score",
    "totals_apart",
]
