"""The criteria of a sheet with what each was given, stage by stage."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from assessments import scoring
from assessments.contexts.controls import Control, controls_of
from assessments.contexts.rules import SheetRules, stored_result
from assessments.contexts.stages import NOTHING, StageScore, stage_score
from assessments.contexts.suggestions import Suggestion
from assessments.contexts.wording import plain_number
from assessments.models import Assessment, CriteriaSet, Criterion, Score
from isoportal.templatetags.formats import in_vietnamese

FINAL_COLUMN = "final_column"


@dataclass(frozen=True, kw_only=True)
class EvidenceFile:
    pk: int
    name: str
    size: int = 0
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ScoreLine:
    """One criterion with its score at each stage; a stage that the reader does not see is as if nothing were there.

    `kind` is a value of Criterion.Scoring. `stands` is what counts in the end: the decision, else the outcome of the
    appeal, else what was verified. `entered` is the score that the entry column shows, `entry` what its fields show:
    its answer, but for a refused entry what was typed; `note` likewise its explanation or reason. `parts` are the
    sub-indicators of a roll-up, `is_part` marks them.
    """

    criterion_id: int
    code: str
    title: str
    kind: str
    maximum: Decimal | None
    rule: str
    evidence: str
    parameters: Mapping[str, Any]
    sdg: str = ""
    weight: Decimal = Decimal(1)
    counts: str = Criterion.Counts.NORMAL
    scored_by: str = Criterion.ScoredBy.UNIT
    skippable: bool = False
    evidence_required: bool = False
    is_part: bool = False
    self_: StageScore = NOTHING
    verified: StageScore = NOTHING
    second: StageScore = NOTHING
    appeal: StageScore = NOTHING
    final: StageScore = NOTHING
    stands: StageScore = NOTHING
    entered: StageScore = NOTHING
    entry: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""
    files: Sequence[EvidenceFile] = ()
    comments: int = 0
    suggestion: Suggestion | None = None
    parts: Sequence[ScoreLine] = ()

    @property
    def answer(self) -> Mapping[str, Any]:
        return self.self_.answer

    @property
    def answer_text(self) -> str:
        return self.self_.answer_text

    @property
    def arithmetic(self) -> str:
        return self.self_.arithmetic

    @property
    def points(self) -> Decimal | None:
        return self.self_.points

    @property
    def light(self) -> str:
        return self.self_.light

    @property
    def explanation(self) -> str:
        return self.self_.reason

    @property
    def version(self) -> int:
        return self.self_.version

    @property
    def by(self) -> str:
        return self.self_.by

    @property
    def at(self) -> datetime | None:
        return self.self_.at

    @property
    def is_scored(self) -> bool:
        return self.self_.is_scored

    @property
    def controls(self) -> Sequence[Control]:
        return controls_of(self.kind, self.entry, self.parameters, skippable=self.skippable)

    @property
    def counted(self) -> str:
        """What a ratio counts over what, where the criterion says so."""
        return "{done} / {of}".format(**self.parameters) if {"done", "of"} <= set(self.parameters) else ""

    @property
    def claims(self) -> bool:
        """Whether the unit claims something that evidence can show: points, a light that is not red, or that the
        criterion does not apply to it."""
        return bool(self.self_.points) or self.self_.light in {"green", "yellow"} or self.self_.not_applicable

    @property
    def is_owed(self) -> bool:
        """Whether the unit still has to answer it before its sheet can be submitted."""
        mine = self.scored_by == Criterion.ScoredBy.UNIT and self.counts == Criterion.Counts.NORMAL
        return mine and not self.is_scored

    @property
    def lacks_proof(self) -> bool:
        """Evidence or a written explanation is owed and neither is there."""
        return self.evidence_required and self.claims and not self.files and not self.self_.reason

    @property
    def differs(self) -> bool:
        """Whether what stands, or what was verified, is not what the unit gave itself."""
        return self.stands.differs(self.self_) or self.verified.differs(self.self_)

    @property
    def change(self) -> Decimal | None:
        """By how many points what stands differs from what the unit gave itself."""
        if self.stands.points is None or self.self_.points is None:
            return None
        return self.stands.points - self.self_.points


def title_of(thing: CriteriaSet | Criterion) -> str:
    """The title in the reader's language, Vietnamese where there is no other."""
    return thing.title if in_vietnamese() else thing.title_en or thing.title


