"""The diagnosis of a pilot's units before and after it: made up, and named DEMO."""

from __future__ import annotations

import datetime

from assessments.models import Assessment, CriteriaSet, Round
from assessments.services.approval import approve_round, propose
from assessments.services.phases import Phases
from assessments.services.publication import publish
from assessments.services.returning import tell_result
from assessments.services.rounds import add_units, open_prepared, prepare_round
from assessments.services.submission import submit_sheet
from assessments.services.teams import assign_evenly, make_team
from isoportal.demo.clock import at
from isoportal.demo.finished_round import day, fill, place, scored_criteria, scorer, verify
from plans.models import Plan
from units.models import Unit, User


def pilot_rounds(hue: Unit, lights: CriteriaSet, pilot: Plan, people: dict[str, User]) -> None:
    units = list(Unit.objects.filter(parent=hue, kind=Unit.Kind.DISTRICT, code__in=["477", "479"]).order_by("code"))
    for occasion, month, quality in (
        (Round.Occasion.BEFORE_PILOT, 7, 34),
        (Round.Occasion.AFTER_PILOT, 11, 62),
    ):
        if not Round.objects.filter(plan=pilot, occasion=occasion).exists():
            _diagnosis(hue, lights, pilot, units, str(occasion), month, quality, people)


def _diagnosis(
    hue: Unit,
    lights: CriteriaSet,
    pilot: Plan,
    units: list[Unit],
    occasion: str,
    month: int,
    quality: int,
    people: dict[str, User],
) -> None:
    """A month from the opening to the publication, in the year of the pilot, 2023."""
    officer, assessor, leader = people["officer"], people["assessor"], people["leader"]
    unit_person = place(scorer(), units)
    words = "trước" if occasion == Round.Occasion.BEFORE_PILOT else "sau"
    criteria = scored_criteria(lights)
    with at(day(2023, month, 1)):
        round_ = prepare_round(
            unit=hue,
            criteria_set=lights,
            plan=pilot,
            occasion=occasion,
            title=f"Chẩn đoán {words} thí điểm TCVN ISO 18091 (DEMO)",
            year=2023,
            phases=Phases(opens_at=day(2023, month, 1, 9), closes_at=day(2023, month, 28, 17)),
            by=officer,
        )
        add_units(round=round_, units=units, by=officer)
        make_team(round=round_, title="Tổ thẩm định (DEMO)", chair=assessor, members=[assessor], by=officer)
        open_prepared(round=round_, by=officer)
    sheets = list(round_.assessments.select_related("unit", "round__unit", "round__criteria_set").order_by("pk"))
    with at(day(2023, month, 10)):
        for number, sheet in enumerate(sheets):
            fill(sheet, criteria, quality + 6 * number, by=unit_person)
            submit_sheet(assessment=sheet, by=unit_person)
        assign_evenly(round=round_, by=officer)
    with at(day(2023, month, 20)):
        for sheet in sheets:
            verify(sheet, criteria, stricter=9, by=assessor)
            tell_result(assessment=sheet, by=assessor)
        propose(assessments=Assessment.objects.filter(round=round_).select_related("unit", "round__unit"), by=officer)
        on = datetime.date(2023, month, 20)
        approve_round(round=round_, number=f"DEMO-{month}/QĐ-UBND", decided_on=on, signer=str(leader), by=leader)
        publish(round=round_, number=f"DEMO-{month}/TB-UBND", decided_on=on, signer=str(leader), by=officer)
