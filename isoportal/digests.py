"""The digest of each person: what every app reminds of, put together at the top, since no app knows those above it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime

from django.db.models import Count, DateTimeField, F, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import translation
from django.utils.translation import ngettext

from activity.delivery import LANGUAGE
from activity.models import Digest, Notification
from activity.services import Made, Reminder, make_digests
from assessments.contexts.correction_reminders import correction_reminders
from assessments.contexts.reminders import sheet_reminders
from assessments.contexts.verification_reminders import verification_reminders
from assessments.contexts.visit_reminders import visit_reminders
from plans.contexts.reminders import Reader, plan_reminders, readers_among
from units.models import User

BATCH = 200
# Each gives the lines of the readers by their id, in a number of queries that does not depend on how many they are.
SOURCES: tuple[Callable[..., Mapping[int, Sequence[Reminder]]], ...] = (
    plan_reminders,
    sheet_reminders,
    verification_reminders,
    correction_reminders,
    visit_reminders,
)


def make_all(*, day: date) -> Made:
    """The digests of `day` for everybody who has a role then. Doing it again, or twice at once, changes nothing."""
    new = already = 0
    with translation.override(LANGUAGE):
        for people in _batches(day):
            made = make_batch(people=people, day=day)
            new, already = new + made.new, already + made.already
    return Made(new=new, already=already)


def make_batch(*, people: Sequence[User], day: date) -> Made:
    """A constant number of queries, whatever the number of people and of what they are reminded of."""
    readers = readers_among(people=people, day=day)
    lines: dict[int, list[Reminder]] = defaultdict(list)
    for source in SOURCES:
        for user_id, found in source(readers=readers, day=day).items():
            lines[user_id] += found
    for user_id, count in _unread(readers).items():
        said = ngettext("%(count)d new notification", "%(count)d new notifications", count) % {"count": count}
        lines[user_id].append(
            Reminder(heading=ngettext("Notification", "Notifications", count), text=said, url=reverse("activity:inbox"))
        )
    by_mail = {reader.user_id for reader in readers if reader.by_mail}
    return make_digests(day=day, reminders=lines, by_mail=by_mail)


def _batches(day: date) -> Iterator[list[User]]:
    """By id, so that who is added meanwhile shifts nobody from one batch to the next."""
    people = User.objects.filter(
        Q(memberships__valid_from=None) | Q(memberships__valid_from__lte=day),
        Q(memberships__valid_to=None) | Q(memberships__valid_to__gte=day),
        is_active=True,
        memberships__isnull=False,
    ).distinct()
    after = 0
    while batch := list(people.filter(pk__gt=after).order_by("pk")[:BATCH]):
        yield batch
        after = batch[-1].pk


def _unread(readers: Sequence[Reader]) -> dict[int, int]:
    """How many notifications each reader has not read that came since their last digest: nobody is told twice."""
    before = Digest.objects.filter(to=OuterRef("to")).order_by().values("to").annotate(last=Max("created_at"))
    long_ago = datetime(1970, 1, 1, tzinfo=UTC)
    found = (
        Notification.objects.filter(to__in=[reader.user_id for reader in readers], read_at=None)
        .annotate(told=Coalesce(Subquery(before.values("last"), output_field=DateTimeField()), long_ago))
        .filter(event__at__gt=F("told"))
        .order_by()
        .values_list("to")
        .annotate(count=Count("pk"))
    )
    return dict(found)
