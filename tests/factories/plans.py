"""Plans, tasks and the two documents that the portal is built on."""

from __future__ import annotations

from datetime import date

import factory
from django.conf import settings
from django.utils import timezone

from plans.document import read_document
from plans.models import Plan, ProgressUpdate, Standard, Task, TaskPerformer
from plans.services import import_document
from tests.factories.units import UnitFactory
from units.models import Unit, User

SEEDS = {
    "hue": settings.BASE_DIR / "plans" / "data" / "kh-231-thua-thien-hue-2023.txt",
    "bac_giang": settings.BASE_DIR / "plans" / "data" / "kh-bcd-bac-giang-2024.txt",
}


class StandardFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Standard
        django_get_or_create = ("code", "edition")

    code = "TCVN ISO 9001"
    edition = "2015"


class PlanFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Plan

    unit = factory.SubFactory(UnitFactory, kind=Unit.Kind.PROVINCE, name=factory.Sequence("UBND tỉnh {}".format))
    number = factory.Sequence(lambda n: str(100 + n))
    symbol = "KH-UBND"
    kind = "KẾ HOẠCH"
    issue_year = 2024
    issue_month = 2
    issue_day = 16
    title = factory.Sequence("Kế hoạch thử {}".format)
    signer_name = "Nguyễn Văn Ký"


class TaskFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Task

    plan = factory.SubFactory(PlanFactory)
    order = factory.Sequence(int)
    number = factory.Sequence(str)
    title = factory.Sequence("Nhiệm vụ thử {}".format)
    period_text = "Tháng 10/2024"
    start = date(2024, 10, 1)
    end = date(2024, 10, 31)


class TaskPerformerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = TaskPerformer

    task = factory.SubFactory(TaskFactory)
    order = factory.Sequence(int)
    unit = factory.SubFactory(UnitFactory)
    text = factory.LazyAttribute(lambda performer: performer.unit.label if performer.unit else "Báo cáo viên")


def task_of(plan: Plan, *units: Unit, **values) -> Task:
    """A task of `plan` that `units` perform."""
    task = TaskFactory(plan=plan, **values)
    for unit in units:
        TaskPerformerFactory(task=task, unit=unit)
    return task


def accepted_progress(*, task: Task, unit: Unit, percent: int, by: User, note: str = "", **values) -> ProgressUpdate:
    """What `by` sent for `unit` and somebody else accepted: it counts."""
    now = timezone.now()
    return ProgressUpdate.objects.create(
        task=task,
        unit=unit,
        percent=percent,
        note=note,
        by=by,
        state=ProgressUpdate.State.ACCEPTED,
        submitted_by=by,
        submitted_at=now,
        decided_at=now,
        **values,
    )


def import_seed(name: str, unit: Unit, by=None) -> Plan:
    text = SEEDS[name].read_text(encoding="utf-8")
    return import_document(document=read_document(text), unit=unit, by=by, text=text)
