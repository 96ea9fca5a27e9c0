"""The near side of the rendering process: starts it, hands it a report, waits, and always learns how it ended."""

from __future__ import annotations

import atexit
import json
import os
import pickle
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from threading import Lock
from typing import IO, Any, cast

from django.conf import settings

from reports.renderers import Format
from reports.renderers.server import FRAME

TICK_SECONDS = 0.25


class Remedy(Enum):
    """What may help after a failure: nothing, another try (counted), or waiting for the surroundings (not counted)."""

    NONE = auto()
    RETRY = auto()
    WAIT = auto()


class RenderError(Exception):
    """Rendering did not give a file. `code` says why in one word."""

    def __init__(self, code: str, detail: str = "", *, remedy: Remedy = Remedy.NONE) -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.remedy = remedy


@dataclass(frozen=True, kw_only=True)
class Step:
    name: str
    percent: int


class RenderProcess:
    """One warm rendering process, for one caller at a time. Started when first needed and again after it was ended."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0
        self._buffer = b""
        self._busy = Lock()

    def start(self) -> subprocess.Popen[bytes]:
        """The running process. Returns at once: what is sent while it still loads waits in the pipe."""
        if self._owner != os.getpid():  # a fork must not talk through its parent's pipe
            self._process = None
        if self._process is not None and self._process.poll() is not None:
            self._close(self._process)
            self._process = None
        if self._process is None:
            self._owner, self._buffer = os.getpid(), b""
            self._process = subprocess.Popen(  # noqa: S603 -- our own module
                [sys.executable, "-m", "reports.renderers.server", str(os.getpid())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                cwd=settings.BASE_DIR,
                start_new_session=True,  # Ctrl-C ends the worker, which lets a running report finish
            )
        return self._process

    def stop(self) -> None:
        """End it at once, its child with it."""
        if self._process is None or self._owner != os.getpid():
            return
        self._process.kill()
        self._process.wait()
        self._close(self._process)
        self._process = None

    @staticmethod
    def _close(process: subprocess.Popen[bytes]) -> None:
        for pipe in (process.stdin, process.stdout):
            if pipe:
                with suppress(BrokenPipeError):  # what was not sent went with the process
                    pipe.close()

    def render(
        self, *, format: Format, report: object, job_id: str, target: Path, tick: Callable[[Step | None], None]
    ) -> None:
        """Write the file to `target`, synced to disk. Calls `tick` every quarter of a second and at each step; whatever
        it raises ends the rendering.

        Raises RenderError, however the child ended; never leaves a child behind.
        """
        head = {
            "renderer": format.renderer,
            "job": job_id,
            "target": str(target),
            "memory": settings.REPORT_RENDER_MEMORY,
            "file_size": settings.REPORT_RENDER_FILE_SIZE,
        }
        body = pickle.dumps(report)
        with self._busy:
            process = self.start()
            answered = False
            try:
                self._send(process, head, body)
                failure = self._wait(process, time.monotonic() + settings.REPORT_RENDER_SECONDS, tick)
                answered = True
            finally:
                if not answered:
                    self.stop()
        if failure:
            raise failure

    @staticmethod
    def _send(process: subprocess.Popen[bytes], head: dict[str, Any], body: bytes) -> None:
        encoded = json.dumps(head).encode()
        pipe = cast("IO[bytes]", process.stdin)
        try:
            pipe.write(FRAME.pack(len(encoded), len(body)) + encoded + body)
            pipe.flush()
        except BrokenPipeError as error:
            raise RenderError("gone", remedy=Remedy.RETRY) from error

    def _wait(
        self, process: subprocess.Popen[bytes], deadline: float, tick: Callable[[Step | None], None]
    ) -> RenderError | None:
        """Until the child has ended; why there is no file, if there is none."""
        failure: RenderError | None = None
        while True:
            answer = self._answer(process)
            if answer is None:
                if time.monotonic() > deadline:
                    raise RenderError("timeout")
                tick(None)
            elif "step" in answer:
                tick(Step(name=answer["step"], percent=answer["percent"]))
            elif "error" in answer:
                remedy = Remedy.WAIT if answer["error"] == "disk_full" else Remedy.NONE
                failure = RenderError(answer["error"], answer["detail"], remedy=remedy)
            else:
                return failure or _failure_of(answer)

    def _answer(self, process: subprocess.Popen[bytes]) -> dict[str, Any] | None:
        """The next line, or None when a tick passed without one."""
        pipe = cast("IO[bytes]", process.stdout)
        while b"\n" not in self._buffer:
            ready, _writable, _failed = select.select([pipe], [], [], TICK_SECONDS)
            if not ready:
                return None
            data = os.read(pipe.fileno(), 65536)
            if not data:
                raise RenderError("gone", remedy=Remedy.RETRY)
            self._buffer += data
        line, _newline, self._buffer = self._buffer.partition(b"\n")
        answer: dict[str, Any] = json.loads(line)
        return answer


def _failure_of(answer: dict[str, Any]) -> RenderError | None:
    if answer["signal"] == signal.SIGKILL:  # the kernel's or an operator's doing: the next try may find more room
        return RenderError("killed", remedy=Remedy.RETRY)
    if answer["signal"] is not None:
        return RenderError("crashed", signal.Signals(answer["signal"]).name)
    if answer["exit"]:
        return RenderError("exited", f"status {answer['exit']}")
    return None


renderer = RenderProcess()
atexit.register(renderer.stop)
