"""The paper follows the tasks: when tasks or duties change, so do the paragraphs and table rows that print them.

A task and its paragraphs find each other by the numbers of their lines. Paragraphs of tasks that did not change are not
touched, and in those that did only the changed words are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import TypeVar

from plans.contexts.alignment import kept_in_order
from plans.contexts.blocks import Block, new_block, new_duties, rewritten, rewritten_duties
from plans.contexts.content import (
    FundingContent,
    ItemContent,
    PassageContent,
    PlanContent,
    ResponsibilityContent,
    SectionContent,
    TaskContent,
)
from plans.models import Section

# Lines written in the portal are numbered above those of any document.
FIRST_OWN_LINE = 100_001
Printed = TaskContent | ResponsibilityContent
T = TypeVar("T", TaskContent, ResponsibilityContent)


def follow(before: PlanContent, after: PlanContent) -> PlanContent:
    """`after` with sections, passages and the words of the money that say what its tasks and bodies say."""
    lines = count(max(before.last_line(), after.last_line(), FIRST_OWN_LINE - 1) + 1)
    after = replace(
        after,
        sections=tuple(_numbered(section, lines) for section in after.sections),
        tasks=tuple(each if each.source else replace(each, source=(next(lines),)) for each in after.tasks),
        responsibilities=tuple(
            each if each.source else replace(each, source=(next(lines),)) for each in after.responsibilities
        ),
    )
    sections = after.sections
    for kind, things in (
        (Section.Kind.TASKS, _paired(before.tasks, after.tasks, lambda each: each.id)),
        (
            Section.Kind.RESPONSIBILITIES,
            _paired(before.responsibilities, after.responsibilities, lambda each: each.source),
        ),
    ):
        if any(thing.old != thing.new for thing in things) or _moved(things):
            sections = _Body(sections, things, kind).followed()
    after = replace(after, sections=_follow_money(sections, before, after))
    return replace(after, passages=_passages(before, after), funding=_funding(before, after))


def _numbered(section: SectionContent, lines: Iterator[int]) -> SectionContent:
    if all(item.source for item in section.items):
        return section
    items = tuple(item if item.source else replace(item, source=(next(lines),)) for item in section.items)
    return replace(section, items=items)


@dataclass(slots=True, eq=False)
class _Thing:
    """A task or a body as it was and as it is to be; one of the two may be None. `at` is its old place."""

    old: Printed | None
    new: Printed | None
    at: int = -1

    @property
    def lines(self) -> set[int]:
        return {*(self.old.source if self.old else ()), *(self.new.source if self.new else ())}


def _paired(before: Sequence[T], after: Sequence[T], key: Callable[[T], object]) -> list[_Thing]:
    """Those that are to be, in their order, then those that are gone."""
    free: dict[object, list[int]] = defaultdict(list)
    for at, each in enumerate(before):
        free[key(each)].append(at)
    things = []
    for each in after:
        places = free[key(each)] if key(each) else []
        at = places.pop(0) if places else -1
        things.append(_Thing(before[at] if at >= 0 else None, each, at))
    return things + [_Thing(before[at], None, at) for places in free.values() for at in places]


def _moved(things: Sequence[_Thing]) -> list[_Thing]:
    both = [thing for thing in things if thing.old and thing.new]
    stay = kept_in_order([thing.at for thing in both])
    return [thing for thing in both if thing.at not in stay]


class _Body:
    """The sections while the paragraphs of `things` are changed, moved and added in them."""

    def __init__(self, sections: Sequence[SectionContent], things: list[_Thing], kind: str) -> None:
        self.sections = sections
        self.kind = kind
        self.things = things
        self.present = [thing for thing in things if thing.new]
        self.items = [list(section.items) for section in sections]
        self.owners_of: dict[int, list[_Thing]] = defaultdict(list)
        for thing in things:
            for line in thing.lines:
                self.owners_of[line].append(thing)

    def followed(self) -> tuple[SectionContent, ...]:
        moved = {id(thing) for thing in _moved(self.things)}
        for items in self.items:
            self._rewrite(items)
        for at, thing in enumerate(self.present):
            if id(thing) in moved:
                self._move(at, thing)
        for at, thing in enumerate(self.present):
            if thing.old is None and self._span(thing) is None:
                self._add(at, thing)
        return tuple(
            replace(section, items=tuple(items)) for section, items in zip(self.sections, self.items, strict=True)
        )

    def _owners(self, item: ItemContent) -> list[_Thing]:
        """Whose words the paragraph prints; nobody's where it also bears other lines."""
        if not item.source or not all(line in self.owners_of for line in item.source):
            return []
        found = {id(thing): thing for line in item.source for thing in self.owners_of[line]}
        return list(found.values())

    def _rewrite(self, items: list[ItemContent]) -> None:
        """Change, in place, the paragraphs of what changed; drop those of what is gone."""
        position = 0
        while position < len(items):
            found = self._owners(items[position])
            if not found:
                position += 1
                continue
            end = position + 1
            while end < len(items) and self._owners(items[end]) == found:
                end += 1
            block = Block(items[position:end], header=self._header(items, position))
            for thing in found:
                block = _changed(block, thing, alone=len(found) == 1)
            items[position:end] = block.items
            position += len(block.items)

    def _header(self, items: list[ItemContent], position: int) -> tuple[str, ...]:
        """The head of the table in which the row at `position` stands; () outside of tables."""
        first = position
        while first > 0 and items[first - 1].cells and items[position].cells:
            first -= 1
        return items[first].cells if not self._owners(items[first]) else ()

    def _span(self, thing: _Thing) -> tuple[int, int, int] | None:
        """Section, first and last place + 1 of the paragraphs that print `thing` alone, where they first stand."""
        for section, items in enumerate(self.items):
            for first, item in enumerate(items):
                if self._owners(item) != [thing]:
                    continue
                last = first + 1
                while last < len(items) and self._owners(items[last]) == [thing]:
                    last += 1
                return section, first, last
        return None

    def _move(self, at: int, thing: _Thing) -> None:
        """Put the paragraphs of what was moved after those of what now stands before it."""
        if (span := self._span(thing)) is None:
            return
        section, first, last = span
        block = self.items[section][first:last]
        del self.items[section][first:last]
        goal = self._goal(at) or (section, first)
        self.items[goal[0]][goal[1] : goal[1]] = block

    def _goal(self, at: int) -> tuple[int, int] | None:
        """After the paragraphs of the one before, in front of the one after where it begins that one's group."""
        above, below = self.present[:at], self.present[at + 1 :]
        before = next((span for each in reversed(above) if (span := self._span(each))), None)
        if below and (before is None or self._leads_group(at)) and (span := self._span(below[0])):
            return span[0], span[1]
        if before:
            return before[0], before[2]
        after = next((span for each in below if (span := self._span(each))), None)
        return (after[0], after[1]) if after else None

    def _leads_group(self, at: int) -> bool:
        groups = [getattr(thing.new, "group", "") for thing in self.present[max(at - 1, 0) : at + 2]]
        return at > 0 and len(groups) == 3 and groups[1] == groups[2] != groups[0]

    def _add(self, at: int, thing: _Thing) -> None:
        neighbours = [*reversed(self.present[:at]), *self.present[at + 1 :]]
        span = next((found for each in neighbours if (found := self._span(each))), None)
        model = Block([])
        if span:
            items = self.items[span[0]]
            model = Block(items[span[1] : span[2]], header=self._header(items, span[1]))
        goal = self._goal(at) or self._end()
        if goal is None:
            return
        fresh = new_block(model, thing.new) if isinstance(thing.new, TaskContent) else []
        if isinstance(thing.new, ResponsibilityContent):
            fresh = new_duties(model, thing.new)
        self.items[goal[0]][goal[1] : goal[1]] = fresh

    def _end(self) -> tuple[int, int] | None:
        """The end of the section that is to hold them, where none is printed yet."""
        for wanted in (self.kind, Section.Kind.CONTENT):
            for place, section in enumerate(self.sections):
                if section.kind == wanted:
                    return place, len(self.items[place])
        return None


