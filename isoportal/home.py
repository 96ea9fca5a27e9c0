"""The first page: what each person must do now, and the state of what they answer for. Every number opens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Count, F, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assessments.models import Assessment, Criterion, Round
from budgets.contexts import PlanBalance, Totals, plan_balances, totals, with_money
from isoportal.templatetags.formats import percent
from plans.contexts import PlanProgress, TaskProgress, plans_progress, state_of
from plans.forms import PERCENTS
from plans.models import Plan
from reports.models import ReportJob
from units.http import UserRequest
from units.models import User
from units.permissions import GRANTS, SUBTREE_ROLES, Permission, Role

# A home page is for a glance; the lists behind it hold everything.
PLANS_SHOWN = 20
ROWS_SHOWN = 8


@dataclass(frozen=True, kw_only=True)
class Todo:
    """A task that one of the person's own units performs and has not finished."""

    plan: Plan
    task: TaskProgress
    unit_id: int
    unit_name: str
    percent: int | None
    state: str
    late_days: int

    @property
    def key(self) -> str:
        """Tells the fields of one form from those of the next on the same page."""
        return f"{self.task.task_id}-{self.unit_id}"


@dataclass(frozen=True, kw_only=True)
class LateTask:
    plan: Plan
    task: TaskProgress


@dataclass(frozen=True, kw_only=True)
class RoundStanding:
    """A round, how many sheets it has and how many of them were begun."""

    round: Round
    sheets: int
    begun: int


@dataclass(frozen=True, kw_only=True)
class Figure:
    value: str
    label: str
    note: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Home:
    today: date
    reaches_province: bool
    may_request: bool
    figures: Sequence[Figure]
    todo: Sequence[Todo]
    sheets: Sequence[Assessment]
    plans: Sequence[tuple[Plan, PlanProgress]]
    late: Sequence[LateTask]
    late_count: int
    rounds: Sequence[RoundStanding]
    money: Sequence[PlanBalance]
    money_total: Totals | None
    jobs: Sequence[ReportJob]

    @property
    def todo_count(self) -> int:
        """What waits under one heading: tasks to report on and sheets to score."""
        return len(self.todo) + len(self.sheets)


@login_required
@require_safe
def home(request: UserRequest) -> HttpResponse:
    context = {"home": what_to_do(user=request.user, today=timezone.localdate()), "percents": PERCENTS}
    return render(request, "home.html", context)


def what_to_do(*, user: User, today: date) -> Home:
    """A constant number of queries, whatever the person's plans, tasks and sheets are."""
    memberships = user.held_roles
    held = frozenset[Permission]().union(*(GRANTS[Role(each.role)] for each in memberships))
    own = {
        each.unit_id
        for each in memberships
        if each.role not in SUBTREE_ROLES and Permission.TASK_REPORT in GRANTS[Role(each.role)]
    }
    reaches_province = any(each.role in SUBTREE_ROLES for each in memberships)
    plans = list(Plan.objects.allowed_to(user, Permission.PLAN_VIEW).select_related("unit")[:PLANS_SHOWN])
    progress = plans_progress(plans=plans, user=user, as_of=today)
    standing = [(plan, progress[plan.pk]) for plan in plans]
    late = late_tasks(standing) if reaches_province else []
    rounds = rounds_of(user) if reaches_province else []
    money: list[PlanBalance] = []
    money_total = None
    if Permission.BUDGET_VIEW in held:
        with_totals = with_money(Plan.objects.allowed_to(user, Permission.BUDGET_VIEW).select_related("unit"))
        money, money_total = plan_balances(with_totals[:ROWS_SHOWN]), totals(with_totals)
    return Home(
        today=today,
        reaches_province=reaches_province,
        may_request=Permission.REPORT_REQUEST in held,
        figures=figures_of(standing, late, rounds, money_total) if reaches_province else [],
        todo=todo_of(standing, own, today),
        sheets=list(sheets_of(user)) if Permission.ASSESSMENT_SCORE in held else [],
        plans=standing,
        late=late[:ROWS_SHOWN],
        late_count=len(late),
        rounds=rounds,
        money=money,
        money_total=money_total,
        jobs=list(ReportJob.objects.of(user)[:ROWS_SHOWN]),
    )


