"""What crashes and lost messages left behind, put right. Any number of reapers may run at once."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Now

from reports.delivery import nudge
from reports.jobs.files import discard_file, sweep
from reports.jobs.lease import MAX_CLAIMS, State
from reports.models import ReportJob

NUDGE_AFTER = timedelta(seconds=20)
AT_ONCE = 100


def due_jobs() -> list[UUID]:
    """Ids of queued jobs whose time has come, oldest first."""
    due = ReportJob.objects.filter(Q(not_before=None) | Q(not_before__lte=Now()), state=State.QUEUED)
    return list(due.order_by("requested_at").values_list("pk", flat=True)[:AT_ONCE])


def reap() -> dict[str, int]:
    """Take up or give up abandoned jobs and nudge for forgotten ones. Each step is a conditional UPDATE: what a second
    reaper finds done already it leaves alone."""
    abandoned = ReportJob.objects.filter(state=State.RUNNING, lease_until__lt=Now())
    given_up = abandoned.filter(attempts__gte=MAX_CLAIMS).update(
        state=State.FAILED, error_code="attempts", finished_at=Now(), lease_until=None, lease_token=""
    )
    requeued = abandoned.filter(attempts__lt=MAX_CLAIMS).update(
        state=State.QUEUED, not_before=Now(), lease_until=None, lease_token="", progress=0, step="requeued"
    )
    # A job just put back was never nudged for; any other only when its nudge had time to be answered.
    forgotten = ReportJob.objects.filter(
        Q(requested_at__lt=Now() - NUDGE_AFTER, not_before=None) | Q(not_before__lte=Now()), state=State.QUEUED
    ).order_by("requested_at")[:AT_ONCE]
    nudged = 0
    for job in forgotten:
        if not nudge(job):  # the broker is down: the others would only wait for it as well
            break
        nudged += 1
    return {"given_up": given_up, "requeued": requeued, "nudged": nudged}


def expire() -> dict[str, int]:
    """Let go of files that are older than they are kept for, and of files that no row knows."""
    old = ReportJob.objects.filter(
        state=State.DONE, finished_at__lt=Now() - timedelta(days=settings.REPORT_KEEP_DAYS)
    ).order_by("finished_at")[:AT_ONCE]
    expired = 0
    for job in old:
        expired += ReportJob.objects.filter(pk=job.pk, state=State.DONE).update(state=State.EXPIRED)
        discard_file(job.file)
    return {"expired": expired, "swept": sweep()}
