"""The printed schedule: as many sheets as its time needs, heads on every page, a cell for every month."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import openpyxl
import pdfplumber
import pytest
from django.urls import reverse

from plans.models import TaskDependency
from reports.contexts.schedule import AHEAD, PAST, schedule_report
from reports.registry import KINDS
from reports.registry.options import InvalidParams
from reports.renderers import pdf, xlsx
from tests.factories.plans import PlanFactory, task_of
from units.permissions import Role

A4, A3 = (842, 595), (1191, 842)


@pytest.fixture
def plan(cast):
    plan = PlanFactory(unit=cast.province)
    first = task_of(plan, cast.a, number="1", order=1, start=date(2024, 11, 1), end=date(2024, 12, 31))
    second = task_of(plan, cast.b, number="2", order=2, start=date(2025, 1, 1), end=date(2025, 2, 28), parent=first)
    TaskDependency.objects.create(predecessor=first, task=second, lag_days=2)
    task_of(plan, cast.b, number="3", order=3, start=None, end=None, is_cancelled=True)
    return KINDS["schedule"].subjects().get(pk=plan.pk)


def report_of(plan, cast, **options):
    return schedule_report(plan, user=cast[Role.PROGRAMME_OFFICER], **options)


@pytest.mark.parametrize(
    ("by", "paper", "pages", "columns"),
    [("month", "a4", 2, [12, 12]), ("month", "a3", 1, [24]), ("week", "a4", 1, [18]), ("week", "a3", 1, [18])],
)
def test_time_is_cut_into_sheets_of_paper(cast, plan, by, paper, pages, columns):
    report = report_of(plan, cast, by=by, paper=paper)

    assert [len(page.columns) for page in report.pages] == columns
    assert len(report.annexes) == len(report.sheets) == pages
    assert {annex.sheet for annex in report.annexes} == {paper}
    assert sum(sum(line.planned) for line in report.pages[0].lines) > 0


def test_a_line_says_what_it_is_and_waits_for(cast, plan):
    (page,) = report_of(plan, cast, paper="a3").pages

    assert [line.number for line in page.lines] == ["1", "2", "3"]
    assert page.lines[1].title.startswith("– ")
    assert "1 (" in page.lines[1].title
    assert "đã hủy" in page.lines[2].title
    assert not any(page.lines[2].planned)


def test_months_gone_by_and_to_come_bear_their_marks(cast, plan):
    page = report_of(plan, cast, paper="a3").pages[0]

    marks = page.marks(page.lines[0])

    assert marks[10:12] == [PAST, PAST]
    assert set(marks[:10] + marks[12:]) == {""}
    assert AHEAD != PAST


@pytest.mark.parametrize(("paper", "size"), [("a4", A4), ("a3", A3)])
def test_the_pdf_lies_across_its_paper_and_repeats_its_heads(cast, paper, size):
    plan = PlanFactory(unit=cast.province)
    for number in range(60):
        task_of(plan, cast.a, number=str(number), order=number, title="Nhiệm vụ dài " * 8)

    content = pdf.render(report_of(KINDS["schedule"].subjects().get(pk=plan.pk), cast, paper=paper), "job")

    with pdfplumber.open(BytesIO(content)) as document:
        pages = [page.extract_text() for page in document.pages]
        sizes = {(round(float(page.width)), round(float(page.height))) for page in document.pages}
    assert sizes == {size}
    assert len(pages) > 1
    assert all("Nội dung công việc" in page for page in pages[:-1])


def test_the_workbook_has_a_cell_for_every_month(cast, plan):
    content = xlsx.render(report_of(plan, cast), "job")

    book = openpyxl.load_workbook(BytesIO(content))
    sheet = next(each for each in book.worksheets if "2024" in each.title)
    cells = [cell.value for row in sheet.iter_rows() for cell in row]
    assert cells.count(PAST) == 2
    assert "Tháng 10/2024" in cells


def test_the_page_offers_its_choices_and_refuses_others(client, cast, plan):
    client.force_login(cast[Role.PROGRAMME_OFFICER])
    page = reverse("reports:show", args=["schedule"])

    assert client.get(page, {"plan": plan.pk, "by": "week", "paper": "a3"}).status_code == 200
    with pytest.raises(InvalidParams):
        KINDS["schedule"].clean({"plan": plan.pk, "paper": "a0"})
    client.force_login(cast["foreign"])
    assert client.get(page, {"plan": plan.pk}).status_code == 404


def test_a_plan_without_days_prints_a_page_that_says_so(cast):
    plan = PlanFactory(unit=cast.province)
    task_of(plan, cast.a, start=None, end=None)

    report = report_of(KINDS["schedule"].subjects().get(pk=plan.pk), cast)

    assert report.pages == []
    assert pdf.render(report, "job").startswith(b"%PDF")


@pytest.mark.parametrize("count", [1, 3])
def test_a_schedule_costs_the_same_however_many_tasks(cast, django_assert_num_queries, count):
    plan = PlanFactory(unit=cast.province)
    for number in range(count):
        task_of(plan, cast.a, cast.b, number=str(number), order=number)
    plan = KINDS["schedule"].subjects().get(pk=plan.pk)
    user = cast[Role.PROGRAMME_OFFICER]
    assert user.held_roles

    with django_assert_num_queries(6):
        schedule_report(plan, user=user)
