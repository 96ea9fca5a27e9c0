"""Last year's round as it went, from its opening to its publication: made up, and named DEMO."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from django.conf import settings

from assessments.models import Assessment, CriteriaSet, Criterion, Round, Score
from assessments.services import save_score
from assessments.services.accepting import accept_rows
from assessments.services.appeals import close_appeals, decide_appeal, send_appeals, write_appeal
from assessments.services.approval import approve_round, propose
from assessments.services.phases import Phases
from assessments.services.publication import publish
from assessments.services.returning import tell_result
from assessments.services.rounds import add_units, open_prepared, prepare_round
from assessments.services.submission import submit_sheet
from assessments.services.teams import assign_evenly, make_team
from assessments.services.verification import begin_verification, finish_verification, save_verified
from isoportal.demo.answers import answer_to
from isoportal.demo.clock import at
from units.models import Membership, Unit, User
from units.permissions import Role
from units.services import create_person, grant_role

ZONE = ZoneInfo(settings.TIME_ZONE)
GROUPS = [
    {"code": "department", "title": "Sở, ban, ngành", "kinds": ["department", "branch"]},
    {"code": "district", "title": "UBND cấp huyện", "kinds": ["district"]},
    {"code": "commune", "title": "UBND cấp xã", "kinds": ["commune"]},
]
# The demo goes on with the units of the seed documents, which have ended since.
AS_OF = datetime.date(2024, 12, 31)
EXPLANATION = "Hồ sơ lưu tại bộ phận ISO của đơn vị (DEMO)."
# How well each kind of row does: made up.
QUALITIES = (92, 78, 61, 85, 70, 45, 96, 66)


def day(year: int, month: int, number: int, hour: int = 8) -> datetime.datetime:
    return datetime.datetime(year, month, number, hour, tzinfo=ZONE)


def phases_of(year: int) -> Phases:
    """Self-scoring in October, verification to 10 December, appeals in December."""
    return Phases(
        opens_at=day(year, 10, 1),
        closes_at=day(year, 10, 31, 17),
        verify_opens_at=day(year, 11, 1),
        verify_closes_at=day(year, 12, 10, 17),
        appeal_opens_at=day(year, 12, 1),
        appeal_closes_at=day(year, 12, 17, 17),
        approve_by=datetime.date(year, 12, 25),
    )


def scorer() -> User:
    """Fills in the sheets of the units without an account of their own. Nobody signs in as this person."""
    found = User.objects.filter(username="demo-units").first()
    return found or create_person(
        username="demo-units",
        full_name="Thư ký ISO các đơn vị (DEMO)",
        position="Thư ký ISO",
        email="demo-units@example.gov.vn",
        by=None,
    )


def place(user: User, units: Sequence[Unit]) -> User:
    for unit in units:
        if not Membership.objects.filter(user=user, unit=unit, role=Role.UNIT_HEAD).exists():
            grant_role(user=user, unit=unit, role=Role.UNIT_HEAD, by=None)
    return User.objects.get(pk=user.pk)  # the roles that were read before are not those of now


def fill(sheet: Assessment, criteria: Sequence[Criterion], quality: int, *, by: User) -> None:
    for number, criterion in enumerate(criteria):
        if criterion.scored_by == Criterion.ScoredBy.UNIT and criterion.applies(sheet.unit.kind):
            save_score(
                assessment=sheet,
                criterion=criterion,
                answer=answer_to(criterion, quality, number + sheet.unit_id),
                explanation=EXPLANATION,
                expected_version=0,
                by=by,
            )


def scored_criteria(criteria_set: CriteriaSet) -> list[Criterion]:
    return list(criteria_set.criteria.exclude(scoring=Criterion.Scoring.GROUP).order_by("order"))


def verify(sheet: Assessment, criteria: Sequence[Criterion], *, stricter: int, by: User) -> None:
    """Give each `stricter`-th criterion that can be lower a lower result, with a reason, and the others what the unit
    gave itself."""
    begin_verification(assessment=sheet, by=by)
    for number, criterion in enumerate(criteria):
        own = Score.objects.filter(assessment=sheet, criterion=criterion, stage=Score.Stage.SELF).first()
        if criterion.scored_by != Criterion.ScoredBy.UNIT or own is None or (number + sheet.unit_id) % stricter:
            continue
        lower = answer_to(criterion, 25, number)
        if lower != own.answer:
            save_verified(
                assessment=sheet,
                criterion=criterion,
                answer=lower,
                reason="Minh chứng chưa đủ so với mức tự chấm (DEMO).",
                expected_version=0,
                by=by,
            )
    accept_rows(assessment=sheet, by=by)
    finish_verification(assessment=sheet, by=by)


def finish_round(
    *, province: Unit, criteria_set: CriteriaSet, units: Sequence[Unit], title: str, year: int, people: dict[str, User]
) -> Round:
    """The whole of a round: opened, scored, verified, one appeal upheld, approved, published."""
    existing = Round.objects.filter(unit=province, criteria_set=criteria_set, year=year, title=title).first()
    if existing:
        return existing
    officer, assessor, leader = people["officer"], people["assessor"], people["leader"]
    unit_person = place(scorer(), units)
    criteria = scored_criteria(criteria_set)
    with at(day(year, 9, 20)):
        round_ = prepare_round(
            unit=province,
            criteria_set=criteria_set,
            title=title,
            year=year,
            phases=phases_of(year),
            groups=GROUPS,
            by=officer,
        )
        add_units(round=round_, units=units, as_of=AS_OF, by=officer)
        make_team(round=round_, title="Tổ thẩm định số 1 (DEMO)", chair=assessor, members=[assessor], by=officer)
        open_prepared(round=round_, by=officer)
    sheets = list(round_.assessments.select_related("unit", "round__unit").order_by("pk"))
    with at(day(year, 10, 14)):
        for number, sheet in enumerate(sheets):
            fill(sheet, criteria, QUALITIES[number % len(QUALITIES)], by=unit_person)
    with at(day(year, 10, 25)):
        for sheet in sheets:
            submit_sheet(assessment=sheet, by=unit_person)
        assign_evenly(round=round_, by=officer)
    with at(day(year, 11, 12)):
        for sheet in sheets:
            verify(sheet, criteria, stricter=5, by=assessor)
    with at(day(year, 12, 2)):
        for sheet in sheets:
            tell_result(assessment=sheet, by=assessor)
        _appeal(sheets[1], unit_person)
    with at(day(year, 12, 9)):
        for appeal in sheets[1].appeals.all():
            own = Score.objects.get(assessment=sheets[1], criterion=appeal.criterion, stage=Score.Stage.SELF)
            decide_appeal(
                appeal=appeal,
                state="upheld",
                outcome="Đơn vị đã bổ sung minh chứng còn thiếu (DEMO).",
                answer=own.answer,
                expected_version=appeal.version,
                by=assessor,
            )
        close_appeals(assessment=sheets[1], by=assessor)
    with at(day(year, 12, 18)):
        propose(assessments=Assessment.objects.filter(round=round_).select_related("unit", "round__unit"), by=officer)
        approve_round(
            round=round_,
            number="DEMO-01/QĐ-BCĐ",
            decided_on=datetime.date(year, 12, 18),
            signer=str(leader),
            by=leader,
        )
    with at(day(year, 12, 20)):
        publish(
            round=round_,
            number="DEMO-02/TB-BCĐ",
            decided_on=datetime.date(year, 12, 20),
            signer=str(leader),
            by=officer,
        )
    return Round.objects.get(pk=round_.pk)


def _appeal(sheet: Assessment, by: User) -> None:
    lowered = (
        Score.objects.filter(assessment=sheet, stage=Score.Stage.VERIFIED)
        .exclude(explanation="")
        .select_related("criterion")
        .order_by("criterion__order")
        .first()
    )
    if lowered is not None:
        write_appeal(
            assessment=sheet,
            criterion=lowered.criterion,
            text="Đề nghị xem lại: minh chứng đã gửi bổ sung bằng văn bản (DEMO).",
            by=by,
        )
        send_appeals(assessment=sheet, by=by)
