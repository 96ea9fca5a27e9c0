"""Publishing a round's results by a numbered decision: places are stored, and every unit of the round is told."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from activity.services import record
from assessments.contexts.frozen import digest_over
from assessments.contexts.ranking import places_of
from assessments.models import Assessment, Decision, Round
from assessments.permissions import SETTLED
from assessments.services.approval import BATCH, NumberMissing, RoundNotRunning, locked_round
from assessments.services.standing import ActRefused
from plans.models import Evidence
from plans.services.told import reporters_of
from units.access import holders, holds_in
from units.models import Unit, User
from units.permissions import Permission


class ForeignFile(ActRefused):
    def __str__(self) -> str:
        return _("The signed copy must be a file of the unit that holds the round.")


@transaction.atomic
def publish(
    *, round: Round, number: str, decided_on: date, signer: str = "", file: Evidence | None = None, by: User
) -> Decision:
    """Publish what was approved. A sheet that was left out of the approval has no place and stays as it is.

    Raises PermissionDenied, RoundNotRunning, NumberMissing, ForeignFile.
    """
    round_ = locked_round(round)
    if not holds_in(by, Permission.ROUND_MANAGE, round_.unit):
        raise PermissionDenied
    if round_.state != Round.State.APPROVED:
        raise RoundNotRunning(round_)
    if not number.strip():
        raise NumberMissing
    if file is not None and file.unit_id != round_.unit_id:
        raise ForeignFile
    now = timezone.now()
    settled = Assessment.objects.select_for_update(of=("self",)).filter(round=round_, state__in=SETTLED)
    sheets = list(settled.only("pk", "round_id", "digest", "state", "rank", "version").order_by("pk"))
    places = places_of(round_, states=SETTLED)
    for sheet in sheets:
        sheet.rank = places[sheet.pk].place
        sheet.state = Assessment.State.PUBLISHED
        sheet.version += 1
        sheet.updated_at = now
    Assessment.objects.bulk_update(sheets, ["rank", "state", "version", "updated_at"], batch_size=BATCH)
    decision = Decision.objects.create(
        round=round_,
        kind=Decision.Kind.PUBLICATION,
        number=number.strip(),
        decided_on=decided_on,
        signer=signer.strip(),
        file=file,
        digest=digest_over({sheet.pk: sheet.digest for sheet in sheets}),
        by=by,
    )
    Round.objects.filter(pk=round_.pk).update(state=Round.State.PUBLISHED, published_at=now, version=F("version") + 1)
    units = Unit.objects.filter(assessments__round=round_).only("pk")
    record(
        by=by,
        action="assessments.round_published",
        target=decision,
        changes={
            "state": [Round.State.APPROVED.value, Round.State.PUBLISHED.value],
            "number": [None, decision.number],
            "decided_on": [None, decided_on.isoformat()],
            "sheets": [None, len(sheets)],
            "sha256": [None, decision.digest],
        },
        unit_path=round_.unit.path,
        notify={*reporters_of(units), *holders(Permission.ASSESSMENT_APPROVE, round_.unit)},
    )
    return decision
