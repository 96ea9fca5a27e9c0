"""Files built to harm, and files that are not what they seem: refused in time, within memory, with the right reason."""

from __future__ import annotations

import os
import resource
import time

import pytest

from plans.document import decoding
from plans.document.files import LARGEST_FILE, read_file
from plans.upload.child import MEMORY, Exhausted, Refused, run
from tests.plans.papers import hostile
from tests.plans.papers.in_pdf import quarters_plan

SECONDS = 3.0
GROWTH = 200_000_000
BASE = 60_000_000  # what a child holds before it reads anything

REFUSED = {
    "bomb.docx": (hostile.word_bomb, decoding.IsUnsafe),
    "bomb-of-text.docx": (hostile.word_bomb_of_text, decoding.IsUnsafe),
    "xxe.docx": (hostile.word_that_reaches_out, decoding.IsUnsafe),
    "laughs.docx": (hostile.word_that_laughs, decoding.IsUnsafe),
    "entries.docx": (hostile.word_of_many_entries, decoding.IsUnsafe),
    "entries-hidden.docx": (hostile.word_that_says_fewer_entries, decoding.IsUnsafe),
    "nested.docx": (hostile.word_nested_deeply, decoding.IsDamaged),
    "leads-out.docx": (hostile.word_that_leads_out, decoding.IsUnsafe),
    "macros.docx": (hostile.word_with_macros, decoding.HasMacros),
    "macros.docm": (hostile.plain_word, decoding.HasMacros),
    "no-document.docx": (hostile.word_without_its_document, decoding.IsBinary),
    "encrypted-entries.docx": (hostile.word_encrypted_in_the_archive, decoding.IsEncrypted),
    "password.docx": (hostile.word_with_password, decoding.IsEncrypted),
    "old.doc": (hostile.old_word, decoding.IsOldWord),
    "old-renamed.docx": (hostile.old_word, decoding.IsOldWord),
    "text.docx": (lambda: "KẾ HOẠCH".encode(), decoding.IsDamaged),
    "text.doc": (lambda: "KẾ HOẠCH".encode(), decoding.IsOldWord),
    "word.pdf": (hostile.plain_word, decoding.IsRenamed),
    "pdf.docx": (hostile.pdf, decoding.IsRenamed),
    "pdf.txt": (hostile.pdf, decoding.IsRenamed),
    "cut.docx": (lambda: hostile.plain_word()[:4000], decoding.IsDamaged),
    "head-only.docx": (lambda: b"PK\x03\x04", decoding.IsDamaged),
    "cut.pdf": (lambda: quarters_plan()[:3000], decoding.NotText),
    "head-only.pdf": (lambda: b"%PDF-1.7\n", decoding.IsDamaged),
    "empty.docx": (lambda: b"", decoding.IsEmpty),
    "large.pdf": (lambda: b"%PDF" + b"\0" * LARGEST_FILE, decoding.IsTooLarge),
    "bomb.pdf": (hostile.pdf_bomb, decoding.IsUnsafe),
    "strokes.pdf": (hostile.pdf_of_many_strokes, decoding.NotText),
    "huge-page.pdf": (hostile.pdf_of_a_huge_page, decoding.IsUnsafe),
    "many-pages.pdf": (hostile.pdf_of_many_pages, decoding.IsTooLong),
    "scan.pdf": (hostile.scan, decoding.HasNoText),
    "password.pdf": (hostile.pdf_with_password, decoding.IsEncrypted),
    "legacy.txt": (
        lambda: ("Céng hoµ x· héi chñ nghÜa ViÖt Nam §éc lËp - Tù do - H¹nh phóc " * 3).encode(),
        decoding.IsLegacyFont,
    ),
    "vni.txt": (
        lambda: ("COÄNG HOØA XAÕ HOÄI CHUÛ NGHÓA VIEÄT NAM Ñoäc laäp - Töï do - Haïnh phuùc " * 3).encode(),
        decoding.IsLegacyFont,
    ),
}


def _worked() -> float:
    """Seconds of processor time, children included: other tests beside this one do not count."""
    return sum(os.times()[:4])


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_file_is_refused_in_time_and_within_memory(name):
    build, reason = REFUSED[name]
    data = build()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begin = _worked()

    with pytest.raises(decoding.NotText) as refused:
        read_file(name=name, data=data)

    assert isinstance(refused.value, reason), repr(refused.value)
    assert _worked() - begin < SECONDS
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert own * 1024 < GROWTH


def test_a_reader_cannot_take_more_memory_than_that():
    """What a child holds counts as growth too; its limit is the kernel's, so it need not be measured file by file."""
    assert MEMORY < BASE + GROWTH
    with pytest.raises(Exhausted):
        run("tests.plans.papers.greedy:take_memory", b"")


def test_a_reader_that_does_not_end_is_ended():
    begin = time.monotonic()

    with pytest.raises(Exhausted):
        run("tests.plans.papers.greedy:never_end", b"", seconds=1)

    assert time.monotonic() - begin < 3 * SECONDS


def test_a_reader_writes_no_file_and_knows_no_secret(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "canary")

    assert run("tests.plans.papers.greedy:look_around", str(tmp_path / "a").encode()) == ["OSError", False]
    assert (tmp_path / "a").read_bytes() == b""


def test_what_a_reader_raises_is_told_by_name():
    with pytest.raises(Refused) as refused:
        run("tests.plans.papers.greedy:refuse", b"")

    assert refused.value.name == "ValueError"


@pytest.mark.parametrize(
    ("name", "build"),
    [
        ("plain.docx", hostile.plain_word),
        ("plain.pdf", hostile.pdf),
        ("tables.docx", hostile.word_of_tables_in_tables),
        ("eats-itself.pdf", hostile.pdf_that_eats_itself),
    ],
)
def test_the_same_files_without_harm_are_read(name, build):
    """The control: what the hostile ones are made from is readable."""
    assert read_file(name=name, data=build()).strip()


def test_words_in_western_languages_are_no_legacy_font():
    text = "Programme français: “l'évaluation à l'école” – déjà réalisée à l'été; ISO 9001 ± 5 °C, §7 và §8."

    assert read_file(name="a.txt", data=text.encode()) == text
