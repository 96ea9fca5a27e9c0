from __future__ import annotations

from dataclasses import dataclass

import pytest

from assessments import services
from assessments.models import Assessment, CriteriaSet, Criterion, Round, Score
from tests.factories.assessments import AssessmentFactory, RoundFactory, criterion_of, load_sets
from tests.factories.units import Cast, make_cast
from units.models import User
from units.permissions import Role


@dataclass
class Sheets:
    """A's sheet by points and its sheet by lights, in rounds of the province that are open now."""

    cast: Cast
    sets: dict[str, CriteriaSet]
    round: Round
    points: Assessment
    lights: Assessment

    @property
    def officer(self) -> User:
        return self.cast[Role.UNIT_OFFICER]

    def criterion(self, code: str, sheet: Assessment | None = None) -> Criterion:
        return criterion_of(sheet or self.points, code)

    def save(self, code: str, answer: dict, *, sheet=None, version: int = 0, by=None, explanation: str = "") -> Score:
        return services.save_score(
            assessment=sheet or self.points,
            criterion=self.criterion(code, sheet),
            answer=answer,
            explanation=explanation,
            expected_version=version,
            by=by or self.officer,
        )


def make_sheets() -> Sheets:
    cast = make_cast()
    sets = load_sets()
    by_points = RoundFactory(unit=cast.province, criteria_set=sets["iso9001-example"])
    by_lights = RoundFactory(unit=cast.province, criteria_set=sets["iso18091-2019"])
    return Sheets(
        cast=cast,
        sets=sets,
        round=by_points,
        points=AssessmentFactory(round=by_points, unit=cast.a),
        lights=AssessmentFactory(round=by_lights, unit=cast.a),
    )


@pytest.fixture
def sheets(db) -> Sheets:
    return make_sheets()
