"""Verifying a sheet row by row (thẩm định): beginning, saving, finishing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activity.services import record
from assessments import scoring
from assessments.contexts.measures import system_answer
from assessments.contexts.rules import policy_of, rule_of
from assessments.contexts.verification import (
    STAGES,
    RowStanding,
    assignments_of,
    both_finished,
    differences,
    place_of,
    reason_owed,
    rows_left,
)
from assessments.contexts.wording import light_word
from assessments.models import Assessment, Assignment, Criterion, Score
from assessments.permissions import Act
from assessments.services.measures import score_by_system
from assessments.services.rows import put_row, row_of
from assessments.services.standing import ActRefused, locked, move, require
from isoportal.templatetags import formats
from units.models import User


class NotAssigned(PermissionDenied):
    def __str__(self) -> str:
        return _("This sheet is not assigned to you. Ask the chair of the team or the programme officer to assign it.")


class ReasonMissing(ActRefused):
    """The result is not what the unit gave itself, and nothing says why."""

    def __init__(self, *, given: scoring.Result, own: Score | None) -> None:
        super().__init__()
        self.given, self.own = given, own

    def __str__(self) -> str:
        if self.own is None or not self.own.answer:
            return _("The unit has not scored this criterion: write the reason to save.")
        if self.given.light:
            said, own = light_word(self.given.light), light_word(self.own.light) if self.own.light else ""
            return _("“%(given)s” differs from the self-score “%(own)s”: write the reason to save.") % {
                "given": said,
                "own": own or _("Not applicable"),
            }
        return _("%(given)s points differ from the self-score %(own)s: write the reason to save.") % {
            "given": formats.score(self.given.points) if self.given.points is not None else _("Not applicable"),
            "own": formats.score(self.own.points) if self.own.points is not None else _("Not applicable"),
        }


class ScoredBySystem(ActRefused):
    def __str__(self) -> str:
        return _("The system scores this criterion by what it knows itself: nobody enters it.")


class AlreadyFinished(ActRefused):
    def __str__(self) -> str:
        return _("You have finished verifying this sheet. Take it up again before you change a row.")


class BothFinished(ActRefused):
    def __str__(self) -> str:
        return _("Both assessors have finished, and the chair decides where they differ: the rows stay as they are.")


class RowsLeft(ActRefused):
    """Criteria without a result or without the reason they owe."""

    def __init__(self, rows: Sequence[RowStanding]) -> None:
        super().__init__(len(rows))
        self.rows = rows

    def __str__(self) -> str:
        codes = ", ".join(row.criterion.code for row in self.rows[:8])
        return ngettext(
            "%(count)d criterion is left to verify: %(codes)s.",
            "%(count)d criteria are left to verify: %(codes)s.",
            len(self.rows),
        ) % {"count": len(self.rows), "codes": codes + (", …" if len(self.rows) > 8 else "")}


class AssessorsNotFinished(ActRefused):
    def __str__(self) -> str:
        return _("The assessors of this sheet have not all finished. The result is told after that.")


class DifferencesOpen(ActRefused):
    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.count = count

    def __str__(self) -> str:
        return ngettext(
            "The two assessors differ in %(count)d criterion that the chair has not decided.",
            "The two assessors differ in %(count)d criteria that the chair has not decided.",
            self.count,
        ) % {"count": self.count}


@dataclass(frozen=True, kw_only=True)
class Writing:
    """A locked sheet, and the assignment for which a person writes in it now."""

    sheet: Assessment
    assignments: Sequence[Assignment]
    place: int
    now: datetime

    @property
    def stage(self) -> Score.Stage:
        return STAGES[self.place]

    @property
    def assignment(self) -> Assignment | None:
        return next((each for each in self.assignments if each.place == self.place), None)


def taken_up(act: Act, assessment: Assessment, *, by: User) -> Writing:
    """The sheet, locked, with the place at which `by` verifies it. Raises PermissionDenied, NotAssigned, WrongState,
    PhaseClosed."""
    sheet = locked(assessment)
    assignments = assignments_of(sheet)
    place = place_of(by, sheet, assignments)
    if place is None:
        raise NotAssigned
    return Writing(sheet=sheet, assignments=assignments, place=place, now=require(act, sheet, by=by))


def open_to_writing(writing: Writing) -> None:
    """Raises AlreadyFinished where the assessor has finished. The first row of a submitted sheet begins it."""
    if writing.assignment is not None and writing.assignment.finished_at is not None:
        raise AlreadyFinished


def _begin(writing: Writing, *, by: User) -> None:
    sheet = writing.sheet
    move(sheet, Act.BEGIN_VERIFICATION)
    for assignment in writing.assignments:
        score_by_system(assessment=sheet, stage=STAGES[assignment.place], by=by, now=writing.now)
    record(
        by=by,
        action="assessments.verification_begun",
        target=sheet,
        changes={"state": [Assessment.State.SUBMITTED, sheet.state]},
        unit_path=sheet.unit.path,
    )


@transaction.atomic
def begin_verification(*, assessment: Assessment, by: User) -> Assessment:
    """Submitted → being verified. Raises PermissionDenied, NotAssigned, WrongState, PhaseClosed."""
    writing = taken_up(Act.BEGIN_VERIFICATION, assessment, by=by)
    _begin(writing, by=by)
    return writing.sheet


def begun(writing: Writing, *, by: User) -> None:
    """The first row that is verified begins the verification of a submitted sheet."""
    if writing.sheet.state == Assessment.State.SUBMITTED:
        _begin(writing, by=by)


@transaction.atomic
def save_verified(
    *,
    assessment: Assessment,
    criterion: Criterion,
    answer: Mapping[str, Any],
    reason: str,
    expected_version: int,
    by: User,
) -> Score:
    """What an assessor gives one criterion, at the stage of their place. An empty `answer` clears the row.

    Raises PermissionDenied, NotAssigned, WrongState, PhaseClosed, AlreadyFinished, ReasonMissing, ReasonOwed,
    NotInThisSheet, ScoredBySystem, scoring.InvalidAnswer, StaleScore.
    """
    writing = taken_up(Act.VERIFY, assessment, by=by)
    open_to_writing(writing)
    return write_row(
        writing, criterion=criterion, answer=answer, reason=reason, expected_version=expected_version, by=by
    )


def write_row(
    writing: Writing,
    *,
    criterion: Criterion,
    answer: Mapping[str, Any],
    reason: str,
    expected_version: int,
    by: User,
) -> Score:
    """One row of a sheet that is taken up; many in one transaction share the lock."""
    sheet = writing.sheet
    if criterion.scored_by == Criterion.ScoredBy.SYSTEM and system_answer(sheet, criterion, now=writing.now):
        raise ScoredBySystem
    if answer:
        result = scoring.score(rule_of(criterion, "", policy_of(sheet.round.criteria_set)), answer)
        own = row_of(sheet, criterion, Score.Stage.SELF).first()
        if not reason.strip() and reason_owed(criterion, own, result):
            raise ReasonMissing(given=result, own=own)
    score = put_row(
        assessment=sheet,
        criterion=criterion,
        stage=writing.stage,
        answer=answer,
        explanation=reason,
        expected_version=expected_version,
        by=by,
        now=writing.now,
        action="assessments.score_verified" if answer else "assessments.verification_cleared",
    )
    begun(writing, by=by)
    return score


@transaction.atomic
def finish_verification(*, assessment: Assessment, by: User) -> Assessment:
    """The assessor is done with the sheet: every row is verified, with the reason it owes. The last to finish brings it
    to the chair, where two differ, or to the telling of the result.

    Finishing again changes nothing. Raises PermissionDenied, NotAssigned, WrongState, PhaseClosed, RowsLeft.
    """
    writing = taken_up(Act.VERIFY, assessment, by=by)
    finish(writing, by=by)
    return writing.sheet


def finish(writing: Writing, *, by: User) -> None:
    assignment = writing.assignment
    if assignment is None or assignment.finished_at is not None:
        return
    begun(writing, by=by)
    score_by_system(assessment=writing.sheet, stage=writing.stage, by=by, now=writing.now)
    if left := rows_left(writing.sheet, writing.stage):
        raise RowsLeft(left)
    assignment.finished_at = writing.now
    Assignment.objects.filter(pk=assignment.pk).update(finished_at=writing.now)
    to_settle = writing.sheet.round.second_assessor and both_finished(writing.sheet, writing.assignments)
    chairs = {each.team.chair_id for each in writing.assignments if each.team.chair_id}
    record(
        by=by,
        action="assessments.verification_finished",
        target=writing.sheet,
        changes={"place": [None, writing.place]},
        unit_path=writing.sheet.unit.path,
        notify=chairs if to_settle and differences(writing.sheet) else (),
    )


@transaction.atomic
def resume_verification(*, assessment: Assessment, by: User) -> Assessment:
    """Take a finished sheet up again, before its result is told; of two assessors, only while the other is at work.

    Raises PermissionDenied, NotAssigned, WrongState, PhaseClosed, BothFinished.
    """
    writing = taken_up(Act.VERIFY, assessment, by=by)
    assignment = writing.assignment
    if assignment is None or assignment.finished_at is None:
        return writing.sheet
    if writing.sheet.round.second_assessor and both_finished(writing.sheet, writing.assignments):
        raise BothFinished
    assignment.finished_at = None
    Assignment.objects.filter(pk=assignment.pk).update(finished_at=None)
    record(
        by=by,
        action="assessments.verification_resumed",
        target=writing.sheet,
        changes={"place": [None, writing.place]},
        unit_path=writing.sheet.unit.path,
    )
    return writing.sheet
