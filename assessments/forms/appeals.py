"""What a unit writes of an appeal, and what is decided on it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from assessments.forms.score import ScoreForm
from assessments.models import Appeal, Criterion
from plans.forms.evidence import WithEvidence

LONGEST = 8000
OUTCOMES = (Appeal.State.UPHELD, Appeal.State.PARTLY, Appeal.State.REJECTED)


class AppealForm(WithEvidence):
    """`version` is that of the appeal as it was read."""

    text = forms.CharField(
        label=_("What the unit asks to be changed, and why"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)
    field_order = ["text", "files", "earlier"]


class OutcomeForm(ScoreForm):
    """`version` is that of the appeal; the answer counts where the appeal is upheld, wholly or in part."""

    state = forms.ChoiceField(choices=[(state.value, state.label) for state in OUTCOMES])
    explanation = forms.CharField(required=False, max_length=LONGEST)

    def __init__(self, data: QueryDict, *, criterion: Criterion) -> None:
        super().__init__(data, criterion=criterion)

    @property
    def changed(self) -> dict[str, Any] | None:
        return None if self.cleaned_data["state"] == Appeal.State.REJECTED else self.answer
