"""What may be done with a sheet now, by whom: asked by pages, the API and, under a lock, by the services."""

from __future__ import annotations

from datetime import datetime

from assessments.models import Assessment, Round
from assessments.permissions import ACTS, RESULT_SHOWN, Act
from units.access import holds_in
from units.models import User
from units.permissions import Permission

Window = tuple[datetime | None, datetime | None]


def window_of(round_: Round, phase: str) -> Window:
    """[opens, closes) of a phase; (None, None) where the round sets no dates for it."""
    return {
        Round.Phase.SELF_SCORE: (round_.opens_at, round_.closes_at),
        Round.Phase.VERIFY: (round_.verify_opens_at, round_.verify_closes_at),
        Round.Phase.APPEAL: (round_.appeal_opens_at, round_.appeal_closes_at),
    }[Round.Phase(phase)]


def runs(assessment: Assessment, phase: str, now: datetime) -> bool:
    """Whether `phase` runs for this sheet: by the round's dates, or by an extension of its own. A phase without dates
    always runs, appeals excepted: they are taken within dates only. Nothing runs in a round that is being prepared. At
    most one query."""
    if assessment.round.state == Round.State.PREPARING:
        return False
    opens, closes = window_of(assessment.round, phase)
    by_date = opens <= now < closes if opens and closes else phase != Round.Phase.APPEAL
    return by_date or assessment.extensions.filter(phase=phase, until__gt=now).exists()


def is_own(user: User, assessment: Assessment) -> bool:
    """Whether `user` holds an office in the unit of the sheet itself: then they neither verify it nor decide on it."""
    return any(each.unit_id == assessment.unit_id for each in user.held_roles)


def holds_for(user: User, act: Act, assessment: Assessment) -> bool:
    """Whether `user` has the right that `act` takes, whatever the state of the sheet. What concerns the round as a
    whole takes a right in the unit that holds the round."""
    permission = ACTS[act].permission
    of_round = permission in {Permission.ROUND_MANAGE, Permission.ASSESSMENT_APPROVE}
    if permission == Permission.ASSESSMENT_VERIFY and is_own(user, assessment):
        return False
    return holds_in(user, permission, assessment.round.unit if of_round else assessment.unit)


def may(user: User, act: Act, assessment: Assessment, now: datetime) -> bool:
    """Whether `user` may do `act` with the sheet now. `assessment` with its unit, its round and the round's unit."""
    rule = ACTS[act]
    if assessment.state not in rule.states or not holds_for(user, act, assessment):
        return False
    return rule.phase is None or runs(assessment, rule.phase, now)


def sees_result(user: User, assessment: Assessment) -> bool:
    """Whether `user` sees what the assessors gave: always those who assess, manage the round or approve; the unit once
    the preliminary result is told. Others of the province who read sheets read it then too."""
    if assessment.state in RESULT_SHOWN:
        return True
    return (
        holds_in(user, Permission.ASSESSMENT_VERIFY, assessment.unit)
        or holds_in(user, Permission.ROUND_MANAGE, assessment.round.unit)
        or holds_in(user, Permission.ASSESSMENT_APPROVE, assessment.round.unit)
    )
