"""The printed plan gives the document back: every line, in its words, blanks blank; nothing that the form lacks."""

from __future__ import annotations

import re
from collections import Counter
from io import BytesIO
from pathlib import Path

import pdfplumber
import pytest
from docx import Document

from plans.document import read_document
from plans.models import LegalBasis, Plan, Section, Task
from plans.services import import_document
from reports.contexts import printed_plan
from reports.registry import KINDS
from reports.renderers import docx, pdf
from tests.factories.plans import SEEDS, PlanFactory, task_of
from tests.factories.units import UnitFactory
from tests.reports.reading import MM, read_pdf
from tests.reports.test_geometry import near
from units.models import Unit
from units.permissions import Role

COMPOSED = sorted((Path(__file__).parents[1] / "plans" / "data").glob("composed-*.txt"))
DOCUMENTS = [*SEEDS.values(), *COMPOSED]
STATE = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
# Marks of typing, not of the document: Markdown, drawn rules, columns of a table, ends of recipients.
TYPING = re.compile(r"[*_|#>=│⏎\s\u00a0.…;,:/+•–—-]+")


def plan_of(text: str, name: str = "Ban Chỉ đạo ISO tỉnh", kind: str = Unit.Kind.COMMITTEE) -> Plan:
    province = UnitFactory(kind=Unit.Kind.PROVINCE, name="UBND tỉnh Bắc Giang")
    unit = UnitFactory(parent=province, kind=kind, name=name)
    plan = import_document(document=read_document(text), unit=unit, by=None, text=text)
    return KINDS["plan"].subjects().get(pk=plan.pk)


def docx_text(content: bytes) -> str:
    """Every letter of the document in its order, tables where they stand."""
    document = Document(BytesIO(content))
    parts = [document.element.body.iter("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}t")]
    return "".join(element.text or "" for elements in parts for element in elements)


def pdf_text(content: bytes) -> str:
    """The glyphs in the order in which they are drawn, which is that of the document: cell by cell, column by column;
    without the numbers of pages."""
    with pdfplumber.open(BytesIO(content)) as document:
        return "".join(char["text"] for page in document.pages for char in page.chars if char["top"] * MM > 13)


def letters(text: str) -> str:
    """What a reader reads: without typing, tone marks on oa as the form has them, days without an idle zero."""
    text = text.replace("HOÀ", "HÒA").replace("Hoà", "Hòa").replace("NƠI NHẬN", "Nơi nhận").replace("<br", "\t")
    text = re.sub(r"(\D, ngày )(\d\d?)/(\d\d?)/(\d{4})$", r"\1\2 tháng \3 năm \4", text, flags=re.MULTILINE)
    return re.sub(r"(ngày|tháng)0(\d)", r"\1\2", TYPING.sub("", text))


def lines_of(text: str) -> list[str]:
    """The lines of the document by their pieces: columns that lie side by side are read one after the other."""
    pieces = [piece for line in text.splitlines() for piece in re.split(r"\t+|\||<br/?>|\s{3,}", line)]
    return [each for each in map(letters, pieces) if each]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem[:30])
@pytest.mark.parametrize("renderer", [pdf, docx], ids=["pdf", "docx"])
def test_every_line_of_the_document_is_given_back(db, path, renderer):
    text = path.read_text(encoding="utf-8")

    content = renderer.render(printed_plan(plan_of(text), user=None), "job")

    printed = letters(pdf_text(content) if renderer is pdf else docx_text(content))
    missing = [line for line in lines_of(text) if line not in printed]
    assert missing == []


@pytest.mark.parametrize("name", SEEDS)
def test_nothing_is_printed_but_the_document_and_its_form(db, name):
    text = SEEDS[name].read_text(encoding="utf-8")
    plan = plan_of(text) if name == "bac_giang" else plan_of(text, "UBND tỉnh Thừa Thiên Huế", Unit.Kind.PROVINCE)

    printed = Counter(letters(docx_text(docx.render(printed_plan(plan, user=None), "job"))))

    form = [*STATE]
    form += ["UBND TỈNH BẮC GIANG", "BAN CHỈ ĐẠO ISO TỈNH", "DỰ THẢO"] if name == "bac_giang" else []
    form += ["ỦY BAN NHÂN DÂN", "TỈNH THỪA THIÊN HUẾ"] if name == "hue" else []
    assert printed - Counter(letters(text)) == Counter(letters("".join(form)))


def lines(page, *starts: str) -> list[float]:
    return [page.line(start).baseline for start in starts]


def test_the_place_of_everything_on_the_first_page(db):
    content = pdf.render(printed_plan(plan_of(SEEDS["bac_giang"].read_text("utf-8")), user=None), "job")

    first, second = read_pdf(content)
    assert lines(first, "UBND TỈNH BẮC GIANG", "BAN CHỈ ĐẠO ISO TỈNH") == [near(24.55), near(30.54)]
    number, dated = first.line("Số:"), first.line("Bắc Giang, ngày")
    assert (number.text, dated.text) == ("Số:/KH-BCĐ", "BắcGiang,ngàytháng02năm2024")  # blanks stay blank
    assert (number.baseline, dated.baseline) == (near(40.28), near(40.28))
    assert lines(first, "DỰ THẢO", "KẾ HOẠCH", "Hoạt động của") == [near(48.65), near(61.56), near(67.91)]
    basis = first.line("Căn cứ Kế hoạch số 278")
    assert (basis.italic, basis.size, basis.x0) == (True, 14, near(40.0))
    assert first.line("I. MỤC ĐÍCH").bold
    office, authority = second.line("GIÁM ĐỐC"), second.line("PHÓ TRƯỞNG BAN")
    assert office.baseline - authority.baseline == near(32.35)
    assert second.line("2").middle == near(112.5)


