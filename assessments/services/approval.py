"""Proposing results for approval, and approving them: what is approved is frozen with its SHA-256."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activity.services import record
from assessments.contexts.frozen import digest_of, digest_over, frozen_sheets
from assessments.contexts.standing import is_own, window_of
from assessments.models import Appeal, Assessment, Decision, Extension, Round
from assessments.permissions import Act
from assessments.services.standing import ActRefused, locked, move, require
from isoportal.templatetags.formats import moment
from plans.services.told import reporters_of
from units.access import holders, holds_in
from units.models import User
from units.permissions import Permission

BATCH = 100
MOST_NAMED = 5


class ReasonMissing(ActRefused):
    def __str__(self) -> str:
        return _("Write down the reason: it is kept with the result.")


class NumberMissing(ActRefused):
    def __str__(self) -> str:
        return _("Give the number of the decision: a result is published, and changed afterwards, only by one.")


class AppealsRun(ActRefused):
    """The unit may still appeal."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until

    def __str__(self) -> str:
        return _(
            "The unit may appeal until %(at)s. Wait until then, or give the reason why it is proposed before: all its "
            "appeals must be decided."
        ) % {"at": moment(self.until)}


class AppealsOpen(ActRefused):
    def __str__(self) -> str:
        return _("An appeal of the unit is not decided yet. Decide it, then propose the result.")


class RoundNotRunning(ActRefused):
    """The results of the round were approved already, or it is still being prepared."""

    def __init__(self, round_: Round) -> None:
        super().__init__(round_.state)
        self.round = round_

    def __str__(self) -> str:
        return _("The round is in the state “%(state)s”, in which this cannot be done. Load the page again.") % {
            "state": self.round.get_state_display()
        }


class SheetsNotProposed(ActRefused):
    """Sheets that are neither proposed nor left out with a reason."""

    def __init__(self, sheets: Sequence[Assessment]) -> None:
        super().__init__([sheet.pk for sheet in sheets])
        self.sheets = sheets

    def __str__(self) -> str:
        names = ", ".join(sheet.unit.label for sheet in self.sheets[:MOST_NAMED])
        more = len(self.sheets) - MOST_NAMED
        if more > 0:
            names += ngettext(" and %(more)s more", " and %(more)s more", more) % {"more": more}
        return _("Not proposed yet: %(names)s. Propose them, or leave each out with a reason.") % {"names": names}


class NothingToApprove(ActRefused):
    def __str__(self) -> str:
        return _("No result of the round is proposed for approval.")


class OwnResult(ActRefused):
    def __str__(self) -> str:
        return _("Nobody decides on the result of their own unit. Ask another leader of the province.")


@dataclass(frozen=True, kw_only=True)
class Proposed:
    """What came of one row: `refused` None where the sheet is proposed now."""

    assessment: Assessment
    refused: Exception | None = None


def locked_round(round_: Round) -> Round:
    """The round as it stands, locked until the transaction ends. Whoever decides on results passes here before any
    sheet, so that two of them never wait for each other."""
    return (
        Round.objects.select_for_update(of=("self",), no_key=True)
        .select_related("unit", "criteria_set")
        .get(pk=round_.pk)
    )


def propose(*, assessments: Iterable[Assessment], reason: str = "", by: User) -> list[Proposed]:
    """Each sheet by itself, as a row of the answer: one that is refused keeps no other back."""
    rows = []
    for assessment in assessments:
        try:
            sheet = _propose(assessment=assessment, reason=reason.strip(), by=by)
        except (ActRefused, PermissionDenied) as refused:
            rows.append(Proposed(assessment=assessment, refused=refused))
        else:
            rows.append(Proposed(assessment=sheet))
    return rows


@transaction.atomic
def _propose(*, assessment: Assessment, reason: str, by: User) -> Assessment:
    round_ = locked_round(assessment.round)
    sheet = locked(assessment)
    now = require(Act.PROPOSE, sheet, by=by)
    if round_.state != Round.State.RUNNING:
        raise RoundNotRunning(round_)
    undecided = [Appeal.State.OPEN, Appeal.State.DRAFT]
    until = _appeals_until(sheet, now)
    if sheet.appeals.filter(state__in=undecided if until else undecided[:1]).exists():
        raise AppealsRun(until) if until and not reason else AppealsOpen
    if until and not reason:
        raise AppealsRun(until)
    move(sheet, Act.PROPOSE)
    record(
        by=by,
        action="assessments.result_proposed",
        target=sheet,
        changes={"state": [Assessment.State.PRELIMINARY.value, Assessment.State.PROPOSED.value]},
        reason=reason,
        unit_path=sheet.unit.path,
        notify=holders(Permission.ASSESSMENT_APPROVE, round_.unit),
    )
    return sheet


