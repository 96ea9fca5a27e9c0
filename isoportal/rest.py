"""What every endpoint shares: JSON by orjson, cursor pages, problem details (RFC 9457)."""

from __future__ import annotations

from typing import Any

import orjson
from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions, pagination, renderers, status
from rest_framework.response import Response
from rest_framework.views import exception_handler


class Renderer(renderers.JSONRenderer):
    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        return b"" if data is None else orjson.dumps(data, default=str)


class CursorPagination(pagination.CursorPagination):
    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"
    ordering = "pk"


def problem_details(error: Exception, context: dict[str, Any]) -> Response | None:
    """Every error as application/problem+json with `code`, `detail` in the caller's language and `errors` by field."""
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    assert isinstance(error, exceptions.APIException)
    problem: dict[str, Any] = {"type": "about:blank", "status": response.status_code}
    if isinstance(error, exceptions.ValidationError):
        fields = error.detail if isinstance(error.detail, dict) else {"non_field_errors": error.detail}
        problem |= {"code": "invalid", "detail": str(error.default_detail), "errors": fields}
    else:
        codes = error.get_codes()
        problem |= {"code": codes if isinstance(codes, str) else error.default_code, "detail": str(error.detail)}
    problem["title"] = response.status_text if response.status_code != status.HTTP_200_OK else ""
    response.data = problem
    response.content_type = "application/problem+json"
    return response
