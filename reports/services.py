"""Asking for reports, cancelling and retrying them. A job's row is the queue's truth; a nudge may be lost."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from activity.services import record
from reports.delivery import nudge
from reports.models import ReportJob
from reports.registry import KINDS, unit_of
from reports.renderers import FORMATS
from units.access import allowed_units
from units.models import User
from units.permissions import Permission

MAX_ACTIVE = 3  # of one person
MAX_WAITING = 500  # of everybody
RETRY_AFTER = 30  # seconds


class ReportRefused(Exception):
    """The report cannot be asked for."""


class UnknownReport(ReportRefused):
    """There is no such kind or format."""


class FormatNotOffered(UnknownReport):
    """The kind is not made in this format; says in which ones it is."""


class TooManyActive(ReportRefused):
    """The person has as many reports under way as one may, or everybody together has."""


class NotNow(ReportRefused):
    """The job is not in a state that allows this."""


@transaction.atomic
def request_report(*, kind: str, format: str, params: Mapping[str, Any], by: User) -> ReportJob:
    """Put a report into the queue, or give the job that is under way already for the same request.

    The row, written in this transaction, is what the workers go by. Raises UnknownReport, FormatNotOffered,
    InvalidParams, TooManyActive, and what `ReportKind.get_subject` raises where `by` may not have this report.
    """
    if kind not in KINDS or format not in FORMATS:
        raise UnknownReport
    report = KINDS[kind]
    if format not in report.formats:
        raise FormatNotOffered(report.refusal_of(format))
    cleaned = report.clean(params)
    subject = report.get_subject(user=by, params=cleaned, then=Permission.REPORT_REQUEST)
    digest = hash_of(kind, format, cleaned)
    _take_turn(by)
    if active := _active(by, digest):
        return active
    _check_room(by)
    try:
        with transaction.atomic():
            job = ReportJob.objects.create(
                kind=kind,
                format=format,
                params=cleaned,
                params_hash=digest,
                title=str(subject)[:300],
                requested_by=by,
                scope=_scope(by),
                queue=report.queue,
            )
    except IntegrityError:  # asked for at the same moment: the unique index let one through
        return ReportJob.objects.active().get(requested_by=by, params_hash=digest)
    record(
        by=by,
        action="reports.requested",
        target=job,
        changes={"kind": [None, kind], "format": [None, format], "params": [None, cleaned]},
        unit_path=unit_of(subject).path,
    )
    transaction.on_commit(partial(nudge, job))
    return job


@transaction.atomic
def cancel_report(*, job: ReportJob, by: User) -> ReportJob:
    """End a job that waits or runs; the worker notices within seconds. Raises NotNow when it has ended already."""
    changed = (
        ReportJob.objects.filter(pk=job.pk)
        .active()
        .update(state=ReportJob.State.CANCELLED, finished_at=Now(), lease_until=None, lease_token="")
    )
    if not changed:
        raise NotNow
    _record_change(job, by, "reports.cancelled", ReportJob.State.CANCELLED)
    return job


@transaction.atomic
def retry_report(*, job: ReportJob, by: User) -> ReportJob:
    """Put a failed job back with a new budget of attempts, or give the one under way for the same request.

    Raises NotNow unless it failed, and whatever `request_report` raises where `by` may no longer have this report.
    """
    if job.kind not in KINDS:
        raise UnknownReport
    KINDS[job.kind].get_subject(user=by, params=job.params, then=Permission.REPORT_REQUEST)
    _take_turn(by)
    if active := _active(by, job.params_hash):
        return active
    _check_room(by)
    changed = ReportJob.objects.filter(pk=job.pk, state=ReportJob.State.FAILED).update(
        state=ReportJob.State.QUEUED,
        attempts=0,
        deferrals=0,
        not_before=Now(),
        started_at=None,
        finished_at=None,
        error_code="",
        progress=0,
        step="",
        lease_token="",
    )
    if not changed:
        raise NotNow
    _record_change(job, by, "reports.retried", ReportJob.State.QUEUED)
    transaction.on_commit(partial(nudge, job))
    return job


def hash_of(kind: str, format: str, params: Mapping[str, Any]) -> str:
    """SHA-256 of the request's canonical JSON: equal requests are equal whatever the order of their parameters."""
    text = json.dumps([kind, format, params], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _take_turn(by: User) -> None:
    """One request of a person at a time, so that counting and creating cannot be overtaken. (SQLite lets only one
    transaction write anyway.)"""
    User.objects.select_for_update().get(pk=by.pk)


def _active(by: User, digest: str) -> ReportJob | None:
    return ReportJob.objects.active().filter(requested_by=by, params_hash=digest).first()


def _check_room(by: User) -> None:
    active = ReportJob.objects.active()
    if active.filter(requested_by=by).count() >= MAX_ACTIVE or active.count() >= MAX_WAITING:
        raise TooManyActive


def _scope(by: User) -> dict[str, list[int]]:
    """What is within the person's reach when they ask, until the report says what it really holds."""
    return {
        Permission.REPORT_REQUEST.value: sorted(
            allowed_units(by, Permission.REPORT_REQUEST).values_list("pk", flat=True)
        )
    }


def _record_change(job: ReportJob, by: User, action: str, state: ReportJob.State) -> None:
    before = job.state
    job.refresh_from_db()
    record(by=by, action=action, target=job, changes={"state": [before, state.value]}, unit_path=_unit_path(job))


def _unit_path(job: ReportJob) -> str:
    """Of the unit whose plan or sheet it is about, "" when that is gone."""
    kind = KINDS.get(job.kind)
    subject = kind.subjects().filter(pk=job.params.get(kind.parameter)).first() if kind else None
    return unit_of(subject).path if subject else ""


def may_download(*, job: ReportJob, user: User) -> bool:
    """Whether `user` may still have everything that is in the file: the subject, and each unit whose data it holds."""
    kind = KINDS.get(job.kind)
    if kind is None or job.requested_by_id != user.pk:
        return False
    if not kind.visible(user, Permission.REPORT_VIEW).filter(pk=job.params.get(kind.parameter)).exists():
        return False
    return all(
        set(units) <= set(allowed_units(user, Permission(permission)).filter(pk__in=units).values_list("pk", flat=True))
        for permission, units in job.scope.items()
    )
