"""Who verifies a sheet, what they have given so far, and what is still missing.

Where a round asks for two assessors, neither sees what the other gave until both have finished (`is_blind`). From then
on the rows in which they differ wait for the chair of their team, whose decision is a row of the stage FINAL, also
where it says what one of them gave: a difference is decided if and only if it has such a row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assessments import scoring
from assessments.contexts.rules import applying, stored_result
from assessments.contexts.standing import is_own
from assessments.models import Assessment, Assignment, Criterion, Score
from assessments.permissions import RESULT_SHOWN
from units.access import holds_in
from units.models import User
from units.permissions import GRANTS, SUBTREE_ROLES, Permission, Role

STAGES: dict[int, Score.Stage] = {1: Score.Stage.VERIFIED, 2: Score.Stage.SECOND}


def assignments_of(assessment: Assessment) -> list[Assignment]:
    """In the order of their places. One query."""
    return list(assessment.assignments.select_related("assessor", "team__chair").order_by("place"))


def is_chair(user: User, assignments: Iterable[Assignment]) -> bool:
    return any(each.team.chair_id == user.pk for each in assignments)


def place_of(user: User, assessment: Assessment, assignments: Sequence[Assignment]) -> int | None:
    """The place at which `user` verifies the sheet. The chair stands in for the one assessor of a sheet; of two they
    judge the differences, and write for neither."""
    for each in assignments:
        if each.assessor_id == user.pk:
            return each.place
    if assignments and is_chair(user, assignments) and not assessment.round.second_assessor:
        return 1
    return None


def manages(user: User, assessment: Assessment) -> bool:
    """Whether `user` manages the round of the sheet by an office other than that of administrator, who keeps the house
    and judges nobody."""
    path = assessment.round.unit.path
    return user.is_active and any(
        each.role != Role.ADMINISTRATOR
        and Permission.ROUND_MANAGE in GRANTS[Role(each.role)]
        and (path.startswith(each.unit.path) if each.role in SUBTREE_ROLES else path == each.unit.path)
        for each in user.held_roles
    )


def decides(user: User, assessment: Assessment, assignments: Iterable[Assignment]) -> bool:
    """Whether `user` decides what the unit appeals: the chair of the team, or who manages the round; nobody of the
    unit."""
    if is_own(user, assessment):
        return False
    chair = is_chair(user, assignments) and holds_in(user, Permission.ASSESSMENT_VERIFY, assessment.unit)
    return chair or manages(user, assessment)


def settles(user: User, assessment: Assessment, assignments: Iterable[Assignment]) -> bool:
    """Whether `user` decides where the two assessors differ: the chair of their team, unless of the unit."""
    if is_own(user, assessment) or not holds_in(user, Permission.ASSESSMENT_VERIFY, assessment.unit):
        return False
    return is_chair(user, assignments)


def both_finished(assessment: Assessment, assignments: Iterable[Assignment]) -> bool:
    finished = {each.place for each in assignments if each.finished_at is not None}
    return finished >= ({1, 2} if assessment.round.second_assessor else {1})


def is_blind(assessment: Assessment, assignments: Iterable[Assignment]) -> bool:
    """Whether the two assessors are still kept apart."""
    if not assessment.round.second_assessor or assessment.state in RESULT_SHOWN:
        return False
    return not both_finished(assessment, assignments)


def stages_shown(user: User, assessment: Assessment, assignments: Sequence[Assignment]) -> frozenset[str]:
    """The stages of a sheet that `user`, who sees results (`sees_result`), may read now.

    The second opinion is for those who assess, manage the round or approve. While two assessors are apart each reads
    their own, a colleague of theirs neither."""
    every = frozenset(each.value for each in Score.Stage)
    manager = manages(user, assessment)
    assesses = holds_in(user, Permission.ASSESSMENT_VERIFY, assessment.unit) and not is_own(user, assessment)
    approves = holds_in(user, Permission.ASSESSMENT_APPROVE, assessment.round.unit)
    if not is_blind(assessment, assignments):
        return every if manager or assesses or approves else every - {Score.Stage.SECOND.value}
    apart = {Score.Stage.VERIFIED.value, Score.Stage.SECOND.value}
    place = place_of(user, assessment, assignments)
    if place is not None:
        return every - apart | {STAGES[place].value}
    return every if manager or approves else every - apart


@dataclass(frozen=True, kw_only=True)
class RowStanding:
    """One criterion of a sheet: what the unit gave itself, and what one assessor gave it."""

    criterion: Criterion
    own: Score | None
    given: Score | None

    @property
    def is_given(self) -> bool:
        return self.given is not None and stored_result(self.given).is_scored

    @property
    def can_accept(self) -> bool:
        """Whether there is a score of the unit's that may be taken over as it stands."""
        return self.own is not None and stored_result(self.own).is_scored

    @property
    def owes_reason(self) -> bool:
        return (
            self.given is not None
            and self.is_given
            and not self.given.explanation
            and reason_owed(self.criterion, self.own, stored_result(self.given))
        )

    @property
    def is_left(self) -> bool:
        return not self.is_given or self.owes_reason

    @property
    def changed_since(self) -> bool:
        """The unit changed its score after the assessor had looked at it: a returned sheet came back."""
        return self.is_given and self.own is not None and self.given is not None and self.own.at > self.given.at


