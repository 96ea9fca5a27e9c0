"""Why a file is not taken. Pure: the words for people are the service's."""

from __future__ import annotations

from enum import StrEnum, auto


class Reason(StrEnum):
    EMPTY = auto()
    TYPE = auto()  # not a type that is taken
    MISMATCH = auto()  # the content is not what the extension says
    DAMAGED = auto()  # cut off, or not to be read
    PROTECTED = auto()  # encrypted, so nobody can look inside; or an old binary Office file
    MACROS = auto()
    EMBEDDED = auto()  # another file inside
    LINKED = auto()  # loads something from elsewhere
    ACTIVE = auto()  # a PDF that acts by itself
    HIDDEN = auto()  # a second file in disguise
    BOMB = auto()  # unpacks to far more than it is
    DIMENSIONS = auto()
    ENCODING = auto()
    FORMULA = auto()  # a table whose cells a spreadsheet would run


class RefusedFile(Exception):
    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason
