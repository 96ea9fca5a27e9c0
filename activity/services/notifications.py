from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from activity.models import Notification

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser


def mark_read(*, notification: Notification, by: AbstractBaseUser) -> bool:
    """One notification of one's own; whether this changed anything. Reading is no act that the log keeps."""
    mine = Notification.objects.filter(pk=notification.pk, to_id=by.pk, read_at=None)
    return bool(mine.update(read_at=timezone.now()))


def mark_all_read(*, by: AbstractBaseUser, up_to: int) -> int:
    """All of one's own that are not newer than the notification `up_to`, the newest one the person has seen."""
    mine = Notification.objects.filter(to_id=by.pk, read_at=None, pk__lte=up_to)
    return mine.update(read_at=timezone.now())
