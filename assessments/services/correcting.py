"""What becomes of a corrective action: planned, reported as done, found effective or not, cancelled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from activity.services import record
from assessments.contexts.corrective_actions import checkers_of, holds_for, planners_of
from assessments.models import CorrectiveAction, CorrectiveStep
from assessments.permissions import CORRECTION_ACTS, CorrectionAct
from assessments.services.corrective_actions import CorrectionRefused
from isoportal.templatetags.formats import day, moment
from plans.models import Evidence
from units.models import User

Kind = CorrectiveStep.Kind
KINDS: dict[CorrectionAct, Kind] = {
    CorrectionAct.PLAN: Kind.PLANNED,
    CorrectionAct.REPORT: Kind.DONE,
    CorrectionAct.EFFECTIVE: Kind.EFFECTIVE,
    CorrectionAct.INEFFECTIVE: Kind.INEFFECTIVE,
    CorrectionAct.CANCEL: Kind.CANCELLED,
}
ACTIONS: dict[CorrectionAct, str] = {
    CorrectionAct.PLAN: "assessments.correction_planned",
    CorrectionAct.REPORT: "assessments.correction_done",
    CorrectionAct.EFFECTIVE: "assessments.correction_closed",
    CorrectionAct.INEFFECTIVE: "assessments.correction_returned",
    CorrectionAct.CANCEL: "assessments.correction_cancelled",
}


class StaleCorrectiveAction(CorrectionRefused):
    """Somebody else was faster. `stored` is the corrective action as it is now, `step` the last that happened to it."""

    def __init__(self, stored: CorrectiveAction) -> None:
        super().__init__(stored.pk)
        self.stored = stored
        self.step = stored.steps.select_related("by").last()

    def __str__(self) -> str:
        if self.step is None:
            return _("This corrective action was changed after you had read it. Load the page again.")
        return _("%(who)s was faster, at %(at)s: %(kind)s. Read it below, then send yours again.") % {
            "who": self.step.by,
            "at": moment(self.step.at),
            "kind": self.step.get_kind_display().lower(),
        }


class WrongCorrectionState(CorrectionRefused):
    def __init__(self, stored: CorrectiveAction) -> None:
        super().__init__(stored.state)
        self.stored = stored

    def __str__(self) -> str:
        return _("The corrective action is in the state “%(state)s”, in which this cannot be done.") % {
            "state": self.stored.get_state_display()
        }


class PlanIncomplete(CorrectionRefused):
    def __str__(self) -> str:
        return _("Say the cause, the action against it, who does it and until when.")


class DayPassed(CorrectionRefused):
    def __init__(self, due_on: date) -> None:
        super().__init__(due_on)
        self.due_on = due_on

    def __str__(self) -> str:
        return _("%(day)s has passed. Choose today or a later day.") % {"day": day(self.due_on)}


class DayOutOfReach(CorrectionRefused):
    def __str__(self) -> str:
        return _("What is done was done between the day it was raised and today. Choose such a day.")


class ProofMissing(CorrectionRefused):
    def __str__(self) -> str:
        return _("Say what was done, and attach evidence or explain why there is none.")


class ReasonMissing(CorrectionRefused):
    def __str__(self) -> str:
        return _("Write what was looked at and why you decide so: the unit will read it.")


class EvidenceOfAnother(CorrectionRefused):
    def __str__(self) -> str:
        return _("One of the files belongs to another unit or was withdrawn. Choose it again.")


def _take(action: CorrectiveAction, act: CorrectionAct, *, expected_version: int, by: User) -> CorrectiveAction:
    """The row as it is now, locked until the transaction ends, if `by` may do `act` with it."""
    now = CorrectiveAction.objects.select_for_update(of=("self",)).select_related("unit").get(pk=action.pk)
    if not holds_for(by, act, now.unit):
        raise PermissionDenied
    if now.version != expected_version:
        raise StaleCorrectiveAction(now)
    if now.state not in CORRECTION_ACTS[act].states:
        raise WrongCorrectionState(now)
    return now


def _put(
    now: CorrectiveAction,
    act: CorrectionAct,
    *,
    text: str,
    by: User,
    notify: Iterable[int],
    evidence: Sequence[Evidence] = (),
    **values: Any,
) -> CorrectiveAction:
    """Write the state that `act` leads to and `values` with it, the step, the log; tell those it concerns."""
    if any(each.unit_id != now.unit_id or each.withdrawn_at is not None for each in evidence):
        raise EvidenceOfAnother
    values["state"] = CORRECTION_ACTS[act].to
    changes = {
        name: [_plain(getattr(now, name)), _plain(value)]
        for name, value in values.items()
        if getattr(now, name) != value and name != "closed_at"
    }
    CorrectiveAction.objects.filter(pk=now.pk).update(version=F("version") + 1, updated_at=timezone.now(), **values)
    now.evidence.add(*evidence)
    CorrectiveStep.objects.create(corrective_action=now, kind=KINDS[act], text=text, by=by)
    record(
        by=by,
        action=ACTIONS[act],
        target=now,
        unit_path=now.unit.path,
        changes=changes,
        reason=text if CORRECTION_ACTS[act].reason else "",
        notify=notify,
    )
    return CorrectiveAction.objects.select_related("unit").get(pk=now.pk)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value or None


def _reason(text: str) -> str:
    if not (said := text.strip()):
        raise ReasonMissing
    return said


@transaction.atomic
def plan_correction(
    *,
    action: CorrectiveAction,
    cause: str,
    measure: str,
    owner: str,
    due_on: date | None,
    expected_version: int,
    by: User,
    correction: str = "",
) -> CorrectiveAction:
    """`measure` is the action against the cause. Raises PermissionDenied, StaleCorrectiveAction, WrongCorrectionState,
    PlanIncomplete, DayPassed."""
    now = _take(action, CorrectionAct.PLAN, expected_version=expected_version, by=by)
    cause, measure, owner = cause.strip(), measure.strip(), " ".join(owner.split())
    if not (cause and measure and owner and due_on):
        raise PlanIncomplete
    if due_on < timezone.localdate() and due_on != now.due_on:
        raise DayPassed(due_on)
    text = _("%(measure)s – %(owner)s, by %(day)s") % {"measure": measure, "owner": owner, "day": day(due_on)}
    return _put(
        now,
        CorrectionAct.PLAN,
        text=text,
        cause=cause,
        correction=correction.strip(),
        action=measure,
        owner=owner[:200],
        due_on=due_on,
        by=by,
        notify=(),
    )


@transaction.atomic
def report_correction(
    *,
    action: CorrectiveAction,
    done_on: date,
    result: str,
    expected_version: int,
    by: User,
    evidence: Sequence[Evidence] = (),
    explanation: str = "",
) -> CorrectiveAction:
    """It is done; those who check are told. Raises PermissionDenied, StaleCorrectiveAction, WrongCorrectionState,
    DayOutOfReach, ProofMissing, EvidenceOfAnother."""
    now = _take(action, CorrectionAct.REPORT, expected_version=expected_version, by=by)
    if not timezone.localtime(now.raised_at).date() <= done_on <= timezone.localdate():
        raise DayOutOfReach
    result, explanation = result.strip(), explanation.strip()
    if not result or not (evidence or explanation):
        raise ProofMissing
    return _put(
        now,
        CorrectionAct.REPORT,
        text="\n".join(filter(None, [result, explanation])),
        done_on=done_on,
        result=result,
        evidence=evidence,
        by=by,
        notify=checkers_of(now.unit),
    )


@transaction.atomic
def check_correction(
    *,
    action: CorrectiveAction,
    effective: bool,
    text: str,
    expected_version: int,
    by: User,
    evidence: Sequence[Evidence] = (),
) -> CorrectiveAction:
    """Whether it worked: effective closes it, without effect it is planned again. `text` is what was looked at, or the
    reason. Raises PermissionDenied, StaleCorrectiveAction, WrongCorrectionState, ReasonMissing, EvidenceOfAnother."""
    act = CorrectionAct.EFFECTIVE if effective else CorrectionAct.INEFFECTIVE
    now = _take(action, act, expected_version=expected_version, by=by)
    values: dict[str, Any] = {"closed_at": timezone.now()} if effective else {"done_on": None, "result": ""}
    told = planners_of(now.unit)
    return _put(now, act, text=_reason(text), evidence=evidence, by=by, notify=told, **values)


@transaction.atomic
def cancel_correction(*, action: CorrectiveAction, text: str, expected_version: int, by: User) -> CorrectiveAction:
    """It is not to be mended after all. Raises PermissionDenied, StaleCorrectiveAction, WrongCorrectionState,
    ReasonMissing."""
    now = _take(action, CorrectionAct.CANCEL, expected_version=expected_version, by=by)
    return _put(now, CorrectionAct.CANCEL, text=_reason(text), by=by, notify=planners_of(now.unit))
