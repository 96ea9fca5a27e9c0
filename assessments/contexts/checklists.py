"""From which criteria the checklist of a visit is made: all that apply, or those that came out low in a sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from assessments.models import Assessment, CriteriaSet, Criterion, Round, Score, Visit
from isoportal.templatetags.formats import score
from units.models import User
from units.permissions import Permission

LOW = Decimal("0.5")  # of the maximum
LOW_LIGHTS = frozenset({Score.Light.RED, Score.Light.YELLOW})
# Which stage stands, the later before the earlier.
STANDS = (Score.Stage.FINAL, Score.Stage.APPEAL, Score.Stage.VERIFIED, Score.Stage.SELF)


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A criterion that may be asked after. `result` is what a sheet gave it, in words, "" without one."""

    criterion: Criterion
    result: str = ""
    is_low: bool = False
    is_chosen: bool = True

    @property
    def label(self) -> str:
        return f"{self.criterion} – {self.result}" if self.result else str(self.criterion)


def sheets_for(visit: Visit, user: User) -> QuerySet[Assessment]:
    """The unit's sheets that the checklist may be made from, the latest first: those of the inspection's criteria set,
    or of any where it has none."""
    sheets = Assessment.objects.allowed_to(user, Permission.ASSESSMENT_VIEW).filter(unit=visit.unit)
    sheets = sheets.exclude(round__state=Round.State.PREPARING).select_related("round__criteria_set")
    if visit.inspection.criteria_set_id:
        sheets = sheets.filter(round__criteria_set=visit.inspection.criteria_set_id)
    return sheets.order_by("-round__year", "-pk")


def offers_of(visit: Visit, sheet: Assessment | None, user: User) -> list[Offer]:
    """Criteria not yet on the checklist; with a sheet those that came out low are chosen. At most three queries."""
    criteria_set = sheet.round.criteria_set if sheet else visit.inspection.criteria_set
    if criteria_set is None:
        return []
    there = set(visit.checklist.filter(criterion__isnull=False).values_list("criterion_id", flat=True))
    scores = _standing(sheet, user) if sheet else {}
    offers = []
    for criterion in scored_criteria(criteria_set):
        if criterion.pk in there or not criterion.applies(visit.unit.kind):
            continue
        given = scores.get(criterion.pk)
        low = given is not None and _is_low(given, criterion)
        offers.append(
            Offer(
                criterion=criterion,
                result=_said(given, criterion) if given else (_("not scored") if sheet else ""),
                is_low=low,
                is_chosen=low if sheet else True,
            )
        )
    return offers


def scored_criteria(criteria_set: CriteriaSet) -> Sequence[Criterion]:
    """Neither groups nor the sub-indicators under an indicator."""
    found = criteria_set.criteria.exclude(scoring=Criterion.Scoring.GROUP)
    return list(found.exclude(parent__scoring=Criterion.Scoring.ROLL_UP).order_by("order"))


def _standing(sheet: Assessment, user: User) -> dict[int, Score]:
    rows = Score.objects.allowed_to(user, Permission.ASSESSMENT_VIEW).filter(assessment=sheet, stage__in=STANDS)
    stands: dict[int, Score] = {}
    for row in sorted(rows, key=lambda each: STANDS.index(Score.Stage(each.stage)), reverse=True):
        if row.points is not None or row.light:
            stands[row.criterion_id] = row
    return stands


def _is_low(given: Score, criterion: Criterion) -> bool:
    if given.light:
        return given.light in LOW_LIGHTS
    return given.points is not None and bool(criterion.max_score) and given.points < LOW * (criterion.max_score or 0)


def _said(given: Score, criterion: Criterion) -> str:
    if given.light:
        return str(given.get_light_display())
    return f"{score(given.points)}/{score(criterion.max_score)}"
