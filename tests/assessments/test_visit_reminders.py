"""Who is reminded of a visit, and when."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from assessments.contexts.visit_reminders import visit_reminders
from assessments.models import Visit
from plans.contexts.reminders import readers_among
from tests.factories.inspections import held_visit
from units.permissions import Role

pytestmark = pytest.mark.django_db
TEAM, UNIT = Role.PROGRAMME_OFFICER, Role.UNIT_OFFICER


def reminded(cast, visit, days):
    people = [cast[each] for each in (TEAM, UNIT, Role.UNIT_HEAD, Role.ASSESSOR, "sibling", "foreign")]
    day = visit.planned_on - timedelta(days=days)
    return visit_reminders(readers=readers_among(people=people, day=day), day=day)


def planned(cast, **values):
    return held_visit(cast, state="planned", planned_on=timezone.localdate(), starts_at=None, ends_at=None, **values)


def test_the_unit_and_the_team_are_reminded_before_the_day(cast):
    visit = planned(cast, form=Visit.Form.DOSSIER)

    lines = reminded(cast, visit, 7)

    assert lines.keys() == {cast[TEAM].pk, cast[UNIT].pk, cast[Role.UNIT_HEAD].pk}
    (line,) = lines[cast[UNIT].pk]
    assert (line.days, line.due_on, line.url) == (7, visit.planned_on, f"/visits/{visit.pk}/")
    assert line.text == f"{visit.inspection.title}: UBND huyện A (qua báo cáo, hồ sơ)"
    assert reminded(cast, visit, 2) == {}


def test_after_the_day_the_team_alone_owes_what_came_of_it(cast):
    assert reminded(cast, planned(cast), -1).keys() == {cast[TEAM].pk}


@pytest.mark.parametrize("state", ["held", "minuted", "cancelled"])
def test_nobody_is_reminded_of_what_was_held_or_cancelled(cast, state):
    visit = planned(cast)
    Visit.objects.update(state=state)

    assert reminded(cast, visit, 1) == {}


def test_nobody_is_reminded_of_a_closed_inspection(cast):
    visit = planned(cast)
    visit.inspection.closed_at = timezone.now()
    visit.inspection.save()

    assert reminded(cast, visit, 1) == {}
