"""Plain text and tables of plain text. Pure."""

from __future__ import annotations

import codecs
import re
import unicodedata

from plans.upload.refusal import Reason, RefusedFile

_MARKUP = re.compile(
    r"<(?:!doctype|html|head|body|script|svg|iframe|object|embed|meta|xml|\?xml|\?php|\?=|%)", re.IGNORECASE
)
_BINARY = (b"MZ", b"\x7fELF", b"%PDF", b"PK\x03\x04", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"{\\rtf", b"%!PS", b"GIF8")
# What a spreadsheet would run when it opens the table: a formula, or a number with a call hung to it.
_FORMULA = re.compile(r"(?:^|[,;\t|\n])[ \"']*(?:[=@＝＠]|[+\-＋－][^,;\t\n]*[|!(])", re.MULTILINE)
_HEAD = 4096


def read_text(data: bytes) -> str:
    """The text of a file in UTF-8, or in UTF-16 where it begins by saying so. Raises RefusedFile."""
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        raise RefusedFile(Reason.ENCODING) from None


def check_text(data: bytes) -> None:
    _readable(data)


def check_csv(data: bytes) -> None:
    if _FORMULA.search(_readable(data)):
        raise RefusedFile(Reason.FORMULA)


def _readable(data: bytes) -> str:
    if data.startswith(_BINARY):
        raise RefusedFile(Reason.MISMATCH)
    text = read_text(data)
    if any(unicodedata.category(letter) == "Cc" and letter not in "\t\r\n\f" for letter in set(text)):
        raise RefusedFile(Reason.MISMATCH)
    if _MARKUP.search(text[:_HEAD]) or text.lstrip().startswith("#!"):
        raise RefusedFile(Reason.MISMATCH)
    return text
