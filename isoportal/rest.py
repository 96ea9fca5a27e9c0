"""What every endpoint says and hears: JSON by orjson, problem details (RFC 9457) for whatever goes wrong."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import orjson
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import OperationalError
from django.http import Http404
from django.utils.http import parse_header_parameters
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, parsers, renderers, views
from rest_framework.response import Response

PROBLEM = "application/problem+json"


class Renderer(renderers.JSONRenderer):
    """Moments leave in UTC with a Z, decimals as text so that no reader rounds them."""

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        return b"" if data is None else orjson.dumps(data, default=str, option=orjson.OPT_UTC_Z)


class TooLarge(exceptions.APIException):
    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_detail = _("The body is too large. Send less at a time.")
    default_code = "too_large"


class Unavailable(exceptions.APIException):
    status_code = HTTPStatus.SERVICE_UNAVAILABLE
    default_detail = _("The service is busy. Try again in a few seconds.")
    default_code = "unavailable"
    wait = 10


def _has_nul(value: object) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(_has_nul(key) or _has_nul(item) for key, item in value.items())
    return isinstance(value, list) and any(map(_has_nul, value))


class Parser(parsers.JSONParser):
    """Strict JSON in UTF-8: no NaN, no lone surrogate, no nesting without end, no NUL (PostgreSQL cannot store it)."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        _type, parameters = parse_header_parameters(media_type or "")
        if parameters.get("charset", "utf-8").lower() not in {"utf-8", "utf8"}:
            raise exceptions.UnsupportedMediaType(media_type or "", _("Send JSON in UTF-8."))
        try:
            data = orjson.loads(stream.read())
        except orjson.JSONDecodeError as error:
            raise exceptions.ParseError(_("The body is not valid JSON.")) from error
        try:
            nul = _has_nul(data)
        except RecursionError as error:
            raise exceptions.ParseError(_("The body is nested too deeply.")) from error
        if nul:
            raise exceptions.ParseError(_("Null characters are not allowed in text."))
        return data


def problem(status: int, code: str, detail: object, **more: Any) -> dict[str, Any]:
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "code": code,
        "detail": str(detail),
    } | more


def problem_details(error: Exception, context: dict[str, Any]) -> Response | None:
    """Every error as application/problem+json: `code`, `detail` in the caller's language, `errors` by field.

    None for what nobody foresaw: Django logs it and `isoportal.errors.server_error` answers.
    """
    if isinstance(error, OperationalError):
        views.set_rollback()
        error = Unavailable()
    if isinstance(error, RequestDataTooBig):
        error = TooLarge()
    response = views.exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if isinstance(error, exceptions.ValidationError):
        fields = error.detail if isinstance(error.detail, dict) else {"non_field_errors": error.detail}
        response.data = problem(response.status_code, "invalid", error.default_detail, errors=fields)
    elif isinstance(error, exceptions.APIException):
        codes = error.get_codes()
        code = codes if isinstance(codes, str) else error.default_code
        response.data = problem(response.status_code, code, error.detail)
    response.content_type = PROBLEM
    return response
