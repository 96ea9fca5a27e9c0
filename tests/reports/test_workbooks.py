"""Workbooks: real numbers and dates, sums and no other formula, set up for paper."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from reports.contexts import SumOf, assessment_report, progress_report
from reports.renderers import xlsx
from tests.factories.plans import PlanFactory, accepted_progress, task_of
from tests.factories.reports import fund, make_assessment
from units.permissions import Role

TRICKS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", '"=1', "=cmd|'/c calc'!A0", "{=1}"]


def book_of(report):
    return load_workbook(BytesIO(xlsx.render(report, "job")))


def cells_of(book):
    return [cell for page in book for row in page.iter_rows() for cell in row if cell.value is not None]


@pytest.fixture
def progress_book(cast, plan):
    fund(plan, cast[Role.FINANCE])
    return book_of(progress_report(plan, user=cast[Role.LEADER]))


def head_of(page):
    return int(page.print_title_rows.split(":")[0].strip("$"))


def test_values_keep_their_types(progress_book, plan):
    page = progress_book["Tiến độ"]
    row = head_of(page) + 1

    titles = [cell.value for cell in page[head_of(page)]]
    values = dict(zip(titles, page[row], strict=True))

    assert values["TT"].value == "1"
    assert isinstance(values["Bắt đầu"].value, datetime)
    assert values["Bắt đầu"].number_format == "d/m/yyyy"
    assert (values["Tiến độ (%)"].value, values["Đã báo cáo"].value) == (100, 1)
    assert values["Kết quả báo cáo gần nhất"].value == "Đã khảo sát 9 đơn vị"


def test_what_nobody_said_is_blank_and_not_zero(progress_book):
    page = progress_book["Tiến độ"]
    titles = [cell.value for cell in page[head_of(page)]]

    assert page.cell(head_of(page) + 3, titles.index("Tiến độ (%)") + 1).value is None


def test_the_money_reconciles(progress_book):
    page = progress_book["Kinh phí"]
    rows = [[cell.value for cell in row] for row in page.iter_rows(min_row=head_of(page) + 1)]

    assert rows[0][1:] == ["Tập huấn", None, 12_500_000]
    first = head_of(page) + 1
    assert [row[3] for row in rows[1:]] == [f"=SUM(D{first})", 84_000_000, 71_500_000]


@pytest.mark.parametrize("kind", ["progress", "points", "rag"])
def test_pages_are_set_up_for_paper(cast, plan, kind):
    leader = cast[Role.LEADER]
    report = (
        progress_report(plan, user=leader)
        if kind == "progress"
        else assessment_report(make_assessment(cast, kind), user=leader)
    )

    for page in book_of(report):
        head = head_of(page)
        assert page["A1"].value.isupper()
        assert page["A2"].value
        assert page.freeze_panes == f"C{head + 1}"
        assert (page.page_setup.orientation, int(page.page_setup.paperSize)) == ("landscape", 9)
        assert (page.page_setup.fitToWidth, page.page_setup.fitToHeight) == (1, 0)
        assert page.print_area
        assert all(page.column_dimensions[cell.column_letter].width > 5 for cell in page[head])
        assert "Số liệu lúc" in page.oddFooter.left.text


def test_points_are_numbers_and_totals_are_sums_of_sums(cast, sheet):
    page = book_of(assessment_report(sheet, user=cast[Role.LEADER]))["Kết quả"]
    first = head_of(page) + 1
    rows = [[cell.value for cell in row] for row in page.iter_rows(min_row=first)]

    assert rows[1][:3] == ["1.1", "Tiêu chí 1", 2.5]
    assert [row[4] for row in rows] == [
        f"=SUM(E{first + 1}:E{first + 3})",
        2.5,
        0,
        None,
        None,
        None,
        f"=SUM(E{first},E{first + 4})",
    ]
    assert page.cell(first + 1, 5).number_format == "0.00"


def test_text_never_becomes_a_formula(cast):
    plan = PlanFactory(unit=cast.province, title="=1+1", number="1")
    for order, trick in enumerate(TRICKS):
        task = task_of(plan, cast.a, order=order, title=trick, number="=2+2", period_text=trick)
        accepted_progress(task=task, unit=cast.a, percent=1, note=trick, by=cast[Role.UNIT_OFFICER])

    book = book_of(progress_report(plan, user=cast[Role.LEADER]))

    formulas = {cell.value for cell in cells_of(book) if cell.data_type == "f"}
    page = book["Tiến độ"]
    first, last = head_of(page) + 1, head_of(page) + len(TRICKS)
    assert formulas == {f"=SUM(H{first}:H{last})", f"=SUM(I{first}:I{last})"}
    shown = {cell.value for cell in cells_of(book)}
    assert "=1+1" in shown
    assert "@SUM(A1)" in shown


def test_characters_that_no_workbook_takes_are_left_out(cast):
    plan = PlanFactory(unit=cast.province)
    task_of(plan, cast.a, title="a\x0bc" + "d" * 40_000)

    values = [str(cell.value) for cell in cells_of(book_of(progress_report(plan, user=cast[Role.LEADER])))]

    assert max(map(len, values)) == 32_767
    assert any(value.startswith("acd") for value in values)


def test_the_file_says_nothing_of_people_and_machines(cast, plan):
    report = progress_report(plan, user=cast[Role.LEADER])
    content = xlsx.render(report, "job")

    properties = load_workbook(BytesIO(content)).properties
    assert (properties.creator, properties.lastModifiedBy, properties.title) == ("isoportal", "isoportal", report.title)
    with ZipFile(BytesIO(content)) as archive:
        assert not any(cast[Role.LEADER].username.encode() in archive.read(name) for name in archive.namelist())


@pytest.mark.parametrize(
    ("rows", "formula"),
    [([], 0), ([0], "=SUM(B5)"), ([0, 1, 2], "=SUM(B5:B7)"), ([0, 2, 3], "=SUM(B5,B7:B8)")],
)
def test_sums_name_their_rows(rows, formula):
    assert xlsx._sum(SumOf(rows=rows), "B", 5) == formula