def test_a_plan_that_was_issued_has_its_number_and_no_mark(db):
    text = SEEDS["hue"].read_text("utf-8")

    page = read_pdf(pdf.render(printed_plan(plan_of(text, "UBND tỉnh Thừa Thiên Huế", "province"), user=None), "job"))[
        0
    ]

    assert page.line("Số:").text == "Số:231/KH-UBND"
    assert page.line("ỦY BAN NHÂN DÂN").middle == near(63.0)
    assert not [line for line in page.lines if "DỰTHẢO" in line.text]


@pytest.fixture
def made_by_hand(cast) -> Plan:
    """A draft without sections: its tasks are all that it says."""
    plan = PlanFactory(unit=cast.province, number="", issue_day=None, title="Hoạt động năm 2026")
    task_of(plan, cast.a, order=1, number="1", title="Rà soát quy trình", period_text="Quý I/2026")
    task_of(plan, cast.b, order=2, number="2", title="Việc nảy sinh sau", origin=Task.Origin.CONCLUSION)
    task_of(plan, cast.b, order=3, number="3", title="Việc đã bỏ", is_cancelled=True)
    return KINDS["plan"].subjects().get(pk=plan.pk)


def test_a_plan_made_in_the_portal_prints_its_tasks_as_a_table(cast, made_by_hand):
    report = printed_plan(made_by_hand, user=cast[Role.LEADER])

    for printed in (pdf_text(pdf.render(report, "job")), docx_text(docx.render(report, "job"))):
        printed = "".join(printed.replace("\u00a0", " ").split())
        assert "1Ràsoátquytrình-UBNDhuyệnAQuýI/2026" in printed
        assert "nảysinh" not in printed
        assert "đãbỏ" not in printed
        assert "DỰTHẢO" in printed


def test_tasks_that_the_text_tells_are_not_told_again(db):
    plan = plan_of(SEEDS["bac_giang"].read_text("utf-8"))

    printed = docx_text(docx.render(printed_plan(plan, user=None), "job"))

    assert printed.count("Học tập kinh nghiệm áp dụng") == 2  # among the contents and in the table, as the paper has it


@pytest.mark.parametrize("tasks", [1, 3])
def test_printing_costs_the_same_for_any_number_of_tasks(cast, tasks, django_assert_num_queries):
    plan = PlanFactory(unit=cast.province)
    for order in range(tasks):
        task_of(plan, cast.a, order=order)

    with django_assert_num_queries(10):
        printed_plan(KINDS["plan"].subjects().get(pk=plan.pk), user=cast[Role.LEADER])


@pytest.mark.parametrize(
    ("person", "status"),
    [(Role.LEADER, 200), (Role.OBSERVER, 200), ("sibling", 200), ("commune", 404), ("foreign", 404)],
)
def test_who_may_print_a_plan(cast, client, person, status):
    plan = PlanFactory(unit=cast.province)
    task_of(plan, cast.a, cast.b)
    client.force_login(cast[person])

    assert client.get("/reports/plan/", {"plan": plan.pk}).status_code == status


def test_what_was_added_in_the_portal_follows_its_siblings(db):
    """Its line numbers are the portal's own, above those of any document: they say nothing of its place."""
    plan = plan_of(SEEDS["bac_giang"].read_text("utf-8"))
    LegalBasis.objects.create(plan=plan, order=9, text="Căn cứ văn bản thêm sau;", source_lines=[100_001])
    Section.objects.create(
        plan=plan,
        order=9,
        kind=Section.Kind.OTHER,
        label="V.",
        title="ĐIỀU KHOẢN THÊM",
        items=[{"label": "", "text": "Nội dung thêm sau.", "depth": 1, "cells": [], "source": [100_003]}],
        source_lines=[100_002],
    )

    report = printed_plan(KINDS["plan"].subjects().get(pk=plan.pk), user=None)

    printed = docx_text(docx.render(report, "job"))
    order = ["22/01/2024", "thêm sau;", "cụ thể như sau", "I. MỤC ĐÍCH", "IV. TỔ CHỨC", "V. ĐIỀU KHOẢN", "Nơi nhận"]
    places = [printed.index(words) for words in order]
    assert places == sorted(places)
    assert report.annexes == []


def test_a_plan_attached_to_a_decision_begins_on_a_page_of_its_own(db):
    (path,) = [path for path in COMPOSED if "19-decision" in path.stem]
    report = printed_plan(plan_of(path.read_text("utf-8"), "UBND tỉnh Lam Thành", Unit.Kind.PROVINCE), user=None)

    first, second = read_pdf(pdf.render(report, "job"))

    assert (first.line("QUYẾT ĐỊNH").bold, first.line("Điều 1.").x0) == (True, near(40.0))
    assert second.line("KẾ HOẠCH").middle == near(112.5)
    assert second.line("(Kèm theo Quyết định số 1207").italic
    assert second.line("III. NỘI DUNG").bold
