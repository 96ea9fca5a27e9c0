"""Reads a Vietnamese administrative plan or decision from plain text. Pure: imports no Django."""

from __future__ import annotations

from plans.document.as_json import to_json
from plans.document.model import PlanDocument
from plans.document.reading import read_document

__all__ = ["PlanDocument", "read_document", "to_json"]
