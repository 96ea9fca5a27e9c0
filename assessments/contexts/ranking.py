"""Who stands where in a round: the draft, worked out from the stored totals, and the ranking as it was published.

ISO 18091 gives lights and no total: units are ordered by their greens, then by their yellows. That is an aggregation of
the portal, which every face says; the standard has none.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, F, IntegerField, QuerySet, Value, When
from django.utils.translation import gettext as _

from assessments import scoring
from assessments.contexts.lines import title_of
from assessments.contexts.rules import STANDS, policy_of
from assessments.models import Assessment, CriteriaSet, Criterion, Round, Score
from assessments.permissions import RESULT_SHOWN, SETTLED
from isoportal.templatetags.formats import in_vietnamese
from units.access import holds_in
from units.models import User
from units.permissions import Permission

PER_PAGE = 50
INSIDERS = (Permission.ROUND_MANAGE, Permission.ASSESSMENT_VERIFY, Permission.ASSESSMENT_APPROVE)
SORTS = ("place", "unit", "total", "difference")
_WIDE = (
    "pk",
    "unit_id",
    "unit__name",
    "state",
    "ranking_group",
    "total",
    "green",
    "final_total",
    "final_groups",
    "final_green",
    "final_yellow",
    "final_red",
    "grade",
    "knocked_out",
    "rank",
)


@dataclass(frozen=True, kw_only=True)
class RankingRow:
    """A unit's line. `why` there is no `place`: "knocked_out" or "unfinished", else "". `groups` are the points of the
    groups of the set, in their order. `difference`: what stands less what the unit gave itself, of lights in greens."""

    sheet_id: int
    unit_id: int
    unit: str
    state: str
    group: str
    place: int | None
    why: str
    shared: bool
    total: Decimal | None
    groups: Sequence[Decimal | None]
    green: int
    yellow: int
    red: int
    grade: str
    knocked_out: Sequence[str]
    difference: Decimal | int | None


@dataclass(frozen=True, kw_only=True)
class GradeCount:
    title: str
    units: int


@dataclass(frozen=True, kw_only=True)
class RankingGroup:
    """Who is ranked with whom. `without`: units with no place yet, or out of the ranking."""

    code: str
    title: str
    units: int
    ranked: int
    grades: Sequence[GradeCount]

    @property
    def without(self) -> int:
        return self.units - self.ranked


@dataclass(frozen=True, kw_only=True)
class RankingTable:
    """What the columns of a round's ranking are. `columns`: code and title of each group of criteria;
    `unranks_knocked_out`: whose grade a knock-out lowered has no place."""

    is_draft: bool
    is_points: bool
    columns: Sequence[tuple[str, str]]
    groups: Sequence[RankingGroup]
    grades: Mapping[str, str]
    tie_breaks: Sequence[str]
    unranks_knocked_out: bool

    @property
    def group_titles(self) -> Mapping[str, str]:
        return {group.code: group.title for group in self.groups}


def sees_draft(user: User, round_: Round) -> bool:
    """Those who manage the round, assess in it or approve it. `round_` with its unit."""
    return any(holds_in(user, permission, round_.unit) for permission in INSIDERS)


def sees_ranking(user: User, round_: Round) -> bool:
    """Whoever sees the round, once it is published; before that those who work on it."""
    return round_.state == Round.State.PUBLISHED or sees_draft(user, round_)


def is_points(criteria_set: CriteriaSet) -> bool:
    return criteria_set.scale == CriteriaSet.Scale.POINTS


# -- Places --------------------------------------------------------------------------------------------------------
def places_of(round_: Round, *, states: Iterable[str] = RESULT_SHOWN) -> dict[int, scoring.Place]:
    """The place of each sheet by its id, in the order of the ranking, from the totals as they are stored. Who is in no
    state of `states`, or has nothing scored, is unfinished. One query, two more where totals are equal."""
    shown = set(states)
    points = is_points(round_.criteria_set)
    unranks = _unranks_knocked_out(round_.criteria_set)
    rows = Assessment.objects.filter(round=round_).values_list(
        "pk", "state", "ranking_group", "knocked_out", "final_scored", "final_total", "final_green", "final_yellow"
    )
    totals: dict[int, Decimal | None] = {}
    groups: dict[int, str] = {}
    ties: dict[int, tuple[Decimal | None, ...]] = {}
    out = set()
    for pk, state, group, knocked_out, scored, total, green, yellow in rows.order_by():
        groups[pk] = group
        totals[pk] = None
        if knocked_out and unranks:
            out.add(pk)
        if state in shown and scored:
            totals[pk] = total if points else Decimal(green)
            ties[pk] = () if points else (Decimal(yellow),)
    if points:
        ties |= _tie_breaks(round_, totals, groups)
    ranked = scoring.rank(
        scoring.Entry(
            key=f"{pk:020d}",
            group=group,
            total=totals[pk],
            tie_breaks=ties.get(pk, ()),
            out_of_ranking=pk in out,
        )
        for pk, group in groups.items()
    )
    return {int(place.key): place for place in ranked}


def _unranks_knocked_out(criteria_set: CriteriaSet) -> bool:
    return policy_of(criteria_set).knocked_out == scoring.KnockedOut.UNRANKED


def _tie_breaks(
    round_: Round, totals: Mapping[int, Decimal | None], groups: Mapping[int, str]
) -> dict[int, tuple[Decimal | None, ...]]:
    """What decides, by the policy of the set, of the sheets whose total another of their group has as well."""
    codes = policy_of(round_.criteria_set).tie_breaks
    if not codes:
        return {}
    same = Counter((groups[pk], total) for pk, total in totals.items() if total is not None)
    tied = [pk for pk, total in totals.items() if total is not None and same[groups[pk], total] > 1]
    if not tied:
        return {}
    known: dict[int, dict[str, Decimal | None]] = defaultdict(dict)
    for pk, of_groups in Assessment.objects.filter(pk__in=tied).values_list("pk", "final_groups"):
        for code in codes:
            known[pk][code] = _points_of(of_groups, code)
    for pk, code, points in standing_points(tied, codes):
        known[pk][code] = points
    return {pk: tuple(known[pk].get(code) for code in codes) for pk in tied}


def standing_points(sheets: Sequence[int], codes: Sequence[str]) -> Iterable[tuple[int, str, Decimal | None]]:
    """Of these criteria of these sheets the points that stand (see `contexts.rules.STANDS`). One query."""
    rows = Score.objects.filter(assessment__in=sheets, criterion__code__in=codes, stage__in=STANDS)
    best: dict[tuple[int, str], tuple[int, Decimal | None]] = {}
    for pk, code, stage, points in rows.values_list("assessment_id", "criterion__code", "stage", "points"):
        place = STANDS.index(Score.Stage(stage))
        if points is not None and ((pk, code) not in best or place < best[pk, code][0]):
            best[pk, code] = place, points
    return [(pk, code, points) for (pk, code), (_place, points) in best.items()]


def _points_of(groups: Mapping[str, Any], code: str) -> Decimal | None:
    points = (groups.get(code) or {}).get("points")
    return None if points is None else Decimal(points)


# -- The table -----------------------------------------------------------------------------------------------------
def ranking_table(round_: Round) -> RankingTable:
    """Two queries, for a round with its criteria set."""
    draft = round_.state != Round.State.PUBLISHED
    tops = Criterion.objects.filter(
        criteria_set=round_.criteria_set_id, parent=None, scoring=Criterion.Scoring.GROUP
    ).order_by("order")
    grades = grade_titles(round_.criteria_set)
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    ranked: Counter[str] = Counter()
    shown = Assessment.objects.filter(round=round_)
    for group, grade, state, units, placed in (
        shown.values("ranking_group", "grade", "state")
        .annotate(units=Count("pk"), placed=Count("rank"))
        .values_list("ranking_group", "grade", "state", "units", "placed")
        .order_by()
    ):
        counted[group][grade if state in RESULT_SHOWN else ""] += units
        ranked[group] += placed
    titles = {str(each["code"]): str(each["title"]) for each in round_.groups}
    order = [*(code for code in titles if code in counted), *sorted(set(counted) - set(titles))]
    return RankingTable(
        is_draft=draft,
        is_points=is_points(round_.criteria_set),
        columns=[(top.code, title_of(top)) for top in tops],
        groups=[
            RankingGroup(
                code=code,
                title=titles.get(code) or code or _("All units"),
                units=counted[code].total(),
                ranked=ranked[code],
                grades=[
                    *(GradeCount(title=title, units=counted[code][grade]) for grade, title in grades.items()),
                    *([GradeCount(title=_("No grade"), units=counted[code][""])] if counted[code][""] else []),
                ],
            )
            for code in order
        ],
        grades=grades,
        tie_breaks=policy_of(round_.criteria_set).tie_breaks,
        unranks_knocked_out=_unranks_knocked_out(round_.criteria_set),
    )


def grade_titles(criteria_set: CriteriaSet) -> dict[str, str]:
    """The titles in the reader's language by code, the best first."""
    vietnamese = in_vietnamese()
    return {
        grade.code: grade.title if vietnamese else grade.title_en or grade.title
        for grade in policy_of(criteria_set).grades
    }


