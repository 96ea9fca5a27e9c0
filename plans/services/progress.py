"""What units say of their tasks: a draft, then sent. What becomes of it is in `plans.services.acceptance`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from activity.services import record
from plans.contexts.reporting import is_open, report_to_answer
from plans.models import DueReport, Evidence, ProgressUpdate, Task, TaskPerformer
from plans.services.standing import PlanIsClosed, require_open
from plans.services.told import officers_over, reporters_of
from units.access import allowed_units
from units.models import Unit, User
from units.permissions import Permission

LARGEST_QUANTITY = 2_147_483_647
MOST_AT_ONCE = 200


class ProgressRefused(Exception):
    """A report was not taken; `code` is what programs tell it by."""

    code = "refused"


class NotAPerformer(ProgressRefused):
    code = "not_a_performer"

    def __init__(self, unit: Unit) -> None:
        self.unit = unit

    def __str__(self) -> str:
        return _("%(unit)s does not perform this task, so it has nothing to report on it.") % {"unit": self.unit}


class MayNotReport(ProgressRefused):
    code = "may_not_report"

    def __init__(self, unit: Unit) -> None:
        self.unit = unit

    def __str__(self) -> str:
        return _("You cannot report for %(unit)s. Ask its ISO officer to do it.") % {"unit": self.unit}


class PercentOutOfRange(ProgressRefused):
    code = "percent_out_of_range"

    def __str__(self) -> str:
        return _("Give the progress as a whole number from 0 to 100.")


class QuantityOutOfRange(ProgressRefused):
    code = "quantity_out_of_range"

    def __str__(self) -> str:
        return _("Give the quantity done as a whole number, 0 or more.")


class ReportedByItsParts(ProgressRefused):
    code = "has_parts"

    def __str__(self) -> str:
        return _("This task has parts. Report on each of its parts; its own progress follows from theirs.")


class TaskIsCancelled(ProgressRefused):
    code = "task_cancelled"

    def __str__(self) -> str:
        return _("This task is cancelled: there is nothing to report on it.")


class ForeignEvidence(ProgressRefused):
    code = "foreign_evidence"

    def __init__(self, unit: Unit) -> None:
        self.unit = unit

    def __str__(self) -> str:
        return _("Only files of %(unit)s that were not withdrawn can be attached.") % {"unit": self.unit}


class NotThisReport(ProgressRefused):
    code = "not_this_report"

    def __str__(self) -> str:
        return _("This due report is about another task or unit. Open it again from the list of due reports.")


class PeriodLocked(ProgressRefused):
    code = "period_locked"

    def __init__(self, report: DueReport) -> None:
        self.report = report

    def __str__(self) -> str:
        return _("%(period)s is locked. Ask the programme officer to open it again for %(unit)s.") % {
            "period": self.report.period,
            "unit": self.report.unit,
        }


class AlreadySent(ProgressRefused):
    """Somebody else was faster, or what was to be sent is no longer the last word."""

    code = "already_sent"

    def __init__(self, update: ProgressUpdate, newer: ProgressUpdate | None = None) -> None:
        self.update = update
        self.newer = newer

    def __str__(self) -> str:
        if self.newer is not None:
            return _("%(person)s wrote a newer report at %(moment)s: %(percent)s%%. Send that one.") % {
                "person": self.newer.by,
                "moment": said_at(self.newer.at),
                "percent": self.newer.percent,
            }
        return _("%(person)s sent this report at %(moment)s.") % {
            "person": self.update.submitted_by or self.update.by,
            "moment": said_at(self.update.submitted_at or self.update.at),
        }


class AlreadyAccepted(ProgressRefused):
    code = "already_accepted"

    def __init__(self, update: ProgressUpdate) -> None:
        self.update = update

    def __str__(self) -> str:
        return _(
            "The report was accepted by %(person)s at %(moment)s and stays as it is. Report the change in the next one."
        ) % {"person": self.update.decided_by, "moment": said_at(self.update.decided_at or self.update.at)}


class AlreadyPerforms(Exception):
    def __init__(self, unit: Unit) -> None:
        self.unit = unit

    def __str__(self) -> str:
        return _("%(unit)s already performs this task.") % {"unit": self.unit}


class OutsideThePlan(Exception):
    def __init__(self, unit: Unit) -> None:
        self.unit = unit

    def __str__(self) -> str:
        return _("%(unit)s does not belong to the province of this plan.") % {"unit": self.unit}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row of many: `refused` says why it was not done, "" where it was."""

    pk: int
    update: ProgressUpdate | None
    refused: str = ""
    code: str = ""


