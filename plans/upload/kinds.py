"""Which files people may send, and whether one is what its name says. Pure.

A file is taken by its extension and its content together: both must be of the same kind, and nothing in it may run,
load something else or be a second file in disguise.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from plans.upload import images, office, portable, text
from plans.upload.refusal import Reason, RefusedFile


@dataclass(frozen=True, kw_only=True)
class Kind:
    """`preview` is how a page may show it: "image", "pdf", "text", or "" for its particulars alone."""

    extensions: tuple[str, ...]
    media_type: str
    check: Callable[[bytes], None]
    preview: str = ""


_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_POWERPOINT = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
_ODT = "application/vnd.oasis.opendocument.text"
_ODS = "application/vnd.oasis.opendocument.spreadsheet"

KINDS: tuple[Kind, ...] = (
    Kind(extensions=("pdf",), media_type="application/pdf", check=portable.check_pdf, preview="pdf"),
    Kind(extensions=("docx",), media_type=_WORD, check=office.ooxml("wordprocessingml.document")),
    Kind(extensions=("xlsx",), media_type=_EXCEL, check=office.ooxml("spreadsheetml.sheet")),
    Kind(extensions=("pptx",), media_type=_POWERPOINT, check=office.ooxml("presentationml.presentation")),
    Kind(extensions=("odt",), media_type=_ODT, check=office.open_document(_ODT)),
    Kind(extensions=("ods",), media_type=_ODS, check=office.open_document(_ODS)),
    Kind(extensions=("jpg", "jpeg"), media_type="image/jpeg", check=images.check_jpeg, preview="image"),
    Kind(extensions=("png",), media_type="image/png", check=images.check_png, preview="image"),
    Kind(extensions=("webp",), media_type="image/webp", check=images.check_webp, preview="image"),
    Kind(extensions=("txt",), media_type="text/plain", check=text.check_text, preview="text"),
    Kind(extensions=("csv",), media_type="text/csv", check=text.check_csv, preview="text"),
)
BY_EXTENSION = {extension: kind for kind in KINDS for extension in kind.extensions}
BY_MEDIA_TYPE = {kind.media_type: kind for kind in KINDS}
EXTENSIONS = tuple(BY_EXTENSION)

# What other contents begin with: named when a file is something else than it says.
_ENCRYPTED_OR_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def check(data: bytes, extension: str) -> Kind:
    """The kind of a file with this content and this extension. Raises RefusedFile with the reason."""
    kind = BY_EXTENSION.get(extension)
    if kind is None:
        raise RefusedFile(Reason.TYPE)
    if not data:
        raise RefusedFile(Reason.EMPTY)
    if data.startswith(_ENCRYPTED_OR_OLD_OFFICE):
        raise RefusedFile(Reason.PROTECTED)
    kind.check(data)
    return kind
