"""Obstacles as people see them: what one may do with them, how old they are, where they wait."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from plans.models import Evidence, Obstacle, ObstacleStep
from plans.permissions import ANSWERERS, HIGHEST_LEVEL, OBSTACLE_ACTS, OPEN, RECORDERS, ObstacleAct, Party
from units.access import holds_in
from units.models import Membership, Unit
from units.permissions import SUBTREE_ROLES, Permission, Role

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from units.models import User

State, Level = Obstacle.State, Obstacle.Level
# Ages in days: from the first to the last of each bucket, both included.
BUCKETS: tuple[tuple[int, int | None], ...] = ((0, 7), (8, 15), (16, 30), (31, None))
BUCKET_NAMES: tuple[str | Promise, ...] = (
    _("up to 7 days"),
    _("8 to 15 days"),
    _("16 to 30 days"),
    _("over 30 days"),
)


@dataclass(frozen=True, kw_only=True)
class ObstacleRow:
    """`days_left` is negative once the deadline has passed; None when nobody has to answer any more."""

    obstacle: Obstacle
    age: int
    days_left: int | None

    @property
    def is_late(self) -> bool:
        return self.days_left is not None and self.days_left < 0

    @property
    def days_late(self) -> int:
        return -(self.days_left or 0)

    @property
    def status(self) -> str:
        """A state of kind "obstacle" of the page's vocabulary."""
        return "late" if self.is_late else str(self.obstacle.state)


@dataclass(frozen=True, kw_only=True)
class LevelCount:
    level: int
    name: str
    open: int
    late: int
    answered: int


@dataclass(frozen=True, kw_only=True)
class AgeingRow:
    """How many obstacles that are not closed wait at one level, by age."""

    name: str
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True, kw_only=True)
class Ageing:
    rows: tuple[AgeingRow, ...]
    columns: tuple[str | Promise, ...] = BUCKET_NAMES

    @property
    def totals(self) -> tuple[int, ...]:
        return tuple(sum(row.counts[place] for row in self.rows) for place in range(len(BUCKETS)))

    @property
    def total(self) -> int:
        return sum(self.totals)


@dataclass(frozen=True, kw_only=True)
class ObstaclePage:
    obstacle: Obstacle
    row: ObstacleRow
    steps: Sequence[ObstacleStep]
    evidence: Sequence[Evidence]
    may: frozenset[ObstacleAct]
    records: bool

    def __getattr__(self, name: str) -> bool:
        """`may_answer`, `may_close` …: for templates."""
        if name.startswith("may_"):
            return ObstacleAct(name.removeprefix("may_")) in self.may
        raise AttributeError(name)


def parties_of(*, obstacle: Obstacle, user: User | AnonymousUser) -> frozenset[Party]:
    """Who `user` is to the obstacle; no query beyond the person's roles. `obstacle.unit` and `.plan.unit` at hand."""
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    found = set()
    if holds_in(user, Permission.TASK_REPORT, obstacle.unit):
        found.add(Party.RAISER)
    if any(holds_in(user, Permission.OBSTACLE_ANSWER, unit) for unit in (obstacle.plan.unit, obstacle.unit)):
        found.add(Party.OFFICE)
    roles = ANSWERERS[obstacle.level] | RECORDERS.get(obstacle.level, frozenset()) | {Role.ADMINISTRATOR}
    if _reaches(user, roles, obstacle):
        found.add(Party.ANSWERER)
    return frozenset(found)


def only_records(*, obstacle: Obstacle, user: User | AnonymousUser) -> bool:
    """Whether what `user` answers at this level is another's word, so that a document must be named."""
    return not _reaches(user, ANSWERERS[obstacle.level] | {Role.ADMINISTRATOR}, obstacle)


def _reaches(user: User | AnonymousUser, roles: Iterable[Role], obstacle: Obstacle) -> bool:
    if not user.is_authenticated or not user.is_active:
        return False
    wanted = frozenset(roles)
    units = _units_asked(obstacle)
    return any(
        any(unit.path.startswith(held.unit.path) if held.role in SUBTREE_ROLES else unit == held.unit for unit in units)
        for held in user.held_roles
        if held.role in wanted
    )


