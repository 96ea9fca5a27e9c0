"""What every request carries: its id, where its acts come from, the language of the person."""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from activity.origin import Origin, acting_from

logger = logging.getLogger("isoportal.request")
SAFE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


class IdentifiedRequest(HttpRequest):
    """A request after the first middleware: `id` tells its log lines and audit events from all others."""

    id: str


def client_address(request: HttpRequest) -> str | None:
    """The client's IP: what the proxy says where there is one (it overwrites X-Real-IP), else the peer's own.

    A header that is no address did not come from our proxy and is not believed.
    """
    given = request.headers.get("X-Real-IP", "") if settings.BEHIND_PROXY else request.META.get("REMOTE_ADDR", "")
    try:
        return str(ip_address(given))
    except ValueError:
        return None


class OriginMiddleware:
    """Gives each request an id (the proxy's own if it sends a plain one), says it back, tells the audit where acts
    come from, and writes one log line."""

    def __init__(self, get_response: Callable[[IdentifiedRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: IdentifiedRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request.id = given if SAFE_ID.fullmatch(given) else uuid.uuid4().hex
        channel = "api" if request.path.startswith("/api/") else "page"
        with acting_from(Origin(channel=channel, request_id=request.id, address=client_address(request))):
            response = self.get_response(request)
            response.headers["X-Request-ID"] = request.id
            if not request.path.startswith(f"/{settings.STATIC_URL.strip('/')}/"):
                # The path alone: a query string may hold what somebody searched for.
                said = {"method": request.method, "path": request.path, "status": response.status_code}
                logger.info("request", extra=said)
        return response


class PlainAddressMiddleware:
    """Refuses a null character in the address: no address of ours has one, and PostgreSQL fails on it instead of
    finding nothing. Bodies are looked at by forms and by the parser of the API."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        if "\0" in request.path or "%00" in query or "\0" in query:
            raise BadRequest("A null character in the address")
        return self.get_response(request)


class LanguageMiddleware:
    """Vietnamese unless the person chose otherwise with the switch.

    The browser's own preference is not asked: an English browser on a Vietnamese desk is the rule, not a choice. The
    API answers in the caller's Accept-Language.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
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
