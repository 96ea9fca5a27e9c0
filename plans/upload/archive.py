"""The directory of a zip file (Word, Excel) within a budget, before anything opens it. Pure.

What the directory says of sizes may be a lie, so every entry is inflated once, counted, and thrown away.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

ENTRIES = 200
TOTAL = 50_000_000
RATIO = 100
_SMALL = 1_000_000  # an entry that inflates to less is no bomb, however well it was packed
_PIECE = 65_536
_END = struct.Struct("<4s4H2LH")  # end of the central directory
_END_MARK = b"PK\x05\x06"
_LARGEST_COMMENT = 65_535
_LARGEST_DIRECTORY = 400  # bytes of the directory for one entry
_NESTED = (b"PK\x03\x04", b"PK\x05\x06")
_ENCRYPTED = 0x1


class UnsafeArchive(Exception):
    """The archive is beyond the budget or is built to harm."""


class EncryptedArchive(UnsafeArchive):
    pass


class DamagedArchive(UnsafeArchive):
    """Truncated, or no archive at all."""


def inspect(
    data: bytes, *, entries: int = ENTRIES, total: int = TOTAL, ratio: int = RATIO, nested: bool = False
) -> frozenset[str]:
    """The names in the archive. Raises UnsafeArchive, EncryptedArchive or DamagedArchive.

    At most `entries` names and `total` bytes, no entry packed tighter than `ratio`, no name twice or leading out of
    the archive, no two entries over the same bytes; no archive inside the archive unless `nested` (a workbook in a
    Word document, which nobody opens).
    """
    _check_end(data, entries)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            _check_names([member.filename for member in members], entries)
            _check_places(members)
            left = total
            for member in members:
                left -= _inflated(archive, member, left, ratio, nested=nested)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, struct.error, ValueError, OSError) as error:
        raise DamagedArchive(repr(error)) from error
    return frozenset(member.filename for member in members)


def _check_end(data: bytes, entries: int) -> None:
    """Look at the end of the directory first: a list of a million entries is not even read."""
    place = data.rfind(_END_MARK, max(0, len(data) - _LARGEST_COMMENT - _END.size))
    if place < 0 or place + _END.size > len(data):
        raise DamagedArchive("no end of the directory")
    _mark, disk, first, _here, count, size, _offset, _comment = _END.unpack_from(data, place)
    if disk or first or count == 0xFFFF or size == 0xFFFFFFFF:
        raise UnsafeArchive("several disks or more entries than a document has")
    if count > entries or size > entries * _LARGEST_DIRECTORY:
        raise UnsafeArchive(f"{count} entries")


def _check_names(names: list[str], entries: int) -> None:
    if len(names) > entries or len(set(names)) < len(names):
        raise UnsafeArchive("too many names, or one twice")
    for name in names:
        parts = name.replace("\\", "/").split("/")
        if name.startswith(("/", "\\")) or ".." in parts or ":" in parts[0] or "\0" in name:
            raise UnsafeArchive("a name leads out of the archive")


def _check_places(members: list[zipfile.ZipInfo]) -> None:
    end = 0
    for member in sorted(members, key=lambda each: each.header_offset):
        if member.header_offset < end:
            raise UnsafeArchive("entries overlap")
        end = member.header_offset + 30 + member.compress_size


def _inflated(archive: zipfile.ZipFile, member: zipfile.ZipInfo, left: int, ratio: int, *, nested: bool) -> int:
    """How many bytes the entry really has; stops as soon as it is too many."""
    if member.flag_bits & _ENCRYPTED:
        raise EncryptedArchive(member.filename[:80])
    if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise UnsafeArchive("packed in an unusual way")
    size = 0
    with archive.open(member) as content:
        while piece := content.read(_PIECE):
            if size == 0 and not nested and piece.startswith(_NESTED):
                raise UnsafeArchive("an archive inside the archive")
            size += len(piece)
            if size > left or (size > _SMALL and size > ratio * max(1, member.compress_size)):
                raise UnsafeArchive("inflates to too much")
    return size
