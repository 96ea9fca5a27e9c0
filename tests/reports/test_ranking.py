"""The ranking and the comparison as documents and workbooks: the same decimals on every face, drafts for insiders."""

from __future__ import annotations

import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from reports.registry import KINDS, LANGUAGE, NoAccess
from reports.renderers import xlsx
from tests.factories.results import Results, make_results
from tests.factories.units import UnitFactory
from units.permissions import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def results() -> Results:
    made = make_results()
    made.sheet(("8.05", "7.10", "9.10"), unit=made.cast.a)
    made.sheet(("9.33", "9.33", "9.34"), unit=made.cast.b)
    return made


def test_no_points_are_blank_and_0_points_are_0(results):
    results.sheet(("0", None, "3"), unit=UnitFactory(parent=results.cast.province, name="Z"))
    book = load_workbook(io.BytesIO(xlsx.render(built(results, "comparison"), "1")))

    *_others, last = book["Đơn vị x tiêu chí"].iter_rows(values_only=True)

    assert last == ("Z", 0, None, 3)


def built(results: Results, kind: str, role: str = Role.LEADER):
    return KINDS[kind].build(user=results.cast[role], params={"round": results.round.pk})


def words(report) -> str:
    tables = [block for annex in report.annexes for block in annex.blocks if block.kind == "table"]
    return " | ".join(line for table in tables for row in table.rows for cell in row.cells for line in cell.lines)


def test_a_total_has_the_same_decimals_on_page_api_document_and_workbook(client, results):
    client.force_login(results.cast[Role.LEADER])

    page = client.get(reverse("assessments:ranking", args=[results.round.pk])).text
    rows = client.get("/api/v1/rankings/", {"round": results.round.pk}).json()["results"]
    report = built(results, "ranking")
    sheet = load_workbook(io.BytesIO(xlsx.render(report, "1")))["Xếp loại"]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]

    assert "24,25" in page
    assert "28,00" in page
    assert [row["final_total"] for row in rows] == ["24.25", "28.00"]
    assert "24,25" in words(report)
    assert "28,00" in words(report)
    assert {24.25, 28} <= {cell.value for cell in cells if cell.number_format == "0.00"}


def test_a_draft_says_so_and_a_publication_tells_its_decision(results):
    draft = built(results, "ranking")
    results.approve()
    results.publish()
    published = built(results, "ranking")

    assert "DỰ THẢO" in draft.paper.boxes
    assert published.paper.boxes == ()
    assert "15/QĐ-UBND" in " ".join(block.text for block in published.blocks if block.kind == "paragraph")
    assert draft.file_name.endswith("dự thảo")


@pytest.mark.parametrize("kind", ["ranking", "comparison"])
@pytest.mark.parametrize("person", [Role.UNIT_HEAD, "sibling", "foreign"])
def test_units_have_the_page_and_not_the_report_of_the_province(results, kind, person):
    with pytest.raises(NoAccess):
        built(results, kind, person)


def test_the_heat_map_of_the_pdf_has_the_cells_of_the_page(client, results):
    client.force_login(results.cast[Role.LEADER])
    page = client.get(reverse("assessments:compare"), {"round": results.round.pk}).context["heat"]
    report = built(results, "comparison")

    [table] = [block for block in report.annexes[0].blocks if block.kind == "table"]

    assert [[(cell.lines[0], cell.look) for cell in row.cells[1:]] for row in table.rows] == [
        [(cell.letter, f"heat-{cell.look}") for cell in row.cells] for row in page.rows
    ]
    assert [row.cells[0].lines[0] for row in table.rows] == [row.unit for row in page.rows]


def test_the_workbook_has_every_stage_of_every_criterion(results):
    book = load_workbook(io.BytesIO(xlsx.render(built(results, "comparison"), "1")))

    rows = [row for row in book["Các bước chấm"].iter_rows(values_only=True) if row[1] == "2.1"]

    assert [(row[0], row[4], row[5], row[8], row[9]) for row in rows] == [
        ("UBND huyện A", 9, 9.1, 9.1, "A"),
        ("UBND huyện B", 9, 9.34, 9.34, "A"),
    ]


@pytest.mark.parametrize("kind", ["ranking", "comparison"])
def test_a_report_costs_the_same_queries_for_2_and_4_units(results, kind, django_assert_num_queries):
    def compose() -> None:
        subject = KINDS[kind].subjects().get(pk=results.round.pk)
        KINDS[kind].report(subject, user=results.cast[Role.LEADER], params={"round": results.round.pk})

    compose()
    expected = {"ranking": 5, "comparison": 6}[kind]
    with django_assert_num_queries(expected):
        compose()
    for given in ("5", "6"):
        results.sheet((given, "1", "3"), unit=UnitFactory(parent=results.cast.province))

    with django_assert_num_queries(expected):
        compose()
    assert LANGUAGE == "vi"
