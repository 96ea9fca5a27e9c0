from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_POST, require_safe

from reports import services
from reports.contexts import JobItem, job_item
from reports.forms import OptionsForm, RequestForm
from reports.jobs import FileDamaged, open_checked
from reports.models import ReportJob
from reports.registry import KINDS, InvalidParams, NoAccess, ReportKind
from reports.renderers import FORMATS
from units.access import holds
from units.http import UserRequest
from units.permissions import Permission

JOBS_A_PAGE = 20


@login_required
@require_safe
def report_list(request: UserRequest) -> HttpResponse:
    page = Paginator(ReportJob.objects.of(request.user), JOBS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "kinds": KINDS.values() if holds(request.user, Permission.REPORT_VIEW) else [],
        "page": page,
        "jobs": [_item(job) for job in page],
    }
    return render(request, "reports/list.html", context)


@login_required
@require_safe
def show(request: UserRequest, kind: str) -> HttpResponse:
    chosen = _kind(kind)
    if chosen.parameter not in request.GET:
        return redirect(chosen.choose)
    return _show(request, chosen, request.GET, RequestForm(chosen))


def _show(
    request: UserRequest, kind: ReportKind, given: Mapping[str, str], form: RequestForm, status: int = 200
) -> HttpResponse:
    params = _params(kind, given)
    subject = kind.get_subject(user=request.user, params=params)
    try:
        report = kind.report(subject, user=request.user, params=params)
    except NoAccess:
        raise Http404 from None
    context = {
        "kind": kind,
        "subject": subject,
        "report": report,
        "params": params,
        "form": form,
        "options": OptionsForm(kind, params, user=request.user) if kind.options else None,
        "formats": [FORMATS[each] for each in kind.formats],
        "may_request": kind.visible(request.user, Permission.REPORT_REQUEST).filter(pk=subject.pk).exists(),
    }
    return render(request, kind.template, context, status=status)


@login_required
@require_POST
def request_file(request: UserRequest, kind: str) -> HttpResponse:
    chosen = _kind(kind)
    form = RequestForm(chosen, request.POST)
    if not form.is_valid():
        return _show(request, chosen, request.POST, form, status=422)
    params = _params(chosen, request.POST)
    try:
        job = services.request_report(kind=kind, format=form.cleaned_data["format"], params=params, by=request.user)
    except services.TooManyActive:
        return _too_many(request)
    return redirect("reports:job", pk=job.pk)


@login_required
@require_safe
@never_cache
def job(request: UserRequest, pk: UUID) -> HttpResponse:
    """The state of a job; htmx asks for its live part alone, every second until the job has ended."""
    mine = _job(request, pk)
    template = "reports/job.html#live" if request.htmx else "reports/job.html"
    return render(request, template, {"item": _item(mine), "job": mine})


@login_required
@require_POST
def cancel(request: UserRequest, pk: UUID) -> HttpResponse:
    mine = _job(request, pk)
    try:
        services.cancel_report(job=mine, by=request.user)
    except services.NotNow:
        messages.warning(request, _("The report had ended already."))
    return redirect("reports:job", pk=mine.pk)


@login_required
@require_POST
def retry(request: UserRequest, pk: UUID) -> HttpResponse:
    mine = _job(request, pk)
    try:
        mine = services.retry_report(job=mine, by=request.user)
    except services.UnknownReport:
        raise Http404 from None
    except services.NotNow:
        messages.warning(request, _("Only a report that failed can be tried again."))
    except services.TooManyActive:
        return _too_many(request)
    return redirect("reports:job", pk=mine.pk)


@login_required
@require_safe
@cache_control(private=True, no_store=True)
def download(request: UserRequest, key: str) -> HttpResponse | FileResponse:
    """The file, if its requester may still see everything in it and it is byte for byte the one that was made."""
    mine = get_object_or_404(ReportJob.objects.of(request.user), download_key=key, state=ReportJob.State.DONE)
    if not services.may_download(job=mine, user=request.user):
        raise Http404
    try:
        file = open_checked(mine)
    except FileDamaged:
        return _damaged(request, mine)
    response = FileResponse(
        file, as_attachment=True, filename=_file_name(mine), content_type=FORMATS[mine.format].content_type
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _damaged(request: UserRequest, job: ReportJob) -> HttpResponse:
    context = {
        "item": _item(job),
        "job": job,
        "request_url": reverse("reports:request", args=[job.kind]),
        "params": job.params,
    }
    return render(request, "reports/damaged.html", context, status=410)


def _too_many(request: UserRequest) -> HttpResponse:
    active = ReportJob.objects.of(request.user).active()
    context = {"jobs": [_item(each) for each in active], "limit": services.MAX_ACTIVE}
    response = render(request, "reports/too_many.html", context, status=429)
    response.headers["Retry-After"] = str(services.RETRY_AFTER)
    return response


def _kind(slug: str) -> ReportKind:
    if slug not in KINDS:
        raise Http404
    return KINDS[slug]


def _params(kind: ReportKind, given: Mapping[str, str]) -> dict[str, Any]:
    """Those of the kind out of a query or a form, which hold other things too."""
    names = {kind.parameter, *(option.name for option in kind.options)}
    try:
        return kind.clean({name: given[name] for name in names if name in given})
    except InvalidParams:
        raise Http404 from None


def _job(request: UserRequest, pk: UUID) -> ReportJob:
    return get_object_or_404(ReportJob.objects.of(request.user), pk=pk)


def _item(job: ReportJob) -> JobItem:
    return job_item(
        job,
        titles={slug: kind.title for slug, kind in KINDS.items()},
        labels={slug: format.label for slug, format in FORMATS.items()},
    )


def _file_name(job: ReportJob) -> str:
    """As the report named itself when it was built, else by its subject."""
    day = timezone.localtime(job.finished_at).date() if job.finished_at else timezone.localdate()
    return f"{job.file_name or f'{job.kind} {day.isoformat()}'}.{job.format}"
