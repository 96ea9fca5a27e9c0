"""Functions that take what they should not, for the process that holds readers in bounds."""

from __future__ import annotations

import os
import signal


def take_memory(data: bytes) -> int:
    return len(bytearray(2_000_000_000))


def never_end(data: bytes) -> None:
    while True:
        hash(data)


def refuse(data: bytes) -> None:
    raise ValueError("no")


def look_around(data: bytes) -> list[object]:
    """What happened on writing a file, and whether the environment holds a secret."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        with open(data.decode(), "wb") as file:
            file.write(b"a")
        written = "written"
    except OSError:
        written = "OSError"
    return [written, "SECRET_KEY" in os.environ]
