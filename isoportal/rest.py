"""What every endpoint says and hears: JSON by orjson.

The REST settings name these classes, so they load while `rest_framework.views` does: that module is not imported here.
"""

from __future__ import annotations

from typing import Any

import orjson
from django.utils.http import parse_header_parameters
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, parsers, renderers


class Renderer(renderers.JSONRenderer):
    """Moments leave in UTC with a Z, decimals as text so that no reader rounds them."""

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        return (
            b"" if data is None else orjson.dumps(data, default=str, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS)
        )


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
