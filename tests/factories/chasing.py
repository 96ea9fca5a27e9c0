"""Things that are late, and letters about them."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone

from plans.contexts import LateItem
from plans.models import ChasedItem, DueReport, Plan, ReportingPeriod, Task
from plans.services import chase
from tests.factories.plans import PlanFactory, task_of
from tests.factories.units import Cast, UnitFactory
from units.models import Unit
from units.permissions import Role

LATE_SINCE = date(2024, 10, 31)


def late_task(cast: Cast, *units: Unit, **values) -> Task:
    """A task of an issued plan of the province whose last day has long passed."""
    plan = values.pop("plan", None) or PlanFactory(unit=cast.province, status=Plan.Status.ISSUED, number="05")
    return task_of(plan, *units, **values)


def late_report(task: Task, unit: Unit) -> DueReport:
    """A report on `task` that `unit` owed for October 2024."""
    period, _made = ReportingPeriod.objects.get_or_create(
        plan=task.plan,
        kind=ReportingPeriod.Kind.MONTH,
        start=date(2024, 10, 1),
        end=date(2024, 10, 31),
        defaults={"title": "Tháng 10/2024", "due_on": date(2024, 11, 5)},
    )
    return DueReport.objects.create(period=period, task=task, unit=unit)


def an_item(unit: Unit, reference: str = "task:1", **values) -> LateItem:
    return LateItem(
        kind=values.pop("kind", ChasedItem.Kind.TASK),
        reference=reference,
        unit=unit,
        title=values.pop("title", f"Nhiệm vụ {reference} “Rà soát quy trình”"),
        source=values.pop("source", "Kế hoạch số 05/KH-BCĐ ngày 16/02/2024"),
        due_on=LATE_SINCE,
        late_days=7,
        **values,
    )


def chase_units(cast: Cast, *units: Unit, by=None, **values):
    """One run of the department over one late thing of each unit."""
    today = timezone.localdate()
    return chase(
        unit=values.pop("unit", cast.department),
        items=values.pop("items", [an_item(unit) for unit in units]),
        as_of=values.pop("as_of", today),
        respond_by=values.pop("respond_by", today + timedelta(days=7)),
        symbol=values.pop("symbol", "SKHCN-TĐC"),
        signer_lines=values.pop("signer_lines", ["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"]),
        signer_name=values.pop("signer_name", "Nguyễn Văn B"),
        recipients=values.pop("recipients", ["Ban Chỉ đạo ISO tỉnh (b/c)", "Lưu: VT, TĐC"]),
        by=by or cast[Role.PROGRAMME_OFFICER],
        **values,
    )


def many_units(cast: Cast, count: int) -> list[Unit]:
    return [UnitFactory(parent=cast.province, name=f"UBND huyện thử {number}") for number in range(count)]
