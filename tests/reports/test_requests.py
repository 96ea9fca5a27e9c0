"""Asking for a report: who may, once, not too often; the row is all that is needed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.http import Http404

from activity.models import AuditEvent
from reports import services
from reports.models import ReportJob
from reports.registry import InvalidParams
from reports.services import cancel_report, request_report, retry_report
from tests.factories.reports import ReportJobFactory, make_plan
from units.models import User
from units.permissions import Role

State = ReportJob.State


def ask(plan, by, format="pdf"):
    return request_report(kind="progress", format=format, params={"plan": plan.pk}, by=by)


def test_a_request_is_a_row_and_an_event(cast, plan):
    leader = cast[Role.LEADER]

    job = ask(plan, leader)

    assert (job.state, job.requested_by, job.params) == (State.QUEUED, leader, {"plan": plan.pk})
    assert cast.a.pk in job.scope["report_request"]
    assert len(job.download_key) == 32
    event = AuditEvent.objects.get(action="reports.requested")
    assert (event.by, event.target_id, event.unit_path) == (leader, str(job.pk), cast.province.path)


@pytest.mark.parametrize(
    ("person", "refusal"),
    [
        (Role.LEADER, None),
        (Role.PROGRAMME_OFFICER, None),
        (Role.FINANCE, None),
        (Role.UNIT_OFFICER, None),
        ("sibling", None),
        (Role.OBSERVER, PermissionDenied),
        ("commune", Http404),
        ("foreign", Http404),
        ("stranger", Http404),
    ],
)
def test_who_may_ask_for_a_plan_s_report(cast, plan, person, refusal):
    if refusal is None:
        assert ask(plan, cast[person]).requested_by == cast[person]
    else:
        with pytest.raises(refusal):
            ask(plan, cast[person])
        assert not ReportJob.objects.exists()


@pytest.mark.parametrize(
    ("person", "refusal"),
    [
        (Role.ASSESSOR, None),
        (Role.UNIT_HEAD, None),
        (Role.OBSERVER, PermissionDenied),
        (Role.FINANCE, Http404),  # sees money, not scores
        ("sibling", Http404),
        ("foreign", Http404),
    ],
)
def test_who_may_ask_for_a_sheet_s_report(cast, sheet, person, refusal):
    def act():
        return request_report(kind="assessment", format="pdf", params={"assessment": sheet.pk}, by=cast[person])

    if refusal is None:
        assert act().kind == "assessment"
    else:
        with pytest.raises(refusal):
            act()


@pytest.mark.parametrize(
    "params", [{}, {"plan": ""}, {"plan": "x"}, {"plan": "²"}, {"plan": 0}, {"plan": True}, {"plan": 2**63}]
)
def test_parameters_that_name_nothing_are_refused(cast, params):
    with pytest.raises(InvalidParams):
        request_report(kind="progress", format="pdf", params=params, by=cast[Role.LEADER])


def test_a_parameter_too_many_is_refused(cast, plan):
    with pytest.raises(InvalidParams):
        request_report(kind="progress", format="pdf", params={"plan": plan.pk, "unit": 1}, by=cast[Role.LEADER])


@pytest.mark.parametrize(("kind", "format"), [("nothing", "pdf"), ("progress", "exe")])
def test_an_unknown_report_is_refused(cast, plan, kind, format):
    with pytest.raises(services.UnknownReport):
        request_report(kind=kind, format=format, params={"plan": plan.pk}, by=cast[Role.LEADER])


def test_the_same_request_gives_the_job_under_way(cast, plan):
    leader = cast[Role.LEADER]
    first = ask(plan, leader)

    again = request_report(kind="progress", format="pdf", params={"plan": str(plan.pk)}, by=leader)

    assert again == first
    assert ask(plan, cast[Role.PROGRAMME_OFFICER]) != first
    assert ask(plan, leader, "xlsx") != first


def test_after_the_end_the_same_request_is_a_new_job(cast, plan):
    first = ask(plan, cast[Role.LEADER])
    ReportJob.objects.update(state=State.DONE)

    assert ask(plan, cast[Role.LEADER]) != first


def test_the_fourth_report_at_once_is_too_many(cast, plan):
    leader = cast[Role.LEADER]
    for _ in range(3):
        ReportJobFactory(requested_by=leader)

    with pytest.raises(services.TooManyActive):
        ask(plan, leader)
    assert ask(plan, cast[Role.PROGRAMME_OFFICER])
    ReportJob.objects.filter(requested_by=leader).first().delete()
    assert ask(plan, leader)


def test_everybody_together_has_an_end_too(cast, plan, monkeypatch):
    monkeypatch.setattr(services, "MAX_WAITING", 2)
    ReportJobFactory.create_batch(2)

    with pytest.raises(services.TooManyActive):
        ask(plan, cast[Role.LEADER])


@pytest.mark.django_db(transaction=True)
def test_two_requests_at_once_are_one_job(cast, plan):
    jobs, events = ask_at_once(cast, plan)

    assert len(jobs) == 1
    assert (ReportJob.objects.count(), events) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_without_taking_turns_the_index_still_lets_only_one_through(cast, plan, monkeypatch):
    """The control: it is the database that forbids the second row."""
    monkeypatch.setattr(services, "_take_turn", lambda by: None)
    monkeypatch.setattr(services, "_active", lambda by, digest: None)

    jobs, events = ask_at_once(cast, plan)

    assert (len(jobs), events) == (1, 1)
    digest = ReportJob.objects.get().params_hash
    with pytest.raises(IntegrityError), transaction.atomic():
        ReportJob.objects.create(kind="progress", format="pdf", params_hash=digest, requested_by=cast[Role.LEADER])


def ask_at_once(cast, plan, times=4):
    start = Barrier(times, timeout=30)

    def act(_number):
        try:
            start.wait()
            return ask(plan, cast[Role.LEADER])
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        jobs = {job.pk for job in pool.map(act, range(times))}
    return jobs, AuditEvent.objects.filter(action="reports.requested").count()


def test_a_worker_is_nudged_once_the_row_is_there(cast, plan, monkeypatch, django_capture_on_commit_callbacks):
    told = []
    monkeypatch.setattr(services, "nudge", told.append)

    with django_capture_on_commit_callbacks(execute=True):
        job = ask(plan, cast[Role.LEADER])
        assert told == []

    assert told == [job]


@pytest.mark.parametrize("state", [State.QUEUED, State.RUNNING])
def test_cancel_ends_what_is_under_way(cast, queued, state):
    ReportJob.objects.update(state=state, lease_token="abc")

    job = cancel_report(job=queued, by=cast[Role.LEADER])

    assert (job.state, job.lease_token) == (State.CANCELLED, "")
    assert AuditEvent.objects.filter(action="reports.cancelled", unit_path=cast.province.path).count() == 1


@pytest.mark.parametrize("state", [State.DONE, State.FAILED, State.CANCELLED, State.EXPIRED])
def test_what_has_ended_cannot_be_cancelled(cast, queued, state):
    ReportJob.objects.update(state=state)

    with pytest.raises(services.NotNow):
        cancel_report(job=queued, by=cast[Role.LEADER])


def test_retry_gives_a_failed_job_a_new_budget(cast, queued):
    ReportJob.objects.update(state=State.FAILED, attempts=3, deferrals=8, error_code="timeout", progress=40)

    job = retry_report(job=queued, by=cast[Role.LEADER])

    assert (job.pk, job.state, job.attempts, job.deferrals, job.error_code, job.progress) == (
        queued.pk,
        State.QUEUED,
        0,
        0,
        "",
        0,
    )
    assert AuditEvent.objects.filter(action="reports.retried").exists()


def test_retry_is_for_failed_jobs_alone(cast, queued):
    ReportJob.objects.update(state=State.DONE)

    with pytest.raises(services.NotNow):
        retry_report(job=queued, by=cast[Role.LEADER])


def test_retry_gives_the_same_request_that_is_under_way(cast, plan, queued):
    ReportJob.objects.update(state=State.FAILED)
    new = ask(plan, cast[Role.LEADER], "xlsx")

    assert retry_report(job=queued, by=cast[Role.LEADER]) == new


def test_retry_asks_again_who_may(cast, queued):
    ReportJob.objects.update(state=State.FAILED)
    cast[Role.LEADER].memberships.all().delete()

    with pytest.raises(Http404):
        retry_report(job=queued, by=User.objects.get(pk=queued.requested_by_id))


def test_retry_counts_as_one_more(cast, queued):
    ReportJob.objects.update(state=State.FAILED)
    for _ in range(3):
        ReportJobFactory(requested_by=cast[Role.LEADER])

    with pytest.raises(services.TooManyActive):
        retry_report(job=queued, by=cast[Role.LEADER])


def test_one_person_s_requests_do_not_hold_up_another_s(cast):
    other = make_plan(cast, symbol="KH-BCĐ")

    assert ask(other, cast[Role.LEADER]) != ask(other, cast[Role.PROGRAMME_OFFICER])
