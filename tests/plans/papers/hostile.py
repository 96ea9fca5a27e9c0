"""Files that nobody should open: built to exhaust, to reach out, or not what they say they are."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

from tests.factories.word import document, paragraph, saved

_TYPES = "[Content_Types].xml"


def plain_word() -> bytes:
    made = document()
    paragraph(made, "KẾ HOẠCH")
    return saved(made)


def _changed(change: Callable[[str, bytes], bytes | None], **added: bytes) -> bytes:
    """A Word file with its parts changed or left out, and parts added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(plain_word())) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = change(name, source.read(name))
            if content is not None:
                target.writestr(name, content)
        for name, content in added.items():
            target.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def _with_body(body: bytes, declaration: bytes = b"") -> bytes:
    def change(name: str, content: bytes) -> bytes:
        if name != "word/document.xml":
            return content
        head, _mark, rest = content.partition(b"<w:body>")
        xml, end, root = head.partition(b"?>")
        return xml + end + declaration + root + b"<w:body>" + body + rest

    return _changed(change)


def word_bomb() -> bytes:
    return _changed(lambda _name, content: content, word__media__image1=b"\0" * 300_000_000)


def word_bomb_of_text() -> bytes:
    return _with_body(b"<w:p><w:r><w:t>" + b"A" * 60_000_000 + b"</w:t></w:r></w:p>")


def word_that_reaches_out() -> bytes:
    return _with_body(
        b"<w:p><w:r><w:t>&leak;</w:t></w:r></w:p>",
        b'<!DOCTYPE w:document [<!ENTITY leak SYSTEM "file:///etc/passwd">]>',
    )


def word_that_laughs() -> bytes:
    entities = b'<!ENTITY a0 "ha">' + b"".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">'.encode() for n in range(1, 12))
    return _with_body(b"<w:p><w:r><w:t>&a11;</w:t></w:r></w:p>", b"<!DOCTYPE w:document [" + entities + b"]>")


def word_of_many_entries() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for number in range(100_000):
            target.writestr(str(number), b"")
    return out.getvalue()


def word_that_says_fewer_entries() -> bytes:
    """The end of the directory says three entries; the directory lists a thousand."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for number in range(1000):
            target.writestr(f"word/{number}.xml", b"")
    data = bytearray(out.getvalue())
    end = data.rfind(b"PK\x05\x06")
    struct.pack_into("<2H", data, end + 8, 3, 3)
    return bytes(data)


def word_nested_deeply() -> bytes:
    return _with_body(b"<w:sdt><w:sdtContent>" * 20_000 + b"</w:sdtContent></w:sdt>" * 20_000)


def word_of_tables_in_tables() -> bytes:
    open_, close = b"<w:tbl><w:tr><w:tc><w:p/>", b"<w:p/></w:tc></w:tr></w:tbl>"
    return _with_body(open_ * 60 + b"<w:p><w:r><w:t>a</w:t></w:r></w:p>" + close * 60 + b"<w:p/>")


def word_that_leads_out() -> bytes:
    out = io.BytesIO(plain_word())
    with zipfile.ZipFile(out, "a") as target:
        target.writestr("../../etc/cron.d/x", b"* * * * * root true")
    return out.getvalue()


def word_with_macros() -> bytes:
    return _changed(lambda _name, content: content, word__vbaProject_bin=b"macro").replace(
        b"vbaProject_bin", b"vbaProject.bin"
    )


def word_without_its_document() -> bytes:
    return _changed(lambda name, content: None if name == "word/document.xml" else content)


def word_encrypted_in_the_archive() -> bytes:
    data = bytearray(plain_word())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + place] |= 1
            at = data.find(mark, at + 4)
    return bytes(data)


def old_word() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000 + "WordDocument".encode("utf-16-le")


def word_with_password() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000 + "EncryptedPackage".encode("utf-16-le")


def pdf(
    content: bytes = b"BT /F1 12 Tf 72 720 Td (Ke hoach cong tac nam 2024 cua tinh) Tj ET",
    *,
    pages: int = 1,
    box: str = "0 0 595 842",
    packed: bool = False,
    trailer: str = "",
) -> bytes:
    """A small PDF, written object by object."""
    stream = zlib.compress(content, 9) if packed else content
    flate = "/Filter /FlateDecode " if packed else ""
    kids = " ".join(f"{5 + number} 0 R" for number in range(pages))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        f"<< {flate}/Length {len(stream)} >>\nstream\n".encode() + stream + b"\nendstream",
        *[
            f"<< /Type /Page /Parent 2 0 R /MediaBox [{box}] /Contents 4 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>".encode()
        ]
        * pages,
    ]
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, each in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + each + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {trailer}>>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)


def pdf_bomb() -> bytes:
    return pdf(b" " * 400_000_000, packed=True)


def pdf_of_many_strokes() -> bytes:
    return pdf(b"0 0 m 100 100 l S\n" * 150_000)


def pdf_of_a_huge_page() -> bytes:
    return pdf(box="0 0 1000000 1000000")


def pdf_of_many_pages() -> bytes:
    return pdf(pages=5000)


def scan() -> bytes:
    return pdf(b"q 595 0 0 842 0 0 cm Q")


def pdf_with_password() -> bytes:
    key = "00" * 32
    encrypt = (
        f"/Encrypt << /Filter /Standard /V 2 /R 3 /Length 128 /P -4 /O <{key}> /U <{key}> >> /ID [<{key}> <{key}>] "
    )
    return pdf(trailer=encrypt)


def pdf_that_eats_itself() -> bytes:
    """The tree of pages holds itself."""
    return pdf().replace(b"/Kids [5 0 R]", b"/Kids [2 0 R]")
