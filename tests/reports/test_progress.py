"""Báo cáo tiến độ: true counts, only what the requester may see, blanks left blank."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone

from plans.models import Recipient, SignatureLine
from reports.contexts import paper, progress_report
from reports.contexts.progress import about
from reports.renderers import pdf
from tests.factories.plans import PlanFactory, task_of
from tests.factories.reports import fund
from tests.factories.units import UnitFactory
from units.models import Unit
from units.permissions import Role


def test_tasks_and_units_are_counted(cast, plan):
    report = progress_report(plan, user=cast[Role.LEADER])

    assert report.general == (
        "Kế hoạch có 04 nhiệm vụ: 01 nhiệm vụ đã hoàn thành, 01 nhiệm vụ đang thực hiện, "
        "01 nhiệm vụ chưa đến thời gian thực hiện, 01 nhiệm vụ quá hạn."
    )
    assert report.reporting == (
        "Trong số 02 đơn vị được giao báo cáo có 01 đơn vị đã báo cáo tiến độ, 01 đơn vị chưa báo cáo."
    )
    assert [line.percent for line in report.lines] == ["100", "40", "", ""]
    assert [line.number for line in report.late] == ["3"]
    assert [line.number for line in report.said] == ["1", "2"]
    assert not report.is_partial


def test_a_plan_without_tasks_or_reports_claims_nothing(cast):
    report = progress_report(PlanFactory(unit=cast.province), user=cast[Role.LEADER])

    assert report.general == "Kế hoạch có 00 nhiệm vụ: không có nhiệm vụ quá hạn."
    assert (report.reporting, report.schedules, report.late) == ("", [], [])


def test_a_unit_s_officer_sees_their_own_unit_alone_and_is_told_so(cast, plan):
    report = progress_report(plan, user=cast["sibling"])
    words = pdf.markup(report)

    assert report.is_partial
    assert report.unit_names == [cast.b.name]
    assert "không thuộc phạm vi theo dõi" in report.general
    assert cast.b.name in words
    assert "CANARY-A" not in words
    assert "CANARY-A" not in str([sheet.rows for sheet in report.sheets])
    assert report.scope == {"plan_view": [cast.b.pk]}


def test_money_is_told_to_those_who_may_see_it(cast, plan):
    fund(plan, cast[Role.FINANCE])

    seen = progress_report(plan, user=cast[Role.LEADER])
    unseen = progress_report(plan, user=cast[Role.ASSESSOR])

    assert "84.000.000\u00a0đồng" in pdf.markup(seen)
    assert "đạt 14,88%" in pdf.markup(seen)
    assert "còn lại 71.500.000\u00a0đồng" in pdf.markup(seen)
    assert seen.scope["budget_view"] == [cast.province.pk]
    assert "KINH PHÍ" not in pdf.markup(unseen)
    assert [sheet.name for sheet in seen.sheets] == ["Tiến độ", "Theo đơn vị", "Kinh phí"]
    assert [sheet.name for sheet in unseen.sheets] == ["Tiến độ", "Theo đơn vị"]


def test_money_that_nobody_gave_is_a_blank(cast, plan):
    words = pdf.markup(progress_report(plan, user=cast[Role.LEADER]))

    assert 'Tổng kinh phí thực hiện Kế hoạch:<span class="blank">&nbsp;</span>đồng.' in words


def test_the_paper_is_the_issuer_s_draft(cast, plan):
    Recipient.objects.create(plan=plan, order=0, text="Bộ KH&CN", purpose="để b/c")
    Recipient.objects.create(plan=plan, order=1, text="Lưu: VT, CN")

    report = progress_report(plan, user=cast[Role.LEADER])
    words = pdf.markup(report)

    assert report.paper.organ_lines == ("ỦY BAN NHÂN DÂN", "TỈNH MẪU")
    assert report.paper.parent_organ == ""
    assert report.paper.symbol_tail == "UBND"
    assert report.paper.recipients == ("- Bộ KH&CN (để b/c);", "- Lưu: VT, CN.")
    assert report.paper.authorities == ["TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"]
    assert 'Số:<span class="blank">&nbsp;</span>/BC-UBND' in words
    assert "DỰ THẢO" in words
    assert "số 231/KH-UBND ngày 16 tháng 6 năm 2023" in words
    assert "Nguyễn Văn Ký" not in words  # nobody has signed this


def test_a_committee_names_the_organ_above_it_and_what_the_plan_lacks_stays_blank(cast):
    committee = UnitFactory(parent=cast.province, kind=Unit.Kind.COMMITTEE, name="Ban Chỉ đạo ISO tỉnh")
    plan = PlanFactory(
        unit=committee, number="", symbol="KH-BCĐ", issue_day=None, issuer=committee.name, title="Hoạt động năm 2024"
    )
    SignatureLine.objects.create(plan=plan, order=0, text="TM. BAN CHỈ ĐẠO")
    office = "GIÁM ĐỐC SỞ KHOA HỌC VÀ CÔNG NGHỆ"
    SignatureLine.objects.create(plan=plan, order=1, text=office, kind=SignatureLine.Kind.OFFICE)

    report = progress_report(plan, user=cast[Role.LEADER])
    words = pdf.markup(report)

    assert report.paper.parent_organ == "UBND TỈNH MẪU"
    assert report.paper.organ_lines == ("BAN CHỈ ĐẠO ISO TỈNH",)
    assert report.paper.office_lines == ("GIÁM ĐỐC", "SỞ KHOA HỌC VÀ CÔNG NGHỆ")
    assert (
        'số<span class="blank">&nbsp;</span>/KH-BCĐ ngày<span class="blank-day">&nbsp;</span>tháng 02 năm 2024' in words
    )
    assert "về hoạt động năm 2024" in words


def test_the_schedule_is_one_annex_a_year(cast):
    plan = PlanFactory(unit=cast.province)
    task_of(plan, cast.a, order=1, start=date(2024, 11, 1), end=date(2025, 2, 28))

    report = progress_report(plan, user=cast[Role.LEADER])

    assert [(each.label, each.year) for each in report.schedules] == [("Phụ lục I", 2024), ("Phụ lục II", 2025)]
    planned = [[month.planned for month in months] for each in report.schedules for _line, months in each.rows]
    assert planned == [[False] * 10 + [True] * 2, [True] * 2 + [False] * 10]
    assert all(month.past for each in report.schedules for _line, months in each.rows for month in months)


def test_a_schedule_of_many_years_ends_after_five(cast):
    plan = PlanFactory(unit=cast.province)
    task_of(plan, cast.a, start=date(2020, 1, 1), end=date(2030, 12, 31))

    assert progress_report(plan, user=cast[Role.LEADER]).years == [2020, 2021, 2022, 2023, 2024]


def test_what_people_type_stays_text(cast):
    nasty = '<img src="file:///etc/passwd"><script>alert(1)</script>{{ 7*7 }}'
    plan = PlanFactory(unit=cast.province, title=nasty)
    task_of(plan, cast.a, title=nasty)

    words = pdf.markup(progress_report(plan, user=cast[Role.LEADER]))

    assert "<img" not in words
    assert "<script" not in words
    assert "&lt;img src=" in words
    assert "{{ 7*7 }}" in words


def test_equal_data_have_the_same_version_and_other_data_another(cast, plan):
    leader = cast[Role.LEADER]
    first, second = progress_report(plan, user=leader), progress_report(plan, user=leader)
    assert first.data_version == second.data_version

    task_of(plan, cast.a, order=9)
    assert progress_report(plan, user=leader).data_version != first.data_version


@pytest.mark.parametrize("tasks", [1, 3])
def test_a_report_costs_the_same_queries_for_any_number_of_tasks(cast, tasks, django_assert_num_queries):
    plan = PlanFactory(unit=cast.province)
    for order in range(tasks):
        task_of(plan, cast.a, cast.b, order=order)
    leader = cast[Role.LEADER]
    progress_report(plan, user=leader)

    with django_assert_num_queries(9):
        progress_report(plan, user=leader)


@pytest.mark.parametrize(
    ("title", "inside"),
    [
        ("Hoạt động của Ban", "hoạt động của Ban"),
        ("ISO 18091 năm 2023", "ISO 18091 năm 2023"),
        ("Ủy thác", "ủy thác"),
        ("A và B", "a và B"),
        ("", ""),
    ],
)
def test_a_title_inside_a_sentence(title, inside):
    assert about(title) == inside


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (paper.count(1), "01"),
        (paper.count(231), "231"),
        (paper.written_month(2), "02"),
        (paper.written_month(3), "3"),
        (paper.written_day(date(2024, 6, 5)), "5/6/2024"),
        (paper.money(84_000_000), "84.000.000\u00a0đồng"),
        (paper.decimal(None), ""),
        (paper.file_safe('Số: 231/KH\n"UBND"...'), "Số- 231-KH-UBND"),
    ],
)
def test_numbers_and_days_as_documents_write_them(value, written):
    assert value == written


def test_headings_are_broken_into_lines_of_much_the_same_length():
    lines = paper.balanced("Tiến độ thực hiện Kế hoạch hoạt động của Ban Chỉ đạo ISO tỉnh năm 2024")

    assert lines == ("Tiến độ thực hiện Kế hoạch hoạt động", "của Ban Chỉ đạo ISO tỉnh năm 2024")
    assert paper.balanced("Ngắn") == ("Ngắn",)


def test_the_report_s_day_is_the_day_in_viet_nam(cast, plan):
    assert progress_report(plan, user=cast[Role.LEADER]).as_of == timezone.localdate()
