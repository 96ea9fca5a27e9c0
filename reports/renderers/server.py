"""The rendering process: `python -m reports.renderers.server <pid of the parent>`.

It imports the renderers once and then forks a child for each request that comes in on standard input, so a page costs
no start-up and nothing that a report does to its child outlives the child. It answers on standard output in lines of
JSON: any number of {"step", "percent"} and {"error", "detail"} from the child, then one {"exit", "signal"} of its own.
"""

from __future__ import annotations

import ctypes
import errno
import gc
import json
import os
import pickle
import resource
import signal
import struct
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import IO, Any

import django

FRAME = struct.Struct(">II")  # lengths of the JSON head and of the pickled report that follow
PR_SET_PDEATHSIG = 1


def die_with(parent: int) -> None:
    """Have the kernel end this process when its parent ends (Linux; elsewhere the end of standard input does it)."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before the kernel was told
        os._exit(1)


def limit(*, memory: int, file_size: int) -> None:
    """Bounds in bytes on address space and on each written file; no core dumps; first to go when memory runs out."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_size, file_size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


class Answers:
    """Whole lines on the pipe to the parent; each is shorter than what a pipe writes at once."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def send(self, **answer: object) -> None:
        os.write(self._descriptor, json.dumps(answer).encode()[:4000] + b"\n")


def code_of(error: BaseException) -> str:
    """The reason as one word that the job row keeps."""
    if isinstance(error, MemoryError):
        return "memory"
    if isinstance(error, SystemExit):
        return "exited"
    if isinstance(error, OSError):
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            return "disk_full"
        if error.errno == errno.EFBIG:
            return "too_large"
        if error.errno == errno.ENOMEM:
            return "memory"
    if type(error).__name__ == "FatalURLFetchingError":  # WeasyPrint's, a BaseException
        return "blocked"
    return "render"


def render(head: dict[str, Any], body: bytes, answers: Answers) -> None:
    """In the child: render and write the file."""
    limit(memory=head["memory"], file_size=head["file_size"])
    module, _colon, function = head["renderer"].partition(":")
    report = pickle.loads(body)  # noqa: S301 -- from our own parent, through a pipe
    answers.send(step="rendering", percent=40)
    content = getattr(import_module(module), function)(report, head["job"])
    answers.send(step="writing", percent=85)
    with open(head["target"], "xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def serve_one(head: dict[str, Any], body: bytes, answers: Answers) -> None:
    server = os.getpid()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            die_with(server)
            render(head, body, answers)
            code = 0
        except BaseException as error:  # noqa: BLE001 -- whatever happened, the parent is told and the child ends
            answers.send(error=code_of(error), detail=repr(error)[:500])
        finally:
            os._exit(code)
    _pid, status = os.waitpid(child, 0)
    answers.send(
        exit=os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
        signal=os.WTERMSIG(status) if os.WIFSIGNALED(status) else None,
    )


def read_exactly(source: IO[bytes], length: int) -> bytes:
    data = source.read(length)
    if len(data) < length:  # the parent is gone
        sys.exit(0)
    return data


def main() -> None:
    die_with(int(sys.argv[1]))
    # Answers go to a descriptor of their own: whatever prints to standard output lands in the log instead.
    answers = Answers(os.dup(1))
    os.dup2(2, 1)
    django.setup()
    for module in ("reports.renderers.pdf", "reports.renderers.docx", "reports.renderers.xlsx"):
        import_module(module)
    gc.collect()
    gc.freeze()  # children share what is loaded instead of copying it at the first collection
    source = sys.stdin.buffer
    while True:
        head_length, body_length = FRAME.unpack(read_exactly(source, FRAME.size))
        head = json.loads(read_exactly(source, head_length))
        serve_one(head, read_exactly(source, body_length), answers)


if __name__ == "__main__":
    main()
