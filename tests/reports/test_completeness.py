"""The completeness board as a workbook: exactly what is shown, only what one may see."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook

from plans.models import DueReport, Plan
from plans.services import report_progress
from plans.services.reporting import make_periods
from reports.registry import KINDS
from reports.renderers import xlsx
from tests.factories.plans import PlanFactory, task_of
from units.permissions import Role

KIND = KINDS["completeness"]


@pytest.fixture
def plan(cast):
    """A and B owe September and October 2024; B has sent both."""
    plan = PlanFactory(unit=cast.province, status=Plan.Status.ISSUED, reporting=Plan.Reporting.MONTH)
    task_of(plan, cast.a, cast.b, start=date(2024, 9, 1), end=date(2024, 10, 31))
    make_periods(plan=plan, until=date(2024, 12, 31), by=None)
    for due in DueReport.objects.filter(unit=cast.b).select_related("task"):
        report_progress(task=due.task, unit=cast.b, percent=40, note="", by=cast["sibling"], due_report=due)
    return plan


def cells(plan, cast, who=Role.PROGRAMME_OFFICER, **params):
    report = KIND.build(user=cast[who], params=KIND.clean({"plan": plan.pk, **params}))
    page = load_workbook(BytesIO(xlsx.render(report, "job"))).active
    return [[cell for cell in row if cell is not None] for row in page.iter_rows(values_only=True)], report


def test_the_workbook_says_what_the_board_shows(plan, cast):
    rows, report = cells(plan, cast)

    assert [1, cast.a.label, "0/1 Quá hạn", "0/1 Quá hạn"] in rows
    assert [2, cast.b.label, "0/1 Chờ tiếp nhận", "0/1 Chờ tiếp nhận"] in rows
    assert ["Đã tiếp nhận", "0/2", "0/2"] in rows
    assert report.scope == {"plan_view": sorted([cast.a.pk, cast.b.pk])}


def test_only_late_units_and_only_one_s_own(plan, cast):
    late, _report = cells(plan, cast, rows="late")
    own, _report = cells(plan, cast, "sibling")

    assert cast.b.label not in str(late)
    assert cast.a.label not in str(own)
    assert cast.b.label in str(own)


def test_its_page_is_the_table(client, plan, cast):
    client.force_login(cast[Role.PROGRAMME_OFFICER])

    page = client.get("/reports/completeness/", {"plan": plan.pk, "rows": "late"})

    assert page.status_code == 200
    assert [row.unit for row in page.context["report"].board.rows] == [cast.a.label]
