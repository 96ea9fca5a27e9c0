"""Obstacles that nobody answered in time go up one level, and those who answer there are told."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from activity.services import record
from plans.contexts.holidays import add_working_days
from plans.contexts.obstacles import answerers_of
from plans.models import AnswerDeadline, Obstacle, ObstacleStep
from plans.permissions import ANSWER_DAYS, HIGHEST_LEVEL
from units.models import Membership, User
from units.permissions import Role

State, Kind = Obstacle.State, ObstacleStep.Kind


def answer_by(*, level: int, obstacle: Obstacle, today: date) -> date:
    """The last day to answer at `level`, counted from `today` in working days of the province. Two queries."""
    root = obstacle.plan.unit.root_path
    own = AnswerDeadline.objects.filter(unit__path=root, level=level).values_list("days", flat=True).first()
    return add_working_days(today, own or ANSWER_DAYS[level], obstacle.plan.unit)


def escalate_overdue(*, today: date | None = None) -> list[int]:
    """Send up what was not answered by its day; the ids of what went up. Any number of timers may run at once: what
    another has sent up is not late any more, and is left alone."""
    day = today or timezone.localdate()
    late = Obstacle.objects.filter(state=State.OPEN, due_on__lt=day, level__lt=HIGHEST_LEVEL)
    return [pk for pk in late.order_by("pk").values_list("pk", flat=True) if _escalate_one(pk, day)]


@transaction.atomic
def _escalate_one(pk: int, day: date) -> bool:
    obstacle = (
        Obstacle.objects.select_for_update(of=("self",))
        .select_related("plan__unit", "unit")
        .filter(pk=pk, state=State.OPEN, due_on__lt=day, level__lt=HIGHEST_LEVEL)
        .first()
    )
    if obstacle is None:
        return False
    step_up(obstacle=obstacle, today=day, text="", by=None)
    return True


def step_up(*, obstacle: Obstacle, today: date, text: str, by: User | None) -> ObstacleStep:
    """One level higher, with a deadline of its own. The caller holds the row and knows that there is a level above."""
    level, due_on = obstacle.level, obstacle.due_on
    obstacle.level = level + 1
    obstacle.due_on = answer_by(level=obstacle.level, obstacle=obstacle, today=today)
    Obstacle.objects.filter(pk=obstacle.pk).update(
        level=obstacle.level, due_on=obstacle.due_on, version=F("version") + 1, updated_at=timezone.now()
    )
    step = ObstacleStep.objects.create(obstacle=obstacle, kind=Kind.ESCALATION, level=obstacle.level, text=text, by=by)
    record(
        by=by,
        action="plans.obstacle_escalated",
        target=obstacle,
        unit_path=obstacle.unit.path,
        changes={
            "level": [str(Obstacle.Level(level).label), str(Obstacle.Level(obstacle.level).label)],
            "due_on": [due_on.isoformat(), obstacle.due_on.isoformat()],
        },
        reason=text,
        notify=[*answerers_of(obstacle), *raisers_of(obstacle)],
    )
    return step


def raisers_of(obstacle: Obstacle) -> list[int]:
    """Who raised it, and who else reports for the unit. One query."""
    held = Membership.objects.current().filter(
        unit=obstacle.unit, role__in=[Role.UNIT_OFFICER, Role.UNIT_HEAD], user__is_active=True
    )
    return [obstacle.raised_by_id, *held.values_list("user_id", flat=True)]
