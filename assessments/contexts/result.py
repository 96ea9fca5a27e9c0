"""The result of one assessment as every face shows it. Points, lights and totals; words in the reader's language."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from assessments import scoring
from assessments.contexts.accounts import SheetAccount, sheet_account
from assessments.contexts.lines import FINAL_COLUMN, Lines, ScoreLine, files_of, title_of
from assessments.contexts.rules import SheetRules, known_rules, standing_scores
from assessments.contexts.suggestions import Suggestion
from assessments.models import Assessment, CriteriaSet, Score

OWN_STAGE: frozenset[str] = frozenset({Score.Stage.SELF})


@dataclass(frozen=True, kw_only=True)
class GroupResult:
    """A group (of ISO 18091: a quadrant), in the order of the set; `depth` 1 at the top, deeper within `parent`.

    `points` None while nothing in it is scored; `running` adds up the groups at the top. `lines` are those directly in
    it. `verified` and `final`: the same of what the assessors gave, None where the reader does not see it.
    """

    code: str
    title: str
    maximum: Decimal
    points: Decimal | None
    running: Decimal
    scored: int
    of: int
    green: int
    yellow: int
    red: int
    lines: Sequence[ScoreLine]
    parent: str = ""
    depth: int = 1
    weight: Decimal = Decimal(1)
    verified: scoring.Sum | None = None
    final: scoring.Sum | None = None

    @property
    def missing(self) -> int:
        return self.of - self.scored

    @property
    def unverified(self) -> int:
        return self.of - (self.verified.scored if self.verified else 0)

    @property
    def spread(self) -> Iterator[ScoreLine]:
        """Its criteria, each followed by its sub-indicators."""
        for line in self.lines:
            yield line
            yield from line.parts

    @property
    def addends(self) -> Sequence[Decimal]:
        return [line.points for line in self.lines if line.points is not None]


@dataclass(frozen=True, kw_only=True)
class AssessmentResult:
    """A unit's sheet. `scale` is "points" or "rag"; `reachable` the maximum of what is scored, `maximum` of everything.

    `total` is None while nothing is scored, and always None for traffic lights. `outcome` is that of the unit's own
    scores; `verified` and `final` those of the assessors', None where the reader does not see them. `stages`: what
    the reader sees.
    """

    assessment_id: int
    round_id: int
    title: str
    year: int
    unit: str
    unit_id: int
    unit_path: str
    province: str
    criteria_set_id: int
    criteria_set: str
    criteria_version: int
    criteria_note: str
    standard: str
    scale: str
    state: str
    opens_at: datetime
    closes_at: datetime
    updated_at: datetime
    groups: Sequence[GroupResult]
    total: Decimal | None
    maximum: Decimal
    reachable: Decimal
    scored: int
    of: int
    green: int
    yellow: int
    red: int
    stages: frozenset[str]
    outcome: scoring.Outcome
    verified: scoring.Outcome | None = None
    final: scoring.Outcome | None = None
    accounts: Mapping[str, SheetAccount]

    @property
    def account(self) -> SheetAccount:
        """How the unit's own total came about."""
        return self.accounts[Score.Stage.SELF]

    @property
    def told_account(self) -> SheetAccount | None:
        """How what stands came about, as far as the reader sees it; None while nobody verified anything."""
        shown = self.final if self.final is not None else self.verified
        if shown is None or not shown.scored:
            return None
        return self.accounts[FINAL_COLUMN if self.final is not None else Score.Stage.VERIFIED]

    @property
    def lines(self) -> Sequence[ScoreLine]:
        """The criteria, without the sub-indicators in them."""
        return [line for group in self.groups for line in group.lines]

    @property
    def every_line(self) -> Iterator[ScoreLine]:
        for line in self.lines:
            yield line
            yield from line.parts

    @property
    def missing(self) -> int:
        return self.of - self.scored

    @property
    def unreached(self) -> Decimal:
        """The maximum of what is not scored yet."""
        return self.maximum - self.reachable

    @property
    def is_points(self) -> bool:
        return self.scale == CriteriaSet.Scale.POINTS

    @property
    def shows_result(self) -> bool:
        """Whether the reader sees anything that the assessors gave."""
        return bool(self.stages - OWN_STAGE)

    @property
    def owed(self) -> Sequence[ScoreLine]:
        """What the unit still has to answer before its sheet can be submitted."""
        return [line for line in self.lines if line.is_owed]

    @property
    def unproven(self) -> Sequence[ScoreLine]:
        """What is claimed without evidence and without a written explanation."""
        return [line for line in self.every_line if line.lacks_proof]

    @property
    def unproven_count(self) -> int:
        return len(self.unproven)

    @property
    def first_missing(self) -> ScoreLine | None:
        return next((line for line in self.lines if not line.is_scored), None)

    @property
    def different(self) -> Sequence[ScoreLine]:
        return [line for line in self.lines if line.differs]

    @property
    def files(self) -> int:
        return sum(len(line.files) for line in self.every_line)


