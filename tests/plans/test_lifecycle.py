"""A plan's life: every state × act × person, what each act writes and whom it tells, and two who act at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from threading import Barrier

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.utils import timezone

from activity.models import AuditEvent, Notification
from plans import services
from plans.contexts.content import content_of
from plans.models import DueReport, Evidence, Obstacle, Plan, ProgressUpdate, ReportingPeriod
from plans.permissions import ACTS, Act
from plans.services.amending import CannotAmend, draft_amendment
from plans.services.content import NotOnTheDesk, StaleContent, save_content
from tests.factories.plans import PlanFactory, task_of
from tests.factories.units import MembershipFactory, UserFactory
from units.permissions import Role

STATES = [state.value for state in Plan.Status]
PEOPLE = [*Role.values, "sibling", "commune", "foreign", "stranger"]
# Written out, not read from the data that is tested: who may do what with a plan of district A.
PROVINCE = {"administrator", "programme_officer"}
EDITORS = PROVINCE | {"unit_head", "unit_officer"}
DECIDERS = PROVINCE | {"unit_head", "leader"}
ISSUERS = PROVINCE | {"unit_head"}
SEE_IT = EDITORS | {"assessor", "leader", "finance", "observer"}
TABLE: dict[Act, tuple[set[str], set[str], str]] = {
    Act.SUBMIT: (EDITORS, {"draft", "returned"}, "submitted"),
    Act.RETURN: (DECIDERS, {"submitted"}, "returned"),
    Act.ISSUE: (ISSUERS, {"draft", "returned", "submitted"}, "issued"),
    Act.CLOSE: (ISSUERS, {"issued"}, "closed"),
    Act.CANCEL: (ISSUERS, {"draft", "returned", "submitted", "issued"}, "cancelled"),
}
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82"
)


def state_of(plan: Plan) -> str:
    return Plan.objects.values_list("status", flat=True).get(pk=plan.pk)


def told_of(action: str) -> set[int]:
    return set(Notification.objects.filter(event__action=action).values_list("to", flat=True))


# -- The table --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("act", TABLE)
def test_each_act_in_each_state_by_each_person(client, cast, act, state):
    who, states, to = TABLE[act]
    plan = PlanFactory(unit=cast.a, status=state)
    wrong = []
    for person in PEOPLE:
        client.force_login(cast[person])
        with transaction.atomic():
            asked = client.get(f"/plans/{plan.pk}/{act}/").status_code
            done = client.post(f"/plans/{plan.pk}/{act}/", {"reason": "Lý do"}).status_code
            after = state_of(plan)
            transaction.set_rollback(True)
        if person not in SEE_IT:
            expected = (404, 404, state)
        elif person not in who:
            expected = (403, 403, state)
        elif state not in states:
            expected = (200, 409, state)
        else:
            expected = (200, 302, to)
        if (asked, done, after) != expected:
            wrong.append(f"{person}: {(asked, done, after)} instead of {expected}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("state", STATES)
def test_the_page_offers_what_may_be_done_and_nothing_else(client, cast, state):
    plan = PlanFactory(unit=cast.a, status=state)
    for person in sorted(SEE_IT):
        client.force_login(cast[person])

        offered = client.get(f"/plans/{plan.pk}/").context["offers"]

        may = {act for act, (who, states, _to) in TABLE.items() if person in who and state in states}
        assert {offer.act for offer in offered} == may, person
        assert sum(offer.is_next for offer in offered) <= 1


@pytest.mark.parametrize("state", STATES)
def test_tasks_of_a_plan_that_lives_are_reported_on_and_assigned_and_of_no_other(client, cast, state):
    plan = PlanFactory(unit=cast.province, status=state)
    task = task_of(plan, cast.a)
    lives = state in {"draft", "submitted", "returned", "issued"}

    client.force_login(cast[Role.UNIT_OFFICER])
    client.post(f"/tasks/{task.pk}/", {"unit": cast.a.pk, "percent": "40"})
    client.force_login(cast[Role.PROGRAMME_OFFICER])
    assigned = client.post(f"/tasks/{task.pk}/units/", {"unit": cast.b.pk, "role": "execute"})

    assert ProgressUpdate.objects.filter(task=task).exists() is lives
    assert task.performers.filter(unit=cast.b).exists() is lives
    assert assigned.status_code < 500


def test_the_table_has_every_act_that_changes_the_state():
    assert {act for act, rule in ACTS.items() if rule.to} == set(TABLE)


# -- What each act does -----------------------------------------------------------------------------------------------
def test_a_submission_is_told_to_those_who_decide(cast):
    plan = PlanFactory(unit=cast.a)
    officer = cast[Role.UNIT_OFFICER]

    services.submit_plan(plan=plan, by=officer, version=1)

    plan.refresh_from_db()
    assert (plan.status, plan.version) == ("submitted", 2)
    assert told_of("plans.submitted") == {
        cast[role].pk for role in (Role.PROGRAMME_OFFICER, Role.LEADER, Role.UNIT_HEAD)
    }
    event = AuditEvent.objects.get(action="plans.submitted")
    assert (event.by, event.unit_path, event.changes) == (officer, cast.a.path, {"status": ["draft", "submitted"]})


def test_a_returned_plan_tells_who_submitted_it_and_shows_why(client, cast):
    officer, head = cast[Role.UNIT_OFFICER], cast[Role.UNIT_HEAD]
    plan = PlanFactory(unit=cast.a, created_by=UserFactory())
    services.submit_plan(plan=plan, by=officer)

    with pytest.raises(services.NoReason):
        services.return_plan(plan=plan, reason="  ", by=head)
    services.return_plan(plan=plan, reason="Thiếu dự toán", by=head)

    assert told_of("plans.returned") == {officer.pk, plan.created_by_id}
    assert AuditEvent.objects.get(action="plans.returned").reason == "Thiếu dự toán"
    client.force_login(officer)
    page = client.get(f"/plans/{plan.pk}/").content.decode()
    assert "Thiếu dự toán" in page
    assert 'id="last-step"' in page


def test_why_a_plan_came_back_is_not_for_those_who_only_perform_its_tasks(client, cast):
    plan = PlanFactory(unit=cast.province)
    task_of(plan, cast.a)
    services.submit_plan(plan=plan, by=cast[Role.PROGRAMME_OFFICER])
    services.return_plan(plan=plan, reason="Chuyện nội bộ", by=cast[Role.LEADER])
    client.force_login(cast[Role.UNIT_OFFICER])

    shown = [client.get(f"/plans/{plan.pk}/{query}").content.decode() for query in ("", "?tab=history")]

    assert not any("Chuyện nội bộ" in page for page in shown)


def test_issuing_tells_those_who_are_to_carry_it_out(cast):
    officer = cast[Role.PROGRAMME_OFFICER]
    plan = PlanFactory(unit=cast.province, created_by=officer)
    task_of(plan, cast.a)

    services.issue_plan(plan=plan, by=cast[Role.ADMINISTRATOR])

    assert told_of("plans.issued") == {officer.pk, cast[Role.UNIT_OFFICER].pk, cast[Role.UNIT_HEAD].pk}


def test_a_plan_is_not_issued_on_a_day_to_come_nor_with_a_number_that_is_taken(cast):
    tomorrow = timezone.localdate() + timedelta(days=1)
    day = {"issue_year": 2024, "issue_month": 3, "issue_day": 1}
    first = PlanFactory(unit=cast.a, number="45", **day)
    again = PlanFactory(unit=cast.a, number="45", **day)
    elsewhere = PlanFactory(unit=cast.b, number="45", **day)
    to_come = PlanFactory(unit=cast.a, issue_year=None, issue_month=None, issue_day=None)
    services.issue_plan(plan=first, by=None)

    with pytest.raises(services.NumberTaken) as refused:
        services.issue_plan(plan=again, by=None)
    with pytest.raises(services.DateToCome):
        services.issue_plan(plan=to_come, by=None, issue_date=tomorrow)
    services.issue_plan(plan=elsewhere, by=None)

    assert refused.value.plan == first
    assert state_of(again) == state_of(to_come) == "draft"


def test_the_signed_copy_is_kept_with_the_plan(client, cast):
    plan = PlanFactory(unit=cast.province, number="", symbol="", issue_day=None)
    task_of(plan, cast.a)
    client.force_login(cast[Role.PROGRAMME_OFFICER])
    given = {"number": "45", "symbol": "KH-BCĐ", "issue_date": "2024-02-20", "version": "1"}

    refused = client.post(f"/plans/{plan.pk}/issue/", {**given, "file": SimpleUploadedFile("a.exe", b"MZ")})
    issued = client.post(f"/plans/{plan.pk}/issue/", {**given, "file": SimpleUploadedFile("ban-ky.png", PNG)})

    plan.refresh_from_db()
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["file"])
    assert issued.status_code == 302
    assert (plan.number, plan.symbol, plan.signed_file) == ("45", "KH-BCĐ", Evidence.objects.get())
    client.force_login(cast[Role.UNIT_OFFICER])
    assert f"/evidence/{plan.signed_file_id}/" in client.get(f"/plans/{plan.pk}/").content.decode()


def unfinished(plan: Plan, unit, by) -> dict[str, Callable[[], object]]:
    """Each thing that keeps a plan from being closed, by its name in `OpenMatters`."""
    task = task_of(plan, unit)
    year = timezone.localdate().replace(month=1, day=1)
    period = ReportingPeriod.objects.create(
        plan=plan, kind="on_demand", title="Đợt", start=year, end=year, due_on=year + timedelta(days=5)
    )
    accepted = {"state": "accepted", "decided_at": timezone.now(), "decided_by": by}
    ProgressUpdate.objects.create(task=task, unit=unit, percent=100, by=by, **accepted)
    obstacle = {"title": "Vướng", "text": "Chữ", "due_on": year, "raised_by": by, "plan": plan, "unit": unit}
    return {
        "tasks": lambda: task_of(plan, unit),
        "obstacles": lambda: Obstacle.objects.create(year=2026, number=1, **obstacle),
        "updates": lambda: ProgressUpdate.objects.create(task=task, unit=unit, percent=10, by=by),
        "reports": lambda: DueReport.objects.create(period=period, task=task, unit=unit),
        "amendments": lambda: plan.amendments.create(order=1, reason="Sửa", based_on=1, created_by=by),
        "": lambda: (
            Obstacle.objects.create(year=2026, number=1, state="closed", closed_at=timezone.now(), **obstacle),
            DueReport.objects.create(
                period=period,
                task=task,
                unit=unit,
                latest=ProgressUpdate.objects.create(task=task, unit=unit, percent=100, by=by, **accepted),
            ),
        ),
    }


@pytest.mark.parametrize("matter", ["tasks", "obstacles", "updates", "reports", "amendments", ""])
def test_a_plan_with_something_unfinished_is_closed_with_a_reason_alone(client, cast, matter):
    plan = PlanFactory(unit=cast.province, status="issued")
    unfinished(plan, cast.a, cast[Role.UNIT_OFFICER])[matter]()
    client.force_login(cast[Role.PROGRAMME_OFFICER])
    url = f"/plans/{plan.pk}/close/"

    page = client.get(url).context["matters"]
    without = client.post(url)
    refused_state = state_of(plan)
    with_reason = client.post(url, {"reason": "Hết năm ngân sách"})

    assert [name for name in ("tasks", "obstacles", "updates", "reports", "amendments") if getattr(page, name)] == (
        [matter] if matter else []
    )
    assert without.status_code == (422 if matter else 302)
    assert refused_state == ("issued" if matter else "closed")
    assert state_of(plan) == "closed"
    if matter:
        assert with_reason.status_code == 302
        assert "left_open" in AuditEvent.objects.get(action="plans.closed").changes


def test_the_service_says_what_is_not_finished(cast):
    plan = PlanFactory(unit=cast.province, status="issued")
    unfinished(plan, cast.a, cast[Role.UNIT_OFFICER])["obstacles"]()

    with pytest.raises(services.StillOpen) as refused:
        services.close_plan(plan=plan, by=None)

    assert refused.value.matters.obstacles == 1
    assert refused.value.matters.words()[0] in str(refused.value)


def test_a_cancelled_plan_tells_its_units_why(client, cast):
    plan = PlanFactory(unit=cast.province, status="issued", created_by=cast[Role.PROGRAMME_OFFICER])
    task_of(plan, cast.a)

    services.cancel_plan(plan=plan, reason="Thay bằng kế hoạch mới", by=cast[Role.ADMINISTRATOR])

    assert told_of("plans.cancelled") == {
        cast[role].pk for role in (Role.PROGRAMME_OFFICER, Role.UNIT_OFFICER, Role.UNIT_HEAD)
    }
    client.force_login(cast[Role.UNIT_OFFICER])
    assert "Thay bằng kế hoạch mới" in client.get(f"/plans/{plan.pk}/").content.decode()


def test_who_left_is_told_nothing(cast):
    plan = PlanFactory(unit=cast.province)
    task_of(plan, cast.b)
    left = MembershipFactory(unit=cast.b, valid_to=timezone.localdate() - timedelta(days=1)).user

    services.issue_plan(plan=plan, by=None)

    assert left.pk not in told_of("plans.issued")
    assert cast["sibling"].pk in told_of("plans.issued")


def test_the_states_of_a_plan_are_told_in_their_order(client, cast):
    plan = PlanFactory(unit=cast.a)
    services.submit_plan(plan=plan, by=cast[Role.UNIT_OFFICER])
    services.return_plan(plan=plan, reason="Sửa lại", by=cast[Role.UNIT_HEAD])
    services.submit_plan(plan=plan, by=cast[Role.UNIT_OFFICER])
    services.issue_plan(plan=plan, by=cast[Role.UNIT_HEAD])
    client.force_login(cast[Role.OBSERVER])

    steps = client.get(f"/plans/{plan.pk}/?tab=history").context["steps"]

    assert [step.state for step in steps] == ["issued", "submitted", "returned", "submitted"]
    assert [step.note for step in steps] == ["", "", "Sửa lại", ""]


# -- Two at once ------------------------------------------------------------------------------------------------------
def test_who_decides_on_what_is_no_longer_there_is_told_who_changed_it(client, cast):
    plan = PlanFactory(unit=cast.a)
    services.submit_plan(plan=plan, by=cast[Role.UNIT_OFFICER])
    client.force_login(cast[Role.UNIT_HEAD])
    seen = client.get(f"/plans/{plan.pk}/issue/").context["form"]["version"].value()
    services.return_plan(plan=plan, reason="Sửa", by=cast[Role.LEADER])
    services.submit_plan(plan=plan, by=cast[Role.UNIT_OFFICER])

    late = client.post(f"/plans/{plan.pk}/issue/", {"version": seen})
    again = client.post(f"/plans/{plan.pk}/issue/", {"version": late.context["form"]["version"].value()})

    assert late.status_code == 409
    assert str(cast[Role.UNIT_OFFICER]) in str(late.context["form"].non_field_errors())
    assert again.status_code == 302


def test_a_refusal_tells_the_state_the_plan_is_in_and_who_made_it_so(cast):
    plan = PlanFactory()
    stale = Plan.objects.get(pk=plan.pk)
    services.cancel_plan(plan=plan, reason="Thôi", by=cast[Role.PROGRAMME_OFFICER])

    with pytest.raises(services.NotPossibleNow) as refused:
        services.submit_plan(plan=stale, by=cast[Role.UNIT_OFFICER])

    assert (refused.value.plan.status, refused.value.act) == ("cancelled", Act.SUBMIT)
    assert refused.value.step.by == cast[Role.PROGRAMME_OFFICER]
    assert str(cast[Role.PROGRAMME_OFFICER]) in str(refused.value)


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each of `acts` returns, or its refusal, when all start together, each on a connection of its own."""
    start = Barrier(len(acts), timeout=30)

    def run(act):
        try:
            start.wait()
            return act()
        except (services.PlanRefused, services.PlanIsClosed) as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def kinds(outcomes: list[object]) -> list[str]:
    return sorted(type(each).__name__ for each in outcomes)


