"""The reports on corrective actions and on quality management systems: counts, who sees what, files."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from reports.contexts.corrective_actions import correction_report
from reports.contexts.qms_overview import qms_report
from reports.renderers import pdf, xlsx
from tests.factories.corrective_actions import make_correction
from tests.factories.systems import make_system
from units.permissions import Role

TODAY = timezone.localdate


@pytest.fixture
def some(cast):
    by, yesterday = cast[Role.UNIT_OFFICER], TODAY() - timedelta(days=1)
    make_correction(cast.a, by=by, title="Cũ", days=91)
    make_correction(cast.a, by=by, state="planned", title="Muộn", due_on=yesterday)
    make_correction(cast.a, by=by, state="closed", title="Xong")
    make_correction(cast.a, by=by, state="cancelled", title="Hủy")
    make_correction(cast.b, by=by, state="done", title="Của B")
    make_system(cast.a, by=by, apply=TODAY() - timedelta(days=400))
    make_system(cast.b, by=by, apply=TODAY())
    make_system(cast.a1, by=by)
    return cast


def test_corrective_actions_are_counted_by_unit_and_age(some):
    report = correction_report(some.province, user=some[Role.PROGRAMME_OFFICER])

    assert [(each.unit, each.counts, each.late, each.closed) for each in report.units] == [
        (some.a.label, (1, 0, 0, 1), 1, 1),
        (some.b.label, (1, 0, 0, 0), 0, 0),
    ]
    assert [line.title for line in report.lines] == ["Cũ", "Muộn", "Xong", "Của B"]
    assert report.lines[1].verdict.replace("\u00a0", " ") == "Quá hạn 1 ngày"


def test_systems_are_counted_by_phase_and_kind_of_unit(some):
    report = qms_report(some.province, user=some[Role.PROGRAMME_OFFICER])

    assert [(each.kind, each.counts, each.late) for each in report.kinds] == [
        ("Cấp huyện", (0, 2, 0, 0, 0), 1),
        ("Cấp xã", (1, 0, 0, 0, 0), 0),
    ]
    assert [name for line in report.lines for name, _day in line.overdue] == [
        "Đánh giá nội bộ",
        "Xem xét của lãnh đạo",
    ]


@pytest.mark.parametrize("compose", [correction_report, qms_report])
def test_a_unit_has_its_own_in_the_report_alone_and_files_are_made_of_it(some, compose):
    report = compose(some.a, user=some[Role.UNIT_OFFICER])

    assert {line.unit_id for line in report.lines} == {some.a.pk}
    assert report.scope == {"assessment_view": [some.a.pk]}
    assert pdf.render(report, job_id="1").startswith(b"%PDF")
    assert xlsx.render(report, job_id="1").startswith(b"PK")


@pytest.mark.parametrize("slug", ["corrective-actions", "qms-overview"])
def test_another_unit_has_no_report(some, client, slug):
    client.force_login(some["sibling"])
    page = reverse("reports:show", args=[slug])

    assert client.get(page, {"unit": some.b.pk}).status_code == 200
    assert client.get(page, {"unit": some.a.pk}).status_code == 404
