"""What was asked to be told: report jobs. The row is the queue; the broker only says that there is one."""

from __future__ import annotations

import secrets
import uuid
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from units.models import User


def make_download_key() -> str:
    """128 bits that nobody guesses."""
    return secrets.token_hex(16)


class ReportJobQuerySet(models.QuerySet["ReportJob"]):
    def of(self, user: User) -> Self:
        """A report is its requester's alone: it shows what that person may see."""
        return self.filter(requested_by=user)

    def active(self) -> Self:
        return self.filter(state__in=[ReportJob.State.QUEUED, ReportJob.State.RUNNING])


ReportJobManager = models.Manager.from_queryset(ReportJobQuerySet)


class ReportJob(models.Model):
    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        RUNNING = "running", _("Running")
        DONE = "done", pgettext_lazy("job", "Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")
        EXPIRED = "expired", _("Expired")

    class Queue(models.TextChoices):
        """Short work and province-wide work wait in different lines, so that neither holds up the other."""

        INTERACTIVE = "interactive", _("Short")
        BULK = "bulk", _("Long")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    download_key = models.CharField(max_length=32, unique=True, default=make_download_key, editable=False)
    kind = models.SlugField(_("kind"), max_length=60)
    format = models.CharField(_("format"), max_length=8)
    params = models.JSONField(default=dict)
    params_hash = models.CharField(max_length=64)
    title = models.CharField(_("title"), max_length=300, blank=True)
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="report_jobs")
    requested_at = models.DateTimeField(_("requested"), auto_now_add=True)
    # What the report holds, as {permission: [unit ids]}: what was within reach when asked, then what was built in.
    scope = models.JSONField(default=dict)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.QUEUED)
    queue = models.CharField(max_length=12, choices=Queue.choices, default=Queue.INTERACTIVE)
    progress = models.PositiveSmallIntegerField(default=0)  # percent
    step = models.CharField(max_length=40, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    deferrals = models.PositiveSmallIntegerField(default=0)  # put off because something outside failed
    not_before = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    lease_token = models.CharField(max_length=32, blank=True)
    heartbeat_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    error_code = models.CharField(max_length=40, blank=True)
    file = models.CharField(max_length=200, blank=True)
    file_name = models.CharField(max_length=200, blank=True)  # what it is called when it is downloaded
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(null=True)
    data_version = models.CharField(max_length=64, blank=True)

    objects = ReportJobManager()

    class Meta:
        verbose_name = _("report job")
        verbose_name_plural = _("report jobs")
        ordering = ["-requested_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["requested_by", "params_hash"],
                condition=Q(state__in=["queued", "running"]),
                name="report_job_asked_once",
            )
        ]
        indexes = [models.Index(fields=["state", "lease_until"], name="report_job_by_state")]

    def __str__(self) -> str:
        return self.title or f"{self.kind}.{self.format}"

    @property
    def is_final(self) -> bool:
        return self.state not in {self.State.QUEUED, self.State.RUNNING}


class WorkerHeartbeat(models.Model):
    """One row a worker, written every few seconds from its main process: how the portal knows that somebody works."""

    name = models.CharField(max_length=120, unique=True)
    seen_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.name
