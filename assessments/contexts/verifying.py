"""What stands on the page of a sheet for those who verify it: the way through their sheets, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from assessments.contexts.queue import Neighbours, neighbours, queue
from assessments.contexts.standing import may
from assessments.contexts.verification import (
    assignments_of,
    both_finished,
    decides,
    differences,
    is_chair,
    place_of,
    settles,
)
from assessments.models import Assessment
from assessments.permissions import Act
from units.access import holds_in
from units.models import User
from units.permissions import Permission


@dataclass(frozen=True, kw_only=True)
class VerifyingBar:
    """`place`: where the person verifies the sheet, None for a chair or manager who looks on. `differences`: how many
    the chair has to decide. `waits`: the person has finished, and the other assessor has not."""

    place: int | None
    neighbours: Neighbours | None
    may_begin: bool
    may_accept: bool
    may_finish: bool
    may_resume: bool
    may_return: bool
    may_tell: bool
    waits: bool
    differences: int
    settles: bool
    decides: bool

    @property
    def is_bare(self) -> bool:
        """Nothing to show."""
        acts = (self.may_begin, self.may_accept, self.may_finish, self.may_resume, self.may_return, self.may_tell)
        return not any((*acts, self.waits, self.differences, self.decides, self.neighbours))


def verifying_bar(assessment: Assessment, *, user: User, now: datetime) -> VerifyingBar | None:
    """None for who has nothing to do with verifying the sheet. `assessment` as `with_sheet_head()` gives it."""
    if not any(
        holds_in(user, permission, assessment.unit)
        for permission in (Permission.ASSESSMENT_VERIFY, Permission.ROUND_MANAGE)
    ):
        return None
    assignments = assignments_of(assessment)
    place = place_of(user, assessment, assignments) if may_verify(user, assessment) else None
    mine = next((each for each in assignments if each.place == place), None)
    finished = mine is not None and mine.finished_at is not None
    both = both_finished(assessment, assignments)
    verifies = place is not None and may(user, Act.VERIFY, assessment, now)
    at_work = assessment.state == Assessment.State.VERIFYING
    two = assessment.round.second_assessor
    left = [each for each in differences(assessment) if each.is_open] if two and both and at_work else []
    chair = is_chair(user, assignments)
    tells = at_work and not left and (place == 1 or chair) and may(user, Act.TELL_RESULT, assessment, now)
    bar = VerifyingBar(
        place=place,
        neighbours=neighbours(queue(user, now=now), assessment) if place is not None else None,
        may_begin=place is not None and may(user, Act.BEGIN_VERIFICATION, assessment, now),
        may_accept=verifies and not finished,
        may_finish=verifies and not finished,
        may_resume=verifies and finished and not (two and both),
        may_return=place is not None and may(user, Act.RETURN, assessment, now),
        may_tell=tells and both,
        waits=finished and not both,
        differences=len(left),
        settles=settles(user, assessment, assignments),
        decides=assessment.state == Assessment.State.APPEALED and decides(user, assessment, assignments),
    )
    return None if bar.is_bare else bar


def may_verify(user: User, assessment: Assessment) -> bool:
    """Whether the person holds the right in the unit and no office of it."""
    own = any(each.unit_id == assessment.unit_id for each in user.held_roles)
    return not own and holds_in(user, Permission.ASSESSMENT_VERIFY, assessment.unit)
