"""How the tasks of a plan hang together: what is a part of what, and what waits for what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from plans.models import Plan, Task, TaskDependency

DEEPEST = 3  # a task, its parts, and theirs


@dataclass(frozen=True, slots=True)
class Node:
    """A task's place in the breakdown; `depth` is 0 for a task that is no part of another."""

    task_id: int
    parent_id: int | None
    number: str
    title: str
    weight: Decimal | None
    is_cancelled: bool
    origin: str
    depth: int = 0

    @property
    def label(self) -> str:
        return f"{self.number}. {self.title}" if self.number else self.title

    @property
    def short(self) -> str:
        """How words speak of it: by its number, by its title where it has none."""
        return self.number or (self.title if len(self.title) <= 60 else f"{self.title[:59]}…")

    @property
    def arose(self) -> bool:
        return self.origin != Task.Origin.PLAN


@dataclass(frozen=True, slots=True)
class Link:
    """`task` begins when `predecessor` has ended, `lag` days later."""

    pk: int
    predecessor: int
    task: int
    lag: int


@dataclass(frozen=True, slots=True)
class Structure:
    """`nodes` in the order a page shows them: every task before its parts, each level in the order of the plan."""

    nodes: dict[int, Node]
    links: tuple[Link, ...]
    _parts: dict[int | None, list[int]] = field(default_factory=dict)

    @classmethod
    def of(cls, plan: Plan) -> Structure:
        """Two queries, however many tasks and dependencies."""
        names = ("pk", "parent_id", "number", "title", "weight", "is_cancelled", "origin")
        rows = Task.objects.filter(plan=plan).order_by("order").values_list(*names)
        links = TaskDependency.objects.filter(task__plan=plan).order_by("pk")
        return cls.made_of(
            [Node(*row) for row in rows],
            [Link(*row) for row in links.values_list("pk", "predecessor_id", "task_id", "lag_days")],
        )

    @classmethod
    def made_of(cls, rows: Iterable[Node], links: Iterable[Link]) -> Structure:
        by_id = {row.task_id: row for row in rows}
        parts: dict[int | None, list[int]] = defaultdict(list)
        for row in by_id.values():
            parts[row.parent_id if row.parent_id in by_id else None].append(row.task_id)
        nodes: dict[int, Node] = {}

        def walk(parent: int | None, depth: int) -> None:
            for task_id in parts.get(parent, []):
                row = by_id[task_id]
                nodes[task_id] = Node(
                    row.task_id,
                    row.parent_id,
                    row.number,
                    row.title,
                    row.weight,
                    row.is_cancelled,
                    row.origin,
                    depth,
                )
                walk(task_id, depth + 1)

        walk(None, 0)
        return cls(nodes, tuple(links), dict(parts))

    def parts_of(self, task_id: int) -> list[Node]:
        return [self.nodes[each] for each in self._parts.get(task_id, [])]

    def is_whole(self, task_id: int) -> bool:
        """Whether the task has parts: its progress is theirs, and nobody reports on it."""
        return bool(self._parts.get(task_id))

    def above(self, task_id: int) -> list[Node]:
        """What the task is a part of, the nearest first."""
        found: list[Node] = []
        parent = self.nodes[task_id].parent_id
        while parent in self.nodes:
            found.append(self.nodes[parent])
            parent = self.nodes[parent].parent_id
        return found

    def below(self, task_id: int) -> Iterator[Node]:
        """Everything that is a part of the task, at any depth."""
        for part in self.parts_of(task_id):
            yield part
            yield from self.below(part.task_id)

    def height(self, task_id: int) -> int:
        """How many levels of parts stand below the task."""
        return max((1 + self.height(part.task_id) for part in self.parts_of(task_id)), default=0)

    def before(self, task_id: int) -> list[Link]:
        return [link for link in self.links if link.task == task_id]

    def after(self, task_id: int) -> list[Link]:
        return [link for link in self.links if link.predecessor == task_id]

    def way(self, start: int, goal: int) -> list[int]:
        """The tasks on a way along the dependencies from `start` to `goal`, both included; [] where there is none."""
        following: dict[int, list[int]] = defaultdict(list)
        for link in self.links:
            following[link.predecessor].append(link.task)
        came_from: dict[int, int | None] = {start: None}
        waiting = [start]
        for at in waiting:
            if at == goal:
                way: list[int] = []
                step: int | None = goal
                while step is not None:
                    way.append(step)
                    step = came_from[step]
                return way[::-1]
            for each in following[at]:
                if each not in came_from:
                    came_from[each] = at
                    waiting.append(each)
        return []

    def told(self) -> dict[int, str]:
        """For each task that waits for others, in words what it waits for."""
        waits: dict[int, list[str]] = defaultdict(list)
        for link in self.links:
            if link.predecessor in self.nodes and link.task in self.nodes:
                waits[link.task].append(self._words(link))
        return {task: _("after %(tasks)s") % {"tasks": ", ".join(words)} for task, words in waits.items()}

    def _words(self, link: Link) -> str:
        short = self.nodes[link.predecessor].short
        if not link.lag:
            return short
        return ngettext("%(task)s (%(days)d day later)", "%(task)s (%(days)d days later)", link.lag) % {
            "task": short,
            "days": link.lag,
        }