@pytest.mark.django_db(transaction=True)
def test_of_many_who_issue_one_wins():
    plan, people = PlanFactory(), UserFactory.create_batch(6)

    outcomes = at_once(*(lambda by=by: services.issue_plan(plan=plan, by=by) for by in people))

    assert kinds(outcomes) == ["NotPossibleNow"] * 5 + ["Plan"]
    winner = AuditEvent.objects.get(action="plans.issued").by
    assert {each.step.by for each in outcomes if isinstance(each, services.NotPossibleNow)} == {winner}


@pytest.mark.django_db(transaction=True)
def test_one_number_is_given_once():
    first = PlanFactory(number="45")
    others = [PlanFactory(number="45", unit=first.unit) for _ in range(3)]

    outcomes = at_once(*(lambda plan=plan: services.issue_plan(plan=plan, by=None) for plan in [first, *others]))

    assert kinds(outcomes) == ["NumberTaken"] * 3 + ["Plan"]


@pytest.mark.django_db(transaction=True)
def test_submitted_by_one_while_another_cancels_it():
    plan, one, other = PlanFactory(), UserFactory(), UserFactory()

    outcomes = at_once(
        lambda: services.submit_plan(plan=plan, by=one, version=1),
        lambda: services.cancel_plan(plan=plan, reason="Thôi", by=other, version=1),
    )

    assert len([each for each in outcomes if isinstance(each, Plan)]) == 1
    loser = next(each for each in outcomes if not isinstance(each, Plan))
    assert loser.step.by in {one, other}
    assert state_of(plan) in {"submitted", "cancelled"}
    assert AuditEvent.objects.filter(target_id=str(plan.pk), action__startswith="plans.").count() == 1


