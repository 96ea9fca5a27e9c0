"""Which units must apply a standard and which are encouraged to, over which period."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from activity.services import record
from assessments.models import Obligation
from units.access import holds_in
from units.models import Unit, User
from units.permissions import Permission


class ObligationRefused(Exception):
    """Why a rule is not taken."""


class WhomMissing(ObligationRefused):
    def __str__(self) -> str:
        return _("Choose a kind of unit, or one unit: not both.")


class PeriodUpsideDown(ObligationRefused):
    def __str__(self) -> str:
        return _("The last day lies before the first. Correct the period.")


class RuleOverlaps(ObligationRefused):
    """`other` holds in the same period for the same."""

    def __init__(self, other: Obligation) -> None:
        super().__init__(other.pk)
        self.other = other

    def __str__(self) -> str:
        return _("“%(rule)s” holds in that period already. End it first.") % {"rule": self.other}


class OtherProvince(ObligationRefused):
    def __str__(self) -> str:
        return _("This unit belongs to another province. Choose one of your own.")


def _describe(rule: Obligation) -> dict[str, list[str | None]]:
    return {
        "unit": [None, str(rule.unit or rule.get_unit_kind_display())],
        "standard": [None, rule.standard_code],
        "kind": [None, str(rule.get_kind_display())],
        "valid_from": [None, rule.valid_from.isoformat()],
        "valid_to": [None, rule.valid_to.isoformat() if rule.valid_to else None],
    }


def _check_alone(rule: Obligation) -> None:
    """No other rule for the same holds on a day of its period."""
    same = Obligation.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=rule.valid_from),
        province=rule.province_id,
        unit=rule.unit_id,
        unit_kind=rule.unit_kind,
        standard_code=rule.standard_code,
    ).exclude(pk=rule.pk)
    if rule.valid_to:
        same = same.filter(valid_from__lte=rule.valid_to)
    if other := same.select_related("unit").first():
        raise RuleOverlaps(other)


@transaction.atomic
def set_obligation(
    *,
    province: Unit,
    kind: str,
    valid_from: date,
    by: User,
    unit_kind: str = "",
    unit: Unit | None = None,
    valid_to: date | None = None,
    standard_code: str = "TCVN ISO 9001",
    basis: str = "",
) -> Obligation:
    """A rule for a kind of unit, or an exception for one unit. Raises PermissionDenied, WhomMissing, OtherProvince,
    PeriodUpsideDown, RuleOverlaps."""
    if not holds_in(by, Permission.ROUND_MANAGE, province):
        raise PermissionDenied
    if bool(unit_kind) == bool(unit):
        raise WhomMissing
    if unit and unit.root_path != province.path:
        raise OtherProvince
    if valid_to and valid_to < valid_from:
        raise PeriodUpsideDown
    Unit.objects.select_for_update(no_key=True).get(pk=province.pk)
    rule = Obligation(
        province=province,
        unit=unit,
        unit_kind=unit_kind,
        standard_code=standard_code,
        kind=kind,
        valid_from=valid_from,
        valid_to=valid_to,
        basis=" ".join(basis.split())[:300],
        by=by,
    )
    _check_alone(rule)
    rule.save()
    path = (unit or province).path
    record(
        by=by, action="assessments.obligation_set", target=rule, unit_path=path, changes=_describe(rule), reason=basis
    )
    return rule


@transaction.atomic
def end_obligation(*, obligation: Obligation, valid_to: date, by: User) -> Obligation:
    """It holds until `valid_to`, that day included. Raises PermissionDenied, PeriodUpsideDown, RuleOverlaps."""
    rule = Obligation.objects.select_for_update(of=("self",)).select_related("province").get(pk=obligation.pk)
    if not holds_in(by, Permission.ROUND_MANAGE, rule.province):
        raise PermissionDenied
    if valid_to < rule.valid_from:
        raise PeriodUpsideDown
    before = rule.valid_to.isoformat() if rule.valid_to else None
    rule.valid_to = valid_to
    _check_alone(rule)
    rule.save(update_fields=["valid_to"])
    record(
        by=by,
        action="assessments.obligation_ended",
        target=rule,
        unit_path=rule.province.path,
        changes={"valid_to": [before, valid_to.isoformat()]},
    )
    return rule
