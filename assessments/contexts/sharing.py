"""How sheets are shared over assessors: as evenly as the rules allow, the same every time. Pure: it asks no database.

Nobody gets the sheet of a unit in which they hold an office, nobody the same sheet twice, and what is placed already
stays. Each place goes to whoever has the fewest sheets; then places are passed on, also along a chain of people, as
long as that takes one from somebody who has at least two more than the last in the chain. When no such chain is left,
no other sharing is more even: loads differ by at most one wherever offices and earlier assignments do not stand in
the way.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum, auto

Place = tuple[int, int]  # sheet, place


class Unplaced(StrEnum):
    """Why a place has nobody."""

    NO_ASSESSOR = auto()  # there are no assessors at all
    OWN_UNIT = auto()  # all of them hold an office in the unit
    NO_SECOND = auto()  # the only one left verifies the sheet already


@dataclass(frozen=True, kw_only=True)
class SharedSheet:
    """`places`: how many assessors it takes; `barred`: people who hold an office in its unit; `held`: who has which of
    its places already."""

    pk: int
    places: int = 1
    barred: frozenset[int] = frozenset()
    held: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Share:
    """`placed`: the new places and who gets them; `loads`: how many places everybody has then, old and new."""

    placed: Mapping[Place, int]
    unplaced: Mapping[Place, Unplaced]
    loads: Mapping[int, int]

    @property
    def digest(self) -> str:
        """Tells whether a sharing is the one that was shown before."""
        said = ";".join(f"{sheet}.{place}={person}" for (sheet, place), person in sorted(self.placed.items()))
        return hashlib.sha256(said.encode()).hexdigest()[:16]


def share(sheets: Sequence[SharedSheet], people: Sequence[int], teams: Mapping[int, int] | None = None) -> Share:
    """Whoever verifies a sheet second comes from the first one's team (`teams`, by person) where loads leave a
    choice."""
    return _Sharing(sheets, people, teams or {}).share()


class _Sharing:
    def __init__(self, sheets: Sequence[SharedSheet], people: Sequence[int], teams: Mapping[int, int]) -> None:
        self.sheets = {sheet.pk: sheet for sheet in sorted(sheets, key=lambda each: each.pk)}
        self.people = sorted(set(people))
        self.teams = teams
        self.on = {pk: set(sheet.held.values()) for pk, sheet in self.sheets.items()}
        self.loads = dict.fromkeys(self.people, 0)
        for sheet in self.sheets.values():
            for person in sheet.held.values():
                if person in self.loads:
                    self.loads[person] += 1
        self.placed: dict[Place, int] = {}
        self.by_person: dict[int, set[Place]] = {person: set() for person in self.people}
        self.unplaced: dict[Place, Unplaced] = {}

    def share(self) -> Share:
        for sheet in self.sheets.values():
            for place in range(1, sheet.places + 1):
                if place not in sheet.held:
                    self._place(sheet, place)
        while chain := self._chain():
            for move in chain:
                self._move(*move)
        return Share(placed=dict(sorted(self.placed.items())), unplaced=self.unplaced, loads=self.loads)

    def _may(self, person: int, sheet: SharedSheet) -> bool:
        return person not in sheet.barred and person not in self.on[sheet.pk]

    def _place(self, sheet: SharedSheet, place: int) -> None:
        able = [person for person in self.people if self._may(person, sheet)]
        if not able:
            self.unplaced[sheet.pk, place] = self._why(sheet)
            return
        beside = {self.teams.get(person) for person in self.on[sheet.pk]}
        chosen = min(
            able, key=lambda each: (self.loads[each], bool(beside) and self.teams.get(each) not in beside, each)
        )
        self.placed[sheet.pk, place] = chosen
        self.by_person[chosen].add((sheet.pk, place))
        self.on[sheet.pk].add(chosen)
        self.loads[chosen] += 1

    def _why(self, sheet: SharedSheet) -> Unplaced:
        if not self.people:
            return Unplaced.NO_ASSESSOR
        return Unplaced.OWN_UNIT if all(each in sheet.barred for each in self.people) else Unplaced.NO_SECOND

    def _move(self, place: Place, giver: int, taker: int) -> None:
        self.placed[place] = taker
        self.by_person[giver].remove(place)
        self.by_person[taker].add(place)
        self.on[place[0]] ^= {giver, taker}
        self.loads[giver] -= 1
        self.loads[taker] += 1

    def _chain(self) -> list[tuple[Place, int, int]]:
        """Moves that take one place from somebody and give one to somebody who has at least two fewer, over as few
        people as possible; [] if there are none."""
        for start in sorted(self.people, key=lambda each: (-self.loads[each], each)):
            came: dict[int, tuple[Place, int]] = {}
            queue = deque([start])
            while queue:
                giver = queue.popleft()
                for place in sorted(self.by_person[giver]):
                    sheet = self.sheets[place[0]]
                    for taker in self.people:
                        if taker == start or taker in came or not self._may(taker, sheet):
                            continue
                        came[taker] = (place, giver)
                        if self.loads[taker] <= self.loads[start] - 2:
                            return self._back(came, taker, start)
                        queue.append(taker)
        return []

    @staticmethod
    def _back(came: Mapping[int, tuple[Place, int]], taker: int, start: int) -> list[tuple[Place, int, int]]:
        moves = []
        while taker != start:
            place, giver = came[taker]
            moves.append((place, giver, taker))
            taker = giver
        return moves
