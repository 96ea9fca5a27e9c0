"""Pictures: read by their headers, never decoded. Pure."""

from __future__ import annotations

import re
import struct

from plans.upload.refusal import Reason, RefusedFile

LARGEST_SIDE = 30_000
LARGEST_AREA = 200_000_000
_FOREIGN = re.compile(rb"<\?php|<\?=|<script|<html|<svg|<!doctype|<iframe|<body|%PDF-1", re.IGNORECASE)
_ZIP_END = b"PK\x05\x06"
_ZIP_BEGIN = b"PK\x03\x04"
_ZIP_TAIL = 70_000  # where the directory of a zip hung to the end would have to end
_PNG = b"\x89PNG\r\n\x1a\n"
_START_OF_FRAME = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
_ALONE = {0x01, *range(0xD0, 0xD9)}


def check_png(data: bytes) -> None:
    if not data.startswith(_PNG):
        raise RefusedFile(Reason.MISMATCH)
    place = len(_PNG)
    seen: list[bytes] = []
    while place < len(data):
        if place + 12 > len(data):
            raise RefusedFile(Reason.DAMAGED)
        size, kind = struct.unpack_from(">I4s", data, place)
        if place + 12 + size > len(data):
            raise RefusedFile(Reason.DAMAGED)
        if not seen and (kind != b"IHDR" or size != 13):
            raise RefusedFile(Reason.DAMAGED)
        seen.append(kind)
        place += 12 + size
        if kind == b"IEND":
            break
    if seen[-1:] != [b"IEND"] or b"IDAT" not in seen:
        raise RefusedFile(Reason.DAMAGED)
    if data[place:].strip(b"\0\r\n"):
        raise RefusedFile(Reason.HIDDEN)
    _check_size(*struct.unpack_from(">II", data, 16))
    _check_alone(data)


def check_jpeg(data: bytes) -> None:
    if not data.startswith(b"\xff\xd8\xff"):
        raise RefusedFile(Reason.MISMATCH)
    width, height = _jpeg_size(data)
    # What some telephones hang behind the picture is let be, unless it is a file of another kind.
    if b"\xff\xd9" not in data[-_ZIP_TAIL:] and b"\xff\xd9" not in data:
        raise RefusedFile(Reason.DAMAGED)
    _check_size(width, height)
    _check_alone(data)


def _jpeg_size(data: bytes) -> tuple[int, int]:
    """Width and height from the frame's header; the segments before it must follow one another."""
    place = 2
    while place + 4 <= len(data):
        if data[place] != 0xFF:
            raise RefusedFile(Reason.DAMAGED)
        marker = data[place + 1]
        if marker == 0xFF:  # a fill byte
            place += 1
        elif marker in _ALONE:
            place += 2
        elif marker in _START_OF_FRAME:
            if place + 9 > len(data):
                break
            height, width = struct.unpack_from(">HH", data, place + 5)
            return width, height
        elif marker in {0xD9, 0xDA}:
            break
        else:
            (size,) = struct.unpack_from(">H", data, place + 2)
            if size < 2:
                break
            place += 2 + size
    raise RefusedFile(Reason.DAMAGED)


def check_webp(data: bytes) -> None:
    if not (data.startswith(b"RIFF") and data[8:12] == b"WEBP"):
        raise RefusedFile(Reason.MISMATCH)
    if len(data) < 30:
        raise RefusedFile(Reason.DAMAGED)
    (size,) = struct.unpack_from("<I", data, 4)
    if size + 8 > len(data):
        raise RefusedFile(Reason.DAMAGED)
    if data[size + 8 :].strip(b"\0\r\n"):
        raise RefusedFile(Reason.HIDDEN)
    _check_size(*_webp_size(data))
    _check_alone(data)


def _webp_size(data: bytes) -> tuple[int, int]:
    form = data[12:16]
    if form == b"VP8X":
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if form == b"VP8L" and data[20] == 0x2F:
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1
    if form == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    raise RefusedFile(Reason.DAMAGED)


def _check_size(width: int, height: int) -> None:
    if not width or not height:
        raise RefusedFile(Reason.DAMAGED)
    if width > LARGEST_SIDE or height > LARGEST_SIDE or width * height > LARGEST_AREA:
        raise RefusedFile(Reason.DIMENSIONS)


def _check_alone(data: bytes) -> None:
    """No page, script or archive rides in the picture."""
    if _FOREIGN.search(data):
        raise RefusedFile(Reason.HIDDEN)
    if _ZIP_END in data[-_ZIP_TAIL:] and _ZIP_BEGIN in data:
        raise RefusedFile(Reason.HIDDEN)
