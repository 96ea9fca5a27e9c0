"""What the timer asks of the portal as a whole: the morning's digests and the mail that waits."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from activity.delivery import send_due
from activity.origin import Origin, acting_from
from isoportal.digests import make_all


@shared_task(name="isoportal.tasks.send_digests")
def send_digests() -> None:
    """Each morning (settings.CELERY_BEAT_SCHEDULE)."""
    with acting_from(Origin(channel="timer")):
        make_all(day=timezone.localdate())
        send_due()


@shared_task(name="isoportal.tasks.send_waiting_mail")
def send_waiting_mail() -> None:
    """What the mail server did not take before."""
    with acting_from(Origin(channel="timer")):
        send_due()
