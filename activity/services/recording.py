from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db import models, transaction

from activity.models import AuditEvent, Notification
from activity.origin import current_origin

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser


@transaction.atomic(savepoint=False)  # what was done and its record stand or fall together
def record(
    *,
    by: AbstractBaseUser | None,
    action: str,
    target: models.Model,
    changes: dict[str, Any],
    unit_path: str = "",
    reason: str = "",
    notify: Iterable[int] = (),
) -> AuditEvent:
    """Write down what was done and tell those it concerns, in the caller's transaction.

    `action` is `<app>.<past participle>`, e.g. `plans.progress_reported`. `changes` maps a field to `[before, after]`,
    both JSON values. `unit_path` is the materialised path of the unit it happened in: who may see that unit's log sees
    this event. `notify` are ids of people; the one who acted is not told of their own act.
    """
    origin = current_origin()
    event = AuditEvent.objects.create(
        by_id=by.pk if by else None,
        action=action,
        target_model=target._meta.label_lower,
        target_id=str(target.pk),
        target_name=str(target)[:300],
        unit_path=unit_path,
        changes=changes,
        reason=reason,
        channel=origin.channel,
        request_id=origin.request_id,
        address=origin.address,
    )
    recipients = sorted(set(notify) - {event.by_id})
    Notification.objects.bulk_create(Notification(event=event, to_id=pk) for pk in recipients)
    return event
