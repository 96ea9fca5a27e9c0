"""Days that a province works or does not work by a decision of its own or of the government's for the year."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from activity.services import record
from plans.models import DayOff
from units.models import Unit, User


class DayDecided(Exception):
    """There is a decision on this day already."""

    def __init__(self, decided: DayOff) -> None:
        self.decided = decided

    def __str__(self) -> str:
        return _("%(day)s is on the list already: %(name)s. Take it off the list first.") % {
            "day": f"{self.decided.day.day}/{self.decided.day.month}/{self.decided.day.year}",
            "name": self.decided.name,
        }


class NotAProvince(Exception):
    def __str__(self) -> str:
        return _("Days off are kept by the province.")


@transaction.atomic
def add_day_off(*, unit: Unit, day: date, name: str, is_worked: bool = False, by: User | None) -> DayOff:
    """The province `unit` does not work on `day`, or works on it instead of another (`is_worked`), for the reason
    `name`. Raises NotAProvince, DayDecided."""
    if unit.parent_id is not None:
        raise NotAProvince
    try:
        with transaction.atomic():
            decided = DayOff.objects.create(unit=unit, day=day, name=name.strip(), is_worked=is_worked)
    except IntegrityError:
        raise DayDecided(DayOff.objects.get(unit=unit, day=day)) from None
    record(
        by=by,
        action="plans.day_off_added",
        target=decided,
        unit_path=unit.path,
        changes={"day": [None, day.isoformat()], "name": [None, decided.name], "is_worked": [None, is_worked]},
    )
    return decided


@transaction.atomic
def remove_day_off(*, decided: DayOff, by: User | None) -> None:
    """The day counts again as the country has it. Removing twice changes nothing."""
    gone, _kinds = DayOff.objects.filter(pk=decided.pk).delete()
    if gone:
        record(
            by=by,
            action="plans.day_off_removed",
            target=decided,
            unit_path=decided.unit.path,
            changes={"day": [decided.day.isoformat(), None], "name": [decided.name, None]},
        )
