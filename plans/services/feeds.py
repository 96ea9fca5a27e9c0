"""Addresses at which calendar programs read. The token in one is shown once and never stored, logged or audited."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from activity.services import record
from plans.models import CalendarFeed, Plan
from units.models import User
from units.services.people import place_of

MARK = "cal_"  # lets a scanner of leaked secrets, and the filter of the log, know one when it sees one
MOST = 20  # live feeds of a person
READ_NOTED_EVERY = timedelta(minutes=10)


class TooManyFeeds(Exception):
    def __str__(self) -> str:
        return _("You have %(most)d calendar addresses. Revoke one that is no longer used.") % {"most": MOST}


def digest_of(token: str) -> str:
    """Tokens hold 256 random bits, so one round of SHA-256 is enough: there is nothing to guess."""
    return hashlib.sha256(token.encode(errors="surrogateescape")).hexdigest()


@transaction.atomic
def make_feed(*, user: User, plan: Plan | None, by: User) -> tuple[CalendarFeed, str]:
    """An address of one plan, or of what the person's units do, and its token, which nobody can read again.

    Raises TooManyFeeds.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if CalendarFeed.objects.filter(user=user, revoked_at=None).count() >= MOST:
        raise TooManyFeeds
    token = MARK + secrets.token_urlsafe(32)
    feed = CalendarFeed.objects.create(user=user, plan=plan, prefix=token[:8], digest=digest_of(token))
    changes = {"plan": [None, str(plan) if plan else ""]}
    record(by=by, action="plans.feed_made", target=feed, unit_path=place_of(user), changes=changes)
    return feed, token


@transaction.atomic
def revoke_feed(*, feed: CalendarFeed, by: User) -> None:
    """From the next reading on the address answers 404. Revoking twice changes nothing."""
    now = timezone.now()
    if CalendarFeed.objects.filter(pk=feed.pk, revoked_at=None).update(revoked_at=now):
        changes = {"revoked_at": [None, now.isoformat()]}
        record(by=by, action="plans.feed_revoked", target=feed, unit_path=place_of(feed.user), changes=changes)


def find_feed(token: str) -> CalendarFeed | None:
    """The live feed of an active person with this token; None for any other. One query."""
    if not token.startswith(MARK):
        return None
    live = CalendarFeed.objects.filter(digest=digest_of(token), revoked_at=None, user__is_active=True)
    return live.select_related("user", "plan__unit").first()


def note_reading(*, feed: CalendarFeed) -> None:
    """Remember that a feed was read: one write in ten minutes, however often programs come."""
    now = timezone.now()
    stale = Q(last_read_at=None) | Q(last_read_at__lt=now - READ_NOTED_EVERY)
    if feed.last_read_at is None or feed.last_read_at < now - READ_NOTED_EVERY:
        CalendarFeed.objects.filter(stale, pk=feed.pk).update(last_read_at=now)
