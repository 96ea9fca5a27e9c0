"""The appeals of a sheet, for the unit that writes them and for those who decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from assessments.contexts.differences import with_entry
from assessments.contexts.lines import ScoreLine, entry_of
from assessments.contexts.result import AssessmentResult, assessment_result
from assessments.contexts.standing import holds_for, may, window_of
from assessments.contexts.verification import assignments_of, decides, stages_shown
from assessments.models import Appeal, Assessment, Round, Score
from assessments.permissions import RESULT_SHOWN, Act
from plans.models import Evidence
from units.access import allowed_units
from units.models import User
from units.permissions import Permission

SENT = frozenset({Appeal.State.OPEN, Appeal.State.UPHELD, Appeal.State.PARTLY, Appeal.State.REJECTED})


def appeals_seen(user: User) -> QuerySet[Appeal]:
    """The appeals that `user` may read: what the unit has not sent, or has withdrawn, is the unit's alone."""
    writing = allowed_units(user, Permission.ASSESSMENT_SCORE)
    visible = Appeal.objects.allowed_to(user, Permission.ASSESSMENT_VIEW)
    return visible.filter(Q(state__in=SENT) | Q(assessment__unit__in=writing))


@dataclass(frozen=True, kw_only=True)
class AppealLine:
    """`line`: the criterion with every stage the reader sees, its fields filled with what the unit claims."""

    appeal: Appeal
    line: ScoreLine
    files: Sequence[Evidence]
    may_change: bool
    may_withdraw: bool
    may_decide: bool

    @property
    def is_decided(self) -> bool:
        return self.appeal.decided_at is not None


@dataclass(frozen=True, kw_only=True)
class AppealPage:
    """`offered`: the criteria that may still be appealed, those that the assessors changed first. `closes_at`: the last
    moment at which appeals are taken."""

    assessment: Assessment
    result: AssessmentResult
    rows: Sequence[AppealLine]
    offered: Sequence[ScoreLine]
    opens_at: datetime | None
    closes_at: datetime | None
    may_write: bool
    may_send: bool
    decides: bool
    may_close: bool
    is_told: bool

    @property
    def drafts(self) -> int:
        return sum(row.appeal.state == Appeal.State.DRAFT for row in self.rows)

    @property
    def open(self) -> int:
        return sum(row.appeal.state == Appeal.State.OPEN for row in self.rows)

    @property
    def decided(self) -> int:
        return sum(row.is_decided for row in self.rows)


def _window(assessment: Assessment) -> tuple[datetime | None, datetime | None]:
    opens, closes = window_of(assessment.round, Round.Phase.APPEAL)
    until = assessment.extensions.filter(phase=Round.Phase.APPEAL).order_by("-until").values_list("until", flat=True)
    return opens, max(filter(None, (closes, until.first())), default=None)


def appeal_page(assessment: Assessment, *, user: User, now: datetime) -> AppealPage:
    """A constant number of queries, whatever the number of appeals."""
    assignments = assignments_of(assessment)
    told = assessment.state in RESULT_SHOWN
    own_only = frozenset({Score.Stage.SELF.value})
    stages = stages_shown(user, assessment, assignments) if told else own_only
    result = assessment_result(assessment, stages=stages, entry=Score.Stage.APPEAL)
    lines = {line.criterion_id: line for line in result.every_line}
    appeals = list(
        appeals_seen(user)
        .filter(assessment=assessment)
        .select_related("criterion", "raised_by", "decided_by")
        .prefetch_related("evidence__uploaded_by", "evidence__unit")
        .order_by("criterion__order", "pk")
    )
    writes = may(user, Act.WRITE_APPEAL, assessment, now)
    sends = may(user, Act.APPEAL, assessment, now)
    judge = decides(user, assessment, assignments)
    judges_now = judge and assessment.state == Assessment.State.APPEALED
    withdraws = may(user, Act.WITHDRAW_APPEAL, assessment, now)
    heads = holds_for(user, Act.APPEAL, assessment)
    rows = []
    for appeal in appeals:
        is_draft, is_open = appeal.state == Appeal.State.DRAFT, appeal.state == Appeal.State.OPEN
        line = lines[appeal.criterion_id]
        rows.append(
            AppealLine(
                appeal=appeal,
                line=with_entry(line, entry_of(line.self_.answer), appeal.outcome),
                files=list(appeal.evidence.all()),
                may_change=is_draft and writes,
                may_withdraw=withdraws and (is_draft or (is_open and heads)),
                may_decide=is_open and judges_now,
            )
        )
    taken = {row.appeal.criterion_id for row in rows if row.appeal.state != Appeal.State.WITHDRAWN}
    free = [line for line in result.every_line if line.criterion_id not in taken]
    opens_at, closes_at = _window(assessment)
    return AppealPage(
        assessment=assessment,
        result=result,
        rows=rows,
        offered=sorted(free, key=lambda line: not line.differs) if writes else [],
        opens_at=opens_at,
        closes_at=closes_at and closes_at - timedelta(microseconds=1),
        may_write=writes,
        may_send=sends and any(row.appeal.state == Appeal.State.DRAFT for row in rows),
        decides=judge,
        may_close=judges_now and not any(row.appeal.state == Appeal.State.OPEN for row in rows),
        is_told=told,
    )
