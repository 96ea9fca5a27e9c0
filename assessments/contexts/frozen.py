"""A sheet as it is frozen: everything it is scored by and was given, as one canonical value with its SHA-256."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC
from decimal import Decimal
from typing import Any

from assessments.contexts.rules import applying
from assessments.models import Assessment, Criterion, Score

FORM = 1
NAMED = "named"  # what has names that may be corrected later: frozen, but not compared with the rows
TOTALS = (
    "scored",
    "of",
    "total",
    "group_totals",
    "green",
    "yellow",
    "red",
    "verified_scored",
    "verified_total",
    "verified_groups",
    "final_scored",
    "final_total",
    "final_groups",
    "final_green",
    "final_yellow",
    "final_red",
    "grade",
    "knocked_out",
)
Frozen = dict[str, Any]


def digest_of(value: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON: keys in order, no idle spaces, UTF-8."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def digest_over(digests: Mapping[int, str]) -> str:
    """SHA-256 over the digests of the sheets of a round, by the sheets' ids: what a decision is about."""
    lines = "".join(f"{pk}:{digests[pk]}\n" for pk in sorted(digests))
    return hashlib.sha256(lines.encode()).hexdigest()


def frozen_sheets(sheets: Sequence[Assessment]) -> dict[int, Frozen]:
    """Each sheet by its id, as its rows and totals stand now. Three queries, for sheets that have their unit, their
    round and its criteria set."""
    sets = {sheet.round.criteria_set_id for sheet in sheets}
    criteria: dict[int, list[Criterion]] = defaultdict(list)
    for criterion in Criterion.objects.filter(criteria_set__in=sets).order_by("criteria_set", "order"):
        criteria[criterion.criteria_set_id].append(criterion)
    given = _given(sheets)
    return {
        sheet.pk: _frozen(
            sheet, applying(criteria[sheet.round.criteria_set_id], sheet.unit.kind), given.get(sheet.pk, {})
        )
        for sheet in sheets
    }


def _given(sheets: Sequence[Assessment]) -> dict[int, dict[int, dict[str, Frozen]]]:
    """By sheet, criterion and stage."""
    pks = [sheet.pk for sheet in sheets]
    files: dict[int, list[str]] = defaultdict(list)
    attached = Score.evidence.through.objects.filter(score__assessment__in=pks)
    for score_id, sha256 in attached.values_list("score_id", "evidence__sha256"):
        files[score_id].append(sha256)
    found: dict[int, dict[int, dict[str, Frozen]]] = defaultdict(lambda: defaultdict(dict))
    for score in Score.objects.filter(assessment__in=pks).order_by("pk"):
        found[score.assessment_id][score.criterion_id][score.stage] = {
            "answer": score.answer,
            "points": _number(score.points),
            "light": score.light,
            "reason": score.explanation,
            "evidence": sorted(files[score.pk]),
            "by": score.by_id,
            "at": score.at.astimezone(UTC).isoformat(),
            "version": score.version,
        }
    return found


def _frozen(sheet: Assessment, criteria: Iterable[Criterion], given: Mapping[int, Mapping[str, Frozen]]) -> Frozen:
    criteria_set = sheet.round.criteria_set
    criteria = list(criteria)
    codes = {criterion.pk: criterion.code for criterion in criteria}
    return {
        "form": FORM,
        "sheet": sheet.pk,
        "round": sheet.round_id,
        "unit": sheet.unit_id,
        NAMED: {
            "unit": sheet.unit.name,
            "round": sheet.round.title,
            "year": sheet.round.year,
            "criteria_set": criteria_set.title,
        },
        "criteria_set": {
            "slug": criteria_set.slug,
            "version": criteria_set.version,
            "scale": criteria_set.scale,
            "digest": criteria_set.digest,
            "policy": criteria_set.policy,
        },
        "ranking_group": sheet.ranking_group,
        "criteria": [
            {
                "code": criterion.code,
                "group": codes.get(criterion.parent_id or 0, ""),
                "title": criterion.title,
                "scoring": criterion.scoring,
                "counts": criterion.counts,
                "maximum": _number(criterion.max_score),
                "weight": f"{criterion.weight:.3f}",
                "parameters": criterion.parameters,
                "given": dict(given.get(criterion.pk, {})),
            }
            for criterion in criteria
        ],
        "totals": {name: _plain(getattr(sheet, name)) for name in TOTALS},
    }


def _number(value: Decimal | None) -> str | None:
    return None if value is None else f"{Decimal(value):.2f}"


def _plain(value: Any) -> Any:
    return _number(value) if isinstance(value, Decimal) else value


def compared(frozen: Mapping[str, Any]) -> Frozen:
    """What must still be so in the rows: all but the names."""
    return {name: value for name, value in frozen.items() if name != NAMED}


def differences(frozen: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Where a frozen sheet and its rows differ, as paths: "criteria 2.1 given verified points", "totals total"."""
    before, after = _leaves(compared(frozen)), _leaves(compared(now))
    return sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))


def _leaves(value: Any, path: str = "") -> dict[str, Any]:
    if isinstance(value, Mapping) and value:
        return {
            at: leaf for name, each in value.items() for at, leaf in _leaves(each, f"{path} {name}".strip()).items()
        }
    if isinstance(value, list) and value and all(isinstance(each, Mapping) and "code" in each for each in value):
        return {at: leaf for each in value for at, leaf in _leaves(each, f"{path} {each['code']}").items()}
    return {path: value}
