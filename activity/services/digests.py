"""What one person is reminded of on one day: made once, whoever makes it and however often."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from activity.models import Digest, ReminderPreference

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

# Days before (positive) and after (negative) a deadline on which everybody is reminded who chose no days of their own.
USUAL_DAYS = (30, 7, 1, -1, -7, -30)
FARTHEST_DAY = 365
MOST_DAYS = 20


class NoSuchDays(ValidationError):
    def __init__(self) -> None:
        super().__init__(
            _("Give up to %(most)d whole numbers from -%(farthest)d to %(farthest)d.")
            % {"most": MOST_DAYS, "farthest": FARTHEST_DAY}
        )

    def __str__(self) -> str:
        return str(self.message)


@dataclass(frozen=True, kw_only=True)
class Reminder:
    """One line. `days` is how many days ahead `due_on` lies, negative when it is past; `url` begins with a slash.
    Lines stand under their `heading` in the order in which they are given, headings likewise."""

    heading: str
    text: str
    url: str
    due_on: date | None = None
    days: int | None = None


@dataclass(frozen=True, kw_only=True)
class Made:
    """How many people have a digest of the day now that had none before, and how many had one already."""

    new: int
    already: int


def make_digests(*, day: date, reminders: Mapping[int, Sequence[Reminder]], by_mail: Iterable[int]) -> Made:
    """One digest for each person who is reminded of anything: two queries, whoever else does it at the same time.

    `reminders` by the person's id; `by_mail` are the ids of those who want it as mail too. Who has a digest of `day`
    keeps it as it is: what was told is told.
    """
    told = {person: lines for person, lines in reminders.items() if lines}
    wanted = set(by_mail)
    with transaction.atomic():
        before = set(Digest.objects.filter(day=day, to__in=told).values_list("to_id", flat=True))
        Digest.objects.bulk_create(
            (
                Digest(to_id=person, day=day, lines=_grouped(lines), mail_wanted=person in wanted)
                for person, lines in told.items()
                if person not in before
            ),
            ignore_conflicts=True,
        )
    return Made(new=len(told) - len(before), already=len(before))


def _grouped(lines: Sequence[Reminder]) -> list[dict[str, Any]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        groups.setdefault(line.heading, []).append(
            {
                "text": line.text,
                "url": line.url,
                "due_on": line.due_on.isoformat() if line.due_on else None,
                "days": line.days,
            }
        )
    return [{"heading": heading, "items": items} for heading, items in groups.items()]


@transaction.atomic
def choose_reminders(
    *, by: AbstractBaseUser, by_mail: bool, days: Iterable[int], working_days_only: bool
) -> ReminderPreference:
    """What a person wants to be told. No days at all means the usual ones. Raises NoSuchDays."""
    chosen = sorted(set(days), reverse=True)
    if len(chosen) > MOST_DAYS or any(abs(each) > FARTHEST_DAY for each in chosen):
        raise NoSuchDays
    row, _made = ReminderPreference.objects.update_or_create(
        user_id=by.pk,
        defaults={
            "by_mail": by_mail,
            "days": [] if tuple(chosen) == USUAL_DAYS else chosen,
            "working_days_only": working_days_only,
        },
    )
    return row
