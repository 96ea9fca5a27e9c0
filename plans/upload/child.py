"""Runs a pure function over the bytes of a file in a process of its own, with bounds on its memory and time.

`python -m plans.upload.child <module:function> <bytes of memory> <seconds>` reads the file from standard input and
answers on standard output with one JSON object: {"value": …} or {"error": <name of the exception>, "detail": …}.
Readers of Word and PDF are large and old; what a hostile file does to one of them ends with this process.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

MEMORY = 240 * 1024 * 1024
SECONDS = 15
_ROOT = Path(__file__).resolve().parents[2]
_AT_ONCE = BoundedSemaphore(3)  # in one worker: more wait their turn instead of filling the machine


class Refused(Exception):
    """The function raised; `name` is the name of what it raised."""

    def __init__(self, name: str, detail: str = "") -> None:
        super().__init__(f"{name}: {detail}" if detail else name)
        self.name = name


class Exhausted(Exception):
    """The function needed more memory or time than it may have, or its process died."""


def run(function: str, data: bytes, *, memory: int = MEMORY, seconds: int = SECONDS) -> Any:
    """What `function` ("plans.document.word:read_word") makes of `data`. Raises Refused or Exhausted, never hangs."""
    with _AT_ONCE:
        try:
            ended = subprocess.run(  # noqa: S603 -- our own module; no shell
                [sys.executable, "-m", "plans.upload.child", function, str(memory), str(seconds)],
                input=data,
                capture_output=True,
                cwd=_ROOT,
                env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},  # none of the portal's secrets
                timeout=seconds,
                start_new_session=True,
                check=False,
            )
        except subprocess.TimeoutExpired as late:
            raise Exhausted(f"{seconds} s") from late
    if ended.returncode:
        raise Exhausted(f"status {ended.returncode}")
    answer = json.loads(ended.stdout)
    if "error" in answer:
        if answer["error"] == "MemoryError":
            raise Exhausted(answer["detail"])
        raise Refused(answer["error"], answer["detail"])
    return answer["value"]


def limit(*, memory: int, seconds: int) -> None:
    """Bounds on address space and processor time; no file may be written, no core dumped."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(function: str, memory: int, seconds: int) -> None:
    out = os.dup(1)
    os.dup2(2, 1)  # whatever prints lands on standard error
    data = sys.stdin.buffer.read()
    module, _colon, name = function.partition(":")
    called = getattr(import_module(module), name)
    limit(memory=memory, seconds=seconds)
    try:
        answer = {"value": called(data)}
    except Exception as error:  # noqa: BLE001 -- whatever happened, the parent is told and this process ends
        answer = {"error": type(error).__name__, "detail": repr(error)[:300]}
    with open(out, "wb") as pipe:
        pipe.write(json.dumps(answer).encode())


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
