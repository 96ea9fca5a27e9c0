"""The minutes of a visit: written, drawn up once, then signed by both sides."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from activity.services import record
from assessments.models import Visit
from assessments.permissions import VisitAct
from assessments.services.visits import VisitRefused, require_visit, told_of, turn_visit
from plans.models import Evidence
from units.models import User

FIELDS = ("conclusion", "requests", "opinion")


class NoConclusion(VisitRefused):
    field = "conclusion"

    def __str__(self) -> str:
        return _("Write what the team concludes: minutes without a conclusion cannot be drawn up.")


class ItemsLeft(VisitRefused):
    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.count = count

    def __str__(self) -> str:
        return _(
            "Questions of the checklist without an answer: %(count)s. Answer them, or mark them as not looked at."
        ) % {"count": self.count}


class NoSignature(VisitRefused):
    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field

    def __str__(self) -> str:
        return _("Give the name of who signed for the team and of who signed for the unit.")


class SignedBeforeHeld(VisitRefused):
    field = "signed_on"

    def __str__(self) -> str:
        return _("Minutes are signed on the day of the visit or later, and not in the future.")


class ForeignCopy(VisitRefused):
    field = "files"

    def __str__(self) -> str:
        return _("The signed copy is not a file of the visited unit or was withdrawn. Send it again.")


@transaction.atomic
def write_minutes(
    *, visit: Visit, conclusion: str, requests: str, opinion: str, expected_version: int, by: User
) -> Visit:
    """Keep what is written so far. Raises PermissionDenied, InspectionClosed, NotInThisVisitState, StaleVisit."""
    before = require_visit(visit, VisitAct.WRITE, by=by)
    return _write(before, VisitAct.WRITE, expected_version, by, conclusion, requests, opinion)


@transaction.atomic
def draw_up_minutes(
    *, visit: Visit, conclusion: str, requests: str, opinion: str, expected_version: int, by: User
) -> Visit:
    """From now on nothing of checklist and findings changes, and the unit reads them and is told. Raises
    PermissionDenied, InspectionClosed, NotInThisVisitState, NoConclusion, ItemsLeft, StaleVisit."""
    before = require_visit(visit, VisitAct.MINUTE, by=by)
    if not conclusion.strip():
        raise NoConclusion
    left = before.checklist.filter(result="").count()
    if left:
        raise ItemsLeft(left)
    return _write(before, VisitAct.MINUTE, expected_version, by, conclusion, requests, opinion)


@transaction.atomic
def sign_minutes(
    *,
    visit: Visit,
    signed_by_team: str,
    signed_by_unit: str,
    signed_on: date,
    opinion: str | None = None,
    signed_copy: Evidence | None = None,
    expected_version: int,
    by: User,
) -> Visit:
    """Who signed the minutes and when; the unit's opinion may be added as it was written over its signature. Raises
    PermissionDenied, InspectionClosed, NotInThisVisitState, NoSignature, SignedBeforeHeld, ForeignCopy, StaleVisit."""
    before = require_visit(visit, VisitAct.SIGN, by=by)
    names = {"signed_by_team": signed_by_team.strip(), "signed_by_unit": signed_by_unit.strip()}
    for name, value in names.items():
        if not value:
            raise NoSignature(name)
    began = timezone.localtime(before.starts_at).date() if before.starts_at else before.planned_on
    if not began <= signed_on <= timezone.localdate():
        raise SignedBeforeHeld
    if signed_copy is not None and (signed_copy.unit_id != before.unit_id or signed_copy.withdrawn_at is not None):
        raise ForeignCopy
    said = before.opinion if opinion is None else opinion.strip()
    after = turn_visit(
        before,
        VisitAct.SIGN,
        expected_version,
        **names,
        signed_on=signed_on,
        signed_copy=signed_copy,
        opinion=said,
    )
    changes: dict[str, object] = {name: [None, value] for name, value in names.items()}
    changes |= {"signed_on": [None, signed_on.isoformat()], "state": [before.state, after.state]}
    if said != before.opinion:
        changes["opinion"] = [before.opinion or None, said]
    record(
        by=by,
        action="assessments.minutes_signed",
        target=after,
        unit_path=after.unit.path,
        changes=changes,
        notify=told_of(after.unit),
    )
    return after


def _write(
    before: Visit, act: VisitAct, expected_version: int, by: User, conclusion: str, requests: str, opinion: str
) -> Visit:
    wanted = {"conclusion": conclusion.strip(), "requests": requests.strip(), "opinion": opinion.strip()}
    after = turn_visit(before, act, expected_version, **wanted)
    out = act == VisitAct.MINUTE
    changes = {name: [getattr(before, name) or None, value] for name, value in wanted.items()}
    changes = {name: pair for name, pair in changes.items() if (pair[0] or "") != pair[1]}
    if out:
        changes["state"] = [before.state, after.state]
    if changes:
        record(
            by=by,
            action="assessments.minutes_drawn_up" if out else "assessments.minutes_saved",
            target=after,
            unit_path=after.unit.path if out else after.inspection.unit.path,
            changes=changes,
            notify=told_of(after.unit) if out else (),
        )
    return after
