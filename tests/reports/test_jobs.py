"""Running jobs: claimed once, fenced by the lease, built as the requester, put right by the reaper."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO
from threading import Barrier

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.models.functions import Now
from django.utils import timezone

from reports import jobs
from reports.jobs import making, reaper
from reports.jobs.lease import MAX_CLAIMS
from reports.management.commands import run_jobs
from reports.models import ReportJob, WorkerHeartbeat
from reports.services import cancel_report
from reports.tasks import reap_report_jobs, run_report_job
from tests.factories.reports import ReportJobFactory
from units.permissions import Role

State = ReportJob.State


def files(settings):
    return [path for path in settings.REPORT_ROOT.rglob("*") if path.is_file()]


def run_out(job):
    """The job's worker has vanished: its lease runs out."""
    ReportJob.objects.filter(pk=job.pk).update(lease_until=Now() - timedelta(seconds=1))


@pytest.mark.parametrize("format", ["pdf", "xlsx"])
@pytest.mark.parametrize("kind", ["progress", "assessment"])
def test_a_job_becomes_a_file(cast, plan, sheet, settings, kind, format):
    subject = plan if kind == "progress" else sheet
    job = make_job(kind, format, subject, cast[Role.LEADER])

    assert jobs.run(job.pk)

    job.refresh_from_db()
    assert (job.state, job.progress, job.attempts, job.error_code) == (State.DONE, 100, 1, "")
    (file,) = files(settings)
    assert file.stat().st_size == job.size
    assert file.read_bytes()[:4] == (b"%PDF" if format == "pdf" else b"PK\x03\x04")
    with jobs.open_checked(job) as checked:
        assert checked.read() == file.read_bytes()
    assert len(job.data_version) == 64
    assert job.finished_at is not None


def make_job(kind, format, subject, by):
    parameter = {"progress": "plan", "assessment": "assessment"}[kind]
    return ReportJobFactory(kind=kind, format=format, params={parameter: subject.pk}, requested_by=by)


def test_a_job_is_claimed_once(queued):
    assert jobs.claim(queued.pk)
    assert jobs.claim(queued.pk) is None
    assert jobs.claim("00000000-0000-0000-0000-000000000000") is None


@pytest.mark.parametrize("state", [State.DONE, State.FAILED, State.CANCELLED, State.EXPIRED])
def test_what_has_ended_is_not_claimed(queued, state):
    ReportJob.objects.update(state=state)

    assert jobs.claim(queued.pk) is None


def test_a_job_put_off_waits_until_its_time(queued):
    ReportJob.objects.update(not_before=Now() + timedelta(minutes=1))
    assert jobs.claim(queued.pk) is None

    ReportJob.objects.update(not_before=Now() - timedelta(seconds=1))
    assert jobs.claim(queued.pk)


def test_a_lease_that_ran_out_can_be_taken_over_and_the_old_one_writes_no_more(queued):
    old = jobs.claim(queued.pk)
    run_out(queued)
    new = jobs.claim(queued.pk)

    with pytest.raises(jobs.LeaseLost):
        old.write(state=State.DONE, file="stale.pdf")
    new.write(step="writing")

    queued.refresh_from_db()
    assert (queued.state, queued.file, queued.step, queued.attempts) == (State.RUNNING, "", "writing", 2)


def test_a_worker_that_was_overtaken_leaves_no_file(queued, settings, monkeypatch):
    """It renders, but when it comes to finish another has the job."""
    real = making._finish

    def overtaken(lease, stored, report):
        ReportJob.objects.update(lease_token="of-another")
        real(lease, stored, report)

    monkeypatch.setattr(making, "_finish", overtaken)

    jobs.run(queued.pk)

    queued.refresh_from_db()
    assert (queued.state, queued.file) == (State.RUNNING, "")
    assert files(settings) == []


def test_files_of_attempts_that_died_before_their_row_was_written_go_away(queued, settings, monkeypatch):
    def dies(lease, stored, report):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(making, "_finish", dies)
        with pytest.raises(KeyboardInterrupt):
            jobs.run(queued.pk)
    run_out(queued)
    (left,) = files(settings)

    jobs.run(queued.pk)

    queued.refresh_from_db()
    assert queued.state == State.DONE
    assert [str(path.relative_to(settings.REPORT_ROOT)) for path in files(settings)] == [queued.file]
    assert not left.exists()


