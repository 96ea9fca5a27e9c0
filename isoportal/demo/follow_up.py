"""What follows the results: a system and its steps, an inspection, corrective actions. Made up, and named DEMO."""

from __future__ import annotations

import datetime
from decimal import Decimal

from django.utils import timezone

from assessments.models import Criterion, Inspection, Qms, Round
from assessments.services.checklists import add_questions
from assessments.services.corrective_actions import raise_below
from assessments.services.inspections import Member, plan_inspection, set_team
from assessments.services.systems import begin_system, record_step
from assessments.services.visits import add_visits
from isoportal.demo.rounds import TITLE
from plans.models import Standard
from units.models import Unit, User


def follow_up(bac_giang: Unit, people: dict[str, User]) -> None:
    round_ = Round.objects.get(unit=bac_giang, title=TITLE)
    hiep_hoa = Unit.objects.get(parent=bac_giang, kind=Unit.Kind.DISTRICT, code="223")
    _system(hiep_hoa, round_.criteria_set.standard, people["officer"])
    _inspection(bac_giang, hiep_hoa, round_, people)
    for sheet in round_.assessments.filter(state="preliminary").select_related("unit"):
        if not sheet.corrective_actions.exists():
            raise_below(assessment=sheet, percent=Decimal(60), by=people["officer"])


def _system(unit: Unit, standard: Standard, by: User) -> None:
    if Qms.objects.filter(unit=unit, standard=standard).exists():
        return
    today = timezone.localdate()
    system = begin_system(unit=unit, standard=standard, scope="Thủ tục hành chính thuộc thẩm quyền (DEMO)", by=by)
    for kind, days, found in (
        ("establish", 700, None),
        ("apply", 600, None),
        ("internal_audit", 400, 2),
        ("management_review", 390, None),
    ):
        day = today - datetime.timedelta(days=days)
        record_step(qms=system, kind=kind, done_on=day, nonconformities=found, note="DEMO", by=by)


def _inspection(province: Unit, unit: Unit, round_: Round, people: dict[str, User]) -> None:
    if Inspection.objects.filter(unit=province).exists():
        return
    today = timezone.localdate()
    officer, assessor = people["officer"], people["assessor"]
    inspection = plan_inspection(
        unit=province,
        title="Kiểm tra việc duy trì HTQLCL (DEMO)",
        year=today.year,
        starts_on=today,
        ends_on=today + datetime.timedelta(days=30),
        criteria_set=round_.criteria_set,
        by=officer,
    )
    inspection = set_team(
        inspection=inspection,
        members=[
            Member(name=str(officer), user=officer, place="head"),
            Member(name=str(assessor), user=assessor, place="secretary"),
        ],
        expected_version=inspection.version,
        by=officer,
    )
    [visit] = add_visits(
        inspection=inspection,
        units=[unit],
        form="on_site",
        planned_on=today + datetime.timedelta(days=7),
        by=officer,
    )
    criteria = Criterion.objects.filter(criteria_set=round_.criteria_set, code__in=["4.1", "5.1", "5.2"])
    add_questions(visit=visit, criteria=criteria, questions=["Hồ sơ một cửa có phiếu kiểm soát (DEMO)"], by=officer)
