"""Letting single units do what a phase's dates no longer allow.

Locks follow from the time alone: a sheet takes an act while the phase runs by the round's dates or by an extension of
its own. Nothing is closed by a job, so nothing can be closed twice, and what one unit was given opens no other sheet.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from activity.services import record
from assessments.contexts.standing import window_of
from assessments.models import Assessment, Assignment, Extension, Round
from assessments.services.phases import ReasonMissing, manages, scorers_of, told
from isoportal.templatetags.formats import moment
from units.models import User

# From here on a sheet has left the hands of the unit and of its assessors.
DONE_WITH = frozenset({Assessment.State.PROPOSED, Assessment.State.APPROVED, Assessment.State.PUBLISHED})


class ExtensionRefused(Exception):
    """Why no extension was made. Nothing was stored for any of the sheets."""


class UntilPassed(ExtensionRefused):
    def __str__(self) -> str:
        return _("Choose a moment that is still to come.")


class NotLater(ExtensionRefused):
    """The sheet has as much time already."""

    def __init__(self, assessment: Assessment, until: datetime) -> None:
        super().__init__(assessment.pk, until)
        self.assessment, self.until = assessment, until

    def __str__(self) -> str:
        return _("%(unit)s has until %(at)s already. Choose a later moment.") % {
            "unit": self.assessment.unit.label,
            "at": moment(self.until),
        }


class NothingToExtend(ExtensionRefused):
    def __init__(self, assessment: Assessment) -> None:
        super().__init__(assessment.pk)
        self.assessment = assessment

    def __str__(self) -> str:
        return _("%(unit)s: the sheet is “%(state)s”, in which more time changes nothing.") % {
            "unit": self.assessment.unit.label,
            "state": self.assessment.get_state_display(),
        }


class NotOpenYet(ExtensionRefused):
    def __str__(self) -> str:
        return _("The round is still being prepared: change its dates instead.")


class ExtensionOver(ExtensionRefused):
    def __str__(self) -> str:
        return _("The extension has ended already.")


class NobodyChosen(ExtensionRefused):
    def __str__(self) -> str:
        return _("Choose at least one unit.")


@transaction.atomic
def extend(*, assessments: Sequence[Assessment], phase: str, until: datetime, reason: str, by: User) -> list[Extension]:
    """Give the sheets, of one round, time for `phase` until `until`, exclusive; the units read the reason, and of
    verification the assessors. All of them or none. Raises PermissionDenied, ExtensionRefused, ReasonMissing."""
    if not assessments:
        raise NobodyChosen
    reason = reason.strip()
    if not reason:
        raise ReasonMissing
    if until <= timezone.now():
        raise UntilPassed
    phase = Round.Phase(phase)
    sheets = list(
        Assessment.objects.select_for_update(of=("self",))
        .select_related("unit", "round__unit")
        .filter(pk__in=[each.pk for each in assessments])
        .order_by("pk")
    )
    for sheet in sheets:
        manages(by, sheet.round.unit)
    if any(sheet.round.state == Round.State.PREPARING for sheet in sheets):
        raise NotOpenYet
    return [_extend(sheet, phase, until, reason, by) for sheet in sheets]


def _extend(sheet: Assessment, phase: Round.Phase, until: datetime, reason: str, by: User) -> Extension:
    if sheet.state in DONE_WITH:
        raise NothingToExtend(sheet)
    given = sheet.extensions.filter(phase=phase).order_by("-until").values_list("until", flat=True).first()
    closes = window_of(sheet.round, phase)[1]
    has = max(filter(None, (given, closes)), default=None)
    if has and until <= has:
        raise NotLater(sheet, has)
    made = Extension.objects.create(assessment=sheet, phase=phase, until=until, reason=reason, by=by)
    _tell("assessments.extended", made, has, reason, by)
    return made


@transaction.atomic
def end_extension(*, extension: Extension, reason: str, by: User) -> Extension:
    """Let the extension end now instead of at the moment it was given until; who was told of it reads the reason. The
    round's own dates stay as they are. Raises PermissionDenied, ExtensionRefused, ReasonMissing."""
    reason = reason.strip()
    sheet = (
        Assessment.objects.select_for_update(of=("self",))
        .select_related("unit", "round__unit")
        .get(pk=extension.assessment_id)
    )
    manages(by, sheet.round.unit)
    if not reason:
        raise ReasonMissing
    extension = sheet.extensions.get(pk=extension.pk)
    now = timezone.now()
    if extension.until <= now:
        raise ExtensionOver
    given, extension.until = extension.until, now
    extension.save(update_fields=["until"])
    _tell("assessments.extension_ended", extension, given, reason, by)
    return extension


def _tell(action: str, extension: Extension, before: datetime | None, reason: str, by: User) -> None:
    """The unit, and of verification its assessors, of the time the sheet has now instead of `before`."""
    sheet = extension.assessment
    concerned = set(scorers_of(sheet.unit))
    if extension.phase == Round.Phase.VERIFY:
        concerned |= set(Assignment.objects.filter(assessment=sheet).values_list("assessor_id", flat=True))
    record(
        by=by,
        action=action,
        target=sheet,
        changes={"phase": str(extension.phase), "until": [told(before), told(extension.until)]},
        unit_path=sheet.unit.path,
        reason=reason,
        notify=concerned,
    )
