"""Changing a result that was approved: only by a numbered decision, which keeps what was frozen before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from activity.services import record
from assessments.contexts.frozen import digest_of, digest_over, frozen_sheets
from assessments.contexts.ranking import places_of
from assessments.contexts.rules import standing_scores
from assessments.contexts.standing import is_own
from assessments.models import Assessment, Criterion, Decision, Score
from assessments.permissions import SETTLED, Act
from assessments.services.approval import BATCH, NumberMissing, OwnResult, ReasonMissing, locked_round
from assessments.services.rows import put_row, row_of
from assessments.services.standing import ActRefused, locked, move, require
from plans.services.told import reporters_of
from units.access import holders
from units.models import Unit, User
from units.permissions import Permission


class NothingChanged(ActRefused):
    def __str__(self) -> str:
        return _("The answer gives the criterion what it has already: there is nothing to decide.")


class StaleResult(ActRefused):
    """Another decision changed the sheet after it was read."""

    def __init__(self, decision: Decision | None) -> None:
        super().__init__(decision.pk if decision else None)
        self.decision = decision

    def __str__(self) -> str:
        if self.decision is None:
            return _("The result was changed after you had opened it. Load the page again.")
        return _("%(who)s changed this result by decision %(number)s after you had opened it. Load the page again.") % {
            "who": self.decision.by,
            "number": self.decision.number,
        }


@transaction.atomic
def change_result(
    *,
    assessment: Assessment,
    criterion: Criterion,
    answer: Mapping[str, Any],
    reason: str,
    number: str,
    decided_on: date,
    signer: str = "",
    expected_version: int | None = None,
    by: User,
) -> Decision:
    """Decide on one criterion of a settled sheet: its totals, grade and frozen content follow, and the places of its
    group where the round is published. `expected_version` is that of the sheet as it was read.

    Raises PermissionDenied, WrongState, OwnResult, ReasonMissing, NumberMissing, StaleResult, NotInThisSheet,
    scoring.InvalidAnswer, NothingChanged.
    """
    locked_round(assessment.round)
    sheet = locked(assessment)
    now = require(Act.CHANGE_RESULT, sheet, by=by)
    if is_own(by, sheet):
        raise OwnResult
    if not reason.strip():
        raise ReasonMissing
    if not number.strip():
        raise NumberMissing
    if expected_version is not None and expected_version != sheet.version:
        raise StaleResult(_last_change(sheet))
    former = {"digest": sheet.digest, "frozen": sheet.frozen}
    before = _told(sheet, criterion)
    kept = row_of(sheet, criterion, Score.Stage.FINAL).first()
    put_row(
        assessment=sheet,
        criterion=criterion,
        stage=Score.Stage.FINAL,
        answer=answer,
        explanation=reason,
        expected_version=kept.version if kept else 0,
        by=by,
        now=now,
        action="assessments.result_changed",
    )
    after = _told(sheet, criterion)
    if before["result"] == after["result"]:
        raise NothingChanged
    frozen = frozen_sheets([sheet])[sheet.pk]
    move(sheet, Act.CHANGE_RESULT, frozen=frozen, digest=digest_of(frozen))
    moved = _rank_again(sheet) if sheet.state == Assessment.State.PUBLISHED else []
    digests = Assessment.objects.filter(round=sheet.round_id, state__in=SETTLED).values_list("pk", "digest")
    decision = Decision.objects.create(
        round=sheet.round,
        kind=Decision.Kind.CHANGE,
        number=number.strip(),
        decided_on=decided_on,
        signer=signer.strip(),
        text=reason.strip(),
        changes=[
            {
                "assessment": sheet.pk,
                "unit": sheet.unit.name,
                "criterion": criterion.code,
                "title": criterion.title,
                "before": before["result"],
                "after": after["result"],
                "reason": reason.strip(),
                "total": [before["total"], after["total"]],
                "grade": [before["grade"], after["grade"]],
                "ranks": moved,
                "former": former,
            }
        ],
        digest=digest_over(dict(digests)),
        by=by,
    )
    touched = Unit.objects.filter(assessments__in=[sheet.pk, *(each["assessment"] for each in moved)]).only("pk")
    record(
        by=by,
        action="assessments.change_decided",
        target=decision,
        changes={
            "number": [None, decision.number],
            "decided_on": [None, decided_on.isoformat()],
            "unit": [None, sheet.unit.name],
            "criterion": [None, criterion.code],
            "result": [before["result"], after["result"]],
            "total": [before["total"], after["total"]],
            "sha256": [former["digest"], sheet.digest],
        },
        reason=reason.strip(),
        unit_path=sheet.unit.path,
        notify={*reporters_of(touched), *holders(Permission.ROUND_MANAGE, sheet.round.unit)},
    )
    return decision


def _told(sheet: Assessment, criterion: Criterion) -> dict[str, str | None]:
    """What stands for the criterion, and the sheet's total and grade, as JSON values."""
    rows = sheet.scores.filter(criterion=criterion).select_related("criterion")
    stands = standing_scores(rows).get(criterion.code)
    total = sheet.final_total
    return {
        "result": None if stands is None else _result(stands),
        "total": None if total is None else f"{total:.2f}",
        "grade": sheet.grade,
    }


def _result(score: Score) -> str:
    if score.answer.get("not_applicable") is True:
        return "not_applicable"
    return f"{score.points:.2f}" if score.points is not None else score.light


def _rank_again(sheet: Assessment) -> list[dict[str, Any]]:
    """Store the places of the sheet's group anew; who moved, from where to where."""
    places = places_of(sheet.round, states=SETTLED)
    group = Assessment.objects.select_for_update(of=("self",)).filter(
        round=sheet.round_id, ranking_group=sheet.ranking_group, state=Assessment.State.PUBLISHED
    )
    now = timezone.now()
    moved, told = [], []
    for each in group.only("pk", "round_id", "rank").order_by("pk"):
        place = places[each.pk].place
        if place != each.rank:
            told.append({"assessment": each.pk, "before": each.rank, "after": place})
            each.rank, each.updated_at = place, now
            moved.append(each)
    Assessment.objects.bulk_update(moved, ["rank", "updated_at"], batch_size=BATCH)
    return told


def _last_change(sheet: Assessment) -> Decision | None:
    changes = Decision.objects.filter(round=sheet.round_id, kind=Decision.Kind.CHANGE).select_related("by")
    for decision in changes.order_by("-pk"):
        if any(change.get("assessment") == sheet.pk for change in decision.changes):
            return decision
    return None
