"""Raising corrective actions: from a low score, from a finding, by hand; and many at once from one sheet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from activity.services import record
from assessments.contexts.corrective_actions import is_low, may_raise, planners_of
from assessments.contexts.lines import ScoreLine
from assessments.contexts.result import AssessmentResult, assessment_result
from assessments.models import Assessment, CorrectiveAction, CorrectiveStep, Criterion, Finding, Score, Visit
from assessments.permissions import RESULT_SHOWN
from units.models import Unit, User

Source, State = CorrectiveAction.Source, CorrectiveAction.State
TOLD = frozenset({Visit.State.MINUTED, Visit.State.SIGNED})


class CorrectionRefused(Exception):
    """Why a corrective action is not raised, or does not take what was asked."""


class ResultNotTold(CorrectionRefused):
    def __str__(self) -> str:
        return _("The result of this sheet is not told yet. Corrective actions follow from what the assessors found.")


class NotLow(CorrectionRefused):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    def __str__(self) -> str:
        return _("%(code)s has its full result: there is nothing to correct.") % {"code": self.code}


class FindingNotTold(CorrectionRefused):
    def __str__(self) -> str:
        return _("The minutes of this visit are not out yet. Corrective actions follow from what stands in them.")


class NothingWrong(CorrectionRefused):
    def __str__(self) -> str:
        return _("This finding is a strength: there is nothing to correct.")


class AlreadyRaised(CorrectionRefused):
    """`existing` is the one that there is."""

    def __init__(self, existing: CorrectiveAction) -> None:
        super().__init__(existing.pk)
        self.existing = existing

    def __str__(self) -> str:
        return _("There is a corrective action for this already: %(reference)s, %(state)s.") % {
            "reference": self.existing.reference,
            "state": self.existing.get_state_display().lower(),
        }


class TitleMissing(CorrectionRefused):
    def __str__(self) -> str:
        return _("Say what is wrong: without it nobody knows what is to be corrected.")


@dataclass(frozen=True, kw_only=True)
class BulkRow:
    """What raising many at once did with one criterion: `action` is the new one, or the one there is already."""

    code: str
    title: str
    percent: Decimal | None
    light: str
    action: CorrectiveAction
    is_new: bool


def _number(unit: Unit, year: int) -> int:
    """The next number of the unit's year; its row is locked, so that two who raise at once take different ones."""
    Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
    last: int | None = CorrectiveAction.objects.filter(unit=unit, year=year).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def _raise(*, unit: Unit, title: str, source: str, by: User, **given: Any) -> CorrectiveAction:
    title = " ".join(title.split())
    if not title:
        raise TitleMissing
    year = timezone.localdate().year
    number = _number(unit, year)
    of = {name: given[name] for name in ("assessment", "criterion", "finding") if given.get(name)}
    if of:
        kept = CorrectiveAction.objects.filter(source=source, **of).exclude(state=State.CANCELLED)
        if existing := kept.first():
            raise AlreadyRaised(existing)
    action = CorrectiveAction.objects.create(
        unit=unit, year=year, number=number, title=title[:300], source=source, raised_by=by, **given
    )
    CorrectiveStep.objects.create(corrective_action=action, kind=CorrectiveStep.Kind.RAISED, text=title, by=by)
    due_on = given.get("due_on")
    record(
        by=by,
        action="assessments.correction_raised",
        target=action,
        unit_path=unit.path,
        changes={
            "number": [None, action.reference],
            "title": [None, action.title],
            "due_on": [None, due_on.isoformat() if due_on else None],
        },
        notify=planners_of(unit),
    )
    return action


def _require_raiser(by: User, unit: Unit) -> None:
    if not may_raise(by, unit):
        raise PermissionDenied


def told_result(assessment: Assessment) -> AssessmentResult:
    """The sheet as it stands. `assessment` from `with_sheet_head()`. Raises ResultNotTold."""
    if assessment.state not in RESULT_SHOWN:
        raise ResultNotTold
    return assessment_result(assessment, stages=Score.Stage.values)


