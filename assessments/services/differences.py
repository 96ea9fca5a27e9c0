"""Where two assessors differ, the chair of their team decides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from assessments.contexts.verification import assignments_of, both_finished, differences, settles
from assessments.models import Assessment, Criterion, Score
from assessments.permissions import Act
from assessments.services.rows import put_row
from assessments.services.standing import ActRefused, locked, require
from assessments.services.verification import AssessorsNotFinished
from units.models import User


class NoDifference(ActRefused):
    def __str__(self) -> str:
        return _("The two assessors give this criterion the same result: there is nothing to decide.")


class DecisionReasonMissing(ActRefused):
    def __str__(self) -> str:
        return _("Write the reason of the decision.")


@transaction.atomic
def decide_difference(
    *,
    assessment: Assessment,
    criterion: Criterion,
    answer: Mapping[str, Any],
    reason: str,
    expected_version: int,
    by: User,
) -> Score:
    """The chair's decision on one criterion, with its reason. It is written down also where it is what one of the two
    gave: that is how a difference counts as decided. Until the result is told it may be decided anew.

    Raises PermissionDenied, WrongState, AssessorsNotFinished, NoDifference, DecisionReasonMissing, NotInThisSheet,
    scoring.InvalidAnswer, StaleScore.
    """
    sheet = locked(assessment)
    assignments = assignments_of(sheet)
    if not settles(by, sheet, assignments):
        raise PermissionDenied
    now = require(Act.DECIDE_DIFFERENCE, sheet, by=by)
    if not both_finished(sheet, assignments):
        raise AssessorsNotFinished
    if not any(each.criterion.pk == criterion.pk for each in differences(sheet)):
        raise NoDifference
    if answer and not reason.strip():
        raise DecisionReasonMissing
    return put_row(
        assessment=sheet,
        criterion=criterion,
        stage=Score.Stage.FINAL,
        answer=answer,
        explanation=reason,
        expected_version=expected_version,
        by=by,
        now=now,
        action="assessments.difference_decided" if answer else "assessments.difference_reopened",
    )
