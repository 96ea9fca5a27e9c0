"""Changes of the API: PATCH names the version it was made of, so that nobody's change is lost unseen (RFC 9110, 13.1).

A resource shows its version as `version` and, of one row, as `ETag`. PATCH without `If-Match` answers 428, with another
version than the row has now 412.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from isoportal.rows import ListAPI, Row
from units.permissions import Permission

TAGS = re.compile(r'(?:W/)?"(?P<tag>[\x21\x23-\x7e]{0,100})"')
IF_MATCH = OpenApiParameter(
    name="If-Match",
    location=OpenApiParameter.HEADER,
    description='The `ETag` of the row that the change was made of, for example `"3"`. Without it 428, stale 412.',
    required=True,
    type=str,
)


class PreconditionRequired(exceptions.APIException):
    status_code = HTTPStatus.PRECONDITION_REQUIRED
    default_detail = _("Send If-Match with the ETag of the row as you read it.")
    default_code = "precondition_required"


class Stale(exceptions.APIException):
    """Raised by `change` too, when somebody else was faster between the look and the write."""

    status_code = HTTPStatus.PRECONDITION_FAILED
    default_detail = _("The row was changed after you read it. Read it again and make your change on what it is now.")
    default_code = "stale"


class NotNow(exceptions.APIException):
    """The row is in a state in which it cannot be changed."""

    status_code = HTTPStatus.CONFLICT
    default_code = "not_possible_now"


def require_match(request: Request, version: int) -> None:
    """Raises PreconditionRequired without If-Match, Stale where it names another version than the row has."""
    given = request.headers.get("If-Match")
    if given is None:
        raise PreconditionRequired
    # Weak tags never match: the change must be made of the very row (RFC 9110, 8.8.3.2).
    tags = {found["tag"] for found in TAGS.finditer(given) if not found.group().startswith("W/")}
    if given.strip() != "*" and str(version) not in tags:
        raise Stale


class TaggedAPI(ListAPI):
    """A resource whose rows count their changes in `tag_field`: one row comes with its ETag."""

    tag_field = "version"

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.tagged(self.row(self.kwargs["pk"]))

    def tagged(self, row: Row) -> Response:
        return Response(row, headers={"ETag": f'"{row[self.tag_field]}"'})


class ChangeAPI(TaggedAPI):
    """A resource of which a row can be changed by who holds `change_permission` on it. `change(pk, data, version)`
    calls the service; fields that are not sent stay as they are."""

    change_serializer_class: type[serializers.Serializer[Any]]
    change_permission: Permission

    def may_change(self, pk: int) -> bool:
        raise NotImplementedError

    def change(self, pk: int, data: dict[str, Any], version: int) -> None:
        raise NotImplementedError

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        pk = self.kwargs["pk"]
        row = self.row(pk)
        if not self.may_change(pk):
            raise PermissionDenied
        version = row[self.tag_field]
        require_match(request, version)
        body = self.change_serializer_class(data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        if body.validated_data:
            self.change(pk, body.validated_data, version)
        return self.tagged(self.row(pk))
