"""Reports when many act at once: one winner, the others are told; nothing is made twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from threading import Barrier

import pytest
from django.db import IntegrityError, connection

from activity.models import AuditEvent
from plans import services
from plans.models import DueReport, Plan, ProgressUpdate, ReportingPeriod
from plans.services.reporting import lock_period, make_periods
from tests.factories.plans import PlanFactory, task_of
from tests.factories.units import MembershipFactory, make_cast
from units.permissions import Role

pytestmark = pytest.mark.django_db(transaction=True)
UNTIL = date(2024, 12, 31)


def at_once(acts: Iterable[Callable[[], object]]) -> list[object]:
    """What each of `acts` returns, or its refusal, when all start together, each on a connection of its own."""
    acts = list(acts)
    start = Barrier(len(acts), timeout=30)

    def run(act):
        try:
            start.wait()
            return act()
        except (services.ProgressRefused, IntegrityError) as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def of_kind(outcomes: list[object], kind: type) -> list[object]:
    return [outcome for outcome in outcomes if isinstance(outcome, kind)]


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture
def plan(cast):
    plan = PlanFactory(unit=cast.province, status=Plan.Status.ISSUED, reporting=Plan.Reporting.MONTH)
    task_of(plan, cast.a, cast.b, start=date(2024, 8, 1), end=date(2024, 10, 31))
    return plan


def test_periods_made_by_many_at_once_are_made_once(plan):
    outcomes = at_once([lambda: make_periods(plan=plan, until=UNTIL, by=None)] * 6)

    assert sum(len(each.periods) for each in outcomes) == ReportingPeriod.objects.count() == 3
    assert sum(each.reports for each in outcomes) == DueReport.objects.count() == 6
    assert AuditEvent.objects.filter(action="plans.periods_made").count() == 1


def test_control_without_looking_first_the_database_refuses_the_second(plan):
    make_periods(plan=plan, until=UNTIL, by=None)
    known, due = ReportingPeriod.objects.first(), DueReport.objects.first()

    def again():
        return ReportingPeriod.objects.create(
            plan=plan, kind=known.kind, title="Lần nữa", start=known.start, end=known.end, due_on=known.due_on
        )

    def owed_again():
        return DueReport.objects.create(period=due.period, task=due.task, unit=due.unit)

    assert len(of_kind(at_once([again, owed_again]), IntegrityError)) == 2


def test_one_accepts_while_another_returns(cast, plan):
    update = services.report_progress(
        task=plan.tasks.get(), unit=cast.a, percent=40, note="", by=cast[Role.UNIT_OFFICER]
    )
    second = MembershipFactory(unit=cast.province, role=Role.PROGRAMME_OFFICER).user

    outcomes = at_once(
        [
            lambda: services.accept_progress(update=update, by=cast[Role.PROGRAMME_OFFICER]),
            lambda: services.return_progress(update=update, note="Sửa", by=second),
            lambda: services.accept_progress(update=update, by=cast[Role.ADMINISTRATOR]),
            lambda: services.return_progress(update=update, note="Sửa", by=second),
        ]
    )

    (winner,) = of_kind(outcomes, ProgressUpdate)
    refused = of_kind(outcomes, services.AlreadyDecided)
    assert len(refused) == 3
    stored = ProgressUpdate.objects.get()
    assert (stored.state, stored.decided_by) == (winner.state, winner.decided_by)
    assert all(stored.decided_by.full_name in str(each) for each in refused)
    decisions = AuditEvent.objects.filter(action__in=["plans.progress_accepted", "plans.progress_returned"])
    assert decisions.count() == 1


def test_a_draft_sent_by_officer_and_head_at_once_is_sent_once(cast, plan):
    draft = services.report_progress(
        task=plan.tasks.get(), unit=cast.a, percent=40, note="", by=cast[Role.UNIT_OFFICER], submit=False
    )

    outcomes = at_once(
        [
            partial(services.submit_progress, update=draft, by=cast[who])
            for who in (Role.UNIT_OFFICER, Role.UNIT_HEAD) * 3
        ]
    )

    assert len(of_kind(outcomes, ProgressUpdate)) == 1
    assert len(of_kind(outcomes, services.AlreadySent)) == 5


def test_a_report_sent_while_the_period_is_locked_is_in_it_or_refused(cast, plan):
    make_periods(plan=plan, until=UNTIL, by=None)
    due = DueReport.objects.select_related("period").get(unit=cast.a, period__title="Tháng 8/2024")

    outcomes = at_once(
        [
            lambda: services.report_progress(
                task=plan.tasks.get(), unit=cast.a, percent=40, note="", by=cast[Role.UNIT_OFFICER], due_report=due
            ),
            lambda: lock_period(period=due.period, by=cast[Role.PROGRAMME_OFFICER]),
        ]
    )

    sent, locked = of_kind(outcomes, ProgressUpdate), ReportingPeriod.objects.get(pk=due.period_id).locked_at
    assert locked
    assert len(sent) + len(of_kind(outcomes, services.PeriodLocked)) == 1
    assert all(update.submitted_at <= locked for update in sent)


def test_a_period_locked_by_many_at_once_is_locked_once(cast, plan):
    make_periods(plan=plan, until=UNTIL, by=None)
    period = ReportingPeriod.objects.first()

    outcomes = at_once([lambda: lock_period(period=period, by=cast[Role.PROGRAMME_OFFICER])] * 6)

    assert len({each.locked_at for each in outcomes}) == 1
    assert AuditEvent.objects.filter(action="plans.period_locked").count() == 1
