"""The register of outgoing letters: each number of a unit's year is given once, whoever gives it."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from activity.services import record
from plans.models import RegisterNumber
from units.models import Unit, User


class NumberRefused(Exception):
    """Why a number was not entered."""


class NumberInUse(NumberRefused):
    """`taken` is what bears the number."""

    def __init__(self, taken: RegisterNumber) -> None:
        self.taken = taken

    def __str__(self) -> str:
        return _("Number %(number)s of %(year)s is in the register already: %(subject)s. Give another number.") % {
            "number": self.taken.number,
            "year": self.taken.year,
            "subject": self.taken.subject or self.taken,
        }


class NotOfThisYear(NumberRefused):
    def __str__(self) -> str:
        return _("The date is not in the year of the register. Correct one of the two.")


def lock_register(unit: Unit) -> None:
    """Whoever gives numbers of `unit` or chases in its province waits here for the one before, until the end of the
    transaction. (SQLite lets only one transaction write anyway.)"""
    root = unit.root_path
    Unit.objects.select_for_update(no_key=True).get(path=root)


def next_number(*, unit: Unit, year: int) -> int:
    """One more than the highest in the register. Ask it while the register is locked."""
    highest: int | None = RegisterNumber.objects.filter(unit=unit, year=year).aggregate(top=Max("number"))["top"]
    return (highest or 0) + 1


def last_symbol(unit: Unit) -> str:
    """What followed the last number of the unit's own letters, "" before the first."""
    known = RegisterNumber.objects.filter(unit=unit, elsewhere=False).exclude(symbol="").first()
    return known.symbol if known else ""


@transaction.atomic
def reserve(
    *, unit: Unit, year: int, number: int, symbol: str, subject: str, by: User, issued_on: date | None = None
) -> RegisterNumber:
    """Enter a number that the registry gave to a document that the portal does not hold, so that the portal never gives
    it again. Raises NumberInUse, NotOfThisYear."""
    if issued_on is not None and issued_on.year != year:
        raise NotOfThisYear
    lock_register(unit)
    if taken := RegisterNumber.objects.filter(unit=unit, year=year, number=number).first():
        raise NumberInUse(taken)
    try:
        with transaction.atomic():
            entered = RegisterNumber.objects.create(
                unit=unit,
                year=year,
                number=number,
                symbol=symbol,
                subject=subject,
                issued_on=issued_on,
                elsewhere=True,
                by=by,
            )
    except IntegrityError:
        raise NumberInUse(RegisterNumber.objects.get(unit=unit, year=year, number=number)) from None
    record(
        by=by,
        action="plans.number_reserved",
        target=entered,
        unit_path=unit.path,
        changes={"number": [None, f"{number}/{symbol}"], "year": [None, year], "title": [None, subject]},
    )
    return entered
