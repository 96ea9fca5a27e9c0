"""Deadlines are half-open moments of the server in Vietnam's zone; they move for all units or for one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from activity.models import AuditEvent, Notification
from assessments import services
from assessments.contexts.deadlines import deadline_of
from assessments.contexts.rounds import phases_of, stage_of
from assessments.models import Assessment, Extension, Round
from assessments.permissions import ACTS, Act
from assessments.services import phases as dates
from assessments.services.extensions import (
    ExtensionOver,
    NobodyChosen,
    NothingToExtend,
    NotLater,
    NotOpenYet,
    UntilPassed,
    end_extension,
    extend,
)
from assessments.services.phases import Phases, change_phases
from assessments.services.standing import require
from assessments.services.teams import assign_evenly
from tests.factories.rounds import START, VIETNAM, opened, phases, prepared, sheet_of, team
from units.permissions import Role

pytestmark = pytest.mark.django_db
TICK = timedelta(microseconds=100_000)
# An act of each phase, the state it wants, who does it.
PHASE_ACTS = [
    ("self_score", Act.SCORE, "scoring", Role.UNIT_OFFICER),
    ("verify", Act.VERIFY, "submitted", Role.ASSESSOR),
    ("appeal", Act.APPEAL, "preliminary", Role.UNIT_HEAD),
]


@pytest.fixture
def clock(monkeypatch):
    """Sets the server's clock."""

    def to(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment.astimezone(UTC))

    return to


@pytest.fixture
def round_(cast, clock):
    clock(START)
    return opened(cast, cast.a, cast.b)


def in_state(round_, unit, state) -> Assessment:
    Assessment.objects.filter(round=round_, unit=unit).update(state=state)
    return sheet_of(round_, unit)


def taken(act, sheet, by) -> bool:
    try:
        require(act, sheet, by=by)
    except services.PhaseClosed:
        return False
    return True


def ends_of(round_, phase):
    return {"self_score": round_.closes_at, "verify": round_.verify_closes_at, "appeal": round_.appeal_closes_at}[phase]


@pytest.mark.parametrize(("phase", "act", "state", "person"), PHASE_ACTS)
def test_a_phase_is_half_open_at_both_of_its_ends(cast, clock, round_, phase, act, state, person):
    sheet, by = in_state(round_, cast.a, state), cast[person]
    opens = {"self_score": START, "verify": round_.verify_opens_at, "appeal": round_.appeal_opens_at}[phase]
    closes = ends_of(round_, phase)
    assert closes.astimezone(VIETNAM).hour == 17

    answers = []
    for moment in (opens - TICK, opens, closes - TICK, closes, closes + TICK):
        clock(moment)
        answers.append(taken(act, sheet, by))

    assert answers == [False, True, True, False, False]


@pytest.mark.parametrize(
    "last",
    [datetime(2026, 12, 31, 23, 59, tzinfo=VIETNAM), datetime(2028, 2, 29, 17, 0, tzinfo=VIETNAM)],
    ids=["the end of a year is 16:59 of UTC", "a leap day"],
)
def test_days_of_the_calendar_make_no_difference(cast, clock, last):
    clock(START)
    days = Phases(opens_at=START, closes_at=last)
    round_ = opened(cast, cast.a, phases=days)
    sheet = sheet_of(round_, cast.a)

    clock(last - TICK)
    assert taken(Act.SCORE, sheet, cast[Role.UNIT_OFFICER])
    clock(last)
    assert not taken(Act.SCORE, sheet, cast[Role.UNIT_OFFICER])


