"""What the units of one person are to do: reports that are due, tasks without a reporting period, sheets, letters."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from assessments.contexts.deadlines import with_deadline
from assessments.models import Assessment, Round
from plans.contexts import PlanProgress, TaskProgress, state_of
from plans.contexts.due import Due, due_of, own_units
from plans.contexts.obstacles import ObstacleRow, obstacle_row
from plans.models import ChasingLetter, DueReport, Event, Obstacle, Plan
from units.access import allowed_units
from units.models import User
from units.permissions import Permission

ROWS_SHOWN = 8


@dataclass(frozen=True, kw_only=True)
class Todo:
    """A task that one of the person's own units performs and has not finished, and that no reporting period asks for.

    `percent` is what counts, `waiting` what was sent and awaits acceptance.
    """

    plan: Plan
    task: TaskProgress
    unit_id: int | None
    unit_name: str
    percent: int | None
    waiting: int | None
    returned: str
    state: str
    late_days: int

    @property
    def key(self) -> str:
        """Tells the fields of one form from those of the next on the same page."""
        return f"{self.task.task_id}-{self.unit_id}"


@dataclass(frozen=True, kw_only=True)
class Own:
    due: Due | None
    todo: Sequence[Todo]
    sheets: Sequence[Assessment]
    obstacles: Sequence[ObstacleRow]
    events: Sequence[Event]
    letters: Sequence[ChasingLetter]

    @property
    def count(self) -> int:
        """What waits under one heading: letters to answer, reports to make, sheets to score."""
        return len(self.letters) + (len(self.due.to_do) if self.due else 0) + len(self.todo) + len(self.sheets)


def own_of(user: User, *, standing: Sequence[tuple[Plan, PlanProgress]], today: date, scores: bool) -> Own:
    """A constant number of queries, whatever the person's units, tasks and sheets are."""
    units = own_units(user)
    ids = {unit.pk for unit in units}
    asked = set(DueReport.objects.owed().filter(unit__in=ids).values_list("task_id", "unit_id")) if ids else set()
    return Own(
        due=due_of(units) if units else None,
        todo=todo_of(standing, ids, asked, today),
        sheets=list(sheets_of(user)) if scores else [],
        obstacles=[obstacle_row(each, today=today) for each in obstacles_of(ids)] if ids else [],
        events=list(events_of(ids)) if ids else [],
        letters=list(letters_of(ids)) if ids else [],
    )


def todo_of(
    standing: Sequence[tuple[Plan, PlanProgress]],
    own: Collection[int],
    asked: Collection[tuple[int, int]],
    today: date,
) -> list[Todo]:
    """By deadline, those without one last. A unit that has said 100 % is done with the task, whatever others say; what
    a due report asks for stands there."""
    found = [
        Todo(
            plan=plan,
            task=task,
            unit_id=performer.unit_id,
            unit_name=performer.unit_name,
            percent=performer.percent,
            waiting=performer.waiting,
            returned=performer.returned,
            state=state_of(start=task.start, end=task.end, done=False, as_of=today),
            late_days=max(0, (today - task.end).days) if task.end else 0,
        )
        for plan, progress in standing
        if plan.status not in {Plan.Status.CLOSED, Plan.Status.CANCELLED}
        for task in progress.tasks
        if task.state != "cancelled"
        for performer in task.performers
        if performer.expected
        and performer.unit_id in own
        and performer.percent != 100
        and (task.task_id, performer.unit_id) not in asked
    ]
    return sorted(found, key=lambda each: (each.task.end is None, each.task.end or today, each.task.task_id))


def sheets_of(user: User) -> Any:
    """Sheets whose self-scoring runs and that the person fills in, because it is open or came back, or submits as the
    head; each with `ends`, an extension considered."""
    now = timezone.now()
    heads = allowed_units(user, Permission.ASSESSMENT_SUBMIT)
    open_ = Q(state__in=[Assessment.State.SCORING, Assessment.State.RETURNED])
    sheets = Assessment.objects.allowed_to(user, Permission.ASSESSMENT_SCORE).filter(
        open_ | Q(state=Assessment.State.HEAD_REVIEW, unit__in=heads), round__state=Round.State.RUNNING
    )
    return (
        with_deadline(sheets)
        .filter(round__opens_at__lte=now, ends__gt=now)
        .select_related("unit", "round__criteria_set")
        .order_by("ends", "pk")[:ROWS_SHOWN]
    )


def obstacles_of(units: Collection[int]) -> QuerySet[Obstacle]:
    return (
        Obstacle.objects.filter(unit__in=units)
        .exclude(state=Obstacle.State.CLOSED)
        .select_related("unit", "plan")
        .order_by("-updated_at", "pk")[:ROWS_SHOWN]
    )


def events_of(units: Collection[int]) -> QuerySet[Event]:
    return (
        Event.objects.filter(invitations__unit__in=units, ends_at__gte=timezone.now(), state=Event.State.PLANNED)
        .distinct()
        .order_by("starts_at", "pk")[:ROWS_SHOWN]
    )


def letters_of(units: Collection[int]) -> QuerySet[ChasingLetter]:
    """Letters that urge the units and have no reply yet."""
    return (
        ChasingLetter.objects.filter(addressee__in=units, state=ChasingLetter.State.SENT)
        .select_related("unit", "addressee", "register_number")
        .order_by("respond_by", "pk")[:ROWS_SHOWN]
    )
