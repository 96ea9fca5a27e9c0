"""The text in a file that somebody hands over, whichever of the three formats it is in."""

from __future__ import annotations

import re
from pathlib import PurePath

from plans.document import decoding
from plans.document.decoding import (
    HasMacros,
    IsBinary,
    IsDamaged,
    IsEmpty,
    IsEncrypted,
    IsLegacyFont,
    IsOldWord,
    IsRenamed,
    IsTooLarge,
    IsTooLong,
    IsUnsafe,
    NotText,
    decode,
)
from plans.document.legacy import is_legacy
from plans.upload.child import Exhausted, Refused, run

LARGEST_FILE = 10_000_000
LARGEST_TEXT = 1_000_000  # bytes of UTF-8; a plan has a few tens of thousands
_WORD, _PDF, _OLE = b"PK\x03\x04", b"%PDF", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_READERS = {".docx": "plans.document.word:read_word", ".pdf": "plans.document.pdf:read_pdf"}
_MADE_FOR_WORD = {".doc", ".docm", ".dot", ".dotx", ".dotm"}
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
# What no database column takes and no paper shows; line ends and tabs stay.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def read_file(*, name: str, data: bytes) -> str:
    """The text of a .txt, .docx or .pdf. Raises one of the NotText exceptions, whatever the bytes are."""
    if not data:
        raise IsEmpty
    if len(data) > LARGEST_FILE:
        raise IsTooLarge
    called = PurePath(name).suffix.lower()
    kind = _kind_of(data)
    if kind is None:
        if called in {*_READERS, *_MADE_FOR_WORD}:
            raise IsDamaged if called in _READERS else IsOldWord
        text = decode(data)
    elif called == ".docm":
        raise HasMacros
    elif called in {*_READERS, ".txt"} and called != kind:
        raise IsRenamed
    else:
        text = _read(kind, data)
    if is_legacy(text):
        raise IsLegacyFont
    return text


def plain(text: str) -> str:
    """`text` with one kind of line end and without control characters."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _kind_of(data: bytes) -> str | None:
    """The format that the first bytes tell; None for what may be text. Raises IsOldWord or IsEncrypted."""
    if data.startswith(_OLE):
        raise IsEncrypted if _ENCRYPTED_PACKAGE in data else IsOldWord
    if data.startswith(_WORD):
        return ".docx"
    return ".pdf" if _PDF in data[:1024] else None


def _read(kind: str, data: bytes) -> str:
    try:
        text = plain(str(run(_READERS[kind], data)))
    except Exhausted as error:
        raise IsUnsafe("needs too much memory or time") from error
    except Refused as error:
        named = getattr(decoding, error.name, None)
        known = isinstance(named, type) and issubclass(named, NotText)
        if named is NotText:
            raise IsBinary from error
        raise (named if known else IsDamaged)(str(error)) from error  # type: ignore[misc]
    if not text.strip():
        raise IsEmpty
    if len(text.encode()) > LARGEST_TEXT:
        raise IsTooLong
    return text