@pytest.mark.django_db(transaction=True)
def test_submitted_by_one_while_another_returns_the_earlier_submission():
    plan, one, other = PlanFactory(), UserFactory(), UserFactory()
    services.submit_plan(plan=plan, by=one)

    outcomes = at_once(
        lambda: services.return_plan(plan=plan, reason="Sửa", by=other, version=2),
        lambda: services.issue_plan(plan=plan, by=one, version=2),
    )

    assert len([each for each in outcomes if isinstance(each, Plan)]) == 1
    assert state_of(plan) in {"returned", "issued"}


@pytest.mark.django_db(transaction=True)
def test_issued_by_one_while_another_edits_it():
    """What is issued is what its issuer saw: the edit comes before and the issuer is told, or it is refused."""
    plan = PlanFactory(title="Trước khi sửa")

    content = replace(content_of(plan), title="Sau khi sửa")

    def edit() -> bool:
        try:
            save_content(plan=plan, content=content, expected_version=1, by=None)
        except (NotOnTheDesk, StaleContent):
            return False
        return True

    issued, edited = at_once(lambda: services.issue_plan(plan=plan, by=None, version=1), edit)

    plan.refresh_from_db()
    if edited:
        assert isinstance(issued, services.PlanChanged)
        assert (plan.status, plan.title) == ("draft", "Sau khi sửa")
    else:
        assert isinstance(issued, Plan)
        assert (plan.status, plan.title) == ("issued", "Trước khi sửa")


