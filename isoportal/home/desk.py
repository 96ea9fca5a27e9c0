"""What waits on an officer's or a leader's desk: reports to accept, obstacles to answer, plans to decide on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plans.contexts.obstacles import acts_on
from plans.models import Obstacle, Plan, ProgressUpdate
from plans.permissions import ObstacleAct
from units.models import User
from units.permissions import Permission

KINDS = {
    "answer": (gettext_lazy("Answer"), "reply"),
    "decide": (gettext_lazy("Decide"), "stamp"),
    "accept": (gettext_lazy("Accept"), "inbox"),
}


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """`due_on` is None where nothing says by when; `kind` is one of KINDS."""

    kind: str
    title: str
    note: str
    unit: str
    sent_at: datetime
    due_on: date | None
    url: str

    @property
    def label(self) -> str:
        return str(KINDS[self.kind][0])

    @property
    def icon(self) -> str:
        return KINDS[self.kind][1]


@dataclass(frozen=True, kw_only=True)
class Desk:
    """`counts` holds everything that waits, by kind; `items` the first of them, the most pressing first."""

    items: Sequence[Waiting]
    counts: dict[str, int]
    may_accept: bool

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def desk_of(user: User, *, today: date, shown: int, kind: str = "") -> Desk:
    """Six queries at most, however much waits. `kind` narrows what is shown, not what is counted."""
    answers = [each for each in to_answer(user) if ObstacleAct.ANSWER in acts_on(obstacle=each, user=user)]
    decisions, reports = to_decide(user), to_accept(user)
    counts = {"answer": len(answers), "decide": decisions.count(), "accept": reports.count()}
    found = [
        *(_answer(each) for each in answers if kind in {"", "answer"}),
        *(_decide(each) for each in decisions[:shown] if kind in {"", "decide"}),
        *(_accept(each) for each in reports[:shown] if kind in {"", "accept"}),
    ]
    # What has a deadline first, the nearest first; then what waits longest.
    found.sort(key=lambda each: (each.due_on is None, each.due_on or today, each.sent_at))
    return Desk(items=found[:shown], counts=counts, may_accept=bool(counts["accept"]))


def to_accept(user: User) -> QuerySet[ProgressUpdate]:
    waiting: Any = ProgressUpdate.objects.allowed_to(user, Permission.PROGRESS_ACCEPT).waiting()
    found: QuerySet[ProgressUpdate] = (
        waiting.exclude(by=user)
        .exclude(submitted_by=user)
        .select_related("task__plan", "unit", "due_report__period")
        .order_by("submitted_at", "pk")
    )
    return found


def to_answer(user: User) -> QuerySet[Obstacle]:
    return (
        Obstacle.objects.allowed_to(user, Permission.OBSTACLE_ANSWER)
        .filter(state=Obstacle.State.OPEN)
        .select_related("unit", "plan__unit", "task")
        .order_by("due_on", "pk")
    )


def to_decide(user: User) -> QuerySet[Plan]:
    return (
        Plan.objects.allowed_to(user, Permission.PLAN_DECIDE)
        .filter(status=Plan.Status.SUBMITTED)
        .select_related("unit")
        .order_by("updated_at", "pk")
    )


def _accept(update: ProgressUpdate) -> Waiting:
    period = update.due_report.period if update.due_report else None
    said = _("%(percent)s%% reported") % {"percent": update.percent}
    return Waiting(
        kind="accept",
        title=str(update.task),
        note=f"{said} · {period}" if period else said,
        unit=update.unit.label,
        sent_at=update.submitted_at or update.at,
        due_on=None,
        url=reverse("plans:update", args=[update.pk]),
    )


def _answer(obstacle: Obstacle) -> Waiting:
    return Waiting(
        kind="answer",
        title=obstacle.title,
        note=_("Obstacle · %(level)s") % {"level": obstacle.get_level_display()},
        unit=obstacle.unit.label,
        sent_at=obstacle.raised_at,
        due_on=obstacle.due_on,
        url=reverse("plans:obstacle", args=[obstacle.pk]),
    )


def _decide(plan: Plan) -> Waiting:
    return Waiting(
        kind="decide",
        title=plan.title,
        note=_("Plan submitted"),
        unit=plan.unit.label,
        sent_at=plan.updated_at,
        due_on=None,
        url=reverse("plans:detail", args=[plan.pk]),
    )