def test_a_running_job_renews_its_lease(queued, settings):
    settings.REPORT_LEASE_SECONDS = 0.03
    lease = jobs.claim(queued.pk)
    queued.refresh_from_db()
    before = queued.lease_until
    lease._renewed -= 1

    lease.tick(None)

    queued.refresh_from_db()
    assert queued.lease_until > before


def test_a_cancelled_job_stops_its_rendering(cast, queued, settings, poisoned):
    settings.REPORT_LEASE_SECONDS = 0.3
    poisoned("hangs")
    real_wait = making.renderer.render

    def cancel_soon(**kwargs):
        tick = kwargs.pop("tick")

        def tick_and_cancel(step):
            if step and step.name == "rendering":
                cancel_report(job=queued, by=cast[Role.LEADER])
            tick(step)

        real_wait(tick=tick_and_cancel, **kwargs)

    making.renderer.render = cancel_soon
    try:
        jobs.run(queued.pk)
    finally:
        del making.renderer.render

    queued.refresh_from_db()
    assert queued.state == State.CANCELLED
    assert files(settings) == []


@pytest.mark.django_db(transaction=True)
def test_five_messages_of_one_job_make_one_report(queued, settings, monkeypatch):
    made = []
    real = making.store
    monkeypatch.setattr(making, "store", lambda place: made.append(place) or real(place))
    start = Barrier(5, timeout=30)

    def deliver(_number):
        try:
            start.wait()
            run_report_job(job_id=str(queued.pk))
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(deliver, range(5)))

    queued.refresh_from_db()
    assert (queued.state, queued.attempts, len(made), len(files(settings))) == (State.DONE, 1, 1, 1)


def test_attempts_have_an_end(queued):
    for _ in range(MAX_CLAIMS):
        assert jobs.claim(queued.pk)
        run_out(queued)

    assert jobs.claim(queued.pk) is None
    assert jobs.reap()["given_up"] == 1

    queued.refresh_from_db()
    assert (queued.state, queued.error_code) == (State.FAILED, "attempts")


def test_the_report_is_built_as_the_requester(cast, queued):
    cast[Role.LEADER].memberships.all().delete()

    jobs.run(queued.pk)

    queued.refresh_from_db()
    assert (queued.state, queued.error_code, queued.file) == (State.FAILED, "no_access", "")


@pytest.mark.parametrize("lost", ["disabled", "observer"])
def test_less_right_at_run_time_is_less_right(cast, queued, lost):
    leader = cast[Role.LEADER]
    if lost == "disabled":
        leader.is_active = False
        leader.save()
    else:
        leader.memberships.update(role=Role.OBSERVER)

    jobs.run(queued.pk)

    queued.refresh_from_db()
    assert queued.error_code == "no_access"


def test_a_job_of_a_kind_that_is_gone_fails(queued):
    ReportJob.objects.update(kind="forgotten")

    jobs.run(queued.pk)

    queued.refresh_from_db()
    assert (queued.state, queued.error_code) == (State.FAILED, "unknown_kind")


@pytest.mark.parametrize(
    ("error", "code"), [(OperationalError("gone away"), "unavailable"), (OSError(28, "No space left"), "disk_full")]
)
def test_trouble_outside_puts_the_job_off_without_counting(queued, monkeypatch, error, code):
    def fails(lease):
        raise error

    monkeypatch.setattr(making, "_make", fails)

    jobs.run(queued.pk)

    queued.refresh_from_db()
    assert (queued.state, queued.attempts, queued.deferrals, queued.error_code) == (State.QUEUED, 0, 1, code)
    assert queued.not_before > timezone.now()


def test_trouble_that_does_not_pass_ends_the_job(queued, monkeypatch):
    def fails(lease):
        raise OSError(28, "No space left")

    monkeypatch.setattr(making, "_make", fails)
    for _ in range(making.MAX_DEFERRALS + 1):
        ReportJob.objects.update(not_before=None)
        jobs.run(queued.pk)

    queued.refresh_from_db()
    assert (queued.state, queued.error_code) == (State.FAILED, "disk_full")


