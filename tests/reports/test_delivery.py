"""Nudges and heartbeats: what may fail fails without harm."""

from __future__ import annotations

import json
import socket
from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.db.models.functions import Now
from django.urls import reverse

from reports import delivery, tasks
from reports.delivery import Heart, beat, is_broker_reachable, is_worker_alive, nudge
from reports.models import ReportJob, WorkerHeartbeat
from tests.factories.reports import ReportJobFactory
from units.permissions import Role


def message_in(queue):
    with delivery._publisher().connection_for_read() as connection:
        message = connection.default_channel.basic_get(queue)
        return message and (message.content_type, json.loads(message.body))


@pytest.mark.parametrize("queue", ReportJob.Queue.values)
def test_a_nudge_carries_the_job_s_id_and_nothing_else(db, queue):
    job = ReportJobFactory(queue=queue)

    assert nudge(job)

    content_type, (args, kwargs, _embedded) = message_in(queue)
    assert (content_type, args, kwargs) == ("application/json", [], {"job_id": str(job.pk)})


@pytest.fixture
def broker_down(settings):
    """A port nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        settings.REDIS_URL = settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{probe.getsockname()[1]}/0"
    delivery._publisher.cache_clear()


def test_a_broker_that_is_down_costs_nothing_but_the_nudge(db, broker_down):
    assert nudge(ReportJobFactory()) is False
    assert is_broker_reachable() is False


@pytest.mark.django_db(transaction=True)
def test_without_a_broker_the_page_answers_and_the_job_waits(cast, plan, client, broker_down):
    client.force_login(cast[Role.LEADER])

    response = client.post(reverse("reports:request", args=["progress"]), {"plan": plan.pk, "format": "pdf"})

    job = ReportJob.objects.get()
    assert (response.status_code, response["Location"]) == (302, reverse("reports:job", args=[job.pk]))
    assert job.state == ReportJob.State.QUEUED


def test_the_embedded_broker_is_reachable_while_its_folders_can_be_written(settings, tmp_path):
    settings.BROKER_DIR = tmp_path
    assert not is_broker_reachable()

    for name in ("queue", "processed", "control"):
        (tmp_path / name).mkdir()
    assert is_broker_reachable()


def test_a_worker_is_alive_while_it_beats(db):
    assert not is_worker_alive()
    beat("host:1")
    beat("host:1")
    assert is_worker_alive()
    assert WorkerHeartbeat.objects.count() == 1

    WorkerHeartbeat.objects.update(seen_at=Now() - timedelta(seconds=61))
    assert not is_worker_alive()


def test_workers_not_seen_for_a_day_are_forgotten(db):
    beat("old")
    WorkerHeartbeat.objects.update(seen_at=Now() - timedelta(days=2))

    beat("new")

    assert list(WorkerHeartbeat.objects.values_list("name", flat=True)) == ["new"]


def test_the_heart_goes_on_when_a_beat_fails():
    beats = []

    def fails(name):
        beats.append(name)
        if len(beats) == 3:
            heart.stop()
        raise DatabaseError

    heart = Heart("host:1", every=0.001, beat=fails)
    heart.start()
    heart.join(timeout=10)

    assert not heart.is_alive()
    assert beats == ["host:1"] * 3


def test_the_worker_s_heart_beats_from_ready_to_shutdown(monkeypatch):
    hearts = []

    class Quiet:
        def __init__(self, name):
            hearts.append([name])

        def start(self):
            hearts[-1].append("beats")

        def stop(self):
            hearts[-1].append("stops")

    monkeypatch.setattr(tasks, "Heart", Quiet)
    monkeypatch.setattr(tasks, "_hearts", [])

    tasks.start_heart()
    tasks.stop_heart()

    assert hearts[0][1:] == ["beats", "stops"]
