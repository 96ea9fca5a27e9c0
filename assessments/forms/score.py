"""What one row of a sheet sends. Only its shape is read here; the rule of the criterion judges the answer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict

from assessments.models import Criterion

# The fields of a kind's answer, as templates/assessments/_answer.html names them.
PARTS: dict[str, tuple[str, ...]] = {
    Criterion.Scoring.YES_NO: ("value",),
    Criterion.Scoring.LEVELS: ("level",),
    Criterion.Scoring.RATIO: ("done", "of", "none"),
    Criterion.Scoring.BANDS: ("percent",),
    Criterion.Scoring.COUNT: ("count",),
    Criterion.Scoring.DEADLINE: ("days_late", "never"),
    Criterion.Scoring.POINTS: ("points",),
    Criterion.Scoring.RAG: ("light",),
    Criterion.Scoring.MEASURED: ("value",),
    Criterion.Scoring.ROLL_UP: ("light",),
}


class ScoreForm(forms.Form):
    """`answer` holds what was filled in and is empty where the row is to be cleared.

    `overwrite` is the version a person was shown in a conflict and chose to replace; it takes the place of `version`.
    """

    version = forms.IntegerField(min_value=0)
    overwrite = forms.IntegerField(min_value=0, required=False)
    explanation = forms.CharField(required=False, max_length=2000)
    clear = forms.BooleanField(required=False)

    def __init__(self, data: QueryDict, *, criterion: Criterion) -> None:
        super().__init__(data)
        self.sent, self.criterion = data, criterion

    @property
    def answer(self) -> dict[str, Any]:
        if self.sent.get("clear"):
            return {}
        skipped = {"not_applicable": True} if self.sent.get("not_applicable") else {}
        if "items" in self.criterion.parameters:
            items = self.sent.getlist("items")
            return {"items": items, **skipped} if items or self.sent.get("no_items") else skipped
        names = PARTS.get(self.criterion.scoring, ())
        parts = {part: self.sent.get(part, "").strip() for part in names} | skipped
        return {part: text for part, text in parts.items() if text}

    @property
    def expected_version(self) -> int:
        overwrite = self.cleaned_data["overwrite"]
        return self.cleaned_data["version"] if overwrite is None else overwrite
