"""The form of NĐ 30/2020/NĐ-CP, measured on the page: places in millimetres, letters, fonts."""

from __future__ import annotations

from io import BytesIO

import pdfplumber
import pytest

from reports.contexts import assessment_report, progress_report
from reports.renderers import pdf
from tests.factories.plans import PlanFactory, import_seed, task_of
from tests.factories.reports import make_assessment, make_plan
from tests.factories.units import UnitFactory
from tests.reports.reading import fonts_of, is_nfc, read_pdf, text_of
from units.models import Unit
from units.permissions import Role

NEAR = 0.3
SERIFS = ("TimesNewRoman", "Times-New-Roman", "Liberation-Serif", "LiberationSerif", "Tinos")
MARGINS = {"left": 30, "right": 195}
# Every letter of the language with every mark it takes.
LETTERS = (
    "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ"
    "AÀẢÃÁẠĂẰẲẴẮẶÂẦẨẪẤẬBCDĐEÈẺẼÉẸÊỀỂỄẾỆGHIÌỈĨÍỊKLMNOÒỎÕÓỌÔỒỔỖỐỘƠỜỞỠỚỢPQRSTUÙỦŨÚỤƯỪỬỮỨỰVXYỲỶỸÝỴ"
)


def near(value):
    return pytest.approx(value, abs=NEAR)


@pytest.fixture
def committee_report(cast):
    """The yearly plan of a steering committee, as its document stands."""
    province = UnitFactory(kind=Unit.Kind.PROVINCE, name="UBND tỉnh Bắc Giang", place="Bắc Giang", code="24")
    cast[Role.LEADER].memberships.update(unit=province)
    committee = UnitFactory(parent=province, kind=Unit.Kind.COMMITTEE, name="Ban Chỉ đạo ISO tỉnh")
    plan = import_seed("bac_giang", unit=committee)
    return progress_report(plan, user=cast[Role.LEADER])


@pytest.fixture
def committee_pages(committee_report):
    return read_pdf(pdf.render(committee_report, "job"))


def test_the_head_of_a_committee(committee_pages):
    page = committee_pages[0]
    assert (page.width, page.height) == (210, 297)

    country, motto = page.line("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"), page.line("Độc lập - Tự do - Hạnh phúc")
    assert (country.baseline, country.size, country.bold) == (near(24.55), 13, True)
    assert (country.x0, country.x1) == (near(98.0), near(193.0))
    assert (motto.baseline, motto.size, motto.bold) == (near(30.66), 14, True)
    assert (motto.x0, motto.x1) == (near(115.3), near(175.7))
    rule = page.rule_under(motto)
    assert (rule.top - motto.baseline, rule.length) == (near(1.86), near(60.37))

    parent, organ = page.line("UBND TỈNH BẮC GIANG"), page.line("BAN CHỈ ĐẠO ISO TỈNH")
    assert (parent.baseline, parent.middle, parent.bold) == (near(24.55), near(63.0), False)
    assert (organ.baseline, organ.middle, organ.bold) == (near(30.54), near(63.0), True)
    rule = page.rule_under(organ)
    assert (rule.top - organ.baseline, rule.length) == (near(1.98), near(organ.width * 0.4))


def test_the_number_and_the_day_are_blank_and_stand_on_one_line(committee_pages):
    page = committee_pages[0]
    number, dated = page.line("Số:"), page.line("Bắc Giang, ngày")

    assert number.text == "Số:/BC-BCĐ"
    assert (number.baseline, number.middle, number.size) == (near(40.28), near(63.0), 13)
    assert (dated.baseline, dated.middle, dated.italic) == (near(40.28), near(145.5), True)
    draft = page.line("DỰ THẢO")
    assert (draft.baseline, draft.middle) == (near(48.65), near(63.0))


def test_the_title(committee_pages):
    page = committee_pages[0]
    kind = page.line("BÁO CÁO")
    first, last = page.line("Tiến độ thực hiện Kế hoạch hoạt động"), page.line("của Ban Chỉ đạo ISO tỉnh năm 2024")

    assert (kind.baseline, kind.middle, kind.size, kind.bold) == (near(61.56), near(112.5), 14, True)
    assert (first.baseline, last.baseline) == (near(61.56 + 6.35), near(61.56 + 12.7))
    assert (first.middle, last.middle) == (near(112.5), near(112.5))
    rule = page.rule_under(last)
    assert (rule.top - last.baseline, rule.length) == (near(2.57), near(max(first.width, last.width) * 0.4))


