from __future__ import annotations

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from plans.forms.structure import DayInput

EARLIEST, LATEST = date(1990, 1, 1), date(2150, 12, 31)


class MoveForm(forms.Form):
    """The days of a task; a reason where they change by an amendment that is still to be begun."""

    start = forms.DateField(label=_("First day"), widget=DayInput(), required=False)
    end = forms.DateField(label=_("Last day"), widget=DayInput(), required=False)
    reason = forms.CharField(
        label=_("Reason for the amendment"), widget=forms.Textarea(attrs={"rows": 2}), max_length=1000
    )

    def __init__(self, *args, asks_reason, **kwargs):
        super().__init__(*args, **kwargs)
        if not asks_reason:
            del self.fields["reason"]

    def clean(self):
        for name in ("start", "end"):
            day = self.cleaned_data.get(name)
            if day and not EARLIEST <= day <= LATEST:
                self.add_error(name, _("Give a day between 1990 and 2150."))
        return self.cleaned_data
