"""What becomes of a sheet in verification: back to its unit for completion, or its preliminary result told."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from activity.services import record
from assessments.contexts.standing import runs, window_of
from assessments.contexts.verification import (
    assignments_of,
    both_finished,
    differences,
    is_chair,
    place_of,
)
from assessments.models import Assessment, Assignment, Extension, Round, Score
from assessments.permissions import Act
from assessments.services.rows import put_row
from assessments.services.standing import ActRefused, locked, move, require
from assessments.services.verification import (
    AssessorsNotFinished,
    DifferencesOpen,
    NotAssigned,
    Writing,
    finish,
    taken_up,
)
from isoportal.templatetags.formats import moment
from units.access import holders
from units.models import User
from units.permissions import Permission


class NoteMissing(ActRefused):
    def __str__(self) -> str:
        return _("Write what the unit is to complete.")


class ExtensionMissing(ActRefused):
    def __str__(self) -> str:
        return _("Self-scoring has closed: choose until when the unit may complete its sheet.")


class ExtensionPast(ActRefused):
    def __str__(self) -> str:
        return _("Choose a moment that is still to come.")


class ExtensionTooLong(ActRefused):
    """The unit would answer when nobody may verify any more."""

    def __init__(self, closes_at: datetime) -> None:
        super().__init__(closes_at)
        self.closes_at = closes_at

    def __str__(self) -> str:
        return _("Verification closes at %(at)s: choose an earlier moment, so that the answer can be verified.") % {
            "at": moment(self.closes_at)
        }


def _unit_people(assessment: Assessment) -> set[int]:
    """The head and the officers of the unit."""
    return holders(Permission.ASSESSMENT_SCORE, assessment.unit)


def _opened_again(sheet: Assessment, *, until: datetime | None, note: str, now: datetime, by: User) -> None:
    """Let the unit score until `until` where the phase is over. Raises ExtensionMissing, ExtensionPast,
    ExtensionTooLong."""
    if until is None:
        if not runs(sheet, Round.Phase.SELF_SCORE, now):
            raise ExtensionMissing
        return
    if until <= now:
        raise ExtensionPast
    closes_at = window_of(sheet.round, Round.Phase.VERIFY)[1]
    later = sheet.extensions.filter(phase=Round.Phase.VERIFY, until__gte=until).exists()
    if closes_at is not None and until >= closes_at and not later:
        raise ExtensionTooLong(closes_at)
    if until > sheet.round.closes_at:
        Extension.objects.create(assessment=sheet, phase=Round.Phase.SELF_SCORE, until=until, reason=note, by=by)


@transaction.atomic
def return_sheet(*, assessment: Assessment, note: str, by: User, until: datetime | None = None) -> Assessment:
    """Ask the unit for completion. What was verified stays, and counts again once the sheet is back; what the chair had
    decided is taken back, since the rows it was about may change.

    `until`: how long the unit may score although the phase is over. Raises PermissionDenied, NotAssigned, WrongState,
    PhaseClosed, NoteMissing, ExtensionMissing, ExtensionPast, ExtensionTooLong.
    """
    writing = taken_up(Act.RETURN, assessment, by=by)
    sheet, note = writing.sheet, note.strip()
    if not note:
        raise NoteMissing
    _opened_again(sheet, until=until, note=note, now=writing.now, by=by)
    before = sheet.state
    Assignment.objects.filter(assessment=sheet).update(finished_at=None)
    _take_back_decisions(writing, by=by)
    move(sheet, Act.RETURN, returned_note=note)
    record(
        by=by,
        action="assessments.sheet_returned",
        target=sheet,
        changes={"state": [before, sheet.state], "open_until": [None, until.isoformat() if until else None]},
        unit_path=sheet.unit.path,
        reason=note,
        notify=_unit_people(sheet),
    )
    return sheet


def _take_back_decisions(writing: Writing, *, by: User) -> None:
    decided = writing.sheet.scores.filter(stage=Score.Stage.FINAL).exclude(answer={}).select_related("criterion")
    for score in decided:
        put_row(
            assessment=writing.sheet,
            criterion=score.criterion,
            stage=Score.Stage.FINAL,
            answer={},
            explanation="",
            expected_version=score.version,
            by=by,
            now=writing.now,
            action="assessments.difference_reopened",
        )


@transaction.atomic
def tell_result(*, assessment: Assessment, by: User) -> Assessment:
    """Tell the unit the preliminary result: from here on it sees what the assessors gave. By the first assessor or the
    chair; telling finishes the work of the one assessor of a sheet.

    Raises PermissionDenied, NotAssigned, WrongState, RowsLeft, AssessorsNotFinished, DifferencesOpen.
    """
    sheet = locked(assessment)
    assignments = assignments_of(sheet)
    place = place_of(by, sheet, assignments)
    if place != 1 and not is_chair(by, assignments):
        raise PermissionDenied if place == 2 else NotAssigned
    now = require(Act.TELL_RESULT, sheet, by=by)
    if not sheet.round.second_assessor:
        finish(Writing(sheet=sheet, assignments=assignments, place=1, now=now), by=by)
    if not both_finished(sheet, assignments):
        raise AssessorsNotFinished
    if sheet.round.second_assessor and (left := [each for each in differences(sheet) if each.is_open]):
        raise DifferencesOpen(len(left))
    move(sheet, Act.TELL_RESULT, preliminary_at=now)
    total = sheet.final_total
    record(
        by=by,
        action="assessments.result_told",
        target=sheet,
        changes={
            "state": [Assessment.State.VERIFYING, sheet.state],
            "total": [None, None if total is None else f"{total:.2f}"],
        },
        unit_path=sheet.unit.path,
        notify=_unit_people(sheet),
    )
    return sheet
