"""What changed in a sheet since its head last dealt with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from activity.models import AuditEvent
from assessments.models import Assessment, Score
from units.models import User

DEALT_WITH = ("assessments.sheet_submitted", "assessments.sheet_taken_back")


@dataclass(frozen=True, kw_only=True)
class ChangesSeen:
    """`since`: when the person last submitted the sheet or gave it back; None: never. `codes`: the rows that others
    saved after that."""

    since: datetime | None
    codes: Sequence[str]


def changed_since_looked(assessment: Assessment, user: User) -> ChangesSeen:
    """At most two queries."""
    events = AuditEvent.objects.filter(
        target_model="assessments.assessment", target_id=str(assessment.pk), action__in=DEALT_WITH, by=user.pk
    )
    since = events.order_by("-pk").values_list("at", flat=True).first()
    if since is None:
        return ChangesSeen(since=None, codes=())
    rows = assessment.scores.filter(stage=Score.Stage.SELF, at__gt=since).exclude(by=user)
    codes = rows.order_by("criterion__order").values_list("criterion__code", flat=True)
    return ChangesSeen(since=since, codes=list(codes))
