"""Criteria as scoring sees them: rules, groups and the policy of a set, and stored scores as results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any

from assessments import scoring
from assessments.models import CriteriaSet, Criterion, Score

# Of each criterion the first that was scored stands.
STANDS = (Score.Stage.FINAL, Score.Stage.APPEAL, Score.Stage.VERIFIED)
RANK_OF = {str(stage): rank for rank, stage in enumerate(STANDS)}
KEPT = 64  # published sets by kind of unit, in each process: all that a province's open rounds ask for


def policy_of(criteria_set: CriteriaSet) -> scoring.Policy:
    return scoring.read_policy(criteria_set.policy)


def rule_of(criterion: Criterion, group: str, policy: scoring.Policy = scoring.DEFAULT_POLICY) -> scoring.Rule:
    """`policy`: that of the set, without which nothing may be not applicable."""
    return scoring.Rule(
        code=criterion.code,
        group=group,
        kind=scoring.Kind(criterion.scoring),
        maximum=criterion.max_score,
        parameters=criterion.parameters,
        weight=criterion.weight,
        counts=scoring.Counts(criterion.counts),
        skippable=criterion.skippable and policy.not_applicable is not scoring.NotApplicable.FORBIDDEN,
    )


def applying(criteria: Iterable[Criterion], kind: str) -> list[Criterion]:
    """Those by which a unit of `kind` is scored, with their groups; "" for all. What stands under one that does not
    apply does not apply either."""
    criteria = list(criteria)
    if not kind:
        return criteria
    by_pk = {criterion.pk: criterion for criterion in criteria}

    def applies(criterion: Criterion | None) -> bool:
        if criterion is None:
            return True
        above = by_pk.get(criterion.parent_id) if criterion.parent_id else None
        return criterion.applies(kind) and applies(above)

    return [criterion for criterion in criteria if applies(criterion)]


@dataclass(frozen=True, kw_only=True)
class SheetRules:
    """What a sheet is scored by. `criteria`: in their order, groups included."""

    criteria: Sequence[Criterion]
    groups: Sequence[scoring.Group]
    rules: Sequence[scoring.Rule]
    policy: scoring.Policy

    @property
    def size(self) -> int:
        """How many criteria a sheet has: sub-indicators are parts of one, and are not counted."""
        return len(self.rules) - len(scoring.sub_indicators(self.rules))

    @cached_property
    def codes(self) -> Mapping[int, str]:
        """Of every criterion, by its id."""
        return {criterion.pk: criterion.code for criterion in self.criteria}

    def rule(self, code: str) -> scoring.Rule:
        return next(rule for rule in self.rules if rule.code == code)

    def outcome(self, results: Mapping[str, scoring.Result]) -> scoring.Outcome:
        return scoring.outcome(self.groups, self.rules, results, self.policy)


def rules_of(criteria_set: CriteriaSet, criteria: Iterable[Criterion], *, kind: str = "") -> SheetRules:
    """`criteria`: the whole set, groups included; `kind`: the kind of the unit that is scored, "" for all."""
    own, policy = applying(criteria, kind), policy_of(criteria_set)
    codes = {criterion.pk: criterion.code for criterion in own}
    group_of = {criterion.pk: codes[criterion.parent_id] if criterion.parent_id else "" for criterion in own}
    return SheetRules(
        criteria=own,
        groups=[
            scoring.Group(code=criterion.code, parent=group_of[criterion.pk], weight=criterion.weight)
            for criterion in own
            if criterion.scoring == Criterion.Scoring.GROUP
        ],
        rules=[
            rule_of(criterion, group_of[criterion.pk], policy)
            for criterion in own
            if criterion.scoring != Criterion.Scoring.GROUP
        ],
        policy=policy,
    )


@dataclass(frozen=True, kw_only=True)
class _Published:
    """What tells one published content from every other, for the units of one kind."""

    pk: int
    digest: str
    published_at: datetime
    updated_at: datetime
    kind: str
    criteria_set: CriteriaSet = field(compare=False, repr=False)


def _read(criteria_set: CriteriaSet, kind: str) -> SheetRules:
    criteria = Criterion.objects.filter(criteria_set=criteria_set).order_by("order")
    return rules_of(criteria_set, criteria, kind=kind)


@lru_cache(maxsize=KEPT)
def _kept(published: _Published) -> SheetRules:
    return _read(published.criteria_set, published.kind)


def known_rules(criteria_set: CriteriaSet, *, kind: str = "") -> SheetRules:
    """As `rules_of`, with the criteria of the set. What is published never changes: it is read once and shared by all
    requests of the process, so nobody writes to its criteria. A draft is read every time. At most one query."""
    if criteria_set.status == CriteriaSet.Status.DRAFT or not criteria_set.digest or not criteria_set.published_at:
        return _read(criteria_set, kind)
    return _kept(
        _Published(
            pk=criteria_set.pk,
            digest=criteria_set.digest,
            published_at=criteria_set.published_at,
            updated_at=criteria_set.updated_at,
            kind=kind,
            criteria_set=criteria_set,
        )
    )


def forget_rules() -> None:
    """Read every set anew: its rows were written past the services, which never change what is published."""
    _kept.cache_clear()


def sheet_rules(criteria: Sequence[Criterion], policy: scoring.Policy = scoring.DEFAULT_POLICY) -> list[scoring.Rule]:
    """The scored criteria as rules, each in the group of its parent. `criteria`: a whole set, groups included."""
    codes = {criterion.pk: criterion.code for criterion in criteria}
    return [
        rule_of(criterion, codes[criterion.parent_id] if criterion.parent_id else "", policy)
        for criterion in criteria
        if criterion.scoring != Criterion.Scoring.GROUP
    ]


def restated(rule: scoring.Rule, answer: Mapping[str, Any]) -> scoring.Result:
    """The arithmetic of a stored answer; none where the rule does not take it (edited by hand): it is still shown."""
    try:
        return scoring.score(rule, answer)
    except scoring.InvalidAnswer:
        return scoring.Result()


def stored_result(score: Score, rule: scoring.Rule | None = None) -> scoring.Result:
    """What a row says it earned, as it was given. With `rule`, its arithmetic too."""
    steps = restated(rule, score.answer).steps if rule else ()
    return result_of(score.answer, score.points, score.light, steps=steps)


def result_of(
    answer: Mapping[str, Any], points: Decimal | None, light: str, *, steps: tuple[scoring.Step, ...] = ()
) -> scoring.Result:
    """From the columns of a row."""
    skipped = answer.get("not_applicable") is True
    return scoring.Result(answer=answer, points=points, light=light, not_applicable=skipped, steps=steps)


def standing_results(given: Iterable[tuple[str, str, scoring.Result]]) -> dict[str, scoring.Result]:
    """As `standing_scores`, of (code, stage, result)."""
    stands: dict[str, tuple[int, scoring.Result]] = {}
    for code, stage, result in given:
        if stage in RANK_OF and result.is_scored and (code not in stands or RANK_OF[stage] < stands[code][0]):
            stands[code] = RANK_OF[stage], result
    return {code: result for code, (_rank, result) in stands.items()}


def standing_scores(scores: Iterable[Score]) -> dict[str, Score]:
    """Of each criterion (by its code; `scores` with their criterion) the score that stands: what was decided, else the
    outcome of the appeal, else what was verified. What nobody verified has none."""
    stands: dict[str, Score] = {}
    for score in scores:
        if score.stage in RANK_OF and stored_result(score).is_scored:
            before = stands.get(score.criterion.code)
            if before is None or RANK_OF[score.stage] < RANK_OF[before.stage]:
                stands[score.criterion.code] = score
    return stands
