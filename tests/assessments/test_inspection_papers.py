"""The minutes of a visit on paper, and the results of an inspection."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import openpyxl
import pdfplumber
import pytest
from django.http import Http404
from docx import Document

from assessments.models import Finding, Inspection, Visit
from reports.contexts.inspection import inspection_minutes
from reports.contexts.inspection_results import inspection_results
from reports.registry import KINDS
from reports.renderers import docx, pdf, xlsx
from tests.factories.inspections import VisitFactory, held_visit
from tests.factories.units import make_cast
from units.permissions import Role

pytestmark = pytest.mark.django_db


def pdf_text(report) -> str:
    with pdfplumber.open(BytesIO(pdf.render(report, "job"))) as document:
        return " ".join(" ".join(page.extract_text() for page in document.pages).split())


def docx_text(report) -> str:
    document = Document(BytesIO(docx.render(report, "job")))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return " ".join(" ".join([*(each.text for each in document.paragraphs), *cells]).split())


def signed_visit(cast) -> Visit:
    visit = held_visit(
        cast,
        state="signed",
        conclusion="Hệ thống được duy trì",
        requests="Bổ sung hồ sơ\nBáo cáo kết quả",
        opinion="Nhất trí với biên bản",
        signed_by_team="Lê Văn Cường",
        signed_by_unit="Nguyễn Văn An",
        signed_on=date(2026, 3, 10),
    )
    by = cast[Role.PROGRAMME_OFFICER]
    Finding.objects.create(visit=visit, order=2, kind="strength", text="Bộ phận một cửa làm tốt", by=by)
    return Visit.objects.select_related("unit", "inspection__unit").get(pk=visit.pk)


@pytest.mark.parametrize("text_of", [pdf_text, docx_text])
def test_the_minutes_hold_the_parties_the_checklist_every_finding_and_both_signatures(text_of):
    cast = make_cast()

    text = text_of(inspection_minutes(signed_visit(cast), user=cast[Role.UNIT_HEAD]))

    for told in [
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "BIÊN BẢN",
        "45/QĐ-SKHCN",
        "08 giờ 00, ngày 10/3/2026",
        "Hội trường UBND huyện A",
        "Chi cục trưởng",
        "Trần Thị Bình",
        "Có mục tiêu chất lượng",
        "Không phù hợp",
        "Hồ sơ đánh giá nội bộ thiếu chữ ký",
        "7.5.3",
        "30/4/2026",
        "Bộ phận một cửa làm tốt",
        "Hệ thống được duy trì",
        "Báo cáo kết quả",
        "Nhất trí với biên bản",
        "ĐẠI DIỆN ĐƠN VỊ",
        "TRƯỞNG ĐOÀN",
        "Lê Văn Cường",
        "Nguyễn Văn An",
    ]:
        assert told in text
    assert "DỰ THẢO" not in text


def test_until_they_are_signed_the_minutes_are_a_draft():
    cast = make_cast()
    visit = Visit.objects.select_related("unit", "inspection__unit").get(pk=held_visit(cast).pk)

    assert "DỰ THẢO" in pdf_text(inspection_minutes(visit, user=cast[Role.ASSESSOR]))


def test_a_unit_has_its_minutes_once_they_are_drawn_up_and_no_other_units():
    cast = make_cast()
    visit, kind = held_visit(cast), KINDS["inspection-minutes"]

    def seen(role: str) -> bool:
        try:
            kind.get_subject(user=cast[role], params={"visit": visit.pk})
        except Http404:
            return False
        return True

    before = {role for role in [*Role, "sibling", "commune", "foreign"] if seen(role)}
    Visit.objects.filter(pk=visit.pk).update(state="minuted")
    after = {role for role in [*Role, "sibling", "commune", "foreign"] if seen(role)}

    people = {Role.ADMINISTRATOR, Role.PROGRAMME_OFFICER, Role.ASSESSOR, Role.LEADER}
    assert before == people
    assert after == people | {Role.UNIT_HEAD, Role.UNIT_OFFICER, Role.OBSERVER}


def test_the_results_count_findings_by_unit_and_answers_by_question(django_assert_num_queries):
    cast = make_cast()
    visit = signed_visit(cast)
    VisitFactory(inspection=visit.inspection, unit=cast.b)
    inspection = Inspection.objects.select_related("unit__parent").get(pk=visit.inspection_id)

    with django_assert_num_queries(3):
        report = inspection_results(inspection, user=cast[Role.LEADER])
    book = openpyxl.load_workbook(BytesIO(xlsx.render(report, "job")))

    assert [each.found for each in report.visits] == [[0, 1, 0, 1], [0, 0, 0, 0]]
    assert [each.answers for each in report.visits] == [["Phù hợp", "Không phù hợp"], ["", ""]]
    assert "Hồ sơ đánh giá nội bộ thiếu chữ ký" in pdf_text(report)
    cells = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {"Không phù hợp", "Bộ phận một cửa làm tốt", "UBND huyện B"} <= set(cells)
