"""What comes over the wire as the body of a request: whole, and not more than may come."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

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


class BrokenOff(OSError):
    """The client went away before it had sent what it had promised."""


class WholeBody:
    """A body that ends where it was promised to, or raises: a file whose upload broke off is no file."""

    def __init__(self, stream: Any, length: int) -> None:
        self._stream, self._left = stream, length

    def read(self, size: int = -1) -> bytes:
        piece: bytes = self._stream.read(self._left if size < 0 else min(size, self._left))
        return self._counted(piece, wanted=size != 0)

    def readline(self, size: int = -1) -> bytes:
        piece: bytes = self._stream.readline(self._left if size < 0 else min(size, self._left))
        return self._counted(piece, wanted=size != 0)

    def _counted(self, piece: bytes, *, wanted: bool) -> bytes:
        self._left -= len(piece)
        if not piece and wanted and self._left > 0:
            raise BrokenOff("the request ended too soon")
        return piece


def whole_bodies(application: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """The WSGI application, its requests' bodies guarded."""

    def guarded(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        said = environ.get("CONTENT_LENGTH") or ""
        if said.isascii() and said.isdigit() and (length := int(said[:20])):
            environ["wsgi.input"] = WholeBody(environ["wsgi.input"], length)
        return application(environ, start_response)

    return guarded
