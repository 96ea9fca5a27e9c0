"""Moving a task and what waits for it: listed first, done as it was listed, on the desk or by an amendment."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from activity.models import AuditEvent, Notification
from plans.contexts.shifting import shift
from plans.document.periods import is_whole_months, period_words
from plans.models import Amendment, Plan, Task, TaskDependency
from plans.period import parse_period
from plans.services import shifting
from plans.services.amending import ReasonMissing
from plans.services.content import NotOnTheDesk
from plans.services.standing import PlanIsClosed
from tests.factories.plans import PlanFactory, task_of
from units.permissions import Role

OCTOBER = (date(2024, 10, 1), date(2024, 10, 31))
NOVEMBER = (date(2024, 11, 1), date(2024, 11, 30))


@pytest.fixture
def plan(cast):
    return PlanFactory(unit=cast.province)


def chain(plan, cast, *periods, lag=0):
    """Tasks one after the other, each waiting for the one before it."""
    tasks = [
        task_of(plan, cast.a, number=str(number), order=number, start=start, end=end)
        for number, (start, end) in enumerate(periods, start=1)
    ]
    for first, second in pairwise(tasks):
        TaskDependency.objects.create(predecessor=first, task=second, lag_days=lag)
    return tasks


def move(task, start, end, by, follow=True, **more):
    task = Task.objects.select_related("plan__unit").get(pk=task.pk)
    seen = shifting.preview_move(task=task, start=start, end=end).mark
    return shifting.move_task(
        **{"task": task, "start": start, "end": end, "follow": follow, "seen": seen, "by": by, **more}
    )


def days(task):
    task = Task.objects.get(pk=task.pk)
    return task.start, task.end


# -- What moves --------------------------------------------------------------------------------------------------------
def test_whole_months_move_by_whole_months(cast, plan):
    first, _second = chain(plan, cast, OCTOBER, NOVEMBER)

    found = shift(task=first, start=date(2024, 10, 1), end=date(2024, 11, 15))

    assert found.followers[0].new == (date(2024, 12, 1), date(2024, 12, 31))
    assert found.followers[0].new_text == "Tháng 12/2024"


def test_days_move_to_the_first_working_day_and_keep_their_length(cast, plan):
    first, _second = chain(plan, cast, OCTOBER, (date(2024, 11, 4), date(2024, 11, 8)), lag=2)

    found = shift(task=first, start=date(2024, 10, 1), end=date(2024, 11, 7))  # +2 days: Sunday 10/11

    assert found.followers[0].new == (date(2024, 11, 11), date(2024, 11, 15))


def test_the_new_year_holiday_is_stepped_over(cast, plan):
    first, _second = chain(plan, cast, (date(2024, 1, 2), date(2024, 1, 31)), (date(2024, 2, 5), date(2024, 2, 6)))

    found = shift(task=first, start=date(2024, 1, 2), end=date(2024, 2, 7))

    assert found.followers[0].new[0] == date(2024, 2, 15)


def test_what_begins_late_enough_stays_and_so_does_all_behind_it(cast, plan):
    first, _second, _third = chain(plan, cast, OCTOBER, (date(2024, 12, 1), date(2024, 12, 31)), NOVEMBER)

    assert shift(task=first, start=OCTOBER[0], end=date(2024, 11, 20)).followers == ()


def test_the_latest_of_several_decides_and_cancelled_ones_stay(cast, plan):
    first, second, third = chain(plan, cast, OCTOBER, NOVEMBER, (date(2024, 12, 2), date(2024, 12, 3)))
    TaskDependency.objects.create(predecessor=first, task=third, lag_days=60)

    found = shift(task=first, start=date(2024, 10, 1), end=date(2024, 11, 29))
    Task.objects.filter(pk=second.pk).update(is_cancelled=True)
    without = shift(task=first, start=date(2024, 10, 1), end=date(2024, 11, 29))

    assert [each.node.number for each in found.moves] == ["1", "2", "3"]
    assert found.moves[2].new[0] == date(2025, 2, 3)  # 29/1/2025 and what is left of that week is Tết
    assert [each.node.number for each in without.moves] == ["1", "3"]


def test_a_task_that_would_begin_too_early_is_told(cast, plan):
    _first, second = chain(plan, cast, OCTOBER, NOVEMBER)

    found = shift(task=second, start=date(2024, 10, 15), end=date(2024, 11, 30))

    assert [each.number for each in found.too_early] == ["1"]
    assert shift(task=second, start=date(2024, 11, 1), end=None).too_early == ()


@given(
    start=st.none() | st.dates(date(2000, 1, 1), date(2090, 1, 1)),
    length=st.integers(0, 900),
    open_end=st.booleans(),
    monthly=st.booleans(),
)
def test_words_of_a_period_are_read_back_to_the_same_days(start, length, open_end, monthly):
    end = None if open_end else (start or date(2024, 1, 1)) + timedelta(days=length)
    if monthly and start and end:
        start, end = start.replace(day=1), end.replace(day=1) - timedelta(days=1)
        if end < start:
            return

    words = period_words(start, end)

    found = parse_period(words, default_year=None)
    assert (found.start, found.end) == (start, end), words
    assert not monthly or not (start and end) or is_whole_months(start, end)


# -- Doing it ----------------------------------------------------------------------------------------------------------
def test_on_the_desk_the_paper_is_rewritten(cast, plan):
    first, second = chain(plan, cast, OCTOBER, NOVEMBER)

    moved = move(first, date(2024, 11, 1), date(2024, 11, 30), cast[Role.PROGRAMME_OFFICER])

    assert (days(first), days(second)) == (NOVEMBER, (date(2024, 12, 1), date(2024, 12, 31)))
    second.refresh_from_db()
    assert (second.period_text, second.sequence, second.version) == ("Tháng 12/2024", 1, 2)
    assert moved.amendment is None
    assert Plan.objects.get(pk=plan.pk).version == plan.version + 1
    assert AuditEvent.objects.filter(action="plans.edited").exists()


def test_a_task_may_move_alone(cast, plan):
    first, second = chain(plan, cast, OCTOBER, NOVEMBER)

    move(first, *NOVEMBER, cast[Role.PROGRAMME_OFFICER], follow=False)

    assert (days(first), days(second)) == (NOVEMBER, NOVEMBER)


def test_an_issued_plan_changes_by_its_draft_amendment_alone(cast, plan):
    first, second = chain(plan, cast, OCTOBER, NOVEMBER)
    Plan.objects.filter(pk=plan.pk).update(status=Plan.Status.ISSUED)
    officer = cast[Role.PROGRAMME_OFFICER]

    with pytest.raises(ReasonMissing):
        move(first, *NOVEMBER, officer)
    moved = move(first, *NOVEMBER, officer, reason="Chậm kinh phí")

    assert (days(first), days(second)) == (OCTOBER, NOVEMBER)
    draft = Amendment.objects.get()
    assert moved.amendment == draft
    assert [task["period_text"] for task in draft.content["tasks"]] == ["Tháng 11/2024", "Tháng 12/2024"]
    again = move(first, date(2024, 12, 1), date(2024, 12, 31), officer)  # goes on from the draft
    assert again.moves[1].old == (date(2024, 12, 1), date(2024, 12, 31))
    assert Amendment.objects.count() == 1


def test_tasks_that_arose_move_freely_and_their_units_are_told(cast, plan):
    Plan.objects.filter(pk=plan.pk).update(status=Plan.Status.ISSUED)
    task = task_of(plan, cast.b, number="KL-1", start=None, end=date(2024, 10, 31), origin=Task.Origin.CONCLUSION)

    move(task, None, date(2024, 11, 15), cast[Role.PROGRAMME_OFFICER])

    assert days(task) == (None, date(2024, 11, 15))
    event = AuditEvent.objects.get(action="plans.task_moved")
    assert event.changes["end"] == ["2024-10-31", "2024-11-15"]
    assert [each.to for each in Notification.objects.filter(event=event)] == [cast["sibling"]]
    assert not Amendment.objects.exists()


def test_what_changed_since_it_was_shown_is_not_done(cast, plan):
    first, second = chain(plan, cast, OCTOBER, NOVEMBER)
    seen = shifting.preview_move(task=first, start=NOVEMBER[0], end=NOVEMBER[1]).mark
    Task.objects.filter(pk=second.pk).update(end=date(2024, 12, 15))

    with pytest.raises(shifting.ShiftChanged) as refused:
        shifting.move_task(
            task=first, start=NOVEMBER[0], end=NOVEMBER[1], follow=True, seen=seen, by=cast[Role.PROGRAMME_OFFICER]
        )

    assert refused.value.now.mark != seen
    assert days(first) == OCTOBER


@pytest.mark.parametrize(
    ("status", "refusal"),
    [(Plan.Status.SUBMITTED, NotOnTheDesk), (Plan.Status.CLOSED, PlanIsClosed), (Plan.Status.CANCELLED, PlanIsClosed)],
)
def test_plans_that_nobody_edits_keep_their_dates(cast, plan, status, refusal):
    (task,) = chain(plan, cast, OCTOBER)
    Plan.objects.filter(pk=plan.pk).update(status=status)

    with pytest.raises(refusal):
        move(task, *NOVEMBER, cast[Role.PROGRAMME_OFFICER], reason="x")
    assert days(task) == OCTOBER


def test_days_are_given_in_order(cast, plan):
    (task,) = chain(plan, cast, OCTOBER)

    with pytest.raises(shifting.EndsBeforeItStarts):
        shifting.preview_move(task=task, start=OCTOBER[1], end=OCTOBER[0])


# -- The page ----------------------------------------------------------------------------------------------------------
def test_the_page_shows_what_moves_before_it_does_it(client, cast, plan):
    first, second = chain(plan, cast, OCTOBER, NOVEMBER)
    client.force_login(cast[Role.PROGRAMME_OFFICER])
    page = reverse("plans:task_dates", args=[first.pk])
    data = {"start": "2024-11-01", "end": "2024-11-30"}

    shown = client.post(page, data)
    found = shown.context["found"]
    unseen = client.post(page, data | {"do": "all", "seen": "x"})
    backwards = client.post(page, {"start": "2024-11-30", "end": "2024-11-01"})
    done = client.post(page, data | {"do": "all", "seen": found.mark})

    assert (shown.status_code, unseen.status_code, backwards.status_code, done.status_code) == (200, 422, 422, 302)
    assert "Tháng 12/2024" in shown.content.decode()
    assert days(second) == (date(2024, 12, 1), date(2024, 12, 31))


def test_the_page_asks_for_a_reason_once(client, cast, plan):
    (task,) = chain(plan, cast, OCTOBER)
    Plan.objects.filter(pk=plan.pk).update(status=Plan.Status.ISSUED)
    client.force_login(cast[Role.PROGRAMME_OFFICER])
    page = reverse("plans:task_dates", args=[task.pk])
    data = {"start": "2024-11-01", "end": "2024-11-30"}

    assert client.post(page, data).status_code == 422
    found = client.post(page, data | {"reason": "Chậm"}).context["found"]
    assert client.post(page, data | {"reason": "Chậm", "do": "alone", "seen": found.mark}).status_code == 302
    assert "reason" not in client.get(page).context["form"].fields
