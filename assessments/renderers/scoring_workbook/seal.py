"""The hidden sheet of a scoring workbook: what it is of, in words that only the portal can write.

Signed with the portal's key stand which template, sheet, unit, round and version of the criteria set it is of, and of
each row its version and two short digests, of the answer and of the explanation as they went out. So a row that nobody
touched is known from one that was filled in, whatever happened on the page meanwhile.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core import signing

from assessments.contexts.workbooks import Workbook
from assessments.renderers.scoring_workbook.answers import canonical
from assessments.renderers.scoring_workbook.layout import paragraphs
from assessments.scoring import Rule

TEMPLATE, TEMPLATE_VERSION = "scoring", 1
SALT = "assessments.workbook"
_SHORT = 8  # letters of a digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """One row as it went out: its version and the digests of what stood in it, "" of what was blank."""

    version: int
    answer: str
    explanation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """What the hidden sheet of a workbook says."""

    template: str
    template_version: int
    assessment_id: int
    unit_id: int
    round_id: int
    criteria_set_id: int
    criteria_version: int
    criteria_digest: str
    made_at: datetime
    rows: Mapping[int, Stamp]


def answer_digest(rule: Rule, answer: Mapping[str, Any]) -> str:
    said = canonical(rule, answer)
    return _digest(json.dumps(said, sort_keys=True, ensure_ascii=False)) if said else ""


def explanation_digest(text: str) -> str:
    said = paragraphs(text)
    return _digest(said) if said else ""


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_SHORT]


def signature(workbook: Workbook) -> str:
    said = {
        "template": [TEMPLATE, TEMPLATE_VERSION],
        "sheet": workbook.assessment_id,
        "unit": workbook.unit_id,
        "round": workbook.round_id,
        "set": [workbook.criteria_set_id, workbook.criteria_version, workbook.criteria_digest],
        "made": workbook.made_at.isoformat(timespec="seconds"),
        "rows": {
            str(row.criterion_id): [
                row.version,
                answer_digest(row.rule, row.answer),
                explanation_digest(row.explanation),
            ]
            for row in workbook.rows
            if row.rule is not None
        },
    }
    return signing.dumps(said, salt=SALT, compress=True)


def read_seal(text: str) -> Seal:
    """Raises signing.BadSignature, also where what was signed is no seal of a workbook."""
    said = signing.loads(text, salt=SALT)
    try:
        return Seal(
            template=str(said["template"][0]),
            template_version=int(said["template"][1]),
            assessment_id=int(said["sheet"]),
            unit_id=int(said["unit"]),
            round_id=int(said["round"]),
            criteria_set_id=int(said["set"][0]),
            criteria_version=int(said["set"][1]),
            criteria_digest=str(said["set"][2]),
            made_at=datetime.fromisoformat(said["made"]),
            rows={
                int(pk): Stamp(version=int(version), answer=str(answer), explanation=str(explanation))
                for pk, (version, answer, explanation) in said["rows"].items()
            },
        )
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise signing.BadSignature(str(error)) from error