def entry_of(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """The answer as the reader writes it: with a decimal comma in Vietnamese."""
    decimals = {name: plain_number(Decimal(answer[name])) for name in ("percent", "points") if name in answer}
    if isinstance(answer.get("value"), str):
        decimals["value"] = plain_number(Decimal(answer["value"]))
    return {**answer, **decimals}


ByStage = Mapping[str, Mapping[str, Score]]


class Lines:
    """The lines of a sheet, each with all the stages that the reader sees."""

    def __init__(
        self,
        rules: SheetRules,
        by_stage: ByStage,
        files: Mapping[int, Sequence[EvidenceFile]],
        entry: str,
        comments: Mapping[int, int],
        suggested: Mapping[int, Suggestion],
        row: int | None = None,
    ) -> None:
        """`row`: the criterion that is shown; of those that do not stand with it in a roll-up only what counts."""
        self.suggested = suggested
        self.comments = comments
        self.rules, self.by_stage, self.files, self.entry = rules, by_stage, files, entry
        self.criteria = {criterion.code: criterion for criterion in rules.criteria}
        self.parts = scoring.sub_indicators(rules.rules)
        self.results = {
            stage: {code: stored_result(score) for code, score in scores.items()} for stage, scores in by_stage.items()
        }
        self.rolled = {
            stage: scoring.roll_up(rules.rules, results) for stage, results in self.results.items() if results
        }
        self.below: dict[str, list[scoring.Rule]] = defaultdict(list)
        for rule in rules.rules:
            self.below[rule.group].append(rule)
        self.row = rules.codes.get(row) if row is not None else None
        self.above = next((rule.group for rule in rules.rules if rule.code == self.row), None)

    def _in_words(self, rule: scoring.Rule) -> bool:
        return self.row is None or rule.code in {self.row, self.above} or rule.group == self.row

    def _at(self, rule: scoring.Rule, stage: str) -> StageScore:
        score = self.by_stage.get(stage, {}).get(rule.code)
        if rule.kind is scoring.Kind.ROLL_UP:
            return stage_score(rule, score, self.rolled.get(stage, {}).get(rule.code), in_words=self._in_words(rule))
        return stage_score(rule, score, in_words=self._in_words(rule)) if score else NOTHING

    def line(self, rule: scoring.Rule) -> ScoreLine:
        criterion = self.criteria[rule.code]
        given = {stage: self._at(rule, stage) for stage in Score.Stage.values}
        entered = given[self.entry]
        is_roll_up = rule.kind is scoring.Kind.ROLL_UP
        return ScoreLine(
            criterion_id=criterion.pk,
            code=criterion.code,
            title=title_of(criterion),
            kind=criterion.scoring,
            maximum=criterion.max_score,
            rule=criterion.rule,
            evidence=criterion.evidence,
            parameters=criterion.parameters,
            sdg=criterion.sdg,
            weight=criterion.weight,
            counts=criterion.counts,
            scored_by=criterion.scored_by,
            skippable=rule.skippable,
            evidence_required=criterion.evidence_required,
            is_part=rule.code in self.parts,
            self_=given[Score.Stage.SELF],
            verified=given[Score.Stage.VERIFIED],
            second=given[Score.Stage.SECOND],
            appeal=given[Score.Stage.APPEAL],
            final=given[Score.Stage.FINAL],
            stands=self._at(rule, FINAL_COLUMN),
            entered=entered,
            entry=entry_of(entered.answer),
            note=entered.reason,
            files=self.files.get(criterion.pk, ()),
            comments=self.comments.get(criterion.pk, 0),
            suggestion=self.suggested.get(criterion.pk),
            parts=[self.line(part) for part in self.below[rule.code]] if is_roll_up else (),
        )

    def of(self, group: str) -> list[ScoreLine]:
        return [self.line(rule) for rule in self.below[group]]


def files_of(assessment: Assessment, row: int | None = None) -> dict[int, list[EvidenceFile]]:
    """The files of each criterion, or of `row` alone, as they were attached. One query."""
    found: dict[int, list[EvidenceFile]] = defaultdict(list)
    links = Score.evidence.through.objects.filter(score__assessment=assessment, score__stage=Score.Stage.SELF)
    if row is not None:
        links = links.filter(score__criterion=row)
    names = (
        *("score__criterion", "evidence", "evidence__title", "evidence__name", "evidence__size"),
        *("evidence__uploaded_by__full_name", "evidence__uploaded_at"),
    )
    for criterion, pk, title, name, size, by, at in links.order_by("pk").values_list(*names):
        found[criterion].append(EvidenceFile(pk=pk, name=title or name, size=size, by=by, at=at))
    return found
