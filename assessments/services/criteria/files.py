"""Criteria sets from files: a JSON that describes the set, beside the CSV that lists its criteria."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from activity.services import record
from assessments.contexts.criteria_content import FORMAT, Content, digest_of
from assessments.contexts.criteria_problems import problems_of
from assessments.models import CriteriaSet, Criterion
from assessments.services.criteria.documents import KEYS, DocumentInvalid, parse, read_document
from assessments.services.criteria.writing import create_rows, measures_of
from plans.models import Standard
from units.models import User

DATA = Path(__file__).resolve().parents[2] / "data"
BUNDLED: Sequence[Path] = (DATA / "iso18091_indicators_2019.json", DATA / "iso9001_criteria_example.json")


class CriteriaFileInvalid(Exception):
    def __init__(self, path: Path, reason: object) -> None:
        super().__init__(path, reason)
        self.path, self.reason = path, reason

    def __str__(self) -> str:
        return _("%(file)s is not a criteria set: %(reason)s.") % {"file": self.path.name, "reason": self.reason}


def _indicators(head: dict[str, Any], rows: list[dict[str, str]]) -> Iterator[dict[str, Any]]:
    for group in head["groups"]:
        yield {
            "code": group["code"],
            "title": group["title"],
            "title_en": group.get("title_en", ""),
            "scoring": Criterion.Scoring.GROUP.value,
        }
        for row in rows:
            if row["quadrant"] == group["quadrant"]:
                yield {
                    "code": row["code"],
                    "parent": group["code"],
                    "title": row["title_vi"],
                    "title_en": row["title_en"],
                    "scoring": Criterion.Scoring.RAG.value,
                    "sdg": row["sdg"],
                    "locked": True,
                }


def _parameters(derived: dict[str, Any]) -> dict[str, Any]:
    """The numbers of a rule; marked where its text does not give them, so that pages can say so."""
    parameters: dict[str, Any] = derived.get("parameters", {})
    return {**parameters, "assumed": True} if derived.get("from") == "default" else parameters


def _points(head: dict[str, Any], rows: list[dict[str, str]]) -> Iterator[dict[str, Any]]:
    for row in rows:
        derived = head["parameters"].get(row["code"], {})
        yield {
            "code": row["code"],
            "parent": row["parent"],
            "title": row["title_vi"],
            "title_en": row.get("title_en", ""),
            "scoring": Criterion.Scoring(row["scoring"]).value,
            "max_score": f"{Decimal(row['max_score']):.2f}",
            "parameters": _parameters(derived),
            "weight": f"{Decimal(derived.get('weight', '1')):f}",
            "counts": Criterion.Counts(derived.get("counts", "normal")).value,
            "scored_by": Criterion.ScoredBy(derived.get("scored_by", "unit")).value,
            "skippable": bool(derived.get("skippable", False)),
            # Where the sheet names evidence, it is owed; a group or what the system scores has none.
            "evidence_required": bool(derived.get("evidence_required", row["evidence_vi"].strip())),
            "applies_to": tuple(derived.get("applies_to", ())),
            "rule": row["rule_vi"],
            "evidence": row["evidence_vi"],
        }


def _read(path: Path) -> tuple[dict[str, Any], Content]:
    head = parse(path.read_bytes())
    if "csv" not in head:
        return head, read_document(head)
    with (path.parent / head["csv"]).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    read = _indicators if head["scale"] == CriteriaSet.Scale.RAG else _points
    said = {name: value for name, value in head.items() if name in KEYS}
    return head, read_document({**said, "format": FORMAT, "criteria": list(read(head, rows))})


@transaction.atomic
def _load(head: dict[str, Any], content: Content, by: User | None) -> CriteriaSet:
    digest = digest_of(content)
    versions = CriteriaSet.objects.filter(unit=None, slug=head["slug"])
    latest = versions.order_by("-version").first()
    if latest and latest.digest == digest:
        return latest
    standard, _created = Standard.objects.get_or_create(
        code=content.standard_code,
        edition=content.standard_edition,
        defaults={"title": head["standard"].get("title", "")},
    )
    criteria_set = CriteriaSet.objects.create(
        slug=head["slug"],
        version=latest.version + 1 if latest else 1,
        title=content.title,
        title_en=content.title_en,
        note=content.note,
        standard=standard,
        scale=CriteriaSet.Scale(content.scale),
        status=CriteriaSet.Status.PUBLISHED,
        policy=dict(content.policy),
        digest=digest,
        published_at=timezone.now(),
        based_on=latest,
    )
    create_rows(criteria_set, content.entries, dict(latest.criteria.values_list("code", "pk")) if latest else None)
    if problems := problems_of(criteria_set, list(criteria_set.criteria.order_by("order"))):
        raise ValueError(" ".join(problem.text for problem in problems))
    for name, value in measures_of(criteria_set).items():
        setattr(criteria_set, name, value)
    criteria_set.save(update_fields=["maximum", "size"])
    record(
        by=by,
        action="assessments.criteria_published",
        target=criteria_set,
        changes={"version": [latest.version if latest else None, criteria_set.version], "digest": digest},
    )
    return criteria_set


def load_criteria_set(*, path: Path, by: User | None) -> CriteriaSet:
    """The published set that the file describes, one that comes with the portal; the same content is the same version,
    other content a new one. The file is an exported document, or a JSON that names a CSV of its criteria.

    A version that is published stays as it is: rounds that were opened with it are scored by it to their end.
    Raises CriteriaFileInvalid, and then nothing is stored.
    """
    try:
        head, content = _read(path)
        return _load(head, content, by)
    except (OSError, KeyError, TypeError, ValueError, InvalidOperation, DocumentInvalid) as error:
        raise CriteriaFileInvalid(path, error) from error
