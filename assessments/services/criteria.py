"""Criteria sets from files: a JSON that describes the set, beside the CSV that lists its criteria."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from activity.services import record
from assessments import scoring
from assessments.contexts.rules import rules_of
from assessments.models import CriteriaSet, Criterion
from plans.models import Standard
from units.models import User

DATA = Path(__file__).resolve().parent.parent / "data"
BUNDLED: Sequence[Path] = (DATA / "iso18091_indicators_2019.json", DATA / "iso9001_criteria_example.json")


class CriteriaFileInvalid(Exception):
    def __init__(self, path: Path, reason: object) -> None:
        super().__init__(path, reason)
        self.path, self.reason = path, reason

    def __str__(self) -> str:
        return _("%(file)s is not a criteria set: %(reason)s.") % {"file": self.path.name, "reason": self.reason}


@dataclass(frozen=True, kw_only=True)
class _Entry:
    """A line of the file: a group, or a criterion in the group `parent`."""

    code: str
    title: str
    scoring: str
    parent: str = ""
    title_en: str = ""
    max_score: str | None = None
    parameters: dict[str, Any] = field(default_factory=dict)
    weight: str = "1"
    counts: str = "normal"
    scored_by: str = "unit"
    skippable: bool = False
    evidence_required: bool = False
    applies_to: tuple[str, ...] = ()
    rule: str = ""
    evidence: str = ""
    sdg: str = ""
    locked: bool = False


def _indicators(head: dict[str, Any], rows: list[dict[str, str]]) -> Iterator[_Entry]:
    for group in head["groups"]:
        yield _Entry(
            code=group["code"],
            title=group["title"],
            title_en=group.get("title_en", ""),
            scoring=Criterion.Scoring.GROUP.value,
        )
        for row in rows:
            if row["quadrant"] == group["quadrant"]:
                yield _Entry(
                    code=row["code"],
                    parent=group["code"],
                    title=row["title_vi"],
                    title_en=row["title_en"],
                    scoring=Criterion.Scoring.RAG.value,
                    sdg=row["sdg"],
                    locked=True,
                )


def _parameters(derived: dict[str, Any]) -> dict[str, Any]:
    """The numbers of a rule; marked where its text does not give them, so that pages can say so."""
    parameters: dict[str, Any] = derived.get("parameters", {})
    return {**parameters, "assumed": True} if derived.get("from") == "default" else parameters


def _points(head: dict[str, Any], rows: list[dict[str, str]]) -> Iterator[_Entry]:
    for row in rows:
        derived = head["parameters"].get(row["code"], {})
        yield _Entry(
            code=row["code"],
            parent=row["parent"],
            title=row["title_vi"],
            title_en=row.get("title_en", ""),
            scoring=Criterion.Scoring(row["scoring"]).value,
            max_score=f"{Decimal(row['max_score']):.2f}",
            parameters=_parameters(derived),
            weight=f"{Decimal(derived.get('weight', '1')):f}",
            counts=Criterion.Counts(derived.get("counts", "normal")).value,
            scored_by=Criterion.ScoredBy(derived.get("scored_by", "unit")).value,
            skippable=bool(derived.get("skippable", False)),
            # Where the sheet names evidence, it is owed; a group or what the system scores has none.
            evidence_required=bool(derived.get("evidence_required", row["evidence_vi"].strip())),
            applies_to=tuple(derived.get("applies_to", ())),
            rule=row["rule_vi"],
            evidence=row["evidence_vi"],
        )


def _read(path: Path) -> tuple[dict[str, Any], list[_Entry]]:
    head = json.loads(path.read_text("utf-8"))
    with (path.parent / head["csv"]).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    read = _indicators if head["scale"] == CriteriaSet.Scale.RAG else _points
    return head, list(read(head, rows))


def _digest(head: dict[str, Any], entries: list[_Entry]) -> str:
    """Of the content, not of the files: spaces and the order of keys make no new version."""
    said = {key: head.get(key, "") for key in ("title", "title_en", "note", "standard", "scale", "policy")}
    content = json.dumps([said, [asdict(entry) for entry in entries]], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()


def _create(criteria_set: CriteriaSet, entries: list[_Entry]) -> list[Criterion]:
    criteria: dict[str, Criterion] = {}
    for order, entry in enumerate(entries, start=1):
        values = asdict(entry) | {
            "max_score": Decimal(entry.max_score) if entry.max_score else None,
            "weight": Decimal(entry.weight),
            "applies_to": list(entry.applies_to),
        }
        values["parent"] = criteria[entry.parent] if entry.parent else None
        criteria[entry.code] = Criterion.objects.create(criteria_set=criteria_set, order=order, **values)
    return list(criteria.values())


@transaction.atomic
def _load(head: dict[str, Any], entries: list[_Entry], by: User | None) -> CriteriaSet:
    digest = _digest(head, entries)
    latest = CriteriaSet.objects.filter(slug=head["slug"]).order_by("-version").first()
    if latest and latest.digest == digest:
        return latest
    standard, _created = Standard.objects.get_or_create(
        code=head["standard"]["code"],
        edition=head["standard"]["edition"],
        defaults={"title": head["standard"].get("title", "")},
    )
    criteria_set = CriteriaSet.objects.create(
        slug=head["slug"],
        version=latest.version + 1 if latest else 1,
        title=head["title"],
        title_en=head.get("title_en", ""),
        note=head.get("note", ""),
        standard=standard,
        scale=CriteriaSet.Scale(head["scale"]),
        status=CriteriaSet.Status.PUBLISHED,
        policy=head.get("policy", {}),
        digest=digest,
        published_at=timezone.now(),
    )
    sheet = rules_of(criteria_set, _create(criteria_set, entries))
    scoring.check_set(sheet.groups, sheet.rules, sheet.policy)
    if criteria_set.scale == CriteriaSet.Scale.POINTS:
        criteria_set.maximum = sheet.outcome({}).maximum
    criteria_set.size = sheet.size
    criteria_set.save(update_fields=["maximum", "size"])
    record(
        by=by,
        action="assessments.criteria_published",
        target=criteria_set,
        changes={"version": [latest.version if latest else None, criteria_set.version], "digest": digest},
    )
    return criteria_set


def load_criteria_set(*, path: Path, by: User | None) -> CriteriaSet:
    """The published set that the file describes; the same content is the same version, other content a new one.

    A version that is published stays as it is: rounds that were opened with it are scored by it to their end.
    Raises CriteriaFileInvalid, and then nothing is stored.
    """
    try:
        head, entries = _read(path)
        return _load(head, entries, by)
    except (OSError, KeyError, TypeError, ValueError, InvalidOperation) as error:
        raise CriteriaFileInvalid(path, error) from error
