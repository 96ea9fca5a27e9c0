"""The way from a job row to a worker: a nudge through the broker, which may fail without harm."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from functools import cache
from threading import Event, Thread

from celery import Celery
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models.functions import Now
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from reports.models import ReportJob, WorkerHeartbeat

logger = logging.getLogger(__name__)

TASK = "reports.tasks.run_report_job"
PUBLISH_SECONDS = 0.4  # of patience with a broker that does not answer, while a person waits for the page
HEARTBEAT_SECONDS = 10
ALIVE_SECONDS = 60
BROKER_ERRORS = (KombuError, RedisError, OSError)


@cache
def _publisher() -> Celery:
    """A sender of its own: the worker must wait long at the broker, a page may not."""
    app = Celery("isoportal-publisher", set_as_current=False)
    app.config_from_object("django.conf:settings", namespace="CELERY")
    if settings.REDIS_URL:
        app.conf.broker_transport_options = {
            **settings.CELERY_BROKER_TRANSPORT_OPTIONS,
            "socket_timeout": PUBLISH_SECONDS,
            "socket_connect_timeout": PUBLISH_SECONDS,
            "retry_on_timeout": False,
            "health_check_interval": 0,
            "max_retries": 0,
        }
    return app


def nudge(job: ReportJob) -> bool:
    """Tell a worker that there is a job. False when the broker could not be told: the row stays queued and the reaper
    nudges again. Never raises for a broker, and holds the caller for about a second at most."""
    try:
        _publisher().send_task(TASK, kwargs={"job_id": str(job.pk)}, queue=job.queue, retry=False, ignore_result=True)
    except BROKER_ERRORS as error:
        logger.warning("The broker did not take a nudge", extra={"job": str(job.pk), "error": repr(error)})
        return False
    return True


def is_broker_reachable() -> bool:
    if not settings.REDIS_URL:
        return all(os.access(settings.BROKER_DIR / name, os.W_OK) for name in ("queue", "processed", "control"))
    try:
        with closing(_publisher().connection_for_write()) as broker:
            broker.ensure_connection(max_retries=0, timeout=PUBLISH_SECONDS)
            broker.default_channel.client.ping()
    except BROKER_ERRORS:
        return False
    return True


def is_worker_alive() -> bool:
    """Whether any worker wrote its heartbeat within the last minute, by the database's clock."""
    return WorkerHeartbeat.objects.filter(seen_at__gte=Now() - timedelta(seconds=ALIVE_SECONDS)).exists()


def beat(name: str) -> None:
    """Write down that the worker `name` is there; forget workers not seen for a day."""
    seen = WorkerHeartbeat.objects.filter(name=name).update(seen_at=Now())
    if not seen:
        WorkerHeartbeat.objects.bulk_create([WorkerHeartbeat(name=name, seen_at=Now())], ignore_conflicts=True)
        WorkerHeartbeat.objects.filter(seen_at__lt=Now() - timedelta(days=1)).delete()


class Heart(Thread):
    """Beats beside the work. It closes its connection after each beat, so that a fork never inherits one."""

    def __init__(self, name: str, *, every: float = HEARTBEAT_SECONDS, beat: Callable[[str], None] = beat) -> None:
        super().__init__(name="heart", daemon=True)
        self._worker, self._every, self._beat = name, every, beat
        self._stopped = Event()

    def run(self) -> None:
        while not self._stopped.is_set():
            try:
                self._beat(self._worker)
            except DatabaseError:
                logger.exception("No heartbeat could be written")
            finally:
                connection.close()
            self._stopped.wait(self._every)

    def stop(self) -> None:
        self._stopped.set()
