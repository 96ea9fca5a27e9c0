"""Rounds of assessment and the sheets in them."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from activity.services import record
from assessments.models import Assessment, CriteriaSet, Round
from units.access import allowed_units
from units.models import Unit, User
from units.permissions import Permission


class RoundRefused(Exception):
    """Why a round or a sheet could not be opened."""


class CriteriaSetNotPublished(RoundRefused):
    def __str__(self) -> str:
        return _("The criteria set is not in force. Choose a published version.")


class RoundOutOfOrder(RoundRefused):
    def __str__(self) -> str:
        return _("The round must close after it opens.")


class RoundExists(RoundRefused):
    def __str__(self) -> str:
        return _("This unit already has a round by this criteria set in this year.")


class UnitOutsideRound(RoundRefused):
    def __str__(self) -> str:
        return _("The unit does not belong to the unit that holds the round.")


class AssessmentExists(RoundRefused):
    def __str__(self) -> str:
        return _("The unit already has a sheet in this round.")


def _manages(user: User, unit: Unit) -> None:
    if not allowed_units(user, Permission.ROUND_MANAGE).filter(pk=unit.pk).exists():
        raise PermissionDenied


@transaction.atomic
def open_round(
    *, unit: Unit, criteria_set: CriteriaSet, title: str, year: int, opens_at: datetime, closes_at: datetime, by: User
) -> Round:
    """A round over [opens_at, closes_at) in which the units below `unit` score themselves by `criteria_set`."""
    _manages(by, unit)
    if criteria_set.status != CriteriaSet.Status.PUBLISHED:
        raise CriteriaSetNotPublished
    if opens_at >= closes_at:
        raise RoundOutOfOrder
    if Round.objects.filter(unit=unit, criteria_set=criteria_set, year=year).exists():
        raise RoundExists
    round_ = Round.objects.create(
        unit=unit,
        criteria_set=criteria_set,
        title=title,
        year=year,
        opens_at=opens_at,
        closes_at=closes_at,
        created_by=by,
    )
    record(
        by=by,
        action="assessments.round_opened",
        target=round_,
        changes={"opens_at": [None, opens_at.isoformat()], "closes_at": [None, closes_at.isoformat()]},
        unit_path=unit.path,
    )
    return round_


@transaction.atomic
def open_assessment(*, round: Round, unit: Unit, by: User) -> Assessment:
    """An empty sheet for `unit`, which stands below the unit that holds the round."""
    _manages(by, round.unit)
    if not unit.path.startswith(round.unit.path):
        raise UnitOutsideRound
    if Assessment.objects.filter(round=round, unit=unit).exists():
        raise AssessmentExists
    assessment = Assessment.objects.create(round=round, unit=unit)
    record(
        by=by,
        action="assessments.assessment_opened",
        target=assessment,
        changes={"round": [None, round.title], "unit": [None, unit.name]},
        unit_path=unit.path,
    )
    return assessment
