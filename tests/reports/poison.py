"""Renderers that go wrong in every way a renderer can. They run in the rendering process."""

from __future__ import annotations

import errno
import os
import signal
import sys
import time

from weasyprint.urls import FatalURLFetchingError


def raises(report, job_id):
    raise ValueError("bad data")


def exits(report, job_id):
    sys.exit(3)


def vanishes(report, job_id):
    os._exit(0)


def crashes(report, job_id):
    os.kill(os.getpid(), signal.SIGSEGV)


def is_killed(report, job_id):
    os.kill(os.getpid(), signal.SIGKILL)


def devours(report, job_id):
    return b"x" * 4_000_000_000


def overflows(report, job_id):
    return b"x" * 2_000_000


def hangs(report, job_id):
    time.sleep(60)


def fetches(report, job_id):
    raise FatalURLFetchingError("file:///etc/passwd")


def finds_no_room(report, job_id):
    raise OSError(errno.ENOSPC, "No space left on device")


def chatters(report, job_id):
    print("not an answer")  # noqa: T201
    return b"fine"


def ends_its_parent(report, job_id):
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(60)
