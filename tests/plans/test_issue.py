from __future__ import annotations

from datetime import date

import pytest

from activity.models import AuditEvent
from plans.models import Plan
from plans.services import CannotIssue, DateContradictsPaper, NotPossibleNow, issue_plan
from tests.factories.plans import PlanFactory
from tests.factories.units import UserFactory

pytestmark = pytest.mark.django_db


def test_a_complete_draft_is_issued_and_recorded():
    plan, leader = PlanFactory(), UserFactory()

    issue_plan(plan=plan, by=leader)

    plan.refresh_from_db()
    assert plan.status == Plan.Status.ISSUED
    assert plan.issued_at is not None
    event = AuditEvent.objects.get(action="plans.issued")
    assert (event.by, event.unit_path, event.changes["status"]) == (leader, plan.unit.path, ["draft", "issued"])


@pytest.mark.parametrize(
    ("blank", "missing"),
    [
        ({"number": ""}, ["number"]),
        ({"issue_day": None}, ["date"]),
        ({"signer_name": ""}, ["signer"]),
        ({"number": "", "issue_year": None, "signer_name": ""}, ["number", "date", "signer"]),
    ],
)
def test_a_draft_that_lacks_something_stays_a_draft(blank, missing):
    plan = PlanFactory(**blank)

    with pytest.raises(CannotIssue) as refused:
        issue_plan(plan=plan, by=None)

    plan.refresh_from_db()
    assert refused.value.missing == missing
    assert plan.status == Plan.Status.DRAFT
    assert not AuditEvent.objects.filter(action="plans.issued").exists()


def test_what_the_paper_leaves_blank_may_be_given_and_what_it_says_stays():
    plan = PlanFactory(number="", issue_day=None)

    issue_plan(plan=plan, by=None, number=" 45 ", issue_date=date(2024, 2, 29), signer_name="Người khác")

    plan.refresh_from_db()
    assert (plan.number, plan.issue_date, plan.signer_name) == ("45", date(2024, 2, 29), "Nguyễn Văn Ký")
    assert "45/kh-ubnd" in plan.search_text
    changes = AuditEvent.objects.get(action="plans.issued").changes
    assert changes["number"] == ["", "45"]
    assert changes["issue_date"] == ["2024-2-", "2024-2-29"]
    assert "signer_name" not in changes


def test_a_day_outside_the_month_of_the_paper_is_refused():
    plan = PlanFactory(issue_day=None)

    with pytest.raises(DateContradictsPaper):
        issue_plan(plan=plan, by=None, issue_date=date(2024, 3, 1))


def test_of_two_people_one_issues():
    plan = PlanFactory()
    seen_by_first, seen_by_second = Plan.objects.get(pk=plan.pk), Plan.objects.get(pk=plan.pk)

    issue_plan(plan=seen_by_first, by=UserFactory())
    with pytest.raises(NotPossibleNow):
        issue_plan(plan=seen_by_second, by=UserFactory())

    assert AuditEvent.objects.filter(action="plans.issued").count() == 1
