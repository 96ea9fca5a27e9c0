"""Plans of units under a province's plan: who begins one, who sees it, who has not issued theirs."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from activity.models import AuditEvent, Notification
from plans import services
from plans.contexts.sub_plans import sub_plans_of
from plans.models import PilotUnit, Plan, TaskPerformer
from plans.services.sub_plans import NotAParent, NotInvolved, SubPlanExists, put_under, start_sub_plan
from tests.factories.plans import PlanFactory, StandardFactory, TaskPerformerFactory, task_of
from tests.factories.units import UnitFactory
from units.models import Unit
from units.permissions import Role


@pytest.fixture
def parent(cast) -> Plan:
    """The province's plan, of which A and B perform tasks."""
    plan = PlanFactory(unit=cast.province, status="issued", number="231", title="Áp dụng thí điểm TCVN ISO 18091")
    plan.standards.add(StandardFactory())
    task_of(plan, cast.a, cast.b, order=1, number="1", title="Khảo sát")
    task_of(plan, cast.b, order=2, number="2", title="Đào tạo")
    task_of(plan, cast.a, order=3, number="3", title="Tổng kết")
    return plan


def pilot(plan, unit, phase="chosen") -> PilotUnit:
    return PilotUnit.objects.create(plan=plan, unit=unit, phase=phase, decision="12/QĐ", decided_on=date(2024, 3, 1))


# -- Beginning one ----------------------------------------------------------------------------------------------------
def test_a_draft_takes_over_what_the_unit_performs_and_cites_its_parent(cast, parent):
    officer = cast[Role.UNIT_OFFICER]

    plan = start_sub_plan(parent=parent, unit=cast.a, by=officer)

    assert (plan.status, plan.unit, plan.parent, plan.created_by) == ("draft", cast.a, parent, officer)
    assert [task.title for task in plan.tasks.all()] == ["Khảo sát", "Tổng kết"]
    assert set(TaskPerformer.objects.filter(task__plan=plan).values_list("unit", flat=True)) == {cast.a.pk}
    basis = plan.legal_bases.get()
    assert basis.text.startswith("Căn cứ Kế hoạch số 231/KH-UBND ngày 16/02/2024 của ")
    assert (basis.document.number, basis.document.issued_on) == ("231/KH-UBND", date(2024, 2, 16))
    assert list(plan.standards.all()) == list(parent.standards.all())
    event = AuditEvent.objects.get(action="plans.sub_plan_started")
    assert (event.by, event.unit_path) == (officer, cast.a.path)
    told = Notification.objects.filter(event=event).values_list("to", flat=True)
    assert set(told) == {cast[Role.PROGRAMME_OFFICER].pk}


def test_a_task_that_a_unit_only_directs_is_not_taken_over(cast, parent):
    TaskPerformerFactory(task=parent.tasks.get(number="2"), unit=cast.a, role="direct")

    plan = start_sub_plan(parent=parent, unit=cast.a, by=None)

    assert [task.title for task in plan.tasks.all()] == ["Khảo sát", "Tổng kết"]


def test_a_unit_has_one_plan_under_a_plan_and_another_once_that_is_cancelled(cast, parent):
    first = start_sub_plan(parent=parent, unit=cast.a, by=None)

    with pytest.raises(SubPlanExists) as refused:
        start_sub_plan(parent=parent, unit=cast.a, by=None)
    services.cancel_plan(plan=first, reason="Làm lại", by=None)
    second = start_sub_plan(parent=parent, unit=cast.a, by=None)

    assert refused.value.plan == first
    assert second.pk != first.pk


def test_who_has_no_part_in_a_plan_begins_none(cast, parent):
    surveyed = pilot(parent, cast.a1, phase="surveyed")

    for unit in (cast.department, cast.province, cast.a1):
        with pytest.raises(NotInvolved):
            start_sub_plan(parent=parent, unit=unit, by=None)
    PilotUnit.objects.filter(pk=surveyed.pk).update(phase="chosen")

    assert start_sub_plan(parent=parent, unit=cast.a1, by=None).parent == parent


