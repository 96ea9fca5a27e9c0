"""Two members of a team at one visit at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from activity.models import AuditEvent
from assessments.models import ChecklistItem, Visit
from assessments.services.checklists import StaleItem, answer_item
from assessments.services.inspections import InspectionRefused
from assessments.services.minutes import draw_up_minutes
from tests.factories.inspections import held_visit
from tests.factories.units import make_cast
from units.permissions import Role

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], object]) -> list[object]:
    start = Barrier(len(acts), timeout=30)

    def run(act):
        try:
            start.wait()
            return act()
        except InspectionRefused as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_of_two_who_answer_one_question_one_is_shown_both_values():
    cast = make_cast()
    item = held_visit(cast).checklist.get(order=1)
    people = [cast[Role.ASSESSOR], cast[Role.PROGRAMME_OFFICER]]

    outcomes = at_once(
        *(
            lambda note=note, by=by: answer_item(item=item, result="fails", note=note, expected_version=1, by=by)
            for note, by in zip(["một", "hai"], people, strict=True)
        )
    )

    [refused] = [each for each in outcomes if isinstance(each, StaleItem)]
    stored = ChecklistItem.objects.get(pk=item.pk)
    assert {refused.stored.note, refused.note} == {"một", "hai"}
    assert (stored.note, stored.version) == (refused.stored.note, 2)


def test_minutes_are_drawn_up_once():
    cast = make_cast()
    visit = held_visit(cast)
    people = [cast[Role.ASSESSOR], cast[Role.PROGRAMME_OFFICER]]

    outcomes = at_once(
        *(
            lambda text=text, by=by: draw_up_minutes(
                visit=visit, conclusion=text, requests="", opinion="", expected_version=1, by=by
            )
            for text, by in zip(["một", "hai"], people, strict=True)
        )
    )

    [drawn] = [each for each in outcomes if isinstance(each, Visit)]
    assert len([each for each in outcomes if isinstance(each, InspectionRefused)]) == 1
    assert Visit.objects.get(pk=visit.pk).conclusion == drawn.conclusion
    assert AuditEvent.objects.filter(action="assessments.minutes_drawn_up").count() == 1
