"""The right to work on a job: taken by one conditional UPDATE, renewed, and checked on every later write (fencing)."""

from __future__ import annotations

import secrets
import time
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Now

from reports.models import ReportJob
from reports.renderers.process import Step

State = ReportJob.State
# A report whose rendering dies is given up after three attempts (in `making`). One whose whole worker vanishes is tried
# longer: rendering happens outside the worker, so that is a deploy, a power cut or a kill, hardly ever the report.
MAX_ATTEMPTS = 3
MAX_CLAIMS = 8
RENEWALS_PER_LEASE = 3
LONGEST_SILENCE = 5.0  # seconds until a running job notices that it was cancelled


class LeaseLost(Exception):
    """The job was cancelled, or another worker took it over."""


class Lease:
    """The right to write to a job, for as long as it is renewed and nobody took it away."""

    def __init__(self, job: ReportJob, token: str) -> None:
        self.job, self.token = job, token
        self._patience: float = min(settings.REPORT_LEASE_SECONDS / RENEWALS_PER_LEASE, LONGEST_SILENCE)
        self._renewed = time.monotonic()

    def write(self, **values: Any) -> None:
        """Change the row if it is still ours; raises LeaseLost."""
        mine = ReportJob.objects.filter(pk=self.job.pk, state=State.RUNNING, lease_token=self.token)
        if not mine.update(**values):
            raise LeaseLost
        self._renewed = time.monotonic()

    def tick(self, step: Step | None) -> None:
        """Called often: writes a step at once, else renews when it is time to."""
        if step:
            self._renew(progress=step.percent, step=step.name)
        elif time.monotonic() - self._renewed > self._patience:
            self._renew()

    def _renew(self, **values: Any) -> None:
        self.write(lease_until=Now() + _lease_time(), heartbeat_at=Now(), **values)


def claim(job_id: UUID | str) -> Lease | None:
    """Take the job: one conditional UPDATE that at most one worker wins. None when there is nothing to take."""
    token = secrets.token_hex(16)
    is_due = Q(state=State.QUEUED) & (Q(not_before=None) | Q(not_before__lte=Now()))
    is_abandoned = Q(state=State.RUNNING, lease_until__lt=Now())
    taken = ReportJob.objects.filter(is_due | is_abandoned, pk=job_id, attempts__lt=MAX_CLAIMS).update(
        state=State.RUNNING,
        attempts=F("attempts") + 1,
        lease_token=token,
        lease_until=Now() + _lease_time(),
        heartbeat_at=Now(),
        started_at=Coalesce("started_at", Now()),
        progress=5,
        step="gathering",
        error_code="",
    )
    if not taken:
        return None
    return Lease(ReportJob.objects.select_related("requested_by").get(pk=job_id), token)


def _lease_time() -> timedelta:
    return timedelta(seconds=settings.REPORT_LEASE_SECONDS)
