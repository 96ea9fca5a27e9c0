"""The completeness board of 200 units by 12 months: the whole page, and its figures against SQL written by hand."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime

from django.db import connection
from django.test import RequestFactory

from bench.pair import Pair
from plans.contexts.completeness import STATES, completeness
from plans.models import DueReport, Plan, ProgressUpdate, ReportingPeriod, Task, TaskPerformer
from plans.period import due_moment
from plans.views.reporting import board
from units.models import Membership, Unit, User
from units.permissions import Role

UNITS, MONTHS, TASKS = 200, 12, 3
NOW = datetime(2024, 12, 26, tzinfo=UTC)  # the last report is asked for, and not late yet
SQL = """
SELECT r.unit_id, r.period_id, u.state, COUNT(*) FROM plans_duereport r
JOIN plans_task t ON t.id = r.task_id AND NOT t.is_cancelled
JOIN plans_reportingperiod p ON p.id = r.period_id
LEFT JOIN plans_progressupdate u ON u.id = r.latest_id
WHERE p.plan_id = %s GROUP BY r.unit_id, r.period_id, u.state
"""


def make_plan() -> tuple[Plan, User]:
    last = Unit.objects.order_by("-pk").first()
    first = (last.pk if last else 0) + 1
    root = Unit.objects.create(pk=first, path=f"{first:08d}/", kind=Unit.Kind.PROVINCE, name="Province")
    units = Unit.objects.bulk_create(
        Unit(pk=pk, parent=root, path=f"{root.path}{pk:08d}/", kind=Unit.Kind.COMMUNE, name=f"Commune {pk:05d}")
        for pk in range(first + 1, first + 1 + UNITS)
    )
    officer = User.objects.create(username="board")
    Membership.objects.create(user=officer, unit=root, role=Role.PROGRAMME_OFFICER)
    plan = Plan.objects.create(unit=root, kind="KẾ HOẠCH", title="A plan on which 200 units report", issue_year=2024)
    tasks = Task.objects.bulk_create(Task(plan=plan, order=number, title=f"Task {number}") for number in range(TASKS))
    periods = ReportingPeriod.objects.bulk_create(
        ReportingPeriod(
            plan=plan,
            kind="month",
            title=f"Tháng {month}/2024",
            start=date(2024, month, 1),
            end=date(2024, month, 28),
            due_on=date(2024, month, 28),
        )
        for month in range(1, MONTHS + 1)
    )
    states = [ProgressUpdate.State.ACCEPTED, ProgressUpdate.State.SUBMITTED, ProgressUpdate.State.RETURNED, None]
    for task in tasks:
        TaskPerformer.objects.bulk_create(
            TaskPerformer(task=task, order=place, text=unit.name, unit=unit) for place, unit in enumerate(units)
        )
        for place, period in enumerate(periods):
            state = states[(place + task.order) % len(states)]
            updates: list[ProgressUpdate | None] = [None] * len(units)
            if state is not None:
                updates = list(
                    ProgressUpdate.objects.bulk_create(
                        ProgressUpdate(
                            task=task, unit=unit, percent=40, by=officer, state=state, submitted_at=NOW, decided_at=NOW
                        )
                        for unit in units
                    )
                )
            DueReport.objects.bulk_create(
                DueReport(period=period, task=task, unit=unit, latest=update)
                for unit, update in zip(units, updates, strict=True)
            )
    return plan, officer


def page(plan: Plan, officer: User) -> None:
    request = RequestFactory().get("/progress/board/", {"plan": plan.pk})
    request.user = officer
    times = []
    for _round in range(5):
        began = time.perf_counter()
        content = board(request).content
        times.append(time.perf_counter() - began)
    size = len(gzip.compress(content)) / 1000
    print(f"the board of {UNITS} units by {MONTHS} months: {min(times) * 1000:.0f} ms, {size:.1f} kB compressed")


def ours(plan: Plan, officer: User) -> list[tuple[str, list[tuple[str, int, int]]]]:
    shown = completeness(plan=plan, user=officer, now=NOW)
    return [(row.unit, [(cell.state, cell.accepted, cell.total) for cell in row.cells]) for row in shown.rows]


def plain(plan: Plan) -> list[tuple[str, list[tuple[str, int, int]]]]:
    """No rights, no tasks taken back: what a script would ask."""
    periods = list(ReportingPeriod.objects.filter(plan=plan).values_list("pk", "due_on"))
    with connection.cursor() as cursor:
        cursor.execute(SQL, [plan.pk])
        counts: dict[tuple[int, int], dict[str | None, int]] = {}
        for unit, period, state, number in cursor.fetchall():
            counts.setdefault((unit, period), {})[state] = number
        cursor.execute("SELECT id, name FROM units_unit ORDER BY name")
        names = [(pk, name) for pk, name in cursor.fetchall() if (pk, periods[0][0]) in counts]
    rows = []
    for pk, name in names:
        cells = []
        for period, due_on in periods:
            found = counts[pk, period]
            late = "overdue" if due_moment(due_on) <= NOW else "due"
            states = {late if state is None else state for state in found}
            cells.append(
                (next(each for each in STATES if each in states), found.get("accepted", 0), sum(found.values()))
            )
        rows.append((name, cells))
    return rows


def pairs() -> Iterator[Pair]:
    plan, officer = make_plan()
    page(plan, officer)
    yield Pair(
        f"figures of {UNITS} units by {MONTHS} months, against SQL by hand",
        lambda: ours(plan, officer),
        lambda: plain(plan),
        target=2.0,
    )
