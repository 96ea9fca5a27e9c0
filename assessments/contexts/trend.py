"""A unit's results over the years, through the units it took over from, which is said of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from assessments.contexts.heat_map import is_final, share_of
from assessments.contexts.ranking import grade_titles
from assessments.models import Assessment, CriteriaSet, Round
from units.models import Succession, Unit, User
from units.permissions import Permission

DEEPEST = 10  # arrangements of units, one after the other


@dataclass(frozen=True, kw_only=True)
class TrendPoint:
    """One sheet. `arranged`: it is that of a unit this one took over from. `share` of the maximum in percent."""

    sheet_id: int
    round_id: int
    round: str
    year: int
    criteria_set: str
    unit: str
    arranged: bool
    may_open: bool
    is_final: bool
    is_points: bool
    total: Decimal | None
    maximum: Decimal | None
    share: Decimal | None
    green: int
    yellow: int
    red: int
    grade: str
    place: int | None


def predecessors_of(unit: Unit) -> set[int]:
    """The units that this one took over from, and those before them. One query for each time units were arranged."""
    found: set[int] = set()
    now = {unit.pk}
    for _time in range(DEEPEST):
        before = set(Succession.objects.filter(successor__in=now).values_list("predecessor_id", flat=True))
        now = before - found - {unit.pk}
        if not now:
            break
        found |= now
    return found


def trend_of(unit: Unit, user: User) -> list[TrendPoint]:
    """The sheets of `unit`, which `user` may see, the earliest first. Of the units it took over from those that `user`
    may see, and those of published rounds: a published result passes on with the duties."""
    earlier = predecessors_of(unit)
    seen = Assessment.objects.allowed_to(user, Permission.ASSESSMENT_VIEW).order_by()
    opened = set(seen.filter(unit__in={unit.pk, *earlier}).values_list("pk", flat=True))
    passed_on = Q(unit__in=earlier, round__state=Round.State.PUBLISHED)
    sheets = (
        Assessment.objects.filter(Q(pk__in=opened) | passed_on)
        .select_related("unit", "round__criteria_set")
        .defer("frozen", "group_totals", "final_groups", "verified_groups")
        .order_by("round__year", "round__opens_at", "pk")
    )
    return [_point(sheet, arranged=sheet.unit_id != unit.pk, may_open=sheet.pk in opened) for sheet in sheets]


def _point(sheet: Assessment, *, arranged: bool, may_open: bool) -> TrendPoint:
    criteria_set = sheet.round.criteria_set
    final = is_final(sheet)
    total = sheet.final_total if final else sheet.total
    lights = ("final_green", "final_yellow", "final_red") if final else ("green", "yellow", "red")
    green, yellow, red = (getattr(sheet, name) for name in lights)
    return TrendPoint(
        sheet_id=sheet.pk,
        round_id=sheet.round_id,
        round=sheet.round.title,
        year=sheet.round.year,
        criteria_set=f"{criteria_set.slug} {criteria_set.version}",
        unit=sheet.unit.name,
        arranged=arranged,
        may_open=may_open,
        is_final=final,
        is_points=criteria_set.scale == CriteriaSet.Scale.POINTS,
        total=total,
        maximum=criteria_set.maximum,
        share=share_of(total, criteria_set.maximum),
        green=green,
        yellow=yellow,
        red=red,
        grade=grade_titles(criteria_set).get(sheet.grade, "") if final else "",
        place=sheet.rank if sheet.round.state == Round.State.PUBLISHED else None,
    )


def sheets_before(after: Sequence[Assessment], before: Sequence[Assessment]) -> dict[int, list[Assessment]]:
    """For each later sheet, by its id, the earlier ones of its unit, else of the units it took over from. One query."""
    by_unit = {sheet.unit_id: sheet for sheet in before}
    alone = [sheet.unit_id for sheet in after if sheet.unit_id not in by_unit]
    came_from: dict[int, list[int]] = {}
    rows = Succession.objects.filter(successor__in=alone, predecessor__in=list(by_unit)).order_by("pk")
    for successor, predecessor in rows.values_list("successor_id", "predecessor_id"):
        came_from.setdefault(successor, []).append(predecessor)
    return {
        sheet.pk: [by_unit[sheet.unit_id]]
        if sheet.unit_id in by_unit
        else [by_unit[each] for each in came_from.get(sheet.unit_id, [])]
        for sheet in after
    }
