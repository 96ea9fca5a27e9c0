"""The state of the programme: plans, what is overdue, rounds and money, and the figures that sum them up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.contexts.deadlines import WITH_ASSESSORS
from assessments.contexts.late_sheets import late_sheets
from assessments.contexts.rounds import SUBMITTED
from assessments.models import Assessment, Assignment, Round
from budgets.contexts import Totals
from isoportal.home.desk import Desk
from isoportal.templatetags.formats import percent
from plans.contexts import PlanProgress, TaskProgress
from plans.contexts.lateness import LateItem, late_items
from plans.models import ChasingLetter, Plan
from units.models import Unit, User
from units.permissions import Permission

ROWS_SHOWN = 8


@dataclass(frozen=True, kw_only=True)
class LateTask:
    plan: Plan
    task: TaskProgress


@dataclass(frozen=True, kw_only=True)
class LateUnit:
    """A unit with what it has owed the longest, how many things besides, and the last letter that urged it."""

    unit: Unit
    first: LateItem
    more: int
    letter: ChasingLetter | None


@dataclass(frozen=True, kw_only=True)
class RoundStanding:
    """A round, how many sheets it has, how many of them were begun, submitted, and wait for approval."""

    round: Round
    sheets: int
    begun: int
    submitted: int
    proposed: int


@dataclass(frozen=True, kw_only=True)
class Figure:
    value: str
    label: str
    note: str
    url: str


def late_tasks(standing: Sequence[tuple[Plan, PlanProgress]]) -> list[LateTask]:
    """The longest overdue first; a plan that is closed or cancelled is overdue with nothing."""
    found = [
        LateTask(plan=plan, task=task)
        for plan, progress in standing
        if plan.status not in {Plan.Status.CLOSED, Plan.Status.CANCELLED}
        for task in progress.tasks
        if task.is_late
    ]
    return sorted(found, key=lambda each: -each.task.late_days)


def late_units(user: User, *, today: date) -> list[LateUnit]:
    """Units that owe something in plans where `user` may chase, the longest overdue first, and when each was chased
    last. Six queries."""
    owed: dict[int, list[LateItem]] = defaultdict(list)
    for item in [*late_items(user=user, as_of=today), *late_sheets(user=user, as_of=today)]:
        owed[item.unit.pk].append(item)
    chased = {
        letter.addressee_id: letter
        for letter in ChasingLetter.objects.allowed_to(user, Permission.CHASE)
        .filter(addressee__in=owed, sent_at__isnull=False)
        .order_by("sent_at")
    }
    found = [
        LateUnit(
            unit=items[0].unit,
            first=min(items, key=lambda each: each.due_on),
            more=len(items) - 1,
            letter=chased.get(pk),
        )
        for pk, items in owed.items()
    ]
    return sorted(found, key=lambda each: (each.first.due_on, each.unit.path))


def rounds_of(user: User) -> list[RoundStanding]:
    sheets = "assessments"
    state = f"{sheets}__state"
    rounds: Any = (  # annotated: the stubs know none of the counts
        Round.objects.allowed_to(user, Permission.ASSESSMENT_VIEW)
        .exclude(state=Round.State.PREPARING)
        .select_related("unit")
        .annotate(
            sheets=Count(sheets),
            begun=Count(sheets, filter=Q(**{f"{sheets}__scored__gt": 0}) | ~Q(**{state: Assessment.State.SCORING})),
            submitted=Count(sheets, filter=Q(**{f"{state}__in": SUBMITTED})),
            proposed=Count(sheets, filter=Q(**{state: Assessment.State.PROPOSED})),
        )
        .order_by("-year", "pk")[:ROWS_SHOWN]
    )
    return [
        RoundStanding(
            round=each, sheets=each.sheets, begun=each.begun, submitted=each.submitted, proposed=each.proposed
        )
        for each in rounds
    ]


def sheets_to_verify(user: User) -> int:
    """Submitted sheets that the person is to verify and has not finished. One query."""
    return Assignment.objects.filter(
        assessor=user,
        finished_at=None,
        assessment__state__in=WITH_ASSESSORS,
        assessment__round__state=Round.State.RUNNING,
    ).count()


def figures_of(
    *,
    standing: Sequence[tuple[Plan, PlanProgress]],
    late: Sequence[LateTask],
    desk: Desk | None,
    rounds: Sequence[RoundStanding],
    money: Totals | None,
    to_verify: int | None = None,
) -> list[Figure]:
    figures = [_waiting(desk)] if desk else []
    if to_verify is not None:
        figures.append(_to_verify(to_verify))
    figures += [_late(standing, late), _progress(standing)]
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
        submitted, sheets = sum(each.submitted for each in rounds), sum(each.sheets for each in rounds)
        begun = sum(each.begun for each in rounds)
        figures.append(
            Figure(
                value=f"{submitted}/{sheets}",
                label=_("score sheets submitted"),
                note=_("%(begun)s begun, in %(rounds)s rounds") % {"begun": begun, "rounds": len(rounds)},
                url=reverse("assessments:round_list"),
            )
        )
    return figures


def _to_verify(count: int) -> Figure:
    try:
        url = reverse("assessments:queue")
    except NoReverseMatch:
        url = reverse("assessments:list")
    return Figure(
        value=str(count),
        label=ngettext("sheet to verify", "sheets to verify", count),
        note=_("submitted and given to me"),
        url=url,
    )


def _waiting(desk: Desk) -> Figure:
    parts = {
        "accept": _("%(count)d to accept"),
        "answer": _("%(count)d to answer"),
        "decide": _("%(count)d to decide on"),
    }
    told = [words % {"count": desk.counts[kind]} for kind, words in parts.items() if desk.counts[kind]]
    return Figure(
        value=str(desk.total),
        label=ngettext("matter waits for me", "matters wait for me", desk.total),
        note=", ".join(told) or _("nothing at the moment"),
        url="#waiting",
    )


def _late(standing: Sequence[tuple[Plan, PlanProgress]], late: Sequence[LateTask]) -> Figure:
    tasks = sum(len(progress.tasks) for _plan, progress in standing)
    return Figure(
        value=str(len(late)),
        label=_("tasks overdue"),
        note=_("of %(tasks)s tasks") % {"tasks": tasks},
        url="#late",
    )


def _progress(standing: Sequence[tuple[Plan, PlanProgress]]) -> Figure:
    return Figure(
        value=percent(mean_of(standing)),
        label=_("progress accepted"),
        note=_("%(reported)s of %(expected)s reports")
        % {
            "reported": sum(progress.reported for _plan, progress in standing),
            "expected": sum(progress.expected for _plan, progress in standing),
        },
        url=reverse("plans:list"),
    )


def mean_of(standing: Sequence[tuple[Plan, PlanProgress]]) -> Decimal | None:
    """The plain mean of the plans that have a figure; blank is not zero."""
    values = [progress.percent for _plan, progress in standing if progress.percent is not None]
    return sum(values, Decimal(0)) / len(values) if values else None
