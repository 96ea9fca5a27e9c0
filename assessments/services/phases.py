"""When the phases of a round run: how dates are set, and how they are moved while the round runs."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Self

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from activity.models import AuditEvent
from activity.services import record
from assessments.models import Assessment, Round
from isoportal.templatetags.formats import moment
from units.access import holds_in
from units.models import Membership, Unit, User
from units.permissions import GRANTS, SUBTREE_ROLES, Permission, Role

# Who fills in a unit's sheet and answers for it.
SCORERS = frozenset(role for role in Role if Permission.ASSESSMENT_SCORE in GRANTS[role]) - SUBTREE_ROLES


class RoundRefused(Exception):
    """Why a round or a sheet could not be opened or changed. `field` is the one that is to be mended, if it is one."""

    field: str | None = None


class RoundOutOfOrder(RoundRefused):
    field = "closes_at"

    def __str__(self) -> str:
        return _("The round must close after it opens.")


class PhaseOutOfOrder(RoundRefused):
    def __init__(self, field: str, text: str) -> None:
        super().__init__(field, text)
        self.field, self.text = field, text

    def __str__(self) -> str:
        return self.text


class RoundSettled(RoundRefused):
    def __str__(self) -> str:
        return _("The results of this round are approved: it does not change any more.")


class ReasonMissing(RoundRefused):
    field = "reason"

    def __str__(self) -> str:
        return _("Say why: those whom it concerns will read it.")


class NothingMoved(RoundRefused):
    def __str__(self) -> str:
        return _("No date differs from the one that is set already.")


class RoundChanged(RoundRefused):
    """Somebody changed the round after it was read. `stored` is the round as it stands now."""

    def __init__(self, stored: Round) -> None:
        super().__init__(stored.pk)
        self.stored = stored
        last = (
            AuditEvent.objects.filter(target_model="assessments.round", target_id=str(stored.pk))
            .select_related("by")
            .order_by("-pk")
            .first()
        )
        self.by: object = last.by if last else None
        self.at: datetime | None = last.at if last else None

    def __str__(self) -> str:
        return _("%(who)s changed this round at %(at)s, after you had opened it.") % {
            "who": self.by or _("Somebody"),
            "at": moment(self.at),
        }


@dataclass(frozen=True, kw_only=True)
class Phases:
    """The dates of a round. Each phase is [opens, closes); `approve_by` is a day."""

    opens_at: datetime
    closes_at: datetime
    verify_opens_at: datetime | None = None
    verify_closes_at: datetime | None = None
    appeal_opens_at: datetime | None = None
    appeal_closes_at: datetime | None = None
    approve_by: date | None = None

    @classmethod
    def of(cls, round_: Round) -> Self:
        return cls(**{name: getattr(round_, name) for name in cls.__dataclass_fields__})

    @property
    def values(self) -> dict[str, Any]:
        return asdict(self)

    def check(self) -> None:
        """Raises RoundOutOfOrder, PhaseOutOfOrder. Phases may overlap, but none ends before it can do its work."""
        if self.opens_at >= self.closes_at:
            raise RoundOutOfOrder
        self._pair("verify", self.verify_opens_at, self.verify_closes_at)
        self._pair("appeal", self.appeal_opens_at, self.appeal_closes_at)
        if self.verify_closes_at and self.verify_closes_at <= self.closes_at:
            said = _("Verification must go on after self-scoring has closed, or the last sheets are not verified.")
            raise PhaseOutOfOrder("verify_closes_at", said)
        if self.appeal_closes_at and self.appeal_closes_at <= (self.verify_opens_at or self.opens_at):
            said = _("Appeals must go on after verification has begun: there is nothing to appeal against before.")
            raise PhaseOutOfOrder("appeal_closes_at", said)
        last = max(filter(None, (self.closes_at, self.verify_closes_at, self.appeal_closes_at)))
        if self.approve_by and self.approve_by < timezone.localtime(last).date():
            said = _("Results cannot be approved before the last phase is over.")
            raise PhaseOutOfOrder("approve_by", said)

    @staticmethod
    def _pair(name: str, opens: datetime | None, closes: datetime | None) -> None:
        if opens is None and closes is None:
            return
        if opens is None or closes is None:
            missing = "opens" if opens is None else "closes"
            raise PhaseOutOfOrder(f"{name}_{missing}_at", _("Give both ends of the phase, or neither."))
        if opens >= closes:
            raise PhaseOutOfOrder(f"{name}_closes_at", _("A phase must close after it opens."))


def told(value: date | None) -> str | None:
    """A moment or a day as a JSON value: a moment in Asia/Ho_Chi_Minh, in which deadlines are set."""
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat()
    return value.isoformat() if value else None


def moved(before: Phases, after: Phases) -> dict[str, list[str | None]]:
    was, now = before.values, after.values
    return {name: [told(was[name]), told(now[name])] for name in was if was[name] != now[name]}


def manages(user: User, unit: Unit) -> None:
    """Raises PermissionDenied where `user` does not manage the rounds of `unit`."""
    if not holds_in(user, Permission.ROUND_MANAGE, unit):
        raise PermissionDenied


def scorers_of(*units: Unit | int) -> list[int]:
    """The heads and officers of the units today: whom to tell of their sheets. One query."""
    held = Membership.objects.current().filter(unit__in=units, role__in=SCORERS, user__is_active=True)
    return sorted(set(held.values_list("user_id", flat=True)))


def people_in(round_: Round) -> list[int]:
    """The heads and officers of all units with a sheet in the round. One query."""
    sheets = Assessment.objects.filter(round=round_).order_by()
    held = Membership.objects.current().filter(unit__in=sheets.values("unit"), role__in=SCORERS, user__is_active=True)
    return sorted(set(held.values_list("user_id", flat=True)))


def locked_round(round_: Round) -> Round:
    """The round as it stands, locked until the transaction ends."""
    return Round.objects.select_for_update(of=("self",)).select_related("unit", "criteria_set").get(pk=round_.pk)


def write(round_: Round, expected_version: int, values: dict[str, Any]) -> None:
    """Write `values` if the round still has `expected_version`. Raises RoundChanged."""
    rows = Round.objects.filter(pk=round_.pk, version=expected_version)
    if rows.update(version=F("version") + 1, **values) == 0:
        raise RoundChanged(Round.objects.select_related("unit", "criteria_set").get(pk=round_.pk))
    for name, value in values.items():
        setattr(round_, name, value)
    round_.version = expected_version + 1


@transaction.atomic
def change_phases(*, round: Round, phases: Phases, reason: str, expected_version: int, by: User) -> Round:
    """Move dates, and tell the units. While the round is prepared nobody is told and no reason is owed. What an
    extension gave a unit stays. Raises PermissionDenied, RoundSettled, RoundChanged, RoundOutOfOrder, PhaseOutOfOrder,
    NothingMoved, ReasonMissing."""
    manages(by, round.unit)
    stored = locked_round(round)
    if stored.state not in {Round.State.PREPARING, Round.State.RUNNING}:
        raise RoundSettled
    if stored.version != expected_version:
        raise RoundChanged(stored)
    phases.check()
    changes = moved(Phases.of(stored), phases)
    if not changes:
        raise NothingMoved
    reason = reason.strip()
    runs = stored.state == Round.State.RUNNING
    if runs and not reason:
        raise ReasonMissing
    write(stored, expected_version, {name: phases.values[name] for name in changes})
    record(
        by=by,
        action="assessments.phases_changed",
        target=stored,
        changes=changes,
        unit_path=stored.unit.path,
        reason=reason,
        notify=people_in(stored) if runs else (),
    )
    return stored
