"""The body of a request as the server hands it over: whole, or the request fails. Loaded before Django is set up."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any


class BrokenOff(OSError):
    """The client went away before it had sent what it had promised."""


class WholeBody:
    """A body that ends where it was promised to, or raises: a file whose upload broke off is no file."""

    def __init__(self, stream: Any, length: int) -> None:
        self._stream, self._left = stream, length

    def read(self, size: int = -1) -> bytes:
        piece: bytes = self._stream.read(self._left if size < 0 else min(size, self._left))
        return self._counted(piece, wanted=size != 0)

    def readline(self, size: int = -1) -> bytes:
        piece: bytes = self._stream.readline(self._left if size < 0 else min(size, self._left))
        return self._counted(piece, wanted=size != 0)

    def _counted(self, piece: bytes, *, wanted: bool) -> bytes:
        self._left -= len(piece)
        if not piece and wanted and self._left > 0:
            raise BrokenOff("the request ended too soon")
        return piece


def whole_bodies(application: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """The WSGI application, its requests' bodies guarded."""

    def guarded(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        said = environ.get("CONTENT_LENGTH") or ""
        if said.isascii() and said.isdigit() and (length := int(said[:20])):
            environ["wsgi.input"] = WholeBody(environ["wsgi.input"], length)
        return application(environ, start_response)

    return guarded
