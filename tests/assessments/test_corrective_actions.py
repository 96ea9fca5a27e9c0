"""Corrective actions: who may do what in which state, numbers, proof, checks by others, lists and their counts."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from activity.models import AuditEvent, Notification
from assessments.contexts.correction_reminders import correction_reminders
from assessments.contexts.systems import months_after
from assessments.models import CorrectiveAction, CorrectiveStep, Finding, Inspection, Visit
from assessments.permissions import CORRECTION_ACTS, CorrectionAct
from assessments.services import correcting
from assessments.services import corrective_actions as raising
from plans.contexts.reminders import readers_among
from plans.models import Evidence
from tests.factories.corrective_actions import make_correction, tell
from tests.factories.systems import make_system
from units.models import User
from units.permissions import Role

State = CorrectiveAction.State
TODAY = timezone.localdate
PEOPLE = (*Role, "sibling", "foreign")
UNIT_SIDE = {Role.ADMINISTRATOR, Role.UNIT_HEAD, Role.UNIT_OFFICER}
CHECKERS = {Role.ADMINISTRATOR, Role.PROGRAMME_OFFICER, Role.ASSESSOR}
WHO = {
    CorrectionAct.PLAN: UNIT_SIDE,
    CorrectionAct.REPORT: UNIT_SIDE,
    CorrectionAct.EFFECTIVE: CHECKERS,
    CorrectionAct.INEFFECTIVE: CHECKERS,
    CorrectionAct.CANCEL: CHECKERS,
}
WHEN = {
    CorrectionAct.PLAN: {State.RAISED: State.PLANNED, State.PLANNED: State.PLANNED},
    CorrectionAct.REPORT: {State.PLANNED: State.DONE},
    CorrectionAct.EFFECTIVE: {State.DONE: State.CLOSED},
    CorrectionAct.INEFFECTIVE: {State.DONE: State.PLANNED},
    CorrectionAct.CANCEL: dict.fromkeys([State.RAISED, State.PLANNED, State.DONE], State.CANCELLED),
}


def do(action: CorrectiveAction, act: CorrectionAct, by: User, **given):
    common = {"action": action, "expected_version": action.version, "by": by}
    if act == CorrectionAct.PLAN:
        values = {"cause": "Thiếu người", "measure": "Bố trí", "owner": "Văn phòng", "due_on": TODAY()}
        return correcting.plan_correction(**common | values | given)
    if act == CorrectionAct.REPORT:
        values = {"done_on": TODAY(), "result": "Đã bố trí", "explanation": "Không có văn bản"}
        return correcting.report_correction(**common | values | given)
    if act == CorrectionAct.CANCEL:
        return correcting.cancel_correction(**common | {"text": "Trùng"} | given)
    effective = act == CorrectionAct.EFFECTIVE
    return correcting.check_correction(**common | {"effective": effective, "text": "Đã xem hồ sơ"} | given)


@pytest.mark.parametrize("act", CorrectionAct)
def test_each_state_takes_an_act_from_those_and_only_those_who_may(cast, act):
    for state in State:
        action = make_correction(cast.a, by=cast[Role.UNIT_OFFICER], state=state)
        for person in PEOPLE:
            action.refresh_from_db()
            user = User.objects.get(pk=cast[person].pk)
            if person not in WHO[act]:
                with pytest.raises(PermissionDenied):
                    do(action, act, user)
            elif state not in WHEN[act]:
                with pytest.raises(correcting.WrongCorrectionState):
                    do(action, act, user)
            else:
                assert do(action, act, user).state == WHEN[act][state]
                CorrectiveAction.objects.filter(pk=action.pk).update(state=state)
    assert {act: set(rule.states) for act, rule in CORRECTION_ACTS.items()} == {
        act: {state.value for state in states} for act, states in WHEN.items()
    }


@pytest.mark.parametrize("role", [Role.PROGRAMME_OFFICER, Role.ASSESSOR, Role.ADMINISTRATOR])
def test_nobody_checks_what_their_own_unit_mended(cast, role):
    action = make_correction(cast.province, by=cast[Role.ADMINISTRATOR], state=State.DONE)

    with pytest.raises(PermissionDenied):
        do(action, CorrectionAct.EFFECTIVE, cast[role])


def test_a_corrective_action_goes_its_way_and_is_told_of(cast):
    officer, assessor = cast[Role.UNIT_OFFICER], cast[Role.ASSESSOR]

    action = raising.raise_by_hand(unit=cast.a, title=" Thiếu  quy trình ", by=assessor)
    told_unit = set(Notification.objects.values_list("to", flat=True))
    action = do(action, CorrectionAct.PLAN, officer)
    action = do(action, CorrectionAct.REPORT, officer)
    told_checkers = set(
        Notification.objects.filter(event__action="assessments.correction_done").values_list("to", flat=True)
    )
    action = do(action, CorrectionAct.INEFFECTIVE, assessor, text="Chưa thấy hồ sơ")
    back = (action.state, action.done_on, action.result)
    action = do(action, CorrectionAct.REPORT, officer)
    action = do(action, CorrectionAct.EFFECTIVE, assessor)

    assert (action.title, action.reference) == ("Thiếu quy trình", f"KP-01/{TODAY().year}")
    assert told_unit == {cast[Role.UNIT_HEAD].pk, officer.pk}
    assert told_checkers == {cast[Role.PROGRAMME_OFFICER].pk, assessor.pk}
    assert back == (State.PLANNED, None, "")
    assert (action.state, action.closed_at is not None, action.version) == (State.CLOSED, True, 6)
    kinds = list(action.steps.values_list("kind", flat=True))
    assert kinds == ["raised", "planned", "done", "ineffective", "done", "effective"]
    returned = AuditEvent.objects.get(action="assessments.correction_returned")
    assert (returned.reason, returned.changes["state"]) == ("Chưa thấy hồ sơ", ["done", "planned"])


def test_the_number_counts_within_the_unit_and_year(cast):
    by = cast[Role.PROGRAMME_OFFICER]
    first, second, other = (raising.raise_by_hand(unit=unit, title="Sai", by=by) for unit in (cast.a, cast.a, cast.b))
    CorrectiveAction.objects.filter(pk=second.pk).update(year=2020)

    third = raising.raise_by_hand(unit=cast.a, title="Sai", by=by)

    assert [each.number for each in (first, second, other, third)] == [1, 2, 1, 2]


@pytest.mark.parametrize("missing", ["cause", "measure", "owner", "due_on"])
def test_a_plan_says_all_but_the_correction(cast, missing):
    action = make_correction(cast.a, by=cast[Role.UNIT_HEAD])

    with pytest.raises(correcting.PlanIncomplete):
        do(action, CorrectionAct.PLAN, cast[Role.UNIT_HEAD], **{missing: None if missing == "due_on" else "  "})
    assert do(action, CorrectionAct.PLAN, cast[Role.UNIT_HEAD]).correction == ""


def test_a_plan_is_for_a_day_to_come_but_an_old_day_may_stay(cast):
    yesterday = TODAY() - timedelta(days=1)
    head = cast[Role.UNIT_HEAD]
    action = make_correction(cast.a, by=head)
    late = make_correction(cast.a, by=head, state=State.PLANNED, due_on=yesterday)

    with pytest.raises(correcting.DayPassed):
        do(action, CorrectionAct.PLAN, head, due_on=yesterday)
    assert do(late, CorrectionAct.PLAN, head, due_on=yesterday).due_on == yesterday


def test_what_is_done_is_proven_or_explained(cast):
    head = cast[Role.UNIT_HEAD]
    action = make_correction(cast.a, by=head, state=State.PLANNED)
    own, other = (
        Evidence.objects.create(
            unit=unit,
            name="a.pdf",
            media_type="application/pdf",
            stored_as=unit.name,
            sha256=key * 64,
            size=1,
            uploaded_by=head,
        )
        for unit, key in ((cast.a, "a"), (cast.b, "b"))
    )

    for given, refusal in (
        ({"explanation": " "}, correcting.ProofMissing),
        ({"result": ""}, correcting.ProofMissing),
        ({"done_on": TODAY() + timedelta(days=1)}, correcting.DayOutOfReach),
        ({"done_on": TODAY() - timedelta(days=1)}, correcting.DayOutOfReach),
        ({"evidence": [other]}, correcting.EvidenceOfAnother),
    ):
        with pytest.raises(refusal):
            do(action, CorrectionAct.REPORT, head, **given)
    done = do(action, CorrectionAct.REPORT, head, explanation="", evidence=[own])

    assert list(done.evidence.all()) == [own]


@pytest.mark.parametrize("act", [CorrectionAct.EFFECTIVE, CorrectionAct.INEFFECTIVE, CorrectionAct.CANCEL])
def test_who_decides_says_why(cast, act):
    action = make_correction(cast.a, by=cast[Role.UNIT_HEAD], state=State.DONE)

    with pytest.raises(correcting.ReasonMissing):
        do(action, act, cast[Role.ASSESSOR], text="  ")


def test_who_was_slower_is_told_who_was_faster(cast):
    head = cast[Role.UNIT_HEAD]
    action = make_correction(cast.a, by=head)
    do(action, CorrectionAct.PLAN, cast[Role.UNIT_OFFICER])

    with pytest.raises(correcting.StaleCorrectiveAction) as refused:
        do(action, CorrectionAct.PLAN, head)
    assert str(cast[Role.UNIT_OFFICER]) in str(refused.value)
    assert CorrectiveStep.objects.filter(kind="planned").count() == 1


def test_it_follows_from_a_low_result_once_it_is_told(sheets):
    by = sheets.cast[Role.ASSESSOR]
    low, full = sheets.criterion("1.2"), sheets.criterion("1.4")
    with pytest.raises(raising.ResultNotTold):
        raising.raise_from_score(assessment=sheets.points, criterion=low, by=by)
    tell(sheets.points, {"1.2": "0", "1.4": str(full.max_score)}, by=by)

    with pytest.raises(raising.NotLow):
        raising.raise_from_score(assessment=sheets.points, criterion=full, by=by)
    action = raising.raise_from_score(assessment=sheets.points, criterion=low, by=by)
    with pytest.raises(raising.AlreadyRaised) as refused:
        raising.raise_from_score(assessment=sheets.points, criterion=low, by=by)
    assert refused.value.existing == action
    do(action, CorrectionAct.CANCEL, by)
    again = raising.raise_from_score(assessment=sheets.points, criterion=low, by=by)

    assert (action.source, action.assessment, action.criterion) == ("score", sheets.points, low)
    assert again.number == 2


@pytest.mark.parametrize(
    ("who", "allowed"), [(Role.UNIT_OFFICER, True), (Role.ASSESSOR, True), (Role.LEADER, False), ("sibling", False)]
)
def test_the_unit_or_those_who_check_raise_it(cast, who, allowed):
    if allowed:
        assert raising.raise_by_hand(unit=cast.a, title="Sai", by=cast[who]).state == State.RAISED
    else:
        with pytest.raises(PermissionDenied):
            raising.raise_by_hand(unit=cast.a, title="Sai", by=cast[who])


def test_all_results_below_a_share_at_once_with_a_result_per_row(sheets):
    by = sheets.cast[Role.PROGRAMME_OFFICER]
    half = sheets.criterion("4.1").max_score / 2
    tell(sheets.points, {"1.2": "0", "4.1": str(half), "1.4": str(sheets.criterion("1.4").max_score)}, by=by)
    tell(sheets.lights, {"1.1": "red", "1.2": "yellow", "1.3": "green"}, by=by)
    first = raising.raise_from_score(assessment=sheets.points, criterion=sheets.criterion("1.2"), by=by)

    at_half = raising.raise_below(assessment=sheets.points, percent=Decimal(50), by=by)
    above = raising.raise_below(assessment=sheets.points, percent=Decimal("50.01"), by=by)
    red = raising.raise_below(assessment=sheets.lights, percent=Decimal(50), by=by)
    yellow = raising.raise_below(assessment=sheets.lights, percent=Decimal(100), by=by)

    assert [(row.code, row.action, row.is_new) for row in at_half] == [("1.2", first, False)]
    assert [(row.code, row.is_new, row.percent) for row in above] == [("1.2", False, 0), ("4.1", True, 50)]
    assert [(row.code, row.is_new) for row in red] == [("1.1", True)]
    assert [(row.code, row.is_new) for row in yellow] == [("1.1", False), ("1.2", True)]


def test_it_follows_from_a_finding_once_the_minutes_are_out(cast):
    officer = cast[Role.PROGRAMME_OFFICER]
    inspection = Inspection.objects.create(
        unit=cast.province, title="Kiểm tra", year=2026, starts_on=TODAY(), ends_on=TODAY(), created_by=officer
    )
    visit = Visit.objects.create(inspection=inspection, unit=cast.a, planned_on=TODAY())
    minor, strength = (
        Finding.objects.create(visit=visit, order=1, kind=kind, text="Thiếu hồ sơ", due_on=TODAY(), by=officer)
        for kind in (Finding.Kind.MINOR, Finding.Kind.STRENGTH)
    )
    with pytest.raises(raising.FindingNotTold):
        raising.raise_from_finding(finding=minor, by=officer)
    Visit.objects.filter(pk=visit.pk).update(state=Visit.State.MINUTED)

    action = raising.raise_from_finding(finding=minor, by=officer)

    assert (action.unit, action.title, action.due_on) == (cast.a, "Thiếu hồ sơ", TODAY())
    with pytest.raises(raising.NothingWrong):
        raising.raise_from_finding(finding=strength, by=officer)
    with pytest.raises(raising.AlreadyRaised):
        raising.raise_from_finding(finding=minor, by=officer)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_same_for_any_number(cast, client, django_assert_num_queries, rows):
    for _row in range(rows):
        make_correction(cast.a, by=cast[Role.UNIT_HEAD], state=State.PLANNED)
    client.force_login(cast[Role.PROGRAMME_OFFICER])

    with django_assert_num_queries(9):
        answer = client.get(reverse("assessments:corrective_actions"))

    assert len(answer.context["rows"]) == rows


def test_the_list_is_narrowed_and_counts_ages(cast, client):
    by = cast[Role.UNIT_HEAD]
    yesterday = TODAY() - timedelta(days=1)
    ages = [30, 31, 60, 61, 90, 91]
    made = {days: make_correction(cast.a, by=by, days=days) for days in ages}
    late = make_correction(cast.b, by=by, state=State.PLANNED, due_on=yesterday)
    make_correction(cast.b, by=by, state=State.DONE, due_on=yesterday)
    make_correction(cast.a, by=by, state=State.CLOSED, days=200)
    client.force_login(cast[Role.ASSESSOR])

    def shown(**query):
        return [row.action for row in client.get(reverse("assessments:corrective_actions"), query).context["rows"]]

    answer = client.get(reverse("assessments:corrective_actions"))

    assert [row.counts for row in answer.context["ageing"].rows] == [(1, 2, 2, 1), (1, 0, 0, 0), (1, 0, 0, 0)]
    assert answer.context["late"] == 1
    assert shown(overdue="yes") == [late]
    assert set(shown(state="raised", age="1")) == {made[31], made[60]}
    assert set(shown(age="3")) == {made[91]}
    assert len(shown(state="open", unit=cast.b.pk)) == 2
    assert shown(source="score") == []


def test_what_was_typed_is_kept_when_somebody_was_faster(cast, client):
    head = cast[Role.UNIT_HEAD]
    action = make_correction(cast.a, by=head)
    do(action, CorrectionAct.PLAN, cast[Role.UNIT_OFFICER])
    client.force_login(head)
    url = reverse("assessments:corrective_action_act", args=[action.pk, "plan"])
    typed = {"cause": "Nguyên nhân khác", "measure": "Làm lại", "owner": "Tôi", "due_on": TODAY().isoformat()}

    refused = client.post(url, typed | {"version": "1"})
    taken = client.post(url, typed | {"version": refused.context["forms"]["plan"].data["version"]})

    assert refused.status_code == 409
    assert "Nguyên nhân khác" in refused.content.decode()
    assert taken.status_code == 302
    action.refresh_from_db()
    assert (action.cause, action.version) == ("Nguyên nhân khác", 3)


def test_pages_lead_from_raising_to_closing(sheets, client):
    cast = sheets.cast
    tell(sheets.points, {"1.2": "0"}, by=cast[Role.ASSESSOR])
    client.force_login(cast[Role.UNIT_OFFICER])
    new = reverse("assessments:corrective_action_new")
    query = f"?assessment={sheets.points.pk}&criterion={sheets.criterion('1.2').pk}"

    made = client.post(new + query, {"title": "Chưa ban hành quy trình"})
    action = CorrectiveAction.objects.get()
    again = client.get(new + query)
    page = client.get(made.url)
    by_hand = client.post(new, {"title": "", "unit": cast.a.pk})

    assert made.url == again.url == reverse("assessments:corrective_action", args=[action.pk])
    assert set(page.context["forms"]) == {"plan"}
    assert by_hand.status_code == 422
    client.force_login(cast[Role.ASSESSOR])
    many = client.post(reverse("assessments:sheet_corrections", args=[sheets.points.pk]), {"percent": "100"})
    assert [(row.action, row.is_new) for row in many.context["rows"]] == [(action, False)]
    assert set(client.get(made.url).context["forms"]) == {"cancel"}


def test_the_api_raises_and_leads_to_the_end_with_the_version_that_was_read(cast, client):
    client.force_login(cast[Role.UNIT_OFFICER])
    resource = "/api/v1/corrective-actions/"

    def send(url, body, **headers):
        return client.post(url, body, content_type="application/json", headers=headers)

    both = send(resource, {"unit": cast.a.pk, "finding": 1, "title": "Sai"})
    elsewhere = send(resource, {"unit": cast.b.pk, "title": "Sai"})
    made = send(resource, {"unit": cast.a.pk, "title": "Chưa kiểm soát hồ sơ"})
    url = made.headers["Location"]
    plan = {"cause": "Thiếu người", "action": "Bố trí", "owner": "Văn phòng", "due_on": TODAY().isoformat()}
    blind = send(f"{url}plan/", plan)
    stale = send(f"{url}plan/", plan, **{"If-Match": '"7"'})
    planned = send(f"{url}plan/", plan, **{"If-Match": '"1"'})
    early = send(f"{url}check/", {"effective": True, "text": "Tốt"}, **{"If-Match": planned.headers["ETag"]})

    assert [each.status_code for each in (both, elsewhere, made, blind, stale, planned, early)] == [
        *(400, 400, 201, 428, 412, 200, 403)
    ]
    assert (planned.json()["state"], planned.json()["action"]) == ("planned", "Bố trí")
    assert [step["kind"] for step in planned.json()["steps"]] == ["raised", "planned"]
    assert [row["id"] for row in client.get(resource, {"state": "planned"}).json()["results"]] == [made.json()["id"]]


def test_the_unit_and_those_who_check_are_reminded(cast):
    officer, assessor = cast[Role.UNIT_OFFICER], cast[Role.ASSESSOR]
    make_correction(cast.a, by=officer, state=State.PLANNED, title="phải làm")
    make_correction(cast.a, by=officer, state=State.DONE, title="phải xem")
    make_correction(cast.a, by=officer, state=State.CLOSED, title="đã xong")
    make_system(cast.a, by=officer, apply=months_after(TODAY(), -12))
    day = TODAY() - timedelta(days=1)
    readers = readers_among(people=[officer, assessor, cast["sibling"]], day=day)

    lines = correction_reminders(readers=readers, day=day)

    assert [line.text.split(" ", 1)[1] for line in lines[assessor.pk]] == [f"phải xem ({cast.a.label})"]
    mine = lines[officer.pk]
    assert len(mine) == 3
    assert "phải làm" in mine[0].text
    assert {line.days for line in mine} == {1}
    assert cast["sibling"].pk not in lines
