"""What the maxima of a set's criteria come to, group by group, while it is being edited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from assessments.models import Criterion


@dataclass(frozen=True, kw_only=True)
class Sums:
    """`groups` by the group's pk, before its own weight; `total` with all weights. Bonus and deduction apart."""

    groups: Mapping[int, Decimal]
    total: Decimal
    bonus: Decimal
    deduction: Decimal


def sums_of(criteria: Sequence[Criterion]) -> Sums:
    """`criteria`: a whole set in its order, each after the one it stands under."""
    groups: dict[int, Decimal] = {each.pk: Decimal(0) for each in criteria if each.scoring == Criterion.Scoring.GROUP}
    extra = {Criterion.Counts.BONUS: Decimal(0), Criterion.Counts.DEDUCTION: Decimal(0)}
    total = Decimal(0)
    for criterion in reversed(criteria):  # what is below a group comes before the group itself
        if criterion.scoring == Criterion.Scoring.GROUP:
            worth = groups[criterion.pk] * criterion.weight
        else:
            worth = (criterion.max_score or Decimal(0)) * criterion.weight
            if criterion.counts in extra:
                extra[Criterion.Counts(criterion.counts)] += worth
                continue
        if criterion.parent_id in groups:
            groups[criterion.parent_id] += worth
        else:
            total += worth
    return Sums(
        groups=groups,
        total=total,
        bonus=extra[Criterion.Counts.BONUS],
        deduction=extra[Criterion.Counts.DEDUCTION],
    )
