"""Draft, sent, accepted or returned: each step once, by whom it may, and told to whom it concerns."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from activity.models import AuditEvent, Notification
from plans.contexts import plan_progress
from plans.models import DueReport, Evidence, Plan, ProgressUpdate
from plans.services import (
    AlreadyAccepted,
    AlreadyDecided,
    AlreadySent,
    ForeignEvidence,
    MayNotDecide,
    MayNotReport,
    NoteMissing,
    NotSent,
    NotThisReport,
    OwnReport,
    PeriodLocked,
    PlanIsClosed,
    QuantityOutOfRange,
    ReportedByItsParts,
    SentAgain,
    TaskIsCancelled,
    accept_many,
    accept_progress,
    report_progress,
    return_progress,
    submit_many,
    submit_progress,
)
from plans.services.reporting import ask_for_reports, lock_period, open_for_unit
from tests.factories.plans import PlanFactory, task_of
from tests.factories.units import MembershipFactory
from units.permissions import Role

OFFICER, ADMINISTRATOR, UNIT_OFFICER, UNIT_HEAD = (
    Role.PROGRAMME_OFFICER,
    Role.ADMINISTRATOR,
    Role.UNIT_OFFICER,
    Role.UNIT_HEAD,
)


@pytest.fixture
def plan(cast):
    return PlanFactory(unit=cast.province, status=Plan.Status.ISSUED)


@pytest.fixture
def task(cast, plan):
    return task_of(plan, cast.a, cast.b)


@pytest.fixture
def say(cast, task):
    def say(percent=40, *, unit=cast.a, who=UNIT_OFFICER, **values):
        return report_progress(task=task, unit=unit, percent=percent, note="Đã họp", by=cast[who], **values)

    return say


@pytest.fixture
def due(cast, plan, task):
    """What A owes in a period that has begun."""
    today = timezone.localdate()
    task.start, task.end = today - timedelta(days=40), today + timedelta(days=40)
    task.save()
    period = ask_for_reports(plan=plan, title="Báo cáo nhanh", start=today, end=today, due_on=today, by=cast[OFFICER])
    return DueReport.objects.select_related("period", "unit").get(period=period, unit=cast.a)


def seen(plan, cast, who=OFFICER):
    (task,) = plan_progress(plan=plan, user=cast[who], as_of=timezone.localdate()).tasks
    return task


def told(action):
    event = AuditEvent.objects.filter(action=action).last()
    return set(Notification.objects.filter(event=event).values_list("to", flat=True))


# -- From the draft to what counts -------------------------------------------------------------------------------------
def test_only_what_was_accepted_counts_and_what_waits_stands_beside_it(cast, plan, say):
    draft = say(30, submit=False)
    drafted = seen(plan, cast)
    submit_progress(update=draft, by=cast[UNIT_HEAD])
    sent = seen(plan, cast)
    accept_progress(update=draft, by=cast[OFFICER])
    accepted = seen(plan, cast)
    say(80)
    again = seen(plan, cast)

    assert [(each.percent, each.waiting, each.reported) for each in (drafted, sent, accepted, again)] == [
        (None, 0, 0),
        (None, 1, 0),
        (30, 0, 1),
        (30, 1, 1),
    ]
    assert [(each.performers[0].state, each.performers[0].waiting) for each in (drafted, sent, accepted, again)] == [
        ("", None),
        ("submitted", 30),
        ("accepted", None),
        ("submitted", 80),
    ]


def test_what_is_returned_does_not_count_and_says_why(cast, plan, say):
    accept_progress(update=say(20), by=cast[OFFICER])
    return_progress(update=say(90), note="Thiếu minh chứng", by=cast[OFFICER])

    performer = seen(plan, cast).performers[0]

    assert (performer.percent, performer.state, performer.waiting, performer.returned) == (
        20,
        "returned",
        None,
        "Thiếu minh chứng",
    )


def test_the_unit_is_told_what_became_of_its_report(cast, say):
    first = say(submit=False)
    submit_progress(update=first, by=cast[UNIT_HEAD])
    assert told("plans.progress_reported") == {cast[OFFICER].pk, cast[UNIT_OFFICER].pk}
    accept_progress(update=first, by=cast[OFFICER])
    assert told("plans.progress_accepted") == {cast[UNIT_OFFICER].pk, cast[UNIT_HEAD].pk}
    second = say(50)

    return_progress(update=second, note=" Sửa số liệu ", by=cast[OFFICER])

    assert told("plans.progress_returned") == {cast[UNIT_OFFICER].pk}
    event = AuditEvent.objects.get(action="plans.progress_returned")
    assert (event.reason, event.unit_path) == ("Sửa số liệu", cast.a.path)


def test_a_draft_is_seen_by_those_alone_who_report_for_the_unit(cast, say):
    say(submit=False)

    def sees(who):
        return ProgressUpdate.objects.allowed_to(cast[who], "plan_view").exists()

    assert {who for who in (UNIT_OFFICER, UNIT_HEAD, Role.OBSERVER, Role.LEADER, "sibling") if sees(who)} == {
        UNIT_OFFICER,
        UNIT_HEAD,
    }


# -- Who decides, and what is refused ----------------------------------------------------------------------------------
@pytest.mark.parametrize("who", [*Role, "sibling", "commune", "foreign", "stranger"])
def test_who_accepts_and_returns(cast, say, who):
    may = who in {OFFICER, ADMINISTRATOR}
    update = say()
    for act in (
        lambda: accept_progress(update=update, by=cast[who]),
        lambda: return_progress(update=say(), note="Sửa", by=cast[who]),
    ):
        if may:
            assert act().decided_by == cast[who]
        else:
            with pytest.raises(MayNotDecide):
                act()


def test_nobody_decides_on_what_they_wrote_or_sent(cast, say):
    MembershipFactory(user=cast[UNIT_OFFICER], unit=cast.province, role=OFFICER)
    MembershipFactory(user=cast[UNIT_HEAD], unit=cast.province, role=OFFICER)
    writer, sender = (type(cast[who]).objects.get(pk=cast[who].pk) for who in (UNIT_OFFICER, UNIT_HEAD))
    update = submit_progress(update=say(submit=False), by=cast[UNIT_HEAD])

    for person in (writer, sender):
        with pytest.raises(OwnReport):
            accept_progress(update=update, by=person)
        with pytest.raises(OwnReport):
            return_progress(update=update, note="Sửa", by=person)
    assert accept_progress(update=update, by=cast[OFFICER]).state == "accepted"


def test_who_comes_second_is_told_who_decided(cast, say):
    update = say()
    seen_by_both = ProgressUpdate.objects.get(pk=update.pk)
    accept_progress(update=update, by=cast[OFFICER])

    for act in (
        lambda: accept_progress(update=seen_by_both, by=cast[ADMINISTRATOR]),
        lambda: return_progress(update=seen_by_both, note="Sửa", by=cast[ADMINISTRATOR]),
    ):
        with pytest.raises(AlreadyDecided) as refused:
            act()
        assert cast[OFFICER].full_name in str(refused.value)
    assert ProgressUpdate.objects.get().decided_by == cast[OFFICER]


def test_a_draft_is_not_decided_on(cast, say):
    with pytest.raises(NotSent):
        accept_progress(update=say(submit=False), by=cast[OFFICER])


def test_a_report_is_returned_with_a_note(cast, say):
    with pytest.raises(NoteMissing):
        return_progress(update=say(), note="  ", by=cast[OFFICER])


def test_what_was_sent_again_replaces_what_waited(cast, say):
    first = say(40)
    second = say(60)

    with pytest.raises(SentAgain):
        accept_progress(update=first, by=cast[OFFICER])

    assert list(ProgressUpdate.objects.waiting()) == [second]


def test_nothing_is_decided_under_a_closed_plan(cast, plan, say):
    update = say()
    Plan.objects.update(status=Plan.Status.CLOSED)

    with pytest.raises(PlanIsClosed):
        accept_progress(update=update, by=cast[OFFICER])
    with pytest.raises(PlanIsClosed):
        say()


# -- Sending a draft ---------------------------------------------------------------------------------------------------
def test_a_draft_is_sent_once(cast, say):
    draft = say(submit=False)
    submit_progress(update=draft, by=cast[UNIT_HEAD])

    with pytest.raises(AlreadySent) as refused:
        submit_progress(update=draft, by=cast[UNIT_OFFICER])

    assert cast[UNIT_HEAD].full_name in str(refused.value)


def test_an_older_draft_is_not_sent(cast, say):
    old = say(30, submit=False)
    say(50, submit=False)

    with pytest.raises(AlreadySent) as refused:
        submit_progress(update=old, by=cast[UNIT_HEAD])

    assert "50" in str(refused.value)


@pytest.mark.parametrize("who", [Role.OBSERVER, Role.LEADER, "sibling", "foreign"])
def test_who_may_not_send(cast, say, who):
    with pytest.raises(MayNotReport):
        submit_progress(update=say(submit=False), by=cast[who])


def test_many_drafts_are_sent_each_for_itself(cast, plan, say):
    draft, sent = say(submit=False), task_of(plan, cast.a)
    sent = report_progress(task=sent, unit=cast.a, percent=10, note="", by=cast[UNIT_OFFICER])
    foreign = say(unit=cast.b, who="sibling", submit=False)

    outcomes = submit_many(ids=[draft.pk, sent.pk, foreign.pk], by=cast[UNIT_HEAD])

    assert {each.pk: each.code for each in outcomes} == {draft.pk: "", sent.pk: "already_sent"}


# -- What cannot be said -----------------------------------------------------------------------------------------------
def test_a_task_with_parts_and_a_cancelled_one_are_not_reported_on(cast, plan, task, say):
    part = task_of(plan, cast.a, parent=task)
    with pytest.raises(ReportedByItsParts):
        say()
    part.is_cancelled = True
    part.save()
    with pytest.raises(TaskIsCancelled):
        report_progress(task=part, unit=cast.a, percent=1, note="", by=cast[UNIT_OFFICER])


@pytest.mark.parametrize("quantity", [-1, 2**31])
def test_a_quantity_out_of_range_is_refused(say, quantity):
    with pytest.raises(QuantityOutOfRange):
        say(quantity_done=quantity)


def test_evidence_is_the_unit_s_own(cast, say):
    own, foreign = (
        Evidence.objects.create(
            unit=unit,
            name="a.pdf",
            media_type="application/pdf",
            stored_as=name,
            sha256=name,
            size=1,
            uploaded_by=cast[UNIT_OFFICER],
        )
        for unit, name in ((cast.a, "1"), (cast.b, "2"))
    )

    assert list(say(evidence=[own]).evidence.all()) == [own]
    with pytest.raises(ForeignEvidence):
        say(evidence=[own, foreign])
    Evidence.objects.filter(pk=own.pk).update(withdrawn_at=timezone.now())
    own.refresh_from_db()
    with pytest.raises(ForeignEvidence):
        say(evidence=[own])


# -- Periods -----------------------------------------------------------------------------------------------------------
def test_a_report_answers_what_is_due(cast, say, due):
    update = say()

    due.refresh_from_db()
    assert (update.due_report, due.latest) == (due, update)


def test_a_draft_does_not_answer_yet(cast, say, due):
    draft = say(submit=False)

    due.refresh_from_db()
    assert (draft.due_report, due.latest) == (due, None)
    submit_progress(update=draft, by=cast[UNIT_HEAD])
    due.refresh_from_db()
    assert due.latest == draft


def test_what_is_due_of_another_unit_is_not_answered(cast, say, due):
    with pytest.raises(NotThisReport):
        say(unit=cast.b, who="sibling", due_report=due)


def test_nobody_reports_in_a_locked_period_but_by_exception(cast, say, due):
    draft = say(submit=False)
    lock_period(period=due.period, by=cast[OFFICER])
    with pytest.raises(PeriodLocked):
        say(due_report=due)
    with pytest.raises(PeriodLocked):
        submit_progress(update=draft, by=cast[UNIT_HEAD])

    until = timezone.now() + timedelta(hours=1)
    open_for_unit(period=due.period, unit=cast.a, until=until, reason="Mất mạng", by=cast[OFFICER])

    assert submit_progress(update=draft, by=cast[UNIT_HEAD]).state == "submitted"
    of_b = DueReport.objects.get(period=due.period, unit=cast.b)
    with pytest.raises(PeriodLocked):
        say(unit=cast.b, who="sibling", due_report=of_b)


def test_an_exception_ends_at_its_moment(cast, say, due, monkeypatch):
    lock_period(period=due.period, by=cast[OFFICER])
    until = timezone.now() + timedelta(hours=1)
    open_for_unit(period=due.period, unit=cast.a, until=until, reason="Mất mạng", by=cast[OFFICER])

    monkeypatch.setattr("django.utils.timezone.now", lambda: until)
    with pytest.raises(PeriodLocked):
        say(due_report=due)
    monkeypatch.setattr("django.utils.timezone.now", lambda: until - timedelta(microseconds=1))
    assert say(due_report=due).state == "submitted"


def test_what_was_accepted_for_a_period_stays(cast, say, due):
    accept_progress(update=say(due_report=due), by=cast[OFFICER])

    with pytest.raises(AlreadyAccepted) as refused:
        say(90, due_report=due)

    assert cast[OFFICER].full_name in str(refused.value)
    assert say(90).due_report is None


# -- Many at once ------------------------------------------------------------------------------------------------------
def test_many_are_accepted_each_with_its_own_result(cast, plan, say):
    MembershipFactory(user=cast[OFFICER], unit=cast.a, role=UNIT_OFFICER)
    officer = type(cast[OFFICER]).objects.get(pk=cast[OFFICER].pk)

    def fresh(by):
        return report_progress(task=task_of(plan, cast.a), unit=cast.a, percent=5, note="", by=by)

    fine, own, done, draft = fresh(cast[UNIT_OFFICER]), fresh(officer), fresh(cast[UNIT_OFFICER]), say(submit=False)
    accept_progress(update=done, by=cast[ADMINISTRATOR])
    foreign = PlanFactory(unit=cast.foreign)
    hidden = report_progress(
        task=task_of(foreign, cast.foreign), unit=cast.foreign, percent=5, note="", by=cast["foreign"]
    )

    outcomes = accept_many(ids=[fine.pk, own.pk, done.pk, draft.pk, hidden.pk, fine.pk], by=officer)

    assert [(each.pk, each.code) for each in outcomes] == [
        (fine.pk, ""),
        (own.pk, "own_report"),
        (done.pk, "already_decided"),
        (draft.pk, "not_sent"),
        (hidden.pk, "not_found"),
    ]
    assert set(ProgressUpdate.objects.filter(state="accepted").values_list("pk", flat=True)) == {fine.pk, done.pk}


def test_two_hundred_are_accepted_in_one_go(cast, plan):
    ProgressUpdate.objects.bulk_create(
        ProgressUpdate(
            task=task_of(plan, cast.a), unit=cast.a, percent=1, by=cast[UNIT_OFFICER], submitted_at=timezone.now()
        )
        for _number in range(201)
    )
    ids = list(ProgressUpdate.objects.values_list("pk", flat=True))

    outcomes = accept_many(ids=ids, by=cast[OFFICER])

    assert len(outcomes) == 200
    assert not [each for each in outcomes if each.refused]
    assert ProgressUpdate.objects.filter(state="accepted").count() == 200
