"""One round of each kind, and a sheet half filled in."""

from __future__ import annotations

import datetime

from assessments.models import Assessment, CriteriaSet, Round
from assessments.services import open_assessment, open_round, save_score
from units.models import Unit, User

# A sheet half filled in, so that the page shows something: made up, and named DEMO by its round.
DEMO_ANSWERS: dict[str, dict[str, object]] = {
    "1.1": {"days_late": 0},
    "1.2": {"value": True},
    "1.3": {"level": 2},
    "1.4": {"value": True},
    "2.1": {"done": 109, "of": 118},
    "2.2": {"level": 2},
    "2.3": {"count": 4},
    "2.4": {"done": 27, "of": 30},
    "3.1": {"done": 26, "of": 30},
    "3.2": {"percent": "96.4"},
}


def open_rounds(hue: Unit, bac_giang: Unit, people: dict[str, User]) -> None:
    """One round of each kind, open until the end of the year, so that a sheet can be tried."""
    points = CriteriaSet.objects.get(slug="iso9001-example", version=1)
    lights = CriteriaSet.objects.get(slug="iso18091-2019", version=1)
    today = datetime.datetime.now(tz=datetime.UTC)
    closes = datetime.datetime(today.year + 1, 1, 1, tzinfo=datetime.timezone(datetime.timedelta(hours=7)))
    district = people["district"]
    for province, criteria_set, title in [
        (bac_giang, points, "Chấm điểm HTQLCL theo TCVN ISO 9001 (DEMO)"),
        (bac_giang, lights, "Chẩn đoán theo TCVN ISO 18091 (DEMO)"),
        (hue, lights, "Chẩn đoán theo TCVN ISO 18091 (DEMO)"),
    ]:
        if Round.objects.filter(unit=province, criteria_set=criteria_set).exists():
            continue
        round_ = open_round(
            unit=province,
            criteria_set=criteria_set,
            title=title,
            year=today.year,
            opens_at=today - datetime.timedelta(days=30),
            closes_at=closes,
            by=people["officer"],
        )
        for unit in Unit.objects.filter(parent=province, kind=Unit.Kind.DISTRICT).order_by("code"):
            open_assessment(round=round_, unit=unit, by=people["officer"])
    sheet = Assessment.objects.get(round__criteria_set=points, unit__code="223")
    if sheet.scored == 0:
        for criterion in points.criteria.filter(code__in=DEMO_ANSWERS):
            save_score(
                assessment=sheet,
                criterion=criterion,
                answer=DEMO_ANSWERS[criterion.code],
                explanation="",
                expected_version=0,
                by=district,
            )
