"""Rows, papers in Word and words placed on a page, mangled: no line is lost, nothing crashes."""

from __future__ import annotations

import dataclasses
import io
import random
import re
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plans.document import PlanDocument, read_document, to_json
from plans.document.decoding import NotText
from plans.document.files import plain
from plans.document.grid import Cell, write_table
from plans.document.legacy import is_legacy
from plans.document.lines import row_cells, sources, split_lines, write_row
from plans.document.pdf import read_pdf
from plans.document.pdf_lines import Word, lines_of, paragraphs, text_lines, without_furniture
from plans.document.spelling import fold
from plans.document.word import read_word
from tests.plans.papers.in_pdf import PDF
from tests.plans.papers.in_word import WORD

QUICK = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
CELLS = st.lists(st.sampled_from([*"aăâ1I.-x │⏎|\t\n", "Tháng ", "Sở ", "Cộng", "TT"]), max_size=12).map("".join)
FILES = {**{name: build() for name, build in WORD.items()}, **{name: build() for name, build in PDF.items()}}
TEXTS = [read_word(FILES[name]) for name in WORD] + [read_pdf(FILES[name]) for name in PDF]


def _assert_nothing_lost(text: str) -> PlanDocument:
    document = read_document(text)
    numbers = {number for number, line in enumerate(text.splitlines(), 1) if line.strip()}
    listed = {number for line in document.unrecognised for number in line.source}
    assert {line.number for line in document.lines} == numbers
    assert set(sources(document)) | listed == numbers
    to_json(document)
    return document


@st.composite
def mangled(draw) -> str:
    """Papers whose lines, rows and cells are dropped, doubled, swapped, moved and cut."""
    lines = draw(st.sampled_from(TEXTS)).split("\n") + draw(st.sampled_from(["", *TEXTS])).split("\n")
    order = random.Random(draw(st.integers(0, 2**32)))
    for _ in range(draw(st.integers(0, 30))):
        place, other = order.randrange(len(lines)), order.randrange(len(lines))
        cells = lines[place].split("│")
        match order.randrange(7):
            case 0:
                lines[place], lines[other] = lines[other], lines[place]
            case 1:
                lines.insert(other, lines[place])
            case 2:
                order.shuffle(cells)
                lines[place] = "│".join(cells)
            case 3:
                lines[place] = "│".join(cells[: order.randrange(len(cells) + 1)])
            case 4:
                lines[place] = lines[place].replace(" ", order.choice(["│", "⏎", " │ ", "\t"]), 3)
            case 5:
                lines[place] = write_row([draw(CELLS) for _ in range(order.randrange(1, 20))])
            case 6:
                del lines[place]
                lines = lines or [""]
    return "\n".join(lines)


@QUICK
@given(mangled())
def test_no_line_of_a_mangled_paper_is_lost(text):
    _assert_nothing_lost(text)


@QUICK
@given(st.sampled_from(TEXTS), st.integers(0, 10_000), st.integers(0, 30))
def test_no_word_that_strays_into_a_row_is_lost(text, line, column):
    lines = text.split("\n")
    rows = [place for place, each in enumerate(lines) if each.startswith("│")] or range(len(lines))
    place = list(rows)[line % len(rows)]
    cells = lines[place].split("│")
    cells[min(1 + column % max(1, len(cells) - 2), len(cells) - 1)] += " zqxword "
    lines[place] = "│".join(cells)

    document = _assert_nothing_lost("\n".join(lines))

    assert "zqxword" in " ".join(_strings(document))


@QUICK
@given(st.lists(CELLS, min_size=2, max_size=20))
def test_a_row_gives_back_its_cells(cells):
    line = write_row(cells)

    read = row_cells(line)

    assert len(line.splitlines()) == 1
    assert [re.findall(r"\w+", cell) for cell in read] == [re.findall(r"\w+", cell) for cell in cells]
    assert split_lines(line)[0].cells == read


