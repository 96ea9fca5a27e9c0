"""Plans in Word and PDF, in the layouts that provinces use: every field right, every line taken (papers/)."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from plans.document import PlanDocument, read_document, to_json
from plans.document.files import read_file
from tests.factories.word import document, paragraph, rows, saved
from tests.plans.papers.expected import EXPECTED
from tests.plans.papers.in_pdf import PDF
from tests.plans.papers.in_word import WORD

PRINTED = Path(__file__).parent / "papers"
# The same papers as an office program printed them: what is expected of the Word file is expected of its print.
PRINTS = {"numbered.pdf": "numbered", "annex.pdf": "annex"}


def _file(name: str) -> tuple[str, bytes]:
    if name in PRINTS:
        return name, (PRINTED / name).read_bytes()
    return (f"{name}.docx", WORD[name]()) if name in WORD else (f"{name}.pdf", PDF[name]())


@pytest.fixture(scope="module")
def documents() -> dict[str, PlanDocument]:
    read = {}
    for name in (*WORD, *PDF, *PRINTS):
        called, data = _file(name)
        read[name] = read_document(read_file(name=called, data=data))
    return read


@pytest.mark.parametrize("name", [*WORD, *PDF, *PRINTS])
def test_every_field_is_right(documents, name):
    expected = EXPECTED[PRINTS.get(name, name)]

    read = to_json(documents[name])

    assert read["unrecognised"] == []
    for field, value in expected.items():
        if field != "tasks":
            assert read[field] == value, field
    assert set(expected) >= set(read) - {"unrecognised"}


@pytest.mark.parametrize("name", [*WORD, *PDF, *PRINTS])
def test_every_task_is_right(documents, name):
    tasks = [
        (
            task.number,
            task.title,
            {(each.role, each.text) for each in task.performers},
            task.period.text,
            str(task.period.start),
            str(task.period.end),
            task.quantity,
            task.deliverable,
            task.cost,
            task.group,
        )
        for task in documents[name].tasks
    ]

    assert tasks == EXPECTED[PRINTS.get(name, name)]["tasks"]


@pytest.mark.parametrize("name", [*WORD, *PDF])
def test_a_file_carried_as_text_is_read_the_same(documents, name):
    """The form sends the text back: line ends of the browser change nothing."""
    called, data = _file(name)
    text = read_file(name=called, data=data)

    again = read_document("\r\n".join(text.split("\n")))

    assert to_json(again) == to_json(documents[name])


@pytest.mark.parametrize("name", ["numbered", "annex", "long"])
def test_each_value_knows_its_lines(documents, name):
    document = documents[name]
    lines = {line.number: line for line in document.lines}

    for task in document.tasks:
        words = " ".join(lines[number].text for number in task.source)
        assert task.title in words
    assert all(number in lines for basis in document.legal_bases for number in basis.source)


def test_what_was_struck_out_or_written_for_old_readers_is_not_read(documents):
    text = "\n".join(line.text for line in documents["merged"].lines)

    assert "bản cũ" not in text
    assert text.count("DỰ THẢO") == 1
    assert [mark.text for mark in documents["merged"].head.marks] == ["DỰ THẢO"]


def test_page_numbers_are_no_content_and_a_table_cut_by_pages_is_one(documents):
    document = documents["long"]

    assert [line.text for line in document.lines if line.text.strip().isdigit()] == []
    assert len([line for line in document.lines if line.cells]) == 13
    assert len(document.tasks) == 12


def test_the_printed_body_keeps_rows_as_cells(documents):
    rows = [item.cells for section in documents["annex"].sections for item in section.items if item.cells]

    assert rows[0][:3] == ("TT", "Nội dung", "Đơn vị thực hiện")
    assert rows[2] == ("1", "Khảo sát 04 xã thí điểm", "Chi cục TCĐLCL", "", "x", "x", "x", *[""] * 8, "45,5")


def test_values_are_frozen(documents):
    with pytest.raises(dataclasses.FrozenInstanceError):
        documents["numbered"].number = "1"


def test_months_that_are_only_coloured_are_marked():
    made = document()
    for text in ("KẾ HOẠCH", "Công tác năm 2025", "II. TIẾN ĐỘ THỰC HIỆN"):
        paragraph(made, text)
    months = [str(month) for month in range(1, 13)]
    table = rows(
        made,
        ("TT", "Nội dung", "Đơn vị", *months),
        ("I", "Chuẩn bị", "", *[""] * 12),
        ("1", "Khảo sát", "Tổ giúp việc", *[""] * 12),
        ("2", "Tổng kết", "", *[""] * 12),
    )
    for row, columns in ((0, range(15)), (1, range(15)), (2, (4, 5, 6)), (3, (2, 14))):
        for column in columns:
            shade = parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="D9D9D9"/>')
            table.cell(row, column)._tc.get_or_add_tcPr().append(shade)

    read = read_document(read_file(name="a.docx", data=saved(made)))

    assert [(task.title, task.period.text, task.group) for task in read.tasks] == [
        ("Khảo sát", "Tháng 2-4", "Chuẩn bị"),
        ("Tổng kết", "Tháng 12", "Chuẩn bị"),
    ]
    assert [task.performers for task in read.tasks if task.title == "Tổng kết"] == [()]
