"""The same request sent twice has one effect and one answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from units.models import IdempotencyRecord, User

KEPT = timedelta(hours=24)


class KeyUsedForAnotherBody(Exception):
    """The key names an earlier, different request."""


@transaction.atomic
def once(*, user: User, key: str, digest: str, act: Callable[[], tuple[int, Any]]) -> tuple[int, Any, bool]:
    """Run `act` unless `user` sent the request `digest` under `key` within a day: status, body, whether replayed.

    The record and the effect are one transaction: a request that fails leaves no record and may be sent again, and of
    two at once the second waits for the first one's row and answers with it.
    """
    IdempotencyRecord.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
    kept, made = IdempotencyRecord.objects.get_or_create(user=user, key=key, defaults={"digest": digest})
    if not made:
        if kept.digest != digest:
            raise KeyUsedForAnotherBody
        return kept.status, kept.body, True
    kept.status, kept.body = act()
    kept.save(update_fields=["status", "body"])
    return kept.status, kept.body, False