def said_at(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "H:i j/n/Y")


@transaction.atomic
def report_progress(
    *,
    task: Task,
    unit: Unit,
    percent: int,
    note: str,
    by: User,
    submit: bool = True,
    quantity_done: int | None = None,
    evidence: Sequence[Evidence] = (),
    due_report: DueReport | None = None,
) -> ProgressUpdate:
    """Say how far `unit` has come with `task`: a new row, never a changed one. Page, workbook and API all end here.

    `percent` is 0 to 100. It waits for acceptance; with `submit=False` it is a draft that only the unit sees. Without
    `due_report` it answers the one that is due, if any. Sending tells the programme officers over the plan's unit.
    Raises ProgressRefused in its kinds, PlanIsClosed.
    """
    plan = require_open(task.plan)
    _check_figures(percent, quantity_done)
    _check_task(task, unit, by)
    if any(each.unit_id != unit.pk or each.withdrawn_at for each in evidence):
        raise ForeignEvidence(unit)
    now = timezone.now()
    if due_report is None:
        due_report = report_to_answer(task=task, unit=unit, now=now)
    if due_report is not None:
        due_report = _locked(due_report)
        if (due_report.task_id, due_report.unit_id) != (task.pk, unit.pk):
            raise NotThisReport
        _check_period(due_report, now)
    before = ProgressUpdate.objects.filter(task=task, unit=unit).exclude(state=ProgressUpdate.State.DRAFT).first()
    update = ProgressUpdate.objects.create(
        task=task,
        unit=unit,
        percent=percent,
        quantity_done=quantity_done,
        note=note.strip(),
        by=by,
        due_report=due_report,
        state=ProgressUpdate.State.SUBMITTED if submit else ProgressUpdate.State.DRAFT,
        submitted_by=by if submit else None,
        submitted_at=now if submit else None,
    )
    update.evidence.set(evidence)
    if submit and due_report is not None:
        DueReport.objects.filter(pk=due_report.pk).update(latest=update)
    record(
        by=by,
        action="plans.progress_reported" if submit else "plans.progress_drafted",
        target=task,
        unit_path=unit.path,
        changes={
            "unit": [None, unit.label],
            "percent": [before.percent if before else None, percent],
            "note": [before.note if before else "", update.note],
        },
        notify=officers_over(plan.unit) if submit else (),
    )
    return update


@transaction.atomic
def submit_progress(*, update: ProgressUpdate, by: User) -> ProgressUpdate:
    """Send a draft as it is: once, and only while it is the last word. Raises AlreadySent, MayNotReport, NotAPerformer,
    ReportedByItsParts, TaskIsCancelled, PeriodLocked, AlreadyAccepted, PlanIsClosed."""
    update = ProgressUpdate.objects.select_related("task__plan__unit", "unit", "by", "submitted_by").get(pk=update.pk)
    plan = require_open(update.task.plan)
    _check_task(update.task, update.unit, by)
    now = timezone.now()
    if update.due_report_id is not None:
        _check_period(_locked(DueReport(pk=update.due_report_id)), now)
    newer = (
        ProgressUpdate.objects.filter(
            task=update.task, unit=update.unit, due_report=update.due_report_id, pk__gt=update.pk
        )
        .select_related("by")
        .first()
    )
    if newer is not None:
        raise AlreadySent(update, newer)
    sent = ProgressUpdate.objects.filter(pk=update.pk, state=ProgressUpdate.State.DRAFT).update(
        state=ProgressUpdate.State.SUBMITTED, submitted_by=by, submitted_at=now
    )
    if not sent:
        raise AlreadySent(ProgressUpdate.objects.select_related("by", "submitted_by").get(pk=update.pk))
    if update.due_report_id is not None:
        DueReport.objects.filter(pk=update.due_report_id).update(latest=update)
    record(
        by=by,
        action="plans.progress_reported",
        target=update.task,
        unit_path=update.unit.path,
        changes={"unit": [None, update.unit.label], "percent": [None, update.percent], "note": ["", update.note]},
        notify=[*officers_over(plan.unit), update.by_id],
    )
    update.refresh_from_db()
    return update


