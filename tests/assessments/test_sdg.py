"""Indicators under each of their goals."""

from __future__ import annotations

from assessments.contexts.diagnosis import diagnosis_of
from assessments.contexts.sdg import goals_of
from assessments.models import Assessment
from tests.factories.assessments import AssessmentFactory, RoundFactory, load_sets
from tests.factories.diagnosis import give_lights
from tests.factories.units import make_cast
from units.permissions import Role


def test_an_indicator_counts_under_each_of_its_goals(db):
    cast = make_cast()
    round_ = RoundFactory(unit=cast.province, criteria_set=load_sets()["iso18091-2019"])
    sheet = AssessmentFactory(round=round_, unit=cast.a)
    # 1.1 serves 12, 16 and 17; 1.2 serves 11 and 17; 1.3 serves 16.
    give_lights(sheet, {"1.1": "x", "1.2": "v", "1.3": "d"}, by=cast[Role.UNIT_OFFICER])
    head = Assessment.objects.with_sheet_head().get(pk=sheet.pk)

    goals = goals_of(diagnosis_of(head, user=cast[Role.UNIT_OFFICER]).lines)

    assert [goal.number for goal in goals] == list(range(1, 18))
    sixteen, seventeen = goals[15].counts, goals[16].counts
    assert (sixteen.green, sixteen.yellow, sixteen.red) == (1, 0, 1)
    assert (seventeen.green, seventeen.yellow, seventeen.red) == (1, 1, 0)
    assert {"1.1", "1.3"} <= {line.code for line in goals[15].lines}
