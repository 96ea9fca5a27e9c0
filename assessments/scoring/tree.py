"""The groups and criteria of one sheet with what they come to, exact, and their accounts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

from assessments.scoring.account import Account, Node
from assessments.scoring.exact import plain
from assessments.scoring.lights import roll_up, sub_indicators
from assessments.scoring.policy import NotApplicable, Policy
from assessments.scoring.rule import UNSCORED, Counts, Group, Result, Rule, Step
from assessments.scoring.tally import Tally, add, points_of, tally_of


class Tree:
    """`tallies`: of every group, by its code, before its own weight. `whole`: of the sheet."""

    def __init__(
        self, groups: Iterable[Group], rules: Iterable[Rule], results: Mapping[str, Result], policy: Policy
    ) -> None:
        self.policy = policy
        self.rules = {rule.code: rule for rule in rules}
        if policy.not_applicable is NotApplicable.FORBIDDEN:
            results = {code: result for code, result in results.items() if not result.not_applicable}
        self._results = roll_up(self.rules.values(), results)
        parts = sub_indicators(self.rules.values())
        self.groups = {group.code: group for group in groups}
        self._in_group: dict[str, list[Rule]] = {}
        self._parts: dict[str, list[Rule]] = {}
        for rule in self.rules.values():
            if rule.code in parts:
                self._parts.setdefault(rule.group, []).append(rule)
            else:
                self.groups.setdefault(rule.group, Group(code=rule.group))
                self._in_group.setdefault(rule.group, []).append(rule)
        self._below: dict[str, list[Group]] = {}
        for group in self.groups.values():
            if group.parent:
                self._below.setdefault(group.parent, []).append(group)
        self.top = [group for group in self.groups.values() if not group.parent]
        self.tallies: dict[str, Tally] = {}
        self.whole = add(self._tally(group).weighed(group.weight) for group in self.top)

    def result(self, rule: Rule) -> Result:
        return self._results.get(rule.code, UNSCORED)

    def points(self, rule: Rule) -> Decimal | None:
        """What the criterion brings, before its weight."""
        return points_of(rule, self.result(rule), self.policy)

    def _tally(self, group: Group) -> Tally:
        own = tally_of(((rule, self.result(rule)) for rule in self._in_group.get(group.code, [])), self.policy)
        below = [self._tally(each).weighed(each.weight) for each in self._below.get(group.code, [])]
        self.tallies[group.code] = add([own, *below]) if below else own
        return self.tallies[group.code]

    def accounts(self) -> tuple[Account, ...]:
        """The terms of the sheet: its groups, then bonus and deduction where the set has criteria of this sort."""
        groups = [self._group_account(group) for group in self.top]
        extra = [
            self._extra_account(Node.BONUS, Counts.BONUS, self.whole.bonus, self.policy.bonus_cap),
            self._extra_account(Node.DEDUCTION, Counts.DEDUCTION, self.whole.deduction, self.policy.deduction_cap),
        ]
        return (*groups, *(account for account in extra if account.terms))

    def _group_account(self, group: Group) -> Account:
        tally = self.tallies[group.code]
        own = [rule for rule in self._in_group.get(group.code, []) if rule.counts is Counts.NORMAL]
        terms = [
            *(self._criterion_account(rule) for rule in own),
            *(self._group_account(each) for each in self._below.get(group.code, [])),
        ]
        points = plain(tally.earned) if any(term.points is not None for term in terms) else None
        return Account(
            code=group.code,
            node=Node.GROUP,
            points=points,
            maximum=plain(tally.applicable),
            weight=group.weight,
            terms=tuple(terms),
            steps=(Step("sum", {"points": points}),) if points is not None else (),
        )

    def _extra_account(self, node: Node, counts: Counts, given: Fraction, cap: Decimal | None) -> Account:
        terms = tuple(self._criterion_account(rule) for rule in self.rules.values() if rule.counts is counts)
        steps = [Step("sum", {"points": plain(given)})]
        if cap is not None and given > cap:
            steps.append(Step("capped", {"given": plain(given), "cap": cap, "points": cap}))
        maximum = add(Tally(maximum=Fraction(term.maximum) * Fraction(term.weight)) for term in terms).maximum
        return Account(
            code=counts.value,
            node=node,
            points=plain(capped(given, cap)),
            maximum=plain(capped(maximum, cap)),
            terms=terms,
            steps=tuple(steps),
        )

    def _criterion_account(self, rule: Rule) -> Account:
        result = self.result(rule)
        steps = result.steps
        if result.not_applicable:
            points = self.points(rule)
            step = Step(f"counted_{self.policy.not_applicable}", {"maximum": rule.maximum, "points": points})
            steps = (Step("not_applicable"), step)
        return Account(
            code=rule.code,
            node=Node.CRITERION,
            points=self.points(rule),
            maximum=rule.maximum or Decimal(0),
            weight=rule.weight,
            light=result.light,
            not_applicable=result.not_applicable,
            terms=tuple(self._criterion_account(part) for part in self._parts.get(rule.code, [])),
            steps=steps,
        )


def capped(given: Fraction, cap: Decimal | None) -> Fraction:
    return given if cap is None else min(given, Fraction(cap))
