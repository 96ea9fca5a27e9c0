"""What a unit asks to be looked at again (phúc tra): written by its officers, sent by its head, decided, closed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activity.services import record
from assessments import scoring
from assessments.contexts.rules import applying, policy_of, rule_of, standing_scores, stored_result
from assessments.contexts.standing import holds_for
from assessments.contexts.verification import assignments_of, decides, same_result
from assessments.models import Appeal, Assessment, Criterion, Score
from assessments.permissions import ACTS, Act
from assessments.services.rows import NotInThisSheet, put_row
from assessments.services.standing import ActRefused, WrongState, locked, move, require
from isoportal.templatetags.formats import moment
from plans.models import Evidence
from units.access import holders
from units.models import User
from units.permissions import Permission

DECIDED = frozenset({Appeal.State.UPHELD, Appeal.State.PARTLY, Appeal.State.REJECTED})


class AppealRefused(ActRefused):
    """Why an appeal does not take what was asked."""


class AppealTextMissing(AppealRefused):
    def __str__(self) -> str:
        return _("Write what the unit asks to be changed, and why.")


class AppealExists(AppealRefused):
    def __str__(self) -> str:
        return _("There is an appeal on this criterion already: change that one.")


class AppealChanged(AppealRefused):
    """Somebody else was faster. `stored` is the appeal as it is now."""

    def __init__(self, stored: Appeal) -> None:
        super().__init__(stored.pk)
        self.stored = stored

    def __str__(self) -> str:
        if self.stored.decided_by is not None:
            return _("%(who)s decided this appeal at %(at)s: %(state)s.") % {
                "who": self.stored.decided_by,
                "at": moment(self.stored.decided_at),
                "state": self.stored.get_state_display(),
            }
        return _("This appeal was changed after you had read it; it is now: %(state)s. Load the page again.") % {
            "state": self.stored.get_state_display()
        }


class NothingToSend(AppealRefused):
    def __str__(self) -> str:
        return _("No appeal is written. Write one for each criterion that is to be looked at again.")


class OutcomeMissing(AppealRefused):
    def __str__(self) -> str:
        return _("Write the outcome and its reason: the unit will read it.")


class ScoreMissing(AppealRefused):
    def __str__(self) -> str:
        return _("An appeal that is upheld changes the result: enter the new one.")


class ScoreUnchanged(AppealRefused):
    def __str__(self) -> str:
        return _("This is the result that stands already. Enter another one, or reject the appeal.")


class ForeignEvidence(AppealRefused):
    def __str__(self) -> str:
        return _("Evidence of an appeal must be files of the unit that appeals.")


class AppealsOpen(AppealRefused):
    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.count = count

    def __str__(self) -> str:
        return ngettext(
            "%(count)d appeal is not decided yet.", "%(count)d appeals are not decided yet.", self.count
        ) % {"count": self.count}


def _in_sheet(sheet: Assessment, criterion: Criterion) -> None:
    criteria = list(Criterion.objects.filter(criteria_set=sheet.round.criteria_set_id))
    own = {each.pk for each in applying(criteria, sheet.unit.kind) if each.scoring != Criterion.Scoring.GROUP}
    if criterion.pk not in own:
        raise NotInThisSheet


def _check(sheet: Assessment, text: str, evidence: Sequence[Evidence]) -> str:
    text = text.strip()
    if not text:
        raise AppealTextMissing
    if any(each.unit_id != sheet.unit_id for each in evidence):
        raise ForeignEvidence
    return text


@transaction.atomic
def write_appeal(
    *, assessment: Assessment, criterion: Criterion, text: str, evidence: Sequence[Evidence] = (), by: User
) -> Appeal:
    """A draft that the unit's head sends with the others. Raises PermissionDenied, WrongState, PhaseClosed,
    NotInThisSheet, AppealTextMissing, ForeignEvidence, AppealExists."""
    sheet = locked(assessment)
    require(Act.WRITE_APPEAL, sheet, by=by)
    _in_sheet(sheet, criterion)
    text = _check(sheet, text, evidence)
    try:
        with transaction.atomic():
            appeal = Appeal.objects.create(assessment=sheet, criterion=criterion, text=text, raised_by=by)
    except IntegrityError:
        raise AppealExists from None
    appeal.evidence.set(evidence)
    _tell("assessments.appeal_written", appeal, sheet, by=by, changes={"text": [None, text]})
    return appeal


def _read(appeal: Appeal) -> Appeal:
    """The appeal as it is stored, with what is said of it."""
    return Appeal.objects.select_related("criterion", "decided_by", "raised_by").get(pk=appeal.pk)


def _change(appeal: Appeal, states: Sequence[str], expected_version: int, **values: Any) -> Appeal:
    rows = Appeal.objects.filter(pk=appeal.pk, version=expected_version, state__in=states)
    if rows.update(version=F("version") + 1, **values) == 0:
        raise AppealChanged(_read(appeal))
    return _read(appeal)


def _tell(
    action: str, appeal: Appeal, sheet: Assessment, *, by: User, changes: dict[str, Any], notify: Iterable[int] = ()
) -> None:
    record(
        by=by,
        action=action,
        target=appeal,
        changes={"criterion": appeal.criterion.code, **changes},
        unit_path=sheet.unit.path,
        notify=notify,
    )


@transaction.atomic
def change_appeal(
    *, appeal: Appeal, text: str, evidence: Sequence[Evidence] = (), expected_version: int, by: User
) -> Appeal:
    """Raises PermissionDenied, WrongState, PhaseClosed, AppealTextMissing, ForeignEvidence, AppealChanged."""
    sheet = locked(appeal.assessment)
    require(Act.WRITE_APPEAL, sheet, by=by)
    text = _check(sheet, text, evidence)
    before = _read(appeal)
    after = _change(appeal, [Appeal.State.DRAFT], expected_version, text=text)
    after.evidence.set(evidence)
    _tell("assessments.appeal_changed", after, sheet, by=by, changes={"text": [before.text, text]})
    return after


@transaction.atomic
def withdraw_appeal(*, appeal: Appeal, expected_version: int, by: User) -> Appeal:
    """Take back a draft, by the officers who write them, or one that is sent and not decided, by the head. When nothing
    is left to decide and nothing was decided, the sheet stands as before it was appealed.

    Raises PermissionDenied, WrongState, AppealChanged.
    """
    sheet = locked(appeal.assessment)
    require(Act.WITHDRAW_APPEAL, sheet, by=by)
    before = _read(appeal)
    if before.state == Appeal.State.OPEN and not holds_for(by, Act.APPEAL, sheet):
        raise PermissionDenied
    after = _change(appeal, [Appeal.State.DRAFT, Appeal.State.OPEN], expected_version, state=Appeal.State.WITHDRAWN)
    _tell("assessments.appeal_withdrawn", after, sheet, by=by, changes={"state": [before.state, after.state]})
    waiting = sheet.appeals.filter(state=Appeal.State.OPEN).exists()
    decided_now = sheet.appeals.filter(state__in=DECIDED, decided_at__gte=before.raised_at).exists()
    if sheet.state == Assessment.State.APPEALED and not waiting and not decided_now:
        _close(sheet, by=by)
    return after


@transaction.atomic
def send_appeals(*, assessment: Assessment, by: User) -> Sequence[Appeal]:
    """Every draft of the unit, by its head: the sheet is under appeal, those who decide are told.

    Raises PermissionDenied, WrongState, PhaseClosed, NothingToSend.
    """
    sheet = locked(assessment)
    now = require(Act.APPEAL, sheet, by=by)
    drafts = list(sheet.appeals.filter(state=Appeal.State.DRAFT).select_related("criterion"))
    if not drafts:
        raise NothingToSend
    sent = Appeal.objects.filter(pk__in=[each.pk for each in drafts])
    sent.update(state=Appeal.State.OPEN, raised_at=now, version=F("version") + 1)
    move(sheet, Act.APPEAL)
    record(
        by=by,
        action="assessments.appeals_sent",
        target=sheet,
        changes={
            "state": [Assessment.State.PRELIMINARY, sheet.state],
            "criteria": [each.criterion.code for each in drafts],
        },
        unit_path=sheet.unit.path,
        notify=_deciders(sheet),
    )
    return [_read(each) for each in drafts]


def _deciders(sheet: Assessment) -> set[int]:
    """Whom to tell of appeals: the chairs, and the officers who manage the round; nobody of the unit."""
    chairs = {each.team.chair_id for each in assignments_of(sheet) if each.team.chair_id}
    people = chairs | holders(Permission.ROUND_MANAGE, sheet.round.unit)
    return people - holders(Permission.ASSESSMENT_SCORE, sheet.unit)


def _require_decider(act: Act, sheet: Assessment, *, by: User) -> None:
    if not decides(by, sheet, assignments_of(sheet)):
        raise PermissionDenied
    if sheet.state not in ACTS[act].states:
        raise WrongState(sheet)


def _new_result(sheet: Assessment, criterion: Criterion, answer: Mapping[str, Any]) -> None:
    """Raises ScoreUnchanged where `answer` gives what stands already, scoring.InvalidAnswer."""
    result = scoring.score(rule_of(criterion, "", policy_of(sheet.round.criteria_set)), answer)
    rows = sheet.scores.filter(criterion=criterion).select_related("criterion")
    stands = standing_scores(rows).get(criterion.code)
    if stands is not None and same_result(stored_result(stands), result):
        raise ScoreUnchanged


@transaction.atomic
def decide_appeal(
    *,
    appeal: Appeal,
    state: str,
    outcome: str,
    expected_version: int,
    by: User,
    answer: Mapping[str, Any] | None = None,
) -> Appeal:
    """Uphold an appeal, wholly or in part, with the new result (`answer`), or reject it; `outcome` tells why.

    Where the chair had decided a difference on the criterion, that decision takes over the outcome, so that it does not
    outweigh it. Raises PermissionDenied, WrongState, AppealChanged, OutcomeMissing, ScoreMissing, ScoreUnchanged,
    scoring.InvalidAnswer.
    """
    sheet = locked(appeal.assessment)
    _require_decider(Act.DECIDE_APPEAL, sheet, by=by)
    if state not in DECIDED:
        raise ValueError(state)
    if state == Appeal.State.REJECTED:
        answer = None
    outcome, now = outcome.strip(), timezone.now()
    before = _read(appeal)
    if before.state != Appeal.State.OPEN or before.version != expected_version:
        raise AppealChanged(before)
    if not outcome:
        raise OutcomeMissing
    changed = state != Appeal.State.REJECTED
    if changed:
        if not answer:
            raise ScoreMissing
        _new_result(sheet, before.criterion, answer)
    after = _change(
        appeal, [Appeal.State.OPEN], expected_version, state=state, outcome=outcome, decided_by=by, decided_at=now
    )
    if changed and answer:
        _write_outcome(sheet, after, answer, by=by, now=now)
    _tell(
        "assessments.appeal_decided",
        after,
        sheet,
        by=by,
        changes={"state": [Appeal.State.OPEN, state], "outcome": [None, outcome]},
    )
    return after


def _write_outcome(sheet: Assessment, appeal: Appeal, answer: Mapping[str, Any], *, by: User, now: datetime) -> None:
    versions = {
        row.stage: row.version
        for row in sheet.scores.filter(criterion=appeal.criterion, stage__in=[Score.Stage.APPEAL, Score.Stage.FINAL])
        if row.stage == Score.Stage.APPEAL or row.answer
    }
    for stage in (Score.Stage.APPEAL, Score.Stage.FINAL):
        if stage == Score.Stage.FINAL and stage not in versions:
            continue
        put_row(
            assessment=sheet,
            criterion=appeal.criterion,
            stage=stage,
            answer=answer,
            explanation=appeal.outcome,
            expected_version=versions.get(stage, 0),
            by=by,
            now=now,
            action="assessments.score_appealed",
        )


@transaction.atomic
def close_appeals(*, assessment: Assessment, by: User) -> Assessment:
    """All are decided: the sheet has its preliminary result again, as it is now, and the unit is told.

    Raises PermissionDenied, WrongState, AppealsOpen.
    """
    sheet = locked(assessment)
    _require_decider(Act.CLOSE_APPEALS, sheet, by=by)
    if left := sheet.appeals.filter(state=Appeal.State.OPEN).count():
        raise AppealsOpen(left)
    _close(sheet, by=by)
    return sheet


def _close(sheet: Assessment, *, by: User) -> None:
    move(sheet, Act.CLOSE_APPEALS)
    total = sheet.final_total
    record(
        by=by,
        action="assessments.appeals_closed",
        target=sheet,
        changes={
            "state": [Assessment.State.APPEALED, sheet.state],
            "total": [None, None if total is None else f"{total:.2f}"],
        },
        unit_path=sheet.unit.path,
        notify=holders(Permission.ASSESSMENT_SCORE, sheet.unit),
    )