@pytest.mark.parametrize("status", ["closed", "cancelled"])
def test_nothing_is_begun_under_a_plan_that_is_over(cast, parent, status):
    Plan.objects.filter(pk=parent.pk).update(status=status)

    with pytest.raises(services.PlanIsClosed):
        start_sub_plan(parent=parent, unit=cast.a, by=None)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_begin_at_once_one_makes_the_draft():
    province = UnitFactory(kind=Unit.Kind.PROVINCE, name="UBND tỉnh Mẫu")
    unit = UnitFactory(parent=province)
    parent = PlanFactory(unit=province, status="issued")
    task_of(parent, unit)
    start = Barrier(4, timeout=30)

    def run(_n):
        try:
            start.wait()
            return start_sub_plan(parent=parent, unit=unit, by=None)
        except SubPlanExists as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(run, range(4)))

    assert sorted(type(each).__name__ for each in outcomes) == ["Plan"] + ["SubPlanExists"] * 3
    assert Plan.objects.filter(parent=parent).count() == 1


# -- Linking one ------------------------------------------------------------------------------------------------------
def test_an_imported_plan_is_put_under_its_parent_and_taken_out_again(cast, parent):
    plan = PlanFactory(unit=cast.a, status="issued")

    put_under(plan=plan, parent=parent, by=cast[Role.UNIT_HEAD])
    put_under(plan=plan, parent=parent, by=cast[Role.UNIT_HEAD])
    linked = Plan.objects.get(pk=plan.pk)
    put_under(plan=plan, parent=None, by=cast[Role.UNIT_HEAD])

    assert (linked.parent, linked.version) == (parent, 2)
    assert Plan.objects.get(pk=plan.pk).parent is None
    assert AuditEvent.objects.filter(action="plans.put_under").count() == 2


def test_a_plan_is_not_put_where_it_does_not_belong(cast, parent):
    below = start_sub_plan(parent=parent, unit=cast.a, by=None)
    task_of(below, cast.b)
    own, foreign = PlanFactory(unit=cast.a), PlanFactory(unit=cast.foreign)
    department = PlanFactory(unit=cast.department)
    task_of(below, cast.province)

    refusals = [
        (parent, below, NotAParent),
        (below, below, NotAParent),
        (own, PlanFactory(unit=cast.a), NotAParent),
        (own, foreign, NotAParent),
        (own, parent, SubPlanExists),
        (department, parent, NotInvolved),
    ]
    for plan, above, refusal in refusals:
        with pytest.raises(refusal):
            put_under(plan=plan, parent=above, by=None)


# -- Who sees what ----------------------------------------------------------------------------------------------------
def test_a_unit_sees_its_own_plan_and_the_paper_above_it_and_no_others(cast, parent):
    mine = start_sub_plan(parent=parent, unit=cast.a, by=None)
    theirs = start_sub_plan(parent=parent, unit=cast.b, by=None)
    parent.tasks.all().delete()  # what links A to the province's plan is its own plan alone

    def seen(person):
        plans = Plan.objects.allowed_to(cast[person], "plan_view")
        return {plan for plan in (parent, mine, theirs) if plans.filter(pk=plan.pk).exists()}

    assert seen(Role.UNIT_OFFICER) == {parent, mine}
    assert seen("sibling") == {parent, theirs}
    assert seen(Role.PROGRAMME_OFFICER) == seen(Role.LEADER) == {parent, mine, theirs}
    assert seen("commune") == seen("foreign") == seen("stranger") == set()


def test_a_pilot_unit_reads_the_plan_it_pilots_and_one_that_was_not_chosen_does_not(cast, parent):
    pilot(parent, cast.a1, phase="building")
    not_chosen = PlanFactory(unit=cast.province)
    PilotUnit.objects.create(plan=not_chosen, unit=cast.a1, phase="not_chosen")

    seen = Plan.objects.allowed_to(cast["commune"], "plan_view")

    assert list(seen) == [parent]


