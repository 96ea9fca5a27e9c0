"""Rounds of both kinds: last year's, published; this year's with sheets in every state; a pilot before and after.

All of it is made up, and named DEMO by its round.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.utils import timezone

from assessments.models import Assessment, CriteriaSet, Round
from assessments.services import open_assessment, open_round, save_score
from assessments.services.appeals import send_appeals, write_appeal
from assessments.services.phases import Phases
from assessments.services.returning import return_sheet, tell_result
from assessments.services.rounds import add_units, open_prepared, prepare_round
from assessments.services.submission import send_to_head, submit_sheet
from assessments.services.teams import assign_evenly, make_team
from assessments.services.verification import begin_verification
from isoportal.demo.finished_round import AS_OF, GROUPS, fill, finish_round, place, scored_criteria, scorer, verify
from isoportal.demo.pilot_rounds import pilot_rounds
from plans.models import Plan
from units.models import Unit, User

TITLE = "Chấm điểm HTQLCL theo TCVN ISO 9001 (DEMO)"
# A sheet half filled in, so that the page shows something.
DEMO_ANSWERS: dict[str, dict[str, object]] = {
    "1.1": {"days_late": 0},
    "1.2": {"value": True},
    "1.3": {"level": 2},
    "1.4": {"value": True},
    "2.1": {"done": 109, "of": 118},
    "2.2": {"level": 2},
    "2.3": {"count": 4},
    "2.4": {"done": 27, "of": 30},
    "3.1": {"done": 26, "of": 30},
    "3.2": {"percent": "96.4"},
}


def open_rounds(hue: Unit, bac_giang: Unit, people: dict[str, User], pilot: Plan) -> None:
    points = CriteriaSet.objects.get(unit=None, slug="iso9001-example", version=1)
    lights = CriteriaSet.objects.get(unit=None, slug="iso18091-2019", version=1)
    today = timezone.localdate()
    districts = list(Unit.objects.filter(parent=bac_giang, kind=Unit.Kind.DISTRICT).order_by("code"))
    others = [
        *Unit.objects.filter(parent=bac_giang, kind=Unit.Kind.DEPARTMENT).order_by("pk")[:1],
        *Unit.objects.filter(parent__in=districts, kind=Unit.Kind.COMMUNE, code__in=["07840", "07843"]),
    ]
    hiep_hoa = next(unit for unit in districts if unit.code == "223")
    last = finish_round(
        province=bac_giang,
        criteria_set=points,
        units=[hiep_hoa, *[unit for unit in districts if unit != hiep_hoa][:3], *others],
        title=f"Chấm điểm HTQLCL năm {today.year - 1} (DEMO)",
        year=today.year - 1,
        people=people,
    )
    _round_of_this_year(bac_giang, points, districts, others, last, people)
    closes = datetime.datetime(today.year + 1, 1, 1, tzinfo=timezone.get_default_timezone())
    for province in (bac_giang, hue):
        if not Round.objects.filter(unit=province, criteria_set=lights, year=today.year).exists():
            round_ = open_round(
                unit=province,
                criteria_set=lights,
                title="Chẩn đoán theo TCVN ISO 18091 (DEMO)",
                year=today.year,
                opens_at=timezone.now() - datetime.timedelta(days=30),
                closes_at=closes,
                by=people["officer"],
            )
            for unit in Unit.objects.filter(parent=province, kind=Unit.Kind.DISTRICT).order_by("code"):
                open_assessment(round=round_, unit=unit, by=people["officer"])
    pilot_rounds(hue, lights, pilot, people)


def _round_of_this_year(
    province: Unit,
    criteria_set: CriteriaSet,
    districts: Sequence[Unit],
    others: Sequence[Unit],
    last: Round,
    people: dict[str, User],
) -> None:
    """Open until the end of the year, with a sheet in every state that comes before approval."""
    now = timezone.now()
    year = timezone.localdate().year
    if Round.objects.filter(unit=province, criteria_set=criteria_set, year=year).exists():
        return
    officer, assessor = people["officer"], people["assessor"]
    end = datetime.datetime(year + 1, 1, 1, tzinfo=timezone.get_default_timezone())
    round_ = prepare_round(
        unit=province,
        criteria_set=criteria_set,
        title=TITLE,
        year=year,
        phases=Phases(
            opens_at=now - datetime.timedelta(days=30),
            closes_at=end,
            verify_opens_at=now - datetime.timedelta(days=20),
            verify_closes_at=end + datetime.timedelta(days=20),
            appeal_opens_at=now - datetime.timedelta(days=5),
            appeal_closes_at=end + datetime.timedelta(days=30),
        ),
        groups=GROUPS,
        previous=last,
        by=officer,
    )
    add_units(round=round_, units=[*districts, *others], as_of=AS_OF, by=officer)
    make_team(round=round_, title="Tổ thẩm định số 1 (DEMO)", chair=assessor, members=[assessor], by=officer)
    open_prepared(round=round_, by=officer)
    sheets = {
        sheet.unit_id: sheet
        for sheet in round_.assessments.select_related("unit", "round__unit", "round__criteria_set").order_by("pk")
    }
    hiep_hoa = next(unit for unit in districts if unit.code == "223")
    own = sheets[hiep_hoa.pk]
    for criterion in criteria_set.criteria.filter(code__in=DEMO_ANSWERS):
        save_score(
            assessment=own,
            criterion=criterion,
            answer=DEMO_ANSWERS[criterion.code],
            explanation="",
            expected_version=0,
            by=people["district"],
        )
    _every_state([sheets[unit.pk] for unit in districts if unit != hiep_hoa], round_, people)


def _every_state(sheets: Sequence[Assessment], round_: Round, people: dict[str, User]) -> None:
    assessor = people["assessor"]
    criteria = scored_criteria(round_.criteria_set)
    unit_person = place(scorer(), [sheet.unit for sheet in sheets])
    for number, sheet in enumerate(sheets[:7]):
        fill(sheet, criteria, 90 - 7 * number, by=unit_person)
    send_to_head(assessment=sheets[0], by=unit_person)
    for sheet in sheets[1:7]:
        submit_sheet(assessment=sheet, by=unit_person)
    assign_evenly(round=round_, by=people["officer"])
    begin_verification(assessment=sheets[2], by=assessor)
    for sheet in sheets[3:6]:
        verify(sheet, criteria, stricter=6, by=assessor)
    for sheet in sheets[3:5]:
        tell_result(assessment=sheet, by=assessor)
    write_appeal(
        assessment=sheets[4],
        criterion=criteria[4],
        text="Đề nghị xem lại: đơn vị đã ban hành đủ quy trình (DEMO).",
        by=unit_person,
    )
    send_appeals(assessment=sheets[4], by=unit_person)
    return_sheet(assessment=sheets[6], note="Đề nghị bổ sung minh chứng nhóm II (DEMO).", by=assessor)
