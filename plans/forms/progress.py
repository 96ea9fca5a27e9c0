from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from units.models import Unit

PERCENTS = [(value, str(value)) for value in (0, 20, 40, 60, 80, 100)]


class ProgressForm(forms.Form):
    """One tap on a round figure, or the exact one. `units` are those the person may report for."""

    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none(), empty_label=None)
    percent = forms.TypedChoiceField(
        label=_("How much is done, in percent?"),
        choices=PERCENTS,
        coerce=int,
        empty_value=None,
        error_messages={"required": _("Say how much is done: choose a figure or write the exact one.")},
        widget=forms.RadioSelect,
        help_text=_("Left blank means that there is no figure, not 0."),
    )
    exact = forms.IntegerField(
        label=_("Or the exact percent"),
        min_value=0,
        max_value=100,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    note = forms.CharField(
        label=_("What was done"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args, units, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units
        if len(units) == 1:
            self.fields["unit"].initial = units[0].pk
            self.fields["unit"].widget = forms.HiddenInput()
        # Either of the two figures will do; the exact one counts.
        self.fields["percent"].required = not self.data.get("exact")

    def clean(self):
        data = super().clean()
        if data.get("exact") is not None:
            data["percent"] = data["exact"]
        return data
