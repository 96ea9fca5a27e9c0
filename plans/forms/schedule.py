from __future__ import annotations

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from units.models import Unit

STATES = [
    ("", _("All")),
    ("late", _("Overdue")),
    ("due", _("Due")),
    ("running", _("Under way")),
    ("not_due", _("Not due yet")),
    ("done", _("Completed")),
    ("undated", _("No deadline")),
    ("cancelled", _("Cancelled")),
]


class ScheduleFilter(forms.Form):
    """What a schedule is narrowed by: a unit that performs tasks of the plan, a state. `begins` picks the page."""

    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none(), required=False, empty_label=_("All"))
    state = forms.ChoiceField(label=_("Status"), choices=STATES, required=False)
    by = forms.ChoiceField(choices=[("", ""), ("month", ""), ("week", "")], required=False, widget=forms.HiddenInput)
    begins = forms.DateField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, plan, units, **kwargs):
        super().__init__(*args, **kwargs)
        performing = units.filter(performs__task__plan=plan).distinct()
        self.fields["unit"].queryset = performing.order_by("kind", "name")

    def asked(self) -> dict:
        """What was asked for and makes sense; the rest counts as not asked."""
        self.is_valid()
        data = self.cleaned_data
        begins = data.get("begins")
        return {
            "unit": data.get("unit"),
            "state": data.get("state") or "",
            "by": data.get("by") or "month",
            "begins": begins if begins and date(1900, 1, 1) <= begins <= date(2200, 12, 31) else None,
        }
