"""Obstacles and what was said of them."""

from __future__ import annotations

from datetime import date, timedelta

import factory
from django.utils import timezone

from plans.models import Obstacle, ObstacleStep
from tests.factories.plans import PlanFactory
from tests.factories.units import UnitFactory, UserFactory


class ObstacleFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Obstacle

    plan = factory.SubFactory(PlanFactory)
    unit = factory.SubFactory(UnitFactory)
    year = factory.LazyFunction(lambda: timezone.localdate().year)
    number = factory.Sequence(lambda n: n + 1)
    title = factory.Sequence("Vướng mắc thử {}".format)
    text = "Chưa có phòng họp đủ chỗ."
    due_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=7))
    raised_by = factory.SubFactory(UserFactory)

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        if kwargs.get("state") == Obstacle.State.CLOSED:
            kwargs.setdefault("closed_at", timezone.now())
        return super()._create(model_class, *args, **kwargs)


def answered(obstacle: Obstacle, by, text: str = "Đã bố trí.") -> ObstacleStep:
    Obstacle.objects.filter(pk=obstacle.pk).update(state=Obstacle.State.ANSWERED)
    return ObstacleStep.objects.create(
        obstacle=obstacle, kind=ObstacleStep.Kind.ANSWER, level=obstacle.level, text=text, by=by
    )


def raised_days_ago(obstacle: Obstacle, days: int, due_on: date | None = None) -> Obstacle:
    moment = timezone.now() - timedelta(days=days)
    Obstacle.objects.filter(pk=obstacle.pk).update(raised_at=moment, due_on=due_on or obstacle.due_on)
    obstacle.refresh_from_db()
    return obstacle
