"""What becomes of a chasing letter: sent with a number of the register, read, answered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from activity.services import record
from plans.models import ChasingLetter, Evidence, RegisterNumber
from plans.services.chasing import AnswerDayTooEarly, AnsweredBefore, ChasingRefused, NotADraft, NothingChosen, State
from plans.services.numbering import lock_register, next_number
from plans.services.told import REPORTING_ROLES, officers_over
from units.access import holds_in
from units.models import Membership, Unit, User
from units.permissions import Permission


class SymbolMissing(ChasingRefused):
    def __str__(self) -> str:
        return _("The letters have no symbol. Give the one that follows the number, for example SKHCN-TĐC.")


class NotSentYet(ChasingRefused):
    def __str__(self) -> str:
        return _("The letter has not been sent, so there is nothing to answer.")


class EmptyReply(ChasingRefused):
    def __str__(self) -> str:
        return _("Write what the unit replies, or name its document, or attach a file.")


@transaction.atomic
def send_letters(*, letters: Iterable[ChasingLetter], by: User, symbol: str = "") -> list[ChasingLetter]:
    """Give each draft the next number of its unit's register and hand it to the late unit, whose reporters are told.

    All or none; letters of one run keep their order. `symbol` is for a run that has none yet. Raises NothingChosen,
    NotADraft, AnswerDayTooEarly, SymbolMissing.
    """
    keys = {letter.pk for letter in letters}
    if not keys:
        raise NothingChosen
    first = ChasingLetter.objects.select_related("unit").filter(pk__in=keys).order_by("pk")[0]
    lock_register(first.unit)
    rows = list(
        ChasingLetter.objects.filter(pk__in=keys).select_related("unit", "addressee", "run").order_by("run_id", "pk")
    )
    now = timezone.now()
    today = timezone.localdate(now)
    for letter in rows:
        if letter.state != State.DRAFT:
            raise NotADraft(letter)
        if letter.respond_by <= today:
            raise AnswerDayTooEarly(today)
        letter.run.symbol = letter.run.symbol or symbol
        if not letter.run.symbol:
            raise SymbolMissing
    _number(rows, by=by, year=today.year)
    for letter in rows:
        letter.state, letter.sent_at, letter.sent_by, letter.updated_at = State.SENT, now, by, now
    ChasingLetter.objects.bulk_update(rows, ["state", "sent_at", "sent_by", "register_number", "updated_at"])
    for run in {letter.run_id: letter.run for letter in rows}.values():
        run.save(update_fields=["symbol"])
    people = _reporters([letter.addressee for letter in rows])
    for letter in rows:
        record(
            by=by,
            action="plans.letter_sent",
            target=letter,
            unit_path=letter.unit.path,
            changes={"unit": [None, str(letter.addressee)], "number": [None, str(letter.register_number)]},
            notify=people.get(letter.addressee_id, []),
        )
    return rows


def _number(letters: Sequence[ChasingLetter], *, by: User, year: int) -> None:
    """The register is locked. One query for each issuing unit and one for the numbers."""
    next_of: dict[int, int] = {}
    for letter in letters:
        if letter.unit_id not in next_of:
            next_of[letter.unit_id] = next_number(unit=letter.unit, year=year)
    entries = []
    for letter in letters:
        entries.append(
            RegisterNumber(
                unit=letter.unit,
                year=year,
                number=next_of[letter.unit_id],
                symbol=letter.run.symbol,
                issued_on=timezone.localdate(),
                subject=f"Đôn đốc {letter.addressee}"[:300],
                by=by,
            )
        )
        next_of[letter.unit_id] += 1
    for letter, entry in zip(letters, RegisterNumber.objects.bulk_create(entries), strict=True):
        letter.register_number = entry


def _reporters(units: Iterable[Unit]) -> dict[int, list[int]]:
    """Those who report for each unit, in one query."""
    held = Membership.objects.current().filter(unit__in={unit.pk for unit in units}, role__in=REPORTING_ROLES)
    people: dict[int, list[int]] = {}
    for unit, user in held.filter(user__is_active=True).order_by("user_id").values_list("unit_id", "user_id"):
        if user not in people.setdefault(unit, []):
            people[unit].append(user)
    return people


@transaction.atomic
def mark_read(*, letter: ChasingLetter, by: User) -> bool:
    """Note when somebody of the late unit opened the letter first; True when this was it. Whoever sends letters reads
    nothing by looking at them."""
    if letter.read_at is not None or letter.sent_at is None:
        return False
    if not holds_in(by, Permission.PLAN_VIEW, letter.addressee) or holds_in(by, Permission.CHASE, letter.unit):
        return False
    now = timezone.now()
    if not ChasingLetter.objects.filter(pk=letter.pk, read_at=None).update(read_at=now):
        return False
    letter.read_at = now
    record(
        by=by,
        action="plans.letter_read",
        target=letter,
        unit_path=letter.unit.path,
        changes={"unit": [None, str(letter.addressee)]},
    )
    return True


@transaction.atomic
def log_reply(
    *, letter: ChasingLetter, reply: str, document: str, by: User, files: Sequence[Evidence] = ()
) -> ChasingLetter:
    """Keep what the late unit answers, once, written by its reporter or by the officer who had it on paper.

    Raises EmptyReply, NotSentYet, AnsweredBefore.
    """
    if not (reply.strip() or document.strip() or files):
        raise EmptyReply
    now = timezone.now()
    changed = ChasingLetter.objects.filter(pk=letter.pk, state=State.SENT).update(
        state=State.ANSWERED,
        reply=reply.strip(),
        reply_document=document.strip(),
        replied_at=now,
        replied_by=by,
        updated_at=now,
    )
    letter.refresh_from_db()
    if not changed:
        raise AnsweredBefore(letter) if letter.state == State.ANSWERED else NotSentYet
    letter.reply_files.set(files)
    told = {*officers_over(letter.unit), *([letter.sent_by_id] if letter.sent_by_id else [])} - {by.pk}
    record(
        by=by,
        action="plans.letter_answered",
        target=letter,
        unit_path=letter.unit.path,
        changes={
            "unit": [None, str(letter.addressee)],
            "answer": [None, reply.strip()[:500]],
            "document": [None, document.strip()],
        },
        notify=sorted(told),
    )
    return letter