def same_result(one: scoring.Result, other: scoring.Result) -> bool:
    return (one.points, one.light, one.not_applicable) == (other.points, other.light, other.not_applicable)


def reason_owed(criterion: Criterion, own: Score | None, result: scoring.Result) -> bool:
    """Whether `result` takes a reason: it is not what the unit gave itself. What the province or the system scores is
    no word of the unit's to differ from."""
    if criterion.scored_by != Criterion.ScoredBy.UNIT:
        return False
    return not same_result(stored_result(own) if own else scoring.Result(), result)


def rows_of(assessment: Assessment, stage: Score.Stage) -> list[RowStanding]:
    """Every criterion that an assessor answers, in its order. The light of a roll-up follows from its sub-indicators:
    it takes an answer but needs none. Two queries."""
    criteria = list(Criterion.objects.filter(criteria_set=assessment.round.criteria_set_id).order_by("order"))
    own = applying(criteria, assessment.unit.kind)
    above = {criterion.parent_id for criterion in own}
    found = assessment.scores.filter(stage__in=[Score.Stage.SELF, stage]).select_related("by")
    scores = {(score.criterion_id, score.stage): score for score in found}
    return [
        RowStanding(
            criterion=criterion,
            own=scores.get((criterion.pk, Score.Stage.SELF)),
            given=scores.get((criterion.pk, stage)),
        )
        for criterion in own
        if criterion.scoring != Criterion.Scoring.GROUP
        and not (criterion.scoring == Criterion.Scoring.ROLL_UP and criterion.pk in above)
    ]


def rows_left(assessment: Assessment, stage: Score.Stage) -> list[RowStanding]:
    return [row for row in rows_of(assessment, stage) if row.is_left]


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A criterion to which the two assessors gave different results. `decided`: the chair's row, None until then."""

    criterion: Criterion
    own: Score | None
    first: Score
    second: Score
    decided: Score | None

    @property
    def is_open(self) -> bool:
        return self.decided is None


def differences(assessment: Assessment) -> list[Difference]:
    """In the order of the criteria; of a sheet whose assessors have both finished. One query."""
    scores: dict[int, dict[str, Score]] = {}
    for score in assessment.scores.select_related("criterion", "by").order_by("criterion__order"):
        scores.setdefault(score.criterion_id, {})[score.stage] = score
    found = []
    for stages in scores.values():
        first, second = stages.get(Score.Stage.VERIFIED), stages.get(Score.Stage.SECOND)
        if first is None or second is None or same_result(stored_result(first), stored_result(second)):
            continue
        decided = stages.get(Score.Stage.FINAL)
        found.append(
            Difference(
                criterion=first.criterion,
                own=stages.get(Score.Stage.SELF),
                first=first,
                second=second,
                decided=decided if decided and stored_result(decided).is_scored else None,
            )
        )
    return found
