"""A report job in words, for its page and the list of one's jobs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from isoportal.templatetags import formats
from reports.models import ReportJob

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

State = ReportJob.State

STEPS: dict[str, _StrPromise] = {
    "gathering": gettext_lazy("Reading the data"),
    "gathered": gettext_lazy("The data is read"),
    "rendering": gettext_lazy("Laying out the document"),
    "writing": gettext_lazy("Writing the file"),
    "deferred": gettext_lazy("Waiting to try again"),
    "requeued": gettext_lazy("Waiting to try again"),
}
REASONS: dict[str, _StrPromise] = {
    "no_access": gettext_lazy("You may no longer see what this report is about."),
    "unknown_kind": gettext_lazy("This kind of report no longer exists."),
    "memory": gettext_lazy("The report needs more memory than one report may take. Ask for the Excel file instead."),
    "too_large": gettext_lazy("The file would be larger than a report may be. Ask for the Excel file instead."),
    "timeout": gettext_lazy("The report took longer than a report may take. Ask for the Excel file instead."),
    "blocked": gettext_lazy("The document asked for something from outside, which is never allowed."),
    "disk_full": gettext_lazy("There is no room left to store the file. Tell the administrator, then try again."),
    "unavailable": gettext_lazy("The database did not answer. Try again in a few minutes."),
    "attempts": gettext_lazy("The work was interrupted again and again. Try again, or tell the administrator."),
    "killed": gettext_lazy("The work was interrupted three times. Try again, or ask for the Excel file instead."),
    "gone": gettext_lazy("The work was interrupted three times. Try again, or ask for the Excel file instead."),
}
OTHER_REASON = gettext_lazy("The report could not be made. Try again; if it fails again, tell the administrator.")


@dataclass(frozen=True, kw_only=True)
class JobItem:
    """What the job component shows, and what the job's page adds. Links are "" where there is nothing to do.

    `title` is the kind with its subject, `note` the format with what is `told` of the state.
    """

    pk: str
    title: str
    kind: str
    subject: str
    format: str
    state: str
    percent: int
    note: str
    told: str
    step: str
    reason: str
    is_final: bool
    job: ReportJob
    url: str
    download_url: str
    cancel_url: str
    retry_url: str


def job_item(job: ReportJob, *, titles: Mapping[str, _StrPromise | str], labels: Mapping[str, str]) -> JobItem:
    """`titles` of the kinds by slug, `labels` of the formats by slug. No query."""
    done, failed = job.state == State.DONE, job.state == State.FAILED
    kind = str(titles.get(job.kind, job.kind))
    label = labels.get(job.format, job.format)
    told = _told(job)
    return JobItem(
        pk=str(job.pk),
        title=f"{kind}: {job.title}" if job.title else kind,
        kind=kind,
        subject=job.title,
        format=label,
        state=job.state,
        percent=job.progress,
        note=" · ".join([label, *told]),
        told=" · ".join(told),
        step=str(STEPS.get(job.step, "")) if not job.is_final else "",
        reason=reason_of(job),
        is_final=job.is_final,
        job=job,
        url=reverse("reports:job", args=[job.pk]),
        download_url=reverse("reports:download", args=[job.download_key]) if done else "",
        cancel_url=reverse("reports:cancel", args=[job.pk]) if not job.is_final else "",
        retry_url=reverse("reports:retry", args=[job.pk]) if failed and job.error_code != "no_access" else "",
    )


def reason_of(job: ReportJob) -> str:
    """Why there is no file (yet), in words that say what to do; "" where nothing went wrong."""
    if not job.error_code:
        return ""
    return str(REASONS.get(job.error_code, OTHER_REASON))


def _told(job: ReportJob) -> list[str]:
    if job.state == State.DONE:
        digest = f"SHA-256 {job.sha256[:4]}…{job.sha256[-4:]}"
        return [str(filesizeformat(job.size or 0)), formats.moment(job.finished_at), digest]
    if job.state == State.FAILED:
        return [reason_of(job)]
    return [_("asked for at %(moment)s") % {"moment": formats.moment(job.requested_at)}]
