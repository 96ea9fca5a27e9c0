"""What waits for those who verify: an assessor's sheets, a chair's differences and appeals, all of a round for who
manages it. The same rows for the page, the API, reminders and the way from one sheet to the next."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum, auto

from django.db.models import Count, Exists, OuterRef, Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from assessments.contexts.standing import window_of
from assessments.contexts.verification import STAGES, both_finished, is_chair, manages, place_of
from assessments.models import Appeal, Assessment, Assignment, Extension, Round, Score
from assessments.permissions import RESULT_SHOWN
from plans.period import due_moment
from units.access import allowed_units
from units.models import User
from units.permissions import Permission

WAITING = frozenset({"submitted", "returned", "verifying", "appealed"})


class Bucket(StrEnum):
    """Why a sheet is in the queue, the most pressing first."""

    APPEALED = auto()  # appeals to decide
    DIFFERENCES = auto()  # two assessors differ
    VERIFYING = auto()
    SUBMITTED = auto()  # to be begun
    FINISHED = auto()  # the result is to be told
    WAITING = auto()  # for the other assessor
    RETURNED = auto()  # with the unit
    DONE = auto()  # the result is told


ORDER = {bucket: place for place, bucket in enumerate(Bucket)}


@dataclass(frozen=True, kw_only=True)
class AssessorLine:
    name: str
    place: int
    done: int | None
    is_finished: bool
    is_me: bool


@dataclass(frozen=True, kw_only=True)
class QueueRow:
    """`place`: where the person verifies the sheet, None where they look on. `done` of `of`: their own rows; of a sheet
    they look on, those of the first assessor. `deadline`: when what the sheet waits for must be done, exclusive."""

    assessment: Assessment
    bucket: Bucket
    place: int | None
    is_chair: bool
    is_manager: bool
    assessors: Sequence[AssessorLine]
    team: str
    done: int
    of: int
    differences: int
    appeals: int
    deadline: datetime | None
    days_left: int | None
    may_begin: bool
    may_tell: bool

    @property
    def last_day(self) -> datetime | None:
        return None if self.deadline is None else self.deadline - timedelta(microseconds=1)

    @property
    def is_work(self) -> bool:
        """Whether the person verifies it now."""
        return self.place is not None and self.bucket in {Bucket.VERIFYING, Bucket.SUBMITTED}

    @property
    def is_complete(self) -> bool:
        return self.of > 0 and self.done >= self.of


def queued(user: User) -> Sequence[Assessment]:
    """The sheets that are assigned to `user`, of the teams they chair or of the rounds they manage. One query."""
    managed = Q(round__unit__in=allowed_units(user, Permission.ROUND_MANAGE))
    concerned = Assignment.objects.filter(Q(assessor=user) | Q(team__chair=user)).values("assessment")
    sheets = Assessment.objects.allowed_to(user, Permission.ASSESSMENT_VIEW)
    return list(
        sheets.filter(Q(pk__in=concerned) | managed, state__in=WAITING | RESULT_SHOWN, round__state=Round.State.RUNNING)
        .select_related("unit", "round__unit", "round__criteria_set")
        .order_by("pk")
    )


def open_differences(sheets: Iterable[int]) -> Mapping[int, int]:
    """How many criteria the chair has still to decide, by sheet; of sheets whose assessors have both finished."""
    none = Value(Decimal(-1))

    def row(stage: Score.Stage) -> Q:
        return Q(stage=stage, assessment=OuterRef("assessment"), criterion=OuterRef("criterion"))

    same = Score.objects.alias(earned=Coalesce("points", none)).filter(
        row(Score.Stage.VERIFIED), earned=OuterRef("earned"), light=OuterRef("light")
    )
    decided = Score.objects.filter(row(Score.Stage.FINAL)).exclude(answer={})
    second = (
        Score.objects.filter(stage=Score.Stage.SECOND, assessment__in=list(sheets))
        .annotate(earned=Coalesce("points", none))
        .filter(~Exists(same), ~Exists(decided))
        .order_by()
        .values_list("assessment")
        .annotate(count=Count("pk"))
    )
    return dict(second)


def _given(sheets: Sequence[Assessment]) -> Mapping[tuple[int, str], int]:
    """How many rows each stage of each sheet has; a roll-up's parts are none of their own. One query."""
    stages = [STAGES[1], STAGES[2]]
    rows = (
        Score.objects.filter(assessment__in=[sheet.pk for sheet in sheets], stage__in=stages)
        .exclude(answer={})
        .order_by()
        .values_list("assessment", "stage")
        .annotate(count=Count("pk"))
    )
    return {(sheet, stage): count for sheet, stage, count in rows}