def submit_many(*, ids: Iterable[int], by: User) -> list[Outcome]:
    """Send drafts, each for itself: one that is refused keeps no other back. At most 200."""
    outcomes = []
    drafts = ProgressUpdate.objects.allowed_to(by, Permission.PLAN_VIEW).in_bulk(
        list(dict.fromkeys(ids))[:MOST_AT_ONCE]
    )
    for pk, update in drafts.items():
        try:
            outcomes.append(Outcome(pk, submit_progress(update=update, by=by)))
        except ProgressRefused as refused:
            outcomes.append(Outcome(pk, update, str(refused), refused.code))
        except PlanIsClosed as closed:
            outcomes.append(Outcome(pk, update, str(closed), "plan_closed"))
    return outcomes


def _locked(report: DueReport) -> DueReport:
    """The due report as it is now, kept from others until the transaction ends."""
    return (
        DueReport.objects.select_for_update(no_key=True, of=("self",))
        .select_related("period", "unit", "latest__decided_by")
        .get(pk=report.pk)
    )


def _check_figures(percent: int, quantity_done: int | None) -> None:
    if not 0 <= percent <= 100:
        raise PercentOutOfRange
    if quantity_done is not None and not 0 <= quantity_done <= LARGEST_QUANTITY:
        raise QuantityOutOfRange


def _check_task(task: Task, unit: Unit, by: User) -> None:
    if task.is_cancelled:
        raise TaskIsCancelled
    if task.parts.exists():
        raise ReportedByItsParts
    if not TaskPerformer.objects.performing().filter(task=task, unit=unit).exists():
        raise NotAPerformer(unit)
    if not allowed_units(by, Permission.TASK_REPORT).filter(pk=unit.pk).exists():
        raise MayNotReport(unit)


def _check_period(report: DueReport, now: datetime) -> None:
    if report.latest and report.latest.state == ProgressUpdate.State.ACCEPTED:
        raise AlreadyAccepted(report.latest)
    if not is_open(report.period, report, now=now):
        raise PeriodLocked(report)


@transaction.atomic
def assign_unit(*, task: Task, unit: Unit, by: User | None, role: str = TaskPerformer.Role.EXECUTE) -> TaskPerformer:
    """Let a unit report on a task whose document names only a group ("UBND cấp xã trên địa bàn tỉnh").

    The words of the document stay as they are. Raises PlanIsClosed, AlreadyPerforms, OutsideThePlan.
    """
    require_open(task.plan)
    if not unit.path.startswith(task.plan.reach):
        raise OutsideThePlan(unit)
    Task.objects.select_for_update().get(pk=task.pk)
    if task.performers.filter(unit=unit).exists():
        raise AlreadyPerforms(unit)
    last = task.performers.aggregate(last=Max("order"))["last"]
    performer = TaskPerformer.objects.create(
        task=task,
        unit=unit,
        role=role,
        text=unit.label,
        order=0 if last is None else last + 1,
        as_written=False,
    )
    record(
        by=by,
        action="plans.unit_assigned",
        target=task,
        unit_path=task.plan.unit.path,
        changes={"unit": [None, unit.label], "role": [None, str(role)]},
        notify=reporters_of([unit]),
    )
    return performer
