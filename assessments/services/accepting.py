"""Many rows of a sheet at once: taken over as the unit scored them, or verified one by one in one request."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from activity.services import record
from assessments import scoring
from assessments.contexts.verification import RowStanding, rows_of
from assessments.contexts.wording import refusal_text
from assessments.models import Assessment, Criterion, Score
from assessments.permissions import Act
from assessments.services.rows import NotInThisSheet, StaleScore
from assessments.services.standing import ActRefused
from assessments.services.totals import store_totals
from assessments.services.verification import Writing, begun, open_to_writing, taken_up, write_row
from units.models import User


@dataclass(frozen=True, kw_only=True)
class RowOutcome:
    """What became of one row. `said` tells why nothing did, "" where it was verified."""

    criterion: Criterion
    score: Score | None
    said: str = ""

    @property
    def is_done(self) -> bool:
        return self.score is not None


@dataclass(frozen=True, kw_only=True)
class RowInput:
    criterion: Criterion
    answer: Mapping[str, Any]
    reason: str
    expected_version: int


@transaction.atomic
def accept_rows(*, assessment: Assessment, by: User, criteria: Collection[int] | None = None) -> Sequence[RowOutcome]:
    """Give the criteria (by id; None for all) that are not verified yet what the unit gave itself. What is verified
    stays as it is, and what the unit has not scored is told.

    Raises PermissionDenied, NotAssigned, WrongState, PhaseClosed, AlreadyFinished.
    """
    writing = taken_up(Act.VERIFY, assessment, by=by)
    open_to_writing(writing)
    outcomes: list[RowOutcome] = []
    taken: list[RowStanding] = []
    for row in rows_of(writing.sheet, writing.stage):
        if row.is_given or (criteria is not None and row.criterion.pk not in criteria):
            continue
        if row.can_accept:
            taken.append(row)
        else:
            said = _("The unit has not scored this criterion: enter a result with its reason.")
            outcomes.append(RowOutcome(criterion=row.criterion, score=None, said=said))
    outcomes += [RowOutcome(criterion=row.criterion, score=score) for row, score in _take_over(writing, taken, by=by)]
    return sorted(outcomes, key=lambda outcome: outcome.criterion.order)


def _take_over(writing: Writing, rows: Sequence[RowStanding], *, by: User) -> list[tuple[RowStanding, Score]]:
    """Write the rows as the unit scored them. The sheet is locked, so none of them changes meanwhile: a constant number
    of queries, but for rows that were cleared before."""
    if not rows:
        return []
    sheet, stage = writing.sheet, writing.stage
    written, new = [], []
    for row in rows:
        if row.own is None:
            continue
        values: dict[str, Any] = {
            "answer": row.own.answer,
            "points": row.own.points,
            "light": row.own.light,
            "explanation": "",
            "by": by,
        }
        if row.given is None:
            score = Score(assessment=sheet, criterion=row.criterion, stage=stage, **values)
            new.append(score)
        else:
            score = row.given
            Score.objects.filter(pk=score.pk).update(version=F("version") + 1, at=writing.now, **values)
        written.append((row, score))
    Score.objects.bulk_create(new)
    store_totals(sheet, stage)
    record(
        by=by,
        action="assessments.scores_accepted",
        target=sheet,
        changes={"stage": stage.value, "criteria": [row.criterion.code for row, _score in written]},
        unit_path=sheet.unit.path,
    )
    begun(writing, by=by)
    return written


@transaction.atomic
def verify_rows(*, assessment: Assessment, rows: Sequence[RowInput], by: User) -> Sequence[RowOutcome]:
    """Verify many rows, each by itself: one that is refused keeps no other from being saved.

    Raises PermissionDenied, NotAssigned, WrongState, PhaseClosed, AlreadyFinished: these are of the whole sheet.
    """
    writing = taken_up(Act.VERIFY, assessment, by=by)
    open_to_writing(writing)
    return [_verify_one(writing, row, by=by) for row in rows]


def _verify_one(writing: Writing, row: RowInput, *, by: User) -> RowOutcome:
    try:
        with transaction.atomic():
            score = write_row(
                writing,
                criterion=row.criterion,
                answer=row.answer,
                reason=row.reason,
                expected_version=row.expected_version,
                by=by,
            )
    except scoring.InvalidAnswer as error:
        return RowOutcome(criterion=row.criterion, score=None, said=refusal_text(error))
    except (ActRefused, NotInThisSheet, StaleScore) as error:
        return RowOutcome(criterion=row.criterion, score=None, said=str(error))
    return RowOutcome(criterion=row.criterion, score=score)
