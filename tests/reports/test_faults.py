"""Workers killed while they work, brokers stopped: each report is made, once, and nobody has to do anything.

Real worker and timer processes on the tests' database. A supervisor (honcho, docker) starts a worker that died; here
the test does. Run by `make e2e`.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.urls import reverse
from redis import Redis
from redis.exceptions import RedisError

from plans.models import Task
from reports import delivery
from reports.models import ReportJob, WorkerHeartbeat
from reports.services import request_report
from tests.factories.plans import PlanFactory
from units.permissions import Role

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

State = ReportJob.State
ROOT = Path(__file__).resolve().parents[2]
BROKERS = ["filesystem", *(["redis"] if shutil.which("redis-server") else [])]
TASKS = 250  # enough to be caught in the act
PATIENCE = 120


def wait_for(what: Callable[[], object], seconds: float = PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        if time.monotonic() > deadline:
            raise AssertionError(f"Waited {seconds} s in vain")
        time.sleep(0.05)


def database_url() -> str:
    """The tests' own database, as another process reaches it."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    login = f"{database['USER']}:{database['PASSWORD']}@" if database["USER"] else ""
    return f"postgres://{login}{database['HOST']}:{database['PORT']}/{database['NAME']}"


class Works:
    """The processes beside the web: started and killed by the test, all of them ended after it."""

    def __init__(self, var: Path, redis_url: str) -> None:
        kept = {key: value for key, value in os.environ.items() if key not in {"REDIS_PASSWORD", "DATABASE_PASSWORD"}}
        self.environment = kept | {
            "DJANGO_ENV": "test",
            "VAR_DIR": str(var),
            "MEDIA_ROOT": str(django_settings.MEDIA_ROOT),
            "DATABASE_URL": database_url(),
            "REDIS_URL": redis_url,
            "REPORT_LEASE_SECONDS": "2",
            "REPORT_REAP_SECONDS": "1",
        }
        self.log = (var / "works.log").open("ab")
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "isoportal", *arguments],
            cwd=ROOT,
            env=self.environment,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.processes.append(process)
        return process

    def start_worker(self) -> subprocess.Popen[bytes]:
        """A worker that is ready: its heart beats."""
        seen = set(WorkerHeartbeat.objects.values_list("name", flat=True))
        worker = self.start(
            *("worker", "--queues", "interactive,bulk", "--concurrency", "1", "--without-gossip", "--without-mingle")
        )
        wait_for(lambda: WorkerHeartbeat.objects.exclude(name__in=seen).exists())
        return worker

    def start_timer(self) -> subprocess.Popen[bytes]:
        return self.start("beat", "--pidfile=")

    def end(self) -> None:
        for process in self.processes:
            kill_all_of(process)
        self.log.close()


def kill_all_of(process: subprocess.Popen[bytes]) -> None:
    """The process and its pool, so that nothing of it goes on."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def children_of(process: subprocess.Popen[bytes]) -> list[int]:
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(process.pid)], capture_output=True, text=True, check=False
    )
    return [int(pid) for pid in listed.stdout.split()]


@pytest.fixture(autouse=True)
def broker() -> None:
    """Instead of the broker in memory: each test has a real one."""


class RedisServer:
    """A Redis of the test's own, on a port of its own, that can be stopped and started again."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.folder = folder
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def __enter__(self) -> RedisServer:
        command = ["redis-server", "--bind", "127.0.0.1", "--port", str(self.port), "--save", "", "--dir", self.folder]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(self.answers, 20)
        return self

    def __exit__(self, *error: object) -> None:
        self.process.kill()
        self.process.wait()

    def answers(self) -> bool:
        client = Redis(port=self.port, socket_timeout=1)
        try:
            return bool(client.ping())
        except RedisError:
            return False
        finally:
            client.close()

    def end(self, how: signal.Signals) -> None:
        self.process.send_signal(how)
        if how == signal.SIGKILL:
            self.process.wait()

    def come_back(self) -> None:
        """Wakes the one that was stopped, starts another where it was killed."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
        else:
            self.__enter__()


@pytest.fixture
def redis_server(tmp_path) -> Iterator[RedisServer]:
    with RedisServer(tmp_path) as server:
        yield server


@pytest.fixture(params=BROKERS)
def redis_url(request) -> str:
    """The address of a Redis of this test's own, "" for the embedded broker."""
    return request.getfixturevalue("redis_server").url if request.param == "redis" else ""


