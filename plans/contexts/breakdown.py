"""What a task's page says of its place among the others: what it is a part of, its parts and their shares, what it
waits for, what it is to hand over, which groups of units it was given to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from plans.contexts.structure import Link, Node, Structure
from plans.contexts.targets import targets_of
from plans.models import Deliverable, Task, TaskTarget


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a task; `share` is its percent of the whole by weight, None for a cancelled one."""

    node: Node
    share: Decimal | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A dependency as seen from one of its tasks: the other one, and the days between."""

    link: Link
    node: Node


@dataclass(frozen=True, slots=True)
class Breakdown:
    above: Sequence[Node]
    parts: Sequence[Part]
    before: Sequence[Waiting]
    after: Sequence[Waiting]
    deliverables: Sequence[Deliverable]
    targets: Sequence[tuple[TaskTarget, int]]

    @property
    def handed_over(self) -> int:
        return sum(each.handed_over_on is not None for each in self.deliverables)


def shares(nodes: Sequence[Node]) -> list[Part]:
    """Siblings with the percent each counts for; no weight counts as 1, what is cancelled not at all."""
    weights = [Decimal(0) if node.is_cancelled else node.weight or Decimal(1) for node in nodes]
    total = sum(weights, Decimal(0))
    return [
        Part(node, None if node.is_cancelled or not total else weight * 100 / total)
        for node, weight in zip(nodes, weights, strict=True)
    ]


def breakdown(task: Task, structure: Structure | None = None) -> Breakdown:
    """Five queries, three where the structure is at hand."""
    structure = structure or Structure.of(task.plan)
    nodes = structure.nodes
    return Breakdown(
        above=structure.above(task.pk)[::-1],
        parts=shares(structure.parts_of(task.pk)),
        before=[Waiting(link, nodes[link.predecessor]) for link in structure.before(task.pk)],
        after=[Waiting(link, nodes[link.task]) for link in structure.after(task.pk)],
        deliverables=list(Deliverable.objects.filter(task=task).select_related("evidence__unit")),
        targets=targets_of(task),
    )
