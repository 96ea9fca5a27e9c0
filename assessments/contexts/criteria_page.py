"""The page of one version of a criteria set: tree, policy in words, versions, rounds, and what may be done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assessments import scoring
from assessments.contexts.criteria import CriterionLine, criteria_tree, flat
from assessments.contexts.policy_words import policy_lines
from assessments.models import CriteriaSet, Round
from units.access import holds_in
from units.models import Unit, User
from units.permissions import Permission

MOST_ROUNDS = 20


@dataclass(frozen=True, kw_only=True)
class CriteriaPage:
    """`before`: the version that this one can be compared with."""

    lines: Sequence[CriterionLine]
    policy: Sequence[tuple[str, Sequence[str]]]
    versions: Sequence[CriteriaSet]
    rounds: Sequence[Round]
    before: CriteriaSet | None
    may_begin: bool
    may_edit: bool
    may_retire: bool


def policy_words(criteria_set: CriteriaSet) -> Sequence[tuple[str, Sequence[str]]]:
    """Of traffic lights, which have no total, nothing."""
    if criteria_set.scale != CriteriaSet.Scale.POINTS:
        return []
    try:
        return policy_lines(scoring.read_policy(criteria_set.policy))
    except scoring.InvalidRule:
        return []


def criteria_page(
    criteria_set: CriteriaSet, versions: Iterable[CriteriaSet], *, user: User, provinces: Sequence[Unit]
) -> CriteriaPage:
    """`versions`: those of the same set that the person sees, the newest first; `provinces`: where they edit."""
    versions = list(versions)
    earlier = [each for each in versions if each.version < criteria_set.version]
    edits = criteria_set.unit is not None and holds_in(user, Permission.CRITERIA_EDIT, criteria_set.unit)
    is_draft = criteria_set.status == CriteriaSet.Status.DRAFT
    rounds = Round.objects.allowed_to(user, Permission.ASSESSMENT_VIEW).filter(criteria_set=criteria_set)
    return CriteriaPage(
        lines=flat(criteria_tree(criteria_set)),
        policy=policy_words(criteria_set),
        versions=versions,
        rounds=list(rounds.select_related("unit").distinct().order_by("-year", "title")[:MOST_ROUNDS]),
        before=criteria_set.based_on or (earlier[0] if earlier else None),
        may_begin=not is_draft and (edits or (criteria_set.unit is None and bool(provinces))),
        may_edit=is_draft and edits,
        may_retire=criteria_set.status == CriteriaSet.Status.PUBLISHED and edits,
    )
