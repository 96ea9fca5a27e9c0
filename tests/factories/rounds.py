"""Rounds as the services make them: prepared, opened, with teams of assessors."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from assessments.models import Assessment, Round
from assessments.services import rounds, teams
from assessments.services.phases import Phases
from tests.factories.assessments import load_sets
from tests.factories.units import Cast, MembershipFactory
from units.models import User
from units.permissions import Role

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
START = datetime(2026, 3, 2, 8, 0, tzinfo=VIETNAM)


def phases(start: datetime = START, **changed) -> Phases:
    """Self-scoring for ten days until 17:00, verification for ten more, then five for appeals."""
    first = start.replace(hour=17)
    values = {
        "opens_at": start,
        "closes_at": first + timedelta(days=10),
        "verify_opens_at": start + timedelta(days=11),
        "verify_closes_at": first + timedelta(days=20),
        "appeal_opens_at": start + timedelta(days=21),
        "appeal_closes_at": first + timedelta(days=25),
        "approve_by": (first + timedelta(days=30)).date(),
    }
    return Phases(**(values | changed))


def prepared(cast: Cast, *units, **changed) -> Round:
    """A round that is being prepared, with sheets of `units`."""
    by = cast[Role.PROGRAMME_OFFICER]
    values = {
        "unit": cast.province,
        "criteria_set": changed.pop("criteria_set", None) or load_sets()["iso9001-example"],
        "title": "Đợt đánh giá 2026",
        "year": 2026,
        "phases": phases(),
        "by": by,
    }
    round_ = rounds.prepare_round(**(values | changed))
    if units:
        rounds.add_units(round=round_, units=units, by=by)
    return round_


def opened(cast: Cast, *units, **changed) -> Round:
    return rounds.open_prepared(round=prepared(cast, *units, **changed), by=cast[Role.PROGRAMME_OFFICER])


def assessors(cast: Cast, count: int) -> list[User]:
    """`count` assessors of the province, the one of the cast first."""
    more = [MembershipFactory(unit=cast.province, role=Role.ASSESSOR).user for _each in range(count - 1)]
    return [cast[Role.ASSESSOR], *more]


def team(cast: Cast, round_: Round, people, title: str = "Tổ thẩm định số 1", chair=None):
    return teams.make_team(round=round_, title=title, chair=chair, members=people, by=cast[Role.PROGRAMME_OFFICER])


def sheet_of(round_: Round, unit) -> Assessment:
    return Assessment.objects.select_related("unit", "round__unit").get(round=round_, unit=unit)
