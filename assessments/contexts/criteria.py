"""A criteria set as its page shows it: groups, criteria, rules, and the numbers of the rules in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from assessments.contexts.lines import title_of
from assessments.contexts.wording import plain_number, share
from assessments.models import CriteriaSet, Criterion
from isoportal.templatetags.formats import score


@dataclass(frozen=True, kw_only=True)
class CriterionLine:
    """`numbers`: what earns which points, one text each. `assumed`: the rule's text does not give them."""

    code: str
    title: str
    maximum: Decimal | None
    kind_name: str
    rule: str
    numbers: Sequence[str]
    assumed: bool
    evidence: str
    sdg: str


@dataclass(frozen=True, kw_only=True)
class CriteriaGroup:
    code: str
    title: str
    maximum: Decimal | None
    lines: Sequence[CriterionLine]


Parameters = Mapping[str, Any]


def _points(text: object) -> str:
    return score(Decimal(str(text)))


def _levels(given: Parameters) -> list[str]:
    return [f"{level['label']}: {_points(level['points'])}" for level in given["levels"]]


def _ratio(given: Parameters) -> list[str]:
    numbers = [f"{given['done']} / {given['of']}"] if "done" in given and "of" in given else []
    if "floor" in given:
        numbers.append(_("under %(share)s: %(points)s") % {"share": share(Decimal(given["floor"])), "points": score(0)})
    if given.get("none"):
        numbers.append(_("%(case)s: the maximum") % {"case": given["none"]})
    return numbers


def _bands(given: Parameters) -> list[str]:
    return [
        _("from %(share)s: %(points)s") % {"share": share(Decimal(band["from"])), "points": _points(band["points"])}
        for band in given["bands"]
    ]


def _count(given: Parameters) -> list[str]:
    if "items" in given:
        return [f"{item['label']}: {_points(item['points'])}" for item in given["items"]]
    each = plain_number(Decimal(given["each"]))
    noun = given.get("noun") or _("number")
    return [_("%(each)s for each %(noun)s, at most %(most)s") % {"each": each, "noun": noun, "most": given["most"]}]


def _deadline(given: Parameters) -> list[str]:
    texts = [
        (_("at most %(days)s days late: %(points)s") if step["days"] else _("on time: %(points)s"))
        % {"days": step["days"], "points": _points(step["points"])}
        for step in given["steps"]
    ]
    return [*texts, _("later or not done: %(points)s") % {"points": score(0)}]


_NUMBERS: dict[str, Callable[[Parameters], list[str]]] = {
    Criterion.Scoring.LEVELS: _levels,
    Criterion.Scoring.RATIO: _ratio,
    Criterion.Scoring.BANDS: _bands,
    Criterion.Scoring.COUNT: _count,
    Criterion.Scoring.DEADLINE: _deadline,
}


def _line(criterion: Criterion) -> CriterionLine:
    numbers = _NUMBERS.get(criterion.scoring)
    return CriterionLine(
        code=criterion.code,
        title=title_of(criterion),
        maximum=criterion.max_score,
        kind_name=criterion.get_scoring_display(),
        rule=criterion.rule,
        numbers=numbers(criterion.parameters) if numbers else [],
        assumed=bool(criterion.parameters.get("assumed")),
        evidence=criterion.evidence,
        sdg=criterion.sdg,
    )


def criteria_tree(criteria_set: CriteriaSet) -> Sequence[CriteriaGroup]:
    """The groups in order, each with its criteria. One query."""
    children: dict[int | None, list[Criterion]] = {}
    for criterion in criteria_set.criteria.order_by("order"):
        children.setdefault(criterion.parent_id, []).append(criterion)
    return [
        CriteriaGroup(
            code=group.code,
            title=title_of(group),
            maximum=group.max_score,
            lines=[_line(criterion) for criterion in children.get(group.pk, [])],
        )
        for group in children.get(None, [])
    ]
