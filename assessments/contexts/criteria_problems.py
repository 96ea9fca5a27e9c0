"""What keeps a draft from being published: all of it at once, each with the place to mend it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments import scoring
from assessments.contexts.criteria_sums import Sums, sums_of
from assessments.contexts.measures import UnknownMeasure, measure_of
from assessments.contexts.rules import rule_of
from assessments.contexts.wording import plain_number
from assessments.models import CriteriaSet, Criterion

WORDS = {
    "incomplete": gettext_lazy("%(at)s: the numbers of the rule are missing or are no numbers."),
    "unreachable": gettext_lazy(
        "%(at)s: the rule must give from 0 to %(maximum)s points, and %(maximum)s must be possible."
    ),
    "order": gettext_lazy("%(at)s: a better answer must never earn less."),
    "no_maximum": gettext_lazy("%(at)s: a criterion of points needs a maximum."),
    "thresholds": gettext_lazy("%(at)s: the threshold of green must be better than that of yellow."),
    "light_counts": gettext_lazy("%(at)s: a traffic light is neither a bonus nor a deduction, and has no points."),
    "weight": gettext_lazy("%(at)s: the weight must be a number from 0."),
    "twice": gettext_lazy("%(at)s stands there twice."),
    "parent": gettext_lazy("%(at)s: the group %(parent)s does not exist."),
    "circle": gettext_lazy("%(at)s lies within itself."),
    "part": gettext_lazy("%(at)s: only traffic lights can stand under a traffic light."),
    "setting": gettext_lazy("The policy has no setting %(at)s."),
    "value": gettext_lazy("Policy, %(at)s: “%(value)s” cannot be used."),
    "unknown": gettext_lazy("Policy, %(at)s: the set has no %(code)s."),
    "no_points": gettext_lazy("Policy, %(at)s: %(code)s is not scored by points."),
}
SETTINGS = {
    "not_applicable": gettext_lazy("not applicable"),
    "rounding": gettext_lazy("rounding"),
    "bonus_cap": gettext_lazy("bonus points at most"),
    "deduction_cap": gettext_lazy("deducted points at most"),
    "floor": gettext_lazy("total at least"),
    "ceiling": gettext_lazy("total at most"),
    "grade_on": gettext_lazy("grades by"),
    "grades": gettext_lazy("grades"),
    "knock_outs": gettext_lazy("knock-outs"),
    "knocked_out": gettext_lazy("who is knocked out"),
    "tie_breaks": gettext_lazy("equal totals"),
}


def invalid_rule_text(error: scoring.InvalidRule) -> str:
    """In the reader's language."""
    values = {
        name: plain_number(value) if isinstance(value, Decimal) else value for name, value in error.values.items()
    }
    setting, _dot, part = str(values["at"]).partition(".")
    if setting in SETTINGS:
        values["at"] = f"{SETTINGS[setting]} ({part})" if part else str(SETTINGS[setting])
    return str(WORDS[error.code]) % values


@dataclass(frozen=True, kw_only=True)
class Problem:
    """`where`: "head", "policy" or "criterion", whose id is `criterion_id`. `code` is its code, for files."""

    where: str
    text: str
    criterion_id: int | None = None
    code: str = ""


def problems_of(criteria_set: CriteriaSet, criteria: Sequence[Criterion]) -> list[Problem]:
    """`criteria`: the whole set in its order."""
    return [
        *_of_criteria(criteria_set, criteria),
        *_of_sums(criteria_set, criteria),
        *_of_policy(criteria_set, criteria),
    ]


def _at(criterion: Criterion, text: str) -> Problem:
    return Problem(where="criterion", text=text, criterion_id=criterion.pk, code=criterion.code)


