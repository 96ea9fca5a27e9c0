"""Grades, what holds them down, and what decides between equal totals."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from assessments.scoring.exact import rounded
from assessments.scoring.policy import Grade, GradeOn, KnockOut, Policy
from assessments.scoring.tree import Tree


def percent_of(total: Decimal, maximum: Decimal) -> Decimal | None:
    """To two decimals, half up. None where there is no maximum."""
    return rounded(Fraction(total) * 100 / Fraction(maximum)) if maximum else None


def grade_of(total: Decimal, percent: Decimal | None, policy: Policy) -> Grade | None:
    """The best grade reached. The numbers are compared as they are shown: rounded."""
    reached = total if policy.grade_on is GradeOn.POINTS else percent
    return next((grade for grade in policy.grades if reached is not None and reached >= grade.least), None)


def known_points(tree: Tree, code: str) -> Decimal | None:
    """Of a criterion or a group, on the scale of its full maximum; None while not all of it is scored, or applies."""
    if code in tree.rules:
        points = tree.points(tree.rules[code])
        return None if points is None else rounded(Fraction(points))
    tally = tree.tallies.get(code)
    if tally is None or tally.missing or not tally.given:
        return None
    return rounded(tally.scaled)


def knocked_out(tree: Tree, policy: Policy) -> tuple[KnockOut, ...]:
    """The knock-outs that apply, in the order of the policy."""
    known = ((knock_out, known_points(tree, knock_out.code)) for knock_out in policy.knock_outs)
    return tuple(knock_out for knock_out, points in known if points is not None and points < knock_out.below)


def held_down(grade: Grade | None, knock_outs: tuple[KnockOut, ...], policy: Policy) -> Grade | None:
    """`grade`, or the lowest that a knock-out allows."""
    ceilings = [policy.grade(knock_out.at_most) for knock_out in knock_outs]
    return min((each for each in (grade, *ceilings) if each), key=lambda each: each.least) if grade else None
