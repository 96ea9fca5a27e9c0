"""Who has reported and who has not: the units of a plan by its periods."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from plans.contexts.reporting import state_of_report
from plans.models import DueReport, Plan, ProgressUpdate, ReportingPeriod
from units.models import Unit
from units.permissions import Permission

if TYPE_CHECKING:
    from units.models import User

PERIODS_SHOWN = 12
# The worst first: it is what a cell shows of several reports.
STATES = ("overdue", "returned", "due", "submitted", "not_due", "accepted")
SIGNS = {"overdue": "▲", "returned": "↩", "due": "●", "submitted": "➤", "not_due": "○", "accepted": "✓"}


WORDS = {
    "overdue": _("Overdue"),
    "returned": _("Returned"),
    "due": _("Due"),
    "submitted": _("Waiting for acceptance"),
    "not_due": _("Not due yet"),
    "accepted": _("Accepted"),
}


@dataclass(frozen=True, slots=True)
class BoardCell:
    """What one unit owes for one period: `accepted` of `total` reports; `state` is the worst of them, "" where it owes
    nothing."""

    state: str = ""
    accepted: int = 0
    total: int = 0

    @property
    def sign(self) -> str:
        return SIGNS.get(self.state, "")

    @property
    def word(self) -> str:
        return str(WORDS.get(self.state, ""))


@dataclass(frozen=True, slots=True)
class BoardRow:
    unit_id: int
    unit: str
    cells: tuple[BoardCell, ...]

    @property
    def is_late(self) -> bool:
        return any(cell.state == "overdue" for cell in self.cells)


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """At most twelve periods, the latest that has begun last on page 1; earlier ones on the next pages. `totals` are
    accepted of all reports of the rows shown, by period."""

    plan: Plan
    as_of: datetime
    periods: tuple[ReportingPeriod, ...]
    rows: tuple[BoardRow, ...]
    totals: tuple[tuple[int, int], ...]
    page: int
    pages: int
    only_late: bool

    @property
    def late(self) -> int:
        return sum(row.is_late for row in self.rows)


EMPTY = BoardCell()


def completeness(
    *, plan: Plan, user: User, page: int = 1, only_late: bool = False, now: datetime | None = None
) -> Board:
    """The board of `plan` as far as `user` sees its units. Three queries and one for the roles, whatever its size."""
    now = now or timezone.now()
    every = list(ReportingPeriod.objects.filter(plan=plan).order_by("-start", "-end", "-pk"))
    today = timezone.localdate(now)
    begun = [period for period in every if period.start <= today]
    coming = [period for period in every if period.start > today][-1:]  # the next one, so that it is seen coming
    listed = [*coming, *begun]
    pages = max(1, -(-len(listed) // PERIODS_SHOWN))
    page = min(max(1, page), pages)
    periods = listed[(page - 1) * PERIODS_SHOWN : page * PERIODS_SHOWN][::-1]
    counts: dict[tuple[int, int], dict[str | None, int]] = defaultdict(dict)
    grouped = (
        DueReport.objects.allowed_to(user, Permission.PLAN_VIEW)
        .owed()
        .filter(period__in=periods)
        .order_by()
        .values_list("unit", "period", "latest__state")
        .annotate(number=Count("pk"))
    )
    for unit_id, period_id, sent, number in grouped:
        counts[unit_id, period_id][sent] = number
    sent_states = (None, *ProgressUpdate.State.values)
    states = {
        period.pk: {
            sent: state_of_report(start=period.start, end=period.end, due_on=period.due_on, sent=sent, now=now)
            for sent in sent_states
        }
        for period in periods
    }
    units = Unit.objects.filter(pk__in={unit_id for unit_id, _period in counts}).order_by("name", "pk")
    rows = [
        BoardRow(
            unit.pk,
            unit.label,
            tuple(_cell(counts.get((unit.pk, period.pk)), states[period.pk]) for period in periods),
        )
        for unit in units
    ]
    if only_late:
        rows = [row for row in rows if row.is_late]
    totals = tuple(
        (sum(row.cells[place].accepted for row in rows), sum(row.cells[place].total for row in rows))
        for place in range(len(periods))
    )
    return Board(
        plan=plan,
        as_of=now,
        periods=tuple(periods),
        rows=tuple(rows),
        totals=totals,
        page=page,
        pages=pages,
        only_late=only_late,
    )


def _cell(counts: dict[str | None, int] | None, states: dict[str | None, str]) -> BoardCell:
    if not counts:
        return EMPTY
    worst = min((states[sent] for sent in counts), key=STATES.index)
    return BoardCell(worst, counts.get(ProgressUpdate.State.ACCEPTED, 0), sum(counts.values()))
