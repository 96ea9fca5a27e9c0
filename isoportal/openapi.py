"""The API's description: OpenAPI 3.1 for programs, Swagger UI for people, both for those who are signed in."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, override
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import (
    OpenApiJsonRenderer,
    OpenApiJsonRenderer2,
    OpenApiYamlRenderer,
    OpenApiYamlRenderer2,
)
from drf_spectacular.views import SpectacularAPIView
from rest_framework.response import Response
from rest_framework.settings import api_settings

from isoportal.problems import PROBLEM
from isoportal.rest import Renderer

SCHEMA = {
    "type": "object",
    "description": "What went wrong (RFC 9457).",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "For programs; stable."},
        "detail": {"type": "string", "description": "For people, in the language of Accept-Language (vi, en)."},
        "errors": {
            "type": "object",
            "description": "By field or parameter.",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
    },
}


def add_problems(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Every operation may answer with a problem: said once for all."""
    result["components"]["schemas"]["Problem"] = SCHEMA
    answer = {"description": "A problem", "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    for operations in result["paths"].values():
        for operation in operations.values():
            operation["responses"]["default"] = answer
    return result


class Generator(SchemaGenerator):
    """The description is the same for everybody and takes half a second to make: it is made once for each language."""

    def get_schema(self, request: Any = None, public: bool = False) -> dict[str, Any]:
        return _described(get_language() or settings.LANGUAGE_CODE)


@lru_cache(maxsize=len(settings.LANGUAGES))
def _described(language: str) -> dict[str, Any]:
    with override(language):
        made: dict[str, Any] = SchemaGenerator(api_version=api_settings.DEFAULT_VERSION).get_schema(public=True)
    return made


class SchemaView(SpectacularAPIView):
    """JSON unless YAML is asked for (`Accept: application/vnd.oai.openapi`)."""

    generator_class = Generator
    permission_classes = api_settings.DEFAULT_PERMISSION_CLASSES
    renderer_classes = [OpenApiJsonRenderer2, OpenApiJsonRenderer, OpenApiYamlRenderer, OpenApiYamlRenderer2]

    def handle_exception(self, exc: Exception) -> Response:
        """A problem is JSON, even where YAML was asked for."""
        response = super().handle_exception(exc)
        self.request.accepted_renderer = Renderer()
        self.request.accepted_media_type = Renderer.media_type
        return response


@login_required
@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Swagger UI from our own files, with a script of ours instead of drf-spectacular's inline one: the site's
    Content-Security-Policy holds here as it stands."""
    return render(request, "api/docs.html")
