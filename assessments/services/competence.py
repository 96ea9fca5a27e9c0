"""Whether an indicator of ISO 18091 is a unit's own affair: said by the unit while it scores, or by the officer."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from activity.services import record
from assessments.contexts.standing import may
from assessments.models import Assessment, Competence, CriteriaSet, Criterion
from assessments.permissions import SETTLED, Act
from assessments.services.rows import NotInThisSheet
from assessments.services.standing import WrongState, locked, require
from units.access import holds_in
from units.models import User
from units.permissions import Permission


def may_set_competence(user: User, assessment: Assessment) -> bool:
    """The unit while it scores; the round's officer until the result is approved."""
    if assessment.state in SETTLED:
        return False
    officer = holds_in(user, Permission.ROUND_MANAGE, assessment.round.unit)
    return officer or may(user, Act.SCORE, assessment, timezone.now())


def _require(assessment: Assessment, by: User) -> None:
    if holds_in(by, Permission.ROUND_MANAGE, assessment.round.unit):
        if assessment.state in SETTLED:
            raise WrongState(assessment)
        return
    require(Act.SCORE, assessment, by=by)


@transaction.atomic
def set_competence(
    *, assessment: Assessment, criterion: Criterion, kind: str, note: str, by: User
) -> Competence | None:
    """Say whose affair the indicator is; "" takes back what was said. Its light is shown either way. Saying the
    same again changes nothing.

    Raises PermissionDenied, WrongState, PhaseClosed, NotInThisSheet.
    """
    sheet = locked(assessment)
    _require(sheet, by)
    round_ = sheet.round
    of_set = criterion.criteria_set_id == round_.criteria_set_id and round_.criteria_set.scale == CriteriaSet.Scale.RAG
    if not of_set or criterion.scoring == Criterion.Scoring.GROUP or not criterion.applies(sheet.unit.kind):
        raise NotInThisSheet
    note = note.strip()
    before = Competence.objects.filter(assessment=sheet, criterion=criterion).first()
    was = (before.kind, before.note) if before else ("", "")
    if was == (kind, note):
        return before
    after = None
    if kind:
        after, _created = Competence.objects.update_or_create(
            assessment=sheet, criterion=criterion, defaults={"kind": kind, "note": note, "by": by}
        )
    elif before:
        before.delete()
    record(
        by=by,
        action="assessments.competence_set",
        target=sheet,
        changes={"criterion": criterion.code, "competence": [was[0], kind], "note": [was[1], note]},
        unit_path=sheet.unit.path,
    )
    return after