def ranking_page(
    round_: Round,
    table: RankingTable,
    *,
    narrowed: QuerySet[Assessment] | None = None,
    sort: str = "",
    page: str | int | None = 1,
    per_page: int = PER_PAGE,
) -> Page[RankingRow]:
    """One page of the ranking. `narrowed`: sheets of the round that fit the filters, None for all; places are those
    among all. `sort`: one of SORTS, "-" before it the other way round."""
    sheets = Assessment.objects.filter(round=round_) if narrowed is None else narrowed
    name, down = sort.removeprefix("-"), sort.startswith("-")
    if name not in SORTS:
        name, down = "place", False
    places = places_of(round_) if table.is_draft else {}
    if name == "place" and table.is_draft:
        fits = None if narrowed is None else set(narrowed.values_list("pk", flat=True))
        order = {group.code: at for at, group in enumerate(table.groups)}
        pks = sorted(places, key=lambda pk: order.get(places[pk].group, 0))
        pks = [pk for pk in (reversed(pks) if down else pks) if fits is None or pk in fits]
        cut = Paginator(pks, per_page).get_page(page)
        found = {row[0]: row for row in Assessment.objects.filter(pk__in=list(cut)).values_list(*_WIDE)}
        rows = [found[pk] for pk in cut if pk in found]
    else:
        ordered = _in_order(sheets, table, name, down=down).values_list(*_WIDE)
        cut = Paginator(ordered, per_page).get_page(page)
        rows = list(cut)
    shown: Page[Any] = cut
    shown.object_list = [ranking_row(row, table, places) for row in rows]
    return shown


