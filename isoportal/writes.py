"""Writes of the API: the shape is checked here, the rules are the services', and a repeated request has one effect."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import orjson
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from isoportal.rest import Renderer
from isoportal.rows import ListAPI
from units.services import KeyUsedForAnotherBody, once

KEY = re.compile(r"[\x21-\x7e]{1,100}")
IDEMPOTENCY_KEY = OpenApiParameter(
    name="Idempotency-Key",
    location=OpenApiParameter.HEADER,
    description="Any text of your own, up to 100 letters. Within a day the same key and body give the same answer and "
    "have one effect; the same key with another body answers 422.",
    required=False,
    type=str,
)


class Input(serializers.Serializer[Any]):
    """A body in which a field that nobody knows is an error, not a wish silently dropped."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and (unknown := data.keys() - self.fields.keys()):
            raise exceptions.ValidationError({name: [_("There is no such field.")] for name in sorted(unknown)})
        return super().to_internal_value(data)


class KeyReused(exceptions.APIException):
    status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    default_detail = _("This Idempotency-Key was sent with another body. Use a new key for a new request.")
    default_code = "idempotency_key_reused"


class CreateAPI(ListAPI):
    """A resource that can be added to. `act(data)` calls the service and gives the new thing's id."""

    input_serializer_class: type[serializers.Serializer[Any]]
    created_status = HTTPStatus.CREATED

    def act(self, data: dict[str, Any]) -> Any:
        raise NotImplementedError

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        given = self.input_serializer_class(data=request.data)
        given.is_valid(raise_exception=True)

        def answer() -> tuple[int, Any]:
            row = self.row(self.act(given.validated_data))
            return int(self.created_status), orjson.loads(Renderer().render(row))

        status, body, headers = self.once(request, answer)
        return self._response(status, body, headers)

    def once(self, request: Request, answer: Callable[[], tuple[int, Any]]) -> tuple[int, Any, dict[str, str]]:
        """Status, body and headers of `answer()`, worked out once for each Idempotency-Key of the caller."""
        key = request.headers.get("Idempotency-Key")
        if key is None:
            return *answer(), {}
        if not KEY.fullmatch(key):
            raise exceptions.ValidationError({"Idempotency-Key": [_("Use 1 to 100 plain letters, digits and signs.")]})
        said = request.path.encode() + b"\n" + orjson.dumps(request.data, option=orjson.OPT_SORT_KEYS)
        try:
            status, body, replayed = once(
                user=self.caller, key=key, digest=hashlib.sha256(said).hexdigest(), act=answer
            )
        except KeyUsedForAnotherBody as error:
            raise KeyReused from error
        return status, body, {"Idempotent-Replayed": "true"} if replayed else {}

    def _response(self, status: int, body: Any, headers: dict[str, str] | None = None) -> Response:
        place = f"{self.request.path}{body['id']}/"
        return Response(body, status=status, headers={"Location": place, **(headers or {})})
