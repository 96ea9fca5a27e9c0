"""Pilot units: surveyed, chosen by a decision, from phase to phase, ended with their level."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from activity.models import AuditEvent, Notification
from plans.contexts.pilots import pilots_of, survey_task
from plans.models import PilotUnit, Plan
from plans.permissions import PILOT_PATH
from plans.services import OutsideThePlan, PlanIsClosed
from plans.services import pilots as services
from tests.factories.plans import PlanFactory, import_seed, task_of
from tests.factories.units import UnitFactory
from units.models import Unit
from units.permissions import Role

TODAY = timezone.localdate()
DAY = date(2024, 3, 1)
PHASES = [phase.value for phase in PilotUnit.Phase]


@pytest.fixture
def plan(cast) -> Plan:
    return PlanFactory(unit=cast.province, status="issued")


def surveyed(plan, unit, score="80", by=None) -> PilotUnit:
    return services.record_survey(
        plan=plan, unit=unit, score=None if score is None else Decimal(score), note="Sẵn sàng", day=DAY, by=by
    )


def chosen(plan, *units, day=DAY) -> list[PilotUnit]:
    return services.choose_pilots(plan=plan, units=units, decision="1575/QĐ-UBND", decided_on=day, by=None)


# -- Survey -----------------------------------------------------------------------------------------------------------
def test_a_survey_is_recorded_and_may_be_recorded_again_before_the_choice(cast, plan):
    officer = cast[Role.PROGRAMME_OFFICER]
    task = task_of(plan, title="Khảo sát, chọn đơn vị")

    first = services.record_survey(
        plan=plan, unit=cast.a, score=Decimal("72.5"), note=" Còn thiếu ", day=DAY, by=officer, task=task
    )
    again = surveyed(plan, cast.a, "87.25", by=officer)

    assert (again.pk, again.survey_score, again.version) == (first.pk, Decimal("87.25"), 2)
    assert [step.note for step in again.phases.all()] == ["Còn thiếu", "Sẵn sàng"]
    events = AuditEvent.objects.filter(action="plans.pilot_surveyed").order_by("pk")
    assert [event.changes["survey_score"] for event in events] == [["", "72.5"], ["72.50", "87.25"]]
    assert {event.unit_path for event in events} == {cast.province.path}


def test_no_score_is_not_zero(cast, plan):
    assert surveyed(plan, cast.a, None).survey_score is None
    assert surveyed(plan, cast.b, "0").survey_score == 0


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"score": Decimal("100.01")}, services.ScoreOutOfRange),
        ({"score": Decimal(-1)}, services.ScoreOutOfRange),
        ({"day": TODAY + timedelta(days=1)}, services.DayToCome),
    ],
)
def test_a_survey_that_cannot_be_is_refused(cast, plan, values, refusal):
    with pytest.raises(refusal):
        services.record_survey(
            **{"plan": plan, "unit": cast.a, "score": Decimal(1), "note": "", "day": DAY, "by": None, **values}
        )

    assert not PilotUnit.objects.exists()


def test_a_unit_of_another_province_or_one_that_was_chosen_is_not_surveyed(cast, plan):
    chosen(plan, cast.a)

    with pytest.raises(OutsideThePlan):
        surveyed(plan, cast.foreign)
    with pytest.raises(services.AlreadyChosen) as refused:
        surveyed(plan, cast.a)

    assert refused.value.pilot.unit == cast.a


# -- The choice -------------------------------------------------------------------------------------------------------
def test_a_decision_chooses_some_and_the_other_surveyed_count_as_not_chosen(cast, plan):
    for unit, score in ((cast.a, "90"), (cast.b, "60")):
        surveyed(plan, unit, score)

    services.choose_pilots(
        plan=plan, units=[cast.a, cast.a1], decision=" 1575/QĐ-UBND ", decided_on=DAY, by=cast[Role.PROGRAMME_OFFICER]
    )

    rows = {pilot.unit: (pilot.phase, pilot.decision) for pilot in PilotUnit.objects.select_related("unit")}
    assert rows == {
        cast.a: ("chosen", "1575/QĐ-UBND"),
        cast.a1: ("chosen", "1575/QĐ-UBND"),
        cast.b: ("not_chosen", ""),
    }
    told = Notification.objects.filter(event__action="plans.pilots_chosen").values_list("to", flat=True)
    assert set(told) == {cast[Role.UNIT_OFFICER].pk, cast[Role.UNIT_HEAD].pk, cast["commune"].pk}
    event = AuditEvent.objects.get(action="plans.pilots_chosen")
    assert event.changes["decision"] == [None, "1575/QĐ-UBND"]


def test_a_later_decision_chooses_one_that_was_left_out(cast, plan):
    surveyed(plan, cast.b)
    chosen(plan, cast.a)

    chosen(plan, cast.b)

    assert set(PilotUnit.objects.values_list("phase", flat=True)) == {"chosen"}
    history = PilotUnit.objects.get(unit=cast.b).phases.values_list("phase", flat=True)
    assert list(history) == ["surveyed", "not_chosen", "chosen"]


def test_what_is_no_choice_is_refused(cast, plan):
    gone = UnitFactory(parent=cast.province, valid_to=DAY - timedelta(days=1))
    chosen(plan, cast.a)
    given = {"plan": plan, "units": [cast.b], "decision": "1/QĐ", "decided_on": DAY, "by": None}

    for values, refusal in [
        ({"units": []}, services.NobodyChosen),
        ({"decision": "  "}, services.NoDecision),
        ({"decided_on": TODAY + timedelta(days=1)}, services.DayToCome),
        ({"units": [cast.foreign]}, OutsideThePlan),
        ({"units": [gone]}, services.UnitHasEnded),
        ({"units": [cast.b, cast.a]}, services.AlreadyChosen),
    ]:
        with pytest.raises(refusal):
            services.choose_pilots(**{**given, **values})

    assert not PilotUnit.objects.filter(unit=cast.b).exists()


@pytest.mark.parametrize("status", ["closed", "cancelled"])
def test_nobody_is_surveyed_or_chosen_under_a_plan_that_is_over(cast, plan, status):
    Plan.objects.filter(pk=plan.pk).update(status=status)

    with pytest.raises(PlanIsClosed):
        surveyed(plan, cast.a)
    with pytest.raises(PlanIsClosed):
        chosen(plan, cast.a)


# -- From phase to phase ----------------------------------------------------------------------------------------------
FOLLOWS = {
    ("chosen", "building"),
    ("chosen", "ended"),
    ("building", "applying"),
    ("building", "ended"),
    ("applying", "declared"),
    ("applying", "ended"),
    ("declared", "maintained"),
    ("declared", "ended"),
    ("maintained", "declared"),
    ("maintained", "ended"),
}


@pytest.mark.parametrize("now", PHASES)
def test_only_what_follows_a_phase_may_come_after_it(cast, plan, now):
    for then in PHASES:
        pilot = PilotUnit.objects.create(plan=plan, unit=cast.a, phase=now, decision="1/QĐ")
        moved = {"pilot": pilot, "phase": then, "since": DAY, "note": "", "version": 1, "by": None}
        if (now, then) in FOLLOWS:
            assert services.set_phase(**moved).phase == then
        else:
            with pytest.raises(services.PhaseNotPossible):
                services.set_phase(**moved)
        pilot.phases.all().delete()
        pilot.delete()


def test_every_phase_stands_in_the_path():
    assert set(PILOT_PATH) == set(PHASES)


def test_a_step_is_written_down_and_told(cast, plan):
    [pilot] = chosen(plan, cast.a)

    services.set_phase(
        pilot=pilot, phase="building", since=TODAY, note="Khởi động", version=pilot.version, by=cast[Role.ADMINISTRATOR]
    )

    assert [(step.phase, step.since) for step in pilot.phases.all()] == [("chosen", DAY), ("building", TODAY)]
    event = AuditEvent.objects.get(action="plans.pilot_moved")
    assert (event.unit_path, event.reason) == (cast.province.path, "Khởi động")
    told = Notification.objects.filter(event=event).values_list("to", flat=True)
    assert set(told) == {cast[role].pk for role in (Role.UNIT_OFFICER, Role.UNIT_HEAD, Role.PROGRAMME_OFFICER)}


def test_a_step_goes_on_after_the_plan_is_closed_and_not_after_it_is_cancelled(cast, plan):
    a, b = chosen(plan, cast.a, cast.b)

    Plan.objects.filter(pk=plan.pk).update(status="closed")
    services.set_phase(pilot=a, phase="building", since=TODAY, note="", version=a.version, by=None)
    Plan.objects.filter(pk=plan.pk).update(status="cancelled")
    with pytest.raises(PlanIsClosed):
        services.set_phase(pilot=b, phase="building", since=TODAY, note="", version=b.version, by=None)


def test_days_go_forward_and_not_past_the_unit(cast, plan):
    last = TODAY - timedelta(days=30)
    unit = UnitFactory(parent=cast.province, valid_to=last)
    [pilot] = chosen(plan, unit)
    moved = {"pilot": pilot, "phase": "building", "note": "", "version": pilot.version, "by": None}

    for since, refusal in [
        (TODAY + timedelta(days=1), services.DayToCome),
        (DAY - timedelta(days=1), services.DayTooEarly),
        (last + timedelta(days=1), services.UnitHasEnded),
    ]:
        with pytest.raises(refusal):
            services.set_phase(since=since, **moved)

    assert services.set_phase(since=last, **moved).phase == "building"


def test_pilots_end_with_their_level(cast, plan):
    last = date(2025, 6, 30)
    districts = [UnitFactory(parent=cast.province, valid_to=last) for _ in range(2)]
    surveyed(plan, districts[1])
    chosen(plan, districts[0], cast.a)

    ended = services.end_with_units(plan=plan, by=cast[Role.PROGRAMME_OFFICER])
    again = services.end_with_units(plan=plan, by=cast[Role.PROGRAMME_OFFICER])

    pilot = PilotUnit.objects.get(unit=districts[0])
    assert ([each.pk for each in ended], again) == ([pilot.pk], [])
    assert (pilot.phase, pilot.phases.last().since) == ("ended", last)
    assert PilotUnit.objects.get(unit=cast.a).phase == "chosen"
    assert AuditEvent.objects.filter(action="plans.pilots_ended").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_move_a_unit_one_wins_and_the_other_is_told():
    province = UnitFactory(kind=Unit.Kind.PROVINCE, name="UBND tỉnh Mẫu")
    plan = PlanFactory(unit=province, status="issued")
    [pilot] = chosen(plan, UnitFactory(parent=province))
    start = Barrier(2, timeout=30)

    def run(phase):
        try:
            start.wait()
            return services.set_phase(pilot=pilot, phase=phase, since=TODAY, note="", version=1, by=None)
        except services.PilotRefused as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(run, ["building", "ended"]))

    assert sorted(type(each).__name__ for each in outcomes) == ["PilotChanged", "PilotUnit"]
    assert pilot.phases.count() == 2


# -- Pages ------------------------------------------------------------------------------------------------------------
def test_the_survey_ranks_and_a_unit_sees_itself_alone(client, cast, plan):
    task_of(plan, cast.a)
    other = UnitFactory(parent=cast.province)
    for unit, score in ((cast.a, "70"), (cast.b, "90"), (other, "90"), (cast.a1, None)):
        surveyed(plan, unit, score)

    client.force_login(cast[Role.LEADER])
    ranks = {row.pilot.unit: row.rank for row in client.get(f"/plans/{plan.pk}/pilots/").context["found"].surveyed}
    client.force_login(cast[Role.UNIT_OFFICER])
    own = client.get(f"/plans/{plan.pk}/pilots/").context["found"].rows

    assert ranks == {cast.b: 1, other: 1, cast.a: 3, cast.a1: None}
    assert [(row.pilot.unit, row.rank) for row in own] == [(cast.a, None)]


def test_the_task_that_chooses_the_units_is_proposed(cast):
    plan = import_seed("hue", cast.province)

    task = survey_task(list(plan.tasks.order_by("order")))

    assert task is not None
    assert "hảo sát" in task.title


def test_from_the_survey_to_the_declaration_on_the_pages(client, cast, plan):
    client.force_login(cast[Role.PROGRAMME_OFFICER])
    url = f"/plans/{plan.pk}/pilots/"

    bad = client.post(f"{url}survey/", {"unit": cast.a.pk, "score": "101", "day": "2024-03-01"})
    saved = client.post(f"{url}survey/", {"unit": cast.a.pk, "score": "87,25", "day": "2024-03-01"})
    nobody = client.post(f"{url}choose/", {"decision": "1575/QĐ-UBND", "decided_on": "2024-03-05"})
    chose = client.post(f"{url}choose/", {"units": [cast.a.pk], "decision": "1575/QĐ-UBND", "decided_on": "2024-03-05"})
    pilot = PilotUnit.objects.get()
    one = f"/pilots/{pilot.pk}/"
    offered = [value for value, _label in client.get(one).context["form"].fields["phase"].choices]
    moved = client.post(one, {"phase": "building", "since": "2024-04-01", "version": pilot.version})
    stale = client.post(one, {"phase": "ended", "since": "2024-05-01", "version": pilot.version})

    assert (bad.status_code, saved.status_code, nobody.status_code, chose.status_code) == (422, 302, 422, 302)
    assert (pilot.survey_score, pilot.phase) == (Decimal("87.25"), "chosen")
    assert offered == ["building", "ended"]
    assert (moved.status_code, stale.status_code) == (302, 409)
    assert stale.context["form"]["since"].value() == "2024-05-01"
    assert stale.context["pilot"].phase == "building"
    assert [stop.phase for stop in stale.context["row"].track if stop.since] == ["surveyed", "chosen", "building"]


def test_a_units_page_asks_for_its_pilots(client, cast, plan):
    [pilot] = chosen(plan, cast.a)
    client.force_login(cast[Role.UNIT_OFFICER])

    page = client.get(f"/units/{cast.a.pk}/").content.decode()
    panel = client.get(f"/units/{cast.a.pk}/pilots/").content.decode()

    assert f'hx-get="/units/{cast.a.pk}/pilots/"' in page
    assert f"/pilots/{pilot.pk}/" in panel


def test_pilots_of_units_that_are_gone_are_ended_on_the_page(client, cast, plan):
    unit = UnitFactory(parent=cast.province, valid_to=date(2025, 6, 30))
    [pilot] = chosen(plan, unit)
    client.force_login(cast[Role.PROGRAMME_OFFICER])
    url = f"/plans/{plan.pk}/pilots/"

    warned = client.get(url).content.decode()
    client.post(f"{url}end/")
    after = client.get(url).content.decode()

    pilot.refresh_from_db()
    assert pilot.phase == "ended"
    assert 'id="ended-units"' in warned
    assert 'id="ended-units"' not in after


@pytest.mark.parametrize("count", [1, 3])
def test_the_pilots_cost_the_same_for_one_and_three(client, cast, plan, django_assert_num_queries, count):
    for unit in (cast.a, cast.b, cast.a1)[:count]:
        surveyed(plan, unit)
    chosen(plan, *(cast.a, cast.b, cast.a1)[:count])
    client.force_login(cast[Role.PROGRAMME_OFFICER])
    client.get(f"/plans/{plan.pk}/pilots/")

    with django_assert_num_queries(6):
        client.get(f"/plans/{plan.pk}/pilots/")
    with django_assert_num_queries(3):  # the roles of the person are one of them
        pilots_of(plan, cast[Role.PROGRAMME_OFFICER], on=TODAY)
