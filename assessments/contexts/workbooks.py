"""The scoring workbook of a sheet: what stands in it when it goes out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from assessments import scoring
from assessments.contexts.rules import SheetRules, rules_of
from assessments.models import Assessment, CriteriaSet, Criterion, Round, Score, WorkbookUpload
from units.access import allowed_units
from units.models import User
from units.permissions import Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkbookRow:
    """A group (`rule` None) or a criterion. `depth` 0 at the top; `closed` says who scores it instead of the unit."""

    criterion_id: int
    code: str
    title: str
    depth: int
    parent: str
    rule: scoring.Rule | None
    how: str = ""
    wanted: str = ""
    closed: str = ""
    answer: Mapping[str, Any] = field(default_factory=dict)
    explanation: str = ""
    version: int = 0
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbook:
    """A unit's sheet as it goes out. `maximum` is None for traffic lights."""

    assessment_id: int
    unit_id: int
    unit: str
    round_id: int
    round: str
    year: int
    criteria_set_id: int
    criteria_set: str
    criteria_version: int
    criteria_digest: str
    scale: str
    maximum: Decimal | None
    closes_at: datetime
    made_at: datetime
    policy: scoring.Policy
    groups: Mapping[str, Decimal]  # weights
    rows: tuple[WorkbookRow, ...]

    @property
    def is_points(self) -> bool:
        return self.scale == CriteriaSet.Scale.POINTS

    @property
    def file_name(self) -> str:
        return f"Phieu-cham-diem-{self.year}-{self.unit_id}-{self.assessment_id}.xlsx"


class SetsRead:
    """The criteria of sets, read once each, with their rules for each kind of unit."""

    def __init__(self) -> None:
        self._criteria: dict[int, list[Criterion]] = {}
        self._rules: dict[tuple[int, str], SheetRules] = {}

    def rules(self, criteria_set: CriteriaSet, kind: str) -> SheetRules:
        if criteria_set.pk not in self._criteria:
            self._criteria[criteria_set.pk] = list(
                Criterion.objects.filter(criteria_set=criteria_set.pk).order_by("order")
            )
        key = (criteria_set.pk, kind)
        if key not in self._rules:
            self._rules[key] = rules_of(criteria_set, self._criteria[criteria_set.pk], kind=kind)
        return self._rules[key]


def workbook(assessment: Assessment, *, now: datetime | None = None) -> Workbook:
    """Three queries when `assessment` came from `with_sheet_head()`."""
    [made] = workbooks([assessment], now=now)
    return made


def workbooks(assessments: Iterable[Assessment], *, now: datetime | None = None) -> Iterator[Workbook]:
    """Those of many sheets (each `with_sheet_head()`): two queries for all of them and one for each set."""
    assessments = list(assessments)
    now = now or timezone.now()
    scores: dict[int, dict[int, Score]] = defaultdict(dict)
    ids = [assessment.pk for assessment in assessments]
    own = Score.objects.filter(assessment__in=ids, stage=Score.Stage.SELF).defer("points", "light")
    for score in own:
        scores[score.assessment_id][score.criterion_id] = score
    files = _file_names(ids)
    sets = SetsRead()
    for assessment in assessments:
        yield _workbook(assessment, sets, scores[assessment.pk], files, now)


def _file_names(assessment_ids: Sequence[int]) -> Mapping[int, tuple[str, ...]]:
    """The names of the files of each score."""
    names: dict[int, list[str]] = defaultdict(list)
    links = Score.evidence.through.objects.filter(
        score__assessment__in=assessment_ids, score__stage=Score.Stage.SELF, evidence__withdrawn_at=None
    )
    for score, name in links.order_by("evidence").values_list("score_id", "evidence__name"):
        names[score].append(name)
    return {score: tuple(held) for score, held in names.items()}


