"""Criteria as scoring sees them: rules, groups and the policy of a set, and stored scores as results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assessments import scoring
from assessments.models import CriteriaSet, Criterion, Score

# Of each criterion the first that was scored stands.
STANDS = (Score.Stage.FINAL, Score.Stage.APPEAL, Score.Stage.VERIFIED)


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
    return scoring.Result(
        answer=score.answer,
        points=score.points,
        light=score.light,
        not_applicable=score.answer.get("not_applicable") is True,
        steps=restated(rule, score.answer).steps if rule else (),
    )


def standing_scores(scores: Iterable[Score]) -> dict[str, Score]:
    """Of each criterion (by its code; `scores` with their criterion) the score that stands: what was decided, else the
    outcome of the appeal, else what was verified. What nobody verified has none."""
    stands: dict[str, Score] = {}
    given = {(score.criterion.code, score.stage): score for score in scores}
    for (code, stage), score in given.items():
        if stage in STANDS and stored_result(score).is_scored:
            before = stands.get(code)
            if before is None or STANDS.index(Score.Stage(stage)) < STANDS.index(Score.Stage(before.stage)):
                stands[code] = score
    return stands
