"""Documents of office programs, looked at by the directory of their zip and a few small parts. Pure."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

from plans.upload import archive
from plans.upload.refusal import Reason, RefusedFile

ENTRIES = 5000  # a presentation keeps each picture as one
TOTAL = 250_000_000
_NESTED_LARGEST = 10_000_000
_PART = 30_000_000  # of the body of a document that is looked into for fields
_HEAD = 4096
_ZIP = b"PK\x03\x04"
_END = 22  # bytes of the end of a directory without a comment
_PICTURES = re.compile(
    r"\.(?:png|jpe?g|gif|bmp|emf|wmf|tiff?|svg|wdp|jxr|ttf|odttf|fntdata|wav|mp3|mp4|m4a|bin)$", re.I
)
_MACROS = re.compile(
    r"vba(?:project|data)|macrosheets|intlmacrosheets|/?customui/|dialogsheets|(?:^|/)(?:basic|scripts)/", re.I
)
_ACTIVE = re.compile(r"activex|/ctrlprops?/.*\.bin|oleobject|webextensions/", re.I)
_LINKS = re.compile(r"(?:^|/)externallinks/|(?:^|/)connections\.xml$|querytables?/", re.I)
_DTD = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.I)
_RELATION = re.compile(rb"<[^<>]*\bRelationship\b[^<>]*>", re.I)
_EXTERNAL = re.compile(rb"TargetMode\s*=\s*[\"']External[\"']", re.I)
_KIND = re.compile(rb"\bType\s*=\s*[\"'][^\"']*/([A-Za-z]+)[\"']")
_FIELD = re.compile(rb"<w:instrText\b[^>]*>([^<]*)</w:instrText>|w:instr\s*=\s*\"([^\"]*)\"")
_DDE = re.compile(rb"\bDDE(?:AUTO)?\b", re.I)
_TAMEABLE = {b"hyperlink"}  # links are followed by a click alone


def ooxml(main: str) -> Callable[[bytes], None]:
    """The check of one kind of Office document, `main` being its part's type, e.g. "wordprocessingml.document"."""

    def check(data: bytes) -> None:
        _check_ooxml(data, main, depth=0)

    return check


def open_document(media_type: str) -> Callable[[bytes], None]:
    """The check of one kind of OpenDocument."""

    def check(data: bytes) -> None:
        _check_open_document(data, media_type)

    return check


def _directory(data: bytes) -> frozenset[str]:
    """The names in a zip that is a zip from its first byte to its last, within the budget."""
    if not data.startswith(_ZIP):
        raise RefusedFile(Reason.MISMATCH)
    try:
        names = archive.inspect(data, entries=ENTRIES, total=TOTAL, ratio=1000, nested=True)
    except archive.EncryptedArchive:
        raise RefusedFile(Reason.PROTECTED) from None
    except archive.DamagedArchive:
        raise RefusedFile(Reason.DAMAGED) from None
    except archive.UnsafeArchive:
        raise RefusedFile(Reason.BOMB) from None
    if data[-_END : -_END + 4] != b"PK\x05\x06":  # something hangs behind it
        raise RefusedFile(Reason.HIDDEN)
    return names


def _check_ooxml(data: bytes, main: str, depth: int) -> None:
    names = _directory(data)
    if "[Content_Types].xml" not in names:
        raise RefusedFile(Reason.MISMATCH)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        types = _read(package, "[Content_Types].xml", 2_000_000).lower()
        if b"macroenabled" in types or b"vbaproject" in types or any(map(_MACROS.search, names)):
            raise RefusedFile(Reason.MACROS)
        if f"officedocument.{main}.main+xml".encode() not in types:
            raise RefusedFile(Reason.MISMATCH)
        if b"activex" in types or b"oleobject" in types or any(map(_ACTIVE.search, names)):
            raise RefusedFile(Reason.EMBEDDED)
        if any(map(_LINKS.search, names)):
            raise RefusedFile(Reason.LINKED)
        _check_embedded(package, names, depth)
        _check_parts(package, names)


def _check_embedded(package: zipfile.ZipFile, names: frozenset[str], depth: int) -> None:
    """The figures of a chart are a workbook inside the document: that alone is let in, looked at likewise."""
    for name in names:
        if "/embeddings/" not in f"/{name.lower()}" or name.endswith("/"):
            continue
        if depth or not name.lower().endswith(".xlsx") or package.getinfo(name).file_size > _NESTED_LARGEST:
            raise RefusedFile(Reason.EMBEDDED)
        try:
            _check_ooxml(_read(package, name, _NESTED_LARGEST), "spreadsheetml.sheet", depth + 1)
        except RefusedFile as refused:
            reason = Reason.EMBEDDED if refused.reason in {Reason.MISMATCH, Reason.DAMAGED} else refused.reason
            raise RefusedFile(reason) from None


def _check_parts(package: zipfile.ZipFile, names: frozenset[str]) -> None:
    for name in names:
        low = name.lower()
        if _PICTURES.search(low) or low.endswith("/"):
            continue
        if _DTD.search(_read(package, name, _HEAD)):
            raise RefusedFile(Reason.LINKED)
        if low.endswith(".rels"):
            _check_relations(_read(package, name, 2_000_000))
        elif low.startswith("word/") and low.endswith(".xml"):
            said = b"".join(a + b for a, b in _FIELD.findall(_read(package, name, _PART)))
            if _DDE.search(said):
                raise RefusedFile(Reason.LINKED)


def _check_relations(relations: bytes) -> None:
    for relation in _RELATION.findall(relations):
        kind = _KIND.search(relation)
        if _EXTERNAL.search(relation) and not (kind and kind[1].lower() in _TAMEABLE):
            raise RefusedFile(Reason.LINKED)


def _check_open_document(data: bytes, media_type: str) -> None:
    names = _directory(data)
    if "mimetype" not in names or "content.xml" not in names:
        raise RefusedFile(Reason.MISMATCH)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        if _read(package, "mimetype", 200).strip() != media_type.encode():
            raise RefusedFile(Reason.MISMATCH)
        if any(map(_MACROS.search, names)):
            raise RefusedFile(Reason.MACROS)
        manifest = _read(package, "META-INF/manifest.xml", 2_000_000) if "META-INF/manifest.xml" in names else b""
        if b"encryption-data" in manifest:
            raise RefusedFile(Reason.PROTECTED)
        # A chart is a folder "Object 1/"; a file of that name is a foreign program's object.
        if b"oleobject" in manifest.lower() or any(re.fullmatch(r"Object \d+", name) for name in names):
            raise RefusedFile(Reason.EMBEDDED)
        for name in names:
            if name.lower().endswith((".xml", ".rdf")) and _DTD.search(_read(package, name, _HEAD)):
                raise RefusedFile(Reason.LINKED)
        content = _read(package, "content.xml", _PART)
        if re.search(rb"<(?:text:dde-|office:dde-source|table:dde-link|script:event-listener)", content):
            raise RefusedFile(Reason.LINKED)


def _read(package: zipfile.ZipFile, name: str, most: int) -> bytes:
    """The beginning of a part: the directory may lie, so never more than `most` bytes are unpacked."""
    with package.open(name) as part:
        return part.read(most)