def _workbook(
    assessment: Assessment,
    sets: SetsRead,
    scores: Mapping[int, Score],
    files: Mapping[int, tuple[str, ...]],
    now: datetime,
) -> Workbook:
    round_ = assessment.round
    read = sets.rules(round_.criteria_set, assessment.unit.kind)
    rules = {rule.code: rule for rule in read.rules}
    codes = {criterion.pk: criterion.code for criterion in read.criteria}
    depths: dict[int, int] = {}
    rows = []
    for criterion in read.criteria:
        depths[criterion.pk] = depths.get(criterion.parent_id, -1) + 1 if criterion.parent_id else 0
        score = scores.get(criterion.pk)
        closed = criterion.scored_by if criterion.scored_by != Criterion.ScoredBy.UNIT else ""
        rows.append(
            WorkbookRow(
                criterion_id=criterion.pk,
                code=criterion.code,
                title=criterion.title,
                depth=depths[criterion.pk],
                parent=codes[criterion.parent_id] if criterion.parent_id else "",
                rule=rules.get(criterion.code),
                how=criterion.rule,
                wanted=criterion.evidence,
                closed=closed,
                answer=score.answer if score else {},
                explanation=score.explanation if score else "",
                version=score.version if score else 0,
                evidence=files.get(score.pk, ()) if score else (),
            )
        )
    return Workbook(
        assessment_id=assessment.pk,
        unit_id=assessment.unit_id,
        unit=assessment.unit.name,
        round_id=round_.pk,
        round=round_.title,
        year=round_.year,
        criteria_set_id=round_.criteria_set_id,
        criteria_set=round_.criteria_set.title,
        criteria_version=round_.criteria_set.version,
        criteria_digest=round_.criteria_set.digest,
        scale=round_.criteria_set.scale,
        maximum=round_.criteria_set.maximum,
        closes_at=round_.closes_at,
        made_at=now,
        policy=read.policy,
        groups={group.code: group.weight for group in read.groups},
        rows=tuple(rows),
    )


def visible_uploads(user: User) -> QuerySet[WorkbookUpload]:
    """The uploads that `user` may look at: their own, those of sheets they score, those of rounds they manage."""
    own = Q(by=user) & Q(round__in=Round.objects.allowed_to(user, Permission.ASSESSMENT_VIEW).order_by().values("pk"))
    scored = Q(assessment__unit__in=allowed_units(user, Permission.ASSESSMENT_SCORE))
    managed = Q(round__unit__in=allowed_units(user, Permission.ROUND_MANAGE))
    return WorkbookUpload.objects.filter(own | scored | managed)


MOST_CONFLICTS, FIRST_PROBLEMS = 200, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadedFile:
    """One file of an upload as its page shows it. `state`: refused, problems, ready, nothing, taken or left."""

    place: int
    name: str
    sheet: int | None
    unit: str
    for_unit: bool
    state: str
    text: str
    problems: Sequence[Mapping[str, str]]
    changes: Sequence[Mapping[str, Any]]
    same: int
    absent: int
    written: int

    @property
    def first_problems(self) -> Sequence[Mapping[str, str]]:
        return self.problems[:FIRST_PROBLEMS]

    @property
    def more_problems(self) -> int:
        return max(0, len(self.problems) - FIRST_PROBLEMS)


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadPage:
    """The dry run of an upload, or its result. `chosen` is the file that is shown in full: the only one, or one of a
    zip."""

    files: Sequence[UploadedFile]
    chosen: UploadedFile | None
    ready: int
    changes: int
    problems: int
    refused: int
    conflicts: Sequence[tuple[UploadedFile, Mapping[str, Any]]]

    @property
    def may_take(self) -> bool:
        return self.ready > 0


def upload_page(upload: WorkbookUpload, place: int | None = None) -> UploadPage:
    """No query: everything stands in the upload."""
    files = [_uploaded_file(number, told) for number, told in enumerate(upload.report)]
    ready = [file for file in files if file.state == "ready"]
    conflicts = [(file, change) for file in ready for change in file.changes if change["conflict"]]
    shown = 0 if len(files) == 1 else place
    return UploadPage(
        files=files,
        chosen=files[shown] if shown is not None and shown < len(files) else None,
        ready=len(ready),
        changes=sum(len(file.changes) for file in ready),
        problems=sum(len(file.problems) for file in files),
        refused=sum(file.state == "refused" for file in files),
        conflicts=conflicts[:MOST_CONFLICTS],
    )


def _uploaded_file(place: int, told: Mapping[str, Any]) -> UploadedFile:
    if told["refused"]:
        state = "refused"
    elif told["problems"]:
        state = "problems"
    elif told["result"]:
        state = told["result"]
    else:
        state = "ready" if told["changes"] else "nothing"
    return UploadedFile(
        place=place,
        name=told["name"],
        sheet=told["sheet"],
        unit=told["unit"],
        for_unit=told["for_unit"],
        state=state,
        text=told["refused"] or told["text"],
        problems=told["problems"],
        changes=told["changes"],
        same=told["same"],
        absent=told["absent"],
        written=told.get("written", 0),
    )
