"""Events and who is invited to them."""

from __future__ import annotations

from datetime import timedelta

import factory
from django.utils import timezone

from plans.models import Conclusion, Event, Invitation
from tests.factories.plans import PlanFactory
from tests.factories.units import UnitFactory, UserFactory


class EventFactory(factory.django.DjangoModelFactory):
    """A conference that began an hour ago and is not over."""

    class Meta:
        model = Event

    plan = factory.SubFactory(PlanFactory)
    kind = Event.Kind.CONFERENCE
    title = factory.Sequence("Hội nghị thử {}".format)
    place = "Hội trường Sở"
    starts_at = factory.LazyFunction(lambda: timezone.now() - timedelta(hours=1))
    ends_at = factory.LazyAttribute(lambda event: event.starts_at + timedelta(hours=3))
    created_by = factory.SubFactory(UserFactory)


class InvitationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Invitation

    event = factory.SubFactory(EventFactory)
    unit = factory.SubFactory(UnitFactory)
    seats = 2


class ConclusionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Conclusion

    event = factory.SubFactory(EventFactory)
    order = factory.Sequence(int)
    text = factory.Sequence("Kết luận thử {}".format)
