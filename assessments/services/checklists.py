"""The checklist of a visit: questions from criteria and the team's own, answered row by row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from activity.services import record
from assessments.models import ChecklistItem, Criterion, Visit
from assessments.permissions import VisitAct
from assessments.services.visits import VisitRefused, require_visit
from isoportal.templatetags.formats import moment
from units.models import User

MOST_ITEMS = 300


class NothingToAsk(VisitRefused):
    def __str__(self) -> str:
        return _("Choose a criterion or write a question: those that you chose stand on the checklist already.")


class TooManyQuestions(VisitRefused):
    def __str__(self) -> str:
        return _("A checklist has at most %(most)s questions. Choose fewer criteria.") % {"most": MOST_ITEMS}


class ItemGone(VisitRefused):
    def __str__(self) -> str:
        return _("This question was taken off the checklist meanwhile. Load the page again.")


class ItemAnswered(VisitRefused):
    def __str__(self) -> str:
        return _("This question is answered already. Clear the answer before you take it off.")


class StaleItem(VisitRefused):
    """Somebody answered the question since it was read. Carries what is stored, and what was to be saved."""

    def __init__(self, *, stored: ChecklistItem, result: str, note: str) -> None:
        super().__init__(stored.pk, stored.version)
        self.stored, self.result, self.note = stored, result, note

    @property
    def at(self) -> datetime:
        return self.stored.at

    def __str__(self) -> str:
        return _("%(who)s answered this question at %(at)s, after you had opened it.") % {
            "who": self.stored.by or _("Somebody"),
            "at": moment(self.stored.at),
        }


@transaction.atomic
def add_questions(
    *, visit: Visit, criteria: Iterable[Criterion] = (), questions: Sequence[str] = (), by: User
) -> list[ChecklistItem]:
    """Put criteria that are not yet there and the team's own questions at the end of the checklist. Raises
    PermissionDenied, InspectionClosed, NotInThisVisitState, NothingToAsk, TooManyQuestions."""
    stored = require_visit(visit, VisitAct.ASK, by=by)
    there = list(stored.checklist.values_list("criterion_id", "text"))
    known = {criterion for criterion, _text in there if criterion}
    texts = {text for _criterion, text in there}
    new = [(each, each.title) for each in criteria if each.pk not in known]
    own = dict.fromkeys(text for each in questions if (text := " ".join(each.split())) and text not in texts)
    rows: list[tuple[Criterion | None, str]] = [*new, *((None, text) for text in own)]
    if not rows:
        raise NothingToAsk
    if len(there) + len(rows) > MOST_ITEMS:
        raise TooManyQuestions
    last = stored.checklist.aggregate(last=Max("order"))["last"] or 0
    items = ChecklistItem.objects.bulk_create(
        ChecklistItem(visit=stored, order=last + place, criterion=criterion, text=text)
        for place, (criterion, text) in enumerate(rows, start=1)
    )
    record(
        by=by,
        action="assessments.checklist_extended",
        target=stored,
        unit_path=stored.inspection.unit.path,
        changes={"questions": [len(there), len(there) + len(items)]},
    )
    return items


@transaction.atomic
def remove_question(*, item: ChecklistItem, expected_version: int, by: User) -> None:
    """Take off a question that nobody has answered. Raises PermissionDenied, InspectionClosed, NotInThisVisitState,
    ItemGone, ItemAnswered, StaleItem."""
    stored = require_visit(item.visit, VisitAct.ASK, by=by)
    row = _row(item)
    if row.version != expected_version:
        raise StaleItem(stored=row, result="", note="")
    if row.result or row.note:
        raise ItemAnswered
    row.delete()
    record(
        by=by,
        action="assessments.question_removed",
        target=stored,
        unit_path=stored.inspection.unit.path,
        changes={"text": [row.text, None]},
    )


@transaction.atomic
def answer_item(*, item: ChecklistItem, result: str, note: str, expected_version: int, by: User) -> ChecklistItem:
    """What was seen. "" as `result` clears the answer. Raises PermissionDenied, InspectionClosed, NotInThisVisitState,
    ItemGone, StaleItem."""
    stored = require_visit(item.visit, VisitAct.CHECK, by=by)
    note = note.strip()
    before = _row(item)
    if before.version != expected_version:
        raise StaleItem(stored=before, result=result, note=note)
    if (before.result, before.note) == (result, note):
        return before
    won = ChecklistItem.objects.filter(pk=before.pk, version=expected_version).update(
        result=result, note=note, by=by, at=timezone.now(), version=F("version") + 1
    )
    after = _row(before)
    if not won:
        raise StaleItem(stored=after, result=result, note=note)
    record(
        by=by,
        action="assessments.question_answered",
        target=stored,
        unit_path=stored.inspection.unit.path,
        changes={
            "text": after.text[:120],
            "result": [before.result or None, after.result or None],
            "note": [before.note or None, after.note or None],
        },
    )
    return after


def _row(item: ChecklistItem) -> ChecklistItem:
    row = ChecklistItem.objects.select_related("by", "criterion", "visit").filter(pk=item.pk).first()
    if row is None:
        raise ItemGone
    return row
