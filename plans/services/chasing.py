"""Chasing the late: one letter to each unit for what it owes, and never a second one while the first may be answered.

Everybody who chases in a province waits at its row, so two officers at once make one set of letters. What was chased is
remembered for each thing and unit: the n-th time is a row of its own, and the database takes each but once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from activity.services import record
from plans.contexts.lateness import LateItem, in_order
from plans.models import ChasedItem, ChasingLetter, ChasingRun
from plans.services.numbering import lock_register
from units.models import Unit, User

State = ChasingLetter.State


class ChasingRefused(Exception):
    """Why no letter was made or sent."""


class NothingChosen(ChasingRefused):
    def __str__(self) -> str:
        return _("Nothing was chosen. Choose at least one late thing.")


class AnswerDayTooEarly(ChasingRefused):
    def __init__(self, as_of: date) -> None:
        self.as_of = as_of

    def __str__(self) -> str:
        return _("The units need time to answer: give a day after %(day)s.") % {"day": f"{self.as_of:%d/%m/%Y}"}


class NotADraft(ChasingRefused):
    """`letter` was sent or cancelled in the meantime."""

    def __init__(self, letter: ChasingLetter) -> None:
        self.letter = letter

    def __str__(self) -> str:
        return _("The letter to %(unit)s is no draft any more: it is %(state)s.") % {
            "unit": self.letter.addressee,
            "state": self.letter.get_state_display().lower(),
        }


class AnsweredBefore(ChasingRefused):
    """Somebody logged a reply first; `letter` holds it."""

    def __init__(self, letter: ChasingLetter) -> None:
        self.letter = letter

    def __str__(self) -> str:
        return _("%(person)s logged a reply to this letter before you. Read it below.") % {
            "person": self.letter.replied_by
        }


@dataclass(frozen=True, kw_only=True)
class Chased:
    """What a run made. `run` is None when everything chosen had been chased already (`skipped`)."""

    run: ChasingRun | None
    letters: Sequence[ChasingLetter]
    skipped: Sequence[LateItem]


@transaction.atomic
def chase(
    *,
    unit: Unit,
    items: Iterable[LateItem],
    as_of: date,
    respond_by: date,
    by: User,
    symbol: str = "",
    recipients: Sequence[str] = (),
    signer_lines: Sequence[str] = (),
    signer_name: str = "",
) -> Chased:
    """Draft one letter of `unit` to each unit that owes any of `items`. What was chased already and may still be
    answered (the day its letter names has not passed) is left out. A dozen queries, however many items and letters.

    Raises NothingChosen, AnswerDayTooEarly.
    """
    chosen = in_order({item.key: item for item in items}.values())
    if not chosen:
        raise NothingChosen
    if respond_by <= as_of:
        raise AnswerDayTooEarly(as_of)
    lock_register(unit)
    _drop_stale_drafts(chosen, as_of)
    times, waiting = _history(chosen, as_of)
    due = [item for item in chosen if item.key not in waiting]
    skipped = [item for item in chosen if item.key in waiting]
    if not due:
        return Chased(run=None, letters=[], skipped=skipped)
    run = ChasingRun.objects.create(
        unit=unit, as_of=as_of, respond_by=respond_by, symbol=symbol, recipients=list(recipients), by=by
    )
    by_unit: dict[int, list[LateItem]] = {}
    for item in due:
        by_unit.setdefault(item.unit.pk, []).append(item)
    letters = ChasingLetter.objects.bulk_create(
        ChasingLetter(
            run=run,
            unit=unit,
            addressee=owed[0].unit,
            times=max(times.get(item.key, 0) for item in owed) + 1,
            respond_by=respond_by,
            signer_lines=list(signer_lines),
            signer_name=signer_name,
        )
        for owed in by_unit.values()
    )
    ChasedItem.objects.bulk_create(
        ChasedItem(
            letter=letter,
            order=order,
            kind=item.kind,
            reference=item.reference,
            addressee=item.unit,
            times=times.get(item.key, 0) + 1,
            title=item.title,
            source=item.source,
            due_on=item.due_on,
        )
        for letter, owed in zip(letters, by_unit.values(), strict=True)
        for order, item in enumerate(owed, start=1)
    )
    record(
        by=by,
        action="plans.chased",
        target=run,
        unit_path=unit.path,
        changes={
            "letters": [None, len(letters)],
            "items": [None, len(due)],
            "respond_by": [None, respond_by.isoformat()],
        },
    )
    return Chased(run=run, letters=letters, skipped=skipped)


def _drop_stale_drafts(items: Sequence[LateItem], as_of: date) -> None:
    """A draft that nobody sent before its own day is no letter: what it spoke of was not chased."""
    stale = ChasingLetter.objects.filter(
        state=State.DRAFT,
        respond_by__lt=as_of,
        items__reference__in={item.reference for item in items},
        items__addressee__in={item.unit.pk for item in items},
    )
    keys = list(stale.values_list("pk", flat=True).distinct())
    if keys:
        ChasedItem.objects.filter(letter__in=keys).delete()
        ChasingLetter.objects.filter(pk__in=keys).update(state=State.CANCELLED)


def _history(items: Sequence[LateItem], as_of: date) -> tuple[dict[str, int], set[str]]:
    """How often each thing was chased of its unit, and which may still be answered."""
    chased = ChasedItem.objects.filter(
        Q(reference__in={item.reference for item in items}), addressee__in={item.unit.pk for item in items}
    ).values_list("reference", "addressee_id", "times", "letter__respond_by", "letter__state")
    times: dict[str, int] = {}
    waiting: set[str] = set()
    for reference, addressee, number, respond_by, state in chased:
        key = f"{reference}@{addressee}"
        times[key] = max(times.get(key, 0), number)
        if respond_by >= as_of and state != State.CANCELLED:
            waiting.add(key)
    return times, waiting


def already_chased(items: Sequence[LateItem], *, as_of: date) -> dict[str, tuple[int, bool]]:
    """For a page: how often each item was chased, and whether its letter may still be answered. One query."""
    times, waiting = _history(items, as_of)
    return {key: (number, key in waiting) for key, number in times.items()}


@transaction.atomic
def cancel_letter(*, letter: ChasingLetter, by: User) -> ChasingLetter:
    """Throw a draft away: what it spoke of may be chased anew, for the same time. Raises NotADraft."""
    changed = ChasingLetter.objects.filter(pk=letter.pk, state=State.DRAFT).update(state=State.CANCELLED)
    letter.refresh_from_db()
    if not changed:
        raise NotADraft(letter)
    count = letter.items.count()
    letter.items.all().delete()
    record(
        by=by,
        action="plans.letter_cancelled",
        target=letter,
        unit_path=letter.unit.path,
        changes={"unit": [None, str(letter.addressee)], "items": [count, 0]},
    )
    return letter
