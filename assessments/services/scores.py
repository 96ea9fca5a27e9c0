"""Saving one row of a sheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from activity.services import record
from assessments import scoring
from assessments.contexts import round_state
from assessments.contexts.result import restated, rule_of
from assessments.models import Assessment, Criterion, Score
from assessments.services.totals import store_totals
from isoportal.templatetags.formats import moment
from units.models import User
from units.permissions import Permission


class NotInThisSheet(Exception):
    def __str__(self) -> str:
        return _("This criterion is not scored in this sheet.")


class RoundClosed(Exception):
    """The round does not take scores now: it has not opened yet, or it has closed."""

    def __init__(self, *, opens_at: datetime, closes_at: datetime, now: datetime) -> None:
        super().__init__(opens_at, closes_at)
        self.opens_at, self.closes_at, self.now = opens_at, closes_at, now

    def __str__(self) -> str:
        if self.now < self.opens_at:
            return _("Self-scoring opens at %(at)s.") % {"at": moment(self.opens_at)}
        return _("Self-scoring closed at %(at)s. Ask the province's programme officer to open it again.") % {
            "at": moment(self.closes_at)
        }


@dataclass(frozen=True, kw_only=True)
class ScoreValue:
    """One of the two values of a conflict. `result` holds its points or light and its arithmetic."""

    result: scoring.Result
    explanation: str
    version: int
    by: str
    at: datetime | None


class StaleScore(Exception):
    """Somebody saved the row after it was read. Carries what is stored, and what was to be saved."""

    def __init__(self, *, stored: ScoreValue, mine: ScoreValue) -> None:
        super().__init__(stored.version, mine.version)
        self.stored, self.mine = stored, mine

    def __str__(self) -> str:
        return _("%(who)s saved this row at %(at)s, after you had opened it.") % {
            "who": self.stored.by or _("Somebody"),
            "at": moment(self.stored.at),
        }


def _saved(rule: scoring.Rule, score: Score | None) -> ScoreValue:
    if score is None:
        return ScoreValue(result=scoring.Result(), explanation="", version=0, by="", at=None)
    return ScoreValue(
        result=restated(rule, score.answer),
        explanation=score.explanation,
        version=score.version,
        by=str(score.by),
        at=score.at,
    )


def _write(score: Score | None, assessment: Assessment, criterion: Criterion, version: int, **values: Any) -> bool:
    """Create the row at version 1, or change it if it still has `version`. False: somebody else was there first."""
    if score is None:
        try:
            with transaction.atomic():
                Score.objects.create(assessment=assessment, criterion=criterion, **values)
        except IntegrityError:
            return False
        return True
    rows = Score.objects.filter(pk=score.pk, version=version)
    return rows.update(version=F("version") + 1, **values) == 1


@transaction.atomic
def save_score(
    *,
    assessment: Assessment,
    criterion: Criterion,
    answer: Mapping[str, Any],
    explanation: str,
    expected_version: int,
    by: User,
) -> Score:
    """Save one row and the totals that follow from it. An empty `answer` clears the row.

    `expected_version` is that of the row as it was read, 0 where it was never saved. Saving what is stored already
    changes nothing, so a form that was sent twice is saved once. Raises PermissionDenied, RoundClosed, NotInThisSheet,
    scoring.InvalidAnswer, StaleScore.
    """
    if not Assessment.objects.allowed_to(by, Permission.ASSESSMENT_SCORE).filter(pk=assessment.pk).exists():
        raise PermissionDenied
    # Everybody who changes a row of this sheet passes this lock, so that totals are summed from rows at rest.
    locked = Assessment.objects.select_for_update(of=("self",)).select_related("round", "unit").get(pk=assessment.pk)
    now = timezone.now()
    if round_state(locked.round, now) != "open":
        raise RoundClosed(opens_at=locked.round.opens_at, closes_at=locked.round.closes_at, now=now)
    if criterion.criteria_set_id != locked.round.criteria_set_id or criterion.scoring == Criterion.Scoring.GROUP:
        raise NotInThisSheet
    rule = rule_of(criterion, "")
    result = scoring.score(rule, answer)
    explanation = explanation.strip()
    before = Score.objects.select_related("by").filter(assessment=locked, criterion=criterion).first()
    if before and (before.answer, before.explanation) == (dict(result.answer), explanation):
        return before
    was = _saved(rule, before)
    mine = ScoreValue(result=result, explanation=explanation, version=expected_version, by=str(by), at=now)
    values = {
        "answer": dict(result.answer),
        "points": result.points,
        "light": result.light,
        "explanation": explanation,
        "by": by,
    }
    if was.version != expected_version:
        raise StaleScore(stored=was, mine=mine)
    if not _write(before, locked, criterion, expected_version, **values, at=now):
        current = Score.objects.select_related("by").filter(assessment=locked, criterion=criterion).first()
        raise StaleScore(stored=_saved(rule, current), mine=mine)
    store_totals(locked)
    after = Score.objects.select_related("by").get(assessment=locked, criterion=criterion)
    record(
        by=by,
        action="assessments.score_saved" if result.is_scored else "assessments.score_cleared",
        target=after,
        changes={
            "criterion": criterion.code,
            "answer": [before.answer if before else {}, after.answer],
            "result": [_told(was.result), _told(result)],
            "explanation": [was.explanation, explanation],
            "total": None if locked.total is None else f"{locked.total:.2f}",
        },
        unit_path=locked.unit.path,
    )
    return after


def _told(result: scoring.Result) -> str | None:
    """Points or light as a JSON value, None where there is neither."""
    return f"{result.points:.2f}" if result.points is not None else result.light or None
