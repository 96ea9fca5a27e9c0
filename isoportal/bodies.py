"""The body of a request: not more than may come."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from isoportal.problems import PROBLEM, TooLarge, problem

# What a form may hold beside its largest file: its other fields, or a second, smaller file.
ROOM = 4_000_000


class BodyLimitMiddleware:
    """Answers 413 to a request that says it is too large, before anybody reads it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        said = request.META.get("CONTENT_LENGTH") or ""
        if said.isascii() and said.isdigit() and int(said[:20]) > settings.MAX_UPLOAD + ROOM:
            return too_large(request)
        return self.get_response(request)


def too_large(request: HttpRequest) -> HttpResponse:
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    if request.path.startswith("/api/"):
        said = problem(status, TooLarge.default_code, _("The body is too large. Send less at a time."))
        return JsonResponse(said, status=status, content_type=PROBLEM)
    return render(request, "413.html", status=status)
