"""What says what went wrong outside of any view: pages to people, problem details to programs.

The page for 500 is rendered without context processors or the database.
"""

from __future__ import annotations

import sys
from http import HTTPStatus

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseServerError, JsonResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.translation import gettext as _

from isoportal.problems import PROBLEM, Unavailable, problem


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A forged host, too many fields: what Django refuses before a view is found."""
    if _is_api(request):
        said = problem(HTTPStatus.BAD_REQUEST, "bad_request", _("The request is not valid."))
        return JsonResponse(said, status=HTTPStatus.BAD_REQUEST, content_type=PROBLEM)
    return HttpResponseBadRequest(get_template("400.html").render({"request": request}))


def server_error(request: HttpRequest) -> HttpResponse:
    """503 where the database does not answer or is too busy: that passes by itself."""
    if isinstance(sys.exception(), OperationalError):
        later = {"Retry-After": "10"}
        status = HTTPStatus.SERVICE_UNAVAILABLE
        if _is_api(request):
            said = problem(status, Unavailable.default_code, Unavailable.default_detail)
            return JsonResponse(said, status=status, content_type=PROBLEM, headers=later)
        return HttpResponse(get_template("503.html").render({"request": request}), status=status, headers=later)
    if _is_api(request):
        said = problem(
            HTTPStatus.INTERNAL_SERVER_ERROR, "error", _("Something went wrong here. It is logged; try again later.")
        )
        return JsonResponse(said, status=HTTPStatus.INTERNAL_SERVER_ERROR, content_type=PROBLEM)
    return HttpResponseServerError(get_template("500.html").render({"request": request}))
