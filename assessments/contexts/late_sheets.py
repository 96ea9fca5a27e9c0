"""Score sheets of rounds that are over and that their units have not finished."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, Q
from django.utils import timezone

from assessments.models import Assessment, Criterion
from plans.contexts.lateness import LateItem, in_order
from plans.models import ChasedItem
from plans.period import due_moment
from units.permissions import Permission

if TYPE_CHECKING:
    from units.models import User

_SHORTEST = timedelta(microseconds=1)


def late_sheets(*, user: User, as_of: date) -> list[LateItem]:
    """Of the rounds in whose province `user` may chase; the last day is the one in which self-scoring closed. One
    query."""
    criteria = "round__criteria_set__criteria"
    unfinished: Any = (  # annotated: the stubs know no `expected`
        Assessment.objects.allowed_to(user, Permission.CHASE)
        .filter(round__closes_at__lte=due_moment(as_of - timedelta(days=1)))
        .annotate(expected=Count(criteria, filter=~Q(**{f"{criteria}__scoring": Criterion.Scoring.GROUP})))
        .filter(scored__lt=F("expected"))
        .select_related("unit", "round")
        .order_by("pk")
    )
    found = []
    for sheet in unfinished:
        last = timezone.localtime(sheet.round.closes_at - _SHORTEST).date()
        found.append(
            LateItem(
                kind=ChasedItem.Kind.SHEET,
                reference=f"sheet:{sheet.pk}",
                unit=sheet.unit,
                title=f"Phiếu tự chấm điểm “{sheet.round.title}” (đã chấm {sheet.scored}/{sheet.expected} tiêu chí)",
                source=f"Đợt đánh giá {sheet.round.year}: {sheet.round.title}"[:300],
                due_on=last,
                late_days=(as_of - last).days,
            )
        )
    return in_order(found)
