"""Scoring workbooks that come back: looked at without writing anything, confirmed, or dropped.

Who scores the unit sends its workbook. Who manages the round (ROUND_MANAGE) may send what units sent by post or
e-mail: that is an act of its own (`Act.SCORE_FOR_UNIT`), possible while the unit itself could score, recorded as done
on behalf of the unit, and the unit's people are told.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from django.core import signing
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from assessments.contexts.standing import holds_for
from assessments.contexts.workbooks import SetsRead, visible_uploads
from assessments.models import Assessment, Round, WorkbookUpload
from assessments.permissions import Act
from assessments.renderers.scoring_workbook.seal import TEMPLATE, TEMPLATE_VERSION, Seal, read_seal
from assessments.services.standing import ActRefused, require
from assessments.services.workbook_changes import Compared, compare, stored_of
from assessments.services.workbook_files import ReadFile, WorkbookRefused, read_upload
from assessments.services.workbook_rows import Filled, Line, RowReader
from units.access import holds_in
from units.models import User
from units.permissions import Permission

State = WorkbookUpload.State


def act_of(by: User, sheet: Assessment) -> Act | None:
    """By which right `by` enters the workbook of `sheet`; None where they may not at all."""
    return next((act for act in (Act.SCORE, Act.SCORE_FOR_UNIT) if holds_for(by, act, sheet)), None)


def check_upload(*, target: Round | Assessment, data: bytes, name: str, by: User) -> WorkbookUpload:
    """Look at a workbook, or a zip of them, sent for a round or for one sheet. Nothing is written but the upload.

    What was taken already, byte for byte, is not looked at again: the first upload is returned with its result. Raises
    PermissionDenied, and WorkbookRefused where the file as a whole is not taken.
    """
    round_ = target if isinstance(target, Round) else target.round
    sheet = target if isinstance(target, Assessment) else None
    if sheet is not None and act_of(by, sheet) is None:
        raise PermissionDenied
    sha256 = hashlib.sha256(data).hexdigest()
    first = visible_uploads(by).filter(round=round_, sha256=sha256, state=State.TAKEN).first()
    if first is not None:
        return first
    files = read_upload(data, name)
    checker = Checker(round_, sheet, by)
    report, content = checker.check(files)
    if sheet is not None and len(files) == 1 and report[0]["refused"]:
        raise WorkbookRefused(report[0]["refused"])
    drafts = WorkbookUpload.objects.filter(round=round_, assessment=sheet, by=by, sha256=sha256, state=State.CHECKED)
    drafts.update(state=State.DROPPED, content=[])
    return WorkbookUpload.objects.create(
        round=round_, assessment=sheet, name=name[-200:], sha256=sha256, report=report, content=content, by=by
    )


def drop_upload(*, upload: WorkbookUpload, by: User) -> WorkbookUpload:
    """Throw away what was looked at. What was taken stays taken. Raises PermissionDenied."""
    if upload.by_id != by.pk:
        raise PermissionDenied
    WorkbookUpload.objects.filter(pk=upload.pk, state=State.CHECKED).update(state=State.DROPPED, content=[])
    upload.refresh_from_db()
    return upload


class Checker:
    """Looks at the files of one upload against the sheets of a round: a constant number of queries for all of them,
    beside the phase of each sheet."""

    def __init__(self, round_: Round, sheet: Assessment | None, by: User) -> None:
        self.round, self.sheet, self.by = round_, sheet, by
        self.sets = SetsRead()
        self._readers: dict[str, RowReader] = {}

    def check(self, files: Sequence[ReadFile]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """The report and the content of an upload, a dict of each for every file."""
        seals = [self._seal(file) for file in files]
        wanted = {seal.assessment_id for seal in seals if isinstance(seal, Seal)}
        sheets = Assessment.objects.with_sheet_head().in_bulk(sorted(wanted))
        stored = stored_of(sorted(sheets))
        seen: set[int] = set()
        report, content = [], []
        names: dict[int, str] = {}
        for file, seal in zip(files, seals, strict=True):
            told = blank_file(file.name)
            lines: list[Line] = []
            if isinstance(seal, str):
                told["refused"] = seal
            else:
                sheet = sheets.get(seal.assessment_id)
                told["refused"] = self._unfit(seal, sheet, file, seen)
                if sheet is not None and self._may_name(sheet):
                    told |= {
                        "sheet": sheet.pk,
                        "unit": sheet.unit.name,
                        "for_unit": act_of(self.by, sheet) == Act.SCORE_FOR_UNIT,
                    }
                if sheet is not None and not told["refused"]:
                    seen.add(sheet.pk)
                    filled = self._reader(sheet).read(file.found, seal.rows)
                    lines = list(filled.lines)
                    compared = compare_lines(self.sets, sheet, lines, stored[sheet.pk])
                    tell(told, filled, compared, names)
            report.append(told)
            content.append({"sheet": told["sheet"] if lines else None, "lines": [kept(line) for line in lines]})
        return report, content

    def _seal(self, file: ReadFile) -> Seal | str:
        """What the workbook is of, or why it is not to be believed."""
        if file.refusal:
            return file.refusal
        try:
            seal = read_seal(str(file.found.get("signature", "")))
        except signing.BadSignature:
            return _("The hidden sheet of the workbook was changed, so it cannot be trusted. Download a new workbook.")
        if (seal.template, seal.template_version) != (TEMPLATE, TEMPLATE_VERSION):
            return _("The workbook was made by another version of the portal. Download a new workbook.")
        return seal

    def _may_name(self, sheet: Assessment) -> bool:
        return holds_in(self.by, Permission.ASSESSMENT_VIEW, sheet.unit)

    def _unfit(self, seal: Seal, sheet: Assessment | None, file: ReadFile, seen: set[int]) -> str:
        """Why this workbook is not for this upload, "" if it is."""
        if sheet is None:
            return _("The sheet of this workbook is not in the portal any more.")
        if not self._may_name(sheet) or act_of(self.by, sheet) is None:
            return _("This workbook is of a unit for which you do not score. Nothing of it was read.")
        about = {"unit": sheet.unit.name, "round": sheet.round.title, "year": sheet.round.year}
        if sheet.round_id != self.round.pk:
            return (
                _(
                    "This workbook is of %(unit)s in the round “%(round)s” of %(year)s, not of this round. Download "
                    "the workbook of this round."
                )
                % about
            )
        if self.sheet is not None and sheet.pk != self.sheet.pk:
            return _("This workbook is of %(unit)s, not of this sheet. Send it at the sheet of that unit.") % about
        criteria_set = sheet.round.criteria_set
        if (seal.criteria_set_id, seal.criteria_version, seal.criteria_digest) != (
            criteria_set.pk,
            criteria_set.version,
            criteria_set.digest,
        ):
            return _("The criteria were changed after this workbook was downloaded. Download a new workbook.")
        if str(file.found.get("sheet_code") or sheet.pk) != str(sheet.pk):
            return _(
                "The page says it is the sheet %(code)s, the hidden sheet that it is of %(unit)s: two workbooks were "
                "mixed. Download a new workbook."
            ) % {"code": str(file.found["sheet_code"])[:20], "unit": sheet.unit.name}
        if sheet.pk in seen:
            return _("There is another workbook of %(unit)s in the zip. Keep one of them.") % about
        try:
            require(act_of(self.by, sheet) or Act.SCORE, sheet, by=self.by)
        except ActRefused as refused:
            return str(refused)
        return ""

    def _reader(self, sheet: Assessment) -> RowReader:
        kind = sheet.unit.kind
        if kind not in self._readers:
            self._readers[kind] = RowReader(self.sets.rules(sheet.round.criteria_set, kind))
        return self._readers[kind]


def blank_file(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "sheet": None,
        "unit": "",
        "for_unit": False,
        "refused": "",
        "problems": [],
        "changes": [],
        "same": 0,
        "absent": 0,
        "result": "",
        "text": "",
    }


def compare_lines(sets: SetsRead, sheet: Assessment, lines: Sequence[Line], stored: Mapping[int, Any]) -> Compared:
    read = sets.rules(sheet.round.criteria_set, sheet.unit.kind)
    criteria = {criterion.pk: criterion for criterion in read.criteria}
    by_code = {rule.code: rule for rule in read.rules}
    rules = {pk: by_code[criterion.code] for pk, criterion in criteria.items() if criterion.code in by_code}
    return compare(lines, stored, rules, criteria)


def tell(told: dict[str, Any], filled: Filled | None, compared: Compared, names: dict[int, str]) -> None:
    """Write into the report of a file what was found in it."""
    problems = [*(filled.problems if filled else ()), *compared.problems]
    authors = {change.by for change in compared.changes if change.conflict and change.by} - names.keys()
    if authors:
        names |= {user.pk: str(user) for user in User.objects.filter(pk__in=authors)}
    told["problems"] = [{"cell": problem.cell, "text": problem.text} for problem in problems]
    told["changes"] = [change.told(names) for change in compared.changes]
    told["same"] = compared.same
    if filled is not None:
        told["absent"] = filled.absent


def kept(line: Line) -> list[Any]:
    answer = None if line.answer is None else dict(line.answer)
    return [line.criterion, line.cell, line.version, answer, line.explanation]


def lines_of(content: Mapping[str, Any]) -> list[Line]:
    return [Line(*line) for line in content["lines"]]
