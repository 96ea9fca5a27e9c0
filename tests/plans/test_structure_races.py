"""The breakdown when two act at once: neither closes a circle behind the other's back, nobody is assigned twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import connection

from plans.contexts.structure import Structure
from plans.models import Task, TaskDependency, TaskPerformer
from plans.services import dependencies, structure, targets
from tests.factories.plans import PlanFactory, task_of
from tests.factories.units import UnitFactory
from units.models import Unit

pytestmark = pytest.mark.django_db(transaction=True)
REFUSALS = (dependencies.WaitsForItself, structure.PartOfItself, structure.TaskChangedMeanwhile)


def at_once(*acts):
    start = Barrier(len(acts), timeout=30)

    def run(act):
        try:
            start.wait()
            return act()
        except REFUSALS as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.fixture
def province(db):
    return UnitFactory(kind=Unit.Kind.PROVINCE, name="UBND tỉnh Mẫu")


def two_tasks(province):
    plan = PlanFactory(unit=province)
    return task_of(plan, number="1", order=1), task_of(plan, number="2", order=2)


def test_two_dependencies_at_once_close_no_circle(province):
    first, second = two_tasks(province)

    outcomes = at_once(
        lambda: dependencies.add_dependency(task=first, predecessor=second, by=None),
        lambda: dependencies.add_dependency(task=second, predecessor=first, by=None),
    )

    assert sorted(type(each).__name__ for each in outcomes) == ["TaskDependency", "WaitsForItself"]
    assert TaskDependency.objects.count() == 1


def test_two_tasks_put_under_each_other_at_once(province):
    first, second = two_tasks(province)

    def under(task, parent):
        return lambda: structure.place_task(
            task=task, parent=parent, weight=None, target_quantity=None, quantity_unit="", expected=1, by=None
        )

    outcomes = at_once(under(first, second), under(second, first))

    assert sorted(type(each).__name__ for each in outcomes) == ["PartOfItself", "Task"]
    assert len(Structure.of(first.plan).nodes) == 2  # a circle would hang from no root


def test_two_who_save_a_task_at_once(province):
    first, _second = two_tasks(province)

    def weighing(weight):
        return lambda: structure.place_task(
            task=first, parent=None, weight=weight, target_quantity=None, quantity_unit="", expected=1, by=None
        )

    outcomes = at_once(weighing(2), weighing(3))

    assert sorted(type(each).__name__ for each in outcomes) == ["Task", "TaskChangedMeanwhile"]
    assert Task.objects.get(pk=first.pk).version == 2


def test_a_group_resolved_twice_at_once_assigns_each_unit_once(province):
    first, _second = two_tasks(province)
    for _number in range(5):
        UnitFactory(parent=province, kind=Unit.Kind.COMMUNE)

    def resolving():
        return targets.resolve_target(
            task=first, text="UBND cấp xã", kinds=["commune"], as_of=date(2024, 10, 1), role="execute", by=None
        )

    outcomes = at_once(resolving, resolving)

    assert sorted(len(found.added) for _target, found in outcomes) == [0, 5]
    assert TaskPerformer.objects.filter(task=first).count() == 5