def test_an_error_in_the_data_ends_the_job_at_once(queued, monkeypatch):
    def fails(lease):
        raise ValueError("nothing to divide by")

    monkeypatch.setattr(making, "_make", fails)

    jobs.run(queued.pk)

    queued.refresh_from_db()
    assert (queued.state, queued.error_code, queued.attempts) == (State.FAILED, "error", 1)


@pytest.fixture
def nudged(monkeypatch):
    told = []
    monkeypatch.setattr(reaper, "nudge", lambda job: told.append(job.pk) or True)
    return told


def test_the_reaper_puts_back_what_its_worker_abandoned(queued, nudged):
    jobs.claim(queued.pk)
    assert jobs.reap() == {"given_up": 0, "requeued": 0, "nudged": 0}
    run_out(queued)

    first, second = jobs.reap(), jobs.reap()

    queued.refresh_from_db()
    assert (queued.state, queued.lease_token) == (State.QUEUED, "")
    assert (first["requeued"], second["requeued"]) == (1, 0)
    assert nudged[0] == queued.pk


def test_the_reaper_nudges_for_what_was_forgotten_and_not_for_what_is_new(queued, nudged):
    reap_report_jobs()
    assert nudged == []

    ReportJob.objects.update(requested_at=Now() - timedelta(seconds=21))
    reap_report_jobs()
    assert nudged == [queued.pk]


def test_the_reaper_does_not_knock_at_a_broker_that_is_down(queued, monkeypatch):
    ReportJobFactory.create_batch(3)
    ReportJob.objects.update(requested_at=Now() - timedelta(minutes=1))
    knocked = []
    monkeypatch.setattr(reaper, "nudge", lambda job: bool(knocked.append(job)))

    assert jobs.reap()["nudged"] == 0
    assert len(knocked) == 1


def test_run_jobs_makes_what_is_due_without_a_broker(cast, plan, queued, capsys):
    ReportJob.objects.filter(pk=queued.pk).update(state=State.RUNNING, attempts=1, lease_until=Now() - timedelta(1))
    ReportJobFactory(requested_by=cast[Role.LEADER], params={"plan": plan.pk}, format="pdf")

    call_command("run_jobs", "--once")

    assert set(ReportJob.objects.values_list("state", flat=True)) == {State.DONE}
    assert "2" in capsys.readouterr().out


def test_run_jobs_goes_on_until_it_is_stopped(queued, monkeypatch):
    naps = []

    def nap(seconds):
        naps.append(seconds)
        if len(naps) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(run_jobs.time, "sleep", nap)

    with pytest.raises(KeyboardInterrupt):
        call_command("run_jobs", "--every", "0.5", stdout=StringIO())

    queued.refresh_from_db()
    assert (queued.state, naps) == (State.DONE, [0.5, 0.5])
    assert WorkerHeartbeat.objects.count() == 1


def test_a_job_that_others_have_does_not_keep_run_jobs_busy(queued, monkeypatch):
    monkeypatch.setattr(jobs, "due_jobs", lambda: [queued.pk])
    ReportJob.objects.update(state=State.RUNNING, lease_until=Now() + timedelta(minutes=1))

    call_command("run_jobs", "--once", stdout=StringIO())

    queued.refresh_from_db()
    assert queued.attempts == 0


def test_a_failure_that_cannot_be_written_down_is_left_to_the_reaper(queued, monkeypatch):
    def fails(lease, *args, **kwargs):
        raise OperationalError("gone away")

    monkeypatch.setattr(making, "_make", fails)
    monkeypatch.setattr(making, "_put_back", fails)

    assert jobs.run(queued.pk)

    queued.refresh_from_db()
    assert queued.state == State.RUNNING
    run_out(queued)
    assert jobs.reap()["requeued"] == 1


def test_a_failure_of_a_job_that_was_taken_away_changes_nothing(queued, monkeypatch):
    def fails(lease):
        ReportJob.objects.update(lease_token="of-another")
        raise ValueError

    monkeypatch.setattr(making, "_make", fails)

    jobs.run(queued.pk)

    queued.refresh_from_db()
    assert (queued.state, queued.error_code) == (State.RUNNING, "")