@dataclass(frozen=True, kw_only=True)
class _Facts:
    assignments: Mapping[int, list[Assignment]]
    given: Mapping[tuple[int, str], int]
    differences: Mapping[int, int]
    appeals: Mapping[int, int]
    extended: Mapping[tuple[int, str], datetime]


def _facts(sheets: Sequence[Assessment]) -> _Facts:
    """Five queries."""
    keys = [sheet.pk for sheet in sheets]
    assignments: dict[int, list[Assignment]] = defaultdict(list)
    for each in (
        Assignment.objects.filter(assessment__in=keys).select_related("assessor", "team__chair").order_by("place")
    ):
        assignments[each.assessment_id].append(each)
    extended: dict[tuple[int, str], datetime] = {}
    for sheet, phase, until in Extension.objects.filter(assessment__in=keys).values_list(
        "assessment", "phase", "until"
    ):
        extended[sheet, phase] = max(until, extended.get((sheet, phase), until))
    two = [sheet.pk for sheet in sheets if sheet.round.second_assessor and both_finished(sheet, assignments[sheet.pk])]
    waiting = Appeal.objects.filter(assessment__in=keys, state=Appeal.State.OPEN).order_by()
    return _Facts(
        assignments=assignments,
        given=_given(sheets),
        differences=open_differences(two),
        appeals=dict(waiting.values_list("assessment").annotate(count=Count("pk"))),
        extended=extended,
    )


def _bucket(sheet: Assessment, assignments: Sequence[Assignment], place: int | None, differences: int) -> Bucket:
    if sheet.state != Assessment.State.VERIFYING:
        return {
            Assessment.State.SUBMITTED: Bucket.SUBMITTED,
            Assessment.State.RETURNED: Bucket.RETURNED,
            Assessment.State.APPEALED: Bucket.APPEALED,
        }.get(Assessment.State(sheet.state), Bucket.DONE)
    if both_finished(sheet, assignments):
        return Bucket.DIFFERENCES if differences else Bucket.FINISHED
    mine = next((each for each in assignments if each.place == place), None)
    return Bucket.WAITING if mine is not None and mine.finished_at is not None else Bucket.VERIFYING


def _deadline(sheet: Assessment, bucket: Bucket, extended: Mapping[tuple[int, str], datetime]) -> datetime | None:
    if bucket == Bucket.DONE:
        return None
    if bucket == Bucket.APPEALED:
        return due_moment(sheet.round.approve_by) if sheet.round.approve_by else None
    phase = Round.Phase.SELF_SCORE if bucket == Bucket.RETURNED else Round.Phase.VERIFY
    closes = window_of(sheet.round, phase)[1]
    return max(filter(None, (closes, extended.get((sheet.pk, phase)))), default=None)


def _verified_now(sheet: Assessment, extended: Mapping[tuple[int, str], datetime], now: datetime) -> bool:
    opens, closes = window_of(sheet.round, Round.Phase.VERIFY)
    until = extended.get((sheet.pk, Round.Phase.VERIFY))
    return (opens <= now < closes if opens and closes else True) or (until is not None and now < until)


