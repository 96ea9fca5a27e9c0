"""The editor of a draft: its tree with sums and problems, where a row may stand, how it will look on the sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from assessments.contexts.controls import Control, controls_of
from assessments.contexts.criteria import CriterionLine, criteria_tree, flat, numbers_of
from assessments.contexts.criteria_page import policy_words
from assessments.contexts.criteria_problems import Problem, problems_of
from assessments.contexts.criteria_reading import LIT
from assessments.contexts.criteria_sums import Sums, sums_of
from assessments.contexts.lines import title_of
from assessments.models import CriteriaSet, Criterion

TARGET = Decimal(100)  # what provinces make their sets come to; the policy's own upper limit comes before it


@dataclass(frozen=True, kw_only=True)
class EditorPage:
    lines: Sequence[CriterionLine]
    sums: Sums
    target: Decimal
    problems: Sequence[Problem]
    policy: Sequence[tuple[str, Sequence[str]]]
    fixed: bool
    bare: int  # indicators that the standard fixes and that have no sub-indicators

    @property
    def missing(self) -> Decimal:
        """Points that are still to be given out; negative: too many."""
        return self.target - self.sums.total


def editor_page(draft: CriteriaSet) -> EditorPage:
    """Two queries for the rows."""
    criteria = list(draft.criteria.order_by("order"))
    ceiling = draft.policy.get("ceiling")
    return EditorPage(
        lines=flat(criteria_tree(draft)),
        sums=sums_of(criteria),
        target=Decimal(ceiling) if ceiling else TARGET,
        problems=problems_of(draft, criteria),
        policy=policy_words(draft),
        fixed=any(row.locked for row in criteria),
        bare=_bare(criteria),
    )


def _bare(criteria: Sequence[Criterion]) -> int:
    above = {row.parent_id for row in criteria}
    return sum(row.locked and row.scoring != Criterion.Scoring.GROUP and row.pk not in above for row in criteria)


def parents_for(
    draft: CriteriaSet, rows: Sequence[Criterion], criterion: Criterion | None, *, is_group: bool
) -> list[tuple[str, str]]:
    """Where a row may stand: groups, and for a light the indicators too; never within itself. `rows` depth first."""
    within = {criterion.pk} if criterion else set()
    depth: dict[int, int] = {}
    found: list[tuple[str, str]] = [("", "–")] if is_group else []
    for row in rows:
        depth[row.pk] = depth.get(row.parent_id or 0, -1) + 1
        if row.pk in within or row.parent_id in within:
            within.add(row.pk)
            continue
        is_indicator = row.scoring in LIT and not is_group and (row.parent_id is None or depth[row.pk] <= 1)
        if row.scoring == Criterion.Scoring.GROUP or is_indicator:
            title = title_of(row)
            short = title if len(title) <= 80 else f"{title[:79]}…"
            found.append((row.code, f"{'— ' * depth[row.pk]}{row.code} {short}"))
    return found


@dataclass(frozen=True, kw_only=True)
class Preview:
    """As `assessments/_answer.html` draws a line of the sheet; its fields belong to no form."""

    controls: Sequence[Control]
    numbers: Sequence[str]
    code: str = ""
    title: str = ""
    counted: str = ""
    criterion_id: int = 0


def criterion_preview(kind: str, parameters: Mapping[str, Any], skippable: bool) -> Preview | None:
    """None: the rule is not finished."""
    try:
        controls = controls_of(kind, {}, parameters, skippable=skippable)
    except (KeyError, InvalidOperation):
        return None
    counted = "{done} / {of}".format(**parameters) if {"done", "of"} <= set(parameters) else ""
    return Preview(controls=controls, numbers=numbers_of(kind, parameters), counted=counted)
