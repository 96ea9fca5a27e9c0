"""Saving one row of a unit's own sheet, and one of those that the province enters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.contexts.sheet import enters_for_province
from assessments.contexts.standing import is_own
from assessments.contexts.verification import manages
from assessments.models import Assessment, Criterion, Score
from assessments.permissions import Act
from assessments.services.rows import put_row
from assessments.services.standing import ActRefused, WrongState, locked, require
from units.models import User


class EnteredByOthers(ActRefused):
    """The unit does not score this criterion itself."""

    def __init__(self, criterion: Criterion) -> None:
        super().__init__(criterion.code)
        self.criterion = criterion

    def __str__(self) -> str:
        if self.criterion.scored_by == Criterion.ScoredBy.SYSTEM:
            return _("The system works out the score of %(code)s: nobody enters it.") % {"code": self.criterion.code}
        if self.criterion.scored_by == Criterion.ScoredBy.PROVINCE:
            return _("The province enters the score of %(code)s.") % {"code": self.criterion.code}
        return _("The unit itself enters the score of %(code)s.") % {"code": self.criterion.code}


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
    EnteredByOthers, ReasonOwed, NotInThisSheet, scoring.InvalidAnswer, StaleScore.
    """
    sheet = locked(assessment)
    now = require(Act.SCORE, sheet, by=by)
    if criterion.scored_by != Criterion.ScoredBy.UNIT:
        raise EnteredByOthers(criterion)
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


@transaction.atomic
def enter_score(
    *,
    assessment: Assessment,
    criterion: Criterion,
    answer: Mapping[str, Any],
    explanation: str,
    expected_version: int,
    by: User,
) -> Score:
    """Save a row that the province enters for the unit, until the sheet's preliminary result is told. Who manages the
    round does; nobody of the unit itself. Raises PermissionDenied, WrongState, EnteredByOthers, ReasonOwed,
    NotInThisSheet, scoring.InvalidAnswer, StaleScore."""
    sheet = locked(assessment)
    if not manages(by, sheet) or is_own(by, sheet):
        raise PermissionDenied
    if not enters_for_province(by, sheet):
        raise WrongState(sheet)
    if criterion.scored_by != Criterion.ScoredBy.PROVINCE:
        raise EnteredByOthers(criterion)
    return put_row(
        assessment=sheet,
        criterion=criterion,
        stage=Score.Stage.SELF,
        answer=answer,
        explanation=explanation,
        expected_version=expected_version,
        by=by,
        now=timezone.now(),
        action="assessments.province_score_entered",
    )