def _of_criteria(criteria_set: CriteriaSet, criteria: Sequence[Criterion]) -> Iterator[Problem]:
    by_points = criteria_set.scale == CriteriaSet.Scale.POINTS
    by_pk = {criterion.pk: criterion for criterion in criteria}
    above = {criterion.parent_id for criterion in criteria}
    if not any(criterion.scoring != Criterion.Scoring.GROUP for criterion in criteria):
        yield Problem(where="head", text=_("The set has no criterion yet."))
    for criterion in criteria:
        if criterion.scoring == Criterion.Scoring.GROUP:
            if criterion.pk not in above:
                yield _at(criterion, _("%(code)s: the group is empty.") % {"code": criterion.code})
            continue
        parent = by_pk.get(criterion.parent_id) if criterion.parent_id else None
        if parent is None:
            yield _at(criterion, _("%(code)s stands in no group.") % {"code": criterion.code})
        if by_points == (scoring.Kind(criterion.scoring) in scoring.LIT):
            text = (
                _("%(code)s: a set by points has no traffic light.")
                if by_points
                else _("%(code)s: a set by traffic lights has no criterion of points.")
            )
            yield _at(criterion, text % {"code": criterion.code})
            continue
        try:
            scoring.check(rule_of(criterion, parent.code if parent else ""))
        except scoring.InvalidRule as error:
            yield _at(criterion, invalid_rule_text(error))
        if criterion.scored_by == Criterion.ScoredBy.SYSTEM:
            try:
                measure_of(criterion)
            except UnknownMeasure as error:
                yield _at(criterion, str(error))
        if criterion.evidence_required and not criterion.evidence:
            yield _at(criterion, _("%(code)s: say which evidence is required.") % {"code": criterion.code})


def _of_sums(criteria_set: CriteriaSet, criteria: Sequence[Criterion]) -> Iterator[Problem]:
    if criteria_set.scale != CriteriaSet.Scale.POINTS:
        return
    sums: Sums = sums_of(criteria)
    for criterion in criteria:
        if criterion.scoring != Criterion.Scoring.GROUP or criterion.max_score is None:
            continue
        found = sums.groups.get(criterion.pk, Decimal(0))
        if found != criterion.max_score:
            text = _("%(code)s: its criteria come to %(found)s points, the group says %(said)s.")
            values = {"found": plain_number(found), "said": plain_number(criterion.max_score)}
            yield _at(criterion, text % {"code": criterion.code, **values})
    if sums.total <= 0:
        yield Problem(where="head", text=_("The maximum of the whole set must be over 0."))


def _of_policy(criteria_set: CriteriaSet, criteria: Sequence[Criterion]) -> Iterator[Problem]:
    try:
        policy = scoring.read_policy(criteria_set.policy)
    except scoring.InvalidRule as error:
        yield Problem(where="policy", text=invalid_rule_text(error))
        return
    by_code = {criterion.code: criterion for criterion in criteria}
    named = [("knock_outs", each.code, each.below) for each in policy.knock_outs]
    for setting, code, below in [*named, *(("tie_breaks", code, None) for code in policy.tie_breaks)]:
        criterion = by_code.get(code)
        if criterion is None:
            yield Problem(where="policy", text=invalid_rule_text(scoring.InvalidRule("unknown", setting, code=code)))
        elif criterion.scoring != Criterion.Scoring.GROUP and scoring.Kind(criterion.scoring) in scoring.LIT:
            yield Problem(where="policy", text=invalid_rule_text(scoring.InvalidRule("no_points", setting, code=code)))
        elif below is not None and criterion.max_score is not None and below > criterion.max_score:
            text = _("Policy, knock-outs: %(code)s has at most %(most)s points, it is always under %(below)s.")
            values = {"code": code, "most": plain_number(criterion.max_score), "below": plain_number(below)}
            yield Problem(where="policy", text=text % values)
    highest = max((grade.least for grade in policy.grades), default=Decimal(0))
    ceiling = Decimal(100) if policy.grade_on == scoring.GradeOn.PERCENT else policy.ceiling or sums_of(criteria).total
    if policy.grades and highest > ceiling:
        text = _("Policy, grades: nobody can reach %(least)s, the total is at most %(most)s.")
        yield Problem(where="policy", text=text % {"least": plain_number(highest), "most": plain_number(ceiling)})
    skippable = [each.code for each in criteria if each.skippable]
    if skippable and policy.not_applicable == scoring.NotApplicable.FORBIDDEN:
        text = _("Policy, not applicable: it is forbidden, but %(codes)s may be not applicable.")
        yield Problem(where="policy", text=text % {"codes": ", ".join(skippable[:10])})
