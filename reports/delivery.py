"""The way from a job row to a worker: a nudge through the broker, which may fail without harm."""

from __future__ import annotations


def is_broker_reachable() -> bool:
    return True


def is_worker_alive() -> bool:
    return True
