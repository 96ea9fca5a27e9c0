"""Two people at one plan: one wins, the other is told, nothing is half done. Each race on connections of its own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from threading import Barrier

import pytest
from django.db import connection

from activity.models import AuditEvent
from plans.contexts.content import PlanContent, content_of
from plans.models import Amendment, Plan
from plans.services import amending, issue_plan
from plans.services.content import NotOnTheDesk, StaleContent, save_content
from plans.services.lifecycle import PlanRefused
from tests.factories.plans import PlanFactory, task_of
from tests.factories.units import UnitFactory, UserFactory
from units.models import Unit

pytestmark = pytest.mark.django_db(transaction=True)
REFUSED = (StaleContent, NotOnTheDesk, PlanRefused, amending.AmendmentRefused)


def at_once(acts):
    """What each act gives, or its refusal, when all start together."""
    acts = list(acts)
    start = Barrier(len(acts), timeout=30)

    def run(act):
        try:
            start.wait()
            return act()
        except REFUSED as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.fixture
def plan():
    province = UnitFactory(kind=Unit.Kind.PROVINCE, name="UBND tỉnh Mẫu", place="Mẫu")
    plan = PlanFactory(unit=province, status="draft")
    for place in range(4):
        task_of(plan, order=place, number=str(place + 1), title=f"Việc {place}")
    return plan


def saving(plan, by, title, version=1):
    def act():
        content = content_of(plan)
        tasks = tuple(replace(task, title=title) for task in reversed(content.tasks))
        return save_content(
            plan=plan, content=replace(content, title=title, tasks=tasks), expected_version=version, by=by
        )

    return act


def test_of_eight_who_save_at_once_one_wins_and_the_others_are_told(plan):
    people = UserFactory.create_batch(8)

    outcomes = at_once(saving(plan, person, f"Bản {place}") for place, person in enumerate(people))

    winners = [each for each in outcomes if isinstance(each, Plan)]
    told = [each for each in outcomes if isinstance(each, StaleContent)]
    assert (len(winners), len(told)) == (1, 7)
    plan.refresh_from_db()
    assert (plan.version, plan.title) == (2, winners[0].title)
    assert {task.title for task in plan.tasks.all()} == {plan.title}
    assert {refused.theirs.title for refused in told} == {plan.title}
    assert AuditEvent.objects.filter(action="plans.edited").count() == 1


def test_control_without_the_version_the_last_one_wins_silently(plan):
    people = UserFactory.create_batch(2)
    have_read = Barrier(2, timeout=30)

    def naive(person):
        seen = Plan.objects.get(pk=plan.pk)
        have_read.wait()
        seen.title = f"Bản {person.pk}"
        seen.save(update_fields=["title"])
        return seen

    outcomes = at_once([lambda person=person: naive(person) for person in people])

    assert len([each for each in outcomes if isinstance(each, Plan)]) == 2


def test_who_saves_while_somebody_issues_the_same_version(plan):
    one, two = UserFactory.create_batch(2)

    outcomes = at_once([saving(plan, one, "Bản sửa"), lambda: issue_plan(plan=plan, by=two, version=1)])

    plan.refresh_from_db()
    winners = [each for each in outcomes if isinstance(each, Plan)]
    assert len(winners) == 1
    assert (plan.status == "issued") != (plan.title == "Bản sửa")
    assert plan.version == 2


def test_of_four_who_begin_to_amend_one_has_the_draft(plan):
    Plan.objects.filter(pk=plan.pk).update(status="issued")
    people = UserFactory.create_batch(4)

    outcomes = at_once(
        [lambda by=person: amending.draft_amendment(plan=plan, reason="Vì sao", by=by) for person in people]
    )

    assert len([each for each in outcomes if isinstance(each, Amendment)]) == 1
    assert len([each for each in outcomes if isinstance(each, amending.DraftExists)]) == 3


def test_an_amendment_is_issued_once_while_others_save_and_cancel_it(plan):
    Plan.objects.filter(pk=plan.pk).update(status="issued")
    people = UserFactory.create_batch(6)
    plan.refresh_from_db()
    draft = amending.draft_amendment(plan=plan, reason="Vì sao", by=people[0])
    content = replace(PlanContent.from_json(draft.content), title="Sửa đổi")
    draft = amending.save_amendment_content(amendment=draft, content=content, expected_version=1, by=people[0])

    def issuing(by):
        return lambda: amending.issue_amendment(
            amendment=draft, number="5", symbol="KH", issued_on=date(2024, 6, 1), signer_name="Ký", by=by, version=2
        )

    outcomes = at_once(
        [
            *(issuing(person) for person in people[:3]),
            lambda: amending.cancel_amendment(amendment=draft, by=people[4]),
            lambda: amending.save_amendment_content(
                amendment=draft, content=replace(content, title="Khác"), expected_version=2, by=people[5]
            ),
        ]
    )

    draft.refresh_from_db()
    plan.refresh_from_db()
    issued = AuditEvent.objects.filter(action="plans.amended").count()
    assert issued == (draft.status == "issued") == (plan.version == 2)
    assert plan.title == ("Sửa đổi" if issued else plan.title)
    assert len([each for each in outcomes if isinstance(each, Amendment)]) in {1, 2}
    assert draft.status in {"issued", "cancelled"}
