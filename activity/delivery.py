"""Digests as mail. The row is the outbox: a mail server that is down loses nothing."""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from activity.models import Digest

LANGUAGE = "vi"
MOST_ATTEMPTS = 12
FIRST_WAIT = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=6)
A_RUN = 500
# What was not sent within so many days is no news any more; it stays to be read in the portal.
OLDEST_DAYS = 3
# One address that is refused says nothing of the next; anything else is the server's trouble and ends the run.
_OF_ONE_MESSAGE = (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError, smtplib.SMTPSenderRefused)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Sent:
    sent: int
    failed: int


def send_due(*, now: datetime | None = None) -> Sent:
    """Send what waits, oldest first. Each row is claimed by one conditional UPDATE before it is sent, so any number may
    run at once; who dies in between leaves a row that is due again after its wait. Never raises for a mail server."""
    now = now or timezone.now()
    waiting = list(_waiting(now).select_related("to")[:A_RUN])
    sent = failed = 0
    if not waiting:
        return Sent(sent=0, failed=0)
    connection = get_connection()
    try:
        for digest in waiting:
            if not _claim(digest, now):
                continue
            try:
                message(digest, connection).send()
            except (OSError, smtplib.SMTPException) as error:
                failed += 1
                logger.warning("a digest was not sent: %s", type(error).__name__, extra={"digest": digest.pk})
                if isinstance(error, _OF_ONE_MESSAGE):
                    continue
                break
            Digest.objects.filter(pk=digest.pk).update(sent_at=timezone.now(), not_before=None)
            sent += 1
    finally:
        _close(connection)
    return Sent(sent=sent, failed=failed)


def _waiting(now: datetime) -> Any:
    oldest = timezone.localtime(now).date() - timedelta(days=OLDEST_DAYS)
    return Digest.objects.filter(
        Q(not_before=None) | Q(not_before__lte=now),
        mail_wanted=True,
        sent_at=None,
        attempts__lt=MOST_ATTEMPTS,
        day__gte=oldest,
        to__is_active=True,
    ).order_by("day", "pk")


def _claim(digest: Digest, now: datetime) -> bool:
    wait = min(FIRST_WAIT * 2**digest.attempts, LONGEST_WAIT)
    mine = Digest.objects.filter(pk=digest.pk, sent_at=None, attempts=digest.attempts)
    return bool(mine.update(attempts=F("attempts") + 1, not_before=now + wait))


def _close(connection: Any) -> None:
    try:
        connection.close()
    except (OSError, smtplib.SMTPException) as error:
        logger.warning("the mail server did not say goodbye: %s", type(error).__name__)


def message(digest: Digest, connection: Any = None) -> EmailMultiAlternatives:
    """The mail in Vietnamese, as text and as HTML, its links absolute."""
    with translation.override(LANGUAGE):
        context = {
            "person": digest.to,
            "day": date_format(digest.day, "j/n/Y"),
            "groups": groups_of(digest.lines),
            "site": settings.SITE_URL,
        }
        subject = _("isoportal: your work on %(day)s") % {"day": context["day"]}
        text = render_to_string("emails/digest.txt", context)
        html = render_to_string("emails/digest.html", context)
    mail = EmailMultiAlternatives(
        subject=subject,
        body=text,
        to=[digest.to.email],
        connection=connection,
        headers={"Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(html, "text/html")
    return mail


def groups_of(lines: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The stored lines with their days as days."""
    return [
        {
            "heading": group["heading"],
            # Not "items": in a template that would be the method of a dict.
            "rows": [
                item
                | {
                    "due_on": date.fromisoformat(item["due_on"]) if item["due_on"] else None,
                    "late": max(0, -(item["days"] or 0)),
                }
                for item in group["items"]
            ],
        }
        for group in lines
    ]
