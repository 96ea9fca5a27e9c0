"""Whether a plan is still open, and who brought it into the state it is in: what everything under a plan asks first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from activity.models import AuditEvent
from plans.models import Plan
from plans.permissions import OPEN
from units.models import User


@dataclass(frozen=True, slots=True)
class LastStep:
    """Who did the last thing to a plan, and when; None where nobody is known to have."""

    by: User | None
    at: datetime | None

    @classmethod
    def of(cls, plan: Plan, *, of_state: bool = False) -> Self:
        """The last change of `plan`, of its state alone where `of_state`. One query."""
        events = AuditEvent.objects.filter(target_model=Plan._meta.label_lower, target_id=str(plan.pk))
        if of_state:
            events = events.filter(changes__has_key="status")
        event = events.select_related("by").order_by("-pk").first()
        return cls(event.by, event.at) if event else cls(None, None)

    def __str__(self) -> str:
        if self.by is None or self.at is None:
            return ""
        moment = date_format(timezone.localtime(self.at), "H:i j/n/Y")
        return _("%(person)s did this at %(moment)s.") % {"person": self.by, "moment": moment}


class PlanIsClosed(Exception):
    """The plan is closed or cancelled: nothing more is reported, assigned, held or raised under it."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.step = LastStep.of(plan, of_state=True)

    def __str__(self) -> str:
        said = (
            _("This plan is cancelled: nothing can be added to it any more.")
            if self.plan.status == Plan.Status.CANCELLED
            else _("This plan is closed: nothing can be added to it any more.")
        )
        return f"{said} {self.step}".strip()


def require_open(plan: Plan) -> Plan:
    """The plan as it is now, its row locked until the transaction ends, so that nobody closes it meanwhile.

    Ask this first in a service, before any other row is locked. Progress may be reported on a draft too: units begin
    before the number is given. Raises PlanIsClosed.
    """
    now = locked(plan)
    if now.status not in OPEN:
        raise PlanIsClosed(now)
    return now


def locked(plan: Plan) -> Plan:
    """The plan as it is now, which nobody else changes before the transaction ends."""
    return Plan.objects.select_for_update(no_key=True, of=("self",)).select_related("unit").get(pk=plan.pk)
