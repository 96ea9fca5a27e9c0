"""Scoring workbooks as files: one, or a zip of them, looked into by bounded processes, many files by each."""

from __future__ import annotations

import io
import time
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.renderers.scoring_workbook.cells import packed
from plans.services.evidence import WORDS
from plans.upload import archive, child
from plans.upload.names import harmless_name
from plans.upload.refusal import Reason

LARGEST_BOOK = 5 * 1024 * 1024
MOST_FILES = 400
LARGEST_ZIP = 250_000_000  # bytes that a zip of workbooks may come to
BATCH, BATCH_BYTES = 40, 20_000_000
BATCH_SECONDS, FILE_SECONDS = 20, 3
ALL_SECONDS = 90  # for the reading of one upload: then the rest is to be sent again
READER = "assessments.renderers.scoring_workbook.cells:read_batch"
_ENCRYPTED_OR_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BY_THE_WAY = ("__macosx/", ".ds_store", "thumbs.db", "desktop.ini")

REFUSALS: Mapping[str, str | Promise] = {
    "damaged": gettext_lazy("The file is damaged or was cut off. Open it, save it as .xlsx and send it again."),
    "protected": gettext_lazy(
        "The file is protected by a password or saved in an old format. Save it as .xlsx without a password."
    ),
    "bomb": gettext_lazy("The file unpacks to far more than a workbook of scores holds. Download a new workbook."),
    "too_large": gettext_lazy("The file is larger than any workbook of scores. Send the workbook you downloaded here."),
    "exhausted": gettext_lazy(
        "The file could not be read within the time and memory for one workbook. Download a new one and fill that in."
    ),
    "late": gettext_lazy("The files before it took too long to read. Send the rest in a zip of its own."),
    "sheets": gettext_lazy("There are too many worksheets in the file. Take out those that are not of the workbook."),
    "rows": gettext_lazy(
        "The worksheet has more than 2,000 rows. Delete the empty rows under the table, or download a new workbook."
    ),
    "columns": gettext_lazy(
        "The worksheet has more than 500 columns. Delete the empty columns beside the table, or download a new one."
    ),
    "foreign": gettext_lazy(
        "This is not a workbook of scores from the portal: its hidden sheet is missing. Download the workbook here."
    ),
    "no_head": gettext_lazy(
        "The row of heads with “Mã” and “Kết quả” was not found. Put it back, or download a new workbook."
    ),
    "mismatch": gettext_lazy(
        "This is no .xlsx file, whatever its name says. Save the workbook as .xlsx and send that."
    ),
    "type": gettext_lazy("Only .xlsx files are taken here. Take this file out of the zip."),
}


class WorkbookRefused(Exception):
    """The upload as a whole is not taken; its text says why and what to do."""


@dataclass(frozen=True, slots=True)
class ReadFile:
    """One workbook: what was read of it, or why nothing was."""

    name: str
    found: Mapping[str, Any]

    @property
    def refusal(self) -> str:
        """Why the file was not read, in words; "" where it was."""
        reason = str(self.found.get("refused", ""))
        if not reason:
            return ""
        return str(REFUSALS[reason]) if reason in REFUSALS else str(WORDS[Reason(reason)])


def read_upload(data: bytes, name: str) -> list[ReadFile]:
    """The workbooks in what was sent, a workbook or a zip of workbooks. Raises WorkbookRefused."""
    name = harmless_name(name)[0]
    if not data:
        raise WorkbookRefused(str(WORDS[Reason.EMPTY]))
    if len(data) > settings.MAX_UPLOAD:
        limit = filesizeformat(settings.MAX_UPLOAD)
        raise WorkbookRefused(_("The file is larger than %(limit)s. Send the workbooks in parts.") % {"limit": limit})
    if data.startswith(_ENCRYPTED_OR_OLD):
        raise WorkbookRefused(str(REFUSALS["protected"]))
    if not data.startswith(b"PK"):
        raise WorkbookRefused(str(REFUSALS["mismatch"]))
    if _is_workbook(data):
        read = read_files([(name, data)])
        if read[0].refusal:
            raise WorkbookRefused(read[0].refusal)
        return read
    return read_files(list(_members(data)))


def _is_workbook(data: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as opened:
            return "[Content_Types].xml" in opened.namelist()[: archive.ENTRIES]
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError):
        return True  # whatever it is, the reader of workbooks says what is wrong with it


def _members(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The files in a zip that was looked at first. Raises WorkbookRefused."""
    try:
        archive.inspect(data, entries=MOST_FILES, total=LARGEST_ZIP, nested=True)
    except archive.EncryptedArchive:
        raise WorkbookRefused(str(WORDS[Reason.PROTECTED])) from None
    except archive.DamagedArchive:
        raise WorkbookRefused(str(WORDS[Reason.DAMAGED])) from None
    except archive.UnsafeArchive:
        raise WorkbookRefused(
            _("The zip holds more than %(most)s files, or unpacks to far too much. Send it in parts.")
            % {"most": MOST_FILES}
        ) from None
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        members = [member for member in opened.infolist() if not _is_by_the_way(member)]
        if not members:
            raise WorkbookRefused(_("There is no workbook in the zip."))
        for member in members:
            try:
                yield _name_of(member), opened.read(member)[: LARGEST_BOOK + 1]
            except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError):
                yield _name_of(member), b""


def _is_by_the_way(member: zipfile.ZipInfo) -> bool:
    """Folders, and what computers put beside files."""
    low = member.filename.lower()
    return member.is_dir() or low.startswith(_BY_THE_WAY) or low.endswith(_BY_THE_WAY) or "/~$" in f"/{low}"


def _name_of(member: zipfile.ZipInfo) -> str:
    return harmless_name(member.filename)[0]


def read_files(files: Sequence[tuple[str, bytes]]) -> list[ReadFile]:
    """Each file by itself, whatever the others are."""
    until = time.monotonic() + ALL_SECONDS
    found: list[ReadFile] = []
    for batch in _batches(files):
        found += [ReadFile(name, told) for (name, _data), told in zip(batch, _read(batch, until), strict=True)]
    return found


def _batches(files: Sequence[tuple[str, bytes]]) -> Iterator[list[tuple[str, bytes]]]:
    batch: list[tuple[str, bytes]] = []
    size = 0
    for name, data in files:
        if batch and (len(batch) == BATCH or size + len(data) > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append((name, data))
        size += len(data)
    if batch:
        yield batch


def _read(batch: Sequence[tuple[str, bytes]], until: float) -> list[Mapping[str, Any]]:
    """What a process makes of the batch. If one of the files ends the process, halves are tried until it is alone."""
    if time.monotonic() > until:
        return [{"refused": "late"}] * len(batch)
    seconds = FILE_SECONDS if len(batch) == 1 else BATCH_SECONDS
    try:
        return list(child.run(READER, packed([data for _name, data in batch]), seconds=seconds))
    except (child.Exhausted, child.Refused):
        if len(batch) == 1:
            return [{"refused": "exhausted"}]
    middle = len(batch) // 2
    return [*_read(batch[:middle], until), *_read(batch[middle:], until)]
