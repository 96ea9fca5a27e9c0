"""Places by total within a group of units."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What is ranked. `tie_breaks`: as `Outcome.tie_breaks`; where one is None it stands behind any number."""

    key: str
    group: str = ""
    total: Decimal | None = None
    tie_breaks: tuple[Decimal | None, ...] = ()
    out_of_ranking: bool = False


@dataclass(frozen=True, kw_only=True)
class Place:
    """`place` None: not scored, or out of ranking. `shared`: others of the group have the same place."""

    key: str
    group: str
    place: int | None
    shared: bool = False


def _worth(entry: Entry) -> tuple[Decimal, ...]:
    nothing = Decimal(-1)
    ties = (nothing if value is None else value for value in entry.tie_breaks)
    return (nothing if entry.total is None else entry.total, *ties)


def rank(entries: Iterable[Entry]) -> tuple[Place, ...]:
    """Group by group, in each the places 1, 1, 3…; then who is out of ranking, then who has no total, without place.

    The order of `entries` decides nothing: where all is equal, the key does.
    """
    by_group: dict[str, list[Entry]] = {}
    for entry in entries:
        by_group.setdefault(entry.group, []).append(entry)
    return tuple(place for group in sorted(by_group) for place in _places(by_group[group]))


def _places(entries: list[Entry]) -> list[Place]:
    entries = sorted(entries, key=lambda entry: entry.key)
    entries.sort(key=_worth, reverse=True)
    ranked = [entry for entry in entries if entry.total is not None and not entry.out_of_ranking]
    outside = [entry for entry in entries if entry.total is not None and entry.out_of_ranking]
    without = [entry for entry in entries if entry.total is None]
    worths = [_worth(entry) for entry in ranked]
    times = Counter(worths)
    first: dict[tuple[Decimal, ...], int] = {}
    for place, worth in enumerate(worths, start=1):
        first.setdefault(worth, place)
    return [
        *(
            Place(key=entry.key, group=entry.group, place=first[worth], shared=times[worth] > 1)
            for entry, worth in zip(ranked, worths, strict=True)
        ),
        *(Place(key=entry.key, group=entry.group, place=None) for entry in (*outside, *without)),
    ]
