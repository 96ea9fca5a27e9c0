"""Every state of an event × act × role: who may do what when, on the page; and the same as data."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from plans.contexts.events import acts_on
from plans.models import Conclusion, Event, Invitation, Plan
from plans.permissions import EVENT_ACTS, OPEN, EventAct
from tests.factories.events import ConclusionFactory, EventFactory, InvitationFactory
from tests.factories.plans import PlanFactory
from units.access import holds_in
from units.permissions import Role

EDITORS = frozenset({Role.ADMINISTRATOR, Role.PROGRAMME_OFFICER, Role.UNIT_HEAD, Role.UNIT_OFFICER})
INVITED = "sibling"
STATES = list(Event.State)

# State → the acts possible in it; every other act is refused in words (422), nothing changed.
POSSIBLE = {
    Event.State.PLANNED: {"change", "invite", "cancel", "hold", "count", "minute", "conclude", "add_material"},
    Event.State.HELD: {"count", "minute", "conclude", "give_task", "add_material"},
    Event.State.CANCELLED: set(),
}


@pytest.fixture
def event(cast):
    """Of district A's own plan; B is invited."""
    event = EventFactory(plan=PlanFactory(unit=cast.a, status=Plan.Status.ISSUED))
    InvitationFactory(event=event, unit=cast.b)
    ConclusionFactory(event=event, unit=cast.a)
    return event


def do(client, act: str, event: Event) -> int:
    """The POST by which a page does the act, filled in rightly."""
    invitation, conclusion = event.invitations.first(), event.conclusions.first()
    version = {"version": event.version}
    moments = {"starts_at": "2026-11-20T08:00", "ends_at": "2026-11-20T11:00"}
    urls = {
        "change": ("plans:event_edit", event.pk, {"title": "Khác", "kind": "meeting", **moments, **version}),
        "invite": ("plans:event_invite", event.pk, {"kinds": ["commune"], "seats": 1}),
        "cancel": ("plans:event_cancel", event.pk, {"reason": "Bão", **version}),
        "hold": ("plans:event_hold", event.pk, version),
        "count": ("plans:attendance", invitation.pk, {"attended": "3", "names": "", "version": invitation.version}),
        "minute": ("plans:event_minutes", event.pk, {"minutes": "Đã họp", **version}),
        "conclude": ("plans:conclusion_add", event.pk, {"text": "Kết luận mới"}),
        "give_task": ("plans:conclusion_task", conclusion.pk, {}),
        "add_material": ("plans:event_materials", event.pk, {"earlier": []}),
    }
    name, pk, data = urls[act]
    return client.post(reverse(name, args=[pk]), data).status_code


def snapshot() -> tuple:
    return (
        list(Event.objects.values_list("state", "title", "minutes", "version")),
        list(Invitation.objects.values_list("unit", "attended")),
        list(Conclusion.objects.values_list("text", "task")),
    )


def test_the_table_of_the_test_is_that_of_the_code():
    assert {
        state: {act.value for act, rule in EVENT_ACTS.items() if state in rule.states} for state in STATES
    } == POSSIBLE


@pytest.mark.parametrize("act", [act.value for act in EventAct if act != EventAct.ADD_MATERIAL])
@pytest.mark.parametrize("state", STATES)
def test_each_role_in_each_state(client, cast, event, state, act):
    Event.objects.update(state=state)
    event.refresh_from_db()
    wrong = []
    for role, person in cast.people.items():
        client.force_login(person)
        Event.objects.update(state=state, version=1, minutes="", title="Hội nghị")
        Conclusion.objects.filter(task__isnull=False).update(task=None)
        event = Event.objects.get()
        before = snapshot()
        sees = role in EDITORS | {Role.LEADER, Role.ASSESSOR, Role.FINANCE, Role.OBSERVER, INVITED}
        expected = 404 if not sees else 403 if role not in EDITORS else 302 if act in POSSIBLE[state] else 422
        # A conclusion is none of an invited unit's business to change: it does not exist for it.
        if act == "give_task" and role == INVITED:
            expected = 404
        if act == "invite":
            event.invitations.exclude(unit=cast.b).delete()
        if (status := do(client, act, event)) != expected:
            wrong.append(f"{role}: {status} instead of {expected}")
        if expected != 302 and act != "invite" and snapshot() != before:
            wrong.append(f"{role}: something was changed")
        Invitation.objects.exclude(unit=cast.b).delete()
        Invitation.objects.update(version=1, attended=None)
        Conclusion.objects.filter(text="Kết luận mới").delete()

    assert wrong == []


@pytest.mark.parametrize("status", Plan.Status.values)
def test_what_the_page_offers_is_what_may_be_done(cast, event, status):
    Plan.objects.update(status=status, number="1", issue_day=1)
    event = Event.objects.select_related("plan__unit").get()

    for state in STATES:
        event.state = state
        for person in cast.people.values():
            offered = acts_on(event=event, user=person, now=timezone.now())
            assert offered == frozenset(
                act
                for act, rule in EVENT_ACTS.items()
                if status in OPEN and state in rule.states and holds_in(person, rule.permission, event.plan.unit)
            )


def test_before_it_begins_an_event_is_not_held_counted_or_minuted(cast, event):
    early = acts_on(event=event, user=cast[Role.UNIT_HEAD], now=event.starts_at - timedelta(seconds=1))

    assert {act.value for act in early} == {"change", "invite", "cancel", "add_material"}