@pytest.mark.parametrize(("phase", "act", "state", "person"), PHASE_ACTS)
def test_an_extension_opens_one_sheet_and_no_other(cast, clock, round_, phase, act, state, person):
    closes = ends_of(round_, phase)
    until = closes + timedelta(days=3)
    clock(closes + TICK)
    mine, other = in_state(round_, cast.a, state), in_state(round_, cast.b, state)
    by = cast[person]
    others = by if person == Role.ASSESSOR else cast["sibling"]

    [made] = extend(assessments=[mine], phase=phase, until=until, reason="Mất điện", by=cast[Role.PROGRAMME_OFFICER])

    assert taken(act, mine, by)
    if ACTS[act].permission != "assessment_submit":
        assert not taken(act, other, others)
    assert deadline_of(other, phase) == closes
    for moment, open_ in ((until - TICK, True), (until, False)):
        clock(moment)
        assert taken(act, mine, by) is open_
    event = AuditEvent.objects.get(action="assessments.extended")
    assert (event.reason, event.unit_path, event.target_id) == ("Mất điện", cast.a.path, str(mine.pk))
    told = set(Notification.objects.filter(event=event).values_list("to", flat=True))
    assert told == {cast[Role.UNIT_OFFICER].pk, cast[Role.UNIT_HEAD].pk}
    assert made.by == cast[Role.PROGRAMME_OFFICER]


def test_the_assessor_is_told_of_more_time_for_verification(cast, clock, round_):
    team(cast, round_, [cast[Role.ASSESSOR]])
    from_team = assign_evenly(round=round_, by=cast[Role.PROGRAMME_OFFICER])
    assert len(from_team.placed) == 2

    extend(
        assessments=[sheet_of(round_, cast.a)],
        phase="verify",
        until=round_.verify_closes_at + timedelta(days=1),
        reason="Nhiều hồ sơ",
        by=cast[Role.PROGRAMME_OFFICER],
    )

    event = AuditEvent.objects.get(action="assessments.extended")
    assert Notification.objects.filter(event=event, to=cast[Role.ASSESSOR]).exists()


def test_what_an_extension_needs(cast, clock, round_):
    a, b = sheet_of(round_, cast.a), sheet_of(round_, cast.b)
    by, closes = cast[Role.PROGRAMME_OFFICER], round_.closes_at
    given = {
        "assessments": [a, b],
        "phase": "self_score",
        "until": closes + timedelta(days=1),
        "reason": "vì",
        "by": by,
    }

    for changed, refusal in [
        ({"assessments": []}, NobodyChosen),
        ({"reason": "  "}, dates.ReasonMissing),
        ({"until": START}, UntilPassed),
        ({"until": closes}, NotLater),
        ({"by": cast[Role.LEADER]}, PermissionDenied),
        ({"by": cast["foreign"]}, PermissionDenied),
        ({"by": cast[Role.UNIT_HEAD]}, PermissionDenied),
    ]:
        with pytest.raises(refusal) as refused:
            extend(**(given | changed))
        assert str(refused.value) or refusal is PermissionDenied
    in_state(round_, cast.b, "proposed")
    with pytest.raises(NothingToExtend):
        extend(**given)
    # All of them or none.
    assert not Extension.objects.exists()
    draft = prepared(cast, cast.a, year=2027, title="khác")
    with pytest.raises(NotOpenYet):
        extend(**(given | {"assessments": [sheet_of(draft, cast.a)]}))


def test_an_extension_ends_early(cast, clock, round_):
    closes = ends_of(round_, "self_score")
    clock(closes + TICK)
    mine, by = sheet_of(round_, cast.a), cast[Role.PROGRAMME_OFFICER]
    until = closes + timedelta(days=3)
    [given] = extend(assessments=[mine], phase="self_score", until=until, reason="Mất điện", by=by)
    assert taken(Act.SCORE, mine, cast[Role.UNIT_OFFICER])

    for changed, refusal in [
        ({"reason": "  "}, dates.ReasonMissing),
        ({"by": cast[Role.LEADER]}, PermissionDenied),
        ({"by": cast["foreign"]}, PermissionDenied),
    ]:
        with pytest.raises(refusal):
            end_extension(**({"extension": given, "reason": "Nhầm", "by": by} | changed))
    ended = end_extension(extension=given, reason=" Nhầm đơn vị ", by=by)

    assert ended.until == closes + TICK
    assert not taken(Act.SCORE, mine, cast[Role.UNIT_OFFICER])
    assert deadline_of(Assessment.objects.get(pk=mine.pk), "self_score") == closes + TICK
    event = AuditEvent.objects.get(action="assessments.extension_ended")
    assert (event.reason, event.target_id) == ("Nhầm đơn vị", str(mine.pk))
    told = set(Notification.objects.filter(event=event).values_list("to", flat=True))
    assert told == {cast[Role.UNIT_OFFICER].pk, cast[Role.UNIT_HEAD].pk}
    with pytest.raises(ExtensionOver):
        end_extension(extension=given, reason="Nhầm", by=by)
    # What ended may be given anew.
    extend(assessments=[mine], phase="self_score", until=until, reason="Bão", by=by)


