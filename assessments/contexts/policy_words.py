"""The policy of a set in words: what its page says of totals, grades, knock-outs and ties."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments import scoring
from assessments.contexts.wording import plain_number, share
from isoportal.templatetags.formats import in_vietnamese

NOT_APPLICABLE: Mapping[str, object] = {
    "forbidden": gettext_lazy("Every criterion must be answered"),
    "excluded": gettext_lazy("Its maximum leaves the sum; the rest is scaled to the full maximum"),
    "full": gettext_lazy("It earns its maximum"),
    "zero": gettext_lazy("It earns 0"),
}
ROUNDING: Mapping[str, object] = {
    "half_up": gettext_lazy("Half up"),
    "half_even": gettext_lazy("Half to even"),
    "down": gettext_lazy("Down"),
}
GRADE_ON: Mapping[str, object] = {
    "points": gettext_lazy("Points"),
    "percent": gettext_lazy("Percent of the maximum"),
}

KNOCKED_OUT: Mapping[str, object] = {
    "ranked": gettext_lazy("It keeps its place in the ranking"),
    "unranked": gettext_lazy("It has no place in the ranking"),
}


def grade_title(policy: scoring.Policy, code: str) -> str:
    grade = policy.grade(code)
    return code if grade is None else grade.title if in_vietnamese() else grade.title_en or grade.title


def policy_lines(policy: scoring.Policy) -> Sequence[tuple[str, Sequence[str]]]:
    """(what it is about, what holds) in the order in which a total comes about."""
    lines: list[tuple[str, Sequence[str]]] = [
        (_("Not applicable"), [str(NOT_APPLICABLE[policy.not_applicable])]),
        (
            _("Rounding of the total"),
            [
                _("%(mode)s, %(decimals)s decimals")
                % {"mode": ROUNDING[policy.rounding.mode], "decimals": policy.rounding.decimals}
            ],
        ),
    ]
    caps = []
    if policy.bonus_cap is not None:
        caps.append(_("Bonus points: at most %(most)s") % {"most": plain_number(policy.bonus_cap)})
    if policy.deduction_cap is not None:
        caps.append(_("Deducted points: at most %(most)s") % {"most": plain_number(policy.deduction_cap)})
    caps.append(_("Total: at least %(least)s") % {"least": plain_number(policy.floor)})
    if policy.ceiling is not None:
        caps.append(_("Total: at most %(most)s") % {"most": plain_number(policy.ceiling)})
    lines.append((_("Limits"), caps))
    lines.append((_("Grades"), [_grade(policy, grade) for grade in policy.grades]))
    knock_outs = [_knock_out(policy, each) for each in policy.knock_outs]
    lines.append((_("Knock-outs"), knock_outs and [*knock_outs, str(KNOCKED_OUT[policy.knocked_out])]))
    lines.append(
        (_("Equal totals"), [_("More in %(code)s stands first") % {"code": code} for code in policy.tie_breaks])
    )
    return [(label, said) for label, said in lines if said]


def _grade(policy: scoring.Policy, grade: scoring.Grade) -> str:
    least = share(grade.least) if policy.grade_on == scoring.GradeOn.PERCENT else plain_number(grade.least)
    return _("%(title)s: from %(least)s") % {"title": grade_title(policy, grade.code), "least": least}


def _knock_out(policy: scoring.Policy, each: scoring.KnockOut) -> str:
    said = _("%(code)s under %(below)s: at most “%(grade)s”") % {
        "code": each.code,
        "below": plain_number(each.below),
        "grade": grade_title(policy, each.at_most),
    }
    return f"{said}. {each.reason}" if each.reason else said
