"""Two ways to do the same work, and how they are timed."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass

ROUNDS = 7
SHORTEST_ROUND = 0.02  # seconds; quicker work is repeated, so that the clock's grain does not show


@dataclass(frozen=True)
class Pair:
    """`ours` may take at most `target` times as long as `plain`; both return what they made, which must be equal."""

    name: str
    ours: Callable[[], object]
    plain: Callable[[], object]
    target: float


@dataclass(frozen=True)
class Figure:
    name: str
    ours: float  # seconds
    plain: float  # seconds
    target: float

    @property
    def ratio(self) -> float:
        return self.ours / self.plain

    @property
    def reached(self) -> bool:
        return self.ratio <= self.target


def repeats(work: Callable[[], object]) -> int:
    began = time.perf_counter()
    work()
    return max(1, round(SHORTEST_ROUND / max(time.perf_counter() - began, 1e-7)))


def timed(work: Callable[[], object], times: int) -> float:
    gc.collect()
    began = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - began) / times


def measure(pair: Pair) -> Figure:
    """The best of several rounds, taken in turn so that a slow moment of the machine hits both."""
    if pair.ours() != pair.plain():
        raise ValueError(f"{pair.name}: the two ways do not make the same")
    ours, plain = repeats(pair.ours), repeats(pair.plain)
    rounds = [(timed(pair.ours, ours), timed(pair.plain, plain)) for _ in range(ROUNDS)]
    return Figure(pair.name, min(a for a, _ in rounds), min(b for _, b in rounds), pair.target)