# -- Moving the dates ------------------------------------------------------------------------------------------------
def move(round_, cast, **changed):
    values = {"reason": "Theo công văn 12", "expected_version": round_.version, "by": cast[Role.PROGRAMME_OFFICER]}
    own = {name: changed.pop(name) for name in list(changed) if name in values}
    return change_phases(round=round_, phases=phases(**changed), **(values | own))


def test_moved_dates_are_told_to_the_units_with_their_reason(cast, round_):
    later = round_.closes_at + timedelta(days=1)

    changed = move(round_, cast, closes_at=later)

    assert (changed.closes_at, changed.version) == (later, round_.version + 1)
    event = AuditEvent.objects.get(action="assessments.phases_changed")
    assert (list(event.changes), event.reason) == (["closes_at"], "Theo công văn 12")
    assert event.changes["closes_at"][1] == later.astimezone(VIETNAM).isoformat()
    told = set(Notification.objects.filter(event=event).values_list("to", flat=True))
    assert told == {cast[Role.UNIT_OFFICER].pk, cast[Role.UNIT_HEAD].pk, cast["sibling"].pk}


def test_what_moved_dates_need(cast, round_):
    later = round_.closes_at + timedelta(days=1)

    for changed, refusal in [
        ({}, dates.NothingMoved),
        ({"closes_at": later, "reason": " "}, dates.ReasonMissing),
        ({"closes_at": later, "expected_version": round_.version - 1}, dates.RoundChanged),
        ({"closes_at": START}, dates.RoundOutOfOrder),
        ({"verify_closes_at": None}, dates.PhaseOutOfOrder),
        ({"verify_closes_at": round_.closes_at - timedelta(hours=1)}, dates.PhaseOutOfOrder),
        ({"appeal_closes_at": round_.appeal_opens_at}, dates.PhaseOutOfOrder),
        ({"approve_by": START.date()}, dates.PhaseOutOfOrder),
        ({"closes_at": later, "by": cast[Role.LEADER]}, PermissionDenied),
        ({"closes_at": later, "by": cast["foreign"]}, PermissionDenied),
    ]:
        with pytest.raises(refusal) as refused:
            move(round_, cast, **changed)
        assert str(refused.value) or refusal is PermissionDenied
    for state in (Round.State.APPROVED, Round.State.PUBLISHED):
        Round.objects.filter(pk=round_.pk).update(state=state)
        with pytest.raises(dates.RoundSettled):
            move(round_, cast, closes_at=later)


def test_dates_of_a_round_that_is_prepared_move_without_telling_anybody(cast):
    draft = prepared(cast, cast.a)

    move(draft, cast, reason="", closes_at=draft.closes_at + timedelta(days=1))

    event = AuditEvent.objects.get(action="assessments.phases_changed")
    assert not Notification.objects.filter(event=event).exists()


def test_where_a_round_stands(cast, round_):
    moments = [
        (START - TICK, "planned"),
        (START, "self_score"),
        (round_.closes_at, "between"),
        (round_.verify_opens_at, "verify"),
        (round_.appeal_opens_at, "appeal"),
        (round_.appeal_closes_at, "closed"),
    ]

    assert [stage_of(round_, moment) for moment, _stage in moments] == [stage for _moment, stage in moments]
    assert [line.state for line in phases_of(round_, round_.verify_opens_at)] == ["over", "running", "planned"]
    round_.verify_opens_at = round_.verify_closes_at = round_.appeal_opens_at = round_.appeal_closes_at = None
    assert [line.state for line in phases_of(round_, START)] == ["running", "undated"]
