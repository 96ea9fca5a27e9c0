"""What the timer starts. A message holds nothing: what is to be done stands in the rows."""

from __future__ import annotations

from celery import shared_task

from activity.origin import Origin, acting_from
from plans.jobs.periods import make_due_reports


@shared_task(name="plans.tasks.make_periods")
def make_periods() -> None:
    with acting_from(Origin(channel="timer")):
        make_due_reports()
