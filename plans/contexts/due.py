"""What the units of one person owe, have written and have sent: the page where they report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from plans.contexts.reporting import is_open, state_of_due_report
from plans.models import DueReport, Plan, ProgressUpdate
from units.models import Unit
from units.permissions import GRANTS, SUBTREE_ROLES, Permission, Role

if TYPE_CHECKING:
    from units.models import User

TO_DO = frozenset({"overdue", "due", "returned"})
COMING_SHOWN = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class DueItem:
    """One due report. `percent` is what counts so far, None while nothing was accepted; `draft` what was written and
    not sent. `days` to the last day to send it, negative when it has passed."""

    report: DueReport
    state: str
    days: int
    percent: int | None
    draft: ProgressUpdate | None
    may_report: bool

    @property
    def due_on(self) -> date:
        return self.report.period.due_on

    @property
    def late_days(self) -> int:
        return max(0, -self.days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What an officer prepared and the head may check and send: with what changed since the last accepted."""

    update: ProgressUpdate
    accepted: ProgressUpdate | None
    files: int

    @property
    def before(self) -> int | None:
        return self.accepted.percent if self.accepted else None

    @property
    def step(self) -> int | None:
        return None if self.before is None else self.update.percent - self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """`to_do` is what is asked for now and not written yet, `drafts` what is written and not sent, `waiting` what was
    sent and awaits a decision, `coming` what is not due yet."""

    to_do: tuple[DueItem, ...]
    waiting: tuple[DueItem, ...]
    coming: tuple[DueItem, ...]
    drafts: tuple[Draft, ...]


def own_units(user: User) -> list[Unit]:
    """The units for which the person reports as one of theirs, not as an officer over them."""
    held = {
        each.unit
        for each in user.held_roles
        if Role(each.role) not in SUBTREE_ROLES and Permission.TASK_REPORT in GRANTS[Role(each.role)]
    }
    return sorted(held, key=lambda unit: unit.name)


def due_of(units: Iterable[Unit], *, now: datetime | None = None) -> Due:
    """What `units` owe under plans that are not closed, by the last day to send it: four queries."""
    now = now or timezone.now()
    ids = [unit.pk for unit in units]
    items = due_items(
        DueReport.objects.owed()
        .filter(unit__in=ids)
        .exclude(latest__state=ProgressUpdate.State.ACCEPTED)
        .exclude(task__plan__status__in=[Plan.Status.CLOSED, Plan.Status.CANCELLED]),
        now=now,
    )
    return Due(
        to_do=tuple(item for item in items if item.state in TO_DO and item.may_report and not item.draft),
        waiting=tuple(item for item in items if item.state == "submitted"),
        coming=tuple(item for item in items if item.state == "not_due")[:COMING_SHOWN],
        drafts=drafts_of(ids),
    )


def due_items(reports: Iterable[DueReport], *, now: datetime) -> list[DueItem]:
    """Each with what counts and what is written: three queries. `reports` is a queryset of due reports."""
    found = list(
        reports.select_related("period", "task__plan", "unit", "latest__decided_by", "latest__by").order_by(  # type: ignore[attr-defined]
            "period__due_on", "period", "task__order", "unit__name"
        )
    )
    accepted = accepted_of(found)
    drafts = {
        draft.due_report_id: draft
        for draft in ProgressUpdate.objects.drafts().filter(due_report__in=[each.pk for each in found])
    }
    today = timezone.localdate(now)
    items = []
    for report in found:
        known = accepted.get((report.task_id, report.unit_id))
        items.append(
            DueItem(
                report=report,
                state=state_of_due_report(report, now=now),
                days=(report.period.due_on - today).days,
                percent=known.percent if known else None,
                draft=drafts.get(report.pk),
                may_report=is_open(report.period, report, now=now),
            )
        )
    return items


def accepted_of(rows: Iterable[DueReport | ProgressUpdate]) -> dict[tuple[int, int], ProgressUpdate]:
    """What was accepted last on the tasks of the units of `rows`: one query."""
    pairs = {(row.task_id, row.unit_id) for row in rows}
    updates = (
        ProgressUpdate.objects.filter(
            state=ProgressUpdate.State.ACCEPTED,
            task__in={task for task, _unit in pairs},
            unit__in={unit for _task, unit in pairs},
        )
        .order_by("pk")
        .only("task_id", "unit_id", "percent", "quantity_done", "note", "decided_at")
    )
    return {(update.task_id, update.unit_id): update for update in updates}


def drafts_of(units: Iterable[int]) -> tuple[Draft, ...]:
    """Three queries."""
    updates = list(
        ProgressUpdate.objects.drafts()
        .filter(unit__in=list(units), task__is_cancelled=False)
        .exclude(task__plan__status__in=[Plan.Status.CLOSED, Plan.Status.CANCELLED])
        .select_related("task__plan", "unit", "by", "due_report__period")
        .prefetch_related("evidence")
        .order_by("due_report__period__due_on", "task__order", "pk")
    )
    accepted = accepted_of(updates)
    return tuple(
        Draft(update=update, accepted=accepted.get((update.task_id, update.unit_id)), files=len(update.evidence.all()))
        for update in updates
    )
