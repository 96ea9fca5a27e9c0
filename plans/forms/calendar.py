from __future__ import annotations

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from plans.forms.structure import DayInput
from plans.models import DayOff, Plan

EARLIEST, LATEST = date(1990, 1, 1), date(2150, 12, 31)


class DayOffForm(forms.Form):
    day = forms.DateField(label=_("Day"), widget=DayInput())
    is_worked = forms.ChoiceField(
        label=_("On this day"),
        choices=[("", _("Day off")), ("1", _("Working day in place of a day off"))],
        required=False,
        widget=forms.RadioSelect,
    )
    name = forms.CharField(
        label=_("Reason"),
        max_length=DayOff._meta.get_field("name").max_length,
        help_text=_("For example “Nghỉ hoán đổi, làm bù ngày 10/01/2026”."),
    )

    def clean_is_worked(self):
        return bool(self.cleaned_data["is_worked"])

    def clean_day(self):
        day = self.cleaned_data["day"]
        if not EARLIEST <= day <= LATEST:
            raise forms.ValidationError(_("Give a day between 1990 and 2150."))
        return day


class FeedForm(forms.Form):
    """What a calendar address is to show: one plan, or what the person's units do."""

    plan = forms.ModelChoiceField(
        label=_("What it shows"), queryset=Plan.objects.none(), required=False, empty_label=_("The work of my units")
    )

    def __init__(self, *args, plans, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["plan"].queryset = plans
        self.fields["plan"].label_from_instance = lambda plan: f"{plan} – {plan.title}"[:120]
