"""A unit's workbook that comes back: every cell looked at, then the same service as the form, all rows or none."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core import signing
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from plans.contexts.due_sheet import (
    COLUMNS,
    FIRST_ROW,
    HIDDEN_SHEET,
    KEEP,
    LONGEST_NOTE,
    SEND,
    SHEET,
    last_updates,
    open_reports,
    read_signature,
)
from plans.contexts.reporting import is_open
from plans.models import DueReport, Plan, ProgressUpdate
from plans.services.evidence import WORDS
from plans.services.progress import LARGEST_QUANTITY, ProgressRefused, report_progress, said_at
from plans.services.standing import PlanIsClosed
from plans.upload import child, kinds
from plans.upload.refusal import RefusedFile
from units.access import holds_in
from units.models import Unit, User
from units.permissions import Permission

LARGEST_FILE = 5 * 1024 * 1024
CONFIRM_SALT = "plans.due_sheet.confirm"
CONFIRM_SECONDS = 3600
State = ProgressUpdate.State


class SheetRefused(Exception):
    """The file as a whole is not taken; its text says why and what to do."""


class RowRefused(Exception):
    """Something changed between looking and saving: nothing of the workbook was saved."""

    def __init__(self, row: int, reason: str) -> None:
        self.row, self.reason = row, reason

    def __str__(self) -> str:
        return _("Row %(row)s: %(reason)s Nothing of the file was saved; check it again.") % {
            "row": self.row,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one cell ("F7")."""

    cell: str
    text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What one row says of one due report."""

    row: int
    report_id: int
    stamp: int
    percent: int
    quantity: int | None
    note: str
    sends: bool


@dataclass(frozen=True, slots=True)
class Checked:
    """What saving the file would do: `entries` are new, `unchanged` rows say what is known, `blank` rows nothing."""

    unit: Unit
    entries: tuple[tuple[Entry, DueReport], ...]
    problems: tuple[Problem, ...]
    unchanged: int
    blank: int

    def confirmation(self, by: User) -> str:
        """What the person was shown, to be given back when they agree: for them, for an hour."""
        rows = [
            [each.row, each.report_id, each.stamp, each.percent, each.quantity, each.note, each.sends]
            for each, _report in self.entries
        ]
        return signing.dumps({"by": by.pk, "unit": self.unit.pk, "rows": rows}, salt=CONFIRM_SALT, compress=True)


def check_sheet(*, data: bytes, by: User) -> Checked:
    """Look at a workbook without saving anything. Raises SheetRefused."""
    if len(data) > LARGEST_FILE:
        raise SheetRefused(_("The file is larger than any workbook of reports. Send the workbook you downloaded here."))
    try:
        kinds.check(data, "xlsx")
        sheets = child.run("plans.upload.cells:read_cells", data)
    except RefusedFile as refused:
        raise SheetRefused(str(WORDS[refused.reason])) from None
    except (child.Refused, child.Exhausted):
        raise SheetRefused(
            _("The workbook cannot be read. Open it, save it as .xlsx and send it again, or download a new one.")
        ) from None
    unit, stamps = _signed(sheets)
    if not holds_in(by, Permission.TASK_REPORT, unit):
        raise SheetRefused(
            _("This workbook is of %(unit)s, for which you cannot report. Nothing was read.") % {"unit": unit.label}
        )
    return _Reader(unit, stamps).read(sheets.get(SHEET, []))


def _signed(sheets: dict[str, list[list[Any]]]) -> tuple[Unit, dict[int, int]]:
    hidden = sheets.get(HIDDEN_SHEET)
    if not hidden or SHEET not in sheets:
        raise SheetRefused(_("This is not a workbook of the portal. Download the workbook here and fill that in."))
    try:
        unit_id, stamps = read_signature("".join(str(row[0]) for row in hidden if row and row[0]))
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        raise SheetRefused(
            _("The hidden part of the workbook was changed, so it cannot be trusted. Download a new one.")
        ) from None
    unit = Unit.objects.filter(pk=unit_id).first()
    if unit is None:
        raise SheetRefused(_("The unit of this workbook is not in the portal any more."))
    return unit, stamps


class _Reader:
    """Reads the rows of one workbook and gathers what is wrong with their cells."""

    def __init__(self, unit: Unit, stamps: dict[int, int]) -> None:
        self.unit, self.stamps = unit, stamps
        self.now = timezone.now()
        reports = DueReport.objects.filter(unit=unit, pk__in=stamps)
        self.reports = {
            report.pk: report for report in reports.select_related("period", "task__plan__unit", "unit", "latest")
        }
        self.open = set(open_reports(unit).filter(pk__in=stamps).values_list("pk", flat=True))
        self.last = last_updates(list(self.reports.values()))
        self.problems: list[Problem] = []
        self.seen: set[int] = set()

    def read(self, rows: list[list[Any]]) -> Checked:
        entries: list[tuple[Entry, DueReport]] = []
        unchanged = blank = 0
        for number, cells in enumerate(rows[FIRST_ROW - 1 :], start=FIRST_ROW):
            values = dict(zip(COLUMNS, [*cells, *[None] * len(COLUMNS)], strict=False))
            if not any(_text(value) for value in values.values()):
                continue
            found = self._row(number, values)
            if found is None:
                blank += not any(problem.cell[1:] == str(number) for problem in self.problems)
            elif self._says_nothing_new(found):
                unchanged += 1
            elif self._is_current(found):
                entries.append((found, self.reports[found.report_id]))
        return Checked(self.unit, tuple(entries), tuple(self.problems), unchanged, blank)

    def _row(self, number: int, values: dict[str, Any]) -> Entry | None:
        """What the row says; None where it says nothing or what it says is wrong."""
        before = len(self.problems)
        key = _whole(values["key"])
        if key is None or key not in self.reports:
            self._problem("key", number, _("This code is not one of this workbook. Do not change the column Mã."))
            return None
        if key in self.seen:
            self._problem("key", number, _("This code stands in two rows. Keep one of them."))
            return None
        self.seen.add(key)
        note = unicodedata.normalize("NFC", _text(values["note"]))
        percent, quantity = _whole(values["percent"]), _whole(values["quantity"])
        if not _text(values["percent"]):
            if _text(values["quantity"]) or note:
                self._problem("percent", number, _("Give the progress too, or clear the row."))
            return None
        if percent is None or not 0 <= percent <= 100:
            self._problem("percent", number, _("Give the progress as a whole number from 0 to 100."))
        if _text(values["quantity"]) and (quantity is None or not 0 <= quantity <= LARGEST_QUANTITY):
            self._problem("quantity", number, _("Give the quantity done as a whole number, 0 or more."))
        if len(note) > LONGEST_NOTE:
            self._problem("note", number, _("At most %(most)s characters.") % {"most": LONGEST_NOTE})
        if "\0" in note:
            self._problem("note", number, _("There are characters here that cannot be stored. Write the text anew."))
        send = _text(values["send"]).casefold()
        if send not in {"", SEND.casefold(), KEEP.casefold()}:
            self._problem("send", number, _("Choose %(send)s or %(keep)s.") % {"send": SEND, "keep": KEEP})
        if len(self.problems) > before or percent is None:
            return None
        return Entry(number, key, self.stamps[key], percent, quantity, note, send != KEEP.casefold())

    def _says_nothing_new(self, entry: Entry) -> bool:
        """The same as the last update: the same file sent twice, or a row left as it was."""
        last = self.last.get(entry.report_id)
        said = (entry.percent, entry.quantity, entry.note)
        if last is None or (last.percent, last.quantity_done, last.note) != said:
            return False
        return last.state in {State.SUBMITTED, State.RETURNED, State.ACCEPTED} or (
            last.state == State.DRAFT and not entry.sends
        )

    def _is_current(self, entry: Entry) -> bool:
        report, last = self.reports[entry.report_id], self.last.get(entry.report_id)
        if report.latest and report.latest.state == State.ACCEPTED:
            said = _("The report was accepted already; report the change in the next period.")
        elif entry.report_id not in self.open or report.task.plan.status in {Plan.Status.CLOSED, Plan.Status.CANCELLED}:
            said = _("This report is not owed any more. Download a new workbook.")
        elif not is_open(report.period, report, now=self.now):
            said = _("The period is locked. Ask the programme officer to open it again for the unit.")
        elif last is not None and last.pk != entry.stamp:
            said = _("%(person)s wrote a newer report at %(moment)s: %(percent)s%%. Download a new workbook.") % {
                "person": last.by,
                "moment": said_at(last.at),
                "percent": last.percent,
            }
        else:
            return True
        self._problem("percent", entry.row, said)
        return False

    def _problem(self, column: str, number: int, text: str) -> None:
        self.problems.append(Problem(f"{chr(ord('A') + COLUMNS.index(column))}{number}", text))


@transaction.atomic
def save_sheet(*, confirmation: str, by: User) -> list[ProgressUpdate]:
    """Save what the person was shown, all rows or none. Saving it a second time is refused row by row, since each was
    answered. Raises SheetRefused, RowRefused."""
    try:
        said = signing.loads(confirmation, salt=CONFIRM_SALT, max_age=CONFIRM_SECONDS)
    except signing.SignatureExpired:
        raise SheetRefused(_("You looked at this file more than an hour ago. Send it again.")) from None
    except signing.BadSignature:
        raise SheetRefused(_("Send the file again: what was to be saved did not arrive whole.")) from None
    if said["by"] != by.pk:
        raise SheetRefused(_("Somebody else looked at this file. Send it again yourself."))
    entries = [Entry(*row) for row in said["rows"]]
    ids = [each.report_id for each in entries]
    # The plans are locked first, in one order, as every report does: who saves at the same time waits.
    list(Plan.objects.select_for_update(no_key=True).filter(pk__in=_plans_of(ids)).order_by("pk"))
    reports = DueReport.objects.select_related("task__plan__unit", "unit", "period").in_bulk(ids)
    last = last_updates(list(reports.values()))
    return [_save(entry, reports.get(entry.report_id), last.get(entry.report_id), by) for entry in entries]


def _plans_of(report_ids: Sequence[int]) -> list[int]:
    return list(DueReport.objects.filter(pk__in=report_ids).values_list("period__plan", flat=True).distinct())


def _save(entry: Entry, report: DueReport | None, last: ProgressUpdate | None, by: User) -> ProgressUpdate:
    if report is None or (last.pk if last else 0) != entry.stamp:
        raise RowRefused(entry.row, _("Somebody reported meanwhile."))
    try:
        return report_progress(
            task=report.task,
            unit=report.unit,
            percent=entry.percent,
            quantity_done=entry.quantity,
            note=entry.note,
            evidence=_kept(last),
            submit=entry.sends,
            due_report=report,
            by=by,
        )
    except (ProgressRefused, PlanIsClosed) as refused:
        raise RowRefused(entry.row, str(refused)) from refused


def _kept(last: ProgressUpdate | None) -> Sequence[Any]:
    """A workbook holds no files: those of the draft or the returned report go on with it."""
    if last is None or last.state not in {State.DRAFT, State.RETURNED}:
        return []
    return list(last.evidence.filter(withdrawn_at=None))


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()


def _whole(value: Any) -> int | None:
    """40, 40.0, "40", "40,0" and "40 %" are 40; anything else is no whole number."""
    if isinstance(value, bool) or value is None:
        return None
    text = _text(value).removesuffix("%").strip().replace(",", ".")
    if len(text) > 30:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return int(number) if number.is_finite() and number == number.to_integral_value() and abs(number) < 10**12 else None
