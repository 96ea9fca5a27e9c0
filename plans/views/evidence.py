from __future__ import annotations

import hashlib
from http import HTTPStatus
from typing import IO

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from plans.contexts.evidence import is_used
from plans.models import Evidence
from plans.services.evidence import (
    SENDERS,
    EvidenceRefused,
    FileTooLarge,
    NotStored,
    QuotaExceeded,
    withdraw_evidence,
)
from plans.upload import child
from plans.upload.refusal import RefusedFile
from plans.upload.text import read_text
from units.access import get_allowed, holds_in
from units.http import UserRequest
from units.permissions import Permission

TEXT_SHOWN = 200_000  # letters
RENDER_MEMORY = 1_000_000_000  # bytes of address space
RENDER_SECONDS = 10
LAST_PAGE = 2000


class Damaged(Exception):
    """The file is missing or is not the one that was stored."""


def status_of(refused: EvidenceRefused) -> int:
    """How a page answers a file that was not taken."""
    if isinstance(refused, FileTooLarge | QuotaExceeded):
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    if isinstance(refused, NotStored):
        return HTTPStatus.INSUFFICIENT_STORAGE
    return HTTPStatus.UNPROCESSABLE_ENTITY


def load(request: UserRequest, pk: int) -> Evidence:
    return get_allowed(
        Evidence.objects.kept().select_related("unit", "uploaded_by"), request.user, Permission.PLAN_VIEW, pk=pk
    )


def open_checked(evidence: Evidence) -> IO[bytes]:
    """The file, read through once to compare it with its row, and back at its beginning. Raises Damaged."""
    try:
        file = evidence.path.open("rb")
    except OSError:
        raise Damaged from None
    if hashlib.file_digest(file, "sha256").hexdigest() != evidence.sha256 or file.tell() != evidence.size:
        file.close()
        raise Damaged
    file.seek(0)
    return file


def guarded(response):
    """What was sent by people runs nowhere: no guessing of its type, no script, no frame, no copy in a shared cache."""
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


@login_required
@require_safe
@cache_control(private=True, no_store=True)
def evidence_file(request: UserRequest, pk: int) -> HttpResponse | FileResponse:
    """The file as a download, byte for byte as it was sent."""
    evidence = load(request, pk)
    try:
        file = open_checked(evidence)
    except Damaged:
        return damaged(request, evidence)
    return guarded(FileResponse(file, as_attachment=True, filename=evidence.name, content_type=evidence.media_type))


@login_required
@require_safe
@cache_control(private=True, no_store=True)
def evidence_preview(request: UserRequest, pk: int) -> HttpResponse:
    """What can be shown without running anything: a picture, a page of a PDF drawn as a picture, text as text."""
    evidence = load(request, pk)
    try:
        file = open_checked(evidence)
    except Damaged:
        return damaged(request, evidence)
    with file:
        text = text_of(file) if evidence.preview == "text" else ""
        pages = pages_of(file) if evidence.preview == "pdf" else 0
    page = min(page_asked(request), max(pages, 1))
    may_send = any(holds_in(request.user, permission, evidence.unit) for permission in SENDERS)
    context = {
        "evidence": evidence,
        "text": text[:TEXT_SHOWN],
        "is_cut": len(text) > TEXT_SHOWN,
        "page": page,
        "pages": pages,
        "may_withdraw": may_send and not is_used(evidence),
    }
    return render(request, "plans/evidence_preview.html", context)


@login_required
@require_safe
@cache_control(private=True, max_age=3600)
def evidence_picture(request: UserRequest, pk: int) -> HttpResponse | FileResponse:
    """The picture on the preview page: the file itself, or a page of a PDF drawn in a process with bounds."""
    evidence = load(request, pk)
    try:
        file = open_checked(evidence)
    except Damaged:
        raise Http404 from None
    if evidence.preview == "image":
        return guarded(FileResponse(file, content_type=evidence.media_type))
    with file:
        if evidence.preview != "pdf":
            raise Http404
        drawn = draw(file.read(), page_asked(request))
    return guarded(HttpResponse(drawn, content_type="image/png"))


def draw(pdf: bytes, page: int) -> bytes:
    try:
        said = child.run(
            "plans.upload.pages:draw", b"%d\n%b" % (page, pdf), memory=RENDER_MEMORY, seconds=RENDER_SECONDS
        )
    except (child.Refused, child.Exhausted):
        raise Http404 from None
    return bytes.fromhex(said)


def pages_of(file: IO[bytes]) -> int:
    """How many pages there are to show; 0 where the PDF cannot be drawn."""
    try:
        return int(child.run("plans.upload.pages:count", file.read(), memory=RENDER_MEMORY, seconds=RENDER_SECONDS))
    except (child.Refused, child.Exhausted):
        return 0


def text_of(file: IO[bytes]) -> str:
    try:
        return read_text(file.read())
    except RefusedFile:
        return ""


def page_asked(request: UserRequest) -> int:
    said = request.GET.get("page", "")
    return min(max(int(said), 1), LAST_PAGE) if said.isascii() and said.isdigit() and len(said) < 5 else 1


def damaged(request: UserRequest, evidence: Evidence) -> HttpResponse:
    return render(request, "plans/evidence_damaged.html", {"evidence": evidence}, status=HTTPStatus.GONE)


@login_required
@require_POST
def evidence_withdraw(request: UserRequest, pk: int) -> HttpResponse:
    evidence = load(request, pk)
    try:
        withdraw_evidence(evidence=evidence, by=request.user)
    except EvidenceRefused as refused:
        messages.warning(request, str(refused))
        return redirect("plans:evidence_preview", pk=pk)
    messages.success(request, _("%(name)s is withdrawn.") % {"name": evidence.name})
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return redirect(back)
    return redirect(reverse("home"))
