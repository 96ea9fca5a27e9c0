"""Report jobs and what reports are about."""

from __future__ import annotations

from datetime import date, timedelta

import factory
from django.utils import timezone

from assessments.models import Assessment, CriteriaSet, Criterion, Round, Score
from plans.models import Plan, SignatureLine
from reports.models import ReportJob
from reports.services import hash_of
from tests.factories.budgets import BudgetFactory, LedgerEntryFactory
from tests.factories.plans import PlanFactory, StandardFactory, accepted_progress, task_of
from tests.factories.units import Cast, UserFactory
from units.permissions import Role


class ReportJobFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ReportJob

    kind = "progress"
    format = "xlsx"
    params = factory.Sequence(lambda n: {"plan": n + 1})
    params_hash = factory.LazyAttribute(lambda job: hash_of(job.kind, job.format, job.params))
    requested_by = factory.SubFactory(UserFactory)


def make_plan(cast: Cast, **values) -> Plan:
    """A plan of the province: one task done by district A, one half done by A and blank for B, one that ended long
    ago, one to come."""
    plan = PlanFactory(
        unit=cast.province,
        number="231",
        issue_year=2023,
        issue_month=6,
        issue_day=16,
        place="Mẫu",
        issuer="Ủy ban nhân dân tỉnh Mẫu",
        title="Áp dụng thí điểm tiêu chuẩn năm 2023",
        **values,
    )
    today = timezone.localdate()
    this_year = {"start": date(today.year, 1, 1), "end": date(today.year, 12, 31)}
    done = task_of(plan, cast.a, order=1, number="1", title="Khảo sát", **this_year)
    half = task_of(plan, cast.a, cast.b, order=2, number="2", title="Đào tạo", **this_year)
    task_of(plan, cast.b, order=3, number="3", title="Hội nghị", start=date(2023, 1, 1), end=date(2023, 6, 30))
    later = today + timedelta(days=400)
    task_of(plan, cast.b, order=4, number="4", title="Tổng kết", start=later, end=later)
    officer = cast[Role.UNIT_OFFICER]
    accepted_progress(task=done, unit=cast.a, percent=100, note="Đã khảo sát 9 đơn vị", by=officer)
    accepted_progress(task=half, unit=cast.a, percent=40, note="CANARY-A", by=officer)
    for order, line in enumerate(["TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"]):
        SignatureLine.objects.create(plan=plan, order=order, text=line)
    return plan


def fund(plan: Plan, by, ceiling: int = 84_000_000, spent: int = 12_500_000) -> None:
    LedgerEntryFactory(budget=BudgetFactory(plan=plan, ceiling=ceiling), amount=spent, description="Tập huấn", by=by)


def make_assessment(cast: Cast, scale: str = CriteriaSet.Scale.POINTS) -> Assessment:
    """District A's sheet: one group of three criteria, two of them scored, and one group with nothing scored."""
    points = scale == CriteriaSet.Scale.POINTS
    criteria = CriteriaSet.objects.create(
        slug="mau", title="Bộ tiêu chí mẫu", standard=StandardFactory(), scale=scale, status="published"
    )
    rule = Criterion.Scoring.YES_NO if points else Criterion.Scoring.RAG
    order = iter(range(100))

    def add(code: str, title: str, parent: Criterion | None = None) -> Criterion:
        return Criterion.objects.create(
            criteria_set=criteria,
            parent=parent,
            order=next(order),
            code=code,
            title=title,
            scoring=rule if parent else Criterion.Scoring.GROUP,
            max_score="2.50" if parent and points else None,
        )

    first, second = add("I", "Chỉ đạo"), add("II", "Công bố")
    lines = [add(f"1.{n}", f"Tiêu chí {n}", first) for n in (1, 2, 3)]
    add("2.1", "Niêm yết", second)
    now = timezone.now()
    round_ = Round.objects.create(
        unit=cast.province,
        criteria_set=criteria,
        title="Đợt thử",
        year=now.year,
        opens_at=now - timedelta(days=1),
        closes_at=now + timedelta(days=1),
        created_by=cast[Role.PROGRAMME_OFFICER],
    )
    sheet = Assessment.objects.create(round=round_, unit=cast.a, scored=2)
    answers = [({"value": True}, "2.50"), ({"value": False}, "0.00")] if points else [({"light": "green"}, None)] * 2
    for line, (answer, worth) in zip(lines, answers, strict=False):
        Score.objects.create(
            assessment=sheet,
            criterion=line,
            answer=answer,
            points=worth,
            light="" if points else "green",
            by=cast[Role.UNIT_OFFICER],
        )
    return sheet
