"""The chasing letter as an official letter: its form on the page, its words in PDF and Word, all of a run at once."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pdfplumber
import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm

from plans.models import ChasingLetter
from plans.services import send_letters
from reports import jobs
from reports.models import ReportJob
from reports.registry import KINDS
from reports.renderers import archive, docx, pdf
from reports.services import FormatNotOffered, request_report
from tests.factories.chasing import an_item, chase_units, many_units
from tests.reports.reading import read_pdf, text_of
from tests.reports.test_geometry import near
from tests.reports.test_printed_plan import docx_text
from units.permissions import Role


@pytest.fixture
def letter(cast) -> ChasingLetter:
    return chase_units(cast, items=[an_item(cast.a, "task:1"), an_item(cast.a, "due_report:2")]).letters[0]


def build(kind: str, person, **params):
    return KINDS[kind].build(user=person, params=params)


def test_the_form_of_a_draft(cast, letter):
    (page,) = read_pdf(pdf.render(build("chasing-letter", cast[Role.LEADER], letter=letter.pk), "job"))

    parent, first, second = page.line("UBND TỈNH MẪU"), page.line("SỞ KHOA HỌC"), page.line("VÀ CÔNG NGHỆ")
    assert (parent.baseline, parent.middle, parent.bold) == (near(24.55), near(63.0), False)
    assert (first.baseline, second.baseline, second.bold) == (near(30.54), near(36.54), True)
    number = page.line("Số:")
    assert (number.text, number.baseline, number.middle) == ("Số:/SKHCN-TĐC", near(46.27), near(63.0))
    about = page.line("V/v đôn đốc")
    assert (about.baseline, about.middle, about.size) == (near(53.91), near(63.0), 12)
    assert page.line("DỰ THẢO").middle == near(63.0)
    addressed = page.line("Kính gửi: Ủy ban nhân dân huyện A")
    assert (addressed.middle, addressed.size) == (near(112.5), 14)
    assert page.line("Thực hiện").x0 == near(40.0)
    name, last = page.line("Nguyễn Văn B"), page.line("PHÓ GIÁM ĐỐC")
    assert (name.middle, name.baseline - last.baseline) == (near(148.8), near(32.35))
    assert page.line("- Như trên;").x0 == near(30.0)
    assert page.line("- Lưu: VT, TĐC.").baseline > page.line("- Ban Chỉ đạo").baseline
    assert not [line for line in page.lines if line.baseline < 15]  # the first page has no number


def test_a_letter_that_was_sent_has_its_number_and_its_day(cast, letter):
    (sent,) = send_letters(letters=[letter], by=cast[Role.PROGRAMME_OFFICER])

    text = text_of(pdf.render(build("chasing-letter", cast[Role.UNIT_OFFICER], letter=letter.pk), "job"))

    day = sent.register_number.issued_on
    assert "Số:01/SKHCN-TĐC" in text
    assert f"ngày{day.day:02d}tháng" in text
    assert "DỰTHẢO" not in text


@pytest.mark.parametrize(
    "words",
    [
        "Nhiệm vụ task:1 “Rà soát quy trình”",
        "Kế hoạch số 05/KH-BCĐ ngày 16/02/2024",
        "31/10/2024",
        "Kính gửi: Ủy ban nhân dân huyện A",
        "KT. GIÁM ĐỐC",
        "Đề nghị Ủy ban nhân dân huyện A quan tâm, chỉ đạo thực hiện./.",
    ],
)
def test_pdf_and_docx_say_the_same(cast, letter, words):
    report = build("chasing-letter", cast[Role.LEADER], letter=letter.pk)

    for text in (text_of(pdf.render(report, "job")), docx_text(docx.render(report, "job"))):
        assert words.replace(" ", "") in text.replace(" ", "").replace("\u00a0", "")


def test_the_word_document_has_the_form_in_styles(cast, letter):
    document = Document(BytesIO(docx.render(build("chasing-letter", cast[Role.LEADER], letter=letter.pk), "job")))

    section, body = document.sections[0], document.styles["Paragraph"]
    margins = (section.top_margin, section.right_margin, section.bottom_margin, section.left_margin)
    assert [round(margin.mm) for margin in margins] == [20, 15, 20, 30]
    assert (round(section.page_width.mm), section.different_first_page_header_footer) == (210, True)
    assert (body.font.name, body.font.size.pt, body.paragraph_format.line_spacing.pt) == ("Times New Roman", 14, 18)
    assert round(body.paragraph_format.first_line_indent / Mm(1)) == 10
    head, things, signing = document.tables
    assert [column.width.mm for column in head.columns] == pytest.approx([66, 99], abs=0.1)
    assert [cell.width.mm for cell in things.rows[0].cells] == pytest.approx([9, 101, 30, 25], abs=0.1)
    assert things.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert signing.rows[0].cells[0].paragraphs[0].text == "Nơi nhận:"
    assert "PAGE" in section.header._element.xml
    assert document.core_properties.language == "vi-VN"
    assert document.core_properties.author == "isoportal"


def test_all_letters_of_a_run_are_one_pdf_each_from_its_own_page_one(cast):
    made = chase_units(cast, *many_units(cast, 3))
    report = build("chasing-run", cast[Role.PROGRAMME_OFFICER], run=made.run.pk)

    pages = read_pdf(pdf.render(report, "job"))

    assert len(pages) == 3
    for number, page in enumerate(pages):
        assert page.line("Kính gửi:").text.endswith(f"huyệnthử{number}")
        assert not [line for line in page.lines if line.baseline < 15]


def test_an_archive_holds_each_letter_for_word_and_all_in_one_pdf(cast):
    made = chase_units(cast, *many_units(cast, 2))
    report = build("chasing-run", cast[Role.PROGRAMME_OFFICER], run=made.run.pk)

    with zipfile.ZipFile(BytesIO(archive.render(report, "job"))) as held:
        names = held.namelist()
        assert len(read_pdf(held.read(names[2]))) == 2
        assert "huyệnthử1" in docx_text(held.read(names[1])).replace(" ", "")

    assert [name.rpartition(".")[2] for name in names] == ["docx", "docx", "pdf"]
    assert [name[:3] for name in names[:2]] == ["001", "002"]


def test_the_file_of_a_letter_is_made_by_a_worker(cast, letter, settings):
    job = request_report(
        kind="chasing-letter", format="docx", params={"letter": letter.pk}, by=cast[Role.PROGRAMME_OFFICER]
    )

    jobs.run(job.pk)

    job.refresh_from_db()
    assert (job.state, job.error_code) == (ReportJob.State.DONE, "")
    assert "Kính gửi" in docx_text((settings.REPORT_ROOT / job.file).read_bytes())


@pytest.mark.parametrize(
    ("person", "is_sent", "sees"),
    [
        (Role.PROGRAMME_OFFICER, False, True),
        (Role.UNIT_OFFICER, False, False),  # a draft is not theirs yet
        (Role.UNIT_OFFICER, True, True),
        ("sibling", True, False),
        ("foreign", True, False),
    ],
)
def test_who_may_have_the_file_of_a_letter(cast, letter, client, person, is_sent, sees):
    if is_sent:
        send_letters(letters=[letter], by=cast[Role.PROGRAMME_OFFICER])
    client.force_login(cast[person])

    response = client.get("/reports/chasing-letter/", {"letter": letter.pk})

    assert response.status_code == (200 if sees else 404)
    assert ("Kính gửi" in response.content.decode()) is sees


@pytest.mark.parametrize(
    ("person", "status"), [(Role.PROGRAMME_OFFICER, 200), (Role.LEADER, 404), (Role.UNIT_OFFICER, 404)]
)
def test_who_may_have_all_letters_of_a_run(cast, letter, client, person, status):
    client.force_login(cast[person])

    assert client.get("/reports/chasing-run/", {"run": letter.run_id}).status_code == status


def test_a_format_that_the_kind_is_not_made_in_is_refused(cast, letter):
    with pytest.raises(FormatNotOffered) as refused:
        request_report(
            kind="chasing-letter", format="xlsx", params={"letter": letter.pk}, by=cast[Role.PROGRAMME_OFFICER]
        )

    assert "PDF, DOCX" in str(refused.value)


def test_pdf_of_a_run_names_its_title(cast, letter):
    content = pdf.render(build("chasing-run", cast[Role.PROGRAMME_OFFICER], run=letter.run_id), "job")

    with pdfplumber.open(BytesIO(content)) as document:
        assert document.metadata["Title"].startswith("Công văn")
