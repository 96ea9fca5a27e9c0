"""Acts that start together, each on a connection of its own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection

from assessments.services.rows import StaleScore
from assessments.services.standing import ActRefused


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each act returns, or its refusal."""
    start = Barrier(len(acts), timeout=30)

    def run(act):
        try:
            start.wait()
            return act()
        except (ActRefused, StaleScore) as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))
