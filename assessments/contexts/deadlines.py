"""Until when a sheet is taken: the round's dates and what an extension gave this unit, as one moment."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import DateTimeField, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from assessments.contexts.standing import window_of
from assessments.models import Assessment, Extension, Round

# The sheet is still the unit's: its head has not submitted it, or it came back.
WITH_UNIT = frozenset({Assessment.State.SCORING, Assessment.State.HEAD_REVIEW, Assessment.State.RETURNED})
WITH_ASSESSORS = frozenset({Assessment.State.SUBMITTED, Assessment.State.VERIFYING})
_CLOSES = {
    Round.Phase.SELF_SCORE: "round__closes_at",
    Round.Phase.VERIFY: "round__verify_closes_at",
    Round.Phase.APPEAL: "round__appeal_closes_at",
}
# A phase by its name; "Self-scoring" alone is also what a sheet is doing.
PHASE_NAMES = {
    Round.Phase.SELF_SCORE: pgettext_lazy("phase", "Self-scoring"),
    Round.Phase.VERIFY: pgettext_lazy("phase", "Verification"),
    Round.Phase.APPEAL: pgettext_lazy("phase", "Explanation and appeal"),
}
_SHORTEST = timedelta(microseconds=1)

Sheets = QuerySet[Assessment, Assessment]


def with_deadline(sheets: Sheets, phase: str = Round.Phase.SELF_SCORE) -> Any:
    """`sheets`, each with `ends`: the first moment at which its `phase` runs no more. Inside the same query."""
    given = Extension.objects.filter(assessment=OuterRef("pk"), phase=phase).order_by("-until").values("until")[:1]
    closes = F(_CLOSES[Round.Phase(phase)])
    ends = Greatest(Coalesce(Subquery(given), closes), Coalesce(closes, Subquery(given)), output_field=DateTimeField())
    return sheets.annotate(ends=ends)


def overdue(sheets: Sheets, at: datetime) -> Any:
    """Those of `sheets`, in rounds that run, whose self-scoring was over at `at` and that their units still have."""
    return with_deadline(sheets).filter(round__state=Round.State.RUNNING, state__in=WITH_UNIT, ends__lte=at)


def last_day(ends: datetime) -> date:
    """The last day, in Asia/Ho_Chi_Minh, of a phase that runs until `ends`, exclusive."""
    return timezone.localtime(ends - _SHORTEST).date()


def deadline_of(sheet: Assessment, phase: str) -> datetime | None:
    """Until when `phase` runs for this sheet. Reads `sheet.extensions`, which a list prefetches."""
    ends = [each.until for each in sheet.extensions.all() if each.phase == phase]
    return max(filter(None, [*ends, window_of(sheet.round, phase)[1]]), default=None)


def overdue_phase(sheet: Assessment, now: datetime) -> str:
    """The phase with which a sheet is late, "" where it is not."""
    if sheet.round.state != Round.State.RUNNING:
        return ""
    for phase, states in ((Round.Phase.SELF_SCORE, WITH_UNIT), (Round.Phase.VERIFY, WITH_ASSESSORS)):
        if sheet.state in states:
            ends = deadline_of(sheet, phase)
            return phase.value if ends and now >= ends else ""
    return ""
