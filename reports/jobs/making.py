"""One report job: claim, build as the requester, render, store, and what its failure means."""

from __future__ import annotations

import logging
import random
from datetime import timedelta
from typing import Any
from uuid import UUID

from celery.exceptions import SoftTimeLimitExceeded
from django.db import DatabaseError, InterfaceError, OperationalError
from django.db.models import F
from django.db.models.functions import Now

from activity.origin import Origin, acting_from
from reports.contexts import Report
from reports.jobs.files import Stored, discard, discard_others, place_for, store
from reports.jobs.lease import MAX_ATTEMPTS, Lease, LeaseLost, State, claim
from reports.registry import KINDS, NoAccess
from reports.renderers import FORMATS
from reports.renderers.process import Remedy, RenderError, Step, renderer

logger = logging.getLogger(__name__)

MAX_DEFERRALS = 8  # about a quarter of an hour of trouble outside


def run(job_id: UUID | str) -> bool:
    """Make the report of one job, if it is due and nobody else has it. True when this call ran it, well or badly."""
    lease = claim(job_id)
    if lease is None:
        return False
    with acting_from(Origin(channel="job", request_id=str(job_id))):
        try:
            _make(lease)
        except LeaseLost:
            logger.info("A report job was taken away", extra={"job": str(job_id)})
        except Exception as error:
            code, remedy = failure_of(error)
            logger.exception("A report job failed", extra={"job": str(job_id), "code": code})
            _end_in_failure(lease, code, remedy)
    return True


def _make(lease: Lease) -> None:
    job = lease.job
    kind = KINDS.get(job.kind)
    format = FORMATS.get(job.format)
    if kind is None or format is None:
        raise RenderError("unknown_kind")
    report = kind.build(user=job.requested_by, params=job.params)
    lease.tick(Step(name="gathered", percent=25))
    place = place_for(job, lease.token)
    try:
        renderer.render(format=format, report=report, job_id=str(job.pk), target=place.draft, tick=lease.tick)
        stored = store(place)
    except BaseException:
        discard(place)
        raise
    _finish(lease, stored, report)


def _finish(lease: Lease, stored: Stored, report: Report) -> None:
    """The file stands, now the row says so; a file whose row went to somebody else is taken away again."""
    try:
        lease.write(
            state=State.DONE,
            progress=100,
            step="done",
            finished_at=Now(),
            lease_until=None,
            file=stored.place.name,
            sha256=stored.sha256,
            size=stored.size,
            file_name=report.file_name,
            scope=report.scope,
            data_version=report.data_version,
        )
    except LeaseLost:
        discard(stored.place)
        raise
    discard_others(stored.place)


def failure_of(error: Exception) -> tuple[str, Remedy]:
    """What a failure means: a reason in one word, and what may help."""
    if isinstance(error, NoAccess):
        return "no_access", Remedy.NONE
    if isinstance(error, SoftTimeLimitExceeded):
        return "timeout", Remedy.NONE
    if isinstance(error, RenderError):
        return error.code, error.remedy
    if isinstance(error, (OperationalError, InterfaceError)):
        return "unavailable", Remedy.WAIT
    if isinstance(error, OSError):
        return "disk_full", Remedy.WAIT
    return "error", Remedy.NONE


def _end_in_failure(lease: Lease, code: str, remedy: Remedy) -> None:
    job = lease.job
    try:
        if remedy is Remedy.WAIT and job.deferrals < MAX_DEFERRALS:
            # Nobody's fault but the surroundings': not counted, 5 s doubling to 5 minutes, with some chance in it.
            wait = min(300, 5 * 2**job.deferrals) * random.uniform(0.75, 1.25)  # noqa: S311 -- spreads load
            _put_back(lease, code, wait, attempts=F("attempts") - 1, deferrals=F("deferrals") + 1)
        elif remedy is Remedy.RETRY and job.attempts < MAX_ATTEMPTS:
            _put_back(lease, code, 0)
        else:
            lease.write(state=State.FAILED, error_code=code, finished_at=Now(), lease_until=None)
    except LeaseLost:
        logger.info("A failed report job had been taken away", extra={"job": str(job.pk)})
    except DatabaseError:
        # The lease runs out by itself and the reaper takes the job up again.
        logger.exception("A failure could not be written down", extra={"job": str(job.pk)})


def _put_back(lease: Lease, code: str, wait: float, **counts: Any) -> None:
    lease.write(
        state=State.QUEUED,
        not_before=Now() + timedelta(seconds=wait) if wait else Now(),
        lease_until=None,
        lease_token="",
        progress=0,
        step="deferred",
        error_code=code,
        **counts,
    )
