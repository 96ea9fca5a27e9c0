"""Which thing of one list is which of another: the same words first, then nearly the same; what was only moved."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

NEARLY = 0.55
# Above this many comparisons words are compared for equality alone: a list rewritten from end to end.
COMPARED = 900


@dataclass(frozen=True, slots=True)
class Pair:
    """Places in the old and in the new list, None where it is in one of them alone."""

    old: int | None
    new: int | None
    moved: bool = False


def align(before: Sequence[str], after: Sequence[str], *, nearly: bool = True) -> list[Pair]:
    """Every place of both lists once, in the order of the new list, what was removed where it stood."""
    match = _same(before, after)
    if nearly:
        match |= _alike(before, after, match)
    stay = kept_in_order([match[place] for place in sorted(match)])
    taken = {new: old for old, new in match.items()}
    pairs: list[Pair] = []
    removed = deque(place for place in range(len(before)) if place not in match)
    for new in range(len(after)):
        if (old := taken.get(new)) is None:
            pairs.append(Pair(None, new))
            continue
        if new in stay:
            while removed and removed[0] < old:
                pairs.append(Pair(removed.popleft(), None))
        pairs.append(Pair(old, new, moved=new not in stay))
    pairs.extend(Pair(old, None) for old in removed)
    return pairs


def kept_in_order(places: Sequence[int]) -> set[int]:
    """The longest run of `places` that only rises: what stayed where it was while the others were moved."""
    ends: list[int] = []
    ends_at: list[int] = []
    before: list[int] = []
    for position, place in enumerate(places):
        length = bisect_left(ends, place)
        before.append(ends_at[length - 1] if length else -1)
        ends[length:] = [place, *ends[length + 1 :]]
        ends_at[length:] = [position, *ends_at[length + 1 :]]
    kept = set()
    position = ends_at[-1] if ends_at else -1
    while position >= 0:
        kept.add(places[position])
        position = before[position]
    return kept


def _same(before: Sequence[str], after: Sequence[str]) -> dict[int, int]:
    free: dict[str, deque[int]] = defaultdict(deque)
    for place, words in enumerate(after):
        free[words].append(place)
    return {place: free[words].popleft() for place, words in enumerate(before) if free[words]}


def _alike(before: Sequence[str], after: Sequence[str], match: dict[int, int]) -> dict[int, int]:
    taken = set(match.values())
    left = [place for place in range(len(before)) if place not in match]
    right = [place for place in range(len(after)) if place not in taken]
    if len(left) * len(right) > COMPARED:
        return {}
    ratios = []
    for old in left:
        compared = SequenceMatcher(None, autojunk=False)
        compared.set_seq2(before[old][:1000])
        for new in right:
            compared.set_seq1(after[new][:1000])
            if compared.real_quick_ratio() >= NEARLY and (ratio := compared.ratio()) >= NEARLY:
                ratios.append((-ratio, abs(old - new), old, new))
    found: dict[int, int] = {}
    used: set[int] = set()
    for _ratio, _distance, old, new in sorted(ratios):
        if old not in found and new not in used:
            found[old] = new
            used.add(new)
    return found
