"""Criteria sets as JSON: the document that an export gives is taken back, whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from assessments import scoring
from assessments.contexts.criteria_content import FORMAT, Content
from assessments.contexts.criteria_parameters import tidy
from assessments.contexts.criteria_policy import canonical_policy
from assessments.contexts.criteria_problems import invalid_rule_text
from assessments.contexts.criteria_reading import read_entries
from assessments.models import CriteriaSet

LARGEST_DOCUMENT = 5 * 1024 * 1024
KEYS = frozenset(
    {"format", "slug", "version", "digest", "title", "title_en", "note", "standard", "scale", "policy", "criteria"}
)
LIMITS = {"title": 200, "title_en": 200, "note": 4000}


class DocumentInvalid(Exception):
    """`faults`: (where, what), for example ("criteria[3].code", "This must be given.")."""

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        super().__init__(faults)
        self.faults = faults

    def __str__(self) -> str:
        return "; ".join(f"{where}: {what}" for where, what in self.faults)


def parse(data: bytes) -> Any:
    """Raises DocumentInvalid."""
    if len(data) > LARGEST_DOCUMENT:
        raise DocumentInvalid([("", _("The file is larger than any criteria set."))])
    try:
        return json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise DocumentInvalid([("", _("This is not a JSON file in UTF-8."))]) from error


def read_document(given: Any) -> Content:
    """What the document says. Raises DocumentInvalid with everything that is wrong."""
    if not isinstance(given, Mapping) or given.get("format") != FORMAT:
        said = _("This is not a criteria set: its format must be “%(format)s”.") % {"format": FORMAT}
        raise DocumentInvalid([("format", said)])
    faults = [(str(name)[:40], _("There is no such field.")) for name in given if name not in KEYS]
    texts = {}
    for name, most in LIMITS.items():
        value = given.get(name, "")
        texts[name] = tidy(value, lines=name == "note") if isinstance(value, str) else ""
        if not isinstance(value, str) or len(texts[name]) > most:
            faults.append((name, _("Write a text of at most %(most)s letters.") % {"most": most}))
    if not texts["title"]:
        faults.append(("title", _("This must be given.")))
    standard = given.get("standard")
    if not isinstance(standard, Mapping) or not _is_standard(standard):
        faults.append(("standard", _("Give the code of the standard and its edition.")))
        standard = {}
    if given.get("scale") not in CriteriaSet.Scale.values:
        faults.append(("scale", _("Choose one of: %(values)s.") % {"values": ", ".join(CriteriaSet.Scale.values)}))
    policy: dict[str, Any] = {}
    try:
        policy = canonical_policy(given.get("policy", {}))
    except scoring.InvalidRule as error:
        faults.append(("policy", invalid_rule_text(error)))
    criteria = given.get("criteria", [])
    if not isinstance(criteria, list):
        faults.append(("criteria", _("Give a list of criteria.")))
        criteria = []
    entries, wrong = read_entries(criteria)
    faults += [(f"criteria[{fault.place}].{fault.field}", fault.text) for fault in wrong]
    if faults:
        raise DocumentInvalid(faults)
    return Content(
        **texts,
        standard_code=tidy(standard["code"]),
        standard_edition=tidy(standard.get("edition", "")),
        scale=str(given["scale"]),
        policy=policy,
        entries=entries,
    )


def _is_standard(given: Mapping[str, Any]) -> bool:
    code, edition = given.get("code"), given.get("edition", "")
    return isinstance(code, str) and isinstance(edition, str) and 0 < len(tidy(code)) <= 60 and len(tidy(edition)) <= 10
