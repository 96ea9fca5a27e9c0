"""Rounds whose sheets have been verified: a small set with a policy, and sheets with their rows and totals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from assessments.models import Assessment, CriteriaSet, Criterion, Decision, Round, Score
from assessments.services.approval import approve_round
from assessments.services.publication import publish
from assessments.services.totals import store_totals
from tests.factories.assessments import RoundFactory
from tests.factories.plans import StandardFactory
from tests.factories.units import Cast, UnitFactory, make_cast
from units.models import Unit
from units.permissions import Role

DAY = date(2026, 11, 20)
POLICY = {
    "grade_on": "points",
    "grades": [
        {"code": "good", "title": "Tốt", "title_en": "Good", "from": "24"},
        {"code": "fair", "title": "Khá", "title_en": "Fair", "from": "15"},
        {"code": "weak", "title": "Yếu", "title_en": "Weak", "from": "0"},
    ],
    "knocked_out": "unranked",
    "knock_outs": [{"criterion": "2.1", "below": "2", "at_most": "weak", "reason": "Tiêu chí 2.1 dưới 2 điểm"}],
    "tie_breaks": ["II", "1.1"],
}
GROUPS = [
    {"code": "district", "title": "Cấp huyện", "kinds": ["district"]},
    {"code": "commune", "title": "Cấp xã", "kinds": ["commune"]},
]


def make_set(*, slug: str = "nho", version: int = 1, scale: str = "points", **values) -> CriteriaSet:
    """Two groups: I with 1.1 and 1.2, II with 2.1; of points each criterion has ten."""
    points = scale == "points"
    made = CriteriaSet.objects.create(
        slug=slug,
        version=version,
        title=f"Bộ tiêu chí {slug} {version}",
        standard=StandardFactory(),
        scale=scale,
        status="published",
        policy=POLICY if points else {},
        size=3,
        maximum=30 if points else None,
        **values,
    )
    order = 0
    for group, codes in (("I", ("1.1", "1.2")), ("II", ("2.1",))):
        order += 1
        above = Criterion.objects.create(
            criteria_set=made, order=order, code=group, title=f"Nhóm {group}", scoring="group"
        )
        for code in codes:
            order += 1
            Criterion.objects.create(
                criteria_set=made,
                parent=above,
                order=order,
                code=code,
                title=f"Tiêu chí {code}",
                scoring="points" if points else "rag",
                max_score=10 if points else None,
            )
    return made


def give(sheet: Assessment, stage: str, values: Iterable[str | None], *, by) -> None:
    """What 1.1, 1.2 and 2.1 were given at `stage`: points, or lights; None leaves one out."""
    scored = Criterion.objects.filter(criteria_set=sheet.round.criteria_set_id).exclude(scoring="group")
    points = sheet.round.criteria_set.scale == "points"
    for criterion, value in zip(scored.order_by("order"), values, strict=True):
        if value is not None:
            Score.objects.update_or_create(
                assessment=sheet,
                criterion=criterion,
                stage=stage,
                defaults={
                    "answer": {"points": value} if points else {"light": value},
                    "points": Decimal(value) if points else None,
                    "light": "" if points else value,
                    "explanation": f"{stage} {criterion.code}",
                    "by": by,
                },
            )


@dataclass
class Results:
    cast: Cast
    round: Round

    def sheet(
        self,
        verified: Iterable[str | None] = ("8.00", "7.00", "9.00"),
        *,
        own: Iterable[str | None] = ("9.00", "9.00", "9.00"),
        unit: Unit | None = None,
        state: str = "preliminary",
        group: str = "district",
    ) -> Assessment:
        points = self.round.criteria_set.scale == "points"
        sheet = Assessment.objects.create(
            round=self.round,
            unit=unit or UnitFactory(parent=self.cast.province),
            state=state,
            ranking_group=group,
            digest="0" * 64 if state in ("approved", "published") else "",
        )
        give(sheet, "self", own if points else verified, by=self.cast[Role.UNIT_OFFICER])
        give(sheet, "verified", verified, by=self.cast[Role.ASSESSOR])
        store_totals(sheet)
        sheet.refresh_from_db()
        return sheet

    def approve(self, **values) -> Decision:
        Assessment.objects.filter(round=self.round, state="preliminary").update(state="proposed")
        given = {"number": "12/QĐ-UBND", "decided_on": DAY, "signer": "Nguyễn Văn A", "by": self.cast[Role.LEADER]}
        return approve_round(round=self.round, **{**given, **values})

    def publish(self, **values) -> Decision:
        given = {"number": "15/QĐ-UBND", "decided_on": DAY, "by": self.cast[Role.PROGRAMME_OFFICER]}
        decision = publish(round=self.round, **{**given, **values})
        self.round.refresh_from_db()
        return decision


def make_results(*, scale: str = "points") -> Results:
    """A province whose round has no sheet yet."""
    cast = make_cast()
    return Results(cast=cast, round=RoundFactory(unit=cast.province, criteria_set=make_set(scale=scale), groups=GROUPS))
