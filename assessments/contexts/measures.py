"""What the system itself knows of a unit, as answers to the criteria that it scores (`scored_by` "system").

A criterion names its measure in `parameters["measure"]`. An answer is {} while there is nothing to measure yet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F, Min, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.models import Assessment, CorrectiveAction, CriteriaSet, Criterion, Round
from plans.models import DueReport
from plans.period import VIETNAM

Answer = Mapping[str, Any]
LATEST = 9999  # days late that an answer takes


@dataclass(frozen=True, kw_only=True)
class Measure:
    """`kind`: the kind of criterion whose answer it gives. `read`: from a sheet with its round, at a moment."""

    title: Any
    kind: str
    read: Callable[[Assessment, datetime], Answer]


def _day(moment: datetime) -> date:
    return timezone.localtime(moment, VIETNAM).date()


def days_late(at: datetime, closes_at: datetime) -> int:
    """Days after the last day to do it; within [opens, closes) 0, after it at least 1."""
    if at < closes_at:
        return 0
    last_day = _day(closes_at - timedelta(microseconds=1))
    return min(max(1, (_day(at) - last_day).days), LATEST)


def _sheet_submitted(assessment: Assessment, now: datetime) -> Answer:
    """Against the round's end of self-scoring, or the end of the unit's own extension."""
    extensions = assessment.extensions.filter(phase=Round.Phase.SELF_SCORE).values_list("until", flat=True)
    closes_at = max([assessment.round.closes_at, *extensions])
    if assessment.submitted_at is not None:
        return {"days_late": days_late(assessment.submitted_at, closes_at)}
    return {} if now < closes_at else {"never": True}


def _reports_due(assessment: Assessment, now: datetime) -> list[tuple[date, datetime | None]]:
    """The last day and the first sending of every report on progress that the unit owed in the year of the round, as
    far as its day has passed."""
    sent = Q(updates__submitted_at__isnull=False)
    rows = (
        DueReport.objects.owed()
        .filter(unit=assessment.unit_id, period__due_on__year=assessment.round.year, period__due_on__lt=_day(now))
        .annotate(sent_at=Min("updates__submitted_at", filter=sent))
        .values_list("period__due_on", "sent_at")
    )
    return list(rows)


def _reports_late(assessment: Assessment, now: datetime) -> Answer:
    """The latest of the reports decides; one that was not sent is as late as today."""
    due = _reports_due(assessment, now)
    late = [max(0, (_day(sent_at or now) - due_on).days) for due_on, sent_at in due]
    return {"days_late": min(max(late), LATEST)} if late else {}


def _reports_on_time(assessment: Assessment, now: datetime) -> Answer:
    due = _reports_due(assessment, now)
    on_time = sum(1 for due_on, sent_at in due if sent_at is not None and _day(sent_at) <= due_on)
    return {"done": on_time, "of": len(due)} if due else {}


def _corrective_actions(assessment: Assessment, now: datetime) -> Answer:
    """Of the unit's corrective actions that were due in the year of the round: how many were done by their day."""
    due = CorrectiveAction.objects.filter(
        unit=assessment.unit_id, due_on__year=assessment.round.year, due_on__lt=_day(now)
    ).exclude(state=CorrectiveAction.State.CANCELLED)
    of = due.count()
    return {"done": due.filter(done_on__lte=F("due_on")).count(), "of": of} if of else {}


MEASURES: Mapping[str, Measure] = {
    "sheet_submitted_days_late": Measure(
        title=_("Days by which the sheet was submitted late"), kind=Criterion.Scoring.DEADLINE, read=_sheet_submitted
    ),
    "reports_days_late": Measure(
        title=_("Days by which the latest progress report of the year was late"),
        kind=Criterion.Scoring.DEADLINE,
        read=_reports_late,
    ),
    "reports_on_time": Measure(
        title=_("Progress reports of the year that were on time"), kind=Criterion.Scoring.RATIO, read=_reports_on_time
    ),
    "corrective_actions_on_time": Measure(
        title=_("Corrective actions of the year that were done by their day"),
        kind=Criterion.Scoring.RATIO,
        read=_corrective_actions,
    ),
}


class UnknownMeasure(ValueError):
    """A criterion is to be scored by the system, and names no measure that gives an answer of its kind."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    def __str__(self) -> str:
        return str(
            _("%(code)s: the system has no measure for it. Choose one of the list, or let the unit score it.")
        ) % {"code": self.code}


def measures_for(kind: str) -> Sequence[tuple[str, str]]:
    """Names and titles of the measures that answer a criterion of `kind`."""
    return [(name, str(measure.title)) for name, measure in MEASURES.items() if measure.kind == kind]


def measure_of(criterion: Criterion) -> Measure:
    """Raises UnknownMeasure."""
    measure = MEASURES.get(str(criterion.parameters.get("measure", "")))
    if measure is None or measure.kind != criterion.scoring:
        raise UnknownMeasure(criterion.code)
    return measure


def check_measures(criteria: Sequence[Criterion]) -> None:
    """Raise UnknownMeasure unless each of those that the system scores names a measure of its kind."""
    for criterion in criteria:
        if criterion.scored_by == Criterion.ScoredBy.SYSTEM:
            measure_of(criterion)


def system_answer(assessment: Assessment, criterion: Criterion, *, now: datetime) -> Answer:
    """What the system answers to `criterion` for this sheet (with its round) at this moment."""
    return measure_of(criterion).read(assessment, now)


def system_criteria(criteria_set: CriteriaSet, kind: str) -> list[Criterion]:
    """The criteria of a set that the system scores for units of `kind`, in their order."""
    criteria = criteria_set.criteria.filter(scored_by=Criterion.ScoredBy.SYSTEM).order_by("order")
    return [criterion for criterion in criteria if criterion.applies(kind)]