def _row(user: User, sheet: Assessment, facts: _Facts, own: frozenset[int], now: datetime) -> QueueRow:
    assignments = facts.assignments.get(sheet.pk, [])
    place = None if sheet.unit_id in own else place_of(user, sheet, assignments)
    chair = sheet.unit_id not in own and is_chair(user, assignments)
    manager = manages(user, sheet)
    differences = facts.differences.get(sheet.pk, 0)
    bucket = _bucket(sheet, assignments, place, differences)
    deadline = _deadline(sheet, bucket, facts.extended)
    size = sheet.of or sheet.round.criteria_set.size

    def done(at: int) -> int:
        # The stored count knows roll-ups and what does not apply; the second opinion stores no totals.
        first = sheet.verified_scored if at == 1 else 0
        return min(first or facts.given.get((sheet.pk, STAGES[at]), 0), size)

    apart = sheet.round.second_assessor and not both_finished(sheet, assignments) and not manager
    return QueueRow(
        assessment=sheet,
        bucket=bucket,
        place=place,
        is_chair=chair,
        is_manager=manager,
        assessors=[
            AssessorLine(
                name=str(each.assessor),
                place=each.place,
                done=None if apart and each.assessor_id != user.pk else done(each.place),
                is_finished=each.finished_at is not None,
                is_me=each.assessor_id == user.pk,
            )
            for each in assignments
        ],
        team=next((each.team.title for each in assignments), ""),
        done=done(place or 1),
        of=size,
        differences=differences,
        appeals=facts.appeals.get(sheet.pk, 0),
        deadline=deadline,
        days_left=None if deadline is None else _days_left(deadline, now),
        may_begin=place is not None and bucket == Bucket.SUBMITTED and _verified_now(sheet, facts.extended, now),
        may_tell=(place == 1 or chair) and _may_tell(sheet, bucket, done(1) >= size),
    )


def _may_tell(sheet: Assessment, bucket: Bucket, is_complete: bool) -> bool:
    if bucket == Bucket.FINISHED:
        return True
    return bucket == Bucket.VERIFYING and not sheet.round.second_assessor and is_complete


def _days_left(deadline: datetime, now: datetime) -> int:
    """Whole days until the last day: 0 on it, negative after it."""
    last = timezone.localtime(deadline - timedelta(microseconds=1)).date()
    return (last - timezone.localtime(now).date()).days


def queue(user: User, *, now: datetime) -> list[QueueRow]:
    """Every sheet that concerns the person, the most pressing first. Six queries."""
    sheets = queued(user)
    if not sheets:
        return []
    facts = _facts(sheets)
    own = frozenset(each.unit_id for each in user.held_roles)
    far = now + timedelta(days=36500)
    rows = [_row(user, sheet, facts, own, now) for sheet in sheets]
    return sorted(
        rows,
        key=lambda row: (
            ORDER[row.bucket],
            row.place is None and not row.is_chair,
            row.deadline or far,
            row.assessment.unit.name,
            row.assessment.pk,
        ),
    )


def counts(rows: Iterable[QueueRow]) -> Counter[Bucket]:
    return Counter(row.bucket for row in rows)


@dataclass(frozen=True, kw_only=True)
class Neighbours:
    """The way through one's own sheets: `number` of `total`; None where there is none before or after."""

    number: int
    total: int
    before: QueueRow | None
    after: QueueRow | None


def neighbours(rows: Sequence[QueueRow], assessment: Assessment) -> Neighbours | None:
    """Among what the person verifies now. None where the sheet is not of it."""
    work = [row for row in rows if row.is_work]
    place = next((index for index, row in enumerate(work) if row.assessment.pk == assessment.pk), None)
    if place is None:
        return None
    return Neighbours(
        number=place + 1,
        total=len(work),
        before=work[place - 1] if place else None,
        after=work[place + 1] if place + 1 < len(work) else None,
    )
