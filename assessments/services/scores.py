"""Saving one row of a unit's own sheet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from assessments.models import Assessment, Criterion, Score
from assessments.permissions import Act
from assessments.services.rows import put_row
from assessments.services.standing import locked, require
from units.models import User


@transaction.atomic
def save_score(
    *,
    assessment: Assessment,
    criterion: Criterion,
    answer: Mapping[str, Any],
    explanation: str,
    expected_version: int,
    by: User,
) -> Score:
    """Save one row and the totals that follow from it. An empty `answer` clears the row.

    `expected_version` is that of the row as it was read, 0 where it was never saved. Saving what is stored already
    changes nothing, so a form that was sent twice is saved once. Raises PermissionDenied, WrongState, PhaseClosed,
    NotInThisSheet, scoring.InvalidAnswer, StaleScore.
    """
    sheet = locked(assessment)
    now = require(Act.SCORE, sheet, by=by)
    return put_row(
        assessment=sheet,
        criterion=criterion,
        stage=Score.Stage.SELF,
        answer=answer,
        explanation=explanation,
        expected_version=expected_version,
        by=by,
        now=now,
        action="assessments.score_saved" if answer else "assessments.score_cleared",
    )
