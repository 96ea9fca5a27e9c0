"""What every request carries: its id, the language of the person, where an act comes from."""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Callable
from contextlib import ExitStack

from axes.helpers import get_client_ip_address
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from activity.origin import Origin, acting_from

logger = logging.getLogger("isoportal.request")
SAFE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")

Handler = Callable[[HttpRequest], HttpResponse]


class RequestIdMiddleware:
    """Gives each request an id (the proxy's own if it sends a plain one), says it back and writes one log line."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request.id = given if SAFE_ID.fullmatch(given) else uuid.uuid4().hex
        with acting_from(Origin(channel="page", request_id=request.id)):
            response = self.get_response(request)
            response.headers["X-Request-ID"] = request.id
            if not request.path.startswith(f"/{settings.STATIC_URL.strip('/')}/"):
                # The path alone: a query string may hold what somebody searched for.
                logger.info(
                    "request",
                    extra={"method": request.method, "path": request.path, "status": response.status_code},
                )
        return response


class LanguageMiddleware:
    """Vietnamese unless the person chose otherwise with the switch.

    The browser's own preference is not asked: an English browser on a Vietnamese desk is the rule, not a choice. The
    API answers in the caller's Accept-Language.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith("/api/"):
            language = translation.get_language_from_request(request)
        else:
            chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
            language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
        return response


class OriginMiddleware:
    """Says to the audit where an act comes from: page or API, and the client's address."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        channel = "api" if request.path.startswith("/api/") else "page"
        with ExitStack() as stack:
            stack.enter_context(
                acting_from(
                    Origin(channel=channel, request_id=request.id, address=get_client_ip_address(request) or None)
                )
            )
            return self.get_response(request)
