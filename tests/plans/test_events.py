"""Events: planned, moved, cancelled, held; who is told; two people at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from activity.models import AuditEvent, Notification
from plans.models import Event, Plan
from plans.services.events import (
    ChangedMeanwhile,
    EndsBeforeItStarts,
    NotBegunYet,
    NotInThisState,
    ReasonMissing,
    TaskOfAnotherPlan,
    cancel_event,
    edit_event,
    events_at_once,
    hold_event,
    plan_event,
    record_minutes,
    redate_event,
)
from plans.services.standing import PlanIsClosed
from tests.factories.events import EventFactory, InvitationFactory
from tests.factories.plans import PlanFactory, TaskFactory
from units.permissions import Role

HOUR = timedelta(hours=1)


@pytest.fixture
def plan(cast):
    return PlanFactory(unit=cast.province, status=Plan.Status.ISSUED)


@pytest.fixture
def event(cast, plan):
    """District A is invited."""
    event = EventFactory(plan=plan)
    InvitationFactory(event=event, unit=cast.a)
    return event


def told(action: str) -> set[int]:
    return set(Notification.objects.filter(event__action=action).values_list("to", flat=True))


def reporters(cast) -> set[int]:
    return {cast[Role.UNIT_OFFICER].pk, cast[Role.UNIT_HEAD].pk}


def test_an_event_is_planned(cast, plan):
    task = TaskFactory(plan=plan)
    start = timezone.now() + timedelta(days=3)

    event = plan_event(
        plan=plan,
        task=task,
        kind="training",
        title=" Tập huấn chấm điểm ",
        starts_at=start,
        ends_at=start + HOUR,
        by=cast[Role.PROGRAMME_OFFICER],
    )

    assert (event.title, event.state, event.task, event.version, event.sequence) == (
        "Tập huấn chấm điểm",
        "planned",
        task,
        1,
        0,
    )
    assert AuditEvent.objects.get(action="plans.event_planned").unit_path == cast.province.path


@pytest.mark.parametrize(
    ("values", "error"),
    [({"hours": 0}, EndsBeforeItStarts), ({"hours": -1}, EndsBeforeItStarts), ({"other": True}, TaskOfAnotherPlan)],
)
def test_what_contradicts_itself_is_refused(cast, plan, values, error):
    start = timezone.now()
    task = TaskFactory() if values.get("other") else None

    with pytest.raises(error) as refused:
        plan_event(
            plan=plan,
            task=task,
            kind="meeting",
            title="Họp",
            starts_at=start,
            ends_at=start + values.get("hours", 1) * HOUR,
            by=cast[Role.PROGRAMME_OFFICER],
        )

    assert str(refused.value)
    assert not Event.objects.exists()


def test_moving_an_event_moves_it_in_calendars_and_tells_the_invited(cast, event):
    moved = redate_event(
        event=event,
        starts_at=event.starts_at + HOUR,
        ends_at=event.ends_at + HOUR,
        version=1,
        by=cast[Role.PROGRAMME_OFFICER],
    )

    assert (moved.sequence, moved.version) == (1, 2)
    assert told("plans.event_moved") == reporters(cast)


def test_other_words_move_nothing_and_tell_nobody(cast, event):
    changed = edit_event(event=event, version=1, by=cast[Role.PROGRAMME_OFFICER], agenda="1. Khai mạc")

    assert (changed.sequence, changed.version, changed.agenda) == (0, 2, "1. Khai mạc")
    assert told("plans.event_changed") == set()
    assert AuditEvent.objects.get(action="plans.event_changed").changes == {"agenda": [None, "1. Khai mạc"]}


def test_who_saves_an_older_version_is_told_who_changed_it(cast, event):
    edit_event(event=event, version=1, by=cast[Role.PROGRAMME_OFFICER], title="Hội nghị tổng kết")

    with pytest.raises(ChangedMeanwhile) as refused:
        edit_event(event=event, version=1, by=cast[Role.ADMINISTRATOR], title="Khác")

    assert str(cast[Role.PROGRAMME_OFFICER]) in str(refused.value)
    assert refused.value.event.title == "Hội nghị tổng kết"
    assert Event.objects.get().title == "Hội nghị tổng kết"


def test_a_cancelled_event_tells_why(cast, event):
    cancelled = cancel_event(event=event, reason="Bão số 9", version=1, by=cast[Role.PROGRAMME_OFFICER])

    assert (cancelled.state, cancelled.cancelled_because, cancelled.sequence) == ("cancelled", "Bão số 9", 1)
    assert told("plans.event_cancelled") == reporters(cast)


def test_cancelling_takes_a_reason(cast, event):
    with pytest.raises(ReasonMissing):
        cancel_event(event=event, reason=" ", version=1, by=cast[Role.PROGRAMME_OFFICER])

    assert Event.objects.get().state == "planned"


def test_an_event_is_held_once(cast, event):
    held = hold_event(event=event, version=1, by=cast[Role.PROGRAMME_OFFICER])

    with pytest.raises(NotInThisState):
        hold_event(event=event, version=2, by=cast[Role.PROGRAMME_OFFICER])
    assert (held.state, held.version) == ("held", 2)
    assert AuditEvent.objects.filter(action="plans.event_held").count() == 1


@pytest.mark.parametrize("act", [hold_event, lambda **values: record_minutes(minutes="…", **values)])
def test_nothing_is_recorded_of_what_has_not_begun(cast, plan, act):
    event = EventFactory(plan=plan, starts_at=timezone.now() + HOUR)

    with pytest.raises(NotBegunYet) as refused:
        act(event=event, version=1, by=cast[Role.PROGRAMME_OFFICER])

    assert str(refused.value)
    assert Event.objects.get().version == 1


def test_minutes_are_kept_and_saved_against_their_version(cast, event):
    written = record_minutes(event=event, minutes="Đại biểu thống nhất.\n", version=1, by=cast[Role.PROGRAMME_OFFICER])

    with pytest.raises(ChangedMeanwhile):
        record_minutes(event=event, minutes="", version=1, by=cast[Role.ADMINISTRATOR])
    assert written.minutes == "Đại biểu thống nhất."
    assert Event.objects.get().minutes == "Đại biểu thống nhất."


@pytest.mark.parametrize(
    "act",
    [
        lambda **values: edit_event(title="Khác", **values),
        lambda **values: cancel_event(reason="Vì", **values),
        hold_event,
        lambda **values: record_minutes(minutes="…", **values),
    ],
    ids=["edit", "cancel", "hold", "minutes"],
)
def test_nothing_happens_under_a_closed_plan(cast, event, act):
    Plan.objects.update(status=Plan.Status.CLOSED)

    with pytest.raises(PlanIsClosed):
        act(event=event, version=1, by=cast[Role.PROGRAMME_OFFICER])

    assert Event.objects.get().version == 1


def test_events_at_the_same_time_are_named_those_at_the_same_place_first(cast, event, django_assert_num_queries):
    elsewhere = EventFactory(plan=event.plan, place="Huyện B", starts_at=event.starts_at)
    EventFactory(plan=event.plan, starts_at=event.ends_at)
    EventFactory(plan=event.plan, starts_at=event.starts_at, state=Event.State.CANCELLED)
    EventFactory(starts_at=event.starts_at)

    with django_assert_num_queries(1):
        found = events_at_once(
            plan=event.plan, starts_at=event.starts_at, ends_at=event.ends_at, place="  hoi truong SỞ "
        )

    assert found == [event, elsewhere]
    assert events_at_once(plan=event.plan, starts_at=event.starts_at, ends_at=event.ends_at, but=event) == [elsewhere]