def _units_asked(obstacle: Obstacle) -> tuple[Unit, ...]:
    """Where those sit who answer: a unit's own head at the first level, above it those of the plan's unit too."""
    return (obstacle.unit,) if obstacle.level == Level.UNIT else (obstacle.plan.unit, obstacle.unit)


def acts_on(*, obstacle: Obstacle, user: User | AnonymousUser) -> frozenset[ObstacleAct]:
    """What the person may do with the obstacle now; no query beyond the person's roles."""
    parties = parties_of(obstacle=obstacle, user=user)
    return frozenset(
        act
        for act, rule in OBSTACLE_ACTS.items()
        if obstacle.state in rule.states
        and parties & rule.parties
        and not (act == ObstacleAct.ESCALATE and obstacle.level >= HIGHEST_LEVEL)
        and not (act == ObstacleAct.DIRECT and obstacle.plan.status not in OPEN)
    )


def answerers_of(obstacle: Obstacle) -> list[int]:
    """Ids of the people who answer at the obstacle's level, and of those who record what they answer. One query."""
    roles = ANSWERERS[obstacle.level] | RECORDERS.get(obstacle.level, frozenset())
    paths = {path for unit in _units_asked(obstacle) for path in _path_and_above(unit)}
    own = [unit.path for unit in _units_asked(obstacle)]
    held = Membership.objects.current().filter(
        Q(role__in=roles & SUBTREE_ROLES, unit__path__in=paths) | Q(role__in=roles - SUBTREE_ROLES, unit__path__in=own),
        user__is_active=True,
    )
    return sorted(set(held.values_list("user_id", flat=True)))


def _path_and_above(unit: Unit) -> list[str]:
    steps = unit.path.split("/")[:-1]
    return ["".join(f"{step}/" for step in steps[: depth + 1]) for depth in range(len(steps))]


def obstacle_row(obstacle: Obstacle, *, today: date) -> ObstacleRow:
    ended = timezone.localtime(obstacle.closed_at).date() if obstacle.closed_at else today
    raised = timezone.localtime(obstacle.raised_at).date()
    waits = obstacle.state == State.OPEN
    return ObstacleRow(
        obstacle=obstacle,
        age=max(0, (ended - raised).days),
        days_left=(obstacle.due_on - today).days if waits else None,
    )


def obstacle_page(*, obstacle: Obstacle, user: User | AnonymousUser) -> ObstaclePage:
    """Three queries, however many steps there are."""
    steps = obstacle.steps.select_related("by", "task").prefetch_related("evidence")
    return ObstaclePage(
        obstacle=obstacle,
        row=obstacle_row(obstacle, today=timezone.localdate()),
        steps=list(steps.order_by("pk")),
        evidence=list(obstacle.evidence.select_related("unit", "uploaded_by").order_by("pk")),
        may=acts_on(obstacle=obstacle, user=user),
        records=only_records(obstacle=obstacle, user=user),
    )


def level_counts(obstacles: QuerySet[Obstacle], *, today: date) -> list[LevelCount]:
    """How many wait at each level, how many of them too long, how many are answered but not closed. One query."""
    found = {
        row["level"]: row
        for row in obstacles.order_by()
        .values("level")
        .annotate(
            open=Count("pk", filter=Q(state=State.OPEN)),
            late=Count("pk", filter=Q(state=State.OPEN, due_on__lt=today)),
            answered=Count("pk", filter=Q(state=State.ANSWERED)),
        )
    }
    none = {"open": 0, "late": 0, "answered": 0}
    return [
        LevelCount(
            level=level.value,
            name=str(level.label),
            **{name: found.get(level.value, none)[name] for name in none},
        )
        for level in Level
    ]


def ageing(rows: Iterable[ObstacleRow]) -> Ageing:
    """How long what is not closed has been waiting, by level."""
    counts = {level.value: [0] * len(BUCKETS) for level in Level}
    for row in rows:
        if row.obstacle.state != State.CLOSED:
            counts[row.obstacle.level][bucket_of(row.age)] += 1
    return Ageing(rows=tuple(AgeingRow(name=str(level.label), counts=tuple(counts[level.value])) for level in Level))


def bucket_of(age: int) -> int:
    return next(place for place, (_first, last) in enumerate(BUCKETS) if last is None or age <= last)
