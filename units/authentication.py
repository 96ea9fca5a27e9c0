"""Who a program is: bearer tokens, and the session for the browsable documentation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import authentication, exceptions, permissions

from units import services
from units.models import ApiToken, User

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView


class BearerAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer <key>`. An expired, revoked or unknown key or a disabled person's answers 401."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _space, key = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        token = (
            ApiToken.objects.select_related("user")
            .filter(
                digest=services.digest_of(key.strip()),
                revoked_at=None,
                expires_at__gt=timezone.now(),
                user__is_active=True,
            )
            .first()
        )
        if token is None:
            raise exceptions.AuthenticationFailed(_("This token is not valid: it is unknown, expired or revoked."))
        services.note_use(token=token)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class SessionAuthentication(authentication.SessionAuthentication):
    """The signed-in person, so that the documentation pages can be tried; CSRF is enforced."""


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = BearerAuthentication
    name = "bearer"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A key from `manage.py create_token`."}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = SessionAuthentication
    name = "session"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "isoportal_session",
            "description": "The signed-in person, for these pages. Writing needs the X-CSRFToken header too.",
        }


class IsAuthenticatedAndMayWrite(permissions.IsAuthenticated):
    """Signed in, and not by a read-only token when something is to be changed."""

    message = _("This token may only read. Make one without --read-only to write.")

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not super().has_permission(request, view):
            return False
        return request.method in permissions.SAFE_METHODS or not getattr(request.auth, "read_only", False)
