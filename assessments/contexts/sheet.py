"""The sheet page: the result, and what the person may do with it now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.utils.translation import pgettext

from assessments.contexts.lines import ScoreLine
from assessments.contexts.mode import STAGE_OF, mode_of
from assessments.contexts.result import OWN_STAGE, AssessmentResult, assessment_result
from assessments.contexts.standing import holds_for, is_own, may, sees_result
from assessments.contexts.suggestions import suggestions
from assessments.contexts.verification import assignments_of, manages, stages_shown
from assessments.models import Assessment, Criterion, Round, Score
from assessments.permissions import Act
from units.access import holds_in
from units.models import User
from units.permissions import Permission

# Until these, the province may still enter what it scores itself.
PROVINCE_ENTERS = frozenset({"scoring", "head_review", "submitted", "returned", "verifying"})


@dataclass(frozen=True, kw_only=True)
class SheetContext:
    """`mode` says which column takes entries: read, score, verify, second, appeal or decide; `enterable` in which rows,
    by the id of the criterion. `state` is the round's: planned, open or closed."""

    result: AssessmentResult
    sheet: Assessment
    mode: str
    state: str
    may_report: bool
    may_submit: bool = False
    may_send: bool = False
    may_take_back: bool = False
    may_comment: bool = False
    enterable: frozenset[int] = frozenset()

    @property
    def may_score(self) -> bool:
        return self.mode == "score"

    @property
    def may_attach(self) -> bool:
        """Evidence is the unit's, and of the rows that the province enters the province's."""
        return self.mode in {"score", "read"} and bool(self.enterable)

    @property
    def is_own_column(self) -> bool:
        """Whether the entry column is the unit's own."""
        return STAGE_OF[self.mode] == Score.Stage.SELF

    @property
    def entry_view(self) -> str:
        """The name of the page to which a row is sent."""
        return "assessments:score" if self.is_own_column else "assessments:verify_score"

    @property
    def entry_label(self) -> str:
        if self.mode == "verify":
            return pgettext("score", "Verified")
        return str(Score.Stage(STAGE_OF[self.mode]).label)

    @property
    def entered(self) -> int:
        """How many criteria are scored in the entry column."""
        return sum(line.entered.is_scored for line in self.result.lines)

    @property
    def left(self) -> int:
        """How many rows this person may enter and nobody has."""
        return sum(
            each.criterion_id in self.enterable and not each.entered.is_scored for each in self.result.every_line
        )

    @property
    def next_missing(self) -> ScoreLine | None:
        """The first row that this person may enter and that nobody has."""
        lines = self.result.every_line
        return next(
            (each for each in lines if each.criterion_id in self.enterable and not each.entered.is_scored), None
        )

    @property
    def shows_result(self) -> bool:
        """Whether the columns of the assessors stand on the page."""
        return self.result.shows_result or not self.is_own_column


def round_state(round_: Round, now: datetime) -> str:
    """planned, open or closed: open over [opens_at, closes_at)."""
    if now < round_.opens_at:
        return "planned"
    return "open" if now < round_.closes_at else "closed"


def is_inside(user: User, assessment: Assessment) -> bool:
    """Whether `user` is of those who assess the sheet or manage its round."""
    return holds_for(user, Act.VERIFY, assessment) or manages(user, assessment)


def visible_stages(user: User, assessment: Assessment) -> frozenset[str]:
    """The stages of the sheet's scores that `user` sees; the unit's own always. At most one query."""
    if not sees_result(user, assessment):
        return OWN_STAGE
    return stages_shown(user, assessment, assignments_of(assessment))


def enters_for_province(user: User, assessment: Assessment) -> bool:
    """Whether `user` enters the rows that the province scores, now."""
    running = assessment.round.state == Round.State.RUNNING and assessment.state in PROVINCE_ENTERS
    return running and manages(user, assessment) and not is_own(user, assessment)


def _enterable(result: AssessmentResult, mode: str, for_province: bool) -> frozenset[int]:
    """The unit enters its own rows, an assessor all but those of the system, the province its own."""
    by = {"read": set(), "score": {Criterion.ScoredBy.UNIT.value}}.get(
        mode, {Criterion.ScoredBy.UNIT.value, Criterion.ScoredBy.PROVINCE.value}
    )
    province = {Criterion.ScoredBy.PROVINCE.value} if for_province and mode in {"read", "score"} else set()
    return frozenset(line.criterion_id for line in result.every_line if line.scored_by in by | province)


def sheet_context(assessment: Assessment, *, user: User, now: datetime, saved: Criterion | None = None) -> SheetContext:
    """`assessment` as `with_sheet_head()` gives it. `saved`: the row that was just saved; then only what follows from
    it is told: its own figures and the sums, without comments, suggestions and the words of the other rows."""
    mode = mode_of(user, assessment, now)
    stages = visible_stages(user, assessment)
    if saved is None:
        comments = dict(assessment.comments.values_list("criterion").annotate(count=Count("pk")).order_by())
        suggested = suggestions(assessment) if mode == "score" else {}
        more: dict[str, Any] = {"comments": comments, "suggested": suggested}
    else:
        more = {"row": saved.pk}
    result = assessment_result(assessment, stages=stages, entry=STAGE_OF[mode], **more)
    return SheetContext(
        result=result,
        sheet=assessment,
        mode=mode,
        state=round_state(assessment.round, now),
        may_report=holds_in(user, Permission.REPORT_VIEW, assessment.unit),
        may_submit=may(user, Act.SUBMIT, assessment, now),
        may_send=may(user, Act.SEND_TO_HEAD, assessment, now),
        may_take_back=may(user, Act.TAKE_BACK, assessment, now),
        may_comment=holds_for(user, Act.SCORE, assessment) or is_inside(user, assessment),
        enterable=_enterable(result, mode, enters_for_province(user, assessment)),
    )
