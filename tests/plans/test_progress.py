"""How far tasks have come and what is late: the rules of plans.contexts.progress."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from activity.models import AuditEvent, Notification
from plans.contexts import plan_progress
from plans.contexts.progress import state_of
from plans.models import ProgressUpdate, TaskPerformer
from plans.services import (
    AlreadyPerforms,
    MayNotReport,
    NotAPerformer,
    OutsideThePlan,
    PercentOutOfRange,
    assign_unit,
    report_progress,
)
from tests.factories.plans import PlanFactory, accepted_progress, task_of
from units.permissions import Role

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
OCTOBER = date(2024, 10, 22)


@pytest.fixture
def plan(cast):
    return PlanFactory(unit=cast.province)


def said(task, unit, by, percent, at=None):
    """`by` sent it at the moment `at` and somebody accepted it."""
    update = accepted_progress(task=task, unit=unit, percent=percent, by=by)
    moment = at or datetime(2024, 10, 5, 9, tzinfo=HANOI)
    ProgressUpdate.objects.filter(pk=update.pk).update(at=moment, submitted_at=moment)
    return update


def only_task(plan, user, as_of=OCTOBER):
    (task,) = plan_progress(plan=plan, user=user, as_of=as_of).tasks
    return task


def test_a_report_is_stored_recorded_and_told_to_the_officers(cast, plan):
    task = task_of(plan, cast.a)

    update = report_progress(task=task, unit=cast.a, percent=40, note=" Đã tập huấn ", by=cast[Role.UNIT_OFFICER])

    assert (update.percent, update.note, update.unit) == (40, "Đã tập huấn", cast.a)
    event = AuditEvent.objects.get(action="plans.progress_reported")
    assert (event.unit_path, event.changes["percent"]) == (cast.a.path, [None, 40])
    assert [each.to for each in Notification.objects.filter(event=event)] == [cast[Role.PROGRAMME_OFFICER]]


def test_officers_of_another_province_are_not_told(cast, plan):
    task = task_of(plan, cast.a)

    report_progress(task=task, unit=cast.a, percent=40, note="", by=cast[Role.UNIT_OFFICER])

    assert not Notification.objects.filter(to=cast["foreign"]).exists()


@pytest.mark.parametrize("percent", [-1, 101])
def test_a_percent_outside_0_to_100_is_refused(cast, plan, percent):
    task = task_of(plan, cast.a)

    with pytest.raises(PercentOutOfRange):
        report_progress(task=task, unit=cast.a, percent=percent, note="", by=cast[Role.UNIT_OFFICER])


def test_a_unit_that_does_not_perform_or_only_directs_has_nothing_to_report(cast, plan):
    task = task_of(plan, cast.b)
    task.performers.create(order=9, text="UBND huyện A", unit=cast.a, role=TaskPerformer.Role.DIRECT)

    with pytest.raises(NotAPerformer):
        report_progress(task=task, unit=cast.a, percent=40, note="", by=cast[Role.UNIT_OFFICER])


@pytest.mark.parametrize("who", [Role.OBSERVER, Role.LEADER, "sibling", "commune", "foreign", "stranger"])
def test_who_may_not_report_for_a_unit(cast, plan, who):
    task = task_of(plan, cast.a)

    with pytest.raises(MayNotReport):
        report_progress(task=task, unit=cast.a, percent=40, note="", by=cast[who])

    assert not ProgressUpdate.objects.exists()


def test_an_update_is_never_changed_or_deleted(cast, plan):
    task = task_of(plan, cast.a)
    update = said(task, cast.a, cast[Role.UNIT_OFFICER], 40)

    with pytest.raises(TypeError):
        update.save()
    with pytest.raises(TypeError):
        update.delete()


def test_the_latest_word_counts_and_the_history_is_kept(cast, plan):
    task = task_of(plan, cast.a)
    for percent in (60, 20):
        said(task, cast.a, cast[Role.UNIT_OFFICER], percent)

    assert only_task(plan, cast[Role.PROGRAMME_OFFICER]).percent == 20
    assert list(ProgressUpdate.objects.values_list("percent", flat=True)) == [20, 60]


def test_blank_is_not_zero(cast, plan):
    task = task_of(plan, cast.a, cast.b)
    officer = cast[Role.PROGRAMME_OFFICER]
    nothing = only_task(plan, officer)

    said(task, cast.a, cast[Role.UNIT_OFFICER], 50)
    one = only_task(plan, officer)
    said(task, cast.b, cast["sibling"], 0)
    both = only_task(plan, officer)

    assert (nothing.percent, nothing.reported, nothing.expected) == (None, 0, 2)
    assert (one.percent, one.reported, one.expected) == (50, 1, 2)
    assert (both.percent, both.reported, both.expected) == (25, 2, 2)


def test_the_mean_is_exact(cast, plan):
    task = task_of(plan, cast.a, cast.b, cast.a1)
    for unit, who, percent in [(cast.a, Role.UNIT_OFFICER, 0), (cast.b, "sibling", 0), (cast.a1, "commune", 100)]:
        said(task, unit, cast[who], percent)

    assert only_task(plan, cast[Role.PROGRAMME_OFFICER]).percent == Decimal(100) / 3


def test_a_task_is_done_when_every_unit_is_at_100(cast, plan):
    task = task_of(plan, cast.a, cast.b)
    officer = cast[Role.PROGRAMME_OFFICER]
    said(task, cast.a, cast[Role.UNIT_OFFICER], 100)
    after = date(2024, 11, 5)
    half = only_task(plan, officer, after)

    said(task, cast.b, cast["sibling"], 100)
    whole = only_task(plan, officer, after)

    assert (half.state, half.late_days) == ("late", 5)
    assert (whole.state, whole.late_days) == ("done", 0)


@pytest.mark.parametrize(
    ("as_of", "state"),
    [
        (date(2024, 9, 30), "not_due"),
        (date(2024, 10, 1), "running"),
        (date(2024, 10, 24), "running"),
        (date(2024, 10, 25), "due"),
        (date(2024, 10, 31), "due"),
        (date(2024, 11, 1), "late"),
    ],
)
def test_the_last_day_still_belongs_to_the_task(as_of, state):
    assert state_of(start=date(2024, 10, 1), end=date(2024, 10, 31), done=False, as_of=as_of) == state


def test_without_a_last_day_nothing_is_late():
    assert state_of(start=None, end=None, done=False, as_of=date(2030, 1, 1)) == "undated"


@pytest.mark.parametrize(
    ("moment", "on_the_day"),
    [
        (datetime(2024, 10, 31, 23, 59, 59, tzinfo=HANOI), True),
        (datetime(2024, 11, 1, 0, 0, 0, tzinfo=HANOI), False),
    ],
)
def test_midnight_in_vietnam_decides_what_was_said_in_time(cast, plan, moment, on_the_day):
    task = task_of(plan, cast.a)
    said(task, cast.a, cast[Role.UNIT_OFFICER], 100, at=moment)

    last_day = only_task(plan, cast[Role.PROGRAMME_OFFICER], date(2024, 10, 31))
    next_day = only_task(plan, cast[Role.PROGRAMME_OFFICER], date(2024, 11, 1))

    assert last_day.state == ("done" if on_the_day else "due")
    assert next_day.state == "done"


def test_today_is_the_day_in_vietnam_not_in_utc(cast, plan, client, monkeypatch):
    task_of(plan, cast.a)
    client.force_login(cast[Role.PROGRAMME_OFFICER])
    one_second = timedelta(seconds=1)
    midnight = datetime(2024, 11, 1, tzinfo=HANOI)

    def shown_at(moment):
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
        return client.get(f"/plans/{plan.pk}/").context["progress"].late

    assert (shown_at(midnight - one_second), shown_at(midnight)) == (0, 1)


def test_a_district_sees_only_its_own_progress(cast, plan):
    shared = task_of(plan, cast.a, cast.b)
    task_of(plan, cast.b)
    said(shared, cast.a, cast[Role.UNIT_OFFICER], 100)
    said(shared, cast.b, cast["sibling"], 0)

    own, others = plan_progress(plan=plan, user=cast[Role.UNIT_OFFICER], as_of=OCTOBER).tasks

    assert (own.percent, own.reported, own.expected, own.state) == (100, 1, 1, "done")
    assert (others.percent, others.expected, others.state) == (None, 0, "")


def test_assigned_units_are_named_only_to_those_who_reach_them(cast, plan):
    task = task_of(plan, cast.department)
    for unit in (cast.a, cast.b):
        assign_unit(task=task, unit=unit, by=cast[Role.PROGRAMME_OFFICER])

    officer = only_task(plan, cast[Role.PROGRAMME_OFFICER])
    district = only_task(plan, cast[Role.UNIT_OFFICER])

    assert [each.text for each in officer.assigned_performers] == [cast.a.label, cast.b.label]
    assert [each.text for each in district.assigned_performers] == [cast.a.label]
    assert [each.text for each in district.written_performers] == [cast.department.label]


def test_assigning_a_unit_is_recorded_and_told_to_its_people(cast, plan):
    task = task_of(plan)

    performer = assign_unit(task=task, unit=cast.a, by=cast[Role.PROGRAMME_OFFICER])

    assert (performer.as_written, performer.role) == (False, TaskPerformer.Role.EXECUTE)
    event = AuditEvent.objects.get(action="plans.unit_assigned")
    told = set(Notification.objects.filter(event=event).values_list("to", flat=True))
    assert told == {cast[Role.UNIT_OFFICER].pk, cast[Role.UNIT_HEAD].pk}


def test_a_unit_is_assigned_once_and_only_within_the_province(cast, plan):
    task = task_of(plan, cast.a)

    with pytest.raises(AlreadyPerforms):
        assign_unit(task=task, unit=cast.a, by=None)
    with pytest.raises(OutsideThePlan):
        assign_unit(task=task, unit=cast.foreign, by=None)

    assert not AuditEvent.objects.filter(action="plans.unit_assigned").exists()


@pytest.mark.parametrize("count", [1, 3])
def test_progress_costs_five_queries_and_the_plan_sums_them(cast, plan, django_assert_num_queries, count):
    for _number in range(count):
        said(task_of(plan, cast.a, cast.b), cast.a, cast[Role.UNIT_OFFICER], 40)

    with django_assert_num_queries(5):
        progress = plan_progress(plan=plan, user=cast[Role.PROGRAMME_OFFICER], as_of=date(2024, 12, 1))

    assert (progress.percent, progress.reported, progress.expected) == (40, count, 2 * count)
    assert (progress.late, progress.done) == (count, 0)
