"""The tree of arithmetic under a total: what each number is made of, down to the answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum, auto

from assessments.scoring.rule import Step


class Node(StrEnum):
    SHEET = auto()
    GROUP = auto()
    CRITERION = auto()
    BONUS = auto()
    DEDUCTION = auto()


@dataclass(frozen=True, kw_only=True)
class Account:
    """A number and what it is made of. `points` None: nothing scored, or traffic lights.

    `points` is the number itself, before the `weight` with which the node above counts it (`term` is after it). The
    sheet's terms are the groups, the bonus and the deduction; of these two `points` is what counts after the cap.
    `steps` say in their order how `points` follows from the terms or the answer.
    """

    code: str
    node: Node
    points: Decimal | None = None
    maximum: Decimal = Decimal(0)
    weight: Decimal = Decimal(1)
    light: str = ""
    not_applicable: bool = False
    terms: tuple[Account, ...] = ()
    steps: tuple[Step, ...] = ()

    @property
    def term(self) -> Decimal | None:
        """As it enters the sum above."""
        return None if self.points is None else self.points * self.weight

    def walk(self) -> Iterator[Account]:
        yield self
        for term in self.terms:
            yield from term.walk()
