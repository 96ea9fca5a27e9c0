from __future__ import annotations

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from plans.contexts.pilots import survey_task
from plans.models import PilotUnit, Plan, Task
from units.models import Unit


def day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def units_of_province(plan: Plan):
    """Units of the plan's province that exist on the plan's day or today: districts were surveyed before they ended."""
    units = Unit.objects.filter(path__startswith=plan.reach).exclude(pk=plan.unit_id).order_by("kind", "name")
    today = timezone.localdate()
    return units.valid_on(today) | units.valid_on(plan.issue_date) if plan.issue_date else units.valid_on(today)


class SurveyForm(forms.Form):
    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none(), empty_label=_("Choose a unit"))
    score = forms.DecimalField(
        label=_("Survey score"),
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        required=False,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        help_text=_("0 to 100 points. Left blank means that the survey gave no figure, not 0."),
    )
    note = forms.CharField(
        label=_("What the survey found"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )
    day = forms.DateField(label=_("Surveyed on"), widget=day_input())
    task = forms.ModelChoiceField(
        label=_("By the task"), queryset=Task.objects.none(), required=False, empty_label=_("None of its tasks")
    )

    def __init__(self, *args, plan, **kwargs):
        super().__init__(*args, **kwargs)
        tasks = list(plan.tasks.order_by("order"))
        self.fields["unit"].queryset = units_of_province(plan)
        self.fields["task"].queryset = plan.tasks.order_by("order")
        self.fields["task"].initial = survey_task(tasks)
        self.fields["day"].initial = timezone.localdate()


class ChooseForm(forms.Form):
    """`rows`: the surveyed units, the best first; others of the province may be added."""

    units = forms.ModelMultipleChoiceField(
        label=_("Units"), queryset=Unit.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    others = forms.ModelMultipleChoiceField(
        label=_("Units that were not surveyed here"),
        queryset=Unit.objects.none(),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
    )
    decision = forms.CharField(
        label=_("Decision"), max_length=200, help_text=_("Number and symbol, for example 1575/QĐ-UBND.")
    )
    decided_on = forms.DateField(label=_("Date of the decision"), widget=day_input())

    def __init__(self, *args, plan, rows, **kwargs):
        super().__init__(*args, **kwargs)
        surveyed = [row.pilot.unit_id for row in rows]
        self.fields["units"].queryset = Unit.objects.filter(pk__in=surveyed)
        taken = PilotUnit.objects.filter(plan=plan).values("unit")
        self.fields["others"].queryset = units_of_province(plan).exclude(pk__in=taken)

    def chosen(self):
        return [*self.cleaned_data["units"], *self.cleaned_data["others"]]


class PhaseForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    phase = forms.ChoiceField(label=_("New phase"), widget=forms.RadioSelect)
    since = forms.DateField(label=_("Since"), widget=day_input())
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For example the decision by which the system was declared."),
    )

    def __init__(self, *args, row, **kwargs):
        pilot = row.pilot
        last_day = min(filter(None, [timezone.localdate(), pilot.unit.valid_to]))
        kwargs["initial"] = {"version": pilot.version, "since": last_day}
        super().__init__(*args, **kwargs)
        offered = [(each, label) for each, label in PilotUnit.Phase.choices if each in row.next_phases]
        self.fields["phase"].choices = offered
        self.fields["since"].widget.attrs |= {"max": last_day.isoformat()}