def test_the_text_keeps_to_its_margins(committee_pages):
    upright = [page for page in committee_pages if page.width < page.height]
    lines = [line for page in upright for line in page.lines]

    assert min(line.x0 for line in lines) > MARGINS["left"] - NEAR
    assert max(line.x1 for line in lines) < MARGINS["right"] + NEAR
    assert max(line.baseline for line in lines) < 297 - 20
    first = upright[0].line("Thực hiện Kế hoạch số")
    assert first.x0 == near(40.0)
    following = [line for line in upright[0].lines if 0 < line.baseline - first.baseline < 7]
    assert [line.baseline - first.baseline for line in following] == [near(6.35)]


def test_pages_are_numbered_from_the_second(committee_pages):
    upright = [page for page in committee_pages if page.width < page.height]
    numbers = [[line for line in page.lines if line.baseline < 20] for page in upright]

    assert numbers[0] == []
    for place, (number,) in enumerate(numbers[1:], start=2):
        assert (number.text, number.size) == (str(place), 13)
        assert (number.baseline, number.middle) == (near(11.55), near(112.5))


def test_the_signing_block_leaves_room_to_sign(committee_pages):
    page = next(page for page in committee_pages if any(line.text == "PHÓTRƯỞNGBAN" for line in page.lines))
    last, office = page.line("PHÓ TRƯỞNG BAN"), page.line("GIÁM ĐỐC")
    label, first = page.line("Nơi nhận:"), page.line("TM. BAN CHỈ ĐẠO")

    assert office.baseline - last.baseline == near(32.35)
    assert (first.middle, last.middle, office.middle) == (near(148.8), near(148.8), near(148.8))
    assert (label.baseline, label.x0) == (near(first.baseline), near(30.0))
    assert not any("NguyễnThanhBình" in line.text for line in page.lines)  # unsigned


def test_the_annex_lies_across(committee_pages):
    (page,) = [page for page in committee_pages if page.width > page.height]
    label, title = page.line("Phụ lục"), page.line("NỘI DUNG VÀ TIẾN ĐỘ THỰC HIỆN")
    reference = page.line("(Kèm theo Báo cáo số")

    assert (page.width, page.height) == (297, 210)
    assert [line.baseline for line in (label, title, reference)] == [near(24.84), near(31.19), near(37.54)]
    assert [line.middle for line in (label, title, reference)] == [near(156.0)] * 3


def test_the_head_of_a_people_s_committee_takes_two_lines(cast):
    page = read_pdf(pdf.render(progress_report(make_plan(cast), user=cast[Role.LEADER]), "job"))[0]
    first, second = page.line("ỦY BAN NHÂN DÂN"), page.line("TỈNH MẪU")

    assert (first.middle, second.middle) == (near(63.0), near(63.0))
    assert second.baseline - first.baseline == near(6.0)
    assert page.rule_under(second).length == near(max(first.width, second.width) * 0.4)
    assert page.line("Số:").baseline == near(40.28)


def test_every_letter_survives_in_an_embedded_serif(cast):
    plan = PlanFactory(unit=cast.province, title=f"Thử chữ {LETTERS}")
    task_of(plan, cast.a, order=1, title=LETTERS)
    content = pdf.render(progress_report(plan, user=cast[Role.LEADER]), "job")

    text = text_of(content)
    assert is_nfc(text)
    assert set(LETTERS) <= set(text)
    fonts = fonts_of(content)
    assert fonts
    assert all(name.startswith(SERIFS) for name in fonts), fonts
    assert all(fonts.values())


def test_a_report_of_one_job_is_the_same_byte_for_byte(committee_report):
    assert pdf.render(committee_report, "job") == pdf.render(committee_report, "job")


def test_the_pdf_is_tagged_and_names_its_language_and_title(committee_report):
    with pdfplumber.open(BytesIO(pdf.render(committee_report, "job"))) as document:
        catalogue = document.doc.catalog
        title = document.metadata["Title"]

    assert catalogue["Lang"] == b"vi"
    assert "StructTreeRoot" in catalogue
    assert "Outlines" in catalogue
    assert title == committee_report.title


@pytest.mark.parametrize("scale", ["points", "rag"])
def test_the_result_of_an_assessment_has_the_same_form(cast, scale):
    report = assessment_report(make_assessment(cast, scale), user=cast[Role.ASSESSOR])
    content = pdf.render(report, "job")
    page = read_pdf(content)[0]

    assert page.line("ỦY BAN NHÂN DÂN").middle == near(63.0)
    assert page.line("Số:").text == "Số:/BC-UBND"
    assert page.line("BÁO CÁO").middle == near(112.5)
    assert all(name.startswith(SERIFS) for name in fonts_of(content))
    text = text_of(content)
    assert ("2,50" in text) is (scale == "points")
    assert ("●X" in text) is (scale == "rag")
