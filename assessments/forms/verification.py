"""What those who verify send: the filters of their queue, a return, a decision."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.contexts.queue import Bucket
from plans.period import due_moment

BUCKETS = {
    Bucket.APPEALED: _("Appeals to decide"),
    Bucket.DIFFERENCES: _("Differences to settle"),
    Bucket.VERIFYING: _("Being verified"),
    Bucket.SUBMITTED: _("Submitted, to be begun"),
    Bucket.FINISHED: _("Finished, to be told"),
    Bucket.WAITING: _("Waiting for the other assessor"),
    Bucket.RETURNED: _("Returned to the unit"),
    Bucket.DONE: _("Result told"),
}


class QueueFilter(forms.Form):
    """`rounds` and `rights`: what there is to choose from, so that a choice never comes up empty."""

    state = forms.ChoiceField(label=_("State"), required=False)
    round = forms.TypedChoiceField(label=_("Round"), required=False, coerce=int, empty_value=None)
    mine = forms.ChoiceField(label=_("Whose"), required=False)
    unit = forms.CharField(label=_("Unit"), required=False, max_length=100)

    def __init__(self, data: Any, *, rounds: list[tuple[int, str]], rights: list[tuple[str, Any]]) -> None:
        super().__init__(data)
        self._offer("state", [("", _("All that wait")), *((key.value, word) for key, word in BUCKETS.items())])
        self._offer("round", [("", _("All")), *((str(pk), title) for pk, title in rounds)])
        self._offer("mine", [("", _("All")), *rights])

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices


class ReturnForm(forms.Form):
    """`until` is the last day on which the unit may complete its sheet."""

    note = forms.CharField(
        label=_("What the unit is to complete"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )
    until = forms.DateField(
        label=_("The unit may score until the end of"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Needed once self-scoring is over; the sheet is locked again after this day."),
    )

    @property
    def moment(self) -> datetime | None:
        """The first moment after the last day."""
        day = self.cleaned_data.get("until")
        if day is None:
            return None
        return due_moment(day)
