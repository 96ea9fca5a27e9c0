"""The breakdown of tasks: parts, weights, what waits for what, roles, deliverables, and the pages that change them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from activity.models import AuditEvent, Notification
from plans.contexts.breakdown import breakdown, shares
from plans.contexts.structure import Link, Node, Structure
from plans.models import Deliverable, Plan, Task, TaskDependency, TaskPerformer
from plans.services import deliverables, dependencies, performers, structure
from plans.services.standing import PlanIsClosed
from tests.factories.plans import PlanFactory, TaskPerformerFactory, task_of
from units.permissions import Role


@pytest.fixture
def plan(cast):
    return PlanFactory(unit=cast.province)


@pytest.fixture
def tasks(cast, plan):
    return [task_of(plan, cast.a, number=str(number), order=number) for number in range(1, 6)]


def place(task, parent=None, by=None, **values):
    task = Task.objects.get(pk=task.pk)
    given = {"weight": task.weight, "target_quantity": task.target_quantity, "quantity_unit": task.quantity_unit}
    return structure.place_task(
        **{"task": task, "parent": parent, "expected": task.version, "by": by, **given, **values}
    )


def node(task_id, parent=None, **values):
    return Node(**{"weight": None, "is_cancelled": False, "origin": "plan", **values}, **_named(task_id, parent))


def _named(task_id, parent):
    return {"task_id": task_id, "parent_id": parent, "number": str(task_id), "title": f"T{task_id}"}


# -- Parts and weights -------------------------------------------------------------------------------------------------
def test_a_task_becomes_a_part_with_a_weight_and_the_log_tells_it(cast, tasks):
    whole, part, *_ = tasks

    placed = place(part, whole, cast[Role.PROGRAMME_OFFICER], weight=Decimal("2.5"), target_quantity=3)

    assert (placed.parent, placed.weight, placed.target_quantity, placed.version) == (whole, Decimal("2.5"), 3, 2)
    event = AuditEvent.objects.get(action="plans.task_placed")
    assert event.changes == {
        "weight": [None, "2.50"],
        "target_quantity": [None, 3],
        "part_of": ["", str(whole)],
    }
    assert event.unit_path == cast.province.path


def test_a_circle_of_parts_is_refused_and_named(tasks):
    top, middle, low, *_ = tasks
    place(middle, top)
    place(low, middle)

    with pytest.raises(structure.PartOfItself) as refused:
        place(top, low)

    assert [each.number for each in refused.value.way] == ["1", "2", "3", "1"]
    assert "1 → 2 → 3 → 1" in str(refused.value)
    assert Task.objects.get(pk=top.pk).parent is None


def test_a_task_is_no_part_of_itself(tasks):
    with pytest.raises(structure.PartOfItself):
        place(tasks[0], tasks[0])


def test_there_are_three_levels_and_no_more(tasks):
    top, middle, low, fourth, other = tasks
    place(middle, top)
    place(low, middle)

    with pytest.raises(structure.TooDeep):
        place(fourth, low)
    place(fourth, middle)
    with pytest.raises(structure.TooDeep):
        place(top, other)  # with its parts it is three levels by itself


def test_what_units_reported_on_takes_no_parts(cast, tasks):
    from_before, part, *_ = tasks
    from_before.updates.create(unit=cast.a, percent=10, by=cast[Role.UNIT_OFFICER])

    with pytest.raises(structure.WholeIsReportedOn):
        place(part, from_before)


def test_a_part_of_another_plan_or_of_a_cancelled_task_is_refused(cast, tasks):
    Task.objects.filter(pk=tasks[1].pk).update(is_cancelled=True)

    with pytest.raises(structure.OfAnotherPlan):
        place(tasks[0], task_of(PlanFactory(unit=cast.province)))
    with pytest.raises(structure.WholeIsCancelled):
        place(tasks[0], tasks[1])


def test_nobody_overwrites_what_another_saved_meanwhile(cast, tasks):
    place(tasks[1], tasks[0], cast[Role.PROGRAMME_OFFICER])

    with pytest.raises(structure.TaskChangedMeanwhile) as refused:
        place(tasks[1], None, expected=1)

    assert refused.value.stored.parent == tasks[0]
    assert str(cast[Role.PROGRAMME_OFFICER]) in str(refused.value)


@pytest.mark.parametrize("weight", [Decimal(0), Decimal(-1)])
def test_a_weight_is_above_zero(tasks, weight):
    with pytest.raises(structure.WeightNotPositive):
        place(tasks[0], weight=weight)


@pytest.mark.parametrize("status", [Plan.Status.CLOSED, Plan.Status.CANCELLED])
def test_nothing_moves_under_a_plan_that_is_over(plan, tasks, status):
    Plan.objects.filter(pk=plan.pk).update(status=status)

    with pytest.raises(PlanIsClosed):
        place(tasks[0], tasks[1])
    with pytest.raises(PlanIsClosed):
        dependencies.add_dependency(task=tasks[0], predecessor=tasks[1], by=None)
    with pytest.raises(PlanIsClosed):
        deliverables.add_deliverable(task=tasks[0], title="Báo cáo", by=None)


def test_shares_follow_the_weights_and_leave_out_what_is_cancelled():
    nodes = [node(1, weight=Decimal(3)), node(2), node(3, is_cancelled=True)]

    assert [part.share for part in shares(nodes)] == [75, 25, None]


# -- Dependencies ------------------------------------------------------------------------------------------------------
def test_a_circle_of_dependencies_is_refused_and_named(cast, tasks):
    for first, second in ((0, 1), (1, 2)):
        dependencies.add_dependency(task=tasks[second], predecessor=tasks[first], by=cast[Role.PROGRAMME_OFFICER])

    with pytest.raises(dependencies.WaitsForItself) as refused:
        dependencies.add_dependency(task=tasks[0], predecessor=tasks[2], by=None)

    assert "1 → 2 → 3 → 1" in str(refused.value)
    assert TaskDependency.objects.count() == 2
    assert AuditEvent.objects.filter(action="plans.dependency_added").count() == 2


def test_what_else_a_task_cannot_wait_for(cast, tasks):
    place(tasks[1], tasks[0])
    dependencies.add_dependency(task=tasks[3], predecessor=tasks[2], by=None)

    def add(task, predecessor, lag_days=0):
        dependencies.add_dependency(task=task, predecessor=predecessor, lag_days=lag_days, by=None)

    with pytest.raises(dependencies.WaitsForItself):
        add(tasks[0], tasks[0])
    with pytest.raises(dependencies.WaitsForItsWhole):
        add(tasks[1], tasks[0])
    with pytest.raises(dependencies.WaitsForItsWhole):
        add(tasks[0], tasks[1])
    with pytest.raises(dependencies.AlreadyWaits):
        add(tasks[3], tasks[2])
    with pytest.raises(structure.OfAnotherPlan):
        add(tasks[3], task_of(PlanFactory(unit=cast.province)))
    for lag in (-1, 367):
        with pytest.raises(dependencies.LagOutOfRange):
            add(tasks[4], tasks[2], lag)


def test_removing_a_dependency_twice_is_told_once(tasks):
    dependency = dependencies.add_dependency(task=tasks[1], predecessor=tasks[0], lag_days=3, by=None)

    dependencies.remove_dependency(dependency=dependency, by=None)
    dependencies.remove_dependency(
        dependency=TaskDependency(pk=dependency.pk, task=tasks[1], predecessor=tasks[0]), by=None
    )

    assert not TaskDependency.objects.exists()
    assert AuditEvent.objects.filter(action="plans.dependency_removed").count() == 1


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=30))
def test_links_taken_only_where_there_is_no_way_back_never_close_a_circle(pairs):
    nodes = [node(number) for number in range(8)]
    taken: list[Link] = []
    for first, second in pairs:
        if not Structure.made_of(nodes, taken).way(second, first):
            taken.append(Link(len(taken), first, second, 0))

    found = Structure.made_of(nodes, taken)

    for link in taken:
        assert found.way(link.task, link.predecessor) == []
        assert found.way(link.predecessor, link.task)[0] == link.predecessor


# -- Performers --------------------------------------------------------------------------------------------------------
def assigned(task, unit, role="execute"):
    return TaskPerformerFactory(task=task, unit=unit, role=role, as_written=False)


def test_a_role_changes_and_the_unit_is_told(cast, tasks):
    performer = assigned(tasks[0], cast.b)

    performers.change_role(performer=performer, role="lead", by=cast[Role.PROGRAMME_OFFICER])

    performer.refresh_from_db()
    assert performer.role == "lead"
    event = AuditEvent.objects.get(action="plans.role_changed")
    assert event.changes["role"] == ["execute", "lead"]
    assert [each.to for each in Notification.objects.filter(event=event)] == [cast["sibling"]]


def test_the_words_of_an_issued_paper_stay(plan, tasks):
    written = tasks[0].performers.get()
    performers.change_role(performer=written, role="lead", by=None)  # on the desk it may change,
    before = Plan.objects.get(pk=plan.pk).version
    Plan.objects.filter(pk=plan.pk).update(status=Plan.Status.ISSUED)

    with pytest.raises(performers.WordOfTheDocument):
        performers.change_role(performer=written, role="support", by=None)
    with pytest.raises(performers.WordOfTheDocument):
        performers.remove_performer(performer=written, by=None)
    assert before == plan.version + 1  # and counts as a change of the paper


def test_one_role_once_for_a_unit(cast, tasks):
    assigned(tasks[0], cast.b, "lead")
    other = assigned(tasks[0], cast.b, "support")

    with pytest.raises(performers.RoleTaken):
        performers.change_role(performer=other, role="lead", by=None)


def test_an_assigned_unit_is_taken_back_until_it_has_reported(cast, tasks):
    quiet, heard = assigned(tasks[0], cast.b), assigned(tasks[1], cast.b)
    tasks[1].updates.create(unit=cast.b, percent=10, by=cast["sibling"])

    performers.remove_performer(performer=quiet, by=None)
    with pytest.raises(performers.PerformerHasReported):
        performers.remove_performer(performer=heard, by=None)

    assert not TaskPerformer.objects.filter(pk=quiet.pk).exists()
    assert AuditEvent.objects.filter(action="plans.performer_removed").count() == 1


# -- Deliverables ------------------------------------------------------------------------------------------------------
def test_a_deliverable_is_handed_over_once_and_the_officers_are_told(cast, tasks):
    deliverable = deliverables.add_deliverable(task=tasks[0], title=" Báo cáo khảo sát ", by=None)
    today = timezone.localdate()

    deliverables.hand_over(deliverable=deliverable, on=today, evidence=None, by=cast[Role.UNIT_OFFICER])
    with pytest.raises(deliverables.HandedOverAlready):
        deliverables.hand_over(deliverable=deliverable, on=today, evidence=None, by=cast[Role.UNIT_OFFICER])
    with pytest.raises(deliverables.HandedOverAlready):
        deliverables.remove_deliverable(deliverable=deliverable, by=None)

    deliverable.refresh_from_db()
    assert (deliverable.title, deliverable.handed_over_on) == ("Báo cáo khảo sát", today)
    event = AuditEvent.objects.get(action="plans.deliverable_handed_over")
    assert [each.to for each in Notification.objects.filter(event=event)] == [cast[Role.PROGRAMME_OFFICER]]


def test_what_cannot_be_handed_over_or_put_down(tasks):
    deliverable = deliverables.add_deliverable(task=tasks[0], title="Báo cáo", by=None)

    with pytest.raises(deliverables.HandedOverInTheFuture):
        deliverables.hand_over(
            deliverable=deliverable, on=timezone.localdate() + timedelta(days=1), evidence=None, by=None
        )
    with pytest.raises(deliverables.DeliverableWithoutTitle):
        deliverables.add_deliverable(task=tasks[0], title="  ", by=None)
    deliverables.remove_deliverable(deliverable=deliverable, by=None)
    assert not Deliverable.objects.exists()


# -- Pages -------------------------------------------------------------------------------------------------------------
def url(name, task, *more):
    return reverse(f"plans:{name}", args=[task.pk, *more])


def test_the_pages_change_what_they_show(client, cast, tasks):
    client.force_login(cast[Role.PROGRAMME_OFFICER])
    whole, part, *_ = tasks

    place_it = {"parent": whole.pk, "weight": "1,5", "target_quantity": "2", "quantity_unit": "hội nghị", "version": 1}
    assert client.post(url("task_structure", part), place_it).status_code == 302
    assert client.post(url("task_dependencies", tasks[3]), {"predecessor": part.pk, "lag_days": "5"}).status_code == 302
    assert client.post(url("task_deliverables", part), {"title": "Biên bản"}).status_code == 302
    part.refresh_from_db()

    assert (part.parent, part.weight, part.quantity_unit) == (whole, Decimal("1.5"), "hội nghị")
    found = breakdown(tasks[3])
    assert [(each.node.number, each.link.lag) for each in found.before] == [("2", 5)]
    for name in ("task_structure", "task_dependencies", "task_performers", "task_targets", "task_deliverables"):
        assert client.get(url(name, part)).status_code == 200
    assert "Biên bản" in client.get(url("task", part)).content.decode()


def test_a_refused_form_keeps_what_was_typed(client, cast, tasks):
    client.force_login(cast[Role.PROGRAMME_OFFICER])
    place(tasks[1], tasks[0])

    answer = client.post(url("task_structure", tasks[0]), {"parent": tasks[1].pk, "weight": "7", "version": 1})
    late = client.post(url("task_structure", tasks[1]), {"parent": "", "weight": "9", "version": 1})
    circle = client.post(url("task_dependencies", tasks[0]), {"predecessor": tasks[0].pk})

    assert (answer.status_code, late.status_code, circle.status_code) == (422, 422, 422)
    assert 'value="7"' in answer.content.decode()
    assert 'value="9"' in late.content.decode()
    assert 'name="version" value="2"' in late.content.decode()


def test_roles_and_removals_are_told_on_their_page(client, cast, tasks):
    client.force_login(cast[Role.PROGRAMME_OFFICER])
    extra, foreign = assigned(tasks[0], cast.b), assigned(tasks[1], cast.b)

    def post(**data):
        return client.post(url("task_performers", tasks[0]), data).status_code

    assert post(performer=extra.pk, role="lead") == 302
    assert post(performer=extra.pk, role="nonsense") == 422
    assert post(performer=foreign.pk, role="lead") == 404
    assert post(performer="x", role="lead") == 404
    assert post(performer=extra.pk, remove="1") == 302
    assert not TaskPerformer.objects.filter(pk=extra.pk).exists()


def test_who_performs_a_task_hands_over_with_a_file(client, cast, tasks):
    client.force_login(cast[Role.UNIT_OFFICER])
    deliverable = deliverables.add_deliverable(task=tasks[0], title="Báo cáo", by=None)
    today = timezone.localdate()
    file = SimpleUploadedFile("bao-cao.txt", "Báo cáo khảo sát".encode())
    data = {"on": today.isoformat(), "unit": cast.a.pk, "files": [file]}

    answer = client.post(url("hand_over", tasks[0], deliverable.pk), data)

    deliverable.refresh_from_db()
    assert (answer.status_code, deliverable.handed_over_on) == (302, today)
    assert deliverable.evidence.unit == cast.a


@pytest.mark.parametrize(
    ("person", "sees", "edits", "hands_over"),
    [
        (Role.PROGRAMME_OFFICER, 200, 200, 200),
        (Role.UNIT_OFFICER, 200, 403, 200),
        (Role.OBSERVER, 200, 403, 403),
        ("sibling", 404, 404, 404),
        ("foreign", 404, 404, 404),
    ],
)
def test_who_may_do_what(client, cast, tasks, person, sees, edits, hands_over):
    deliverable = deliverables.add_deliverable(task=tasks[0], title="Báo cáo", by=None)
    client.force_login(cast[person])

    assert client.get(url("task_deliverables", tasks[0])).status_code == sees
    assert client.get(url("hand_over", tasks[0], deliverable.pk)).status_code == hands_over
    for name in ("task_structure", "task_dependencies", "task_performers", "task_targets", "task_dates"):
        assert client.get(url(name, tasks[0])).status_code == edits


@pytest.mark.parametrize("count", [1, 3])
def test_the_breakdown_costs_the_same_however_much_there_is(cast, plan, tasks, django_assert_num_queries, count):
    for number in range(count):
        deliverables.add_deliverable(task=tasks[0], title=f"Sản phẩm {number}", by=None)
        dependencies.add_dependency(task=tasks[0], predecessor=tasks[number + 1], by=None)

    task = Task.objects.select_related("plan").get(pk=tasks[0].pk)
    with django_assert_num_queries(5):
        breakdown(task)
