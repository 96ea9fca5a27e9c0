"""The two sets that come with the portal, rounds that are open now, sheets and scores."""

from __future__ import annotations

from datetime import timedelta

import factory
from django.utils import timezone

from assessments.models import Assessment, CriteriaSet, Criterion, Round, Score
from assessments.services import BUNDLED, load_criteria_set
from tests.factories.units import UnitFactory, UserFactory
from units.models import Unit


def load_sets() -> dict[str, CriteriaSet]:
    """iso9001-example and iso18091-2019, by slug."""
    return {each.slug: each for each in (load_criteria_set(path=path, by=None) for path in BUNDLED)}


class RoundFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Round

    unit = factory.SubFactory(UnitFactory, kind=Unit.Kind.PROVINCE)
    criteria_set = factory.LazyFunction(lambda: load_sets()["iso9001-example"])
    title = factory.Sequence("Đợt chấm điểm {}".format)
    year = factory.Sequence(lambda n: 2000 + n)
    opens_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=1))
    closes_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=1))
    created_by = factory.SubFactory(UserFactory)


class AssessmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Assessment

    round = factory.SubFactory(RoundFactory)
    unit = factory.SubFactory(UnitFactory)


class ScoreFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Score

    by = factory.SubFactory(UserFactory)


def criterion_of(assessment: Assessment, code: str) -> Criterion:
    return Criterion.objects.get(criteria_set=assessment.round.criteria_set_id, code=code)
