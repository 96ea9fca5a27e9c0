"""Tasks over the API: what they are part of, what they wait for, which groups and products they have."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import orjson
import pytest

from plans.models import Deliverable, Task, TaskDependency, TaskTarget
from tests.factories.plans import PlanFactory, task_of
from units.permissions import Role


@pytest.fixture
def plan(cast):
    plan = PlanFactory(unit=cast.province)
    whole = task_of(plan, cast.a, number="1", order=1)
    part = task_of(plan, cast.a, number="1.1", order=2, parent=whole, weight=Decimal("2.5"), target_quantity=3)
    task_of(plan, cast.b, number="KL-1", order=3, origin=Task.Origin.CONCLUSION, is_cancelled=True)
    TaskDependency.objects.create(predecessor=whole, task=part, lag_days=4)
    TaskTarget.objects.create(task=part, text="UBND cấp xã", kinds=["commune"], as_of=date(2024, 10, 1))
    Deliverable.objects.create(task=part, order=0, title="Biên bản")
    return plan


def tasks(client, cast, **query):
    client.force_login(cast[Role.PROGRAMME_OFFICER])
    return orjson.loads(client.get("/api/v1/tasks/", query).content)["results"]


def test_a_task_is_given_with_its_place_and_its_parts(client, cast, plan):
    whole, part, arisen = tasks(client, cast)

    assert (part["parent"], Decimal(str(part["weight"])), part["target_quantity"]) == (whole["id"], Decimal("2.5"), 3)
    assert part["dependencies"] == [{"predecessor": whole["id"], "lag_days": 4}]
    assert part["targets"] == [{"text": "UBND cấp xã", "kinds": ["commune"], "role": "execute", "as_of": "2024-10-01"}]
    assert [each["title"] for each in part["deliverables"]] == ["Biên bản"]
    assert (arisen["origin"], arisen["is_cancelled"]) == ("conclusion", True)
    assert whole["dependencies"] == whole["targets"] == whole["deliverables"] == []


def test_tasks_are_narrowed_by_whole_origin_and_cancellation(client, cast, plan):
    whole = plan.tasks.get(number="1")

    def numbers(**query):
        return [task["number"] for task in tasks(client, cast, **query)]

    assert numbers(parent=whole.pk) == ["1.1"]
    assert numbers(origin="conclusion") == numbers(is_cancelled="true") == ["KL-1"]
    assert numbers(is_cancelled="false") == ["1", "1.1"]
    assert client.get("/api/v1/tasks/", {"origin": "nonsense"}).status_code == 400
