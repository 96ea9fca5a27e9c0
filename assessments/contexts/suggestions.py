"""What the unit answered the last time, beside the fields of a sheet: to look at, to take over, never unasked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from assessments.contexts.rules import policy_of, restated, rule_of
from assessments.contexts.wording import answer_text
from assessments.models import Assessment, Criterion, Round, Score


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """`text`: the answer in words; `fields`: what its fields take, as JSON; `year`: of the round it was given in."""

    text: str
    fields: str
    year: int


def _fields(answer: Mapping[str, Any]) -> str:
    """True and false as the fields write them."""
    said = {name: str(value).lower() if isinstance(value, bool) else value for name, value in answer.items()}
    ticks = {name: "1" if said[name] == "true" and name != "value" else said[name] for name in said}
    return json.dumps(ticks, ensure_ascii=False)


def last_sheet(assessment: Assessment) -> Assessment | None:
    """The unit's sheet in the round that this one is compared with, else in the newest earlier round of the same
    province by the same set of criteria or by one that this set continues. One query."""
    round_ = assessment.round
    sheets = Assessment.objects.filter(unit=assessment.unit).select_related("round")
    if round_.previous_id:
        return sheets.filter(round=round_.previous_id).first()
    continued = Criterion.objects.filter(criteria_set=round_.criteria_set, predecessor__isnull=False)
    sets = Q(round__criteria_set__slug=round_.criteria_set.slug) | Q(
        round__criteria_set__in=continued.values("predecessor__criteria_set")
    )
    earlier = sheets.filter(sets, round__unit=round_.unit, round__year__lt=round_.year)
    earlier = earlier.exclude(round__state=Round.State.PREPARING)
    return earlier.order_by("-round__year", "-round__opens_at").first()


def suggestions(assessment: Assessment) -> Mapping[int, Suggestion]:
    """By the criterion of this sheet. A criterion continues the one it names, else, in the same set, that of the same
    code; an answer that its rule no longer takes is left out. Three queries."""
    last = last_sheet(assessment)
    if last is None:
        return {}
    criteria_set = assessment.round.criteria_set
    scores = last.scores.filter(stage=Score.Stage.SELF).exclude(answer={}).select_related("criterion__criteria_set")
    given = list(scores)
    by_pk = {score.criterion_id: score for score in given}
    by_code = {score.criterion.code: score for score in given if score.criterion.criteria_set.slug == criteria_set.slug}
    policy = policy_of(criteria_set)
    found = {}
    for criterion in Criterion.objects.filter(criteria_set=criteria_set).exclude(scoring=Criterion.Scoring.GROUP):
        score = by_pk.get(criterion.predecessor_id or 0) or by_code.get(criterion.code)
        if score is None or criterion.scored_by != Criterion.ScoredBy.UNIT:
            continue
        result = restated(rule_of(criterion, "", policy), score.answer)
        if result.is_scored:
            found[criterion.pk] = Suggestion(
                text=answer_text(result), fields=_fields(result.answer), year=last.round.year
            )
    return found
