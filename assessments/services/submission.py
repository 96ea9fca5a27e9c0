"""A unit hands in its sheet: to its head, back from the head, and from the head to the assessors."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from activity.services import record
from assessments.contexts.result import assessment_result
from assessments.contexts.standing import window_of
from assessments.models import Assessment, Round, Score
from assessments.permissions import Act
from assessments.services.measures import score_by_system
from assessments.services.standing import ActRefused, locked, move, require
from isoportal.templatetags.formats import moment
from units.access import holders
from units.models import User
from units.permissions import Permission


class SheetIncomplete(ActRefused):
    """`unscored`: codes of criteria without an answer; `unproven`: of those that claim without showing anything."""

    def __init__(self, *, unscored: Sequence[str], unproven: Sequence[str]) -> None:
        super().__init__(unscored, unproven)
        self.unscored, self.unproven = unscored, unproven

    def __str__(self) -> str:
        parts = []
        if self.unscored:
            parts.append(_("Criteria without an answer: %(codes)s.") % {"codes": ", ".join(self.unscored)})
        if self.unproven:
            said = _("Criteria that lack evidence or a written explanation: %(codes)s.")
            parts.append(said % {"codes": ", ".join(self.unproven)})
        return " ".join([_("The sheet is not complete."), *parts])


class SheetChanged(ActRefused):
    """Somebody changed the sheet after the summary of it was read."""

    def __init__(self, at: datetime) -> None:
        super().__init__(at)
        self.at = at

    def __str__(self) -> str:
        return _("The sheet was changed at %(at)s, after you had opened this page. Look at it again.") % {
            "at": moment(self.at)
        }


def _looked_at(sheet: Assessment, seen: datetime | None) -> None:
    if seen is not None and sheet.updated_at != seen:
        raise SheetChanged(sheet.updated_at)


def _told(sheet: Assessment, before: str, **changes: object) -> dict[str, object]:
    total = None if sheet.total is None else f"{sheet.total:.2f}"
    return {"state": [before, sheet.state], "scored": sheet.scored, "total": total, **changes}


@transaction.atomic
def write_difficulties(*, assessment: Assessment, text: str, by: User) -> Assessment:
    """What the unit found hard, and what it proposes. Raises PermissionDenied, WrongState, PhaseClosed."""
    sheet = locked(assessment)
    require(Act.SCORE, sheet, by=by)
    text = text.strip()
    if text == sheet.difficulties:
        return sheet
    before, sheet.difficulties, sheet.updated_at = sheet.difficulties, text, timezone.now()
    sheet.save(update_fields=["difficulties", "updated_at"])
    record(
        by=by,
        action="assessments.difficulties_written",
        target=sheet,
        changes={"difficulties": [before, text]},
        unit_path=sheet.unit.path,
    )
    return sheet


@transaction.atomic
def send_to_head(*, assessment: Assessment, difficulties: str | None = None, by: User) -> Assessment:
    """Hand the sheet to the head of the unit, who is told; it need not be complete: the head sees what is missing.
    `difficulties` None leaves the text as it is. Raises PermissionDenied, WrongState, PhaseClosed."""
    sheet = locked(assessment)
    now = require(Act.SEND_TO_HEAD, sheet, by=by)
    before = sheet.state
    text = sheet.difficulties if difficulties is None else difficulties.strip()
    move(sheet, Act.SEND_TO_HEAD, sent_to_head_at=now, difficulties=text)
    record(
        by=by,
        action="assessments.sheet_sent_to_head",
        target=sheet,
        changes=_told(sheet, before),
        unit_path=sheet.unit.path,
        notify=holders(Permission.ASSESSMENT_SUBMIT, sheet.unit),
    )
    return sheet


@transaction.atomic
def take_back(*, assessment: Assessment, note: str = "", by: User) -> Assessment:
    """Give the sheet from the head back to those who score it; `note` tells them what to mend. Raises
    PermissionDenied, WrongState, PhaseClosed."""
    sheet = locked(assessment)
    require(Act.TAKE_BACK, sheet, by=by)
    before = sheet.state
    move(sheet, Act.TAKE_BACK, sent_to_head_at=None)
    record(
        by=by,
        action="assessments.sheet_taken_back",
        target=sheet,
        changes=_told(sheet, before),
        unit_path=sheet.unit.path,
        reason=note.strip(),
        notify=holders(Permission.ASSESSMENT_SCORE, sheet.unit),
    )
    return sheet


@transaction.atomic
def submit_sheet(
    *, assessment: Assessment, difficulties: str | None = None, seen: datetime | None = None, by: User
) -> Assessment:
    """Submit the sheet to the assessors, who are told, as are those who manage the round.

    `seen`: `updated_at` of the sheet as its summary was read. What the system measures is written with it. Submitted
    under an extension, outside the round's own dates, it is marked late. Raises PermissionDenied, WrongState,
    PhaseClosed, SheetChanged, SheetIncomplete.
    """
    sheet = locked(assessment)
    now = require(Act.SUBMIT, sheet, by=by)
    _looked_at(sheet, seen)
    result = assessment_result(sheet)
    if result.owed or result.unproven:
        raise SheetIncomplete(
            unscored=[line.code for line in result.owed], unproven=[line.code for line in result.unproven]
        )
    opens, closes = window_of(sheet.round, Round.Phase.SELF_SCORE)
    late = not (opens and closes and opens <= now < closes)
    before = sheet.state
    text = sheet.difficulties if difficulties is None else difficulties.strip()
    move(sheet, Act.SUBMIT, submitted_at=now, submitted_by=by, late=late, difficulties=text)
    score_by_system(assessment=sheet, stage=Score.Stage.SELF, by=by, now=now)
    record(
        by=by,
        action="assessments.sheet_submitted",
        target=sheet,
        changes=_told(sheet, before, late=late),
        unit_path=sheet.unit.path,
        notify={
            *sheet.assignments.values_list("assessor", flat=True),
            *holders(Permission.ROUND_MANAGE, sheet.round.unit),
        },
    )
    return sheet
