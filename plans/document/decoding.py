"""The bytes of a file as text."""

from __future__ import annotations

import codecs

LARGEST = 5_000_000
MOST_PAGES = 60  # of a PDF
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# Word, PDF, old Office and archives: what people hand over when they mean their text.
_OTHER_FORMATS = (b"PK\x03\x04", b"%PDF", b"\xd0\xcf\x11\xe0", b"{\\rtf", b"\x1f\x8b", b"\x89PNG", b"\xff\xd8\xff")


class NotText(Exception):
    """The bytes are no text that can be read."""


class IsEmpty(NotText):
    pass


class IsBinary(NotText):
    pass


class IsNotUnicode(NotText):
    pass


class IsTooLarge(NotText):
    pass


class IsTooLong(NotText):
    """More pages or words than a plan has."""


class IsOldWord(NotText):
    """A .doc of Word 97–2003."""


class IsEncrypted(NotText):
    """Asks for a password."""


class HasMacros(NotText):
    pass


class IsDamaged(NotText):
    """Truncated, or broken inside."""


class IsUnsafe(NotText):
    """Built to harm whoever opens it, or beyond every size of a document."""


class HasNoText(NotText):
    """Pictures of pages: a scanned PDF."""


class IsLegacyFont(NotText):
    """Typed in TCVN3 or VNI."""


class IsRenamed(NotText):
    """The name says another format than the content is."""


def decode(data: bytes) -> str:
    """UTF-8 with or without a mark, or UTF-16 with one. Raises IsEmpty, IsBinary, IsNotUnicode or IsTooLarge."""
    if len(data) > LARGEST:
        raise IsTooLarge
    if data.startswith(_OTHER_FORMATS):
        raise IsBinary
    try:
        text = data.decode("utf-16" if data.startswith(_UTF16) else "utf-8-sig")
    except UnicodeDecodeError:
        raise (IsBinary if b"\0" in data else IsNotUnicode) from None
    if "\0" in text:
        raise IsBinary
    if not text.strip():
        raise IsEmpty
    return text
