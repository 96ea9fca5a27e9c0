"""From the results of the criteria to the total and the grade of a sheet, by the policy of its set.

    sum        Σ points × weight, group by group
    scaled     × maximum / applicable maximum, where the policy excludes what does not apply
    bonus      + Σ bonus points × weight, at most the cap
    deduction  − Σ deducted points × weight, at most the cap
    rounded    by the policy; then not under its floor and not over its ceiling
    grade      by the total as it is after all this; knock-outs put a ceiling on it

No order of criteria changes any number: sums are exact. Better answers never lower the total (of a deduction the better
answer is the one that deducts less); saying that a criterion does not apply, or no longer, is not a better answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

from assessments.scoring.account import Account, Node
from assessments.scoring.exact import plain, rounded
from assessments.scoring.grading import grade_of, held_down, knocked_out, known_points, percent_of
from assessments.scoring.policy import KnockOut, Policy
from assessments.scoring.rule import LIGHTS, Group, Result, Rule, Step
from assessments.scoring.tally import Tally
from assessments.scoring.tree import Tree, capped


@dataclass(frozen=True, kw_only=True)
class Sum:
    """What a group or a sheet comes to, rounded to two decimals. `points` None: nothing scored.

    `maximum` leaves out what is excluded as not applicable; `reachable` is the maximum of what is scored. `scored`
    counts what was answered, "not applicable" too; `of` all criteria; neither counts sub-indicators. `bonus` and
    `deduction` are those of the criteria in the group: they are no part of `points`.
    """

    code: str
    parent: str
    weight: Decimal
    points: Decimal | None
    maximum: Decimal
    reachable: Decimal
    bonus: Decimal
    deduction: Decimal
    scored: int
    of: int
    not_applicable: int
    green: int
    yellow: int
    red: int


@dataclass(frozen=True, kw_only=True)
class Outcome(Sum):
    """The sheet. `points` and `total` are the same: None while nothing is scored, and for traffic lights.

    `subtotal`: after scaling, before bonus and deduction. `bonus` and `deduction` are what was given, `bonus_counted`
    and `deduction_counted` what the caps leave of them. `missing`: criteria without an answer (a bonus or deduction
    that nobody gave is none, and is not missing).

    `grade_before` is the grade of the total as it stands, `grade` the one after the knock-outs; both are provisional
    until the sheet `is_complete`. A criterion that is not scored does not knock out, nor does a group in which one is
    missing: its points are not known yet. "" where the policy has no grades, or the total reaches none. Of the
    `knock_outs` that apply, `lowered_by` are those that allow less than the total would give.
    """

    total: Decimal | None
    subtotal: Decimal | None
    bonus_counted: Decimal
    deduction_counted: Decimal
    percent: Decimal | None
    missing: int
    grade_before: str
    grade: str
    knock_outs: tuple[KnockOut, ...]
    lowered_by: tuple[KnockOut, ...]
    tie_breaks: tuple[Decimal | None, ...]
    groups: tuple[Sum, ...]
    steps: tuple[Step, ...] = field(repr=False)
    tree: Tree = field(repr=False, compare=False)

    @cached_property
    def account(self) -> Account:
        """How the total came about, worked out when it is asked for: storing totals does not."""
        return Account(
            code="",
            node=Node.SHEET,
            points=self.total,
            maximum=plain(self.tree.whole.maximum),
            terms=self.tree.accounts(),
            steps=self.steps,
        )

    @property
    def is_complete(self) -> bool:
        return self.missing == 0

    def group(self, code: str) -> Sum:
        return next(group for group in self.groups if group.code == code)


def outcome(groups: Iterable[Group], rules: Iterable[Rule], results: Mapping[str, Result], policy: Policy) -> Outcome:
    """The totals of `results` (by the code of the rule; others do not count), with the account of how they came about.

    A group that only a rule names stands at the top with weight 1. The order of `groups` and `rules` is that of the
    sums and terms, nothing else.
    """
    tree = Tree(groups, rules, results, policy)
    whole = tree.whole
    bonus, deduction = capped(whole.bonus, policy.bonus_cap), capped(whole.deduction, policy.deduction_cap)
    total, percent, grade = None, None, None
    steps: list[Step] = []
    knock_outs = knocked_out(tree, policy)
    if whole.given or whole.extra:
        total, steps = _total(whole, bonus, deduction, policy)
        percent = percent_of(total, rounded(whole.maximum))
        grade = grade_of(total, percent, policy)
    held = held_down(grade, knock_outs, policy)
    if grade and held:
        steps.append(Step("graded", {"grade": grade.code, "least": grade.least, "points": total, "percent": percent}))
        steps += [_knock_out_step(tree, each) for each in knock_outs]
    return Outcome(
        code="",
        parent="",
        weight=Decimal(1),
        **_sum(whole) | {"points": total, "maximum": rounded(whole.maximum), "reachable": _reachable(whole)},
        total=total,
        subtotal=plain(whole.scaled) if steps else None,
        bonus_counted=rounded(bonus),
        deduction_counted=rounded(deduction),
        percent=percent,
        missing=whole.missing,
        grade_before=grade.code if grade else "",
        grade=held.code if held else "",
        knock_outs=knock_outs,
        lowered_by=tuple(each for each in knock_outs if grade and held_down(grade, (each,), policy) != grade),
        tie_breaks=tuple(known_points(tree, code) for code in policy.tie_breaks),
        groups=tuple(
            Sum(code=group.code, parent=group.parent, weight=group.weight, **_sum(tree.tallies[group.code]))
            for group in tree.groups.values()
            if group.code in tree.tallies
        ),
        steps=tuple(steps),
        tree=tree,
    )


def _sum(tally: Tally) -> dict[str, Any]:
    return {
        "points": rounded(tally.earned) if tally.given else None,
        "maximum": rounded(tally.applicable),
        "reachable": rounded(tally.reachable),
        "bonus": rounded(tally.bonus),
        "deduction": rounded(tally.deduction),
        **{name: getattr(tally, name) for name in ("scored", "of", "not_applicable", *LIGHTS)},
    }


def _reachable(whole: Tally) -> Decimal:
    """On the scale of the full maximum, as the total."""
    return rounded(replace(whole, earned=whole.reachable).scaled)


def _total(whole: Tally, bonus: Fraction, deduction: Fraction, policy: Policy) -> tuple[Decimal, list[Step]]:
    """The total with its steps; steps that change nothing are left out."""
    steps = [Step("sum", {"points": plain(whole.earned)})]
    if whole.applicable != whole.maximum:
        values = {"given": whole.earned, "maximum": whole.maximum, "applicable": whole.applicable}
        steps.append(
            Step("scaled", {name: plain(value) for name, value in (values | {"points": whole.scaled}).items()})
        )
    exact = whole.scaled + bonus - deduction
    if bonus:
        steps.append(Step("bonus", {"bonus": plain(bonus), "points": plain(whole.scaled + bonus)}))
    if deduction:
        steps.append(Step("deduction", {"deduction": plain(deduction), "points": plain(exact)}))
    total = rounded(exact, policy.rounding.decimals, policy.rounding.mode)
    if total != exact:
        how = {"decimals": policy.rounding.decimals, "mode": policy.rounding.mode}
        steps.append(Step("rounded", {"given": plain(exact), **how, "points": total}))
    ceiling = rounded(whole.maximum) if policy.ceiling is None else policy.ceiling
    for name, limit, bounded in (
        ("ceiling", ceiling, min(total, ceiling)),
        ("floor", policy.floor, max(min(total, ceiling), policy.floor)),
    ):
        if bounded != total:
            steps.append(Step(name, {"given": total, "limit": limit, "points": bounded}))
        total = bounded
    return rounded(Fraction(total)), steps


def _knock_out_step(tree: Tree, knock_out: KnockOut) -> Step:
    values = {"code": knock_out.code, "below": knock_out.below, "at_most": knock_out.at_most}
    return Step("knocked_out", {**values, "reason": knock_out.reason, "points": known_points(tree, knock_out.code)})