def _appeals_until(sheet: Assessment, now: datetime) -> datetime | None:
    """The moment until which the unit may appeal, by the round's dates or its own extension; None when it is over."""
    _opens, closes = window_of(sheet.round, Round.Phase.APPEAL)
    extended = Extension.objects.filter(assessment=sheet, phase=Round.Phase.APPEAL, until__gt=now)
    ends = [each for each in [closes, *extended.values_list("until", flat=True)] if each and each > now]
    return max(ends, default=None)


@transaction.atomic
def withdraw_proposal(*, assessment: Assessment, reason: str, by: User) -> Assessment:
    """Back to the preliminary result. Raises PermissionDenied, WrongState, ReasonMissing."""
    locked_round(assessment.round)
    sheet = locked(assessment)
    require(Act.WITHDRAW_PROPOSAL, sheet, by=by)
    if not reason.strip():
        raise ReasonMissing
    move(sheet, Act.WITHDRAW_PROPOSAL)
    record(
        by=by,
        action="assessments.proposal_withdrawn",
        target=sheet,
        changes={"state": [Assessment.State.PROPOSED.value, Assessment.State.PRELIMINARY.value]},
        reason=reason.strip(),
        unit_path=sheet.unit.path,
        notify=holders(Permission.ASSESSMENT_APPROVE, sheet.round.unit),
    )
    return sheet


@transaction.atomic
def approve_round(
    *,
    round: Round,
    number: str = "",
    decided_on: date,
    signer: str = "",
    left_out: Mapping[int, str] | None = None,
    by: User,
) -> Decision:
    """Approve every proposed sheet of the round and freeze it. `left_out`: the reason for each sheet, by its id, that
    is not approved with the others; the decision keeps it.

    Raises PermissionDenied, RoundNotRunning, SheetsNotProposed, NothingToApprove, OwnResult.
    """
    round_ = locked_round(round)
    if not holds_in(by, Permission.ASSESSMENT_APPROVE, round_.unit):
        raise PermissionDenied
    if round_.state != Round.State.RUNNING:
        raise RoundNotRunning(round_)
    reasons = {pk: text.strip() for pk, text in (left_out or {}).items() if text.strip()}
    sheets = list(
        Assessment.objects.select_for_update(of=("self",))
        .select_related("unit", "round__criteria_set")
        .filter(round=round_)
        .order_by("pk")
    )
    approved = [sheet for sheet in sheets if sheet.pk not in reasons]
    if pending := [sheet for sheet in approved if sheet.state != Assessment.State.PROPOSED]:
        raise SheetsNotProposed(pending)
    if not approved:
        raise NothingToApprove
    if all(is_own(by, sheet) for sheet in approved):
        raise OwnResult
    digests = _freeze(approved)
    decision = Decision.objects.create(
        round=round_,
        kind=Decision.Kind.APPROVAL,
        number=number.strip(),
        decided_on=decided_on,
        signer=signer.strip(),
        changes=[
            {"assessment": sheet.pk, "unit": sheet.unit.name, "state": sheet.state, "left_out": reasons[sheet.pk]}
            for sheet in sheets
            if sheet.pk in reasons
        ],
        digest=digest_over(digests),
        by=by,
    )
    Round.objects.filter(pk=round_.pk).update(state=Round.State.APPROVED, version=F("version") + 1)
    record(
        by=by,
        action="assessments.round_approved",
        target=round_,
        changes={
            "state": [Round.State.RUNNING.value, Round.State.APPROVED.value],
            "number": [None, decision.number],
            "decided_on": [None, decided_on.isoformat()],
            "sheets": [None, len(approved)],
            "left_out": [None, [sheet.unit.name for sheet in sheets if sheet.pk in reasons]],
            "sha256": [None, decision.digest],
        },
        unit_path=round_.unit.path,
        notify={*reporters_of(sheet.unit for sheet in approved), *holders(Permission.ROUND_MANAGE, round_.unit)},
    )
    return decision


def _freeze(sheets: Sequence[Assessment]) -> dict[int, str]:
    """Each sheet approved, frozen as its rows stand, with its digest: a few queries a hundred sheets."""
    now = timezone.now()
    digests = {}
    for start in range(0, len(sheets), BATCH):
        batch = sheets[start : start + BATCH]
        frozen = frozen_sheets(batch)
        for sheet in batch:
            sheet.state = Assessment.State.APPROVED
            sheet.frozen = frozen[sheet.pk]
            sheet.digest = digests[sheet.pk] = digest_of(frozen[sheet.pk])
            sheet.version += 1
            sheet.updated_at = now
        Assessment.objects.bulk_update(batch, ["state", "frozen", "digest", "version", "updated_at"])
    return digests
