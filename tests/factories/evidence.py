"""Files as offices send them, and rows that stand for them."""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
import zlib

from django.core.files.uploadedfile import SimpleUploadedFile

from plans.models import Evidence
from plans.models.evidence import evidence_root
from units.models import Unit, User

TYPES = '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{}</Types>'
OVERRIDE = '<Override PartName="/{}" ContentType="application/vnd.openxmlformats-officedocument.{}.main+xml"/>'
RELATIONS = '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
MAIN = {
    "docx": ("word/document.xml", "wordprocessingml.document"),
    "xlsx": ("xl/workbook.xml", "spreadsheetml.sheet"),
    "pptx": ("ppt/presentation.xml", "presentationml.presentation"),
}


def pdf(
    *objects: bytes, head: bytes = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", catalog: bytes = b"", tail: bytes = b""
) -> bytes:
    """A one-page PDF; `catalog` goes into its catalogue, `objects` are further objects from number 4 on."""
    all_objects = [
        b"<< /Type /Catalog /Pages 2 0 R " + catalog + b" >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
        *objects,
    ]
    out, places = bytearray(head), []
    for number, body in enumerate(all_objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R %b >>\nstartxref\n%d\n%%%%EOF\n" % (len(places) + 1, tail, table)
    return bytes(out)


def stream(data: bytes, entries: bytes = b"/Filter /FlateDecode", *, packed: bool = True) -> bytes:
    content = zlib.compress(data) if packed else data
    return b"<< %b /Length %d >>\nstream\n%b\nendstream" % (entries, len(content), content)


def object_stream(body: bytes, entries: bytes = b"/Type /ObjStm /N 1 /First 5 /Filter /FlateDecode") -> bytes:
    return stream(b"9 0  " + body, entries)


def package(parts: dict[str, str | bytes], *, comment: bytes = b"") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            kind = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(name, content, kind)
        archive.comment = comment
    return out.getvalue()


def ooxml(
    kind: str = "docx", extra: dict[str, str | bytes] | None = None, types: str = "", body: str = "<x/>"
) -> bytes:
    path, main = MAIN[kind]
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": TYPES.format(OVERRIDE.format(path, main) + types),
        "_rels/.rels": RELATIONS.format(f'<Relationship Id="r1" Type="http://x/officeDocument" Target="{path}"/>'),
        path: body,
    }
    return package(parts | (extra or {}))


def open_document(kind: str = "text", extra: dict[str, str | bytes] | None = None, content: str = "<office/>") -> bytes:
    parts: dict[str, str | bytes] = {
        "mimetype": f"application/vnd.oasis.opendocument.{kind}",
        "META-INF/manifest.xml": "<manifest:manifest/>",
        "content.xml": content,
        "styles.xml": "<office/>",
    }
    return package(parts | (extra or {}))


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int = 2, height: int = 2, *chunks: bytes) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    rows = b"".join(b"\0" + b"\x10\x20\x30" * min(width, 4) for _ in range(min(height, 4)))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def jpeg(width: int = 640, height: int = 480, *segments: bytes) -> bytes:
    def segment(marker: int, data: bytes) -> bytes:
        return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data

    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"
    return (
        b"\xff\xd8"
        + segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0")
        + b"".join(segments)
        + segment(0xC0, frame)
        + segment(0xDA, b"\x01\x01\x00\x00\x3f\x00")
        + b"\x12\x34\x56"
        + b"\xff\xd9"
    )


def jpeg_segment(marker: int, data: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


def webp(width: int = 20, height: int = 10) -> bytes:
    bits = (width - 1) | ((height - 1) << 14)
    body = b"WEBPVP8L" + struct.pack("<I", 10) + b"\x2f" + struct.pack("<I", bits) + b"\0" * 5
    return b"RIFF" + struct.pack("<I", len(body)) + body


def upload(name: str = "Biên bản.pdf", content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, pdf() if content is None else content)


def evidence_of(unit: Unit, by: User, *, name: str = "Biên bản.pdf", content: bytes | None = None) -> Evidence:
    """A file of `unit` that was kept, bytes on the disk included."""
    content = pdf(b"(%d)" % Evidence.objects.count()) if content is None else content
    digest = hashlib.sha256(content).hexdigest()
    evidence = Evidence.objects.create(
        unit=unit,
        name=name,
        media_type="application/pdf",
        stored_as=f"files/{digest[:2]}/{unit.pk}-{digest}",
        sha256=digest,
        size=len(content),
        uploaded_by=by,
    )
    path = evidence_root() / evidence.stored_as
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return evidence
