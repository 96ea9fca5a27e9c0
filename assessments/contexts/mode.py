"""What a person does on a sheet's page: it decides which column takes entries."""

from __future__ import annotations

from datetime import datetime

from assessments.contexts.standing import may
from assessments.models import Assessment, Score
from assessments.permissions import Act
from units.models import User

# The stage that each mode enters.
STAGE_OF: dict[str, str] = {
    "read": Score.Stage.SELF,
    "score": Score.Stage.SELF,
    "verify": Score.Stage.VERIFIED,
    "second": Score.Stage.SECOND,
    "appeal": Score.Stage.APPEAL,
    "decide": Score.Stage.FINAL,
}


def mode_of(user: User, assessment: Assessment, now: datetime) -> str:
    """ "score" where the person scores for the unit now, otherwise "read"."""
    return "score" if may(user, Act.SCORE, assessment, now) else "read"