@pytest.fixture
def works(settings, tmp_path, redis_url) -> Iterator[Works]:
    var = tmp_path / "var"
    for name in ("queue", "processed", "control"):
        (var / "broker" / name).mkdir(parents=True)
    settings.REDIS_URL = redis_url
    settings.CELERY_BROKER_URL = redis_url or "filesystem://"
    folders = {key: str(var / "broker" / "queue") for key in ("data_folder_in", "data_folder_out")}
    folders |= {
        "control_folder": str(var / "broker" / "control"),
        "processed_folder": str(var / "broker" / "processed"),
    }
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {} if redis_url else folders
    delivery._publisher.cache_clear()
    started = Works(var, redis_url)
    yield started
    started.end()
    delivery._publisher().close()
    delivery._publisher.cache_clear()


@pytest.fixture
def long_plan(cast):
    plan = PlanFactory(unit=cast.province)
    rows = [Task(plan=plan, order=n, number=str(n), title=f"Nhiệm vụ {n} " + "dài " * 30) for n in range(TASKS)]
    Task.objects.bulk_create(rows)
    return plan


def ask(cast, plan, format="pdf"):
    return request_report(kind="progress", format=format, params={"plan": plan.pk}, by=cast[Role.LEADER])


def is_made(job) -> bool:
    job.refresh_from_db()
    assert job.state not in {State.FAILED, State.CANCELLED}, job.error_code
    return job.state == State.DONE


def is_rendering(job) -> bool:
    job.refresh_from_db()
    return job.step == "rendering"


def files_of(job) -> list[Path]:
    return [path for path in Path(django_settings.REPORT_ROOT).rglob(f"{job.pk}*") if path.is_file()]


def test_five_workers_are_killed_and_every_report_is_made_once(cast, long_plan, works):
    works.start_timer()
    worker = works.start_worker()
    for kill in ("all of it", "the pool", "all of it", "the main process", "all of it"):
        job = ask(cast, long_plan)
        wait_for(lambda job=job: is_rendering(job))

        if kill == "all of it":
            kill_all_of(worker)
            worker = works.start_worker()
        elif kill == "the pool":
            for child in children_of(worker):
                os.kill(child, signal.SIGKILL)
        else:
            worker.kill()
            worker.wait()
            worker = works.start_worker()

        wait_for(lambda job=job: is_made(job))
        assert job.attempts <= 2
        # An orphan of the pool that worked on may still be about to take its own file away.
        wait_for(lambda job=job: len(files_of(job)) == 1, 20)
        assert str(files_of(job)[0]).endswith(job.file)


def test_the_worker_is_killed_five_times_over_one_report(cast, long_plan, works):
    works.start_timer()
    job = ask(cast, long_plan)
    for attempt in range(1, 6):
        worker = works.start_worker()
        wait_for(lambda number=attempt: is_rendering(job) and job.attempts == number)
        kill_all_of(worker)
    works.start_worker()

    wait_for(lambda: is_made(job))

    assert (job.attempts, len(files_of(job))) == (6, 1)


def test_a_killed_report_is_made_by_run_jobs_alone(cast, long_plan, works):
    worker = works.start_worker()
    job = ask(cast, long_plan)
    wait_for(lambda: is_rendering(job))
    kill_all_of(worker)
    time.sleep(2.5)  # the lease runs out

    command = [sys.executable, "manage.py", "run_jobs", "--once"]
    subprocess.run(command, cwd=ROOT, env=works.environment, stdout=works.log, stderr=works.log, check=True)

    assert is_made(job)
    assert (job.attempts, len(files_of(job))) == (2, 1)


@pytest.mark.parametrize("redis_url", BROKERS[1:], indirect=True)
def test_a_lost_queue_loses_no_report(cast, long_plan, works):
    jobs = [ask(cast, long_plan, format) for format in ("pdf", "xlsx")]
    client = Redis.from_url(django_settings.REDIS_URL)
    client.flushall()
    client.close()

    ReportJob.objects.update(requested_at="2024-01-01T00:00+07:00")  # long enough ago to be missed
    works.start_timer()
    works.start_worker()

    for job in jobs:
        wait_for(lambda job=job: is_made(job))
        assert len(files_of(job)) == 1


@pytest.mark.parametrize("end", [signal.SIGSTOP, signal.SIGKILL])
@pytest.mark.parametrize("redis_url", BROKERS[1:], indirect=True)
def test_while_the_broker_is_away_pages_answer_and_when_it_is_back_the_report_is_made(
    cast, long_plan, client, redis_server, works, end
):
    works.start_timer()
    works.start_worker()
    client.force_login(cast[Role.LEADER])
    redis_server.end(end)

    response = client.post(reverse("reports:request", args=["progress"]), {"plan": long_plan.pk, "format": "xlsx"})

    job = ReportJob.objects.get()
    assert response["Location"] == reverse("reports:job", args=[job.pk])
    assert client.get(response["Location"]).status_code == 200
    ReportJob.objects.update(requested_at="2024-01-01T00:00+07:00")  # long enough ago to be missed
    redis_server.come_back()
    wait_for(lambda: is_made(job))
    assert len(files_of(job)) == 1
