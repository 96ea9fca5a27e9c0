"""Tasks that arise beside an issued plan."""

from __future__ import annotations

from datetime import date

import pytest

from activity.models import AuditEvent, Notification
from plans.models import Plan, Task, TaskPerformer
from plans.services.arising import NobodyPerforms, TaskWithoutTitle, add_arising_task
from plans.services.progress import OutsideThePlan
from plans.services.standing import PlanIsClosed
from reports.contexts import printed_plan
from reports.registry import KINDS
from tests.factories.plans import PlanFactory, TaskFactory
from units.permissions import Role


@pytest.fixture
def plan(cast):
    plan = PlanFactory(unit=cast.province, status=Plan.Status.ISSUED)
    TaskFactory(plan=plan, order=7, number="1")
    return plan


def arise(plan, cast, **values):
    given = {
        "title": "Rà soát quy trình",
        "performers": [(cast.a, TaskPerformer.Role.LEAD), (cast.b, TaskPerformer.Role.SUPPORT)],
        "due_on": date(2024, 11, 30),
        "origin": Task.Origin.CONCLUSION,
        "by": cast[Role.PROGRAMME_OFFICER],
    }
    return add_arising_task(plan=plan, **given | values)


def test_it_stands_after_the_last_task_with_a_number_of_its_own(cast, plan):
    first = arise(plan, cast)
    second = arise(plan, cast)
    directed = arise(plan, cast, origin=Task.Origin.DIRECTION)

    assert [(task.order, task.number, task.origin) for task in (first, second, directed)] == [
        (8, "KL-1", "conclusion"),
        (9, "KL-2", "conclusion"),
        (10, "CĐ-1", "direction"),
    ]
    assert first.end == date(2024, 11, 30)
    assert list(first.performers.values_list("unit", "role", "as_written")) == [
        (cast.a.pk, "lead", False),
        (cast.b.pk, "support", False),
    ]


def test_it_is_recorded_and_those_who_report_are_told(cast, plan):
    task = arise(plan, cast)

    event = AuditEvent.objects.get(action="plans.task_arose")
    told = set(Notification.objects.filter(event=event).values_list("to", flat=True))
    assert (event.target_id, event.unit_path) == (str(task.pk), cast.province.path)
    assert event.changes["due_on"] == [None, "2024-11-30"]
    assert told == {cast[Role.UNIT_OFFICER].pk, cast[Role.UNIT_HEAD].pk, cast["sibling"].pk}


@pytest.mark.parametrize("status", [Plan.Status.CLOSED, Plan.Status.CANCELLED])
def test_nothing_arises_in_a_plan_that_is_over(cast, plan, status):
    Plan.objects.filter(pk=plan.pk).update(status=status)

    with pytest.raises(PlanIsClosed):
        arise(plan, cast)

    assert plan.tasks.count() == 1


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"title": "  "}, TaskWithoutTitle),
        ({"performers": []}, NobodyPerforms),
        ({"performers": "directed"}, NobodyPerforms),
        ({"performers": "foreign"}, OutsideThePlan),
    ],
)
def test_what_it_lacks_is_said(cast, plan, values, error):
    if values.get("performers") == "directed":
        values = {"performers": [(cast.a, TaskPerformer.Role.DIRECT)]}
    if values.get("performers") == "foreign":
        values = {"performers": [(cast.foreign, TaskPerformer.Role.LEAD)]}

    with pytest.raises(error) as refused:
        arise(plan, cast, **values)

    assert str(refused.value)
    assert plan.tasks.count() == 1
    assert not AuditEvent.objects.filter(action="plans.task_arose").exists()


def test_a_unit_named_twice_counts_once(cast, plan):
    task = arise(plan, cast, performers=[(cast.a, "lead"), (cast.a, "lead"), (cast.a, "support")])

    assert list(task.performers.values_list("role", flat=True)) == ["lead", "support"]


def test_the_plans_page_shows_it_apart_from_the_paper_and_its_print_leaves_it_out(client, cast, plan):
    task = arise(plan, cast, title="Việc phát sinh")
    client.force_login(cast[Role.PROGRAMME_OFFICER])

    paper = client.get(f"/plans/{plan.pk}/").context["paper"]
    printed = printed_plan(KINDS["plan"].subjects().get(pk=plan.pk), user=cast[Role.PROGRAMME_OFFICER])

    assert [each.task_id for each in paper.arising] == [task.pk]
    placed = [each.task_id for section in paper.sections for block in section.blocks for each in block.tasks]
    assert task.pk not in placed
    assert "Việc phát sinh" not in str(printed.blocks) + str(printed.annexes)
    assert "Việc phát sinh" in client.get(f"/plans/{plan.pk}/schedule/").content.decode()
