"""What a unit and its assessors say to each other about a criterion."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from activity.services import record
from assessments.contexts.sheet import is_inside
from assessments.models import Assessment, Criterion, CriterionComment
from assessments.permissions import SETTLED
from assessments.services.rows import NotInThisSheet
from assessments.services.standing import ActRefused, WrongState, locked
from units.access import holders, holds_in
from units.models import User
from units.permissions import Permission


class CommentEmpty(ActRefused):
    def __str__(self) -> str:
        return _("Write what you want to say.")


def _others(sheet: Assessment, *, of_unit: bool) -> set[int]:
    """Whom a word reaches: the assessors what the unit says, the people of the unit what anybody else says."""
    if of_unit:
        return set(sheet.assignments.values_list("assessor", flat=True))
    return holders(Permission.ASSESSMENT_SCORE, sheet.unit)


@transaction.atomic
def comment(*, assessment: Assessment, criterion: Criterion, text: str, by: User) -> CriterionComment:
    """Add a word to the thread of `criterion`; nothing in it is ever changed. The people of the unit, those who assess
    it and those who manage the round may, until the result is approved. Raises PermissionDenied, WrongState,
    NotInThisSheet, CommentEmpty."""
    sheet = locked(assessment)
    of_unit = holds_in(by, Permission.ASSESSMENT_SCORE, sheet.unit)
    if not of_unit and not is_inside(by, sheet):
        raise PermissionDenied
    if sheet.state in SETTLED:
        raise WrongState(sheet)
    if criterion.criteria_set_id != sheet.round.criteria_set_id or criterion.scoring == Criterion.Scoring.GROUP:
        raise NotInThisSheet
    text = text.strip()
    if not text:
        raise CommentEmpty
    made = CriterionComment.objects.create(assessment=sheet, criterion=criterion, text=text, by=by)
    record(
        by=by,
        action="assessments.comment_written",
        target=sheet,
        changes={"criterion": criterion.code, "text": text},
        unit_path=sheet.unit.path,
        notify=_others(sheet, of_unit=of_unit),
    )
    return made
