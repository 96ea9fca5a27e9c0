"""The page itself: which parts a person is shown follows from the roles they hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from budgets.contexts import PlanBalance, Totals, plan_balances, totals, with_money
from isoportal.home.desk import KINDS, Desk, desk_of
from isoportal.home.own import Own, Todo, own_of
from isoportal.home.programme import (
    Figure,
    LateTask,
    LateUnit,
    RoundStanding,
    figures_of,
    late_tasks,
    late_units,
    rounds_of,
    sheets_to_verify,
)
from plans.contexts import PlanProgress, plans_progress
from plans.contexts.month import Day, Entry, Month, month_of
from plans.forms import PERCENTS
from plans.models import Plan
from reports.models import ReportJob
from units.http import UserRequest
from units.models import User
from units.permissions import GRANTS, SUBTREE_ROLES, Permission, Role

# A home page is for a glance; the lists behind it hold everything.
PLANS_SHOWN = 20
ROWS_SHOWN = 8
COMING_SHOWN = 6
# As short as a narrow column takes them.
WEEKDAYS = (
    pgettext_lazy("weekday", "Mo"),
    pgettext_lazy("weekday", "Tu"),
    pgettext_lazy("weekday", "We"),
    pgettext_lazy("weekday", "Th"),
    pgettext_lazy("weekday", "Fr"),
    pgettext_lazy("weekday", "Sa"),
    pgettext_lazy("weekday", "Su"),
)
DESK_RIGHTS = frozenset({Permission.PROGRESS_ACCEPT, Permission.OBSTACLE_ANSWER, Permission.PLAN_DECIDE})


@dataclass(frozen=True, kw_only=True)
class Home:
    today: date
    reaches_province: bool
    may_request: bool
    may_chase: bool
    figures: Sequence[Figure]
    desk: Desk | None
    own: Own
    plans: Sequence[tuple[Plan, PlanProgress]]
    late: Sequence[LateTask]
    late_count: int
    late_units: Sequence[LateUnit]
    late_units_count: int
    rounds: Sequence[RoundStanding]
    money: Sequence[PlanBalance]
    money_total: Totals | None
    jobs: Sequence[ReportJob]
    month: Month | None

    @property
    def coming(self) -> Sequence[tuple[Day, Entry]]:
        """What this month still holds, from today on."""
        if self.month is None:
            return []
        days = [day for week in self.month.weeks for day in week if day.day >= self.today]
        return [(day, entry) for day in days for entry in day.entries][:COMING_SHOWN]

    @property
    def todo(self) -> Sequence[Todo]:
        return self.own.todo


@login_required
@require_safe
def home(request: UserRequest) -> HttpResponse:
    asked = request.GET.get("show", "")
    show = asked if asked in KINDS else ""
    found = what_to_do(user=request.user, today=timezone.localdate(), show=show)
    weekdays = zip(WEEKDAYS, (full for _short, full in found.month.weekdays), strict=True) if found.month else []
    context = {"home": found, "percents": PERCENTS, "kinds": kinds_of(found, show), "weekdays": list(weekdays)}
    return render(request, "home.html", context)


def kinds_of(home: Home, show: str) -> list[dict]:
    """The switch above what waits: everything, or one kind of it."""
    if home.desk is None:
        return []
    some = [
        {"label": str(label), "url": f"?show={kind}#waiting", "count": home.desk.counts[kind], "current": kind == show}
        for kind, (label, _icon) in KINDS.items()
        if home.desk.counts[kind]
    ]
    everything = {"label": _("All"), "url": "?#waiting", "count": home.desk.total, "current": not show}
    return [everything, *some] if len(some) > 1 or show else []


def what_to_do(*, user: User, today: date, show: str = "") -> Home:
    """A constant number of queries, whatever the person's plans, tasks and sheets are."""
    memberships = user.held_roles
    held = frozenset[Permission]().union(*(GRANTS[Role(each.role)] for each in memberships))
    reaches_province = any(each.role in SUBTREE_ROLES for each in memberships)
    plans = list(Plan.objects.allowed_to(user, Permission.PLAN_VIEW).select_related("unit")[:PLANS_SHOWN])
    progress = plans_progress(plans=plans, user=user, as_of=today)
    standing = [(plan, progress[plan.pk]) for plan in plans]
    late = late_tasks(standing) if reaches_province else []
    units = late_units(user, today=today) if Permission.CHASE in held else []
    rounds = rounds_of(user) if reaches_province else []
    desk = desk_of(user, today=today, shown=ROWS_SHOWN, kind=show) if held & DESK_RIGHTS else None
    money: list[PlanBalance] = []
    money_total = None
    if Permission.BUDGET_VIEW in held:
        with_totals = with_money(Plan.objects.allowed_to(user, Permission.BUDGET_VIEW).select_related("unit"))
        money, money_total = plan_balances(with_totals[:ROWS_SHOWN]), totals(with_totals)
    return Home(
        today=today,
        reaches_province=reaches_province,
        may_request=Permission.REPORT_REQUEST in held,
        may_chase=Permission.CHASE in held,
        figures=figures_of(
            standing=standing,
            late=late,
            desk=desk,
            rounds=rounds,
            money=money_total,
            to_verify=sheets_to_verify(user) if Permission.ASSESSMENT_VERIFY in held else None,
        )
        if reaches_province
        else [],
        desk=desk,
        own=own_of(
            user,
            standing=standing,
            today=today,
            scores=Permission.ASSESSMENT_SCORE in held,
        ),
        plans=standing,
        late=late[:ROWS_SHOWN],
        late_count=len(late),
        late_units=units[:ROWS_SHOWN],
        late_units_count=len(units),
        rounds=rounds,
        money=money,
        money_total=money_total,
        jobs=list(ReportJob.objects.of(user)[:ROWS_SHOWN]),
        month=month_of(user=user, first=today, today=today) if reaches_province else None,
    )
