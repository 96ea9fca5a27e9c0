"""What a version of a criteria set says, as plain data: what its digest is of, and what files and diffs are made of."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from assessments.models import CriteriaSet, Criterion

FORMAT = "isoportal criteria set 1"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A group, a criterion in the group `parent`, or a sub-indicator under the indicator `parent`. `max_score` has two
    decimals, `weight` three. `continues`: the code of the criterion that this one continues; it is no part of what a
    sheet is scored by, and not of the digest."""

    code: str
    title: str
    scoring: str
    parent: str = ""
    title_en: str = ""
    max_score: str | None = None
    weight: str = "1.000"
    parameters: Mapping[str, Any] = field(default_factory=dict)
    counts: str = "normal"
    scored_by: str = "unit"
    skippable: bool = False
    evidence_required: bool = False
    applies_to: tuple[str, ...] = ()
    rule: str = ""
    evidence: str = ""
    sdg: str = ""
    locked: bool = False
    continues: str = ""


@dataclass(frozen=True, kw_only=True)
class Content:
    """`entries` in their order: each after the one it stands under, and right with it."""

    title: str
    title_en: str
    note: str
    standard_code: str
    standard_edition: str
    scale: str
    policy: Mapping[str, Any]
    entries: tuple[Entry, ...]


def entry_of(criterion: Criterion, parent: str, continues: str = "") -> Entry:
    return Entry(
        code=criterion.code,
        title=criterion.title,
        scoring=criterion.scoring,
        parent=parent,
        title_en=criterion.title_en,
        max_score=None if criterion.max_score is None else f"{criterion.max_score:.2f}",
        weight=f"{criterion.weight:.3f}",
        parameters=criterion.parameters,
        counts=criterion.counts,
        scored_by=criterion.scored_by,
        skippable=criterion.skippable,
        evidence_required=criterion.evidence_required,
        applies_to=tuple(criterion.applies_to),
        rule=criterion.rule,
        evidence=criterion.evidence,
        sdg=criterion.sdg,
        locked=criterion.locked,
        continues=continues,
    )


def entries_of(criteria: Iterable[Criterion]) -> tuple[Entry, ...]:
    """`criteria`: a whole set in its order, with their predecessors."""
    criteria = list(criteria)
    codes = {criterion.pk: criterion.code for criterion in criteria}
    return tuple(
        entry_of(
            criterion,
            codes[criterion.parent_id] if criterion.parent_id else "",
            criterion.predecessor.code if criterion.predecessor else "",
        )
        for criterion in criteria
    )


def content_of(criteria_set: CriteriaSet) -> Content:
    """One query, when `criteria_set` has its standard."""
    return Content(
        title=criteria_set.title,
        title_en=criteria_set.title_en,
        note=criteria_set.note,
        standard_code=criteria_set.standard.code,
        standard_edition=criteria_set.standard.edition,
        scale=criteria_set.scale,
        policy=criteria_set.policy,
        entries=entries_of(criteria_set.criteria.select_related("predecessor").order_by("order")),
    )


def digest_of(content: Content) -> str:
    """SHA-256 of what is said, not of how it is written: spaces and the order of keys make no new version."""
    said = asdict(content)
    for entry in said["entries"]:
        del entry["continues"]
    text = json.dumps(said, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def as_document(content: Content, *, slug: str, version: int) -> dict[str, Any]:
    """The JSON document of a set. What has its usual value is left out of a criterion."""
    blank = asdict(Entry(code="", title="", scoring=""))
    return {
        "format": FORMAT,
        "slug": slug,
        "version": version,
        "digest": digest_of(content),
        "title": content.title,
        "title_en": content.title_en,
        "note": content.note,
        "standard": {"code": content.standard_code, "edition": content.standard_edition},
        "scale": content.scale,
        "policy": dict(content.policy),
        "criteria": [
            {
                name: list(value) if isinstance(value, tuple) else value
                for name, value in asdict(entry).items()
                if name in {"code", "title", "scoring"} or value != blank[name]
            }
            for entry in content.entries
        ],
    }


def in_order(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Depth first, the order among those of one parent kept. `entries` are a tree."""
    below: dict[str, list[Entry]] = {}
    for entry in entries:
        below.setdefault(entry.parent, []).append(entry)
    found: list[Entry] = []
    waiting = list(reversed(below.get("", [])))
    while waiting:
        entry = waiting.pop()
        found.append(entry)
        waiting.extend(reversed(below.get(entry.code, [])))
    return tuple(found)
