"""The REST API's table of contents."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, URLResolver
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView

router = SimpleRouter(use_regex_path=False)


class UnknownAddress(APIView):
    """Whatever else is asked for under /api/: a problem, not a page."""

    authentication_classes = ()
    permission_classes = ()
    schema = None

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        raise exceptions.NotFound(_("There is nothing at this address. Addresses of the API end with a slash."))


urlpatterns: list[URLPattern | URLResolver] = [*router.urls]