@QUICK
@given(
    st.lists(
        st.builds(Cell, CELLS, st.integers(0, 8), st.integers(0, 8), st.integers(1, 4), st.integers(1, 9)), max_size=30
    )
)
def test_any_grid_becomes_rows(cells):
    for line in write_table(cells):
        assert row_cells(line) or len(line.split("│")) < 4


WORDS = st.builds(
    lambda text, x, y, width, height: Word(text, x, x + width, y, y + height),
    st.sampled_from(["Nơi", "nhận:", "KẾ", "HOẠCH", "Số:", "12", "-", "1.", "Sở", "ngày", "tháng", "năm", "a" * 40]),
    st.floats(0, 600),
    st.floats(0, 850),
    st.floats(0.1, 300),
    st.floats(0.1, 40),
)


@QUICK
@given(st.lists(st.lists(WORDS, max_size=40), min_size=1, max_size=4))
def test_no_word_on_a_page_is_lost_wherever_it_stands(pages):
    for number, words in enumerate(pages):
        lines = text_lines(words, width=595, page=number)

        printed = " ".join(paragraphs(lines)).split()

        assert sorted(printed) == sorted(word.text for word in words)
        assert sum(len(line.words) for line in lines_of(words)) == len(words)


@QUICK
@given(st.lists(st.lists(WORDS, max_size=20), min_size=1, max_size=3))
def test_only_numbers_and_running_titles_leave_a_page(pages):
    kept = without_furniture(pages, [842.0] * len(pages))

    for before, after in zip(pages, kept, strict=True):
        gone = {id(word) for word in before} - {id(word) for word in after}
        assert all(word.top < 62 or word.bottom > 780 for word in before if id(word) in gone)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(WORD)), st.randoms(use_true_random=False))
def test_a_word_file_with_broken_bytes_is_read_or_refused(name, order):
    data = bytearray(FILES[name])
    for _ in range(order.randrange(1, 6)):
        data[order.randrange(len(data))] = order.randrange(256)

    _read_or_refuse(read_word, bytes(data))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(WORD)), st.randoms(use_true_random=False))
def test_a_word_file_with_broken_xml_is_read_or_refused(name, order):
    """The archive is sound; tags of its parts are dropped, doubled and moved."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(FILES[name])) as source, zipfile.ZipFile(out, "w") as target:
        for part in source.namelist():
            content = source.read(part)
            if part in {"word/document.xml", "word/numbering.xml", "word/styles.xml"} and order.random() < 0.7:
                tags = re.split(rb"(?<=>)(?=<)", content)
                for _ in range(order.randrange(1, 8)):
                    place = order.randrange(len(tags))
                    tags[place] = order.choice([b"", tags[place] * 2, tags[order.randrange(len(tags))]])
                content = b"".join(tags)
            target.writestr(part, content)

    _read_or_refuse(read_word, out.getvalue())


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(sorted(PDF)), st.randoms(use_true_random=False))
def test_a_pdf_with_broken_bytes_is_read_or_refused(name, order):
    data = bytearray(FILES[name])
    for _ in range(order.randrange(1, 8)):
        data[order.randrange(len(data))] = order.randrange(256)

    _read_or_refuse(read_pdf, bytes(data))


@QUICK
@given(st.text(max_size=400))
def test_any_text_is_plain_and_told_from_legacy_fonts(text):
    assert not set(plain(text)) & {"\0", "\r", "\x1b"}
    is_legacy(text)


@pytest.mark.parametrize("text", TEXTS)
def test_unicode_papers_are_no_legacy_font(text):
    assert not is_legacy(text)


def _read_or_refuse(read, data: bytes) -> None:
    try:
        text = read(data)
    except NotText:
        return
    _assert_nothing_lost(plain(text))


def _strings(value, top=True):
    if isinstance(value, str):
        yield fold(value)
    elif isinstance(value, tuple):
        for member in value:
            yield from _strings(member, top=False)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            if not (top and field.name in {"lines", "sections"}):
                yield from _strings(getattr(value, field.name), top=False)
