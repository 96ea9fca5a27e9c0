"""Files that show what a row of a sheet claims: attached, taken off again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from activity.services import record
from assessments import scoring
from assessments.contexts.rules import policy_of, restated, rule_of
from assessments.contexts.sheet import enters_for_province
from assessments.models import Assessment, Criterion, Score
from assessments.permissions import Act
from assessments.services.rows import NotInThisSheet, ScoreValue, StaleScore, put_row, row_of
from assessments.services.scores import EnteredByOthers
from assessments.services.standing import locked, require
from plans.models import Evidence
from units.models import User

MOST_FILES = 30


class FilesRefused(Exception):
    """Why files are not attached to a row."""


class ForeignFile(FilesRefused):
    def __str__(self) -> str:
        return _("One of the files is not the unit's own or was withdrawn. Choose among the files of the unit.")


class TooManyFiles(FilesRefused):
    def __str__(self) -> str:
        return _("A criterion takes at most %(most)s files. Put some together into one, or take some off.") % {
            "most": MOST_FILES
        }


def _require(sheet: Assessment, criterion: Criterion, by: User) -> datetime:
    """The unit shows what it claims; of a row that the province enters, the province does."""
    if criterion.scored_by == Criterion.ScoredBy.PROVINCE:
        if not enters_for_province(by, sheet):
            raise PermissionDenied
        return timezone.now()
    now = require(Act.SCORE, sheet, by=by)
    if criterion.scored_by == Criterion.ScoredBy.SYSTEM:
        raise EnteredByOthers(criterion)
    return now


def _stored(sheet: Assessment, criterion: Criterion, score: Score) -> ScoreValue:
    rule = rule_of(criterion, "", policy_of(sheet.round.criteria_set))
    result = restated(rule, score.answer)
    return ScoreValue(
        result=result, explanation=score.explanation, version=score.version, by=str(score.by), at=score.at
    )


def _row(
    sheet: Assessment, criterion: Criterion, expected_version: int, by: User, now: datetime, *, create: bool
) -> Score:
    """The row at `expected_version`; one that was never saved is begun empty, so that files can come before the score.
    Raises StaleScore, NotInThisSheet."""
    score = row_of(sheet, criterion, Score.Stage.SELF).first()
    if score is None and create and expected_version == 0:
        return put_row(
            assessment=sheet,
            criterion=criterion,
            stage=Score.Stage.SELF,
            answer={},
            explanation="",
            expected_version=0,
            by=by,
            now=now,
            action="assessments.score_cleared",
        )
    if score is None:
        raise NotInThisSheet
    if score.version != expected_version:
        stored = _stored(sheet, criterion, score)
        mine = ScoreValue(result=scoring.Result(), explanation="", version=expected_version, by=str(by), at=now)
        raise StaleScore(stored=stored, mine=mine)
    return score


def _changed(sheet: Assessment, score: Score, by: User, action: str, names: list[str]) -> Score:
    """Count the change as one of the row, without making it a new score of whoever attached."""
    Score.objects.filter(pk=score.pk).update(version=F("version") + 1)
    Assessment.objects.filter(pk=sheet.pk).update(updated_at=timezone.now())
    record(
        by=by,
        action=action,
        target=score,
        changes={"criterion": score.criterion.code, "files": names},
        unit_path=sheet.unit.path,
    )
    score.version += 1
    return score


@transaction.atomic
def attach_evidence(
    *, assessment: Assessment, criterion: Criterion, files: Sequence[Evidence], expected_version: int, by: User
) -> Score:
    """Attach files of the unit (of the province, to a row that it enters) to a row at `expected_version`, which then
    counts one more. Files that are attached already change nothing. Raises PermissionDenied, WrongState, PhaseClosed,
    EnteredByOthers, NotInThisSheet, ForeignFile, TooManyFiles, StaleScore."""
    sheet = locked(assessment)
    now = _require(sheet, criterion, by)
    owner = sheet.round.unit_id if criterion.scored_by == Criterion.ScoredBy.PROVINCE else sheet.unit_id
    if any(file.unit_id != owner or file.withdrawn_at is not None for file in files):
        raise ForeignFile
    found = row_of(sheet, criterion, Score.Stage.SELF).first()
    there = set(found.evidence.values_list("pk", flat=True)) if found else set()
    new = [file for file in files if file.pk not in there]
    if found is not None and not new:
        return found
    if len(there) + len(new) > MOST_FILES:
        raise TooManyFiles
    score = _row(sheet, criterion, expected_version, by, now, create=True)
    score.evidence.add(*new)
    return _changed(sheet, score, by, "assessments.evidence_attached", [str(file) for file in new])


@transaction.atomic
def detach_evidence(
    *, assessment: Assessment, criterion: Criterion, file: Evidence, expected_version: int, by: User
) -> Score:
    """Take a file off a row at `expected_version`; it stays among the unit's files. A file that is not there changes
    nothing. Raises as `attach_evidence`."""
    sheet = locked(assessment)
    now = _require(sheet, criterion, by)
    found = row_of(sheet, criterion, Score.Stage.SELF).first()
    if found is not None and not found.evidence.filter(pk=file.pk).exists():
        return found
    score = _row(sheet, criterion, expected_version, by, now, create=False)
    score.evidence.remove(file)
    return _changed(sheet, score, by, "assessments.evidence_detached", [str(file)])
