"""What workers are nudged to do. A message holds a job's id and nothing else; everything else is in the row."""

from __future__ import annotations

import os
import socket

from celery import shared_task
from celery.signals import worker_process_init, worker_process_shutdown, worker_ready, worker_shutdown

from activity.origin import Origin, acting_from
from reports import jobs
from reports.delivery import Heart
from reports.renderers.process import renderer

_hearts: list[Heart] = []


@shared_task(name="reports.tasks.run_report_job")
def run_report_job(*, job_id: str) -> None:
    jobs.run(job_id)


@shared_task(name="reports.tasks.reap_report_jobs")
def reap_report_jobs() -> None:
    with acting_from(Origin(channel="timer")):
        jobs.reap()


@shared_task(name="reports.tasks.expire_report_files")
def expire_report_files() -> None:
    with acting_from(Origin(channel="timer")):
        jobs.expire()


@worker_ready.connect
def start_heart(**kwargs: object) -> None:
    """In the worker's main process, once it takes tasks."""
    heart = Heart(f"{socket.gethostname()}:{os.getpid()}")
    heart.start()
    _hearts.append(heart)


@worker_shutdown.connect
def stop_heart(**kwargs: object) -> None:
    for heart in _hearts:
        heart.stop()


@worker_process_init.connect
def warm_renderer(**kwargs: object) -> None:
    """In each process of the pool: the rendering process loads while there is no report to make."""
    renderer.start()


@worker_process_shutdown.connect
def stop_renderer(**kwargs: object) -> None:
    renderer.stop()
