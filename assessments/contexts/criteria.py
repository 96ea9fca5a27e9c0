"""A criteria set as its pages show it: groups, criteria, rules, and the numbers of the rules in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from assessments.contexts.criteria_sums import sums_of
from assessments.contexts.criteria_words import kinds_text
from assessments.contexts.lines import title_of
from assessments.contexts.wording import light_word, plain_number, share
from assessments.models import CriteriaSet, Criterion
from isoportal.templatetags.formats import score


@dataclass(frozen=True, kw_only=True)
class CriterionLine:
    """A group, a criterion or a sub-indicator. `depth` 0 at the top. `numbers`: what earns which points, one text each.
    `assumed`: the rule's text does not give them. `sum`: of a group by points, what its criteria come to."""

    pk: int
    code: str
    title: str
    depth: int
    is_group: bool
    maximum: Decimal | None
    sum: Decimal | None
    weight: Decimal
    kind_name: str
    rule: str
    numbers: Sequence[str]
    assumed: bool
    evidence: str
    evidence_required: bool
    skippable: bool
    counts: str
    counts_name: str
    scored_by: str
    scored_by_name: str
    applies_to: str
    sdg: str
    locked: bool
    holds_locked: bool
    lines: Sequence[CriterionLine] = ()

    @property
    def adds_up(self) -> bool:
        return self.maximum is None or self.sum is None or self.sum == self.maximum

    @property
    def level(self) -> int:
        """Of its heading to those who hear the page."""
        return self.depth + 1


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


def _step(given: Parameters) -> list[str]:
    return [_("by %(step)s") % {"step": plain_number(Decimal(given["step"]))}] if given.get("step") else []


def _words(given: Parameters) -> list[str]:
    return [f"{light_word(light)}: {text}" for light, text in given.get("words", {}).items()]


def _measured(given: Parameters) -> list[str]:
    sign, unit = ("≥" if given.get("higher_is_better", True) else "≤"), given.get("unit", "")
    limits = [
        f"{light_word(light)}: {sign} {plain_number(Decimal(given[light]))} {unit}".strip()
        for light in ("green", "yellow")
        if light in given
    ]
    return [*limits, *_words(given)]


_NUMBERS: dict[str, Callable[[Parameters], list[str]]] = {
    Criterion.Scoring.LEVELS: _levels,
    Criterion.Scoring.RATIO: _ratio,
    Criterion.Scoring.BANDS: _bands,
    Criterion.Scoring.COUNT: _count,
    Criterion.Scoring.DEADLINE: _deadline,
    Criterion.Scoring.POINTS: _step,
    Criterion.Scoring.RAG: _words,
    Criterion.Scoring.ROLL_UP: _words,
    Criterion.Scoring.MEASURED: _measured,
}


def numbers_of(kind: str, parameters: Parameters) -> list[str]:
    """What earns which points, in words; of a draft's unfinished rule nothing."""
    describe = _NUMBERS.get(kind)
    try:
        return describe(parameters) if describe else []
    except (KeyError, InvalidOperation):
        return []


class _Tree:
    def __init__(self, criteria: Sequence[Criterion]) -> None:
        self.sums = sums_of(criteria)
        self.below: dict[int | None, list[Criterion]] = {}
        for criterion in criteria:
            self.below.setdefault(criterion.parent_id, []).append(criterion)

    def lines(self, parent: int | None, depth: int = 0) -> list[CriterionLine]:
        return [self._line(criterion, depth) for criterion in self.below.get(parent, [])]

    def _line(self, criterion: Criterion, depth: int) -> CriterionLine:
        is_group = criterion.scoring == Criterion.Scoring.GROUP
        return CriterionLine(
            pk=criterion.pk,
            code=criterion.code,
            title=title_of(criterion),
            depth=depth,
            is_group=is_group,
            maximum=criterion.max_score,
            sum=self.sums.groups.get(criterion.pk),
            weight=criterion.weight,
            kind_name=criterion.get_scoring_display(),
            rule=criterion.rule,
            numbers=numbers_of(criterion.scoring, criterion.parameters),
            assumed=bool(criterion.parameters.get("assumed")),
            evidence=criterion.evidence,
            evidence_required=criterion.evidence_required,
            skippable=criterion.skippable,
            counts=criterion.counts,
            counts_name=criterion.get_counts_display(),
            scored_by=criterion.scored_by,
            scored_by_name=criterion.get_scored_by_display(),
            applies_to=kinds_text(criterion.applies_to) if criterion.applies_to else "",
            sdg=criterion.sdg,
            locked=criterion.locked,
            holds_locked=any(each.locked for each in self.below.get(criterion.pk, [])),
            lines=self.lines(criterion.pk, depth + 1),
        )


def criteria_tree(criteria_set: CriteriaSet) -> Sequence[CriterionLine]:
    """What stands at the top in order, each with what is below it. One query."""
    return _Tree(list(criteria_set.criteria.order_by("order"))).lines(None)


def flat(lines: Sequence[CriterionLine]) -> list[CriterionLine]:
    """Depth first, as a page lists them."""
    return [each for line in lines for each in (line, *flat(line.lines))]
