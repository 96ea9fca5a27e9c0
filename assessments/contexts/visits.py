"""What may be done with a visit, by whom, and who reads what the team wrote."""

from __future__ import annotations

from assessments.models import Inspection, Visit
from assessments.permissions import MINUTES_OUT, VISIT_ACTS, VisitAct
from units.access import holds_in
from units.models import User
from units.permissions import Permission


def inspects(user: User, inspection: Inspection) -> bool:
    """Whether `user` inspects for the unit that holds the inspection; nobody does in one that is closed."""
    return inspection.closed_at is None and holds_in(user, Permission.INSPECT, inspection.unit)


def is_of_unit(user: User, visit: Visit) -> bool:
    """Whether `user` holds an office in the visited unit: then they neither look at it nor sign for the team."""
    return any(each.unit_id == visit.unit_id for each in user.held_roles)


def holds_for_visit(user: User, act: VisitAct, visit: Visit) -> bool:
    """Whether `user` has the right that `act` takes, whatever the state of the visit."""
    if not holds_in(user, Permission.INSPECT, visit.inspection.unit):
        return False
    return not (VISIT_ACTS[act].apart and is_of_unit(user, visit))


def may_visit(user: User, act: VisitAct, visit: Visit) -> bool:
    """`visit` with its inspection and the inspection's unit. No query."""
    if visit.inspection.closed_at is not None or visit.state not in VISIT_ACTS[act].states:
        return False
    return holds_for_visit(user, act, visit)


def acts_of(user: User, visit: Visit) -> frozenset[VisitAct]:
    return frozenset(act for act in VisitAct if may_visit(user, act, visit))


def reads_minutes(user: User, visit: Visit) -> bool:
    """Whether `user` reads checklist, findings and conclusion: the unit once the minutes are out, the people of the
    unit that holds the inspection always."""
    return visit.state in MINUTES_OUT or holds_in(user, Permission.ASSESSMENT_VIEW, visit.inspection.unit)
