"""The report on obstacles and their part of the progress report: counts, lines, who sees what, files."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from plans.models import Obstacle
from reports.contexts import progress_report
from reports.contexts.obstacles import obstacle_report
from reports.contexts.paper import written_day
from reports.registry import KINDS
from reports.renderers import pdf, xlsx
from tests.factories.obstacles import ObstacleFactory, answered, raised_days_ago
from tests.factories.plans import PlanFactory, task_of
from units.permissions import Role


def some(cast):
    """Three of unit A and one of B: late, answered, waiting for long, closed."""
    plan, today = PlanFactory(unit=cast.province), timezone.localdate()
    task = task_of(plan, cast.a, cast.b, number="5")
    late = ObstacleFactory(plan=plan, task=task, unit=cast.a, title="Chậm trả lời.", proposal="Sớm trả lời")
    raised_days_ago(late, 10, due_on=today - timedelta(days=3))
    done = ObstacleFactory(plan=plan, unit=cast.a, title="Có trả lời", level=3)
    answered(done, cast[Role.LEADER], "Đồng ý cấp kinh phí")
    ObstacleFactory(plan=plan, unit=cast.a, title="Đã xong", state=Obstacle.State.CLOSED)
    theirs = raised_days_ago(ObstacleFactory(plan=plan, unit=cast.b, title="Của B"), 40)
    return plan, late, done, theirs


def test_the_report_counts_by_level_and_age_and_lists_the_longest_waiting_first(cast):
    _plan, late, done, theirs = some(cast)

    report = obstacle_report(cast.province, user=cast[Role.PROGRAMME_OFFICER])

    assert [line.obstacle_id for line in report.lines] == [theirs.pk, late.pk, done.pk]
    assert [each.counts for each in report.ages] == [(0, 0, 0, 0), (0, 1, 0, 1), (1, 0, 0, 0), (0, 0, 0, 0)]
    assert report.lines[1].verdict.replace("\u00a0", " ") == "Quá hạn trả lời 3 ngày"
    assert report.lines[2].answer == "Đồng ý cấp kinh phí"
    assert set(report.scope["plan_view"]) == {cast.province.pk, cast.a.pk, cast.b.pk}


def test_a_unit_has_its_own_in_the_report_alone(cast):
    some(cast)

    report = obstacle_report(cast.a, user=cast[Role.UNIT_OFFICER])

    assert {line.title for line in report.lines} == {"Chậm trả lời.", "Có trả lời"}
    assert report.scope["plan_view"] == [cast.a.pk]


@pytest.mark.parametrize("number", [1, 3])
def test_the_report_costs_the_same_queries_for_any_number(cast, number, django_assert_num_queries):
    plan, user = PlanFactory(unit=cast.province), cast[Role.PROGRAMME_OFFICER]
    for each in ObstacleFactory.create_batch(number, plan=plan, unit=cast.a):
        answered(each, user)
    assert user.held_roles

    with django_assert_num_queries(3):
        obstacle_report(cast.province, user=user)


def test_nothing_in_the_way_is_said_in_words(cast):
    report = obstacle_report(cast.province, user=cast[Role.LEADER])

    assert "không có khó khăn, vướng mắc" in report.blocks[1].text
    assert report.sheets[1].rows == []


def test_files_are_made(cast):
    some(cast)
    report = obstacle_report(cast.province, user=cast[Role.PROGRAMME_OFFICER])

    assert pdf.render(report, "1").startswith(b"%PDF")
    assert xlsx.render(report, "1").startswith(b"PK")
    assert KINDS["obstacles"].formats == ("pdf", "docx", "xlsx")


@pytest.mark.parametrize(
    ("person", "status"), [(Role.PROGRAMME_OFFICER, 200), (Role.UNIT_OFFICER, 200), ("sibling", 404), ("stranger", 404)]
)
def test_who_sees_the_page(cast, client, person, status):
    some(cast)
    client.force_login(cast[person])

    response = client.get(reverse("reports:show", args=["obstacles"]), {"unit": cast.a.pk})

    assert response.status_code == status
    assert ("Chậm trả lời" in response.content.decode()) == (status == 200)
    assert "Của B" not in response.content.decode()


def test_the_progress_report_tells_what_stands_in_the_way(cast):
    plan, late, done, theirs = some(cast)

    report = progress_report(plan, user=cast[Role.PROGRAMME_OFFICER])
    of_a = progress_report(plan, user=cast[Role.UNIT_OFFICER])

    assert [line.obstacle_id for line in report.obstacles] == [theirs.pk, late.pk, done.pk]
    assert {line.obstacle_id for line in of_a.obstacles} == {late.pk, done.pk}
    assert [sheet.name for sheet in report.sheets][:3] == ["Tiến độ", "Theo đơn vị", "Vướng mắc"]
    line = report.obstacles[1]
    assert (line.task_number, line.quoted, line.due_on) == ("5", "Chậm trả lời", late.due_on)
    assert written_day(late.due_on) not in line.verdict


def test_a_progress_report_without_obstacles_has_no_such_part(cast, client):
    plan = PlanFactory(unit=cast.province)
    client.force_login(cast[Role.PROGRAMME_OFFICER])

    page = client.get(reverse("reports:show", args=["progress"]), {"plan": plan.pk}).content.decode()

    assert 'id="obstacles"' not in page
    ObstacleFactory(plan=plan, unit=cast.a, title="Thiếu người")
    page = client.get(reverse("reports:show", args=["progress"]), {"plan": plan.pk}).content.decode()
    assert "Thiếu người" in page
