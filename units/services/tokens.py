"""Keys by which programs act as a person. A key is shown once and never stored, logged or written to the audit."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from activity.services import record
from units.models import ApiToken, User
from units.services.people import place_of

MARK = "iso_"  # lets a scanner of leaked secrets know one when it sees one
USE_NOTED_EVERY = timedelta(minutes=1)


def digest_of(key: str) -> str:
    """Keys hold 256 random bits, so one round of SHA-256 is enough: there is nothing to guess."""
    return hashlib.sha256(key.encode(errors="surrogateescape")).hexdigest()


@transaction.atomic
def create_token(
    *, user: User, expires_in: timedelta, by: User | None, read_only: bool = False, name: str = ""
) -> tuple[ApiToken, str]:
    """A token and its key, which nobody can read again."""
    key = MARK + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user,
        name=name,
        prefix=key[:12],
        digest=digest_of(key),
        read_only=read_only,
        expires_at=timezone.now() + expires_in,
    )
    record(
        by=by,
        action="units.token_created",
        target=token,
        unit_path=place_of(user),
        changes={
            "name": [None, name],
            "read_only": [None, read_only],
            "expires_at": [None, token.expires_at.isoformat()],
        },
    )
    return token, key


@transaction.atomic
def revoke_token(*, token: ApiToken, by: User | None, reason: str = "") -> None:
    """From the next request on the key answers 401. Revoking twice changes nothing."""
    now = timezone.now()
    if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now):
        record(
            by=by,
            action="units.token_revoked",
            target=token,
            unit_path=place_of(token.user),
            changes={"revoked_at": [None, now.isoformat()]},
            reason=reason,
        )


def note_use(*, token: ApiToken) -> None:
    """Remember that a token was used, to the minute: one write a minute, however many requests come."""
    now = timezone.now()
    if token.last_used_at and token.last_used_at > now - USE_NOTED_EVERY:
        return
    stale = Q(last_used_at=None) | Q(last_used_at__lt=now - USE_NOTED_EVERY)
    ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)