@pytest.mark.django_db(transaction=True)
def test_nothing_is_reported_under_a_plan_once_it_is_closed():
    membership = MembershipFactory()
    plan = PlanFactory(status="issued")
    tasks = [task_of(plan, membership.unit) for _ in range(6)]

    def reporting(task):
        return lambda: services.report_progress(
            task=task, unit=membership.unit, percent=50, note="", by=membership.user
        )

    outcomes = at_once(lambda: services.close_plan(plan=plan, reason="Hết năm", by=None), *map(reporting, tasks))

    refused = [each for each in outcomes[1:] if isinstance(each, Exception)]
    assert isinstance(outcomes[0], Plan)
    assert set(kinds(refused)) <= {"PlanIsClosed"}
    assert ProgressUpdate.objects.filter(task__plan=plan).count() == 6 - len(refused)


def test_a_day_is_kept_as_given(cast):
    plan = PlanFactory(unit=cast.a, issue_year=None, issue_month=None, issue_day=None)

    services.issue_plan(plan=plan, by=None, issue_date=date(2024, 2, 29))

    plan.refresh_from_db()
    assert plan.issue_date == date(2024, 2, 29)


@pytest.mark.parametrize("state", STATES)
def test_the_content_is_edited_on_the_desk_and_amended_once_it_is_issued(client, cast, state):
    plan = PlanFactory(unit=cast.a, status=state)
    content = replace(content_of(plan), title="Tên mới")

    def does(act: Callable[[], object], refusal: type[Exception]) -> bool:
        with transaction.atomic():
            try:
                act()
            except refusal:
                return False
            finally:
                transaction.set_rollback(True)
        return True

    edited = does(lambda: save_content(plan=plan, content=content, expected_version=1, by=None), NotOnTheDesk)
    amended = does(lambda: draft_amendment(plan=plan, reason="Sửa", by=cast[Role.UNIT_OFFICER]), CannotAmend)
    asked = {}
    for person in PEOPLE:
        client.force_login(cast[person])
        asked[person] = {client.get(f"/plans/{plan.pk}/{page}/").status_code for page in ("edit", "amend")}

    assert edited is (state in {"draft", "returned"})
    assert amended is (state == "issued")
    for person, statuses in asked.items():
        if person in EDITORS:
            assert statuses <= {200, 302, 409}, person
        else:
            assert statuses == ({403} if person in SEE_IT else {404}), person
