"""Confirming an upload of scoring workbooks: all rows of a workbook or none, its totals once, each upload once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from activity.services import record
from assessments.contexts.workbooks import SetsRead
from assessments.models import Assessment, Score, WorkbookUpload
from assessments.permissions import Act
from assessments.services.standing import ActRefused, locked, require
from assessments.services.totals import store_totals
from assessments.services.workbook_changes import Change, stored_of
from assessments.services.workbooks import act_of, compare_lines, lines_of, tell
from units.access import holders
from units.models import User
from units.permissions import Permission

State = WorkbookUpload.State
CHUNK = 50  # workbooks that are written in one transaction
WAITS, TAKEN, LEFT = "", "taken", "left"


class UploadNotTaken(Exception):
    """Nothing of the upload was written; its text says why and what to do."""


class UploadGone(UploadNotTaken):
    def __str__(self) -> str:
        return _("This upload was dropped. Send the file again.")


class NothingToTake(UploadNotTaken):
    def __str__(self) -> str:
        return _("There is nothing to save: correct the cells named in the list and send the file again.")


class SheetMovedOn(UploadNotTaken):
    """Somebody saved rows of the sheet after the dry run: it was made anew and shows both."""

    def __str__(self) -> str:
        return _("Somebody saved rows of this sheet after the file was checked. Look at the changes below once more.")


def take_upload(*, upload: WorkbookUpload, by: User, overwrite: Collection[str] = ()) -> WorkbookUpload:
    """Write what the dry run showed. `overwrite` names the conflicts in which the workbook's value is to replace what
    somebody saved on the page: "<place of the file>:<criterion>"; the others keep what is stored.

    All rows of a workbook are written or none. Of one workbook, what changed since the dry run raises SheetMovedOn with
    the upload renewed; in a zip that workbook is left out and the report says so. Confirmed twice, or the same bytes
    twice: the first's result is returned. Raises PermissionDenied, ActRefused, UploadGone, NothingToTake, SheetMovedOn.
    """
    if upload.by_id != by.pk:
        raise PermissionDenied
    while True:
        try:
            with transaction.atomic():
                row = WorkbookUpload.objects.select_for_update(of=("self",)).get(pk=upload.pk)
                first, more = _chunk(row, by, frozenset(overwrite))
        except IntegrityError:
            # Somebody confirmed the same bytes a moment ago.
            return WorkbookUpload.objects.get(round=upload.round_id, sha256=upload.sha256, state=State.TAKEN)
        if first is not None:
            return first
        if not more:
            upload.refresh_from_db()
            if upload.state == State.CHECKED:
                raise SheetMovedOn
            return upload


def is_ready(file: Mapping[str, Any]) -> bool:
    """Whether the workbook is to be written: nothing is wrong with it, and it says something new."""
    return bool(file["changes"]) and not file["problems"] and not file["refused"] and file["result"] == WAITS


def _chunk(row: WorkbookUpload, by: User, overwrite: frozenset[str]) -> tuple[WorkbookUpload | None, bool]:
    """(the upload whose result this is, if it is another's; whether workbooks are left to be written)."""
    if row.state == State.DROPPED:
        raise UploadGone
    if row.state == State.CHECKED:
        other = WorkbookUpload.objects.filter(round=row.round_id, sha256=row.sha256, state=State.TAKEN).first()
        if other is not None:
            return other, False
        if not any(is_ready(file) for file in row.report):
            raise NothingToTake
        row.state, row.taken_at = State.TAKEN, timezone.now()
        row.save(update_fields=["state", "taken_at"])
    alone = len(row.report) == 1
    sets = SetsRead()
    ready = [place for place, file in enumerate(row.report) if is_ready(file)]
    # Sheets are locked in one order, so that two uploads never wait for each other.
    ready.sort(key=lambda place: row.report[place]["sheet"])
    for place in ready[:CHUNK]:
        chosen = {int(pk) for at, _sep, pk in (each.partition(":") for each in overwrite) if at == str(place)}
        if not _take_one(row, place, by, chosen, sets, alone=alone):
            row.state, row.taken_at = State.CHECKED, None
    row.save(update_fields=["report", "state", "taken_at"])
    return None, len(ready) > CHUNK


def _take_one(
    row: WorkbookUpload, place: int, by: User, chosen: Collection[int], sets: SetsRead, *, alone: bool
) -> bool:
    """Write one workbook. False: the sheet moved on, and its report was made anew to be looked at again."""
    told, content = row.report[place], row.content[place]
    sheet = locked(Assessment(pk=content["sheet"]))
    act = act_of(by, sheet)
    try:
        if act is None:
            raise PermissionDenied
        now = require(act, sheet, by=by)
    except (ActRefused, PermissionDenied) as refused:
        if alone:
            raise
        told |= {"result": LEFT, "text": str(refused) or _("You may not score this sheet any more.")}
        return True
    shown = {change["criterion"]: change["version"] for change in told["changes"]}
    compared = compare_lines(sets, sheet, lines_of(content), stored_of([sheet.pk])[sheet.pk])
    if compared.problems or {change.criterion.pk: change.version for change in compared.changes} != shown:
        if alone:
            tell(told, None, compared, {})
            return False
        text = _("Somebody saved rows of this sheet after the file was checked. Send this workbook by itself.")
        told |= {"result": LEFT, "text": text}
        return True
    changes = [change for change in compared.changes if not change.conflict or change.criterion.pk in chosen]
    before = sheet.total
    if changes:
        write_rows(sheet, changes, by)
        store_totals(sheet, Score.Stage.SELF)
        _record(row, sheet, changes, before, by, for_unit=act == Act.SCORE_FOR_UNIT)
    told |= {"result": TAKEN, "written": len(changes), "kept": len(compared.changes) - len(changes)}
    told["taken_at"] = now.isoformat()
    return True


def write_rows(sheet: Assessment, changes: Collection[Change], by: User) -> None:
    """All rows of a sheet in one statement. The caller holds the lock of the sheet, compared under it, and stores the
    totals."""
    Score.objects.bulk_create(
        [
            Score(
                assessment=sheet,
                criterion=change.criterion,
                stage=Score.Stage.SELF,
                answer=dict(change.result.answer),
                points=change.result.points,
                light=change.result.light,
                explanation=change.explanation,
                version=change.version + 1,
                by=by,
            )
            for change in changes
        ],
        update_conflicts=True,
        unique_fields=["assessment", "criterion", "stage"],
        update_fields=["answer", "points", "light", "explanation", "version", "by", "at"],
    )


def _record(
    upload: WorkbookUpload, sheet: Assessment, changes: Collection[Change], before: Any, by: User, *, for_unit: bool
) -> None:
    """One event for the workbook, with every row before and after."""
    record(
        by=by,
        action="assessments.workbook_taken_for_unit" if for_unit else "assessments.workbook_taken",
        target=sheet,
        changes={
            "file": upload.name,
            "sha256": upload.sha256,
            "total": [None if total is None else f"{total:.2f}" for total in (before, sheet.total)],
            "scores": {
                change.criterion.code: [dict(change.old.answer), dict(change.result.answer)] for change in changes
            },
            "explanations": {
                change.criterion.code: [change.old_explanation, change.explanation]
                for change in changes
                if change.explanation != change.old_explanation
            },
        },
        unit_path=sheet.unit.path,
        notify=sorted(holders(Permission.ASSESSMENT_SCORE, sheet.unit)) if for_unit else (),
    )