def title_of_line(line: ScoreLine) -> str:
    """What a corrective action is called unless somebody says it better."""
    return f"{line.code} {line.title}"[:300]


@transaction.atomic
def raise_from_score(
    *, assessment: Assessment, criterion: Criterion, by: User, title: str = "", due_on: date | None = None
) -> CorrectiveAction:
    """From a criterion whose result is under its maximum, or red or yellow. Raises PermissionDenied, ResultNotTold,
    NotLow, AlreadyRaised."""
    sheet = Assessment.objects.with_sheet_head().get(pk=assessment.pk)
    _require_raiser(by, sheet.unit)
    line = next((each for each in told_result(sheet).every_line if each.criterion_id == criterion.pk), None)
    if line is None or not is_low(line):
        raise NotLow(criterion.code)
    return _raise(
        unit=sheet.unit,
        title=title.strip() or title_of_line(line),
        source=Source.SCORE,
        assessment=sheet,
        criterion=criterion,
        due_on=due_on,
        by=by,
    )


@transaction.atomic
def raise_from_finding(*, finding: Finding, by: User, title: str = "", due_on: date | None = None) -> CorrectiveAction:
    """From what a visit found, once its minutes are out. Raises PermissionDenied, FindingNotTold, NothingWrong,
    AlreadyRaised."""
    finding = Finding.objects.select_related("visit__unit").get(pk=finding.pk)
    unit = finding.visit.unit
    _require_raiser(by, unit)
    if finding.visit.state not in TOLD:
        raise FindingNotTold
    if finding.kind == Finding.Kind.STRENGTH:
        raise NothingWrong
    return _raise(
        unit=unit,
        title=title.strip() or finding.text[:300],
        source=Source.FINDING,
        finding=finding,
        due_on=due_on or finding.due_on,
        by=by,
    )


@transaction.atomic
def raise_by_hand(*, unit: Unit, title: str, by: User, due_on: date | None = None) -> CorrectiveAction:
    """After an internal audit or of one's own accord. Raises PermissionDenied, TitleMissing."""
    _require_raiser(by, unit)
    return _raise(unit=unit, title=title, source=Source.INTERNAL, due_on=due_on, by=by)


def percent_of(line: ScoreLine) -> Decimal | None:
    """What stands, in per cent of the maximum; None for lights and where nothing stands."""
    if line.stands.points is None or not line.maximum:
        return None
    return line.stands.points * 100 / line.maximum


def lines_below(result: AssessmentResult, percent: Decimal) -> list[ScoreLine]:
    """Criteria whose result is under `percent` of the maximum; of lights the red ones, and the yellow ones as well
    where more than half is asked for."""
    lights = {Score.Light.RED} if percent <= 50 else {Score.Light.RED, Score.Light.YELLOW}
    found = []
    for line in result.lines:
        share = percent_of(line)
        if is_low(line) and (share < percent if share is not None else line.stands.light in lights):
            found.append(line)
    return found


@transaction.atomic
def raise_below(*, assessment: Assessment, percent: Decimal, by: User, due_on: date | None = None) -> list[BulkRow]:
    """One for every criterion of the sheet under `percent` of its maximum that has none yet. Raises PermissionDenied,
    ResultNotTold."""
    sheet = Assessment.objects.with_sheet_head().get(pk=assessment.pk)
    _require_raiser(by, sheet.unit)
    lines = lines_below(told_result(sheet), percent)
    criteria = Criterion.objects.in_bulk([line.criterion_id for line in lines])
    rows = []
    for line in lines:
        try:
            action, is_new = (
                _raise(
                    unit=sheet.unit,
                    title=title_of_line(line),
                    source=Source.SCORE,
                    assessment=sheet,
                    criterion=criteria[line.criterion_id],
                    due_on=due_on,
                    by=by,
                ),
                True,
            )
        except AlreadyRaised as refused:
            action, is_new = refused.existing, False
        rows.append(
            BulkRow(
                code=line.code,
                title=line.title,
                percent=percent_of(line),
                light=line.stands.light,
                action=action,
                is_new=is_new,
            )
        )
    return rows
