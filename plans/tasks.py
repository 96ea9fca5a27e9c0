"""What the timer starts. A message holds nothing: what is to be done stands in the rows."""

from __future__ import annotations

from celery import shared_task

from activity.origin import Origin, acting_from
from plans.jobs import tidying
from plans.jobs.escalation import escalate_overdue
from plans.jobs.periods import make_due_reports


@shared_task(name="plans.tasks.make_periods")
def make_periods() -> None:
    with acting_from(Origin(channel="timer")):
        make_due_reports()


@shared_task(name="plans.tasks.escalate_obstacles")
def escalate_obstacles() -> None:
    with acting_from(Origin(channel="timer")):
        escalate_overdue()


@shared_task(name="plans.tasks.tidy_evidence")
def tidy_evidence() -> None:
    with acting_from(Origin(channel="timer")):
        tidying.tidy_evidence()
