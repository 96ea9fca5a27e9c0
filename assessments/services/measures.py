"""What the system itself scores in a sheet."""

from __future__ import annotations

from datetime import datetime

from assessments.contexts.measures import system_answer, system_criteria
from assessments.models import Assessment, Score
from assessments.services.rows import put_row, row_of
from units.models import User


def score_by_system(*, assessment: Assessment, stage: Score.Stage, by: User, now: datetime) -> list[Score]:
    """Write the rows of `stage` that the system scores, as it measures them at `now`; the rows that changed nothing
    stay as they are. `by`: whose act made it measure. The caller holds the lock of the sheet."""
    rows = []
    for criterion in system_criteria(assessment.round.criteria_set, assessment.unit.kind):
        before = row_of(assessment, criterion, stage).first()
        answer = system_answer(assessment, criterion, now=now)
        if before is None and not answer:
            continue
        rows.append(
            put_row(
                assessment=assessment,
                criterion=criterion,
                stage=stage,
                answer=answer,
                explanation=before.explanation if before else "",
                expected_version=before.version if before else 0,
                by=by,
                now=now,
                action="assessments.score_measured",
            )
        )
    return rows
