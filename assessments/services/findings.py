"""What a visit found: nonconformities, observations and strengths, until the minutes are drawn up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from activity.services import record
from assessments.models import ChecklistItem, Criterion, Finding, Visit
from assessments.permissions import VisitAct
from assessments.services.inspections import last_change
from assessments.services.visits import VisitRefused, require_visit
from isoportal.templatetags.formats import moment
from plans.models import Evidence
from units.models import User

FIELDS = ("kind", "clause", "criterion", "text", "due_on")
NONCONFORMITIES = frozenset({Finding.Kind.MAJOR, Finding.Kind.MINOR})
MOST_FILES = 30


class NoDayToMendBy(VisitRefused):
    field = "due_on"

    def __str__(self) -> str:
        return _("A nonconformity is to be mended: give the day by which.")


class MendedBeforeFound(VisitRefused):
    field = "due_on"

    def __str__(self) -> str:
        return _("The day by which it is to be mended lies before the visit. Choose a later one.")


class ForeignFindingFile(VisitRefused):
    field = "files"

    def __str__(self) -> str:
        return _("One of the files is not the inspecting unit's own or was withdrawn. Choose among its files.")


class TooManyFindingFiles(VisitRefused):
    field = "files"

    def __str__(self) -> str:
        return _("A finding takes at most %(most)s files. Put some together into one.") % {"most": MOST_FILES}


class FindingGone(VisitRefused):
    def __str__(self) -> str:
        return _("This finding was taken off meanwhile. Load the page again.")


class StaleFinding(VisitRefused):
    """Somebody changed the finding since it was read; `stored` is as it stands now."""

    def __init__(self, stored: Finding) -> None:
        super().__init__(stored.pk, stored.version)
        self.stored = stored
        self.by, self.at = last_change(stored, stored.at)

    def __str__(self) -> str:
        return _("%(who)s changed this finding at %(at)s, after you had opened it. Compare, then save again.") % {
            "who": self.by or _("Somebody"),
            "at": moment(self.at),
        }


@transaction.atomic
def add_finding(
    *,
    visit: Visit,
    kind: str,
    text: str,
    clause: str = "",
    criterion: Criterion | None = None,
    due_on: date | None = None,
    files: Sequence[Evidence] = (),
    by: User,
) -> Finding:
    """Raises PermissionDenied, InspectionClosed, NotInThisVisitState, NoDayToMendBy, MendedBeforeFound,
    ForeignFindingFile, TooManyFindingFiles."""
    stored = require_visit(visit, VisitAct.FIND, by=by)
    _check(stored, kind, due_on, files)
    last = stored.findings.aggregate(last=Max("order"))["last"] or 0
    finding = Finding.objects.create(
        visit=stored,
        order=last + 1,
        kind=kind,
        clause=clause.strip(),
        criterion=criterion,
        text=text.strip(),
        due_on=due_on if kind in NONCONFORMITIES else None,
        by=by,
    )
    finding.evidence.add(*files)
    record(
        by=by,
        action="assessments.finding_written",
        target=finding,
        unit_path=stored.inspection.unit.path,
        changes={name: [None, _said(finding, name)] for name in FIELDS if _said(finding, name)},
    )
    return finding


@transaction.atomic
def edit_finding(
    *,
    finding: Finding,
    kind: str,
    text: str,
    clause: str = "",
    criterion: Criterion | None = None,
    due_on: date | None = None,
    files: Sequence[Evidence] = (),
    expected_version: int,
    by: User,
) -> Finding:
    """`files` are all that the finding has from now on. Raises as `add_finding`, and FindingGone, StaleFinding."""
    stored = require_visit(finding.visit, VisitAct.FIND, by=by)
    _check(stored, kind, due_on, files)
    before = _row(finding)
    wanted: dict[str, Any] = {
        "kind": kind,
        "clause": clause.strip(),
        "criterion": criterion,
        "text": text.strip(),
        "due_on": due_on if kind in NONCONFORMITIES else None,
    }
    won = Finding.objects.filter(pk=before.pk, version=expected_version).update(**wanted, version=F("version") + 1)
    after = _row(before)
    if not won:
        raise StaleFinding(after)
    former = sorted(str(each) for each in after.evidence.all())
    after.evidence.set(files)
    changes = {name: [_said(before, name), _said(after, name)] for name in FIELDS}
    changes["evidence"] = [former, sorted(str(each) for each in files)]
    record(
        by=by,
        action="assessments.finding_changed",
        target=after,
        unit_path=stored.inspection.unit.path,
        changes={name: pair for name, pair in changes.items() if pair[0] != pair[1]},
    )
    return after


@transaction.atomic
def remove_finding(*, finding: Finding, expected_version: int, by: User) -> None:
    """Raises PermissionDenied, InspectionClosed, NotInThisVisitState, FindingGone, StaleFinding."""
    stored = require_visit(finding.visit, VisitAct.FIND, by=by)
    before = _row(finding)
    if before.version != expected_version:
        raise StaleFinding(before)
    before.evidence.clear()
    before.delete()
    record(
        by=by,
        action="assessments.finding_removed",
        target=stored,
        unit_path=stored.inspection.unit.path,
        changes={"kind": [before.kind, None], "text": [before.text, None]},
    )


def failed_items(visit: Visit) -> list[ChecklistItem]:
    """Questions answered with less than conformity that no finding names yet: what is left to be written up. Two
    queries."""
    named = set(visit.findings.values_list("criterion_id", flat=True))
    failed = visit.checklist.filter(result__in=[ChecklistItem.Result.FAILS, ChecklistItem.Result.PARTLY])
    return [each for each in failed.select_related("criterion") if each.criterion_id not in named]


def _check(visit: Visit, kind: str, due_on: date | None, files: Sequence[Evidence]) -> None:
    if kind in NONCONFORMITIES:
        if due_on is None:
            raise NoDayToMendBy
        if due_on < visit.planned_on and visit.starts_at is None:
            raise MendedBeforeFound
        if visit.starts_at is not None and due_on < visit.starts_at.date():
            raise MendedBeforeFound
    if any(each.unit_id != visit.inspection.unit_id or each.withdrawn_at is not None for each in files):
        raise ForeignFindingFile
    if len(files) > MOST_FILES:
        raise TooManyFindingFiles


def _row(finding: Finding) -> Finding:
    row = Finding.objects.select_related("criterion", "visit").filter(pk=finding.pk).first()
    if row is None:
        raise FindingGone
    return row


def _said(finding: Finding, name: str) -> object:
    value = getattr(finding, name)
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, str) else str(value)
