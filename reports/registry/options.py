"""What may be chosen for a report besides its subject: each option cleans what was given and says what it means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from units.access import allowed_units
from units.models import Unit, User
from units.permissions import Permission

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

LONGEST_ID = 19  # digits of 2**63 - 1


class NoAccess(Exception):
    """The one who asked may not see (or no longer see) what the report is about."""


class InvalidParams(ValueError):
    """The parameters do not name what the report is about, or choose what cannot be chosen."""


def clean_id(name: str, given: Any) -> int:
    is_number = isinstance(given, int) and not isinstance(given, bool)
    if not (is_number or (isinstance(given, str) and given.isascii() and given.isdigit())):
        raise InvalidParams(name)
    if len(str(given)) > LONGEST_ID:  # int() refuses thousands of digits in its own way
        raise InvalidParams(name)
    key = int(given)
    if not 0 < key < 2**63:
        raise InvalidParams(name)
    return key


@dataclass(frozen=True, kw_only=True)
class Option:
    """`default` stands for "not chosen" and is never stored. What `clean` gives goes into the job's JSON, what `value`
    makes of it goes to the composer."""

    name: str
    label: _StrPromise
    default: str = ""

    widget = "text"
    expected = "text"

    def clean(self, given: Any) -> str | int:
        raise NotImplementedError

    def value(self, cleaned: Any, *, user: User) -> Any:
        return cleaned


@dataclass(frozen=True, kw_only=True)
class Choice(Option):
    """One of a few words; `choices` are (word, label), `default` one of the words."""

    choices: Sequence[tuple[str, str | _StrPromise]]

    widget = "select"

    @property
    def expected(self) -> str:  # type: ignore[override]
        return " | ".join(f'"{word}"' for word, _label in self.choices)

    def clean(self, given: Any) -> str:
        if given in ("", None):
            return self.default
        if given not in {word for word, _label in self.choices}:
            raise InvalidParams(self.name)
        return str(given)


@dataclass(frozen=True, kw_only=True)
class Day(Option):
    """A day; not chosen, the composer is given today in Asia/Ho_Chi_Minh."""

    widget = "date"
    expected = '"YYYY-MM-DD"'

    def clean(self, given: Any) -> str:
        if given in ("", None):
            return ""
        try:
            return date.fromisoformat(str(given)).isoformat()
        except ValueError as error:
            raise InvalidParams(self.name) from error

    def value(self, cleaned: Any, *, user: User) -> date:
        return date.fromisoformat(cleaned) if cleaned else timezone.localdate()


@dataclass(frozen=True, kw_only=True)
class UnitChoice(Option):
    """A unit in which the one who asks holds `permission`; not chosen, the composer is given None."""

    permission: Permission

    widget = "unit"
    expected = "id of a unit"

    def clean(self, given: Any) -> str | int:
        return "" if given in ("", None) else clean_id(self.name, given)

    def units(self, user: User) -> list[Unit]:
        return list(allowed_units(user, self.permission).order_by("path"))

    def value(self, cleaned: Any, *, user: User) -> Unit | None:
        if not cleaned:
            return None
        unit = allowed_units(user, self.permission).filter(pk=cleaned).first()
        if unit is None:
            raise NoAccess
        return unit


PAPER = Choice(
    name="paper",
    label=_("Paper"),
    default="a4",
    choices=[("a4", _("A4 landscape")), ("a3", _("A3 landscape"))],
)