def late_tasks(standing: Sequence[tuple[Plan, PlanProgress]]) -> list[LateTask]:
    """The longest overdue first."""
    found = [LateTask(plan=plan, task=task) for plan, progress in standing for task in progress.tasks if task.is_late]
    return sorted(found, key=lambda each: -each.task.late_days)


def todo_of(standing: Sequence[tuple[Plan, PlanProgress]], own: set[int], today: date) -> list[Todo]:
    """By deadline, those without one last. A unit that has said 100 % is done with the task, whatever others say."""
    found = [
        Todo(
            plan=plan,
            task=task,
            unit_id=performer.unit_id,
            unit_name=performer.unit_name,
            percent=performer.percent,
            state=state_of(start=task.start, end=task.end, done=False, as_of=today),
            late_days=max(0, (today - task.end).days) if task.end else 0,
        )
        for plan, progress in standing
        for task in progress.tasks
        for performer in task.performers
        if performer.unit_id in own and performer.percent != 100
    ]
    return sorted(found, key=lambda each: (each.task.end is None, each.task.end or today, each.task.task_id))


def sheets_of(user: User):
    """Sheets that the person scores in rounds that are open now, with how many criteria each has."""
    now = timezone.now()
    return (
        Assessment.objects.allowed_to(user, Permission.ASSESSMENT_SCORE)
        .filter(round__opens_at__lte=now, round__closes_at__gt=now)
        .select_related("unit", "round__criteria_set")
        .annotate(
            criteria_count=Count(
                "round__criteria_set__criteria",
                filter=~Q(round__criteria_set__criteria__scoring=Criterion.Scoring.GROUP),
            )
        )
        .filter(scored__lt=F("criteria_count"))
        .order_by("round__closes_at", "pk")[:ROWS_SHOWN]
    )


def rounds_of(user: User) -> list[RoundStanding]:
    rounds: Any = (  # annotated: the stubs know no `sheets` and `begun`
        Round.objects.allowed_to(user, Permission.ASSESSMENT_VIEW)
        .select_related("unit")
        .annotate(sheets=Count("assessments"), begun=Count("assessments", filter=Q(assessments__scored__gt=0)))
        .order_by("-year", "pk")[:ROWS_SHOWN]
    )
    return [RoundStanding(round=each, sheets=each.sheets, begun=each.begun) for each in rounds]


def figures_of(
    standing: Sequence[tuple[Plan, PlanProgress]],
    late: Sequence[LateTask],
    rounds: Sequence[RoundStanding],
    money: Totals | None,
) -> list[Figure]:
    tasks = sum(len(progress.tasks) for _plan, progress in standing)
    figures = [
        Figure(
            value=str(len(late)),
            label=_("tasks overdue"),
            note=_("of %(tasks)s tasks") % {"tasks": tasks},
            url="#late",
        ),
        Figure(
            value=percent(mean_of(standing)),
            label=_("progress reported"),
            note=_("%(reported)s of %(expected)s reports")
            % {
                "reported": sum(progress.reported for _plan, progress in standing),
                "expected": sum(progress.expected for _plan, progress in standing),
            },
            url=reverse("plans:list"),
        ),
    ]
    if money is not None:
        figures.append(
            Figure(
                value=percent(money.share),
                label=_("of the money used"),
                note=_("over all plans with a total"),
                url=reverse("budgets:list"),
            )
        )
    if rounds:
        begun, sheets = sum(each.begun for each in rounds), sum(each.sheets for each in rounds)
        figures.append(
            Figure(
                value=f"{begun}/{sheets}",
                label=_("score sheets begun"),
                note=_("in %(rounds)s rounds") % {"rounds": len(rounds)},
                url=reverse("assessments:list"),
            )
        )
    return figures


def mean_of(standing: Sequence[tuple[Plan, PlanProgress]]) -> Decimal | None:
    """The plain mean of the plans that have a figure; blank is not zero."""
    values = [progress.percent for _plan, progress in standing if progress.percent is not None]
    return sum(values, Decimal(0)) / len(values) if values else None
