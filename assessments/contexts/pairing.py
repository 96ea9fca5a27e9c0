"""Which diagnosis another one is compared with, and which indicators are the same in both."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from assessments.models import Assessment, AssessmentQuerySet, CriteriaSet, Criterion, Round
from units.models import User
from units.permissions import Permission

MOST_VERSIONS = 12  # between the two sets; further back nothing is compared


def diagnoses(user: User) -> AssessmentQuerySet:
    """The sheets by traffic lights that `user` may see."""
    seen = Assessment.objects.allowed_to(user, Permission.ASSESSMENT_VIEW)
    return seen.filter(round__criteria_set__scale=CriteriaSet.Scale.RAG)


def _of_unit(assessment: Assessment, user: User) -> AssessmentQuerySet:
    standard = assessment.round.criteria_set.standard_id
    same = diagnoses(user).filter(unit=assessment.unit_id, round__criteria_set__standard=standard)
    return same.exclude(pk=assessment.pk).with_sheet_head().order_by("-round__opens_at", "-pk")


def before_of(assessment: Assessment, *, user: User) -> Assessment | None:
    """The sheet of the same unit in the round that this one's is compared with: the one it names, else after a pilot
    the one taken before it under the same plan. At most one query."""
    round_ = assessment.round
    if round_.previous_id:
        return _of_unit(assessment, user).filter(round=round_.previous_id).first()
    if round_.occasion == Round.Occasion.AFTER_PILOT and round_.plan_id:
        earlier = Q(round__plan=round_.plan_id, round__occasion=Round.Occasion.BEFORE_PILOT)
        return _of_unit(assessment, user).filter(earlier).first()
    return None


def after_of(assessment: Assessment, *, user: User) -> Assessment | None:
    """The sheet of the same unit that is compared with this one, the latest of several. At most one query."""
    round_ = assessment.round
    rule = Q(round__previous=round_.pk)
    if round_.occasion == Round.Occasion.BEFORE_PILOT and round_.plan_id:
        rule |= Q(round__plan=round_.plan_id, round__occasion=Round.Occasion.AFTER_PILOT, round__previous=None)
    return _of_unit(assessment, user).filter(rule).first()


def paired(after: Sequence[Criterion], before: Sequence[Criterion]) -> dict[str, str]:
    """The code of an indicator in the earlier set, by its code in the later one; what is new has none.

    A criterion says which one of an earlier version it continues. The indicators that a standard fixes keep their
    codes, so these pair by them where nothing is said, and so do all of a set in which nothing is said at all.
    """
    own = {criterion.pk: criterion.code for criterion in before}
    codes = set(own.values())
    named = any(criterion.predecessor_id for criterion in after)
    pairs: dict[str, str] = {}
    back: dict[str, int] = {}
    for criterion in after:
        if criterion.pk in own:
            pairs[criterion.code] = own[criterion.pk]
        elif criterion.predecessor_id:
            back[criterion.code] = criterion.predecessor_id
        elif criterion.code in codes and (criterion.locked or not named):
            pairs[criterion.code] = criterion.code
    for _version in range(MOST_VERSIONS):
        pairs |= {code: own[pk] for code, pk in back.items() if pk in own}
        back = {code: pk for code, pk in back.items() if pk not in own}
        if not back:
            break
        older = dict(Criterion.objects.filter(pk__in=back.values()).values_list("pk", "predecessor_id"))
        back = {code: above for code, pk in back.items() if (above := older.get(pk))}
    return pairs