def ranking_rows(round_: Round, table: RankingTable) -> list[RankingRow]:
    """The whole ranking in its order: for a document and a workbook."""
    places = places_of(round_) if table.is_draft else {}
    sheets = Assessment.objects.filter(round=round_)
    if not table.is_draft:
        return [ranking_row(row, table, {}) for row in _in_order(sheets, table, "place").values_list(*_WIDE)]
    found = {row[0]: row for row in sheets.values_list(*_WIDE).order_by()}
    order = {group.code: at for at, group in enumerate(table.groups)}
    pks = sorted(places, key=lambda pk: order.get(places[pk].group, 0))
    return [ranking_row(found[pk], table, places) for pk in pks if pk in found]


def _in_order(
    sheets: QuerySet[Assessment], table: RankingTable, name: str, *, down: bool = False
) -> QuerySet[Assessment]:
    best = F("final_total") if table.is_points else F("final_green")
    own = F("total") if table.is_points else F("green")
    if name == "unit":
        return sheets.order_by("-unit__name" if down else "unit__name", "pk")
    if name == "total":
        by = best.desc(nulls_last=True) if down else best.asc(nulls_last=True)
        return sheets.order_by(by, "pk")
    if name == "difference":
        apart = sheets.annotate(apart=best - own)
        by = F("apart").desc(nulls_last=True) if down else F("apart").asc(nulls_last=True)
        return apart.order_by(by, "pk")
    unfinished = Case(When(state__in=SETTLED, then=Value(0)), default=Value(1), output_field=IntegerField())
    ranked = sheets.order_by(F("rank").asc(nulls_last=True), unfinished, best.desc(nulls_last=True), "pk")
    if len(table.groups) > 1:
        groups = Case(
            *(When(ranking_group=group.code, then=Value(at)) for at, group in enumerate(table.groups)),
            output_field=IntegerField(),
        )
        ranked = ranked.order_by(groups, *ranked.query.order_by)
    return ranked.reverse() if down else ranked


def ranking_row(row: Sequence[Any], table: RankingTable, places: Mapping[int, scoring.Place]) -> RankingRow:
    pk, unit_id, unit, state, group, own, own_green, total, totals, green, yellow, red, grade, knocked_out, rank = row
    shown = state in RESULT_SHOWN
    if table.is_draft:
        place, shared = (found.place, found.shared) if (found := places.get(pk)) else (None, False)
    else:
        place, shared = rank, False
    why = "" if place else "knocked_out" if shown and knocked_out and table.unranks_knocked_out else "unfinished"
    difference: Decimal | int | None = None
    if shown and table.is_points and total is not None and own is not None:
        difference = total - own
    elif shown and not table.is_points:
        difference = green - own_green
    return RankingRow(
        sheet_id=pk,
        unit_id=unit_id,
        unit=unit,
        state=state,
        group=group,
        place=place,
        why=why,
        shared=shared,
        total=total if shown else None,
        groups=[_points_of(totals, code) if shown else None for code, _title in table.columns]
        if table.is_points
        else [],
        green=green if shown else 0,
        yellow=yellow if shown else 0,
        red=red if shown else 0,
        grade=table.grades.get(grade, grade) if shown else "",
        knocked_out=knocked_out if shown else [],
        difference=difference,
    )
