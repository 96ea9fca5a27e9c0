from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from plans.forms.evidence import WithEvidence
from plans.models import Evidence
from units.models import Unit

PERCENTS = [(value, str(value)) for value in (0, 20, 40, 60, 80, 100)]


class DueReportForm(WithEvidence):
    """One tap on a round figure, or the exact one; the quantity where the task counts something; words and files."""

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
    quantity_done = forms.IntegerField(
        label=_("Quantity done"),
        min_value=0,
        max_value=2_147_483_647,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    note = forms.CharField(
        label=_("What was done"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args, task=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["files"].label = _("Evidence")
        if task is not None and task.quantity_unit:
            self.fields["quantity_done"].label = _("Quantity done, %(unit)s") % {"unit": task.quantity_unit}
        if task is not None and task.target_quantity is not None:
            self.fields["quantity_done"].help_text = _("to reach: %(target)s") % {"target": task.target_quantity}
        # Either of the two figures will do; the exact one counts.
        self.fields["percent"].required = not self.data.get("exact")

    def clean(self):
        data = super().clean()
        if data.get("exact") is not None:
            data["percent"] = data["exact"]
        return data

    @property
    def said(self):
        """What the service takes of it, files apart."""
        return {name: self.cleaned_data[name] for name in ("percent", "quantity_done", "note")}


class ProgressForm(DueReportForm):
    """The same on the page of a task, where one says for which unit. `units` are those the person may report for."""

    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none(), empty_label=None)
    field_order = ("unit",)

    def __init__(self, *args, units, **kwargs):
        super().__init__(*args, evidence_of=Evidence.objects.kept().filter(unit__in=units), **kwargs)
        self.fields["unit"].queryset = units
        if len(units) == 1:
            self.fields["unit"].initial = units[0].pk
            self.fields["unit"].widget = forms.HiddenInput()
