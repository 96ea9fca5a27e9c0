"""Lets the demo tell of the past: what it does inside happens, for every service and every stored moment, then."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from unittest.mock import patch

from django.utils import timezone


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """The portal's clock starts at `moment` and runs on. Only for the demo: a round of last year passes through the
    same services, with the same checks of its dates, as one of today."""
    begun = timezone.now()
    real = timezone.now

    def now() -> datetime:
        return moment + (real() - begun)

    with patch.object(timezone, "now", now):
        yield
