"""Whether a sheet takes an act now: the one place where every service that changes a sheet asks."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.contexts.standing import holds_for, runs, window_of
from assessments.models import Assessment
from assessments.permissions import ACTS, SETTLED, Act
from isoportal.templatetags.formats import moment
from units.models import User


class ActRefused(Exception):
    """Why a sheet does not take an act."""


class WrongState(ActRefused):
    """The sheet stands where the act is not possible: somebody was faster, or its time is over."""

    def __init__(self, assessment: Assessment) -> None:
        super().__init__(assessment.state)
        self.assessment = assessment

    def __str__(self) -> str:
        if self.assessment.state in SETTLED:
            return _("The result is approved: it changes only by a numbered decision.")
        return _("The sheet is in the state “%(state)s”, in which this cannot be done. Load the page again.") % {
            "state": self.assessment.get_state_display()
        }


class PhaseClosed(ActRefused):
    """The phase does not run now, neither by the round's dates nor by an extension."""

    def __init__(self, *, phase: str, opens_at: datetime | None, closes_at: datetime | None, now: datetime) -> None:
        super().__init__(phase, opens_at, closes_at)
        self.phase, self.opens_at, self.closes_at, self.now = phase, opens_at, closes_at, now

    def __str__(self) -> str:
        words = {
            "self_score": (
                _("Self-scoring opens at %(at)s."),
                _("Self-scoring closed at %(at)s. Ask the province's programme officer to open it again."),
            ),
            "verify": (_("Verification opens at %(at)s."), _("Verification closed at %(at)s.")),
            "appeal": (
                _("Appeals are taken from %(at)s."),
                _("Appeals were taken until %(at)s. Ask the province's programme officer for an extension."),
            ),
        }
        before, after = words[self.phase]
        if self.opens_at and self.now < self.opens_at:
            return before % {"at": moment(self.opens_at)}
        if self.closes_at and self.now >= self.closes_at:
            return after % {"at": moment(self.closes_at)}
        return _("The round does not take this now: it is still being prepared, or sets no dates for it.")


def locked(assessment: Assessment) -> Assessment:
    """The sheet as it stands, locked until the transaction ends: everybody who changes it passes here, so that totals
    are summed from rows at rest."""
    return Assessment.objects.with_sheet_head().select_for_update(of=("self",)).get(pk=assessment.pk)


def require(act: Act, assessment: Assessment, *, by: User) -> datetime:
    """The moment at which `by` does `act` with `assessment`, which is locked. Raises PermissionDenied, WrongState,
    PhaseClosed."""
    rule = ACTS[act]
    if not holds_for(by, act, assessment):
        raise PermissionDenied
    now = timezone.now()
    if assessment.state not in rule.states:
        raise WrongState(assessment)
    if rule.phase is not None and not runs(assessment, rule.phase, now):
        opens_at, closes_at = window_of(assessment.round, rule.phase)
        raise PhaseClosed(phase=rule.phase, opens_at=opens_at, closes_at=closes_at, now=now)
    return now


def move(assessment: Assessment, act: Act, **values: object) -> None:
    """Write the state that `act` leads to, and `values` with it. The caller holds the lock and has asked `require`."""
    to = ACTS[act].to or assessment.state
    fields = {"state": to, "updated_at": timezone.now(), **values}
    for name, value in fields.items():
        setattr(assessment, name, value)
    Assessment.objects.filter(pk=assessment.pk).update(version=F("version") + 1, **fields)
    assessment.version += 1
