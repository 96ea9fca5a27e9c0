"""Round against round, also across versions of the criteria; a unit against its group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from assessments.contexts.heat_map import Value, is_final, share_of
from assessments.contexts.lines import title_of
from assessments.contexts.trend import sheets_before
from assessments.models import Assessment, Criterion, Round

DEEPEST = 20  # versions of a set, one after the other
SAME, CHANGED, NEW, GONE = "same", "changed", "new", "gone"
LIGHTS = ("red", "yellow", "green")
# What makes a criterion another one than it was.
_TOLD = ("title", "max_score", "weight", "scoring", "parameters", "counts", "rule")


def earlier_of(round_: Round, rounds: Sequence[Round]) -> Round | None:
    """What a round is compared with where nothing is chosen: the one it names, else the last before it of its scale."""
    named = next((each for each in rounds if each.pk == round_.previous_id), None)
    before = (
        each
        for each in rounds
        if each.unit_id == round_.unit_id
        and each.criteria_set.scale == round_.criteria_set.scale
        and (each.year, each.opens_at) < (round_.year, round_.opens_at)
    )
    return named or max(before, key=lambda each: (each.year, each.opens_at), default=None)


@dataclass(frozen=True, kw_only=True)
class CriterionPair:
    """A criterion and the one it continues. `change`: same, changed, new (no `before`) or gone (no `after`)."""

    before: Criterion | None
    after: Criterion | None
    change: str


def criterion_pairs(before: Sequence[Criterion], after: Sequence[Criterion]) -> list[CriterionPair]:
    """In the order of `after`; what is gone stands at the end. At most one query for each version between the two."""
    earlier = {criterion.pk: criterion for criterion in before}
    origin: dict[int, int | None] = {criterion.pk: criterion.pk for criterion in after}
    links: dict[int, int | None] = {criterion.pk: criterion.predecessor_id for criterion in after}
    for _version in range(DEEPEST):
        moving = {pk: at for pk, at in origin.items() if at is not None and at not in earlier}
        if not moving:
            break
        unknown = set(moving.values()) - set(links)
        if unknown:
            links |= dict(Criterion.objects.filter(pk__in=unknown).values_list("pk", "predecessor_id"))
        for pk, at in moving.items():
            origin[pk] = links.get(at)
    pairs, kept = [], set()
    for criterion in after:
        found = earlier.get(origin[criterion.pk] or 0)
        kept.add(found.pk if found else 0)
        pairs.append(CriterionPair(before=found, after=criterion, change=_change(found, criterion)))
    gone = [CriterionPair(before=each, after=None, change=GONE) for each in before if each.pk not in kept]
    return [*pairs, *gone]


def _change(before: Criterion | None, after: Criterion) -> str:
    if before is None:
        return NEW
    if before.pk == after.pk:
        return SAME
    return SAME if all(getattr(before, name) == getattr(after, name) for name in _TOLD) else CHANGED


@dataclass(frozen=True, kw_only=True)
class ComparedLine:
    """`difference` in points where the maximum is the same, else in points of a hundred of the maximum (`by_share`).
    `way`: up, down, same, or "" where one of the two is missing."""

    code: str
    title: str
    change: str
    before: Value | None
    after: Value | None
    before_maximum: Decimal | None
    after_maximum: Decimal | None
    difference: Decimal | None
    by_share: bool
    way: str
    median: Decimal | None = None
    mean: Decimal | None = None


def compared_lines(
    pairs: Sequence[CriterionPair],
    before: Mapping[int, Value],
    after: Mapping[int, Value],
    group: Sequence[Mapping[int, Value]] = (),
) -> list[ComparedLine]:
    """Criterion by criterion. `group`: what stands in the sheets of the ranking group, for the median and mean."""
    lines = []
    for pair in pairs:
        was = before.get(pair.before.pk) if pair.before else None
        now = after.get(pair.after.pk) if pair.after else None
        maxima = (pair.before.max_score if pair.before else None, pair.after.max_score if pair.after else None)
        difference, by_share, way = _difference(was, now, *maxima)
        named = pair.after or pair.before
        if named is None:
            continue
        given = [values[pair.after.pk].points for values in group if pair.after and pair.after.pk in values]
        points = [each for each in given if each is not None]
        lines.append(
            ComparedLine(
                code=named.code,
                title=title_of(named),
                change=pair.change,
                before=was,
                after=now,
                before_maximum=maxima[0],
                after_maximum=maxima[1],
                difference=difference,
                by_share=by_share,
                way=way,
                median=Decimal(median(points)) if points else None,
                mean=sum(points, Decimal(0)) / len(points) if points else None,
            )
        )
    return lines


def _difference(
    was: Value | None, now: Value | None, old: Decimal | None, new: Decimal | None
) -> tuple[Decimal | None, bool, str]:
    if was is None or now is None:
        return None, False, ""
    if was.light and now.light:
        apart = Decimal(LIGHTS.index(now.light) - LIGHTS.index(was.light))
        return None, False, _way(apart)
    if was.points is None or now.points is None:
        return None, False, ""
    if old == new:
        apart = now.points - was.points
        return apart, False, _way(apart)
    before, after = share_of(was.points, old), share_of(now.points, new)
    if before is None or after is None:
        return None, True, ""
    return after - before, True, _way(after - before)


def _way(apart: Decimal) -> str:
    return "up" if apart > 0 else "down" if apart < 0 else "same"


@dataclass(frozen=True, kw_only=True)
class ComparedUnit:
    """A unit's total in two rounds. `arranged`: the names of the units it took over from, where the earlier result is
    theirs; of several there is no earlier total. Shares are percents of the maximum, of lights the greens."""

    sheet_id: int
    unit: str
    arranged: Sequence[str]
    before: Decimal | None
    after: Decimal | None
    before_share: Decimal | None
    after_share: Decimal | None
    is_final: bool

    @property
    def difference(self) -> Decimal | None:
        if self.before_share is None or self.after_share is None:
            return None
        return self.after_share - self.before_share

    @property
    def way(self) -> str:
        return "" if self.difference is None else _way(self.difference)


def total_of(sheet: Assessment, round_: Round) -> tuple[Decimal | None, Decimal | None]:
    """The total that stands and its share of the maximum; of lights the greens and their share of all indicators."""
    final = is_final(sheet)
    if round_.criteria_set.maximum is not None:
        total = sheet.final_total if final else sheet.total
        return total, share_of(total, round_.criteria_set.maximum)
    scored = sheet.final_scored if final else sheet.scored
    green = Decimal(sheet.final_green if final else sheet.green) if scored else None
    return green, share_of(green, Decimal(round_.criteria_set.size or 0))


def compared_units(
    after: Sequence[Assessment], before: Sequence[Assessment], *, rounds: tuple[Round, Round | None]
) -> list[ComparedUnit]:
    """Each later sheet with the earlier one of its unit. `rounds`: the later and the earlier one. One query."""
    pairs = sheets_before(after, before)
    now, was = rounds
    lines = []
    for sheet in after:
        total, share = total_of(sheet, now)
        earlier = pairs[sheet.pk]
        old, old_share = total_of(earlier[0], was) if was and len(earlier) == 1 else (None, None)
        lines.append(
            ComparedUnit(
                sheet_id=sheet.pk,
                unit=sheet.unit.name,
                arranged=[each.unit.name for each in earlier if each.unit_id != sheet.unit_id],
                before=old,
                after=total,
                before_share=old_share,
                after_share=share,
                is_final=is_final(sheet),
            )
        )
    return lines
