"""The workbook in which a unit reports on all it owes: what stands in it, and what it must say when it comes back.

The places of the columns are here, once for the writer and the reader.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.core import signing
from django.db.models import Max
from django.utils import timezone

from plans.contexts.due import accepted_of
from plans.contexts.reporting import is_open
from plans.models import DueReport, Plan, ProgressUpdate
from units.models import Unit

SHEET, HIDDEN_SHEET, HELP_SHEET = "Báo cáo", "isoportal", "Hướng dẫn"
HEAD_ROW, FIRST_ROW = 5, 6
COLUMNS = ("key", "period", "due_on", "task", "accepted", "percent", "quantity", "target", "note", "send")
SEND, KEEP = "Gửi", "Lưu nháp"
LONGEST_NOTE = 4000
MOST_ROWS = 500
SALT = "plans.due_sheet"
CHUNK = 30_000  # characters that a cell takes, with room


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """`stamp` is the last update of the due report when the workbook was made, 0 without one: whoever writes in
    between makes the row stale."""

    report_id: int
    stamp: int
    period: str
    due_on: date
    task: str
    accepted: int | None
    percent: int | None
    quantity: int | None
    target: str
    counts: bool
    note: str
    sends: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DueSheet:
    unit: Unit
    made_at: datetime
    rows: tuple[SheetRow, ...]

    @property
    def file_name(self) -> str:
        return f"Bao-cao-tien-do-{self.unit.pk}-{timezone.localdate(self.made_at):%Y%m%d}.xlsx"

    @property
    def signature(self) -> str:
        """What the sheet is of, in words that only the portal can write."""
        said = {"unit": self.unit.pk, "rows": [[row.report_id, row.stamp] for row in self.rows]}
        return signing.dumps(said, salt=SALT, compress=True)


def read_signature(text: str) -> tuple[int, dict[int, int]]:
    """(unit, {due report: stamp}) of a workbook of ours. Raises signing.BadSignature."""
    said = signing.loads(text, salt=SALT)
    return int(said["unit"]), {int(report): int(stamp) for report, stamp in said["rows"]}


def due_sheet(unit: Unit, *, now: datetime | None = None) -> DueSheet:
    """All that `unit` owes and may report in now, by the last day to send it: three queries."""
    now = now or timezone.now()
    reports = [
        report
        for report in open_reports(unit).order_by("period__due_on", "period", "task__order")[:MOST_ROWS]
        if is_open(report.period, report, now=now)
    ]
    accepted = accepted_of(reports)
    last = last_updates(reports)
    rows = []
    for report in reports:
        said, counts = last.get(report.pk), accepted.get((report.task_id, unit.pk))
        task = report.task
        rows.append(
            SheetRow(
                report_id=report.pk,
                stamp=said.pk if said else 0,
                period=report.period.title,
                due_on=report.period.due_on,
                task=str(task),
                accepted=counts.percent if counts else None,
                percent=said.percent if said else None,
                quantity=said.quantity_done if said else None,
                target=f"{task.target_quantity or ''} {task.quantity_unit}".strip(),
                counts=bool(task.quantity_unit or task.target_quantity is not None),
                note=said.note if said else "",
                sends=said is None or said.state != ProgressUpdate.State.DRAFT,
            )
        )
    return DueSheet(unit=unit, made_at=now, rows=tuple(rows))


def open_reports(unit: Unit):  # type: ignore[no-untyped-def]
    return (
        DueReport.objects.owed()
        .filter(unit=unit)
        .exclude(latest__state=ProgressUpdate.State.ACCEPTED)
        .exclude(task__plan__status__in=[Plan.Status.CLOSED, Plan.Status.CANCELLED])
        .select_related("period", "task__plan__unit", "unit", "latest")
    )


def last_updates(reports: Iterable[DueReport]) -> dict[int, ProgressUpdate]:
    """The last update of each due report, drafts too: one query."""
    newest = (
        ProgressUpdate.objects.filter(due_report__in=[report.pk for report in reports])
        .order_by()
        .values("due_report")
        .annotate(newest=Max("pk"))
        .values("newest")
    )
    updates = ProgressUpdate.objects.filter(pk__in=newest).select_related("by")
    return {update.due_report_id: update for update in updates if update.due_report_id}
