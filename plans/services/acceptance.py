"""What becomes of what units sent: accepted, or returned with a note. Only accepted values roll up."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from activity.services import record
from plans.models import ProgressUpdate
from plans.services.progress import MOST_AT_ONCE, Outcome, ProgressRefused, said_at
from plans.services.standing import PlanIsClosed, require_open
from units.access import allowed_units
from units.models import Unit, User
from units.permissions import Permission

State = ProgressUpdate.State


class MayNotDecide(ProgressRefused):
    code = "may_not_decide"

    def __init__(self, unit: Unit) -> None:
        self.unit = unit

    def __str__(self) -> str:
        return _("You cannot accept or return reports of %(unit)s.") % {"unit": self.unit}


class OwnReport(ProgressRefused):
    code = "own_report"

    def __str__(self) -> str:
        return _("You wrote or sent this report yourself, so somebody else must decide on it.")


class NotSent(ProgressRefused):
    code = "not_sent"

    def __str__(self) -> str:
        return _("This report is still a draft of its unit: there is nothing to decide yet.")


class AlreadyDecided(ProgressRefused):
    code = "already_decided"

    def __init__(self, update: ProgressUpdate) -> None:
        self.update = update

    def __str__(self) -> str:
        words = (
            _("%(person)s accepted this report at %(moment)s.")
            if self.update.state == State.ACCEPTED
            else _("%(person)s returned this report at %(moment)s.")
        )
        return words % {
            "person": self.update.decided_by or _("The system"),
            "moment": said_at(self.update.decided_at or self.update.at),
        }


class SentAgain(ProgressRefused):
    code = "sent_again"

    def __init__(self, newer: ProgressUpdate) -> None:
        self.newer = newer

    def __str__(self) -> str:
        return _("%(unit)s has sent a newer report (%(percent)s%%). Decide on that one.") % {
            "unit": self.newer.unit,
            "percent": self.newer.percent,
        }


class NoteMissing(ProgressRefused):
    code = "note_missing"

    def __str__(self) -> str:
        return _("Say what the unit is to correct: a report is returned with a note.")


@transaction.atomic
def accept_progress(*, update: ProgressUpdate, by: User, note: str = "") -> ProgressUpdate:
    """Let what a unit sent count. Its writer and sender are told. Raises MayNotDecide, OwnReport, NotSent,
    AlreadyDecided, SentAgain, PlanIsClosed."""
    return _decide(update, State.ACCEPTED, "plans.progress_accepted", note.strip(), by)


@transaction.atomic
def return_progress(*, update: ProgressUpdate, note: str, by: User) -> ProgressUpdate:
    """Give what a unit sent back to it, saying what is wrong. Its writer and sender are told. Raises NoteMissing and
    what `accept_progress` raises."""
    if not note.strip():
        raise NoteMissing
    return _decide(update, State.RETURNED, "plans.progress_returned", note.strip(), by)


def accept_many(*, ids: Iterable[int], by: User) -> list[Outcome]:
    """Accept up to 200, each for itself, in the order given: one that is refused keeps no other back. What `by` does
    not see is told as not there."""
    asked = list(dict.fromkeys(ids))[:MOST_AT_ONCE]
    updates = (
        ProgressUpdate.objects.allowed_to(by, Permission.PLAN_VIEW)
        .select_related("task__plan__unit", "unit", "decided_by")
        .in_bulk(asked)
    )
    return [_outcome(pk, updates.get(pk), by) for pk in asked]


def _outcome(pk: int, update: ProgressUpdate | None, by: User) -> Outcome:
    if update is None:
        return Outcome(pk, None, _("There is nothing with this id."), "not_found")
    try:
        return Outcome(pk, accept_progress(update=update, by=by))
    except ProgressRefused as refused:
        return Outcome(pk, update, str(refused), refused.code)
    except PlanIsClosed as closed:
        return Outcome(pk, update, str(closed), "plan_closed")


def _decide(update: ProgressUpdate, state: str, action: str, note: str, by: User) -> ProgressUpdate:
    require_open(update.task.plan)
    # As it is now: who sent it may have changed since the caller looked, and nobody decides on their own.
    update = ProgressUpdate.objects.select_related("task__plan", "unit", "decided_by").get(pk=update.pk)
    if not allowed_units(by, Permission.PROGRESS_ACCEPT).filter(pk=update.unit_id).exists():
        raise MayNotDecide(update.unit)
    if by.pk in {update.by_id, update.submitted_by_id}:
        raise OwnReport
    newer = (
        ProgressUpdate.objects.filter(
            task=update.task_id, unit=update.unit_id, due_report=update.due_report_id, pk__gt=update.pk
        )
        .exclude(state=State.DRAFT)
        .select_related("unit")
        .first()
    )
    if newer is not None and update.state == State.SUBMITTED:
        raise SentAgain(newer)
    now = timezone.now()
    decided = ProgressUpdate.objects.filter(pk=update.pk, state=State.SUBMITTED).update(
        state=state, decided_by=by, decided_at=now, decision_note=note
    )
    if not decided:
        known = ProgressUpdate.objects.select_related("decided_by").get(pk=update.pk)  # maybe decided just now
        raise NotSent if known.state == State.DRAFT else AlreadyDecided(known)
    record(
        by=by,
        action=action,
        target=update.task,
        unit_path=update.unit.path,
        changes={"unit": [None, update.unit.label], "percent": [None, update.percent]},
        reason=note,
        notify={update.by_id, update.submitted_by_id or update.by_id},
    )
    update.state, update.decided_by, update.decided_at, update.decision_note = state, by, now, note
    return update