def _changed(block: Block, thing: _Thing, *, alone: bool) -> Block:
    old, new = thing.old, thing.new
    if not block.items or old is None or old == new:
        return block
    if new is None:
        return Block([]) if alone else block.without(old.title if isinstance(old, TaskContent) else old.body)
    if isinstance(old, TaskContent) and isinstance(new, TaskContent):
        return rewritten(block, old, new)
    if isinstance(old, ResponsibilityContent) and isinstance(new, ResponsibilityContent):
        return rewritten_duties(block, old, new)
    return block


def _follow_money(
    sections: tuple[SectionContent, ...], before: PlanContent, after: PlanContent
) -> tuple[SectionContent, ...]:
    """A changed amount or source is changed where the section of the money prints it."""
    swaps = [
        (old, new)
        for old, new in (
            (_figure(before), _figure(after)),
            (before.funding.fund_source, after.funding.fund_source),
            (before.funding.norm, after.funding.norm),
        )
        if old and new and old != new
    ]
    if not swaps:
        return sections

    def swapped(item: ItemContent) -> ItemContent:
        text, cells = item.text, list(item.cells)
        for old, new in swaps:
            text, cells = text.replace(old, new), [cell.replace(old, new) for cell in cells]
        return replace(item, text=text, cells=tuple(cells))

    return tuple(
        replace(section, items=tuple(map(swapped, section.items))) if section.kind == "funding" else section
        for section in sections
    )


def _figure(content: PlanContent) -> str:
    """The amount as papers write it: 84.000.000."""
    amount = content.funding.amount
    return "" if amount is None else f"{amount:,}".replace(",", ".")


def _funding(before: PlanContent, after: PlanContent) -> FundingContent:
    """The words of the money are those of its section, once either has been changed."""

    def words(content: PlanContent) -> str:
        items = [item for section in content.sections if section.kind == "funding" for item in section.items]
        return "\n".join(f"{item.label} {item.text}".strip() for item in items)

    funding = after.funding
    if words(before) != words(after) and words(after):
        funding = replace(funding, text=words(after))
    old, new = _figure(before), _figure(after)
    if old and new and old != new:
        figures = tuple(
            replace(each, text=each.text.replace(old, new), amount=after.funding.amount or 0)
            if each.amount == before.funding.amount
            else each
            for each in funding.figures
        )
        funding = replace(funding, figures=figures, text=funding.text.replace(old, new))
    return funding


def _passages(before: PlanContent, after: PlanContent) -> tuple[PassageContent, ...]:
    """Purposes and requirements stand in the sections too: they follow the paragraph they were read from."""
    old = {item.source: item.text for section in before.sections for item in section.items if item.source}
    new = {item.source: item.text for section in after.sections for item in section.items if item.source}
    passages = []
    for each in after.passages:
        if each.source in old and each.source not in new:
            continue
        if each.source in old and old[each.source] != new[each.source] and each.text == old[each.source]:
            each = replace(each, text=new[each.source])
        passages.append(each)
    return tuple(passages)
