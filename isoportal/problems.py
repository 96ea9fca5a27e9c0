"""Whatever goes wrong in the API as problem details (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import OperationalError
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, views
from rest_framework.response import Response

PROBLEM = "application/problem+json"


class TooLarge(exceptions.APIException):
    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_detail = _("The body is too large. Send less at a time.")
    default_code = "too_large"


class Unavailable(exceptions.APIException):
    status_code = HTTPStatus.SERVICE_UNAVAILABLE
    default_detail = _("The service is busy. Try again in a few seconds.")
    default_code = "unavailable"
    wait = 10


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
