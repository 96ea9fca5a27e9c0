"""A submitted sheet with the assessors it is assigned to, and the phases of verification and appeal running."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone

from assessments.models import Appeal, Assessment, Assignment, CriteriaSet, Criterion, Round, Score, Team
from assessments.services.verification import finish_verification, save_verified
from plans.models import Standard
from tests.factories.assessments import AssessmentFactory, RoundFactory
from tests.factories.units import Cast, MembershipFactory, UnitFactory, make_cast
from units.models import Unit, User
from units.permissions import Role


def small_set(size: int = 3) -> CriteriaSet:
    """`size` criteria of yes or no in two groups, 10 points each: I.1, I.2, … and II.1 the last."""
    standard = Standard.objects.get_or_create(code="TCVN ISO 9001", edition="2015")[0]
    made = CriteriaSet.objects.create(
        slug=f"small-{CriteriaSet.objects.count()}",
        title="Bộ tiêu chí nhỏ",
        standard=standard,
        scale=CriteriaSet.Scale.POINTS,
        status=CriteriaSet.Status.PUBLISHED,
        size=size,
        maximum=10 * size,
    )
    for place, code in enumerate(("I", "II")):
        group = Criterion.objects.create(
            criteria_set=made,
            order=place * 100,
            code=code,
            title=f"Nhóm {code}",
            scoring=Criterion.Scoring.GROUP,
            max_score=10 * (size - 1 if place == 0 else 1),
        )
        for number in range(1, size if place == 0 else 2):
            Criterion.objects.create(
                criteria_set=made,
                parent=group,
                order=place * 100 + number,
                code=f"{code}.{number}",
                title=f"Tiêu chí {code}.{number}",
                scoring=Criterion.Scoring.YES_NO,
                max_score=10,
            )
    return made


@dataclass
class Verifying:
    """District A's sheet, submitted: the unit gave itself yes everywhere."""

    cast: Cast
    round: Round
    sheet: Assessment
    team: Team
    first: User
    second: User
    chair: User
    others: list[Assessment] = field(default_factory=list)

    @property
    def head(self) -> User:
        return self.cast[Role.UNIT_HEAD]

    @property
    def officer(self) -> User:
        return self.cast[Role.UNIT_OFFICER]

    @property
    def manager(self) -> User:
        return self.cast[Role.PROGRAMME_OFFICER]

    def criterion(self, code: str) -> Criterion:
        return Criterion.objects.get(criteria_set=self.round.criteria_set_id, code=code)

    def now(self, sheet: Assessment | None = None) -> Assessment:
        return Assessment.objects.select_related("unit", "round__unit").get(pk=(sheet or self.sheet).pk)

    def row(self, code: str, stage: str = Score.Stage.VERIFIED, sheet: Assessment | None = None) -> Score | None:
        return (sheet or self.sheet).scores.filter(criterion__code=code, stage=stage).first()

    def verify(self, code: str, value: bool = True, *, by=None, reason="", version=0, sheet=None, answer=None) -> Score:
        return save_verified(
            assessment=sheet or self.sheet,
            criterion=self.criterion(code),
            answer={"value": value} if answer is None else answer,
            reason=reason,
            expected_version=version,
            by=by or self.first,
        )

    def verify_all(self, *, by=None, no: tuple[str, ...] = (), finish: bool = True, sheet=None) -> None:
        """Every row as the unit scored it, but for those of `no`."""
        for criterion in self.round.criteria_set.criteria.exclude(scoring=Criterion.Scoring.GROUP):
            value = criterion.code not in no
            self.verify(criterion.code, value, by=by, reason="" if value else "Chưa có minh chứng", sheet=sheet)
        if finish:
            finish_verification(assessment=sheet or self.sheet, by=by or self.first)

    def put(self, state: str, sheet: Assessment | None = None) -> None:
        """The sheet as if it had come to `state`, whatever it takes."""
        digest = "0" * 64 if state in {"approved", "published"} else ""
        preliminary = timezone.now() if state in {"preliminary", "appealed"} else None
        Assessment.objects.filter(pk=(sheet or self.sheet).pk).update(
            state=state, digest=digest, preliminary_at=preliminary
        )

    def appeal(self, code: str = "I.1", state: str = Appeal.State.DRAFT) -> Appeal:
        return Appeal.objects.create(
            assessment=self.sheet,
            criterion=self.criterion(code),
            text=f"Đề nghị xem lại {code}",
            state=state,
            raised_by=self.officer,
        )

    def another(self, name: str, *, state: str = "submitted", assessor: User | None = None) -> Assessment:
        """One more unit's sheet in the round, assigned to `assessor`."""
        unit = UnitFactory(parent=self.cast.province, kind=Unit.Kind.DISTRICT, name=name)
        sheet = AssessmentFactory(round=self.round, unit=unit, state=state)
        self_score(sheet, by=self.officer)
        assign(sheet, assessor or self.first, self.team, by=self.manager)
        self.others.append(sheet)
        return sheet


def self_score(sheet: Assessment, *, by: User, value: bool = True) -> None:
    Score.objects.bulk_create(
        Score(
            assessment=sheet,
            criterion=criterion,
            answer={"value": value},
            points=criterion.max_score if value else 0,
            explanation="Đã ban hành",
            by=by,
        )
        for criterion in sheet.round.criteria_set.criteria.exclude(scoring=Criterion.Scoring.GROUP)
    )


def assign(sheet: Assessment, assessor: User, team: Team, *, by: User, place: int = 1) -> Assignment:
    return Assignment.objects.create(assessment=sheet, assessor=assessor, team=team, place=place, by=by)


def make_verifying(*, two: bool = False, size: int = 3, cast: Cast | None = None) -> Verifying:
    cast = cast or make_cast()
    now = timezone.now()
    round_ = RoundFactory(
        unit=cast.province,
        criteria_set=small_set(size),
        opens_at=now - timedelta(days=30),
        closes_at=now - timedelta(days=5),
        verify_opens_at=now - timedelta(days=5),
        verify_closes_at=now + timedelta(days=10),
        appeal_opens_at=now - timedelta(days=2),
        appeal_closes_at=now + timedelta(days=12),
        second_assessor=two,
    )
    first = cast[Role.ASSESSOR]
    second, chair = (MembershipFactory(unit=cast.province, role=Role.ASSESSOR).user for _each in range(2))
    team = Team.objects.create(round=round_, title="Tổ thẩm định số 1", chair=chair)
    team.members.set([first, second, chair])
    sheet = AssessmentFactory(round=round_, unit=cast.a, state="submitted", submitted_at=now - timedelta(days=6))
    self_score(sheet, by=cast[Role.UNIT_OFFICER])
    assign(sheet, first, team, by=cast[Role.PROGRAMME_OFFICER])
    if two:
        assign(sheet, second, team, by=cast[Role.PROGRAMME_OFFICER], place=2)
    return Verifying(cast=cast, round=round_, sheet=sheet, team=team, first=first, second=second, chair=chair)
