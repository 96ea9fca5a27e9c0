"""What a person does on a sheet's page: it decides which column takes entries."""

from __future__ import annotations

from datetime import datetime

from assessments.contexts.standing import may
from assessments.contexts.verification import assignments_of, place_of
from assessments.models import Assessment, Score
from assessments.permissions import Act
from units.models import User

# The stage that each mode enters.
STAGE_OF: dict[str, str] = {
    "read": Score.Stage.SELF,
    "score": Score.Stage.SELF,
    "verify": Score.Stage.VERIFIED,
    "second": Score.Stage.SECOND,
}
MODES = {1: "verify", 2: "second"}


def mode_of(user: User, assessment: Assessment, now: datetime) -> str:
    """ "score" where the person scores for the unit now; "verify" or "second" where the sheet is assigned to them at
    this place and they have not finished it; otherwise "read". Appeals and the differences of two assessors are decided
    on pages of their own."""
    if may(user, Act.SCORE, assessment, now):
        return "score"
    if not may(user, Act.VERIFY, assessment, now):
        return "read"
    assignments = assignments_of(assessment)
    place = place_of(user, assessment, assignments)
    at_work = any(each.place == place and each.finished_at is None for each in assignments)
    return MODES[place] if place is not None and at_work else "read"
