"""One row of a sheet at one stage: how it is written, whoever writes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from activity.services import record
from assessments import scoring
from assessments.contexts.rules import policy_of, restated, rule_of
from assessments.models import Assessment, Criterion, Score
from assessments.services.standing import ActRefused
from assessments.services.totals import store_totals
from isoportal.templatetags.formats import moment
from units.models import User


class NotInThisSheet(Exception):
    def __str__(self) -> str:
        return _("This criterion is not scored in this sheet.")


class ReasonOwed(ActRefused):
    """A light was set by hand, and nothing says why."""

    def __str__(self) -> str:
        return _("The light is not the worst of the sub-indicators: write why, so that it can be saved.")


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


def row_of(assessment: Assessment, criterion: Criterion, stage: Score.Stage) -> QuerySet[Score]:
    return Score.objects.select_related("by").filter(assessment=assessment, criterion=criterion, stage=stage)


def _write(
    score: Score | None, assessment: Assessment, criterion: Criterion, stage: Score.Stage, version: int, **values: Any
) -> Score | None:
    """Create the row at version 1, or change it if it still has `version`; as it is then stored. None: somebody else
    was there first."""
    if score is None:
        try:
            with transaction.atomic():
                return Score.objects.create(assessment=assessment, criterion=criterion, stage=stage, **values)
        except IntegrityError:
            return None
    rows = Score.objects.filter(pk=score.pk, version=version)
    if rows.update(version=F("version") + 1, **values) != 1:
        return None
    for name, value in {**values, "version": version + 1}.items():
        setattr(score, name, value)
    return score


def put_row(
    *,
    assessment: Assessment,
    criterion: Criterion,
    stage: Score.Stage,
    answer: Mapping[str, Any],
    explanation: str,
    expected_version: int,
    by: User,
    now: datetime,
    action: str,
) -> Score:
    """Write a row of `stage` and the totals that follow from it; an empty `answer` clears it. The caller holds the lock
    of the sheet and has asked whether it takes the act; `action` is what the audit calls it.

    `expected_version` is that of the row as it was read, 0 where it was never saved. Writing what is stored already
    changes nothing. The row comes back with its sheet, whose totals are the new ones. A light set by hand over
    sub-indicators owes its reason at every stage.
    Raises NotInThisSheet, scoring.InvalidAnswer, ReasonOwed, StaleScore.
    """
    if criterion.criteria_set_id != assessment.round.criteria_set_id or criterion.scoring == Criterion.Scoring.GROUP:
        raise NotInThisSheet
    if not criterion.applies(assessment.unit.kind):
        raise NotInThisSheet
    rule = rule_of(criterion, "", policy_of(assessment.round.criteria_set))
    result = scoring.score(rule, answer)
    explanation = explanation.strip()
    before = row_of(assessment, criterion, stage).first()
    if before:
        before.assessment, before.criterion = assessment, criterion
    said = before.answer if before else {}
    if before and (said, before.explanation) == (dict(result.answer), explanation):
        return before
    if rule.kind is scoring.Kind.ROLL_UP and result.light and not explanation:
        raise ReasonOwed
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
    after = _write(before, assessment, criterion, stage, expected_version, **values, at=now)
    if after is None:
        raise StaleScore(stored=_saved(rule, row_of(assessment, criterion, stage).first()), mine=mine)
    store_totals(assessment, stage)
    record(
        by=by,
        action=action,
        target=after,
        changes={
            "criterion": criterion.code,
            "stage": stage.value,
            "answer": [said, after.answer],
            "result": [_told(was.result), _told(result)],
            "explanation": [was.explanation, explanation],
            "total": None if assessment.total is None else f"{assessment.total:.2f}",
        },
        unit_path=assessment.unit.path,
    )
    return after


def _told(result: scoring.Result) -> str | None:
    """Points or light as a JSON value, None where there is neither."""
    return f"{result.points:.2f}" if result.points is not None else result.light or None
