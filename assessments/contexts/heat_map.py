"""Units by criteria at a glance: the share of the maximum in five classes with a letter, lights as letter and shape.

The page and the PDF draw the same cells with the same classes; a letter stands in each, so colour never speaks alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from assessments.contexts.lines import title_of
from assessments.contexts.rules import STANDS
from assessments.models import Assessment, CriteriaSet, Criterion, Score
from assessments.permissions import RESULT_SHOWN

# From so many percent of the maximum on; the best first.
CLASSES: tuple[tuple[str, int], ...] = (("A", 90), ("B", 75), ("C", 50), ("D", 25), ("E", 0))
LETTERS = {"green": "X", "yellow": "V", "red": "Đ"}


@dataclass(frozen=True, kw_only=True)
class Value:
    """What stands for a criterion of a sheet; `points` None and `light` "": nothing, or not applicable."""

    points: Decimal | None = None
    light: str = ""


Values = Mapping[int, Mapping[int, Value]]


def is_final(sheet: Assessment) -> bool:
    """Whether a sheet is compared by its result; until that is told, by what the unit gave itself."""
    return sheet.state in RESULT_SHOWN


def standing_values(sheets: Iterable[Assessment]) -> dict[int, dict[int, Value]]:
    """By sheet and criterion what stands: of a result that is told the decision, else the appeal, else the verified
    score; before that the unit's own. One query."""
    final = {sheet.pk: is_final(sheet) for sheet in sheets}
    rows = Score.objects.filter(assessment__in=list(final)).exclude(stage=Score.Stage.SECOND)
    best: dict[int, dict[int, tuple[int, Value]]] = {pk: {} for pk in final}
    for sheet, criterion, stage, points, light in rows.values_list(
        "assessment_id", "criterion_id", "stage", "points", "light"
    ):
        if (stage == Score.Stage.SELF) is final[sheet] or (points is None and not light):
            continue
        place = -1 if stage == Score.Stage.SELF else STANDS.index(Score.Stage(stage))
        if criterion not in best[sheet] or place < best[sheet][criterion][0]:
            best[sheet][criterion] = place, Value(points=points, light=light)
    return {sheet: {criterion: value for criterion, (_at, value) in given.items()} for sheet, given in best.items()}


def share_of(points: Decimal | None, maximum: Decimal | None) -> Decimal | None:
    """In percent of the maximum, None where there is none."""
    return None if points is None or not maximum else points * 100 / maximum


def letter_of(share: Decimal) -> str:
    return next(letter for letter, least in CLASSES if share >= least)


@dataclass(frozen=True, kw_only=True)
class HeatCell:
    """`letter` "" and `look` "": nothing given. `look`: a to e, or the light."""

    letter: str = ""
    look: str = ""
    points: Decimal | None = None
    share: Decimal | None = None
    light: str = ""


@dataclass(frozen=True, kw_only=True)
class HeatRow:
    sheet_id: int
    unit: str
    is_final: bool
    cells: Sequence[HeatCell]


@dataclass(frozen=True, kw_only=True)
class HeatColumn:
    code: str
    title: str
    maximum: Decimal | None


@dataclass(frozen=True, kw_only=True)
class HeatMap:
    is_points: bool
    columns: Sequence[HeatColumn]
    rows: Sequence[HeatRow]

    @property
    def key(self) -> Sequence[tuple[str, str, str]]:
        """Look, letter and least share of each class."""
        return [(letter.lower(), letter, f"≥ {least} %") for letter, least in CLASSES]


def heat_cell(value: Value | None, criterion: Criterion) -> HeatCell:
    if value is None:
        return HeatCell()
    if value.light:
        return HeatCell(letter=LETTERS[value.light], look=value.light, light=value.light)
    share = share_of(value.points, criterion.max_score)
    if share is None:
        return HeatCell()
    letter = letter_of(share)
    return HeatCell(letter=letter, look=letter.lower(), points=value.points, share=share)


def scored_criteria(criteria_set: int) -> list[Criterion]:
    """The criteria of a set that are scored, without groups and sub-indicators, in their order. One query."""
    criteria = list(Criterion.objects.filter(criteria_set=criteria_set).order_by("order"))
    groups = {criterion.pk for criterion in criteria if criterion.scoring == Criterion.Scoring.GROUP}
    return [
        criterion
        for criterion in criteria
        if criterion.pk not in groups and (criterion.parent_id is None or criterion.parent_id in groups)
    ]


def heat_map(sheets: Sequence[Assessment], criteria: Sequence[Criterion], values: Values, *, scale: str) -> HeatMap:
    """`sheets` with their unit; `values` as of `standing_values`. No query."""
    return HeatMap(
        is_points=scale == CriteriaSet.Scale.POINTS,
        columns=[HeatColumn(code=each.code, title=title_of(each), maximum=each.max_score) for each in criteria],
        rows=[
            HeatRow(
                sheet_id=sheet.pk,
                unit=sheet.unit.label,
                is_final=is_final(sheet),
                cells=[heat_cell(values.get(sheet.pk, {}).get(each.pk), each) for each in criteria],
            )
            for sheet in sheets
        ],
    )