def _groups(rules: SheetRules, lines: Lines, outcomes: Mapping[str, scoring.Outcome]) -> Iterator[GroupResult]:
    depth: dict[str, int] = {}
    running = Decimal(0)
    others = {stage: {each.code: each for each in outcome.groups} for stage, outcome in outcomes.items()}
    for each in outcomes[Score.Stage.SELF].groups:
        depth[each.code] = depth.get(each.parent, 0) + 1 if each.parent else 1
        if not each.parent:
            running += (each.points or Decimal(0)) * each.weight
        if not each.of:
            continue
        yield GroupResult(
            code=each.code,
            title=title_of(lines.criteria[each.code]) if each.code else "",
            maximum=each.maximum,
            points=each.points,
            running=running,
            scored=each.scored,
            of=each.of,
            green=each.green,
            yellow=each.yellow,
            red=each.red,
            lines=lines.of(each.code),
            parent=each.parent,
            depth=depth[each.code],
            weight=each.weight,
            verified=others.get(Score.Stage.VERIFIED, {}).get(each.code),
            final=others.get(FINAL_COLUMN, {}).get(each.code),
        )


def assessment_result(
    assessment: Assessment,
    *,
    stages: Collection[str] = OWN_STAGE,
    entry: str = Score.Stage.SELF,
    comments: Mapping[int, int] | None = None,
    suggested: Mapping[int, Suggestion] | None = None,
    row: int | None = None,
) -> AssessmentResult:
    """The sheet with its sums: at most three queries when `assessment` came from `with_sheet_head()`.

    `stages`: those the reader sees (see `visible_stages`), by default the unit's own alone. `entry`: the stage that
    the entry column shows. `comments`: how many there are, `suggested`: what the unit answered
    the last time, by criterion. `row`: the one criterion of which more is told than what counts.
    """
    round_ = assessment.round
    criteria_set = round_.criteria_set
    rules = known_rules(criteria_set, kind=assessment.unit.kind)
    seen = frozenset(stages) | {entry}
    by_pk = {criterion.pk: criterion for criterion in rules.criteria}
    scores = [
        score
        for score in assessment.scores.filter(stage__in=seen).select_related("by")
        if score.criterion_id in by_pk  # the rest does not apply to the unit
    ]
    by_stage: dict[str, dict[str, Score]] = {stage: {} for stage in seen}
    for score in scores:
        score.criterion = by_pk[score.criterion_id]
        by_stage[score.stage][score.criterion.code] = score
    if Score.Stage.FINAL in seen:
        by_stage[FINAL_COLUMN] = standing_scores(scores)
    lines = Lines(rules, by_stage, files_of(assessment, row), entry, comments or {}, suggested or {}, row)
    told = [Score.Stage.SELF, *(stage for stage in (Score.Stage.VERIFIED, FINAL_COLUMN) if stage in by_stage)]
    outcomes = {str(stage): rules.outcome(lines.results[stage]) for stage in told}
    if entry == Score.Stage.SECOND:  # the second assessor's sums stand where the first one's do
        outcomes[Score.Stage.VERIFIED] = rules.outcome(lines.results[entry])
    own = outcomes[Score.Stage.SELF]
    return AssessmentResult(
        assessment_id=assessment.pk,
        round_id=round_.pk,
        title=round_.title,
        year=round_.year,
        unit=assessment.unit.name,
        unit_id=assessment.unit_id,
        unit_path=assessment.unit.path,
        province=round_.unit.name,
        criteria_set_id=round_.criteria_set_id,
        criteria_set=title_of(criteria_set),
        criteria_version=criteria_set.version,
        criteria_note=criteria_set.note,
        standard=str(criteria_set.standard),
        scale=criteria_set.scale,
        state=assessment.state,
        opens_at=round_.opens_at,
        closes_at=round_.closes_at,
        updated_at=assessment.updated_at,
        groups=list(_groups(rules, lines, outcomes)),
        total=own.total,
        maximum=own.maximum,
        reachable=own.reachable,
        scored=own.scored,
        of=own.of,
        green=own.green,
        yellow=own.yellow,
        red=own.red,
        stages=frozenset(stages),
        outcome=own,
        verified=outcomes.get(Score.Stage.VERIFIED),
        final=outcomes.get(FINAL_COLUMN),
        accounts={stage: sheet_account(each, rules.criteria, rules.policy) for stage, each in outcomes.items()},
    )
