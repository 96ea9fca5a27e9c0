"""The seed plans, and what was done under the yearly one: made up, and marked DEMO."""

from __future__ import annotations

import datetime

from django.conf import settings

from budgets.services import open_budget, spend
from plans.document import read_document
from plans.models import Plan, Task
from plans.services import AlreadyImported, accept_progress, assign_unit, import_document, report_progress
from units.models import Unit, User

SEEDS = settings.BASE_DIR / "plans" / "data"


def import_seed(name: str, *, unit: Unit, by: User) -> Plan:
    text = (SEEDS / name).read_text(encoding="utf-8")
    try:
        return import_document(document=read_document(text), unit=unit, by=by, text=text)
    except AlreadyImported as known:
        return known.plan


def run_yearly_plan(plan: Plan, province: Unit, people: dict[str, User]) -> None:
    """Assign the units that the document names as groups; a few made-up reports and spendings, each marked DEMO."""
    training, communes = Task.objects.filter(plan=plan, number__in=["3", "4"]).order_by("order")
    if training.performers.filter(as_written=False).exists():
        return
    officer = people["officer"]
    districts = Unit.objects.filter(parent=province, kind=Unit.Kind.DISTRICT).valid_on(datetime.date(2024, 2, 1))
    for district in districts.order_by("code"):
        assign_unit(task=training, unit=district, by=officer)
    hiep_hoa = Unit.objects.get(kind=Unit.Kind.DISTRICT, code="223", valid_from=None)
    for commune in Unit.objects.filter(parent=hiep_hoa, kind=Unit.Kind.COMMUNE).order_by("code"):
        assign_unit(task=communes, unit=commune, by=officer)
    visit = Task.objects.get(plan=plan, number="2")
    for unit in Unit.objects.filter(performs__task=visit):
        sent = report_progress(
            task=visit,
            unit=unit,
            percent=100,
            note="DEMO: số liệu minh họa, đã tổ chức đoàn học tập.",
            by=officer,
        )
        accept_progress(update=sent, by=people["admin"])
    sent = report_progress(
        task=training,
        unit=districts.order_by("code")[0],
        percent=60,
        note="DEMO: số liệu minh họa, đã cử cán bộ tập huấn.",
        by=officer,
    )
    accept_progress(update=sent, by=people["admin"])
    budget = open_budget(plan=plan, by=people["finance"])
    spend(
        budget=budget,
        amount=12_500_000,
        spent_on=datetime.date(2024, 5, 20),
        description="DEMO: chi đoàn học tập kinh nghiệm",
        voucher="DEMO-01",
        by=people["finance"],
    )
