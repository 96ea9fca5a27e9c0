"""The budget of a zip file: what its directory says and what its entries really inflate to."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from plans.upload.archive import DamagedArchive, EncryptedArchive, UnsafeArchive, inspect


def _zip(*entries: tuple[str, bytes], packed: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packed) as target:
        for name, content in entries:
            target.writestr(name, content)
    return out.getvalue()


def _patched(data: bytes, mark: bytes, place: int, format: str, value: int) -> bytes:
    changed = bytearray(data)
    struct.pack_into(format, changed, changed.find(mark) + place, value)
    return bytes(changed)


LOCAL, CENTRAL = b"PK\x03\x04", b"PK\x01\x02"


def test_a_plain_archive_names_its_entries():
    assert inspect(_zip(("a.xml", b"a"), ("b/c.xml", b"b" * 5000))) == {"a.xml", "b/c.xml"}


@pytest.mark.parametrize(("count", "refused"), [(200, False), (201, True)])
def test_at_most_two_hundred_entries(count, refused):
    data = _zip(*((f"{number}.xml", b"a") for number in range(count)))

    if refused:
        with pytest.raises(UnsafeArchive):
            inspect(data)
    else:
        assert len(inspect(data)) == count


@pytest.mark.parametrize(("size", "refused"), [(1000, False), (1001, True)])
def test_the_total_counts_what_is_inflated(size, refused):
    data = _zip(("a.xml", b"ab" * (size // 2)), ("b.xml", b"c" * (size % 2)))

    if refused:
        with pytest.raises(UnsafeArchive):
            inspect(data, total=1000)
    else:
        assert inspect(data, total=1000)


def test_a_size_that_lies_is_found_out():
    """The directory promises ten bytes; the entry inflates to three million."""
    data = _zip(("a.xml", b"\0" * 3_000_000))
    lying = _patched(_patched(data, LOCAL, 22, "<L", 10), CENTRAL, 24, "<L", 10)

    with pytest.raises(UnsafeArchive):
        inspect(lying)


@pytest.mark.parametrize(("content", "refused"), [(b"\0" * 3_000_000, True), (b"\0" * 900_000, False)])
def test_what_is_packed_too_tightly_is_refused_unless_it_is_small(content, refused):
    data = _zip(("a.bin", content))

    if refused:
        with pytest.raises(UnsafeArchive):
            inspect(data)
    else:
        assert inspect(data) == {"a.bin"}


@pytest.mark.parametrize("name", ["../a", "a/../../b", "/etc/passwd", "..\\a", "C:\\a", "\\\\host\\a"])
def test_a_name_that_leads_out_is_refused(name):
    with pytest.raises(UnsafeArchive):
        inspect(_zip((name, b"a")))


def test_one_name_twice_is_refused():
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = _zip(("a.xml", b"a"), ("a.xml", b"b"))

    with pytest.raises(UnsafeArchive):
        inspect(data)


def test_entries_over_the_same_bytes_are_refused():
    data = _zip(("a.xml", b"a" * 100), ("b.xml", b"b" * 100), packed=zipfile.ZIP_STORED)
    second = data.rfind(CENTRAL)
    changed = bytearray(data)
    struct.pack_into("<L", changed, second + 42, 0)

    with pytest.raises(UnsafeArchive):
        inspect(bytes(changed))


def test_an_archive_in_the_archive_is_refused_unless_allowed():
    data = _zip(("inner.xlsx", _zip(("a.xml", b"a"))))

    with pytest.raises(UnsafeArchive):
        inspect(data)
    assert inspect(data, nested=True) == {"inner.xlsx"}


def test_an_encrypted_entry_is_told_apart():
    data = _zip(("a.xml", b"a"))
    locked = _patched(_patched(data, LOCAL, 6, "<H", 1), CENTRAL, 8, "<H", 1)

    with pytest.raises(EncryptedArchive):
        inspect(locked)


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\x03\x04" + b"\0" * 100, b"text"])
def test_what_is_no_archive_is_damaged(data):
    with pytest.raises(DamagedArchive):
        inspect(data)


@pytest.mark.parametrize("cut", [1, 10, 30, 60])
def test_a_cut_archive_is_damaged(cut):
    data = _zip(("a.xml", b"a" * 50), ("b.xml", b"b" * 50))

    with pytest.raises(UnsafeArchive):
        inspect(data[:-cut])


def test_a_broken_checksum_is_damage():
    data = _zip(("a.xml", b"content of the part"), packed=zipfile.ZIP_STORED)

    with pytest.raises(DamagedArchive):
        inspect(data.replace(b"content", b"cantent"))
