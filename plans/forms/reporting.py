from __future__ import annotations

from datetime import datetime, timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from plans.models import Plan

DAY = {"type": "date"}


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%d")


class ReportingForm(forms.Form):
    """How often the units of a plan report."""

    reporting = forms.ChoiceField(label=_("Reports are due"), choices=Plan.Reporting.choices)
    days = forms.IntegerField(
        label=_("Days after the end of the period"),
        min_value=0,
        max_value=90,
        help_text=_("A day off moves it to the next working day."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


class AskForm(forms.Form):
    """A period of the officer's choosing."""

    title = forms.CharField(label=_("Title"), max_length=200, help_text=_("Units read it in their list of reports."))
    start = forms.DateField(label=_("From"), widget=DayInput)
    end = forms.DateField(label=_("To"), widget=DayInput)
    due_on = forms.DateField(label=_("Report by"), widget=DayInput)

    def clean(self):
        data = super().clean()
        start, end, due_on = (data.get(name) for name in ("start", "end", "due_on"))
        if start and end and end < start:
            self.add_error("end", _("The period must end on or after its first day."))
        if start and due_on and due_on < start:
            self.add_error("due_on", _("Reports cannot be due before the period begins."))
        return data


class ExceptionForm(forms.Form):
    """Until the end of a day one unit may still report."""

    last_day = forms.DateField(label=_("Open through"), widget=DayInput, help_text=_("The whole of this day counts."))
    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))

    @property
    def until(self) -> datetime:
        """The first moment after the last day, in Asia/Ho_Chi_Minh."""
        day = self.cleaned_data["last_day"] + timedelta(days=1)
        return timezone.make_aware(datetime.combine(day, datetime.min.time()))
