"""Inspections of a province, with a team and visits to units."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import factory

from assessments.models import ChecklistItem, Criterion, Finding, Inspection, InspectionMember, Visit
from tests.factories.units import Cast, UnitFactory, UserFactory
from units.models import Unit, User
from units.permissions import Role


class InspectionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Inspection

    unit = factory.SubFactory(UnitFactory, kind=Unit.Kind.PROVINCE)
    title = factory.Sequence("Kiểm tra việc áp dụng ISO đợt {}".format)
    year = 2026
    decision = "45/QĐ-SKHCN"
    decided_on = date(2026, 3, 2)
    starts_on = date(2026, 3, 9)
    ends_on = date(2026, 3, 27)
    purpose = "Kiểm tra việc duy trì hệ thống quản lý chất lượng"
    created_by = factory.SubFactory(UserFactory)


class VisitFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Visit

    inspection = factory.SubFactory(InspectionFactory)
    unit = factory.SubFactory(UnitFactory)
    planned_on = date(2026, 3, 10)


HELD = {
    "state": Visit.State.HELD,
    "starts_at": datetime(2026, 3, 10, 1, tzinfo=UTC),
    "ends_at": datetime(2026, 3, 10, 4, tzinfo=UTC),
    "place": "Hội trường UBND huyện A",
    "hosts": "Nguyễn Văn An, Phó Chủ tịch\nTrần Thị Bình, Chánh Văn phòng",
}


def held_visit(cast: Cast, **values: Any) -> Visit:
    """A visit to A that was held: two questions, one answered as failing, and the finding it led to."""
    by: User = cast[Role.PROGRAMME_OFFICER]
    inspection = InspectionFactory(unit=cast.province, created_by=by)
    InspectionMember.objects.create(
        inspection=inspection, order=1, user=by, name="Lê Văn Cường", office="Chi cục trưởng", place="head"
    )
    visit: Visit = VisitFactory(inspection=inspection, unit=cast.a, **(HELD | values))
    for order, (text, result) in enumerate([("Có mục tiêu chất lượng", "conforms"), ("Hồ sơ", "fails")], start=1):
        ChecklistItem.objects.create(visit=visit, order=order, text=text, result=result, note="Đã xem", by=by)
    Finding.objects.create(
        visit=visit,
        order=1,
        kind=Finding.Kind.MINOR,
        clause="7.5.3",
        text="Hồ sơ đánh giá nội bộ thiếu chữ ký",
        due_on=date(2026, 4, 30),
        by=by,
    )
    return visit


def one_visit(*, holder: Unit, unit: Unit, criterion: Criterion, by: User, mark: str, foreign: bool) -> dict[str, Any]:
    """A row of each kind with the unit's mark; an inspection is one for all units of its province: only the other
    province's bears a mark. The visit was held and has no minutes yet."""
    title = f"{mark}inspection" if foreign else "Kiểm tra năm 2026"
    inspection, created = Inspection.objects.get_or_create(
        unit=holder,
        title=title,
        defaults={
            "year": 2026,
            "starts_on": "2026-03-01",
            "ends_on": "2026-03-31",
            "purpose": f"{mark}purpose" if foreign else "",
            "criteria_set": criterion.criteria_set,
            "created_by": by,
        },
    )
    if created:
        InspectionMember.objects.create(
            inspection=inspection, name=f"{mark}member" if foreign else "Trưởng đoàn", place="head"
        )
    visit = Visit.objects.create(
        inspection=inspection,
        unit=unit,
        planned_on="2026-03-05",
        state=Visit.State.HELD,
        starts_at=datetime(2026, 3, 5, 1, tzinfo=UTC),
        ends_at=datetime(2026, 3, 5, 4, tzinfo=UTC),
        place=f"{mark}place",
        hosts=f"{mark}host",
        conclusion=f"{mark}conclusion",
        requests=f"{mark}requests",
        opinion=f"{mark}opinion",
    )
    item = ChecklistItem.objects.create(
        visit=visit, order=1, criterion=criterion, text=f"{mark}question", note=f"{mark}"
    )
    finding = Finding.objects.create(
        visit=visit, order=1, kind=Finding.Kind.MINOR, text=f"{mark}finding", due_on="2026-05-01", by=by
    )
    return {"inspection": inspection, "visit": visit, "item": item, "finding": finding}
