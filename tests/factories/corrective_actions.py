"""Corrective actions at any point of their way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from assessments.models import Assessment, CorrectiveAction, CorrectiveStep, Score
from assessments.services.totals import recompute_totals
from units.models import Unit, User

State = CorrectiveAction.State


def make_correction(unit: Unit, *, by: User, state: str = State.RAISED, **given: Any) -> CorrectiveAction:
    """A corrective action raised by hand, as it stands in `state`; `days`: raised so many days ago."""
    today = timezone.localdate()
    days = given.pop("days", 0)
    number = CorrectiveAction.objects.filter(unit=unit).count() + 1
    values: dict[str, Any] = {"title": "Chưa kiểm soát tài liệu", "source": CorrectiveAction.Source.INTERNAL}
    if state not in {State.RAISED, State.CANCELLED}:
        values |= {"cause": "Chưa phân công", "action": "Phân công", "owner": "Văn phòng", "due_on": today}
    if state in {State.DONE, State.CLOSED}:
        values |= {"done_on": today, "result": "Đã phân công"}
    if state == State.CLOSED:
        values["closed_at"] = timezone.now()
    action = CorrectiveAction.objects.create(
        unit=unit, year=today.year, number=number, state=state, raised_by=by, **(values | given)
    )
    CorrectiveStep.objects.create(corrective_action=action, kind=CorrectiveStep.Kind.RAISED, text=action.title, by=by)
    if days:
        CorrectiveAction.objects.filter(pk=action.pk).update(raised_at=timezone.now() - timedelta(days=days))
        action.refresh_from_db()
    return action


def tell(sheet: Assessment, results: dict[str, str], *, by: User) -> Assessment:
    """The preliminary result is told: `results` are the points, or the lights, by code."""
    criteria = {each.code: each for each in sheet.round.criteria_set.criteria.all()}
    for code, given in results.items():
        light = given if given.isalpha() else ""
        Score.objects.create(
            assessment=sheet,
            criterion=criteria[code],
            stage=Score.Stage.VERIFIED,
            answer={"light": light} if light else {"points": given},
            light=light,
            points=None if light else given,
            by=by,
        )
    recompute_totals(assessment=sheet)
    Assessment.objects.filter(pk=sheet.pk).update(state=Assessment.State.PRELIMINARY)
    sheet.refresh_from_db()
    return sheet


def one_correction(*, unit: Unit, by: User, mark: str) -> dict[str, Any]:
    """Planned, its words marked."""
    action = make_correction(
        unit,
        by=by,
        state=State.PLANNED,
        title=f"{mark}wrong",
        cause=f"{mark}cause",
        action=f"{mark}action",
        owner=f"{mark}owner",
    )
    return {"correction": action}
