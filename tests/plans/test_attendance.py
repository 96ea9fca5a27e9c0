"""Invitations, who came, conclusions and the tasks they become."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from activity.models import AuditEvent, Notification
from plans.models import Conclusion, Event, Invitation, Plan, Task
from plans.services.arising import NobodyPerforms
from plans.services.conclusions import (
    ConclusionChanged,
    ConclusionIsTask,
    NothingConcluded,
    add_conclusion,
    conclusion_to_task,
    edit_conclusion,
    remove_conclusion,
)
from plans.services.events import NotBegunYet, NotInThisState
from plans.services.invitations import (
    AlreadyCounted,
    CameAlready,
    NobodyToInvite,
    NoSuchNumber,
    invite_units,
    record_attendance,
    units_to_invite,
    withdraw_invitation,
)
from plans.services.progress import OutsideThePlan
from plans.services.standing import PlanIsClosed
from tests.factories.events import ConclusionFactory, EventFactory, InvitationFactory
from tests.factories.plans import PlanFactory, task_of
from tests.factories.units import UnitFactory
from units.permissions import Role


@pytest.fixture
def event(cast):
    return EventFactory(plan=PlanFactory(unit=cast.province, status=Plan.Status.ISSUED))


@pytest.fixture
def officer(cast):
    return cast[Role.PROGRAMME_OFFICER]


# -- Invitations ----------------------------------------------------------------------------------------------------
def test_units_are_invited_once_and_told_once(cast, event, officer):
    invite_units(event=event, units=[cast.a, cast.b], seats=3, by=officer)
    invite_units(event=event, units=[cast.a, cast.department], by=officer)

    assert {row.unit: row.seats for row in event.invitations.all()} == {cast.a: 3, cast.b: 3, cast.department: 1}
    told = Notification.objects.filter(event__action="plans.units_invited", to=cast[Role.UNIT_OFFICER])
    assert told.count() == 1
    with pytest.raises(NobodyToInvite):
        invite_units(event=event, units=[cast.a], by=officer)


@pytest.mark.parametrize(("values", "error"), [({"seats": 0}, NoSuchNumber), ({"units": "foreign"}, OutsideThePlan)])
def test_nobody_else_is_invited(cast, event, officer, values, error):
    units = [cast.foreign] if values.pop("units", "") else [cast.a]

    with pytest.raises(error):
        invite_units(event=event, units=units, by=officer, **values)

    assert not Invitation.objects.exists()


def test_units_of_a_kind_are_those_of_the_day_of_the_event(cast, event):
    UnitFactory(parent=cast.province, name="UBND huyện cũ", valid_to=date(2020, 6, 30))
    event.task = task_of(event.plan, cast.department, cast.a)

    assert list(units_to_invite(event, ["district"])) == [cast.a, cast.b]
    assert set(units_to_invite(event, ["commune"], of_task=True)) == {cast.a1, cast.department, cast.a}
    assert list(units_to_invite(event)) == []


def test_an_invitation_is_withdrawn_unless_somebody_came(cast, event, officer):
    row = InvitationFactory(event=event, unit=cast.a)
    came = InvitationFactory(event=event, unit=cast.b, attended=1)

    withdraw_invitation(invitation=row, by=officer)
    with pytest.raises(CameAlready):
        withdraw_invitation(invitation=came, by=officer)

    assert list(event.invitations.all()) == [came]
    told = Notification.objects.filter(event__action="plans.invitation_withdrawn").values_list("to", flat=True)
    assert set(told) == {cast[Role.UNIT_OFFICER].pk, cast[Role.UNIT_HEAD].pk}


# -- Attendance -----------------------------------------------------------------------------------------------------
def test_blank_is_not_zero(cast, event, officer):
    row = InvitationFactory(event=event, unit=cast.a)

    nobody = record_attendance(invitation=row, attended=0, names="", version=1, by=officer)
    blank = record_attendance(invitation=row, attended=None, names="", version=2, by=officer)

    assert (nobody.attended, blank.attended) == (0, None)
    changes = [
        each.changes["attended"] for each in AuditEvent.objects.filter(action="plans.attendance_counted").order_by("pk")
    ]
    assert changes == [[None, 0], [0, None]]


def test_more_may_come_than_were_invited(cast, event, officer):
    row = InvitationFactory(event=event, unit=cast.a, seats=1)

    counted = record_attendance(invitation=row, attended=4, names="Lê A\nLê B", version=1, by=officer)

    assert (counted.attended, counted.names, counted.version) == (4, "Lê A\nLê B", 2)


def test_of_two_who_count_the_second_is_told(cast, event, officer):
    row = InvitationFactory(event=event, unit=cast.a)
    record_attendance(invitation=row, attended=2, names="", version=1, by=officer)

    with pytest.raises(AlreadyCounted) as refused:
        record_attendance(invitation=row, attended=3, names="", version=1, by=officer)

    assert "2" in str(refused.value)
    assert Invitation.objects.get().attended == 2


@pytest.mark.parametrize("attended", [-1, 32_768])
def test_a_number_of_people_is_a_number(cast, event, officer, attended):
    row = InvitationFactory(event=event, unit=cast.a)

    with pytest.raises(NoSuchNumber):
        record_attendance(invitation=row, attended=attended, names="", version=1, by=officer)


def test_nobody_came_to_what_has_not_begun(cast, event, officer):
    Event.objects.update(starts_at=timezone.now() + timedelta(hours=1))
    row = InvitationFactory(event=event, unit=cast.a)

    with pytest.raises(NotBegunYet):
        record_attendance(invitation=row, attended=1, names="", version=1, by=officer)


# -- Conclusions ----------------------------------------------------------------------------------------------------
def test_a_conclusion_becomes_a_task_once(cast, event, officer):
    made = add_conclusion(event=event, text="Rà soát quy trình", unit=cast.a, due_on=date(2026, 12, 20), by=officer)
    Event.objects.update(state=Event.State.HELD)

    task = conclusion_to_task(conclusion=made, by=officer)

    assert (task.title, task.end, task.origin, task.number) == (
        "Rà soát quy trình",
        date(2026, 12, 20),
        Task.Origin.CONCLUSION,
        "KL-1",
    )
    assert [(each.unit, each.role) for each in task.performers.all()] == [(cast.a, "lead")]
    assert Conclusion.objects.get().task == task
    with pytest.raises(ConclusionIsTask) as refused:
        conclusion_to_task(conclusion=made, by=officer)
    assert "KL-1" in str(refused.value)
    assert Task.objects.count() == 1


def test_a_conclusion_that_is_a_task_stays_as_it_is(cast, event, officer):
    made = ConclusionFactory(event=event, unit=cast.a, task=task_of(event.plan, cast.a))

    with pytest.raises(ConclusionIsTask):
        edit_conclusion(conclusion=made, text="Khác", unit=None, due_on=None, version=1, by=officer)
    with pytest.raises(ConclusionIsTask):
        remove_conclusion(conclusion=made, by=officer)


def test_a_task_needs_somebody_who_does_it(cast, event, officer):
    Event.objects.update(state=Event.State.HELD)
    made = ConclusionFactory(event=event, unit=None)

    with pytest.raises(NobodyPerforms):
        conclusion_to_task(conclusion=made, by=officer)


def test_no_task_before_the_event_was_held(cast, event, officer):
    with pytest.raises(NotInThisState):
        conclusion_to_task(conclusion=ConclusionFactory(event=event, unit=cast.a), by=officer)


def test_conclusions_are_changed_and_removed(cast, event, officer):
    first = add_conclusion(event=event, text="Một", by=officer)
    second = add_conclusion(event=event, text="Hai", by=officer)

    changed = edit_conclusion(conclusion=first, text="Một!", unit=cast.b, due_on=None, version=1, by=officer)
    with pytest.raises(ConclusionChanged):
        edit_conclusion(conclusion=first, text="Khác", unit=None, due_on=None, version=1, by=officer)
    remove_conclusion(conclusion=second, by=officer)

    assert [(each.order, each.text, each.unit) for each in event.conclusions.all()] == [(1, "Một!", cast.b)]
    assert changed.version == 2
    actions = list(
        AuditEvent.objects.filter(action__startswith="plans.conclusion").order_by("pk").values_list("action", flat=True)
    )
    assert actions == [
        "plans.conclusion_added",
        "plans.conclusion_added",
        "plans.conclusion_changed",
        "plans.conclusion_removed",
    ]


@pytest.mark.parametrize(
    ("values", "error"), [({"text": " "}, NothingConcluded), ({"unit": "foreign"}, OutsideThePlan)]
)
def test_a_conclusion_says_something_to_somebody_of_the_province(cast, event, officer, values, error):
    unit = cast.foreign if values.pop("unit", "") else None

    with pytest.raises(error):
        add_conclusion(event=event, unit=unit, by=officer, **{"text": "Một"} | values)


def test_nothing_is_concluded_under_a_closed_plan(cast, event, officer):
    row = InvitationFactory(event=event, unit=cast.a)
    made = ConclusionFactory(event=event, unit=cast.a)
    Event.objects.update(state=Event.State.HELD)
    Plan.objects.update(status=Plan.Status.CLOSED)

    for act in (
        lambda: add_conclusion(event=event, text="Một", by=officer),
        lambda: edit_conclusion(conclusion=made, text="Một", unit=None, due_on=None, version=1, by=officer),
        lambda: remove_conclusion(conclusion=made, by=officer),
        lambda: conclusion_to_task(conclusion=made, by=officer),
        lambda: invite_units(event=event, units=[cast.b], by=officer),
        lambda: withdraw_invitation(invitation=row, by=officer),
        lambda: record_attendance(invitation=row, attended=1, names="", version=1, by=officer),
    ):
        with pytest.raises(PlanIsClosed):
            act()