def test_the_list_says_who_has_not_issued_theirs(client, cast, parent):
    department = cast.department
    task_of(parent, department)
    pilot(parent, cast.a1)
    services.issue_plan(plan=start_sub_plan(parent=parent, unit=cast.a, by=None), by=None, **_given("5"))
    start_sub_plan(parent=parent, unit=cast.b, by=None)
    client.force_login(cast[Role.PROGRAMME_OFFICER])

    def listed(state=""):
        page = client.get(f"/plans/{parent.pk}/sub-plans/", {"state": state} if state else {})
        return {row.unit for row in page.context["rows"]}, page.context["found"]

    everybody, found = listed()
    assert everybody == {cast.a, cast.b, cast.a1, department}
    assert (found.issued, found.not_issued, found.missing) == (1, 3, 2)
    assert listed("not_issued")[0] == {cast.b, cast.a1, department}
    assert listed("missing")[0] == {cast.a1, department}
    assert listed("issued")[0] == {cast.a}


def _given(number):
    return {"number": number, "issue_date": timezone.localdate(), "signer_name": "Người Ký"}


def test_a_unit_sees_its_own_line_alone_and_begins_its_plan_there(client, cast, parent):
    client.force_login(cast[Role.UNIT_OFFICER])
    url = f"/plans/{parent.pk}/sub-plans/"

    rows = client.get(url).context["rows"]
    foreign = client.post(f"{url}{cast.b.pk}/")
    begun = client.post(f"{url}{cast.a.pk}/")
    again = client.post(f"{url}{cast.a.pk}/")

    plan = Plan.objects.get(parent=parent)
    assert [(row.unit, row.may_start) for row in rows] == [(cast.a, True)]
    assert foreign.status_code == 404
    assert begun.url == again.url == f"/plans/{plan.pk}/"
    assert f"/plans/{parent.pk}/" in client.get(begun.url).content.decode()
    assert not client.get(url).context["rows"][0].may_start


def test_the_plans_page_asks_for_its_panel(client, cast, parent):
    client.force_login(cast[Role.PROGRAMME_OFFICER])

    page = client.get(f"/plans/{parent.pk}/").content.decode()
    quiet = client.get(f"/plans/{parent.pk}/sub-plans/", HTTP_HX_REQUEST="true").content.decode()
    start_sub_plan(parent=parent, unit=cast.a, by=None)
    panel = client.get(f"/plans/{parent.pk}/sub-plans/", HTTP_HX_REQUEST="true").content.decode()

    assert f'hx-get="/plans/{parent.pk}/sub-plans/"' in page
    assert 'id="sub-plans-panel"' not in quiet
    assert 'id="sub-plans-panel"' in panel
    assert "<html" not in panel


def test_a_plan_is_linked_on_its_page(client, cast, parent):
    plan = PlanFactory(unit=cast.a)
    client.force_login(cast[Role.UNIT_OFFICER])
    foreign = PlanFactory(unit=cast.foreign)

    refused = client.post(f"/plans/{plan.pk}/parent/", {"parent": foreign.pk})
    linked = client.post(f"/plans/{plan.pk}/parent/", {"parent": parent.pk})

    plan.refresh_from_db()
    assert (refused.status_code, linked.status_code, plan.parent) == (422, 302, parent)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_unit_and_three(client, cast, django_assert_num_queries, count):
    plan = PlanFactory(unit=cast.province, status="issued")
    for unit in (cast.a, cast.b, cast.department)[:count]:
        task_of(plan, unit)
        start_sub_plan(parent=plan, unit=unit, by=None)
    client.force_login(cast[Role.PROGRAMME_OFFICER])
    client.get(f"/plans/{plan.pk}/sub-plans/")

    with django_assert_num_queries(8):
        client.get(f"/plans/{plan.pk}/sub-plans/")
    with django_assert_num_queries(5):  # the roles of the person are one of them
        sub_plans_of(plan, cast[Role.PROGRAMME_OFFICER])
