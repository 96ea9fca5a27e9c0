"""PDF: what acts by itself is looked for in every object, packed or not, whatever the file's own table says. Pure.

Readers repair broken tables each in its own way, so the table is not believed: the whole file is walked.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Iterator

from plans.upload.refusal import Reason, RefusedFile

BUDGET = 64_000_000  # bytes that packed objects may come to altogether
_STREAM = re.compile(rb"(?<!end)stream(?:\r\n|\n|\r)")
_NAME_WITH_CODE = re.compile(rb"/[^\x00\t\n\f\r ()<>\[\]{}/%]{0,60}#[0-9A-Fa-f]{2}[^\x00\t\n\f\r ()<>\[\]{}/%]{0,60}")
_CODE = re.compile(rb"#([0-9A-Fa-f]{2})")
_END_OF_NAME = rb"(?=[\x00\t\n\f\r ()<>\[\]{}/%]|$)"
# Long names never turn up in packed bytes by chance, so they are looked for everywhere.
_ACTS = re.compile(
    rb"/(?:JavaScript|Launch|SubmitForm|ImportData|RichMedia|RichMediaSettings|GoToE|Rendition|XFA)" + _END_OF_NAME
)
_FILES = re.compile(rb"/(?:EmbeddedFiles?|FileAttachment)" + _END_OF_NAME)
_SHORT = re.compile(rb"/JS\s*(?:[(<]|\d+\s+\d+\s+R)|/AA\s*<<")
_ENCRYPTED = re.compile(rb"/Encrypt\s*(?:<<|\d+\s+\d+\s+R)")
_OPEN_ACTION = re.compile(rb"/OpenAction\s*(\[|<<|(\d+)\s+(\d+)\s+R)")
_TAME = re.compile(rb"^\s*(?:\[|<<(?:(?!/S\b).){0,2000}?/S\s*/(?:GoTo|Named)" + _END_OF_NAME + rb")", re.DOTALL)
_PACKED_OBJECTS = re.compile(rb"/ObjStm" + _END_OF_NAME)
_OBJECT_TABLE = re.compile(rb"\s*\d+\s+\d+\s")
_PAGES = re.compile(rb"<\?php|<script|<html|<svg|<!doctype|<iframe|<body", re.IGNORECASE)
_DICTIONARY = 65_536
_TAIL = 2048
_ZIP_TAIL = 70_000


def check_pdf(data: bytes) -> None:
    if not re.match(rb"%PDF-[12]\.\d", data):
        raise RefusedFile(Reason.MISMATCH)
    end = data.rfind(b"%%EOF")
    if end < 0:
        raise RefusedFile(Reason.DAMAGED)
    if len(data) - end > _TAIL or data[end + 5 :].strip(b"\0\t\r\n\f ").strip():
        raise RefusedFile(Reason.HIDDEN)
    if b"PK\x05\x06" in data[-_ZIP_TAIL:] and b"PK\x03\x04" in data:
        raise RefusedFile(Reason.HIDDEN)
    plain = _outside_streams(data)
    if _PAGES.search(data[:1024]) or _PAGES.search(plain):
        raise RefusedFile(Reason.HIDDEN)
    if _ENCRYPTED.search(_decoded_names(plain)):
        raise RefusedFile(Reason.PROTECTED)
    _check_names(data)
    _check_objects(plain, whole=data)
    for packed in _packed_objects(data):
        _check_names(packed)
        _check_objects(packed, whole=data)


def _check_names(data: bytes) -> None:
    data = _decoded_names(data)
    if _ACTS.search(data):
        raise RefusedFile(Reason.ACTIVE)
    if _FILES.search(data):
        raise RefusedFile(Reason.EMBEDDED)


def _check_objects(objects: bytes, whole: bytes) -> None:
    objects = _decoded_names(objects)
    if _SHORT.search(objects):
        raise RefusedFile(Reason.ACTIVE)
    for action in _OPEN_ACTION.finditer(objects):
        if action[1] == b"[":
            continue
        target = objects[action.start(1) : action.start(1) + _TAIL]
        if action[2]:
            found = re.search(rb"(?<!\d)%b\s+%b\s+obj" % (action[2], action[3]), whole)
            target = whole[found.end() : found.end() + _TAIL] if found else b"["  # in a packed object: looked at there
        if not _TAME.match(target):
            raise RefusedFile(Reason.ACTIVE)


def _decoded_names(data: bytes) -> bytes:
    """`data` and, behind it, each name that is written with codes ("/J#61vaScript") as it reads."""
    coded = _NAME_WITH_CODE.findall(data)
    if not coded:
        return data
    read = (_CODE.sub(lambda code: bytes([int(code[1], 16)]), name) for name in set(coded))
    return b"\n".join([data, *read, b""])


def _outside_streams(data: bytes) -> bytes:
    """The file without the contents of its streams; what only pretends to be one is kept."""
    kept, place = [], 0
    for stream in _STREAM.finditer(data):
        if stream.start() < place or not data[max(0, stream.start() - 40) : stream.start()].rstrip().endswith(b">>"):
            continue
        end = data.find(b"endstream", stream.end())
        if end < 0:
            break
        kept.append(data[place : stream.end()])
        place = end
    kept.append(data[place:])
    return b"\n".join(kept)


def _packed_objects(data: bytes) -> Iterator[bytes]:
    """What the object streams hold: those that say so, and whatever unpacks to the look of one."""
    left = BUDGET
    for stream in _STREAM.finditer(data):
        before = data[max(0, stream.start() - _DICTIONARY) : stream.start()]
        before = before[max(before.rfind(b"endobj"), before.rfind(b"endstream"), 0) :]
        said = _decoded_names(before)
        declared = bool(_PACKED_OBJECTS.search(said)) or (b"/First" in said and b"/N" in said)
        unpacked = _unpacked(data, stream.end(), said, declared=declared, most=left)
        if unpacked is None:
            continue
        left -= len(unpacked)
        if left <= 0:
            raise RefusedFile(Reason.BOMB)
        yield unpacked


def _unpacked(data: bytes, start: int, said: bytes, *, declared: bool, most: int) -> bytes | None:
    """The content of a stream that holds objects, None of any other."""
    if declared and re.search(rb"/(?:LZW|LZWDecode|RunLengthDecode|RL|Crypt)\b|/Predictor\s+(?!1\b)\d", said):
        raise RefusedFile(Reason.DAMAGED)  # packed as nobody packs objects: what is in it cannot be told
    source = memoryview(data)[start:]
    if b"ASCII85" in said or b"/A85" in said or b"ASCIIHex" in said or b"/AHx" in said:
        return _of_letters(bytes(source[:4_000_000]), said, declared=declared, most=most)
    if declared and b"/Filter" not in said:
        end = data.find(b"endstream", start)
        return data[start : end if end >= 0 else None][:most]
    return _inflated(source, declared=declared, most=most)


def _of_letters(source: bytes, said: bytes, *, declared: bool, most: int) -> bytes | None:
    try:
        if b"ASCIIHex" in said or b"/AHx" in said:
            packed = binascii.unhexlify(re.sub(rb"\s+", b"", source.partition(b">")[0]))
        else:
            packed = base64.a85decode(source.partition(b"~>")[0].strip().removeprefix(b"<~"))
    except (ValueError, binascii.Error):
        if declared:
            raise RefusedFile(Reason.DAMAGED) from None
        return None
    if b"Flate" in said or b"/Fl" in said:
        return _inflated(memoryview(packed), declared=declared, most=most)
    return packed if declared or _OBJECT_TABLE.match(packed) else None


def _inflated(source: memoryview, *, declared: bool, most: int) -> bytes | None:
    unpacker = zlib.decompressobj()
    try:
        head = unpacker.decompress(source[:65_536], 256)
    except zlib.error:
        if declared:
            raise RefusedFile(Reason.DAMAGED) from None
        return None
    if not declared and not _OBJECT_TABLE.match(head):
        return None
    pieces, size, place = [head], len(head), 65_536
    try:
        while not unpacker.eof and size <= most:
            fed = unpacker.unconsumed_tail or source[place : place + 65_536]
            if not unpacker.unconsumed_tail:
                place += 65_536
            if not len(fed):
                break
            piece = unpacker.decompress(fed, 1_000_000)
            pieces.append(piece)
            size += len(piece)
    except zlib.error:
        if declared:
            raise RefusedFile(Reason.DAMAGED) from None
    if size > most:
        raise RefusedFile(Reason.BOMB)
    return b"".join(pieces)
